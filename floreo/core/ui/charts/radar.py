"""A radar: how far several series reach on each of a few axes, from 0 in the middle to 100 at the rim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from floreo.core.ui.charts.drawing import Number, attributes, circle, finite, line, n, svg, text, wrapped

WIDE, HIGH, RADIUS = 520.0, 396.0, 136.0
NARROW, NARROW_HIGH, NARROW_RADIUS = 328.0, 300.0, 76.0
LEGEND = 24.0
MOST = 4  # series that can be distinguished by their stroke and their mark
LEAST_AXES = 3
RINGS = (25, 50, 75, 100)


@dataclass(frozen=True)
class RadarSeries:
    """One series, in per cent, in the order of the axes; None where it has no value there: no line leads to that axis."""

    label: str
    values: tuple[Number | None, ...]


def _at(axis: int, axes: int, distance: float, middle: tuple[float, float]) -> tuple[float, float]:
    angle = 2 * math.pi * axis / axes - math.pi / 2
    return middle[0] + distance * math.cos(angle), middle[1] + distance * math.sin(angle)


def _mark(number: int, x: float, y: float) -> str:
    """Each series has a mark of its own: a dot, a square, a diamond, a ring."""
    css = {1: "fl-c-dot", 4: "fl-c-hollow"}.get(number, f"fl-c-radar-m{number}")
    if number == 1:
        return circle(x, y, 4, css)
    if number == 4:
        return circle(x, y, 5, css)
    pairs = [(-4, -4), (4, -4), (4, 4), (-4, 4)] if number == 2 else [(0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0)]
    points = " ".join(f"{n(x + dx)},{n(y + dy)}" for dx, dy in pairs)
    return f"<polygon{attributes(css=css, points=points)}/>"


def _series(series: RadarSeries, number: int, axes: int, middle: tuple[float, float], radius: float) -> list[str]:
    places: list[tuple[float, float] | None] = []
    for axis in range(axes):
        value = finite(series.values[axis]) if axis < len(series.values) else None
        reach = None if value is None else min(max(value, 0.0), 100.0) / 100 * radius
        places.append(None if reach is None else _at(axis, axes, reach, middle))
    css, body = f"fl-c-radar-{number}", []
    known = [place for place in places if place is not None]
    if len(known) == axes:
        body.append(f"<polygon{attributes(css=css, points=' '.join(f'{n(x)},{n(y)}' for x, y in known))}/>")
    else:
        for axis, place in enumerate(places):
            after = places[(axis + 1) % axes]
            if place is not None and after is not None:
                body.append(line(*place, *after, css))
    return [*body, *(_mark(number, x, y) for x, y in known)]


def _names(labels: Sequence[str], middle: tuple[float, float], radius: float, space: float) -> list[str]:
    body = []
    for axis, label in enumerate(labels):
        x, y = _at(axis, len(labels), radius + 14, middle)
        anchor = "middle"
        if abs(x - middle[0]) > 4:
            anchor = "start" if x > middle[0] else "end"
        lines = wrapped(label, space if anchor != "middle" else space * 1.6)
        top = y + 4 - 14 * (len(lines) - 1) * (1.0 if y < middle[1] - radius * 0.9 else 0.5)
        body += [text(x, top + 14 * k, part, anchor=anchor) for k, part in enumerate(lines)]
    return body


def _drawn(
    labels: Sequence[str], series: Sequence[RadarSeries], label: str, size: tuple[float, float, float], css: str
) -> str:
    width, height, radius = size
    middle, axes = (width / 2, (height - 14) / 2 + 8), len(labels)
    body = []
    for ring in RINGS:
        points = [_at(axis, axes, radius * ring / 100, middle) for axis in range(axes)]
        grid = "fl-c-grid"
        body.append(
            f"<polygon{attributes(css=grid, fill='none', points=' '.join(f'{n(x)},{n(y)}' for x, y in points))}/>"
        )
    body += [line(*middle, *_at(axis, axes, radius, middle), "fl-c-grid") for axis in range(axes)]
    for number, each in enumerate(series, 1):
        body += _series(each, number, axes, middle, radius)
    body += [text(middle[0] + 4, middle[1] - radius * ring / 100 + 12, f"{ring}") for ring in (50, 100)]
    body += _names(labels, middle, radius, width / 2 - radius - 20)
    for number, each in enumerate(series, 1):
        y = height + LEGEND * (number - 1) + 6
        body += [line(4, y, 34, y, f"fl-c-radar-{number}"), _mark(number, 19, y), text(42, y + 4.5, each.label)]
    return svg(width, height + LEGEND * len(series), body, label=label, css=css)


def radar_chart(labels: Sequence[str], series: Sequence[RadarSeries], *, label: str) -> str:
    """Both drawings, one of which is shown. Nothing for fewer than three axes, or without a series. Raises ValueError for more series
    than can be distinguished."""
    if len(series) > MOST:
        raise ValueError("More series than can be distinguished.")
    if len(labels) < LEAST_AXES or not series:
        return ""
    wide = _drawn(labels, series, label, (WIDE, HIGH, RADIUS), "fl-wide fl-radar")
    return wide + _drawn(labels, series, label, (NARROW, NARROW_HIGH, NARROW_RADIUS), "fl-narrow fl-radar")
