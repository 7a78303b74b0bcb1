"""Readings to be entered: periods that have ended, of figures that people enter."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission, reach
from floreo.core.audit import key
from floreo.core.tasks import ActionLink, Recipient, Task
from floreo.core.wording import short_day
from floreo.indicators.models import Indicator
from floreo.indicators.queries import Due, due_among
from floreo.organisations.queries import successors

NEEDS = Permission.READING_ENTER


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> list[Task]:
    """Whoever answers for the figure enters its value; where nobody does, whoever enters readings."""
    rows = Indicator.objects.visible_to(viewer)
    if not recipient.everybody and NEEDS not in recipient.helps:
        theirs = Q(answers_for__in=recipient.organisations)
        if NEEDS in recipient.permissions:
            theirs |= Q(answers_for=None)
        rows = rows.filter(theirs)
    found, into, may = due_among(rows, today), successors(), reach(viewer, NEEDS)
    bodies = (due.indicator.answers_for_id for due in found)
    return [_task(due, into.get(body, body) if body else None, may) for due, body in zip(found, bodies, strict=True)]


def _task(due: Due, body: int | None, may: frozenset[int] | None) -> Task:
    code = due.indicator.code
    links = []
    if may is None or body in may:
        href = reverse("workspace:new_reading", args=[code])
        links = [ActionLink(_("Enter value"), href)]
    return Task(
        key=f"{key(due.indicator)}@{due.period.start.isoformat()}",
        kind="reading",
        title=_("Value: %(title)s") % {"title": due.indicator.in_language("title")},
        why=_why(due),
        href=due.indicator.workspace_url(),
        due=due.since,
        since=due.since,
        organisation=body,
        needs=NEEDS,
        links=tuple(links),
    )


def _why(due: Due) -> str:
    text = _("Value for the period to %(day)s") % {"day": short_day(due.period.end)}
    if due.missing < 2:
        return text
    more = ngettext("%(n)d consecutive period is missing", "%(n)d consecutive periods are missing", due.missing)
    return f"{text}. {more % {'n': due.missing}}"


__all__ = ["waiting_tasks"]
