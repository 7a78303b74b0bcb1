"""Reads of figures used more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.composed import composed
from floreo.indicators.logic import Frequency, Period, period_of, periods_between, previous
from floreo.indicators.models import Indicator, Reading


def newest(indicators: QuerySet[Indicator], count: int = 1) -> dict[int, list[Reading]]:
    """The newest `count` readings of the whole country by indicator id, newest first, in one query. Corrected ones are
    not among them. An indicator without a reading is not a key."""
    ranked = Reading.objects.current().of_the_country()
    if indicators.query.is_sliced:
        ranked = ranked.filter(indicator__in=[i.pk for i in indicators])
    else:
        ranked = ranked.filter(indicator__in=indicators.order_by().values("pk"))
    rows = _newest(ranked, count).select_related("indicator", "corrects")
    return _by_indicator(rows)


def newest_of(indicators: Iterable[Indicator], count: int = 1) -> dict[int, list[Reading]]:
    """The same of indicators that have been read already."""
    by_id = {each.pk: each for each in indicators}
    rows = _newest_readings(list(by_id), count=count)
    for reading in rows:
        reading.indicator = by_id[reading.indicator_id]
    return _by_indicator(rows)


@composed
def _newest_readings(indicators: list[int], *, count: int) -> QuerySet[Reading]:
    return _newest(Reading.objects.current().of_the_country().filter(indicator__pk__among=indicators), count)


def _newest(ranked: QuerySet[Reading], count: int) -> QuerySet[Reading]:
    rank = Window(
        RowNumber(),
        partition_by=[F("indicator_id")],
        order_by=[F("ends_on").desc(), F("starts_on").asc(), F("pk").desc()],
    )
    chosen = ranked.order_by().annotate(rank=rank).filter(rank__lte=count).values("pk")
    return Reading.objects.filter(pk__in=chosen).order_by("indicator_id", "-ends_on", "starts_on", "-pk")


def _by_indicator(readings: Iterable[Reading]) -> dict[int, list[Reading]]:
    found: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        found[reading.indicator_id].append(reading)
    return dict(found)


def latest(indicators: QuerySet[Indicator]) -> dict[int, Reading]:
    """The newest reading of each, by indicator id, in one query."""
    return {key: readings[0] for key, readings in newest(indicators).items()}


def latest_and_before(indicators: Iterable[Indicator]) -> dict[int, tuple[Reading, Reading | None]]:
    """The newest reading of each and the one before it, by indicator id, in one query."""
    return {key: (found[0], found[1] if len(found) > 1 else None) for key, found in newest_of(indicators, 2).items()}


def series(indicator: Indicator) -> list[Reading]:
    """Its readings of the whole country that hold today, oldest first. `reading.corrects` is the one it replaced."""
    rows = indicator.readings.current().of_the_country()
    return list(rows.select_related("indicator", "corrects", "records").order_by("ends_on", "pk"))


def all_readings(indicator: Indicator) -> list[Reading]:
    """Every reading of the whole country, those later corrected among them, oldest first."""
    rows = indicator.readings.of_the_country()
    return list(rows.select_related("indicator", "corrects", "corrected_by", "records").order_by("ends_on", "pk"))


def comparisons(indicator: Indicator) -> dict[str, list[Reading]]:
    """Readings of other states, by state, oldest first."""
    rows = indicator.readings.current().filter(part="").exclude(subject="")
    return _by(rows.select_related("indicator").order_by("subject", "ends_on"), "subject")


def parts(indicator: Indicator) -> dict[str, list[Reading]]:
    """Readings of the parts of the whole (the pillars of an index), by part, oldest first."""
    rows = indicator.readings.current().filter(subject="").exclude(part="")
    return _by(rows.select_related("indicator").order_by("pk"), "part")


def _by(readings: Iterable[Reading], name: str) -> dict[str, list[Reading]]:
    found: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        found[getattr(reading, name)].append(reading)
    for each in found.values():
        each.sort(key=lambda r: r.ends_on)
    return dict(found)


def current_reading(indicator: Indicator, period: Period, *, part: str = "", subject: str = "") -> Reading | None:
    """The reading of exactly that period which holds today."""
    rows = Reading.objects.current().filter(indicator=indicator, starts_on=period.start, ends_on=period.end)
    return rows.filter(part=part, subject=subject).select_related("indicator").first()


@dataclass(frozen=True)
class Due:
    """A period that has ended and for which nobody has entered a reading."""

    indicator: Indicator
    period: Period  # the newest one missing
    missing: int  # how many periods in a row
    is_mine: bool = False  # whether the viewer may enter it

    @property
    def since(self) -> date:
        return self.period.end + timedelta(days=1)


LOOK_BACK = 8  # periods: older gaps are history, not a task


def due_readings(viewer: object) -> list[Due]:
    """What is to be done: indicators whose readings people enter and whose last ended period has none. The viewer's own come
    first, then the longest waiting. In two queries."""
    entered = Indicator.objects.visible_to(viewer).select_related("answers_for__merged_into")
    found = [
        replace(due, is_mine=can(viewer, Permission.READING_ENTER, due.indicator))
        for due in due_among(entered, clock.today())
    ]
    return sorted(found, key=lambda d: (not d.is_mine, d.since, d.indicator.position, d.indicator.pk))


def due_among(indicators: QuerySet[Indicator], today: date) -> list[Due]:
    """Which of these lack the reading of their last ended period. In two queries."""
    entered = indicators.filter(measure="").exclude(frequency=Frequency.ONCE).select_related("edition")
    have: dict[int, set[Period]] = defaultdict(set)
    rows = Reading.objects.current().of_the_country().filter(indicator__in=entered.order_by().values("pk"))
    for key, start, end in rows.values_list("indicator_id", "starts_on", "ends_on"):
        have[key].add(Period(start, end))
    return [due for each in entered if (due := _due(each, have[each.pk], today))]


def _due(indicator: Indicator, have: set[Period], today: date) -> Due | None:
    frequency = Frequency(indicator.frequency)
    last = previous(period_of(today, frequency), frequency)
    edition = indicator.edition
    if edition and edition.ends_on and edition.ends_on < last.start:
        return None
    begun = min((p.start for p in have), default=edition.starts_on if edition and edition.starts_on else last.start)
    missing = 0
    for period in reversed(periods_between(begun, last.end, frequency)[-LOOK_BACK:]):
        if period in have:
            break
        missing += 1
    if missing == 0:
        return None
    return Due(indicator, last, missing)
