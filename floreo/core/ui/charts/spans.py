"""When an action runs: its span, the time used, its milestones, today, and in dashed red the time past its due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from floreo.core.ui.bars import FILL
from floreo.core.ui.charts.drawing import Scale, attributes, circle, line, rect, svg, text, width_of

WIDTH, HEIGHT = 352.0, 20.0
PAST = 12.0  # px kept free at the right, so that time past the last day of the axis can be seen


@dataclass(frozen=True)
class SpanAxis:
    """The days that bars are drawn on. Today may lie outside."""

    first: date
    last: date
    today: date


@dataclass(frozen=True)
class Span:
    """What a bar shows of one action. `late_since` is the day that was missed, where the action is late; milestones are
    (due, reached)."""

    status: str
    starts_on: date | None = None
    due_on: date | None = None
    closed_on: date | None = None
    late_since: date | None = None
    milestones: tuple[tuple[date | None, date | None], ...] = ()


@dataclass(frozen=True)
class Place:
    """Where days lie, from x = left to left + width."""

    axis: SpanAxis
    left: float = 0.0
    width: float = WIDTH

    def __call__(self, day: date) -> float:
        right = self.left + self.width
        if day > self.axis.last:
            return right - 1
        first, last = self.axis.first.toordinal(), max(self.axis.last.toordinal(), self.axis.first.toordinal() + 1)
        return Scale(first, last, self.left + 0.5, right - PAST)(day.toordinal())

    def holds(self, day: date) -> bool:
        return self.axis.first <= day <= self.axis.last


def years(axis: SpanAxis, place: Place) -> list[tuple[float, str]]:
    """Where each year begins; the first is where the axis begins. Thinned when there are many."""
    first, last = axis.first.year, max(axis.last.year, axis.first.year)
    step = max((last - first) // 6, 1)
    return [(place(max(date(y, 1, 1), axis.first)), str(y)) for y in range(first, last + 1, step)]


def grid(axis: SpanAxis, place: Place, top: float, bottom: float) -> list[str]:
    return [line(x, top, x, bottom, "fl-c-grid") for x, _year in years(axis, place)]


def today_line(axis: SpanAxis, place: Place, top: float, bottom: float) -> str:
    """Today, where the axis reaches it."""
    x = place(axis.today)
    return line(x, top, x, bottom, "fl-now") if axis.first <= axis.today <= axis.last else ""


_UNDONE = {"not_started", "carried", "not_known"}  # of these nothing says how far they came


def _used(span: Span, place: Place, begin: date, end: date, middle: float) -> str:
    """What is used up, in the colour of the status: to the day it closed, or to today, never past the due date."""
    until = min(span.closed_on or place.axis.today, max(end, span.closed_on or end))
    if until <= begin or span.status in _UNDONE:
        return ""
    x = place(begin)
    return rect(x, middle - 4, max(place(until) - x, 2.0), 8, css=FILL.get(span.status, "fl-c-bar2"), rx=1)


def _overrun(span: Span, place: Place, middle: float) -> str:
    """Dashed from the missed day to today; an arrow where today lies past the axis."""
    missed, today = span.late_since or span.due_on, place.axis.today
    if span.status != "late" or missed is None or today <= missed or today < place.axis.first:
        return ""
    start, end = place(missed), place(today)
    tip = (
        f"M{end - 5:.1f} {middle - 4:.1f}L{end:.1f} {middle:.1f}L{end - 5:.1f} {middle + 4:.1f}"
        if today > place.axis.last
        else ""
    )
    dashes = f"<path{attributes(css='fl-overrun', d=f'M{start:.1f} {middle:.1f}H{max(end, start + 3):.1f}')}/>"
    return dashes + (f"<path{attributes(css='fl-overrun-tip', d=tip)}/>" if tip else "")


def _milestones(span: Span, place: Place, middle: float) -> list[str]:
    """Hollow while to come, filled once reached, on the day each was due (or reached, when it had no date)."""
    found = []
    for due, reached in span.milestones:
        day = due or reached
        if day is not None and place.holds(day):
            x = min(max(place(day), place.left + 5), place.left + place.width - 5)
            found.append((reached is None, circle(x, middle, 4, "fl-ms-done" if reached else "fl-ms")))
    return [drawn for _open, drawn in sorted(found, key=lambda pair: pair[0])]


def marks(span: Span, place: Place, middle: float) -> list[str]:
    """Everything of one span on its line, without grid and today."""
    begin, end = span.starts_on or span.due_on, span.due_on or span.closed_on or place.axis.last
    body = []
    if begin is not None and begin <= place.axis.last and end >= place.axis.first:
        begin = max(begin, place.axis.first)
        x = place(begin)
        ghost = "fl-span-planned" if span.status in _UNDONE else "fl-span"
        body.append(rect(x, middle - 4, max(place(max(end, begin)) - x, 2.0), 8, css=ghost, rx=1))
        body.append(_used(span, place, begin, end, middle))
    return [*body, _overrun(span, place, middle), *_milestones(span, place, middle)]


@lru_cache(maxsize=2000)
def span_bar(span: Span, axis: SpanAxis) -> str:
    """One action's bar. The row says the same in words, so it is hidden from readers aloud."""
    place = Place(axis)
    body = [*grid(axis, place, 0, HEIGHT), *marks(span, place, HEIGHT / 2), today_line(axis, place, 0, HEIGHT)]
    return svg(WIDTH, HEIGHT, body)


def axis_marks(axis: SpanAxis, place: Place, top: float, bottom: float, today_word: str) -> list[str]:
    """Years at the head of a timeline, and today among them; a year that today covers gives way."""
    body, baseline = [], top + 13
    now = place(axis.today)
    shows_today = axis.first <= axis.today <= axis.last and bool(today_word)
    before = shows_today and now - width_of(today_word) - 4 >= place.left
    word_left = now - 4 - width_of(today_word) if before else now + 4
    for x, year in years(axis, place):
        body.append(line(x, top, x, bottom, "fl-c-grid"))
        free = not shows_today or x + 5 + width_of(year) < word_left - 2 or x + 5 > word_left + width_of(today_word) + 2
        if free and x + 5 + width_of(year) <= place.left + place.width + 1:
            body.append(text(x + 5, baseline, year))
    if shows_today:
        body.append(today_line(axis, place, top + 2, bottom))
        body.append(
            text(
                now - 4 if before else now + 4,
                baseline,
                today_word,
                anchor="end" if before else "start",
                css="fl-strong",
            )
        )
    return body


def span_axis(axis: SpanAxis, *, today_word: str) -> str:
    """The head over a column of bars. `today_word` is "today" in the reader's language."""
    return svg(WIDTH, HEIGHT, axis_marks(axis, Place(axis), 0, HEIGHT, today_word))
