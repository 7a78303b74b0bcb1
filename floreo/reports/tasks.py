"""What is to be done for reports: having the report of a closed period signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.indicators.presenters import period_text
from floreo.reports.models import SignOff, Snapshot, SnapshotKind

SIGNED_WITHIN = 30  # days after a report was frozen
PUBLISHED_WITHIN = 14  # days after it was frozen
PUBLISH = Permission.PUBLICATION_PUBLISH
LOOK_BACK = 120  # days: an older report without a signature is history, not a task


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterable[Task]:
    """In two queries. That a period can be closed is a task of `reviews`."""
    if (recipient.everybody or Permission.REPORT_MAKE in recipient.permissions) and can(viewer, Permission.REPORT_MAKE):
        yield from _to_sign(today)
    if (recipient.everybody or PUBLISH in recipient.permissions) and can(viewer, PUBLISH):
        yield from _to_publish()


def _to_publish() -> Iterator[Task]:
    """Reports that are frozen and about whose publication nobody has decided."""
    rows = Snapshot.objects.light().filter(is_public=True, edition__is_public=True)
    undecided = rows.filter(Q(release=None) | Q(release__publish_at=None)).select_related("edition")
    for snapshot in undecided.order_by("frozen_at"):
        frozen = clock.day_of(snapshot.frozen_at)
        yield Task(
            key=f"reports.snapshot:{snapshot.pk}:publish",
            kind="report",
            title=_("Decide on publishing the report of %(period)s") % {"period": period_text(snapshot.period)},
            why=_("It is frozen. Nobody outside can read it until it is published."),
            href=snapshot.workspace_url(),
            due=frozen + timedelta(days=PUBLISHED_WITHIN),
            since=frozen,
            needs=PUBLISH,
            links=(ActionLink(_("Open the report"), snapshot.workspace_url()),),
        )


def _to_sign(today: date) -> Iterator[Task]:
    signed = SignOff.objects.filter(snapshot=OuterRef("pk"))
    rows = Snapshot.objects.light().filter(kind=SnapshotKind.PERIOD, review__isnull=False).exclude(Exists(signed))
    for snapshot in rows.filter(ends_on__gte=today - timedelta(days=LOOK_BACK)).select_related("edition"):
        frozen = clock.day_of(snapshot.frozen_at)
        yield Task(
            key=f"reports.snapshot:{snapshot.pk}",
            kind="report",
            title=_("Get the report of %(period)s signed") % {"period": period_text(snapshot.period)},
            why=_("It is frozen and not signed yet."),
            href=snapshot.workspace_url(),
            due=frozen + timedelta(days=SIGNED_WITHIN),
            since=frozen,
            needs=Permission.REVIEW_RUN,
            links=(ActionLink(_("Record the signature"), snapshot.workspace_url()),),
        )
