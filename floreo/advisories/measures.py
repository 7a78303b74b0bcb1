"""The figures that advisories offer: (period, filters) -> Reading. They tell of the country, so they are not narrowed to a
part of the plan. Only what is TLP:CLEAR is counted: a figure tells of no advisory that its readers may not read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from floreo.advisories.models import Advisory, AdvisoryState
from floreo.core import clock
from floreo.core.figures import Direction, Filters, Group, Measure, Period, Reading, RecordRef, median
from floreo.core.policy import Tlp

NO_SOURCE_TIME = "advisories_without_source_time"  # indicators/working.py says it in a sentence


def _published(period: Period) -> list[Advisory]:
    """What was published in the period, also what was withdrawn since."""
    states = (AdvisoryState.PUBLISHED, AdvisoryState.WITHDRAWN)
    rows = Advisory.objects.filter(state__in=states, tlp=Tlp.CLEAR).order_by("published_at", "pk")
    return [a for a in rows if a.published_at and period.start <= clock.calendar_day(a.published_at) <= period.end]


def _record(advisory: Advisory, *, counted: bool = True) -> RecordRef:
    title = advisory.code if advisory.is_gone else f"{advisory.code}: {advisory.title}"
    return RecordRef(title, f"/advisories/{advisory.code}/", counted)


def advisories_published(period: Period, filters: Filters) -> Reading:
    """How many advisories were published in the period, each once, whatever versions followed."""
    rows = _published(period)
    number = Decimal(len(rows))
    severities = sorted({a.severity for a in rows})
    groups = tuple(Group(s, n := sum(a.severity == s for a in rows), n) for s in severities)
    return Reading(number, number, number, tuple(_record(a) for a in rows), groups)


def median_hours_source_to_advisory(period: Period, filters: Filters) -> Reading:
    """Half of the advisories published in the period came out within that many hours after the team or its source knew.
    Those whose source has no time are left out and counted."""
    rows = _published(period)
    known = [(a, hours) for a in rows if (hours := _hours(a.source_known_at, a.published_at)) is not None]
    value = median([hours for _advisory, hours in known])
    left = len(rows) - len(known)
    records = tuple(_record(a) for a, _hours_of in known)
    return Reading(value, None, Decimal(len(known)), records, (), ((NO_SOURCE_TIME, left),) if left else ())


def _hours(start: datetime | None, end: datetime | None) -> int | None:
    """Whole hours, rounded; None where one is not known or the first is after the second."""
    if start is None or end is None or start > end:
        return None
    return round((end - start).total_seconds() / 3600)


MEASURES: Mapping[str, Measure] = {
    "advisories_published": Measure(
        advisories_published,
        _("Advisories published"),
        "advisories",
        _("advisories published in the period"),
        _("advisories published in the period"),
    ),
    "median_hours_source_to_advisory": Measure(
        median_hours_source_to_advisory,
        _("Median hours from source to advisory"),
        "hours",
        _("hours"),
        _("advisories published in the period"),
        direction=Direction.DOWN,
    ),
}
