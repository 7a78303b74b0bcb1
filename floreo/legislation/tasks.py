"""What waits for whom: bills whose pen somebody has, ratings against treaties that a second person has to review, and treaties that
close for signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission
from floreo.core.keys import key
from floreo.core.routes import path_to
from floreo.core.tasks import Recipient, Task
from floreo.legislation.models import Instrument, TreatyStatus


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> Iterator[Task]:
    yield from (item for item in _treaties(today) if recipient.holds(item))
    rows = Instrument.objects.visible_to(viewer)
    for law in rows.exclude(pen_organisation=None, pen_person=None).select_related("pen_organisation", "pen_person"):
        item = Task(
            key=key(law),
            kind="pen",
            title=law.title,
            why=_("The next draft is expected from them."),
            href=path_to("workspace:law", law.code),
            due=law.pen_until,
            organisation=law.pen_organisation_id,
            person=law.pen_person_id,
            needs=Permission.LAW_EDIT,
        )
        if recipient.holds(item):
            yield item
    unread = Q(verdicts__reviewed_on=None, verdicts__rated_on__isnull=False)
    for law in rows.annotate(waiting=Count("verdicts", filter=unread)).filter(waiting__gt=0):
        count: int = law.waiting  # type: ignore[attr-defined]  # annotate() gives it
        item = Task(
            key=f"{key(law)}:verdicts",
            kind="verdict",
            title=law.title,
            why=ngettext(
                "%(n)d rating against a treaty waits for a second person.",
                "%(n)d ratings against a treaty wait for a second person.",
                count,
            )
            % {"n": count},
            href=path_to("workspace:law_treaties", law.code),
            needs=Permission.LAW_REVIEW,
        )
        if recipient.holds(item):
            yield item


def _treaties(today: date) -> Iterator[Task]:
    """The last day on which a treaty that is not signed can be signed: in the list, and so in the calendar."""
    rows = TreatyStatus.objects.filter(signed_on=None, ratified_on=None, open_until__gte=today)
    for row in rows.select_related("framework"):
        yield Task(
            key=key(row),
            kind="treaty",
            title=row.framework.named(),
            why=_("It is open for signature until that day, and is not signed."),
            href=path_to("workspace:treaties"),
            due=row.open_until,
            needs=Permission.LAW_EDIT,
        )
