"""From placed words to reading order: running heads out, columns one after the other, lines into paragraphs."""

from __future__ import annotations

import re
import statistics
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from floreo.core.reading.building import Piece
from floreo.core.reading.openers import Openers
from floreo.core.reading.readers.labels import split_label
from floreo.core.reading.readers.pdf_columns import PdfLine, in_reading_order, lines_of
from floreo.core.reading.readers.pdf_notes import Note, notes_apart
from floreo.core.reading.readers.pdf_words import Page, Table

_PAGE_NUMBER = re.compile(
    r"^[\s\-–—|]*(?:page|página|pág\.?)?\s*(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|de|/|\|)\s*\d{1,4})?[\s\-–—|]*$",
    re.IGNORECASE,
)
_MARGIN = 0.13
_HEADING_AT_MOST = 200
_LARGER = 1.12
_WIDER_GAP = 1.32
_BOLD_GAP = 1.6
# A line that ends in one of these leans on the next, whatever its first character.
_LEANS_ON = re.compile(
    r"(?:,|[^\W\d_]-|\b(?:of|the|and|to|by|for|in|on|with|an?|or|de|la|el|los|las|del|y|en|para|por|con|una?))$",
    re.IGNORECASE,
)
_OPENING = '“‘«"'
_ENDED = (".", "!", "?", ":", ";", ".”", '."', ".)")


@dataclass(slots=True)
class _Paragraph:
    lines: list[PdfLine]

    @property
    def last(self) -> PdfLine:
        return self.lines[-1]

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)


def pieces_of_pages(pages: Sequence[Page], *, openers: Openers) -> Iterator[Piece]:
    """The pieces of a whole document; sizes and repeated lines can only be judged over all pages."""
    body = _body_size([lines_of(page.words) for page in pages])
    parted = [notes_apart(page, body) if openers.numbers else (page, []) for page in pages]
    pages = [page for page, _notes in parted]
    by_page = [lines_of(page.words) for page in pages]
    furniture = _furniture(by_page, pages, openers)
    flow = _Flow(_line_gap(by_page, body), openers)
    for (page, notes), lines in zip(parted, by_page, strict=True):
        kept = {id(word) for line in lines if not _is_furniture(line, page, furniture) for word in line.words}
        words = [word for word in page.words if id(word) in kept]
        flow.notes += notes
        for column in in_reading_order(words, page.tables):
            flow.add(column)
        flow.leave_page()
    vocabulary = Counter(word.text.strip(".,;:()").lower() for page in pages for word in page.words)
    yield from _pieces(flow.done(), body, vocabulary)


def _body_size(by_page: Sequence[Sequence[PdfLine]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in by_page:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _line_gap(by_page: Sequence[Sequence[PdfLine]], body: float) -> float:
    """From line to line within a paragraph: the least of the distances that are common. The middle one is that between paragraphs where
    most have a single line, as in a law."""
    gaps = sorted(
        above.y - below.y
        for lines in by_page
        for above, below in pairwise(lines)
        if abs(above.size - body) < 0.6 and abs(below.size - body) < 0.6 and 0.9 * body < above.y - below.y < 3 * body
    )
    common = (gap for at, gap in enumerate(gaps) if bisect_right(gaps, 1.08 * gap) - at >= max(3, 0.15 * len(gaps)))
    return next(common, 0.0)


def _furniture(by_page: Sequence[Sequence[PdfLine]], pages: Sequence[Page], openers: Openers) -> set[str]:
    """What is in the margins of many pages, numbers aside: running heads and feet. "PART II" at the top of a page may begin that part:
    it is a running head only where most pages have one."""
    seen: Counter[str] = Counter()
    for page, lines in zip(pages, by_page, strict=True):
        seen.update({_shape(line.text) for line in lines if _in_margin(line, page)})
    often = max(2, min(4, len(pages) // 3))
    mostly = max(often, len(pages) // 2 + 1)
    named = {_shape(line.text) for lines in by_page for line in lines if openers.opens(line.text)}
    return {shape for shape, count in seen.items() if count >= (mostly if shape in named else often)}


def _shape(text: str) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", text.lower()).strip()


def _in_margin(line: PdfLine, page: Page) -> bool:
    return line.y > page.height * (1 - _MARGIN) or line.y < page.height * _MARGIN


def _is_furniture(line: PdfLine, page: Page, furniture: set[str]) -> bool:
    return _in_margin(line, page) and (_shape(line.text) in furniture or bool(_PAGE_NUMBER.match(line.text)))


@dataclass(slots=True)
class _Flow:
    """Paragraphs, tables and notes in reading order, as the lines of the pages come in."""

    line_gap: float
    openers: Openers
    parts: list[_Paragraph | Table | Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)  # in the margin of this page
    held: list[Note] = field(default_factory=list)  # beside the paragraph that is open now, and printed behind it
    is_new_page: bool = False  # and nothing of it came yet

    def add(self, column: Table | list[PdfLine]) -> None:
        if isinstance(column, Table):
            self._table(column)
            return
        gaps = [above.y - below.y for above, below in pairwise(column) if 0 < above.y - below.y < 3 * above.size]
        usual = statistics.median(gaps) if gaps else 0.0
        self.is_new_page = False
        right = max((line.right for line in column), default=0.0)
        left = min((line.left for line in column), default=0.0)
        for at, line in enumerate(column):
            before = self.parts[-1] if self.parts else None
            heading = self._note_at(line)
            if heading is not None or not isinstance(before, _Paragraph):
                self._begin(line, heading)
            elif at == 0:
                # A sentence may go on at the top of the next column or page.
                self._begin(line) if not _goes_on(before, line, self.openers) else before.lines.append(line)
            elif self._is_new(before, line, usual, (left, right)):
                self._begin(line)
            else:
                before.lines.append(line)

    def _is_new(self, before: _Paragraph, line: PdfLine, usual: float, edges: tuple[float, float]) -> bool:
        return _is_new(before, line, usual, edges, self.openers) or _starts_paragraph(
            before.last, line, self.line_gap, edges
        )

    def _table(self, table: Table) -> None:
        """A table, or the next part of one that goes on over the page."""
        before = self.parts[-1] if self.parts else None
        if self.is_new_page and isinstance(before, Table) and before.goes_on_in(table):
            self.parts[-1] = before.with_rest(table)
        else:
            self._release()
            self.parts.append(table)
        self.is_new_page = False

    def leave_page(self) -> None:
        self.held += self.notes
        self.notes = []
        self.is_new_page = True

    def done(self) -> list[_Paragraph | Table | Note]:
        self._release()
        return self.parts

    def _begin(self, line: PdfLine, heading: Note | None = None) -> None:
        self._release()
        self.parts += [heading] if heading else []
        self.parts.append(_Paragraph([line]))

    def _release(self) -> None:
        self.parts += [replace(note, is_heading=False) for note in self.held]
        self.held = []

    def _note_at(self, line: PdfLine) -> Note | None:
        """The note that heads what begins at this line with its number; others go behind their paragraph."""
        found = next((note for note in self.notes if note.is_level_with(line)), None)
        if found is None:
            return None
        self.notes.remove(found)
        if line.text[:1].isdigit() and _opens_item(line, self.openers):
            return found
        self.held.append(found)
        return None


def _goes_on(before: _Paragraph, line: PdfLine, openers: Openers) -> bool:
    same = abs(before.size - line.size) < 0.6 and before.last.bold == line.bold
    unfinished = not before.last.text.rstrip().endswith(_ENDED)
    carries_on = line.text[:1].islower() or line.text[:1].isdigit() or bool(_LEANS_ON.search(before.last.text))
    return same and unfinished and carries_on and not _opens_item(line, openers)


def _is_new(before: _Paragraph, line: PdfLine, usual: float, edges: tuple[float, float], openers: Openers) -> bool:
    last = before.last
    if abs(last.size - line.size) > 0.6 or (last.bold != line.bold and not line.text[:1].islower()):
        return True
    if _opens_item(line, openers) or last.y - line.y > max(_WIDER_GAP * usual, 1.05 * line.size) or last.y < line.y:
        return True
    if _leaves_item(before.lines[0], line, openers):
        return True
    ended = last.text.rstrip().endswith(_ENDED)
    short = last.right < edges[1] - 0.12 * (edges[1] - edges[0])
    indented = line.left > last.left + line.size and len(before.lines) > 1
    return ended and (short or indented)


def _starts_paragraph(last: PdfLine, line: PdfLine, line_gap: float, edges: tuple[float, float]) -> bool:
    """Whether a line that begins like a sentence does so on purpose: its first word had room on the line before, or there is a gap."""
    is_apart = line_gap > 0 and last.y - line.y > _WIDER_GAP * line_gap
    if line.text[:1].islower():
        return False
    if last.bold and line.bold:  # lines of one heading, or two headings
        return is_apart and last.y - line.y > _BOLD_GAP * line.size
    first, blank = line.words[0], edges[1] - last.right
    needed = first.right - first.left + 1.5 * line.size
    if _LEANS_ON.search(last.text):  # "In this Act," alone on its line
        return last.text.endswith(",") and blank > needed + 0.25 * (edges[1] - edges[0])
    if last.text.isupper() and not line.text.isupper() and any(letter.isalpha() for letter in line.text):
        return True
    if last.text.endswith((";", "—", "–")) and line.text[:1] in _OPENING:
        return True
    return is_apart or blank > needed


def _leaves_item(first: PdfLine, line: PdfLine, openers: Openers) -> bool:
    """Whether a line is left of an item's bullet, or under a bullet whose own text hangs further in."""
    if not _opens_item(first, openers) or len(first.words) < 2:
        return False
    hangs = first.words[1].left - first.words[0].right > 0.6 * first.size
    edge = first.words[1].left - 0.5 * first.size if hangs else first.left - 0.3 * first.size
    return line.left < edge


def _opens_item(line: PdfLine, openers: Openers) -> bool:
    return bool(split_label(line.text)[0]) or openers.opens(line.text) or openers.counts(line.text)


def _pieces(flow: Sequence[_Paragraph | Table | Note], body: float, vocabulary: Counter[str]) -> Iterator[Piece]:
    sizes = sorted(
        {one.size for one in flow if isinstance(one, _Paragraph) and one.size > body * _LARGER}, reverse=True
    )
    tables = 0
    for one in flow:
        if isinstance(one, Table):
            tables += 1
            yield from (Piece("cell_row", level=tables, cells=row) for row in one.rows if any(row))
        elif isinstance(one, Note):
            level = min(len(sizes) + 1, 6)
            yield (
                Piece("heading", one.text.rstrip("."), level) if one.is_heading else Piece("paragraph", f"[{one.text}]")
            )
        else:
            yield _piece(one, _joined(one.lines, vocabulary), body, sizes)


def _piece(paragraph: _Paragraph, text: str, body: float, sizes: Sequence[float]) -> Piece:
    kind, number, rest = split_label(text)
    larger = paragraph.size > body * _LARGER
    as_heading = larger or (paragraph.bold and paragraph.size >= body * 0.95)
    if as_heading and len(text) <= _HEADING_AT_MOST and kind != "bullet" and not text.endswith((".", ";", ",")):
        level = sizes.index(paragraph.size) + 1 if larger else len(sizes) + 1
        return Piece("heading", rest, min(level, 6), number)
    return Piece("item", rest, 1, number) if kind else Piece("paragraph", text)


def _joined(lines: Sequence[PdfLine], vocabulary: Counter[str]) -> str:
    text = lines[0].text
    for line in lines[1:]:
        text = _join(text, line.text, vocabulary)
    return text


def _join(text: str, following: str, vocabulary: Counter[str]) -> str:
    broken = re.search(r"([^\W\d_]+)[-\u00ad\u2010]$", text)
    rest = re.match(r"[^\W\d_]+", following)
    if broken is None or rest is None:
        return f"{text} {following}" if not text.endswith(("/", "–")) else text + following
    if not rest.group()[0].islower() or _is_compound(broken[1].lower(), rest.group().lower(), vocabulary):
        return text[: broken.end(1)] + "-" + following
    return text[: broken.end(1)] + following


def _is_compound(one: str, other: str, vocabulary: Counter[str]) -> bool:
    """Whether the hyphen belongs to the word (`public-private`): as seen elsewhere, or if only its halves are words."""
    if vocabulary[f"{one}-{other}"]:
        return True
    if vocabulary[one + other]:
        return False
    return bool(vocabulary[one] and vocabulary[other])
