"""What of figures leaves: indicators with their targets, and every reading with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.columns import SOURCED
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words, in_each_language
from floreo.core.whole import whole
from floreo.indicators.models import Indicator, IndicatorKind, Reading
from floreo.indicators.presenters import at_risk_of, band_of, hides_counts, is_hidden, public_value
from floreo.strategy.levels import in_words_lazy
from floreo.strategy.models import Edition

INTERNAL = Permission.INDICATOR_READ


def _column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT, **more: Any) -> Column:
    return Column(name, title, note, lambda row: getattr(row, name), kind, **more)


def _code_of(name: str) -> Callable[[Any], Cell]:
    return lambda row: other.code if (other := getattr(row, name)) is not None else None


_CHANGED = _column("changed_at", _("Last change"), _("Date of the last change of the row, UTC"), CellKind.MOMENT)


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
        _column("code", _("Code"), _("Part of its address")),
        _column("title", _("Title"), _("Its title")),
        in_each_language("title", _("Title in this language, if a person has translated it")),
        _column("definition", _("Definition"), _("What exactly is counted")),
        _column("unit", _("Unit"), _("Unit of its values and target")),
        _column("decimals", _("Decimals"), _("Number of decimals shown"), CellKind.WHOLE),
        _column("kind", _("Kind"), _("input, output, outcome or context")),
        _column("direction", _("Direction"), _("up: higher is better; down: lower is better")),
        _column("frequency", _("Frequency"), _("month, quarter, year or once")),
        _column("method", _("Method"), _("How it is calculated or collected")),
        _column(
            "measure", _("Measure"), _("Name of the function that calculates it; empty if people enter the values")
        ),
        _column("numerator_text", _("Numerator"), _("What the numerator counts")),
        _column("denominator_text", _("Denominator"), _("What the denominator counts")),
        _column("about_people", _("About people"), _("If yes, numbers under 5 are not published"), CellKind.FLAG),
        _column("baseline", _("Baseline"), _("Starting value"), CellKind.DECIMAL),
        _column("baseline_on", _("Baseline date"), _("Date of the baseline"), CellKind.DATE),
        _column("target", _("Target"), _("Value to reach"), CellKind.DECIMAL),
        _column("target_due", _("Target date"), _("Due date"), CellKind.DATE),
        _column("target_source", _("Source of the target"), _("Who set it, and when")),
        Column("edition", _("Edition"), _("Code of its edition"), _code_of("edition")),
        Column("pillar", in_words_lazy("%(pillar)s"), _("Its code"), _code_of("pillar")),
        Column("objective", in_words_lazy("%(objective)s"), _("Its code"), _code_of("objective")),
        Column("answers_for", _("Responsible organisation"), _("Code of the organisation"), _answers_for),
        _column("answers_post", _("Post"), _("Post of the person responsible")),
        _column("is_public", _("Public"), _("Whether the indicator is public"), CellKind.FLAG, needs=INTERNAL),
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
        Column("indicator", _("Indicator"), _("Code of the indicator"), lambda r: r.indicator.code),
        Column("period", _("Period"), _("2026, Q3 2026, 2026-07, a day, or two days"), lambda r: r.period.label),
        _column("starts_on", _("First day"), _("Of the period"), CellKind.DATE),
        _column("ends_on", _("Last day"), _("Of the period"), CellKind.DATE),
        Column("as_of", _("As of"), _("Day that the value refers to"), lambda r: r.on, CellKind.DATE),
        _column("part", _("Part"), _("A part of the whole; empty for the whole")),
        _column("subject", _("Subject"), _("Another country, for comparison; empty for this country")),
        Column("value", _("Value"), _("In the indicator's unit"), public_value, CellKind.DECIMAL),
        _column("qualifier", _("Qualifier"), _("over, about or under, according to the source")),
        Column("numerator", _("Numerator"), _("Numerator count"), _number("numerator"), CellKind.DECIMAL),
        Column("denominator", _("Denominator"), _("Denominator count"), _number("denominator"), CellKind.DECIMAL),
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
        _column("measure", _("Measure"), _("Name of the function that calculated it; empty if a person entered it")),
        _column("measure_version", _("Version"), _("Of the measure"), CellKind.WHOLE),
        _column("note", _("Note"), _("As entered; for a correction, the reason")),
        in_each_language("note", _("Note in this language, if a person has translated it")),
        _column(
            "not_comparable",
            _("Not comparable"),
            _("With the previous value, because the method differs"),
            CellKind.FLAG,
        ),
        _column("taken_at", _("Taken"), _("Date and time, UTC"), CellKind.MOMENT),
        _column("frozen_at", _("Frozen"), _("When it was approved and locked, UTC"), CellKind.MOMENT),
        _column("corrects_id", _("Corrects"), _("Number of the value that it replaced"), CellKind.WHOLE),
        Column(
            "corrected_by",
            _("Corrected by"),
            _("Number of the value that replaced it"),
            _corrected_by,
            CellKind.WHOLE,
        ),
        _column("taken_by", _("Entered by"), _("Who entered it; not published"), needs=INTERNAL),
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
