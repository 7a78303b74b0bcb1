"""The pencil of every chart: numbers as short as they can be, escaped words, scales, and how wide a word is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from html import escape

Number = Decimal | float | int
LARGEST = 1e15  # beyond it nothing that a strategy counts; keeps arithmetic finite
APART = 4.0  # px between two words on one line
TEXT = 13.0  # px: the smallest words in a chart


def finite(value: Number | None) -> float | None:
    """The value as a float that can be drawn, or None."""
    if value is None:
        return None
    number = float(value)
    return None if math.isnan(number) else max(-LARGEST, min(LARGEST, number))


def n(value: float) -> str:
    """A coordinate: one decimal, no trailing zero, never "-0"."""
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def plain_number(value: float) -> str:
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def width_of(words: str, size: float = TEXT) -> float:
    """About how wide words are in Public Sans; rather too wide than too narrow."""
    return sum(map(_width_of_letter, words)) * size


@lru_cache(maxsize=4096)
def _width_of_letter(letter: str) -> float:
    if letter in "iljtfr.,:;'’| ()":
        return 0.34
    if letter in "mwMW%—":
        return 0.92
    return 0.72 if letter.isupper() else 0.6


def attributes(**given: float | str) -> str:
    """Attributes in the order given; `css` is class, an underscore is a hyphen, empty ones are left out."""
    parts = []
    for name, value in given.items():
        if value == "":
            continue
        key = "class" if name == "css" else name.replace("_", "-")
        shown = n(value) if isinstance(value, float | int) else escape(value, quote=True)
        parts.append(f' {key}="{shown}"')
    return "".join(parts)


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f"<line{attributes(css=css, x1=x1, x2=x2, y1=y1, y2=y2)}/>"


def rect(x: float, y: float, width: float, height: float, *, css: str, rx: float | str = "") -> str:
    return f"<rect{attributes(css=css, x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), rx=rx)}/>"


def circle(cx: float, cy: float, r: float, css: str) -> str:
    return f"<circle{attributes(css=css, cx=cx, cy=cy, r=r)}/>"


def text(x: float, y: float, words: str, *, anchor: str = "", css: str = "") -> str:
    return f"<text{attributes(css=css, x=x, y=y, text_anchor=anchor)}>{escape(words)}</text>"


def svg(width: float, height: float, body: Iterable[str], *, label: str = "", css: str = "", role: str = "img") -> str:
    """The frame. With a label it is a picture that is read aloud (a group, where it holds links); without one, what it
    says is in words beside it. It is as large as it is drawn, so that its words have their 13 px; a page may only shrink it.
    One of two drawings (wide and narrow) carries its width in its class: the narrow one is shown where the wide one has no room."""
    role = attributes(role=role, aria_label=label) if label else ' aria-hidden="true"'
    named = f"{css} fl-w{n(width)}" if css == "fl-wide" else css
    size = attributes(width=width, height=height) if css else ""
    return f'<svg{attributes(css=named)}{size} viewBox="0 0 {n(width)} {n(height)}"{role}>{"".join(body)}</svg>'


@dataclass(frozen=True)
class Scale:
    """Values to pixels along one direction; what lies outside stays at the edge."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high <= self.low:
            return (self.start + self.end) / 2
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return self.start + (self.end - self.start) * share


def ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Round values that hold [low, high] between them, at most `most` steps: 0, 25, 50, 75, 100."""
    if high - low < 1e-6:  # the same for everybody who reads it
        spare = abs(low) / 2 or 1.0
        low, high = low - spare, high + spare
    step = (high - low) / most
    size = 10 ** math.floor(math.log10(step))
    for nice in (1, 2, 2.5, 5, 10, 20):
        first, last = math.floor(low / (nice * size)), math.ceil(high / (nice * size))
        if last - first <= most:
            return [round(i * nice * size, 10) for i in range(first, last + 1)]
    return [low, high]


Stroke = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Box:
    """The room that a word takes, so that two never lie on each other."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right + APART
            and other.left < self.right + APART
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_crossed(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a straight line runs through it: looked at every few pixels, which is enough for words."""
        steps = int(max(abs(end[0] - start[0]), abs(end[1] - start[1])) / 3) + 1
        for i in range(steps + 1):
            x = start[0] + (end[0] - start[0]) * i / steps
            y = start[1] + (end[1] - start[1]) * i / steps
            if self.left <= x <= self.right and self.top <= y <= self.bottom:
                return True
        return False


def box_of(x: float, y: float, words: str, anchor: str, size: float = TEXT) -> Box:
    width = width_of(words, size)
    left = {"middle": x - width / 2, "end": x - width}.get(anchor, x)
    return Box(left, y - size, left + width, y + size * 0.3)


def kept_inside(x: float, words: str, left: float, right: float) -> tuple[float, str]:
    """Where to anchor words centred on x, so that they stay between the two edges."""
    half = width_of(words) / 2
    if x - half < left:
        return left, "start"
    return (right, "end") if x + half > right else (x, "middle")


def wrapped(words: str, space: float, *, most: int = 2) -> list[str]:
    """Words in lines that fit the room; what does not fit in `most` lines ends in an ellipsis. A space that does not break stays."""
    lines: list[str] = []
    for word in [part for part in words.split(" ") if part] or [""]:
        if lines and width_of(f"{lines[-1]} {word}") <= space:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    rest, lines = lines[most:], lines[:most]
    return [
        shortened(part, space) if part is not lines[-1] or not rest else shortened(f"{part} {' '.join(rest)}", space)
        for part in lines
    ]


def shortened(words: str, space: float) -> str:
    if width_of(words) <= space:
        return words
    while words and width_of(words + "…") > space:
        words = words[:-1]
    return words.rstrip() + "…"


Labeller = Callable[[float], str]
