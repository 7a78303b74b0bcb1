"""What of figures leaves: indicators with their targets, and every reading with where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.access import Permission
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words
from floreo.indicators.models import Indicator, IndicatorKind, Reading
from floreo.indicators.presenters import is_hidden
from floreo.strategy.models import Edition

INTERNAL = Permission.FIGURE_READ


def _column(name: str, title: Words, note: Words, kind: CellKind = CellKind.TEXT, **more: Any) -> Column:
    return Column(name, title, note, lambda row: getattr(row, name), kind, **more)


def _other_language(language: str, words: Words) -> Column:
    def value(row: Any) -> Cell:
        return str(row.translations.get(language, {}).get("title", ""))

    return Column(f"title_{language}", words, _("The title in that language, where a person translated it"), value)


def _code_of(name: str) -> Callable[[Any], Cell]:
    return lambda row: other.code if (other := getattr(row, name)) is not None else None


_SOURCED = (
    _column("source", _("Source"), _("Who says so: document and page, or publisher")),
    _column("source_url", _("Source address"), _("Where the source can be read"), CellKind.LINK),
    _column("confirmed", _("Confirmed"), _("Whether a person has checked it against its source"), CellKind.FLAG),
    _column("doubt", _("Doubt"), _("Why it is not confirmed")),
)
_CHANGED = _column("changed_at", _("Last change"), _("When the row last changed, UTC"), CellKind.MOMENT)


def _public_editions() -> Iterable[tuple[str, Words]]:
    return [(e.code, e.in_language("title")) for e in Edition.objects.filter(is_public=True)]


def _indicators(viewer: object) -> QuerySet[Indicator]:
    return Indicator.objects.visible_to(viewer).select_related("edition", "pillar", "objective", "answers_for")


def _answers_for(indicator: Indicator) -> Cell:
    body = indicator.answers_for
    return body.code if body is not None and body.is_public else None


INDICATORS = Table(
    "indicators",
    _("Indicators"),
    _("What is measured, in what unit, from where to where, and who answers for it."),
    rows=_indicators,
    columns=(
        _column("code", _("Code"), _("Part of its address")),
        _column("title", _("Title"), _("What it is called")),
        *(_other_language(code, words) for code, words in settings.LANGUAGES),
        _column("definition", _("Definition"), _("What exactly is counted")),
        _column("unit", _("Unit"), _("Of its readings and its target")),
        _column("decimals", _("Decimals"), _("How many are shown"), CellKind.WHOLE),
        _column("kind", _("Kind"), _("input, output, outcome or context")),
        _column("direction", _("Direction"), _("up: higher is better; down: lower is better")),
        _column("frequency", _("Frequency"), _("month, quarter, year or once")),
        _column("method", _("Method"), _("How it is worked out or gathered")),
        _column("measure", _("Measure"), _("Name of the function that computes it; empty when people enter it")),
        _column("numerator_text", _("Numerator"), _("What is counted above the line")),
        _column("denominator_text", _("Denominator"), _("What is counted below the line")),
        _column("about_people", _("About people"), _("Numbers under 5 are then not published"), CellKind.FLAG),
        _column("baseline", _("Baseline"), _("Where it began"), CellKind.DECIMAL),
        _column("baseline_on", _("Baseline day"), _("The day of the baseline"), CellKind.DATE),
        _column("target", _("Target"), _("Where it should be"), CellKind.DECIMAL),
        _column("target_due", _("Target day"), _("By when"), CellKind.DATE),
        _column("target_source", _("Source of the target"), _("Who set it, and when")),
        Column("edition", _("Edition"), _("Code of its edition"), _code_of("edition")),
        Column("pillar", _("Pillar"), _("Code of its pillar"), _code_of("pillar")),
        Column("objective", _("Objective"), _("Code of its objective"), _code_of("objective")),
        Column("answers_for", _("Answers for it"), _("Code of the organisation"), _answers_for),
        _column("answers_post", _("Post"), _("Who there answers for it")),
        _column("is_public", _("Public"), _("Whether the public sees it"), CellKind.FLAG, needs=INTERNAL),
        *_SOURCED,
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
            lambda: [("computed", _("Computed")), ("entered", _("Entered"))],
            lambda rows, v: rows.filter(measure="") if v == "entered" else rows.exclude(measure=""),
        ),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _readings(viewer: object) -> QuerySet[Reading]:
    return Reading.objects.visible_to(viewer).select_related("indicator", "corrected_by")


def _number(name: str) -> Callable[[Reading], Cell]:
    """A number of a reading, left out where it would single people out."""
    return lambda reading: None if is_hidden(reading) else getattr(reading, name)


def _corrected_by(reading: Reading) -> Cell:
    newer = getattr(reading, "corrected_by", None)
    return newer.pk if newer is not None else None


def _public_indicators() -> Iterable[tuple[str, Words]]:
    return [(i.code, i.in_language("title")) for i in Indicator.objects.filter(is_public=True)]


READINGS = Table(
    "readings",
    _("Readings"),
    _("Every value of every indicator for every period, those later corrected among them."),
    rows=_readings,
    columns=(
        Column("id", _("Number"), _("Tells rows of this table apart"), lambda r: r.pk, CellKind.WHOLE),
        Column("indicator", _("Indicator"), _("Code of the indicator"), lambda r: r.indicator.code),
        Column("period", _("Period"), _("2026, Q3 2026, 2026-07, a day, or two days"), lambda r: r.period.label),
        _column("starts_on", _("First day"), _("Of the period"), CellKind.DATE),
        _column("ends_on", _("Last day"), _("Of the period"), CellKind.DATE),
        Column("as_of", _("As of"), _("The day for which it holds"), lambda r: r.on, CellKind.DATE),
        _column("part", _("Part"), _("A part of the whole; empty for the whole")),
        _column("subject", _("Subject"), _("Another state, for comparison; empty for the country")),
        Column("value", _("Value"), _("In the indicator's unit"), _number("value"), CellKind.DECIMAL),
        _column("qualifier", _("Qualifier"), _("over, about or under, as the source says")),
        Column("numerator", _("Numerator"), _("Counted above the line"), _number("numerator"), CellKind.DECIMAL),
        Column("denominator", _("Denominator"), _("Counted below the line"), _number("denominator"), CellKind.DECIMAL),
        Column(
            "is_hidden",
            _("Not shown"),
            _("Whether numbers are left out because few people could be singled out"),
            is_hidden,
            CellKind.FLAG,
        ),
        _column("measure", _("Measure"), _("Name of the function that computed it; empty when it was entered")),
        _column("measure_version", _("Version"), _("Of the measure"), CellKind.WHOLE),
        _column("note", _("Note"), _("As it was entered; of a correction, why")),
        _column("not_comparable", _("Not comparable"), _("With the reading before: another method"), CellKind.FLAG),
        _column("taken_at", _("Taken"), _("When, UTC"), CellKind.MOMENT),
        _column("frozen_at", _("Frozen"), _("When it was approved and closed to change, UTC"), CellKind.MOMENT),
        _column("corrects_id", _("Corrects"), _("Number of the reading that it replaced"), CellKind.WHOLE),
        Column(
            "corrected_by",
            _("Corrected by"),
            _("Number of the reading that replaced it"),
            _corrected_by,
            CellKind.WHOLE,
        ),
        _column("taken_by", _("Taken by"), _("Who entered it; not published"), needs=INTERNAL),
        *_SOURCED,
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
    lookup=lambda rows, key: rows.filter(pk=int(key)) if key.isdecimal() and len(key) < 18 else rows.none(),
)

TABLES: dict[str, Table] = {table.name: table for table in (INDICATORS, READINGS)}
