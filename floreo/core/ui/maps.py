"""Maps as SVG: outlines shaded by a figure, named where the name fits and numbered where it does not. No Django."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from floreo.core.ui.charts.drawing import Box, attributes, line, n, svg, text, width_of

Point = tuple[float, float]
Ring = list[Point]

WIDE, NARROW = 400.0, 332.0  # as wide as they are shown, so that a pixel here is a pixel there
TALLEST = 1.7  # times as tall as wide, at most
EDGE = 14.0
FINE, COARSE = 0.7, 3.0  # px: points closer than this say nothing on a screen; names are placed by coarser outlines
SMALLEST = 30.0  # px²: an islet smaller than this is left out, unless nothing else is left of its district
SIZE, LEADING = 13.0, 16.0
LEVELS = range(1, 4)


@dataclass(frozen=True)
class Shape:
    """One district: its figure in words, its shade (1 light to 3 dark, 0 where nothing is known) and its outline as
    GeoJSON geometry in degrees."""

    code: str
    label: str
    words: str
    level: int
    geometry: Mapping[str, Any]
    href: str = ""


@dataclass
class _Drawn:
    """A district on the sheet: its rings in pixels, largest polygon first."""

    shape: Shape
    polygons: list[list[Ring]]
    label: list[tuple[float, float, str, str]] = field(default_factory=list)  # x, y, words, class
    number: tuple[float, float, int] | None = None
    leader: str = ""


@dataclass(frozen=True)
class _Land:
    """A polygon, and the box that it lies in."""

    rings: Sequence[Ring]
    around: Box

    @classmethod
    def of(cls, rings: Sequence[Ring]) -> _Land:
        xs, ys = [x for ring in rings for x, _y in ring], [y for ring in rings for _x, y in ring]
        return cls(rings, Box(min(xs), min(ys), max(xs), max(ys)))

    def is_near(self, box: Box) -> bool:
        """Whether a point of `box` may lie in it."""
        mine = self.around
        apart = mine.right < box.left or box.right < mine.left
        return not apart and mine.top <= box.bottom and box.top <= mine.bottom


def rings_of(geometry: Mapping[str, Any]) -> list[list[Ring]]:
    """Polygons, each its outer ring and its holes; whatever is not an area is left out."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(str(kind), [])
    found = []
    for polygon in polygons:
        rings = [_clean(ring) for ring in polygon]
        if rings and len(rings[0]) > 3:
            found.append([r for r in rings if len(r) > 3])
    return found


def _clean(ring: Iterable[Sequence[float]]) -> Ring:
    """Finite points on the globe; anything else is not a place."""
    return [(float(p[0]), float(p[1])) for p in ring if len(p) >= 2 and abs(p[0]) <= 360 and abs(p[1]) <= 90]


def area_of(ring: Ring) -> float:
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True))) / 2


def coarser(ring: Ring, apart: float) -> Ring:
    """The ring without points closer than `apart` to the one before; closed as it was."""
    kept = ring[:1]
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= apart:
            kept.append(point)
    return [*kept, ring[-1]] if len(kept) > 2 else ring


def _is_inside(x: float, y: float, rings: Sequence[Ring]) -> bool:
    inside = False
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                inside = not inside
    return inside


class _Sheet:
    """Degrees to pixels: an even projection, true in the middle of the country, north up."""

    def __init__(self, points: Sequence[Point], width: float) -> None:
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        self.squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
        space = width - 2 * EDGE
        across, down = max((east - west) * self.squeeze, 1e-9), max(north - south, 1e-9)
        self.scale = min(space / across, space * TALLEST / down)
        self.west, self.north = west, north
        self.left = EDGE + (space - across * self.scale) / 2
        self.width, self.height = width, down * self.scale + 2 * EDGE

    def __call__(self, point: Point) -> Point:
        x = self.left + (point[0] - self.west) * self.squeeze * self.scale
        return x, EDGE + (self.north - point[1]) * self.scale


def _drawn(shapes: Sequence[Shape], width: float) -> tuple[list[_Drawn], _Sheet | None]:
    known = [(s, rings_of(s.geometry)) for s in shapes]
    points = [p for _s, polygons in known for rings in polygons for p in rings[0]]
    if not points:
        return [], None
    sheet, found = _Sheet(points, width), []
    for shape, polygons in known:
        on_sheet = [[[sheet(p) for p in ring] for ring in rings] for rings in polygons]
        on_sheet.sort(key=lambda rings: area_of(rings[0]), reverse=True)
        kept = [rings for i, rings in enumerate(on_sheet) if i == 0 or area_of(rings[0]) >= SMALLEST]
        kept = [[coarser(ring, FINE) for ring in rings] for rings in kept]
        if kept:
            found.append(_Drawn(shape, kept))
    return found, sheet


def heart_of(rings: Sequence[Ring], steps: int = 16) -> tuple[float, float, float]:
    """The point of an area farthest from its edge, and how far that is: the roomiest place for a name."""
    outer = rings[0]
    left, right = min(p[0] for p in outer), max(p[0] for p in outer)
    top, bottom = min(p[1] for p in outer), max(p[1] for p in outer)
    best = (sum(p[0] for p in outer) / len(outer), sum(p[1] for p in outer) / len(outer), 0.0)
    edges = [e for ring in rings for e in zip(ring, ring[1:] + ring[:1], strict=True)]
    for i in range(1, steps):
        for j in range(1, steps):
            x, y = left + (right - left) * i / steps, top + (bottom - top) * j / steps
            if _is_inside(x, y, rings):
                far = min(_distance(x, y, a, b) for a, b in edges)
                if far > best[2]:
                    best = (x, y, far)
    return best


def _distance(x: float, y: float, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else min(max(((x - a[0]) * dx + (y - a[1]) * dy) / length, 0.0), 1.0)
    return math.hypot(x - a[0] - t * dx, y - a[1] - t * dy)


def _fits(box: Box, rings: Sequence[Ring]) -> bool:
    """Whether the box lies inside the area, give or take a few pixels at its corners."""
    middle = (box.top + box.bottom) / 2
    xs = [box.left + (box.right - box.left) * i / 4 for i in (0, 4, 2, 1, 3)]
    return all(_is_inside(x, y, rings) for y in (middle, box.top + 2, box.bottom - 2) for x in xs)


def _place(lines: Sequence[tuple[str, str]], rings: Sequence[Ring], heart: Point, taken: Sequence[Box]) -> Box | None:
    """The place nearest to the heart of the area where all lines fit inside it and lie on nothing."""
    wide, high = max(width_of(words) for words, _css in lines), LEADING * len(lines)
    steps = [(dx * 7.0, dy * 7.0) for dx in range(-6, 7) for dy in range(-6, 7)]
    for dx, dy in sorted(steps, key=lambda s: math.hypot(*s)):
        x, y = heart[0] + dx, heart[1] + dy
        box = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        if _fits(box, rings) and not any(box.meets(other) for other in taken):
            return box
    return None


def _outside(
    lines: Sequence[tuple[str, str]],
    rings: Sequence[Ring],
    sheet: _Sheet,
    taken: Sequence[Box],
    land: Sequence[_Land],
) -> Box | None:
    """A place for all lines beside the area, on no other land and inside the sheet."""
    wide, high = max(width_of(words) for words, _css in lines), LEADING * len(lines)
    left, right = min(p[0] for p in rings[0]), max(p[0] for p in rings[0])
    top, bottom = min(p[1] for p in rings[0]), max(p[1] for p in rings[0])
    x, y = (left + right) / 2, (top + bottom) / 2
    for gap in (8.0, 20.0, 36.0):
        for middle in (y, y - 20, y + 20):
            for start, above in ((right + gap, middle - high / 2), (left - gap - wide, middle - high / 2)):
                box = Box(start, above, start + wide, above + high)
                if _is_sea(box, sheet, taken, land):
                    return box
        for above in (top - gap - high, bottom + gap):
            box = Box(x - wide / 2, above, x + wide / 2, above + high)
            if _is_sea(box, sheet, taken, land):
                return box
    return None


def _is_sea(box: Box, sheet: _Sheet, taken: Sequence[Box], land: Sequence[_Land]) -> bool:
    if box.left < 2 or box.right > sheet.width - 2 or box.top < 2 or box.bottom > sheet.height - 2:
        return False
    if any(box.meets(other) for other in taken):
        return False
    near = [each.rings for each in land if each.is_near(box)]
    spots = [
        (box.left + (box.right - box.left) * i / 8, box.top + (box.bottom - box.top) * j / 4)
        for i in range(9)
        for j in range(5)
    ]
    return not any(_is_inside(x, y, rings) for rings in near for x, y in spots)


def _leader(box: Box, to: Point) -> str:
    """A thin line from the words to the area they name."""
    x = min(max(to[0], box.left - 3), box.right + 3)
    above_or_below = box.top - 2 if to[1] < box.top else box.bottom + 2
    y = min(max(to[1], box.top), box.bottom) if x != to[0] else above_or_below
    return line(x, y, to[0], to[1], "fl-c-leader")


def _name(drawn: Sequence[_Drawn], sheet: _Sheet) -> None:
    """Name and figure inside the area where they fit, else beside it; else a number, with the words in a list below."""
    taken: list[Box] = []
    outlines = {id(d): [coarser(ring, COARSE) for ring in d.polygons[0]] for d in drawn}
    land = [_Land.of([coarser(ring, COARSE) for ring in rings]) for d in drawn for rings in d.polygons]
    hearts = {key: heart_of(rings) for key, rings in outlines.items()}
    outside = []
    for one in sorted(drawn, key=lambda d: hearts[id(d)][2], reverse=True):
        x, y, _far = hearts[id(one)]
        box = _place(_lines(one.shape), outlines[id(one)], (x, y), taken)
        if box is None:
            outside.append(one)
        else:
            _write(one, box)
            taken.append(box)
    for one in outside:
        x, y, _far = hearts[id(one)]
        box = _outside(_lines(one.shape), outlines[id(one)], sheet, taken, land)
        if box is None:
            one.number = (x, y, 0)
        else:
            _write(one, box)
            one.leader = _leader(box, (x, y))
            taken.append(box)
    for number, one in enumerate([d for d in drawn if d.number is not None], start=1):
        one.number = (*hearts[id(one)][:2], number)


def _lines(shape: Shape) -> list[tuple[str, str]]:
    return [(shape.label, "fl-district-name"), *([(shape.words, "")] if shape.words else [])]


def _write(one: _Drawn, box: Box) -> None:
    middle = (box.left + box.right) / 2
    one.label = [(middle, box.top + 12 + LEADING * i, words, css) for i, (words, css) in enumerate(_lines(one.shape))]


def _path(one: _Drawn) -> str:
    rings = [ring for rings in one.polygons for ring in rings]
    d = "".join("M" + "L".join(f"{n(x)} {n(y)}" for x, y in ring[:-1] if ring) + "Z" for ring in rings)
    level = one.shape.level if one.shape.level in LEVELS else "none"
    return f"<path{attributes(css=f'fl-district fl-district-{level}', d=d, fill_rule='evenodd')}/>"


def _words(one: _Drawn) -> str:
    if one.number is not None:
        x, y, number = one.number
        return text(x, y + 4.5, str(number), anchor="middle", css="fl-map-number")
    return one.leader + "".join(text(x, y, words, anchor="middle", css=css) for x, y, words, css in one.label)


def _drawing(shapes: Sequence[Shape], width: float, label: str, css: str) -> tuple[str, list[tuple[int, Shape]]]:
    drawn, sheet = _drawn(shapes, width)
    if sheet is None:
        return "", []
    _name(drawn, sheet)
    body = [_linked(one, _path(one)) for one in drawn] + [_words(one) for one in drawn]
    key = [(one.number[2], one.shape) for one in drawn if one.number is not None]
    role = "group" if any(s.href for s in shapes) else "img"
    return svg(sheet.width, sheet.height, body, label=label, css=f"fl-mapsvg {css}", role=role), key


def _linked(one: _Drawn, drawn: str) -> str:
    """A larger place to press; the table beside the map has the same links."""
    if not one.shape.href:
        return drawn
    return f"<a{attributes(href=one.shape.href, aria_label=f'{one.shape.label} {one.shape.words}'.strip())}>{drawn}</a>"


@dataclass(frozen=True)
class Map:
    """Both drawings, and for each what its numbers mean."""

    svg: str
    wide_key: tuple[tuple[int, Shape], ...]
    narrow_key: tuple[tuple[int, Shape], ...]


def choropleth(shapes: Sequence[Shape], *, label: str) -> Map:
    """Wide and narrow, one of which is shown. `label` says in words what the map shows."""
    facts = [[s.code, s.label, s.words, s.level, s.geometry, s.href] for s in shapes]
    return _made(json.dumps(facts), label)


@lru_cache(maxsize=32)
def _made(facts: str, label: str) -> Map:
    """Outlines seldom change and finding room for names takes a tenth of a second, so the newest drawings are kept."""
    shapes = [Shape(*fact) for fact in json.loads(facts)]
    wide, wide_key = _drawing(shapes, WIDE, label, "fl-wide")
    narrow, narrow_key = _drawing(shapes, NARROW, label, "fl-narrow")
    return Map(wide + narrow, tuple(wide_key), tuple(narrow_key))
