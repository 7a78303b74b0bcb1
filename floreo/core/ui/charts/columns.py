"""Bars that lie, longest words beside them: parts of a whole, or one state among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from floreo.core.ui.charts.drawing import Number, Scale, finite, kept_inside, line, rect, svg, text, width_of, wrapped

WIDE, NARROW = 520.0, 332.0
ROW, NARROW_ROW, THICK = 34.0, 46.0, 16.0
BELOW = 20.0  # px more for a bar whose words are under it: there are three numbers of them


@dataclass(frozen=True)
class Bar:
    """One bar. `words` is its value with its unit; without a value the words say why there is none."""

    label: str
    value: Number | None
    words: str
    is_ours: bool = False  # is emphasised; where none is, all are alike
    inner: tuple[
        Number, ...
    ] = ()  # parts of it drawn inside its outline, the widest first, each thinner and darker than the one before


@dataclass(frozen=True)
class Reference:
    """A line across all bars, with its words: "Region 56"."""

    value: Number
    words: str


def _reach(bars: Sequence[Bar], reference: Reference | None, top: Number | None) -> tuple[float, float]:
    values = [
        v
        for v in (
            *(finite(b.value) for b in bars),
            *(finite(i) for b in bars for i in b.inner),
            finite(reference.value if reference else None),
            finite(top),
        )
        if v is not None
    ]
    low, high = min([0.0, *values]), max([0.0, *values])
    return (low, high) if high > low else (0.0, 1.0)


def _bar(bar: Bar, x: Scale, y: float, *, is_main: bool) -> str:
    value = finite(bar.value)
    if value is None:
        return ""
    left, right = sorted((x(0), x(value)))
    if bar.inner:
        return rect(left, y, max(right - left, 1.0), THICK, css="fl-c-outline") + _inner(bar, x, y)
    return rect(left, y, max(right - left, 1.0), THICK, css="fl-c-bar" if is_main else "fl-c-bar2")


def _inner(bar: Bar, x: Scale, y: float) -> str:
    """What is inside an outline, each part a third thinner: distinguished by how thick it is, also in black and white."""
    drawn, thick = "", THICK * 0.7
    for place, part in enumerate(bar.inner):
        value = finite(part)
        if value:
            left, right = sorted((x(0), x(value)))
            css = "fl-c-bar" if place == len(bar.inner) - 1 else "fl-c-bar2"
            drawn += rect(left, y + (THICK - thick) / 2, max(right - left, 1.0), thick, css=css)
        thick *= 0.5
    return drawn


def _value(bar: Bar, x: Scale, y: float, edge: float, reference: Reference | None) -> str:
    """Behind the end of its bar, or behind the line of the reference where that would run through the words."""
    value = finite(bar.value)
    if bar.inner:
        return text(x(0) + 2, y + BELOW, bar.words)
    start = max(x(0), x(value)) if value is not None else x(0)
    css = "fl-strong" if value is not None and bar.is_ours else ""
    if reference is not None and (across := finite(reference.value)) is not None:
        at = x(across)
        if start < at + 2 and at < start + 8 + width_of(bar.words):
            start = max(start, at)
    if start + 6 + width_of(bar.words) > edge:
        return text(edge, y, bar.words, anchor="end", css=css)
    return text(start + 6, y, bar.words, css=css)


def _reference(reference: Reference | None, x: Scale, top: float, bottom: float, edge: float) -> list[str]:
    if reference is None or finite(reference.value) is None:
        return []
    at = x(finite(reference.value) or 0)
    place, anchor = kept_inside(at, reference.words, 0, edge)
    return [
        line(at, top, at, bottom, "fl-c-tgt"),
        text(place, top - 5, reference.words, anchor=anchor, css="fl-c-target"),
    ]


def _wide(bars: Sequence[Bar], reference: Reference | None, label: str, top: Number | None) -> str:
    names = min(max((width_of(b.label) for b in bars), default=0) + 12, WIDE * 0.38)
    space = max((0 if b.inner else width_of(b.words) for b in bars), default=0) + 8
    x = Scale(*_reach(bars, reference, top), names, max(WIDE - min(space, WIDE * 0.3), names + 40))
    alike = not any(b.is_ours for b in bars)
    head = 22.0 if reference else 2.0
    row = ROW + (BELOW if any(b.inner for b in bars) else 0)
    height = head + row * len(bars) + 4
    body = [line(x(0), head, x(0), height - 4, "fl-c-axis"), *_reference(reference, x, head, height - 4, WIDE)]
    for i, bar in enumerate(bars):
        y = head + row * i + (ROW - THICK) / 2
        lines = wrapped(bar.label, names - 10)
        first = y + 12.5 - 7.5 * (len(lines) - 1)
        body += [
            text(names - 8, first + 15 * k, part, anchor="end", css="fl-strong" if bar.is_ours else "")
            for k, part in enumerate(lines)
        ]
        body += [_bar(bar, x, y, is_main=bar.is_ours or alike), _value(bar, x, y + 12.5, WIDE, reference)]
    return svg(WIDE, height, body, label=label, css="fl-wide")


def _narrow(bars: Sequence[Bar], reference: Reference | None, label: str, top: Number | None) -> str:
    space = max((0 if b.inner else width_of(b.words) for b in bars), default=0) + 8
    x = Scale(*_reach(bars, reference, top), 1, max(NARROW - min(space, NARROW * 0.5), 60))
    alike = not any(b.is_ours for b in bars)
    head = 20.0 if reference else 0.0
    row = NARROW_ROW + (BELOW if any(b.inner for b in bars) else 0)
    height = head + row * len(bars) + 4
    body = [line(x(0), head, x(0), height - 4, "fl-c-axis"), *_reference(reference, x, head, height - 4, NARROW)]
    for i, bar in enumerate(bars):
        y = head + row * i
        name = wrapped(bar.label, NARROW, most=1)[0]
        body += [
            text(0, y + 16, name, css="fl-strong" if bar.is_ours else ""),
            _bar(bar, x, y + 22, is_main=bar.is_ours or alike),
            _value(bar, x, y + 34.5, NARROW, reference),
        ]
    return svg(NARROW, height, body, label=label, css="fl-narrow")


def bar_chart(bars: Sequence[Bar], *, label: str, reference: Reference | None = None, top: Number | None = None) -> str:
    """Both drawings, one of which is shown. Always from zero; `top` is the whole, where there is one (100 %)."""
    return _wide(bars, reference, label, top) + _narrow(bars, reference, label, top) if bars else ""
