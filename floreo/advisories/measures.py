"""The figures that advisories offer: (period, filters) -> Reading. They are about the country, so they are not narrowed to a
part of the plan. Only what is TLP:CLEAR is counted: a figure reveals no advisory that its readers may not read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from floreo.advisories.models import Advisory, AdvisoryState
from floreo.core import clock
from floreo.core.durations import MEDIAN, duration, estimate
from floreo.core.figures import Direction, Filters, Measure, Period, Reading, RecordRef
from floreo.core.policy import Tlp

NO_SOURCE_TIME = "advisories_without_source_time"  # indicators/working.py says it in a sentence


def _published(period: Period) -> list[Advisory]:
    """What was published in the period, also what was withdrawn since."""
    states = (AdvisoryState.PUBLISHED, AdvisoryState.WITHDRAWN)
    rows = Advisory.objects.filter(state__in=states, tlp=Tlp.CLEAR).order_by("published_at", "pk")
    return [a for a in rows if a.published_at and period.start <= clock.calendar_day(a.published_at) <= period.end]


def _record(advisory: Advisory) -> RecordRef:
    return RecordRef(advisory.code, f"/advisories/{advisory.code}/", counted=True)


def advisories_published(period: Period, filters: Filters) -> Reading:
    """How many advisories were published in the period, each once, whatever versions followed."""
    rows = _published(period)
    number = Decimal(len(rows))
    return Reading(number, number, number, tuple(_record(a) for a in rows))


def median_hours_source_to_advisory(period: Period, filters: Filters) -> Reading:
    """Within that many hours after the team or its source knew, half of the advisories were out, of those whose source was known
    in the period. What is not out yet counts for as long as it has waited (core/durations.py), and is not named. Those that
    were published in the period and whose source has no time are left out and counted."""
    begin = _midnight(period.start)
    end = _midnight(period.end + timedelta(days=1))
    rows = Advisory.objects.filter(tlp=Tlp.CLEAR, source_known_at__gte=begin, source_known_at__lt=end)
    until = min(end, clock.now())
    found = [
        (each, lasted)
        for each in rows.order_by("published_at", "pk")
        if each.source_known_at and (lasted := duration(each.source_known_at, each.published_at, until)) is not None
    ]
    found.sort(key=lambda pair: (not pair[1].is_over, pair[0].published_at or until, pair[0].pk))
    estimated = estimate(lasted for _advisory, lasted in found)
    value = estimated.quantile(MEDIAN).value
    left = sum(a.source_known_at is None for a in _published(period))
    return Reading(
        None if value is None else Decimal(round(value.total_seconds() / 3600)),
        Decimal(estimated.ended),
        Decimal(estimated.count),
        tuple(_timed(advisory, is_over=lasted.is_over) for advisory, lasted in found),
        (),
        ((NO_SOURCE_TIME, left),) if left else (),
    )


def _midnight(day: date) -> datetime:
    """When that day begins in the country."""
    return datetime.combine(day, time(), tzinfo=clock.zone())


def _timed(advisory: Advisory, *, is_over: bool) -> RecordRef:
    """Nothing reveals which advisory is being prepared."""
    if advisory.is_out or advisory.is_gone:
        return RecordRef(advisory.code, f"/advisories/{advisory.code}/", is_over)
    return RecordRef("…", "/workspace/advisories/", is_over)


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
        _("advisories that were published"),
        _("advisories whose source was known in the period"),
        direction=Direction.DOWN,
    ),
}
