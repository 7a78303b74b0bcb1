"""Charts and the map as template tags; `ui` takes them in, so that no page has to load them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from floreo.core.ui import charts, maps, plotting

register = template.Library()


def drawn(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 -- charts and maps escape every word they are given


def figure_of(svg: str, **facts: Any) -> SafeString:
    """The figure round a chart: caption, its unit, the drawing and what belongs below it."""
    return render_to_string("ui/chart.html", {"svg": drawn(svg), **facts}) if svg else SafeString("")


@register.simple_tag
def sparkline(values: Sequence[Any], target: Any = None) -> SafeString:
    """{% sparkline values target=95 as spark %}: oldest first, None where there was no reading."""
    return drawn(charts.sparkline(values, target))


@register.simple_tag
def reading_chart(
    readings: Iterable[Any], indicator: Any, notes: Iterable[Any] = (), caption: str = "", unit: str = ""
) -> SafeString:
    """{% reading_chart readings indicator notes caption=title %}: over time; nothing while there is too little."""
    noted = list(notes)
    line = plotting.line_of(readings, indicator, noted, caption=caption or indicator.in_language("title"))
    if line is None:
        return SafeString("")
    below = [] if charts.notes_fit(line) else [mark.words for mark in line.marks]
    second = plotting.legend_of(line, unit or indicator.in_language("unit"))
    return figure_of(charts.line_chart(line), caption=caption, unit=second, notes=below)


@register.simple_tag
def bar_chart(
    rows: Iterable[Any],
    caption: str = "",
    unit: str = "",
    *,
    reference: Any = None,
    reference_text: str = "",
    top: Any = None,
) -> SafeString:
    """{% bar_chart bars caption=... unit=... reference=60 reference_words="Region 60" %}: rows have label,
    value, words and is_ours."""
    bars = plotting.bars_of(rows)
    across = charts.Reference(reference, reference_text) if reference is not None else None
    label = plotting.spoken_list(caption, [(b.label, b.words) for b in bars], kind=_("Bar chart"))
    return figure_of(charts.bar_chart(bars, label=label, reference=across, top=top), caption=caption, unit=unit)


@register.simple_tag
def span_bar(span: charts.Span, axis: charts.SpanAxis) -> SafeString:
    """{% span_bar row.bar axis %}: when one action runs, beside words that say the same."""
    return drawn(charts.span_bar(span, axis))


@register.simple_tag
def span_axis(axis: charts.SpanAxis) -> SafeString:
    """{% span_axis axis %}: the years over a column of bars."""
    return drawn(charts.span_axis(axis, today_word=_("today")))


def _timeline_row(row: Any) -> charts.TimelineRow:
    """A row of the plan (`act`, `bar`) or one made for the chart (`label`, `span` or `bar`, `href`)."""
    span = getattr(row, "bar", None) or getattr(row, "span", None)
    act = getattr(row, "act", None)
    if act is not None:
        return charts.TimelineRow(f"{act.code} {act.in_language('title')}", span, act.get_absolute_url())
    return charts.TimelineRow(str(row.label), span, getattr(row, "href", ""))


@register.simple_tag
def timeline_chart(rows: Iterable[Any], axis: charts.SpanAxis, caption: str = "") -> SafeString:
    """{% timeline_chart rows axis caption=... %}: actions one below the other; rows have bar, and act or label."""
    lines = tuple(_timeline_row(r) for r in rows)
    if not lines:
        return SafeString("")
    label = _("When each action runs: %(caption)s. The table shows the same.") % {"caption": caption}
    return figure_of(charts.timeline_chart(lines, axis, label=label, today_word=_("today")))


@register.simple_tag
def radar_chart(
    axes: Sequence[str], series: Sequence[charts.RadarSeries], caption: str = "", unit: str = ""
) -> SafeString:
    """{% radar_chart axes series caption=... unit="%" %}: the table beside it says the same."""
    label = _("Radar chart: %(caption)s. The table shows the same.") % {"caption": caption}
    return figure_of(charts.radar_chart(axes, series, label=label), caption=caption, unit=unit)


@register.simple_tag
def heat_map(
    columns: Sequence[str],
    rows: Sequence[charts.HeatRow],
    caption: str = "",
    unit: str = "",
    legend: Sequence[str] = (),
) -> SafeString:
    """{% heat_map columns rows caption=... unit="%" legend=words %}: legend words from the lightest shade on."""
    label = _("Heat map: %(caption)s. The table shows the same.") % {"caption": caption}
    shades = [*enumerate(legend, start=1), (0, _("no value"))] if legend else []
    return figure_of(charts.heat_map(columns, rows, label=label), caption=caption, unit=unit, shades=shades)


@register.simple_tag
def district_map(
    shapes: Iterable[maps.Shape], caption: str = "", unit: str = "", legend: Sequence[str] = (), nothing: str = ""
) -> SafeString:
    """{% district_map shapes caption=... unit=... legend=words nothing=_("none") %}: legend words from the lightest shade on, and the word for
    where there is no shade."""
    known = list(shapes)
    label = plotting.spoken_list(caption, [(s.label, s.words) for s in known], kind=_("Map"))
    made = maps.choropleth(known, label=label)
    shades = [(level, words) for level, words in enumerate(legend, start=1)]
    if shades and any(s.level not in maps.LEVELS for s in known):
        shades.append((0, nothing or _("no value")))
    keys = {"wide_key": made.wide_key, "narrow_key": made.narrow_key}
    return figure_of(made.svg, caption=caption, unit=unit, shades=shades, **keys)
