"""From readings and rows to what charts draw, with words in the reader's language. It knows no app: whatever has the
named attributes can be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.figures import PER_CENT, Frequency, following, is_about_few, period_of
from floreo.core.ui import charts, locale
from floreo.core.wording import colon

LONGEST_GAP = 40  # missing periods drawn one by one; more than this is one gap


def _drawable(reading: Any, indicator: Any) -> Decimal | None:
    """The value, unless it is about so few people that they could be singled out."""
    counts = (reading.value, reading.numerator, reading.denominator)
    hidden = indicator.about_people and is_about_few(*counts, indicator.unit)
    value: Decimal | None = None if hidden else reading.value
    return value


def value_text(value: Decimal | float, indicator: Any) -> str:
    """ "81 %", "1,204": other units are in the caption."""
    number = locale.number(value, indicator.decimals)
    return f"{number}\u00a0%" if indicator.unit == PER_CENT else number


def _axis_text(reading_end: date, frequency: str) -> str:
    """What a period is called under the axis, without its year."""
    if frequency == Frequency.QUARTER:
        return f"{_('Q')}{(reading_end.month + 2) // 3}"
    if frequency == Frequency.MONTH:
        return locale.short_date(reading_end, "MMM")
    return ""


def _missing(before: Any, after: Any, frequency: str) -> list[charts.Point]:
    """Periods between two readings for which there is none: the line stays open over them."""
    if frequency not in set(Frequency) or frequency == Frequency.ONCE:
        return []
    rhythm = Frequency(frequency)
    found: list[charts.Point] = []
    period = following(period_of(before.ends_on, rhythm), rhythm)
    while period.end < after.starts_on and len(found) < LONGEST_GAP:
        found.append(charts.Point(period.end, None, _axis_text(period.end, frequency)))
        period = following(period, rhythm)
    return found


def points_of(readings: Iterable[Any], indicator: Any) -> list[charts.Point]:
    """One point a period, oldest first; a corrected reading hangs on the one that corrects it. The newest has words."""
    every = sorted(readings, key=lambda r: (r.ends_on, r.pk or 0))
    by_key = {r.pk: r for r in every}
    corrected = {r.corrects_id for r in every if r.corrects_id}
    found: list[charts.Point] = []
    before: Any = None
    for reading in (r for r in every if r.pk not in corrected):
        if before is not None:
            found += _missing(before, reading, indicator.frequency)
        found.append(_point(reading, by_key, indicator))
        before = reading
    newest = next((i for i in reversed(range(len(found))) if found[i].value is not None), None)
    if newest is not None:
        text = value_text(_decimal(found[newest].value), indicator)
        found[newest] = replace(found[newest], words=text)
    return found


def _band_of(reading: Any) -> tuple[Decimal | None, Decimal | None]:
    """The band of an estimated value, as its working keeps it."""
    low, high = getattr(reading, "working", {}).get("band") or (None, None)
    return None if low is None else Decimal(low), None if high is None else Decimal(high)


def _point(reading: Any, by_key: dict[int, Any], indicator: Any) -> charts.Point:
    value = _drawable(reading, indicator)
    earlier: list[Decimal] = []
    older = by_key.get(reading.corrects_id)
    while older is not None:
        was = _drawable(older, indicator)
        earlier += [was] if was is not None and was != value else []
        older = by_key.get(older.corrects_id)
    return charts.Point(
        on=reading.ends_on,
        value=value,
        label=_axis_text(reading.ends_on, indicator.frequency),
        corrected=tuple(earlier),
        restarts=reading.not_comparable,
        band=_band_of(reading) if value is not None else (None, None),
    )


def _goal(indicator: Any) -> charts.Goal | None:
    if indicator.target is None:
        return None
    text = _("Target %(value)s") % {"value": value_text(indicator.target, indicator)}
    due = indicator.target_due
    return charts.Goal(indicator.target, text, due, locale.day(due, "month") if due else "")


def _with_baseline(points: list[charts.Point], indicator: Any) -> tuple[list[charts.Point], str]:
    """The baseline as the first point, with its words, where its day is known and nothing older is there."""
    if indicator.baseline is None or indicator.baseline_on is None:
        return points, ""
    text = _("%(value)s baseline") % {"value": value_text(indicator.baseline, indicator)}
    day = indicator.baseline_on
    if points and points[0].on <= day:
        return points, text if points[0].on == day else ""
    return [charts.Point(day, indicator.baseline, _axis_text(day, indicator.frequency)), *points], text


def line_of(readings: Iterable[Any], indicator: Any, notes: Iterable[Any], *, caption: str) -> charts.LineChart | None:
    """The chart of an indicator; None while there are not two things to draw."""
    points, baseline = _with_baseline(points_of(readings, indicator), indicator)
    goal = _goal(indicator)
    known = [p for p in points if p.value is not None]
    if not known or len(known) + (goal is not None) < 2:
        return None
    marks = tuple(charts.Mark(n.on, f"{n.in_language('title')}, {locale.day(n.on, 'month')}") for n in notes)
    return charts.LineChart(
        points=tuple(points),
        label=spoken(caption, known, goal, indicator),
        goal=goal,
        baseline=baseline,
        marks=marks,
        top=100 if indicator.unit == PER_CENT else None,
        label_of=locale.number,
    )


def period_text(day: date, frequency: str) -> str:
    precision = {Frequency.QUARTER: "quarter", Frequency.MONTH: "month", Frequency.YEAR: "year"}
    return locale.day(day, precision.get(Frequency(frequency), "day") if frequency in set(Frequency) else "day")


def spoken(caption: str, known: Sequence[charts.Point], goal: charts.Goal | None, indicator: Any) -> str:
    """What the chart shows, for those who use a screen reader: from, to, and the target. The table holds the rest."""
    first, last = known[0], known[-1]
    facts = {
        "caption": caption,
        "first": value_text(_decimal(first.value), indicator),
        "then": period_text(first.on, indicator.frequency),
        "last": value_text(_decimal(last.value), indicator),
        "now": period_text(last.on, indicator.frequency),
    }
    text = _("Line chart: %(caption)s. %(first)s in %(then)s, %(last)s in %(now)s.") % facts
    if goal is None:
        return text
    return f"{text} {goal.words}{f', {goal.when}' if goal.when else ''}."


def _decimal(value: charts.Number | None) -> Decimal | float:
    return value if isinstance(value, Decimal) else float(value or 0)


def legend_of(line: charts.LineChart, unit: str) -> str:
    """The unit, and what is not said on the chart itself."""
    return " ".join(filter(None, [unit_of(unit), *remarks_of(line)]))


def unit_of(unit: str) -> str:
    """The unit as a sentence of its own: "Per cent." """
    unit = _("per cent") if unit == PER_CENT else unit.strip()
    return f"{unit[:1].upper()}{unit[1:]}." if unit else ""


def remarks_of(line: charts.LineChart) -> list[str]:
    """What the drawing means where it does not say so itself."""
    text: list[str] = []
    dotted = line.goal is not None and line.goal.on is not None and line.points[-1].on < line.goal.on
    if dotted:
        text.append(_("Dotted line: a straight line to the target, not a forecast."))
    if any(p.corrected for p in line.points):
        text.append(_("Hollow: a value that was corrected later."))
    if any(end is not None for p in line.points for end in p.band):
        text.append(_("Upright lines: the band in which an estimated value lies."))
    if any(p.value is None for p in line.points):
        text.append(_("Open: no value."))
    return text


def bars_of(rows: Iterable[Any]) -> list[charts.Bar]:
    return [
        charts.Bar(str(r.label), r.value, str(r.words), bool(getattr(r, "is_ours", False)), getattr(r, "inner", ()))
        for r in rows
    ]


def spoken_list(caption: str, pairs: Iterable[tuple[str, str]], *, kind: str) -> str:
    """ "Bar chart: Position of the country. Uruguay 71.2; ..."."""
    listed = "; ".join(f"{label} {text}".strip() for label, text in pairs)
    return f"{kind}{colon()} {caption}. {listed}."
