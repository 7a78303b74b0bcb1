"""What of figures leaves: indicators with their targets, and every reading with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.columns import SOURCED, column
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words, in_each_language
from floreo.core.whole import whole
from floreo.indicators.models import Indicator, IndicatorKind, Reading
from floreo.indicators.presenters import at_risk_of, band_of, hides_counts, is_hidden, public_value
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.models import Edition

INTERNAL = Permission.INDICATOR_READ


def _code_of(name: str) -> Callable[[Any], Cell]:
    return lambda row: other.code if (other := getattr(row, name)) is not None else None


_CHANGED = Column.of(Indicator, "changed_at", _("Date of the last change of the row, UTC"), CellKind.MOMENT)


def _public_editions() -> Iterable[tuple[str, Words]]:
    return [
        (e.code, e.in_language("title"))
        for e in Edition.objects.filter(is_public=True).only("code", "title", "translations")
    ]


def _indicators(viewer: object) -> QuerySet[Indicator]:
    return Indicator.objects.visible_to(viewer).select_related("edition", "pillar", "objective", "answers_for")


def _answers_for(indicator: Indicator) -> Cell:
    body = indicator.answers_for
    return body.code if body is not None and body.is_public else None


INDICATORS = Table(
    "indicators",
    _("Indicators"),
    _("What is measured, its unit, baseline and target, and who is responsible."),
    rows=_indicators,
    columns=(
        Column.of(Indicator, "code", _("Part of its address")),
        Column.of(Indicator, "title", _("Its title")),
        in_each_language("title", _("Title in this language, if a person has translated it")),
        Column.of(Indicator, "definition", _("What exactly is counted")),
        Column.of(Indicator, "unit", _("Unit of its values and target")),
        column("decimals", _("Decimals"), _("Number of decimals shown"), CellKind.WHOLE),
        Column.of(Indicator, "kind", _("input, output, outcome or context")),
        column("direction", _("Direction"), _("up: higher is better; down: lower is better")),
        column("frequency", _("Frequency"), _("month, quarter, year or once")),
        Column.of(Indicator, "method", _("How it is calculated or collected")),
        column("measure", _("Measure"), _("Name of the function that calculates it; empty if people enter the values")),
        column("numerator_text", _("Numerator"), _("What the numerator counts")),
        column("denominator_text", _("Denominator"), _("What the denominator counts")),
        column("about_people", _("About people"), _("If yes, numbers under 5 are not published"), CellKind.FLAG),
        Column.of(Indicator, "baseline", _("Starting value"), CellKind.DECIMAL),
        column("baseline_on", _("Baseline date"), _("Date of the baseline"), CellKind.DATE),
        Column.of(Indicator, "target", _("Value to reach"), CellKind.DECIMAL),
        column("target_due", _("Target date"), _("Due date"), CellKind.DATE),
        column("target_source", _("Source of the target"), _("Who set it, and when")),
        Column.of(Indicator, "edition", _("Code of its edition"), value=_code_of("edition")),
        Column("pillar", in_words_lazy("%(pillar)s"), _("Its code"), _code_of("pillar")),
        Column("objective", in_words_lazy("%(objective)s"), _("Its code"), _code_of("objective")),
        Column.of(Indicator, "answers_for", _("Code of the organisation"), value=_answers_for),
        column("answers_post", _("Post"), _("Post of the person responsible")),
        Column.of(Indicator, "is_public", _("Whether the indicator is public"), CellKind.FLAG, needs=INTERNAL),
        *SOURCED,
        _CHANGED,
    ),
    order=("position", "pk"),
    search=("code", "title", "definition"),
    filters=(
        Filter("edition", _("Edition"), _public_editions, lambda rows, v: rows.filter(edition__code=v)),
        Filter("kind", _("Kind"), lambda: IndicatorKind.choices, lambda rows, v: rows.filter(kind=v)),
        Filter(
            "way",
            _("How"),
            lambda: [("computed", _("Calculated")), ("entered", _("Entered"))],
            lambda rows, v: rows.filter(measure="") if v == "entered" else rows.exclude(measure=""),
        ),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _readings(viewer: object) -> QuerySet[Reading]:
    return Reading.objects.visible_to(viewer).select_related("indicator", "corrected_by")


def _number(name: str) -> Callable[[Reading], Cell]:
    """A number of a reading, left out where it would single people out."""
    return lambda reading: None if hides_counts(reading) else getattr(reading, name)


def _corrected_by(reading: Reading) -> Cell:
    newer = getattr(reading, "corrected_by", None)
    return newer.pk if newer is not None else None


def _public_indicators() -> Iterable[tuple[str, Words]]:
    return [(i.code, i.in_language("title")) for i in Indicator.objects.filter(is_public=True)]


READINGS = Table(
    "readings",
    _("Values"),
    _("Every value of every indicator for every period, including values that were corrected later."),
    rows=_readings,
    columns=(
        Column("id", _("Number"), _("Identifies the rows of this table"), lambda r: r.pk, CellKind.WHOLE),
        Column.of(Reading, "indicator", _("Code of the indicator"), value=lambda r: r.indicator.code),
        Column("period", _("Period"), _("2026, Q3 2026, 2026-07, a day, or two days"), lambda r: r.period.label),
        Column.of(Reading, "starts_on", _("Of the period"), CellKind.DATE),
        Column.of(Reading, "ends_on", _("Of the period"), CellKind.DATE),
        Column("as_of", _("As of"), _("Day that the value refers to"), lambda r: r.on, CellKind.DATE),
        Column.of(Reading, "part", _("A part of the whole; empty for the whole")),
        Column.of(Reading, "subject", _("Another country, for comparison; empty for this country")),
        Column.of(Reading, "value", _("In the indicator's unit"), CellKind.DECIMAL, value=public_value),
        Column.of(Reading, "qualifier", _("over, about or under, according to the source")),
        Column.of(Reading, "numerator", _("Numerator count"), CellKind.DECIMAL, value=_number("numerator")),
        Column.of(Reading, "denominator", _("Denominator count"), CellKind.DECIMAL, value=_number("denominator")),
        Column(
            "band_low",
            _("Band, from"),
            _(
                "Of an estimated value: lower end of the band in which it lies with 95 percent confidence; empty if it has none"
            ),
            lambda r: band_of(r)[0],
            CellKind.DECIMAL,
        ),
        Column(
            "band_high",
            _("Band, to"),
            _("Upper end of the same band; empty if it has none"),
            lambda r: band_of(r)[1],
            CellKind.DECIMAL,
        ),
        Column(
            "at_risk",
            _("At risk"),
            _("Of an estimate over time: how many were still open and looked at for so long"),
            at_risk_of,
            CellKind.WHOLE,
        ),
        Column(
            "without_value",
            _("Why no value"),
            _("not_reached: fewer than half are over; not_looked_at: nothing was looked at for so long"),
            lambda r: "" if is_hidden(r) else r.working.get("without_value", ""),
        ),
        Column(
            "is_hidden",
            _("Not shown"),
            _("Whether numbers are hidden because a few people could be identified"),
            hides_counts,
            CellKind.FLAG,
        ),
        Column.of(Reading, "measure", _("Name of the function that calculated it; empty if a person entered it")),
        Column.of(Reading, "measure_version", _("Of the measure"), CellKind.WHOLE),
        Column.of(Reading, "note", _("As entered; for a correction, the reason")),
        in_each_language("note", _("Note in this language, if a person has translated it")),
        Column.of(Reading, "not_comparable", _("With the previous value, because the method differs"), CellKind.FLAG),
        Column.of(Reading, "taken_at", _("Date and time, UTC"), CellKind.MOMENT),
        Column.of(Reading, "frozen_at", _("When it was approved and locked, UTC"), CellKind.MOMENT),
        Column.of(Reading, "corrects_id", _("Number of the value that it replaced"), CellKind.WHOLE),
        Column(
            "corrected_by",
            _("Corrected by"),
            _("Number of the value that replaced it"),
            _corrected_by,
            CellKind.WHOLE,
        ),
        Column.of(Reading, "taken_by", _("Who entered it; not published"), needs=INTERNAL),
        *SOURCED,
    ),
    order=("ends_on", "pk"),
    key="id",
    search=("indicator__code", "indicator__title", "note"),
    filters=(
        Filter("indicator", _("Indicator"), _public_indicators, lambda rows, v: rows.filter(indicator__code=v)),
        Filter(
            "state",
            _("State"),
            lambda: [("frozen", _("Frozen")), ("open", _("Not frozen"))],
            lambda rows, v: rows.filter(frozen_at__isnull=v == "open"),
        ),
    ),
    lookup=lambda rows, key: rows.filter(pk=number) if (number := whole(key)) is not None else rows.none(),
)

TABLES: dict[str, Table] = {table.name: table for table in (INDICATORS, READINGS)}
