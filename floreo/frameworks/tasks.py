"""Tasks of frameworks: ratings that wait for somebody to review them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission
from floreo.core.audit import key
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.frameworks.models import Assessment, AssessmentState

NEEDS = Permission.FRAMEWORK_REVIEW


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    """One item an assessment that is not closed and has ratings without a review; due when the assessment is."""
    if not recipient.everybody and NEEDS not in recipient.permissions:
        return
    waits = Q(answers__level__isnull=True, answers__ratings__isnull=False)
    seen = Assessment.objects.visible_to(viewer).outside_campaigns().held().exclude(state=AssessmentState.CLOSED)
    rows = seen.annotate(
        waiting=Count("answers", filter=waits, distinct=True), first=Min("answers__ratings__rated_on", filter=waits)
    ).filter(waiting__gt=0)
    for found in rows.select_related("in_version__framework", "organisation").order_by("as_of", "pk"):
        yield _item(found, getattr(found, "waiting", 0), getattr(found, "first", None))


def _item(found: Assessment, waiting: int, since: date | None) -> Task:
    text = ngettext("%(n)d rated item is waiting for a review.", "%(n)d rated items are waiting for a review.", waiting)
    address = reverse("workspace:assessment", args=[found.code])
    return Task(
        key=key(found),
        kind="decide",
        title=str(found),
        why=text % {"n": waiting},
        href=address,
        due=found.as_of,
        since=since,
        needs=NEEDS,
        links=(ActionLink(_("Review"), f"{address}?show=waiting"),),
    )
