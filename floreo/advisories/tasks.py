"""What waits for whom: advisories that a second person is to review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from floreo.advisories.models import CLOSED, Advisory, AdvisoryState
from floreo.core import clock
from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import ActionLink, Recipient, Task


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """Only whoever may publish has any of it, and sees of it only what their role may read."""
    if not recipient.everybody and Permission.ADVISORY_PUBLISH not in recipient.permissions:
        return
    rows = Advisory.objects.filter(state=AdvisoryState.REVIEW).order_by("sent_at", "pk")
    if not recipient.everybody and Permission.ADVISORY_RED not in recipient.permissions:
        rows = rows.exclude(tlp__in=CLOSED)
    for each in rows:
        needs = Permission.ADVISORY_RED if each.tlp in CLOSED else Permission.ADVISORY_PUBLISH
        yield Task(
            key=key(each),
            kind="advisory",
            title=each.in_language("title"),
            why=_("An advisory waits for your review"),
            href=each.workspace_url(),
            since=clock.day_of(each.sent_at) if each.sent_at else None,
            needs=needs,
            links=(ActionLink(_("Review"), each.workspace_url()),),
        )
