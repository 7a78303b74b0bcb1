"""Finds the gutter between columns and puts a page's lines in the order a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from floreo.core.reading.readers.pdf_words import Table, Word

_SAME_LINE = 0.4
_GUTTER_AT_LEAST = 7.0
_CROSSING_AT_MOST = 0.04
_SIDE_AT_LEAST = 0.12
_LINES_AT_LEAST = 6
_MIDDLE = (0.22, 0.78)
_STEPS = 160


@dataclass(frozen=True)
class PdfLine:
    """Words on one baseline, left to right."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> float:
        return self.words[0].left

    @property
    def right(self) -> float:
        return max(word.right for word in self.words)

    @property
    def y(self) -> float:
        return self.words[0].y

    @cached_property
    def size(self) -> float:
        return max(self.words, key=lambda word: len(word.text)).size

    @cached_property
    def bold(self) -> bool:
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if word.bold) > 0.6 * letters


def lines_of(words: Sequence[Word]) -> list[PdfLine]:
    """Lines from top to bottom."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda one: (-one.y, one.left)):
        if lines and abs(lines[-1][0].y - word.y) <= _SAME_LINE * max(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [PdfLine(tuple(sorted(line, key=lambda one: one.left))) for line in lines]


def in_reading_order(words: Sequence[Word], tables: Sequence[Table]) -> Iterator[Table | list[PdfLine]]:
    """Runs of lines (a column, or a stretch across the page) and tables, in reading order."""
    upper = float("inf")
    for table in sorted(tables, key=lambda one: -one.top):
        yield from _columns([word for word in words if table.top <= word.y < upper], 0)
        yield table
        upper = min(upper, table.top)
    yield from _columns([word for word in words if word.y < upper], 0)


def _columns(words: Sequence[Word], depth: int) -> Iterator[list[PdfLine]]:
    if not words:
        return
    gutter = _gutter(words) if depth < 2 else None
    if gutter is None:
        yield lines_of(words)
        return
    band: list[Word] = []
    for line in lines_of(words):
        if _crosses(line, gutter):
            yield from _sides(band, gutter, depth)
            yield [line]
            band = []
        else:
            band.extend(line.words)
    yield from _sides(band, gutter, depth)


def _sides(band: Sequence[Word], gutter: float, depth: int) -> Iterator[list[PdfLine]]:
    yield from _columns([word for word in band if word.left < gutter], depth + 1)
    yield from _columns([word for word in band if word.left >= gutter], depth + 1)


def _crosses(line: PdfLine, gutter: float) -> bool:
    """A line across both columns has a word on the gutter, or no more than a blank there."""
    before = [word for word in line.words if word.left < gutter]
    after = [word for word in line.words if word.left >= gutter]
    if any(word.right > gutter for word in before):
        return True
    return bool(before and after) and after[0].left - before[-1].right < 0.45 * line.size


def _gutter(words: Sequence[Word]) -> float | None:
    """The middle of the clearest upright strip near the middle of the text, or None for a single column."""
    left, right = min(word.left for word in words), max(word.right for word in words)
    if len(lines_of(words)) < _LINES_AT_LEAST or right - left < 120:
        return None
    step = (right - left) / _STEPS
    limit = _CROSSING_AT_MOST * len(words)
    best, run = (0, 0.0), 0
    for number in range(int(_STEPS * _MIDDLE[0]), int(_STEPS * _MIDDLE[1]) + 1):
        x = left + number * step
        run = run + 1 if sum(1 for word in words if word.left < x < word.right) <= limit else 0
        if run > best[0]:
            best = (run, x - run * step / 2)
    if best[0] * step < _GUTTER_AT_LEAST or not _has_two_sides(words, best[1]):
        return None
    return best[1]


def _has_two_sides(words: Sequence[Word], gutter: float) -> bool:
    before = [word for word in words if word.right <= gutter]
    after = [word for word in words if word.left >= gutter]
    fewest = _SIDE_AT_LEAST * len(words)
    enough = len(before) >= fewest and len(after) >= fewest
    return enough and len(lines_of(before)) >= 4 and len(lines_of(after)) >= 4
