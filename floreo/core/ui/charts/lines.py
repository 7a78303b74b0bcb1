"""A figure over time: readings joined, gaps open, corrected readings hollow, what happened, and the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from floreo.core.ui.charts.axis import below, named
from floreo.core.ui.charts.drawing import (
    Box,
    Labeller,
    Number,
    Scale,
    Stroke,
    attributes,
    box_of,
    circle,
    finite,
    kept_inside,
    line,
    plain_number,
    svg,
    text,
    ticks,
    width_of,
)
from floreo.core.ui.charts.spark import path_of


@dataclass(frozen=True)
class Point:
    """One reading: the last day of its period, its value (None: there was none), and its words."""

    on: date
    value: Number | None
    label: str = ""  # under the axis: "Q3"; the year is in a row of its own
    words: str = ""  # beside the dot where it is named: "81 %"
    corrected: tuple[Number, ...] = ()  # earlier readings of this period
    restarts: bool = False  # not comparable with the one before
    band: tuple[Number | None, Number | None] = (None, None)  # within which an estimated value lies; None: no bound


@dataclass(frozen=True)
class Goal:
    """The target. A dotted line leads to it: straight, and no forecast."""

    value: Number
    words: str  # "Target 95 %"
    on: date | None = None
    when: str = ""  # "Dec 2027"


@dataclass(frozen=True)
class Mark:
    """Something that happened: "duty rota began, Apr 2026"."""

    on: date
    words: str


@dataclass(frozen=True)
class LineChart:
    """What a line chart shows, oldest reading first. `label` says it all in words."""

    points: tuple[Point, ...]
    label: str
    goal: Goal | None = None
    baseline: str = ""  # words at the first reading: "54 % baseline"
    marks: tuple[Mark, ...] = ()
    from_zero: bool = True
    top: Number | None = None  # the whole, where there is one: 100 for per cent
    label_of: Labeller = plain_number  # words of the value axis


@dataclass(frozen=True)
class Frame:
    """One size of the drawing."""

    width: float
    height: float
    css: str


WIDE, NARROW = Frame(696, 300, "fl-wide"), Frame(332, 262, "fl-narrow")
SMALL = Frame(332, 190, "fl-small")  # one of many side by side
MOST_NAMED = 3  # more marks than this are numbered, and listed under the chart


def notes_fit(chart: LineChart) -> bool:
    """Whether the marks are named in both drawings. Otherwise they are numbered, and the page lists them."""
    return len(chart.marks) <= MOST_NAMED and all(width_of(m.words) < NARROW.width * 0.6 for m in chart.marks)


class _Plot:
    """Scales of one drawing, and the room already taken by words."""

    def __init__(self, chart: LineChart, frame: Frame) -> None:
        self.chart, self.frame = chart, frame
        self.known = [(p, v) for p in chart.points if (v := finite(p.value)) is not None]
        steps = self._steps()
        self.steps = steps
        left = max(width_of(chart.label_of(s)) for s in steps) + 10
        self.left, self.right = min(left, frame.width * 0.4), frame.width - 6
        self.top, self.bottom = 24.0, frame.height - 46
        self.y = Scale(steps[0], steps[-1], self.bottom, self.top)
        self.days = self._days()
        self.words: list[Box] = []
        self.strokes = self._strokes()

    def _steps(self) -> list[float]:
        chart = self.chart
        drawn = (v for p in chart.points for v in (p.value, *p.corrected, *p.band))
        values = [v for v in map(finite, drawn) if v is not None]
        values += [v for v in (finite(chart.goal.value if chart.goal else None), finite(chart.top)) if v is not None]
        if chart.from_zero or not values:
            values.append(0.0)
        return ticks(min(values), max(values))

    def _days(self) -> tuple[Scale, Scale, int]:
        """Readings, and what is still to come, each on its own stretch: a far target does not squeeze the readings."""
        goal_on = self.chart.goal.on if self.chart.goal else None
        days = [p.on.toordinal() for p in self.chart.points] or [goal_on.toordinal() if goal_on else 1]
        first, last = min(days), max(days)
        end = max(last, goal_on.toordinal()) if goal_on else last
        left, right = self.left + 6, self.right - (8 if end == last else 14)
        share = (last - first) / (end - first) if end > first else 1.0
        bend = left + (right - left) * max(share, 0.55 if end > last else 1.0)
        return (
            Scale(first, last, left, bend) if first < last else Scale(first, first + 1, left, bend),
            Scale(last, max(end, last + 1), bend, right),
            last,
        )

    def x(self, day: date) -> float:
        readings, ahead, last = self.days
        return readings(day.toordinal()) if day.toordinal() <= last else ahead(day.toordinal())

    def _strokes(self) -> list[Stroke]:
        """Where lines run, so that words keep off them."""
        dots = [(self.x(p.on), self.y(v)) for p, v in self.known]
        if self.chart.goal and self.chart.goal.on and dots and (value := finite(self.chart.goal.value)) is not None:
            dots.append((self.x(self.chart.goal.on), self.y(value)))
        return list(pairwise(dots))

    @property
    def is_bent(self) -> bool:
        """Whether time to come runs faster than time past; the axis then shows a break."""
        readings, ahead, last = self.days
        if self.chart.goal is None or self.chart.goal.on is None or self.chart.goal.on.toordinal() <= last:
            return False
        past = (readings.end - readings.start) / max(readings.high - readings.low, 1)
        return (ahead.end - ahead.start) / (ahead.high - ahead.low) < past * 0.98

    def is_free(self, box: Box, *, off_lines: bool) -> bool:
        if any(box.meets(taken) for taken in self.words):
            return False
        return not off_lines or not any(box.is_crossed(*stroke) for stroke in self.strokes)

    def write(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: str = "middle",
        css: str = "",
        must: bool = False,
        off_lines: bool = False,
    ) -> list[str]:
        """Words, unless they would lie on others (or on a line); with `must` they are written and others give way."""
        box = box_of(x, y, words, anchor)
        if not words or not (must or self.is_free(box, off_lines=off_lines)):
            return []
        self.words.append(box)
        return [text(x, y, words, anchor=anchor, css=css)]


def _ground(plot: _Plot) -> list[str]:
    body = []
    for step in plot.steps:
        y = plot.y(step)
        body += [
            line(plot.left, y, plot.right, y, "fl-c-grid"),
            text(plot.left - 8, y + 4, plot.chart.label_of(step), anchor="end"),
        ]
    zero = plot.y(min(max(0.0, plot.steps[0]), plot.steps[-1]))
    return [*body, line(plot.left, zero, plot.right, zero, "fl-c-axis")]


def _marks(plot: _Plot) -> list[str]:
    fits, body = notes_fit(plot.chart), []
    first = min((p.on for p in plot.chart.points), default=None)
    for number, mark in enumerate(plot.chart.marks, start=1):
        if first is None or mark.on < first:
            continue
        x, words = plot.x(mark.on), mark.words if fits else str(number)
        body.append(line(x, plot.top, x, plot.bottom, "fl-c-event"))
        before = x - 6 - width_of(words) > plot.left
        at, anchor = (x - 6, "end") if before else (x + 6, "start")
        rows = (plot.bottom - 10, plot.bottom - 26, plot.top + 12, plot.top + 28, plot.bottom - 42, plot.bottom - 58)
        for y, off_lines in [(y, True) for y in rows] + [(y, False) for y in rows]:
            if drawn := plot.write(at, y, words, anchor=anchor, off_lines=off_lines):
                body += drawn
                break
    return body


def _goal(plot: _Plot) -> list[str]:
    goal = plot.chart.goal
    value = finite(goal.value) if goal else None
    if goal is None or value is None:
        return []
    y = plot.y(value)
    under = y + 26 if y < (plot.top + plot.bottom) / 2 else y - 14
    if goal.on is None:
        return [
            line(plot.left, y, plot.right, y, "fl-c-tgt"),
            *plot.write(plot.right, under - 8, goal.words, anchor="end", css="fl-c-target", must=True),
        ]
    x, body = plot.x(goal.on), []
    if plot.known and goal.on > plot.known[-1][0].on:
        last, at = plot.known[-1]
        body.append(line(plot.x(last.on), plot.y(at), x, y, "fl-c-proj"))
    place, anchor = kept_inside(x, goal.words, plot.left, plot.right)
    return [
        *body,
        circle(x, y, 6, "fl-c-tgtdot"),
        *_goal_text(plot, place, (under, y - 14 if under > y else y + 26), goal.words, anchor),
    ]


def _goal_text(plot: _Plot, x: float, rows: tuple[float, float], words: str, anchor: str) -> list[str]:
    """What the target is, under or over it: wherever it lies on no line, else in the first row."""
    for row in rows:
        inside = plot.top - 16 < row < plot.bottom - 2
        if inside and (drawn := plot.write(x, row, words, anchor=anchor, css="fl-c-target", off_lines=True)):
            return drawn
    return plot.write(x, rows[0], words, anchor=anchor, css="fl-c-target", must=True)


def _band(plot: _Plot, point: Point) -> list[str]:
    """A line from one end of the band to the other, with a stroke across each end that it has."""
    ends = [finite(end) for end in point.band]
    known = [end for end in ends if end is not None]
    value = finite(point.value)
    if not known or value is None:
        return []
    x, low, high = plot.x(point.on), min(*known, value), max(*known, value)
    across = [line(x - 4, plot.y(end), x + 4, plot.y(end), "fl-c-band") for end in known]
    return [line(x, plot.y(low), x, plot.y(high), "fl-c-band"), *across]


def _readings(plot: _Plot) -> list[str]:
    places: list[tuple[float, float] | None] = []
    for point in plot.chart.points:
        value = finite(point.value)
        if point.restarts:
            places.append(None)
        places.append((plot.x(point.on), plot.y(value)) if value is not None else None)
    body = [f"<path{attributes(css='fl-c-line', d=path)}/>"] if (path := path_of(places)) else []
    body += [part for point in plot.chart.points for part in _band(plot, point)]
    small = len(plot.known) > 30
    body += [circle(plot.x(p.on), plot.y(v), 3 if small else 5, "fl-c-dot") for p, v in plot.known]
    for point in plot.chart.points:
        body += [
            circle(plot.x(point.on), plot.y(v), 4, "fl-c-hollow")
            for c in point.corrected
            if (v := finite(c)) is not None
        ]
    return body


def _named(plot: _Plot) -> list[str]:
    """The newest reading by name, and the first where it is the baseline."""
    if not plot.known:
        return []
    last, value = plot.known[-1]
    body = named(plot, plot.x(last.on), plot.y(value), last.words)
    if plot.chart.baseline and len(plot.known) > 1:
        first, at = plot.known[0]
        body += named(plot, plot.x(first.on), plot.y(at), plot.chart.baseline, must=plot.frame is not SMALL)
    return body


def _drawing(chart: LineChart, frame: Frame) -> str:
    plot = _Plot(chart, frame)
    ground, goal = _ground(plot), _goal(plot)
    names = _named(plot)
    body = [*ground, *_marks(plot), *goal, *_readings(plot), *names, *below(plot)]
    return svg(frame.width, frame.height, body, label=chart.label, css=frame.css)


def line_chart(chart: LineChart) -> str:
    """Both drawings, one of which is shown."""
    return _drawing(chart, WIDE) + _drawing(chart, NARROW)


def small_line_chart(chart: LineChart) -> str:
    """One low drawing, for many side by side."""
    return _drawing(chart, SMALL)
