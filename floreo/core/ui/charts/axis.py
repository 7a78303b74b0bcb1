"""Words in and under a line chart: beside a reading, and along the axis of time, never one on another."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from floreo.core.ui.charts.drawing import kept_inside, line, width_of

if TYPE_CHECKING:
    from floreo.core.ui.charts.lines import _Plot

GAP = 8.0


def named(plot: _Plot, x: float, y: float, words: str, *, must: bool = True) -> list[str]:
    """Words beside a dot: below it, above it, or beside it, wherever they lie on no line and on no other words. With
    `must` they lie on a line rather than be left out."""
    middle = (*kept_inside(x, words, plot.left + 2, plot.right), (y + 23, y - 13))
    spots = (
        ((x + 11, "start", (y + 4,)), (x - 11, "end", (y - 8, y + 4))) if plot.left < x - width_of(words) - 11 else ()
    )
    side_spots = [(at, anchor, row) for at, anchor, rows in (middle, *spots) for row in rows]
    inside = [
        s
        for s in side_spots
        if plot.top - 16 < s[2] < plot.bottom - 2 and (s[1] != "start" or s[0] + width_of(words) < plot.frame.width)
    ]
    for off_lines in (True, False) if must else (True,):
        for at, anchor, row in inside:
            if drawn := plot.write(at, row, words, anchor=anchor, css="fl-strong", off_lines=off_lines):
                return drawn
    return []


def _thinned(places: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Every so-manieth, counted from the newest, so that words keep apart."""
    if len(places) < 2:
        return places
    apart = min(b[0] - a[0] for a, b in pairwise(places))
    need = max(width_of(words) for _x, words in places) + GAP
    step = 1
    while apart * step < need and step < len(places):
        step += 1
    return places[::-1][::step][::-1]


def _years(days: list[date]) -> list[date]:
    """The first reading of each year."""
    return [day for i, day in enumerate(days) if i == 0 or days[i - 1].year != day.year]


def below(plot: _Plot) -> list[str]:
    """Two rows: what the periods are called, and in bold the year they begin in; at the right the target's date."""
    points = plot.chart.points
    upper, lower = plot.bottom + 20, plot.bottom + 38
    labels = _thinned([(plot.x(p.on), p.label) for p in points if p.label])
    body: list[str] = []
    for x, words in labels:
        place, anchor = kept_inside(x, words, 0, plot.frame.width)
        body += plot.write(place, upper, words, anchor=anchor)
    row = lower if labels else upper
    goal = plot.chart.goal
    if goal and goal.on and goal.when:
        place, anchor = kept_inside(plot.x(goal.on), goal.when, plot.left, plot.frame.width - 2)
        body += plot.write(place, row, goal.when, anchor=anchor, css="fl-strong", must=True)
    years = [(plot.x(day), str(day.year)) for day in _years([p.on for p in points])]
    for x, words in years if labels else _thinned(years):
        place, anchor = kept_inside(x, words, 0, plot.frame.width)
        body += plot.write(place, row, words, anchor=anchor, css="fl-strong")
    if plot.is_bent:
        bend = plot.days[0].end + 10
        body += [line(bend + i, plot.bottom + 5, bend + 4 + i, plot.bottom - 5, "fl-c-axis") for i in (0, 4)]
    return body
