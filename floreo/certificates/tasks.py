"""What waits for whoever issues certificates: cohorts without them, certificates that end, renewals that were asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.certificates.models import Certificate
from floreo.certificates.queries import cohorts_to_certify, expiring, held_without_completion
from floreo.core.access import Permission
from floreo.core.keys import key
from floreo.core.tasks import Recipient, Task

NEEDS = Permission.CERTIFICATE_ISSUE
ISSUED_WITHIN = timedelta(days=14)  # after the results were recorded
ANSWERED_WITHIN = timedelta(days=14)


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Four queries, whatever waits. What expires is one task: a line for each would bury the rest."""
    if not recipient.everybody and NEEDS not in recipient.permissions:
        return
    for cohort in cohorts_to_certify():
        number = cohort.waiting  # type: ignore[attr-defined]  # annotated
        why = ngettext(
            "%(n)d person completed it and has no certificate.",
            "%(n)d people completed it and have no certificate.",
            number,
        )
        yield Task(
            key=f"{key(cohort)}/certificates",
            kind="certificate",
            title=cohort.in_language("title"),
            why=why % {"n": number},
            href=reverse("workspace:issue_certificates", args=[cohort.code]),
            due=cohort.closed_on + ISSUED_WITHIN if cohort.closed_on else None,
            since=cohort.closed_on,
            needs=NEEDS,
        )
    yield from _without_completion()
    ends = [each for each in expiring(today).only("pk", "expires_on").order_by("expires_on", "pk") if each.expires_on]
    if ends:
        why = ngettext(
            "%(n)d certificate expires within 60 days and is not renewed.",
            "%(n)d certificates expire within 60 days and are not renewed.",
            len(ends),
        )
        yield Task(
            key="certificates/expiring",
            kind="certificate",
            title=_("Certificates that expire"),
            why=why % {"n": len(ends)},
            href=f"{reverse('workspace:certificates')}?state=expires_soon",
            due=ends[0].expires_on,
            needs=NEEDS,
        )
    asked = Certificate.objects.filter(wants_renewal_on__isnull=False, revoked_on=None, is_erased=False)
    for each in asked.order_by("wants_renewal_on", "pk"):
        assert each.wants_renewal_on is not None
        yield Task(
            key=f"{key(each)}/renewal",
            kind="certificate",
            title=f"{each.number} {each.shown_name}",
            why=_("The holder asked for a renewal."),
            href=each.workspace_url(),
            due=each.wants_renewal_on + ANSWERED_WITHIN,
            since=each.wants_renewal_on,
            needs=NEEDS,
        )


def _without_completion() -> Iterator[Task]:
    """Results that were corrected after certificates were issued: nothing revokes those by itself."""
    for cohort in held_without_completion():
        number = cohort.without  # type: ignore[attr-defined]  # annotated
        why = ngettext(
            "%(n)d person holds a certificate and did not complete it, as its results say now.",
            "%(n)d people hold a certificate and did not complete it, as its results say now.",
            number,
        )
        yield Task(
            key=f"{key(cohort)}/without-completion",
            kind="certificate",
            title=cohort.in_language("title"),
            why=why % {"n": number},
            href=reverse("workspace:issue_certificates", args=[cohort.code]),
            due=cohort.closed_on + ISSUED_WITHIN if cohort.closed_on else None,
            since=cohort.closed_on,
            needs=NEEDS,
        )
