"""Shares of groups at two times with their bands, one line a group; and one share before and after something, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from floreo.core.ui.charts.drawing import Scale, circle, kept_inside, line, n, rect, svg, text, width_of, wrapped

WIDE, NARROW = 768.0, 328.0
NAMES, VALUES = 150.0, 192.0  # px for names at the left and words at the right
ROW, NARROW_ROW, HEAD = 30.0, 45.0, 36.0
HATCH, NARROW_HATCH = "fl-hatch-w", "fl-hatch-n"


@dataclass(frozen=True)
class Banded:
    """A value with its band, in per cent. Without a band it is a dot alone."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Dumbbell:
    """One group: before and after, what the row says at its end, or why it is not shown."""

    label: str
    before: Banded | None
    after: Banded | None
    words: str = ""
    note: str = ""
    missing: str = ""
    is_strong: bool = False


@dataclass(frozen=True)
class DumbbellGroup:
    """Rows under one heading; the first group, of everybody, has none."""

    title: str
    rows: tuple[Dumbbell, ...]


def _top(groups: Sequence[DumbbellGroup]) -> float:
    values = [0.0]
    for group in groups:
        for row in group.rows:
            for each in (row.before, row.after):
                if each is not None:
                    values.append(each.high if each.high is not None else each.value)
    return next(top for top in (20.0, 40.0, 60.0, 80.0, 100.0) if max(values) <= top or top == 100.0)


def _marks(row: Dumbbell, x: Scale, y: float) -> list[str]:
    """Before above, after below, so that bands never lie on each other."""
    body: list[str] = []
    both = row.before is not None and row.after is not None
    upper, lower = (y - 8, y) if both else (y - 4, y - 4)
    for each, at, band in ((row.before, upper, "fl-band-1"), (row.after, lower, "fl-band-2")):
        if each is not None and each.low is not None and each.high is not None:
            body.append(line(x(each.low), at, x(each.high), at, band))
    if row.before is not None:
        body.append(circle(x(row.before.value), upper, 4.5, "fl-dot-1"))
    if row.after is not None:
        body.append(circle(x(row.after.value), lower, 5.5, "fl-dot-2"))
    return body


def _grid(x: Scale, top: float, first: float, last: float, *, sign: bool) -> list[str]:
    body: list[str] = []
    step = 20 if top > 20 else 5
    for tick in range(0, int(top) + 1, step):
        words = f"{tick}\u00a0%" if sign and tick == int(top) else str(tick)
        at = x(tick)
        place, anchor = kept_inside(at, words, 0, x.end + 24)
        body.append(line(at, first, at, last, "fl-c-axis" if tick == 0 else "fl-c-grid"))
        body += [text(place, first - 8, words, anchor=anchor), text(place, last + 16, words, anchor=anchor)]
    return body


def _hatch(name: str) -> str:
    return (
        f'<defs><pattern id="{name}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="fl-hatch-line" d="M0 0v7"/></pattern></defs>'
    )


def _missing(x: float, y: float, width: float, words: str, name: str) -> list[str]:
    box = f'<rect x="{n(x)}" y="{n(y - 12)}" width="{n(width)}" height="16" fill="url(#{name})"/>'
    return [box, text(x + 8, y, words)]


def _wide(groups: Sequence[DumbbellGroup], label: str) -> str:
    top = _top(groups)
    x = Scale(0, top, NAMES, WIDE - VALUES - 16)
    body, y = list[str](), 22.0
    first = y
    for place, group in enumerate(groups):
        if group.title:
            y += 7
            body.append(line(0, y, WIDE, y, "fl-c-rule"))
            y += 20
            body.append(text(0, y, group.title, css="fl-strong"))
            y += 6
        for row in group.rows:
            lines = wrapped(row.label, NAMES - 10)
            y += ROW if place or row is not group.rows[0] else HEAD
            start = y - 7.5 * (len(lines) - 1)
            css = "fl-strong" if row.is_strong else "fl-label"
            body += [text(0, start + 15 * k, part, css=css) for k, part in enumerate(lines)]
            if row.missing:
                body += _missing(NAMES, y, x.end - NAMES, row.missing, HATCH)
                continue
            body += [*_marks(row, x, y), text(x.end + 16, y, row.words, css="fl-strong")]
            if row.note:
                body.append(text(x.end + 16 + max(width_of(row.words) + 10, 84), y, row.note, css="fl-label"))
        y += 8
    return svg(WIDE, y + 26, [_hatch(HATCH), *_grid(x, top, first, y, sign=True), *body], label=label, css="fl-wide")


def _narrow(groups: Sequence[DumbbellGroup], label: str) -> str:
    top = _top(groups)
    x = Scale(0, top, 8, NARROW - 8)
    body, y = list[str](), 22.0
    first = y
    for group in groups:
        if group.title:
            y += 8
            body.append(line(0, y, NARROW, y, "fl-c-rule"))
            y += 20
            body.append(text(0, y, group.title, css="fl-strong"))
        for row in group.rows:
            y += NARROW_ROW - 17
            words = ", ".join(filter(None, (row.words, row.note)))
            css = "fl-strong" if row.is_strong else "fl-label"
            fits = width_of(row.label) + width_of(words) + 12 <= NARROW
            body.append(text(0, y, row.label, css=css))
            if row.missing:
                y += 22
                body += _missing(8, y, NARROW - 16, row.missing, NARROW_HATCH)
                continue
            if not fits:
                y += 17
            body += [text(NARROW, y, words, anchor="end"), *_marks(row, x, y + 23)]
            y += 23
        y += 10
    return svg(
        NARROW,
        y + 24,
        [_hatch(NARROW_HATCH), *_grid(x, top, first, y, sign=False), *body],
        label=label,
        css="fl-narrow",
    )


def dumbbell_chart(groups: Sequence[DumbbellGroup], *, label: str) -> str:
    """Wide and narrow; `label` says it to those who use a screen reader. "" where there is nothing to draw."""
    if not any(group.rows for group in groups):
        return ""
    return _wide(groups, label) + _narrow(groups, label)


@dataclass(frozen=True)
class Between:
    """What happened between two times: its words, and its days."""

    title: str
    days: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class At:
    """A value at a time, with its words: the value, its band, and the time."""

    on: date
    shown: Banded
    value: str
    band: str
    when: str


def before_after_chart(before: At, after: At, between: Between | None, *, label: str) -> str:
    """Two values with their bands over time, and what lay between them as a shaded stretch."""
    drawn = (_over_time(before, after, between, size) for size in _SIZES)
    return "".join(
        svg(size[0], size[1], body, label=label, css=size[2]) for size, body in zip(_SIZES, drawn, strict=True)
    )


_SIZES = ((540.0, 270.0, "fl-wide"), (NARROW, 250.0, "fl-narrow"))


def _over_time(before: At, after: At, between: Between | None, size: tuple[float, float, str]) -> list[str]:
    width, height, _css = size
    highest = max(each.shown.high if each.shown.high is not None else each.shown.value for each in (before, after))
    top = next(step for step in (20.0, 40.0, 60.0, 80.0, 100.0) if highest + 8 <= step or step == 100.0)
    bottom = height - 34
    y = Scale(0, top, bottom, 30.0)
    inset = width * 0.105
    x = Scale(before.on.toordinal(), max(after.on.toordinal(), before.on.toordinal() + 1), 30 + inset, width - inset)
    body: list[str] = []
    if between is not None:
        left, right = x(between.starts_on.toordinal()), x(between.ends_on.toordinal())
        body.append(rect(left, 10, max(right - left, 2.0), bottom - 10, css="fl-between"))
    for tick in range(0, int(top) + 1, 20 if top > 20 else 5):
        body += [line(30, y(tick), width, y(tick), "fl-c-axis" if tick == 0 else "fl-c-grid")]
        body.append(text(24, y(tick) + 4, str(tick), anchor="end"))
    if between is not None:
        middle = (left + right) / 2
        for at, words, style in ((28.0, between.title, "fl-strong"), (44.0, between.days, "")):
            place, anchor = kept_inside(middle, words, 30, width)
            body.append(text(place, at, words, anchor=anchor, css=style))
    start, end = (x(each.on.toordinal()) for each in (before, after))
    body.append(line(start + 15, y(before.shown.value), end - 15, y(after.shown.value), "fl-over-time"))
    for each, box, dot in ((before, "fl-box-1", "fl-dot-1"), (after, "fl-box-2", "fl-dot-2")):
        at = x(each.on.toordinal())
        low, high = each.shown.low, each.shown.high
        upper, lower = y(each.shown.value) - 8, y(each.shown.value) + 8
        if low is not None and high is not None:
            upper, lower = y(high), y(low)
            body.append(rect(at - 11, upper, 22, lower - upper, css=box))
        body += [
            circle(at, y(each.shown.value), 5.5, dot),
            text(at, upper - 8, each.value, anchor="middle", css="fl-strong"),
            text(at, lower + 18, each.band, anchor="middle"),
            text(at, bottom + 18, each.when, anchor="middle"),
        ]
    return body
