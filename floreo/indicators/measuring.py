"""Running a measure for an indicator and putting what it gave into a reading's columns. Writes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from floreo.core.figures import Measure, Wait
from floreo.indicators import logic
from floreo.indicators.logic import Filters, Frequency, Period, period_of, periods_between
from floreo.indicators.models import Indicator, Reading, RecordList
from floreo.offers import measures

MOST_RECORDS = 5000  # kept by name with a reading; how many there were is kept in any case


def measure_of(indicator: Indicator) -> Measure | None:
    """Its measure, or None when people enter its readings."""
    return measures().get(indicator.measure)


def filters_of(indicator: Indicator) -> Filters:
    extra = (("of", indicator.measure_of),) if indicator.measure_of else ()
    return Filters(indicator.edition_id, indicator.pillar_id, indicator.objective_id, extra)


def rhythm(indicator: Indicator) -> Frequency:
    """How often it is computed. What is computed has no publisher to wait for: "when published" is then once a year."""
    frequency = Frequency(indicator.frequency)
    return Frequency.YEAR if frequency is Frequency.ONCE else frequency


def due_periods(indicator: Indicator, measure: Measure, today: date) -> list[Period]:
    """The periods of which a computed indicator should have a reading: the running one, and the past ones since its
    edition began where the records know the past. An edition's own figures end with it."""
    frequency, edition = rhythm(indicator), indicator.edition
    running = period_of(today, frequency)
    if not measure.knows_past:
        return [running]
    first = edition.starts_on if edition and edition.starts_on else today
    last = min(today, edition.ends_on) if edition and edition.ends_on else today
    return periods_between(first, last, frequency)


@dataclass(frozen=True)
class Taken:
    """What a measure gave for one period, as a reading's columns, with its records apart."""

    fields: dict[str, Any]
    sha256: str
    rows: list[list[Any]]
    total: int
    is_empty: bool  # there was nothing to count

    def record_list(self) -> RecordList:
        return RecordList(sha256=self.sha256, rows=self.rows, total=self.total)


Known = dict[tuple[str, Period, Filters], Taken]  # what one round has taken already


def take(indicator: Indicator, period: Period, today: date, known: Known | None = None) -> Taken:
    """Runs the indicator's measure as of the period's last day, or today while it runs. With `known`, figures that ask
    for the same share the answer."""
    until = period.until(today)
    key = (indicator.measure, until, filters_of(indicator))
    known = {} if known is None else known
    if key not in known:
        measure = measures()[indicator.measure]
        known[key] = _taken(measure.function(until, key[2]), measure, indicator.measure, until.end)
    return known[key]


def _taken(given: logic.Reading, measure: Measure, name: str, as_of: date) -> Taken:
    rows = [[r.label, r.address, r.counted] for r in given.records[:MOST_RECORDS]]
    text = json.dumps([len(given.records), rows], ensure_ascii=True).encode("ascii")
    sha256 = hashlib.sha256(text).hexdigest()
    return Taken(_fields(given, measure, name, as_of), sha256, rows, len(given.records), _is_empty(given))


def measures_that_wait() -> list[str]:
    """The names of measures of which records may come after a period is over."""
    return [name for name, measure in measures().items() if measure.waits is not None]


Asked = dict[tuple[Callable[[Period], Sequence[Wait]], Period], Sequence[Wait]]


def waits_of(readings: Iterable[Reading], asked: Asked | None = None) -> tuple[Wait, ...]:
    """What still has to come before these readings may be frozen, each thing once. Nothing of those that people entered. With `asked`,
    several calls ask each measure once for a period."""
    asked, found = {} if asked is None else asked, dict[Wait, None]()
    for reading in readings:
        measure = measures().get(reading.measure)
        if measure is None or measure.waits is None:
            continue
        if (key := (measure.waits, reading.period)) not in asked:
            asked[key] = measure.waits(reading.period)
        found |= dict.fromkeys(asked[key])
    return tuple(found)


def _is_empty(given: logic.Reading) -> bool:
    return given.value is None and given.numerator is not None and not given.without_value


def _fields(given: logic.Reading, measure: Measure, name: str, as_of: date) -> dict[str, Any]:
    return {
        "value": given.value,
        "numerator": given.numerator,
        "denominator": given.denominator,
        "working": {
            "as_of": as_of.isoformat(),
            "groups": [{"name": g.name, "numerator": g.numerator, "denominator": g.denominator} for g in given.groups],
            "left_out": [[code, count] for code, count in given.left_out],
            **_estimated(given),
        },
        "measure": name,
        "measure_version": measure.version,
    }


def _estimated(given: logic.Reading) -> dict[str, Any]:
    """What is kept of an estimate, as far as there is one."""
    found: dict[str, Any] = {}
    if given.band is not None:
        found["band"] = [None if end is None else str(end) for end in given.band]
    if given.at_risk is not None:
        found["at_risk"] = given.at_risk
    if given.without_value:
        found["without_value"] = given.without_value
    if given.remarks:
        found["remarks"] = [[code, count] for code, count in given.remarks]
    return found
