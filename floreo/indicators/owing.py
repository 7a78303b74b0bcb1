"""Readings that are owed: periods that have ended, of figures that people enter."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.access import Permission, reach
from floreo.core.audit import key
from floreo.core.owing import Owed, OwedKind, Press, Whose
from floreo.indicators.models import Indicator
from floreo.indicators.queries import Due, due_among
from floreo.organisations.queries import heirs
from floreo.strategy.presenters.words import short_day

NEEDS = Permission.READING_ENTER


def owed(whose: Whose, *, viewer: object, today: date) -> list[Owed]:
    """Whoever answers for the figure owes its reading; where nobody does, whoever enters readings."""
    rows = Indicator.objects.visible_to(viewer)
    if not whose.everybody and NEEDS not in whose.helps:
        theirs = Q(answers_for__in=whose.organisations)
        if NEEDS in whose.permissions:
            theirs |= Q(answers_for=None)
        rows = rows.filter(theirs)
    found, into, may = due_among(rows, today), heirs(), reach(viewer, NEEDS)
    bodies = (due.indicator.answers_for_id for due in found)
    return [_owed(due, into.get(body, body) if body else None, may) for due, body in zip(found, bodies, strict=True)]


def _owed(due: Due, body: int | None, may: frozenset[int] | None) -> Owed:
    code = due.indicator.code
    presses = []
    if may is None or body in may:
        href = reverse("workspace:new_reading", args=[code])
        presses = [Press(_("Enter reading"), href)]
    return Owed(
        key=f"{key(due.indicator)}@{due.period.start.isoformat()}",
        kind=OwedKind.READING,
        title=_("Reading: %(title)s") % {"title": due.indicator.in_language("title")},
        why=_why(due),
        href=due.indicator.desk_url(),
        due=due.since,
        since=due.since,
        organisation=body,
        needs=NEEDS,
        presses=tuple(presses),
    )


def _why(due: Due) -> str:
    said = _("Reading for the period to %(day)s") % {"day": short_day(due.period.end)}
    if due.missing < 2:
        return said
    more = ngettext("%(n)d period in a row is missing", "%(n)d periods in a row are missing", due.missing)
    return f"{said}. {more % {'n': due.missing}}"


__all__ = ["owed"]
