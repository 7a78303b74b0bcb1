"""Indicators of a report: kept as plain data, and made into indicators and readings again to be drawn and put in words by
the same presenters as everywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from floreo.core.figures import Period
from floreo.indicators.measuring import measures_that_wait
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.presenters import hides_counts, is_hidden, public_value
from floreo.reports.facts import text
from floreo.strategy.models import Edition

KEPT = 13  # readings of each figure: three years of quarters and the one before
_INDICATOR = (
    "code",
    "title",
    "short_title",
    "definition",
    "unit",
    "unit_one",
    "decimals",
    "direction",
    "frequency",
    "kind",
    "about_people",
    "baseline",
    "baseline_on",
    "target",
    "target_due",
    "target_source",
    "numerator_text",
    "denominator_text",
    "measure",
    "translations",
    "confirmed",
)
_READING = (
    "pk",
    "starts_on",
    "ends_on",
    "value",
    "qualifier",
    "numerator",
    "denominator",
    "working",
    "measure",
    "measure_version",
    "not_comparable",
    "taken_at",
    "taken_by",
    "frozen_at",
    "frozen_by",
    "confirmed",
)
_NUMBERS = {"baseline", "target", "value", "numerator", "denominator"}
_DAYS = {"baseline_on", "target_due", "starts_on", "ends_on"}
_MOMENTS = {"taken_at", "frozen_at"}


def held(reading: Reading, *, public: bool) -> dict[str, Any]:
    hidden, counts_hidden = public and is_hidden(reading), public and hides_counts(reading)
    kept = {name: getattr(reading, name) for name in _READING}
    kept |= {name: str(kept[name]) if kept[name] is not None else None for name in _NUMBERS & set(_READING)}
    if counts_hidden:  # about so few people that a number would single them out: not even in the data
        value = public_value(reading)
        kept |= {"value": None if value is None else str(value), "numerator": None, "denominator": None}
    if public and reading.indicator.about_people:
        kept["working"] = {}
    if public:  # people are not named there
        kept |= {"taken_by": "", "frozen_by": ""}
    return kept | {"hidden": hidden, "records": reading.records.total if reading.records and not counts_hidden else 0}


def _indicator(indicator: Indicator, *, public: bool) -> dict[str, Any]:
    kept = {name: getattr(indicator, name) for name in _INDICATOR}
    kept |= {name: str(kept[name]) if kept[name] is not None else None for name in _NUMBERS & set(_INDICATOR)}
    body = indicator.answers_for.successor() if indicator.answers_for else None
    kept["actions"] = [a.code for a in indicator.actions.all() if a.is_public or not public]
    # The readings of a public report hold nothing that is not shown, so that nothing is left to hide when it is drawn.
    kept["is_safe"] = public
    return kept | {"answers": text(body.name, body.translations, "name") if body and body.is_public else {}}


def _of(edition: Edition) -> Q:
    return Q(edition=edition) | Q(pillar__edition=edition) | Q(objective__pillar__edition=edition)


def not_frozen_of(edition: Edition, day: date) -> list[Reading]:
    """Values that a report of the edition as of `day` would hold of periods that were over by then, that are not frozen, and of which
    records may still come."""
    rows = Reading.objects.current().filter(frozen_at=None, ends_on__lte=day, measure__in=measures_that_wait())
    return list(rows.filter(indicator__in=Indicator.objects.filter(_of(edition)).order_by().values("pk")))


def figures_of(edition: Edition, period: Period, day: date, *, public: bool) -> list[dict[str, Any]]:
    """Every indicator of the edition with its readings as they were on `day`."""
    indicators = Indicator.objects.filter(_of(edition))
    if public:
        indicators = indicators.filter(is_public=True)
    rows = list(
        indicators.distinct()
        .select_related("answers_for__merged_into")
        .prefetch_related("actions")
        .order_by("position", "pk")
    )
    readings: dict[int, list[Reading]] = {i.pk: [] for i in rows}
    known = Reading.objects.current().of_the_country().filter(indicator__in=[i.pk for i in rows])
    for reading in known.select_related("indicator", "records").defer("records__rows").order_by("ends_on", "pk"):
        if reading.on <= day:
            readings[reading.indicator_id].append(reading)
    return [
        {
            "indicator": _indicator(i, public=public),
            "readings": [held(r, public=public) for r in readings[i.pk][-KEPT:]],
        }
        for i in rows
    ]


@dataclass(frozen=True)
class Figure:
    """An indicator as a report shows it."""

    indicator: Indicator
    readings: tuple[Reading, ...]
    hidden: frozenset[int]  # readings whose number is not shown
    records: dict[int, int]
    answers: dict[str, str]
    actions: tuple[str, ...] = ()

    @property
    def latest(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def before(self) -> Reading | None:
        return self.readings[-2] if len(self.readings) > 1 else None

    def is_hidden(self, reading: Reading) -> bool:
        return reading.pk in self.hidden


def _value(name: str, kept: Any) -> Any:
    if kept is None:
        return None
    if name in _NUMBERS:
        return Decimal(kept)
    if name in _DAYS:
        return date.fromisoformat(kept)
    return datetime.fromisoformat(kept) if name in _MOMENTS else kept


def figure_from(kept: dict[str, Any]) -> Figure:
    """A figure out of a snapshot. What is made is in memory only: nothing here can be saved by mistake into a row that
    says something else today, since readings refuse to change."""
    indicator = Indicator(**{n: _value(n, kept["indicator"].get(n)) for n in _INDICATOR})
    indicator.about_people = indicator.about_people and not kept["indicator"].get("is_safe", False)
    readings = []
    for row in kept["readings"]:
        reading = Reading(**{n: _value(n, row.get(n)) for n in _READING})
        reading.indicator = indicator
        readings.append(reading)
    return Figure(
        indicator,
        tuple(readings),
        frozenset(row["pk"] for row in kept["readings"] if row["hidden"]),
        {row["pk"]: row["records"] for row in kept["readings"]},
        kept["indicator"].get("answers", {}),
        tuple(kept["indicator"].get("actions", ())),
    )
