"""The words of a PDF page with their places, and the rows of its ruled tables. Knows no paragraphs."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2.raw as pdfium

from floreo.core.reading.readers.labels import split_label

_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_INNER_NUMBER = re.compile(r"(?:^|\n)\d{1,2}\.\d")
_PREFIX = re.compile(r"[A-ZÀ-ÖØ-ÞŒ][\w’'/-]*(?: [\w’'/-]+){0,3}:\s")
_SAME_EDGE = 4.0  # points
_WORD_GAP = 0.5
_SAME_LINE = 0.35
_MISSING = {0xFFFE, 0xFFFF, 0xFFFD, 0}


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place in points from the lower left corner; `y` is its baseline."""

    text: str
    left: float
    right: float
    y: float
    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a ruled table and the place it takes."""

    rows: tuple[tuple[str, ...], ...]
    left: float
    right: float
    top: float
    bottom: float

    def goes_on_in(self, other: Table) -> bool:
        """Whether `other`, the first thing on the next page, has the same columns."""
        same = len(self.rows[-1]) == len(other.rows[0])
        return same and abs(self.left - other.left) < _SAME_EDGE and abs(self.right - other.right) < _SAME_EDGE

    def with_rest(self, other: Table) -> Table:
        """This table with the rows of its part on the next page: without the head that is printed again there, and with the rest of
        the row in which the page ended."""
        rows, more = list(self.rows), list(other.rows)
        if more[0] == rows[0] and len(rows) > 1:
            more = more[1:]
        elif _is_rest_of(rows[-1], more[0]):
            rows[-1] = tuple(_joined(*cells) for cells in zip(rows[-1], more.pop(0), strict=True))
        return replace(self, rows=(*rows, *more))


def _is_rest_of(row: tuple[str, ...], next_row: tuple[str, ...]) -> bool:
    """Whether a row goes on a page later. Its first cell is empty there, as it was printed whole; or something begins in small letters;
    or a cell is empty that was filled, and the first one has no number where the one above has, or goes on within its numbers (7.2)."""
    if any(cell[:1].islower() for cell in next_row) or (row[0] and not next_row[0]):
        return True
    if not any(above and not cell for above, cell in zip(row, next_row, strict=True)):
        return False
    lost = bool(split_label(row[0])[0]) and not split_label(next_row[0])[0]
    return lost or bool(_INNER_NUMBER.search(next_row[0]))


def _joined(text: str, rest: str) -> str:
    gap = "\n" if text and rest and split_label(rest)[0] else " "
    return f"{text}{gap}{rest}".strip()


@dataclass(frozen=True, slots=True)
class Page:
    """One page before anybody decides what is a paragraph. `rules` counts drawn lines and boxes."""

    width: float
    height: float
    words: tuple[Word, ...]
    images: int
    rules: int
    tables: tuple[Table, ...] = ()


@dataclass(slots=True)
class _Letter:
    text: str
    left: float
    right: float
    y: float
    size: float
    at: int


def page_of(opened: Any, number: int) -> Page:
    """Reads one page of an open document."""
    page = opened[number]
    try:
        width, height = page.get_size()
        text = page.get_textpage()
        words = tuple(_words(text))
        text.close()
        kinds = [thing.type for thing in page.get_objects(max_depth=2)]
    finally:
        page.close()
    images, rules = kinds.count(pdfium.FPDF_PAGEOBJ_IMAGE), kinds.count(pdfium.FPDF_PAGEOBJ_PATH)
    return Page(width, height, words, images, rules)


def _words(text: Any) -> Iterator[Word]:
    gathered: list[_Letter] = []
    for letter in _letters(text):
        if gathered and (letter is None or _breaks(gathered[-1], letter)):
            yield _word(text, gathered)
            gathered = []
        if letter is not None:
            gathered.append(letter)
    if gathered:
        yield _word(text, gathered)


def _letters(text: Any) -> Iterator[_Letter | None]:
    """Characters with their place; None for a blank, which only ends a word."""
    left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(text, at)
        character = "" if code in _MISSING else chr(code)
        if not character.strip() and code not in _MISSING:
            yield None
            continue
        pdfium.FPDFText_GetCharBox(text, at, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        # The mark pdfium puts for a hyphen at a line's end.
        character = "-" if code == 2 else character or "\ufffd"
        size = pdfium.FPDFText_GetFontSize(text, at)
        height = max(top.value - bottom.value, 1.0)
        yield _Letter(character, left.value, right.value, y.value, size if size > 1 else height, at)


def _breaks(before: _Letter, letter: _Letter) -> bool:
    size = max(before.size, letter.size)
    gap = letter.left - before.right
    return abs(letter.y - before.y) > _SAME_LINE * size or gap > _WORD_GAP * size or gap < -1.5 * size


def _word(text: Any, letters: Sequence[_Letter]) -> Word:
    first = letters[0]
    return Word(
        "".join(letter.text for letter in letters),
        min(letter.left for letter in letters),
        max(letter.right for letter in letters),
        first.y,
        round(first.size, 1),
        _is_bold(text, first.at),
    )


def _is_bold(text: Any, at: int) -> bool:
    flags, buffer = ctypes.c_int(), ctypes.create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(text, at, buffer, 128, flags)
    return bool(_BOLD.search(buffer.value.decode("utf-8", "ignore")))


def tables_of(path: Path, pages: Sequence[Page], numbers: Sequence[int]) -> list[Page]:
    """The pages again, with their ruled tables taken out of the loose words."""
    found = list(pages)
    if not numbers:
        return found
    # Its libraries raise whatever a file makes them: what they cannot follow stays words without a table.
    with suppress(Exception), pdfplumber.open(path) as opened:
        for number in numbers:
            with suppress(Exception):
                found[number] = _with_tables(pages[number], opened.pages[number])
                opened.pages[number].close()
    return found


def _with_tables(page: Page, plumbed: Any) -> Page:
    tables = []
    for table in plumbed.find_tables():
        rows = tuple(tuple(_cell(cell) for cell in row) for row in table.extract())
        if rows and max(len(row) for row in rows) > 1:
            left, top, right, bottom = table.bbox
            tables.append(Table(rows, left, right, page.height - top, page.height - bottom))
    loose = tuple(word for word in page.words if not any(_within(word, table) for table in tables))
    return replace(page, words=loose, tables=tuple(tables))


def _cell(words: str | None) -> str:
    joined = re.sub(r"(?<=[a-zà-öø-ÿœ])-\n(?=[a-zà-öø-ÿœ])", "", words or "")
    # A narrow column breaks a word before its last character, or a date before its last digit.
    joined = re.sub(r"(?<=[a-zñ])\n(?=[b-df-hj-np-xz](?:\n|$))|(?<=\d)\n(?=\d(?:\n|$))", "", joined)
    return "\n".join(_lines_of_cell(joined))


def _lines_of_cell(text: str) -> Iterator[str]:
    """The lines that somebody wrote, from those in which they were printed: one begins at a number or a bullet, at a word before a colon
    ("Partners: ..."), and after a colon."""
    held = ""
    for line in filter(None, (" ".join(printed.split()) for printed in text.split("\n"))):
        if held and (split_label(line)[0] or held.endswith(":") or line.endswith(":") or _PREFIX.match(line)):
            yield held
            held = ""
        held = f"{held} {line}".strip()
    if held:
        yield held


def _within(word: Word, table: Table) -> bool:
    middle = (word.left + word.right) / 2
    return table.left <= middle <= table.right and table.bottom <= word.y + word.size / 3 <= table.top
