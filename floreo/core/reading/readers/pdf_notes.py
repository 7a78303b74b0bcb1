"""Notes in the margin of a page: beside the sections of a law, in smaller type, are their headings and the laws they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from floreo.core.reading.readers.pdf_columns import PdfLine, lines_of
from floreo.core.reading.readers.pdf_words import Page, Word

_SMALLER = 0.95
_OUTSIDE_AT_MOST = 0.02  # of the words may be outside the edges of the text
_NEXT_LINE = 1.7
_SAME_HEIGHT = 0.6
_CHARACTERS_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Note:
    """The words of a note and the height at which it begins."""

    text: str
    y: float
    is_heading: bool = True

    def is_level_with(self, line: PdfLine) -> bool:
        return abs(self.y - line.y) < _SAME_HEIGHT * line.size


def _edges(text: list[Word]) -> tuple[float, float]:
    """Where the text begins and ends on its lines, but for the few words that are outside."""
    few = int(_OUTSIDE_AT_MOST * len(text))
    return sorted(word.left for word in text)[few], sorted(word.right for word in text)[-1 - few]


def notes_apart(page: Page, body: float) -> tuple[Page, list[Note]]:
    """The page without what is in its margins in smaller type than its text, and those notes from top to bottom."""
    text = [word for word in page.words if abs(word.size - body) < 0.6]
    if not text:
        return page, []
    left, right = _edges(text)
    small = [word for word in page.words if word.size <= _SMALLER * body]
    sides = [[word for word in small if word.right <= left], [word for word in small if word.left >= right]]
    groups = [group for side in sides for group in _groups(lines_of(side)) if _has_words(group)]
    taken = {id(word) for group in groups for line in group for word in line.words}
    kept: tuple[Word, ...] = tuple(word for word in page.words if id(word) not in taken)
    notes = [Note(_joined(group), group[0].y) for group in groups]
    return replace(page, words=kept), sorted(notes, key=lambda note: -note.y)


def _groups(lines: Sequence[PdfLine]) -> Iterator[list[PdfLine]]:
    group: list[PdfLine] = []
    for line in lines:
        if group and not _goes_on(group[-1], line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _goes_on(above: PdfLine, line: PdfLine) -> bool:
    ended = above.text.endswith(".") and line.text[:1].isupper()
    return above.y - line.y <= _NEXT_LINE * line.size and not ended


def _has_words(group: Sequence[PdfLine]) -> bool:
    """Not the number of a line or page."""
    return sum(letter.isalpha() for line in group for letter in line.text) >= _CHARACTERS_AT_LEAST


def _joined(group: Sequence[PdfLine]) -> str:
    text = " ".join(line.text for line in group)
    return re.sub(r"([^\W\d_])- (?=[a-z])", r"\1", text)
