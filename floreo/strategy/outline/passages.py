"""A document cut into passages: each heading, point, paragraph, cell and line of a cell, with how it looks and what it hangs under."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from floreo.core.reading.document import Block, Document
from floreo.core.reading.readers.labels import split_label
from floreo.core.reading.repair import Span
from floreo.strategy.drafting.source import Source, plain, trimmed
from floreo.strategy.outline.looks import (
    BULLET,
    Label,
    Look,
    PassageKind,
    caption_of,
    named_by,
    numbered_lines,
    prefixed_by,
    shape_of,
)

LOOSE = ("text", "pdf")  # kinds of documents of which the headings are guessed
OFTEN = 3  # times that a word before a colon is in a document until it is taken for a label
_FURNITURE_AT_LEAST = 3
_FURNITURE_AT_MOST = 70  # characters
_DISTINCT = 0.7  # of lines that are one but for their number: page numbers
_DIGITS = re.compile(r"\d+")
_THREE_DIGITS = re.compile(r"(?P<number>[1-9]\d\d)[.)]\s+(?=\S)")
_STRAY = re.compile(r"[@|~*_=]{1,3}\s+(?=[A-Z])")
_STUCK = re.compile(r"(?P<number>\d{1,2}\.\d{1,2})(?=[A-ZÀ-ÖØ-ÞŒ][a-zà-öø-ÿœ])")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage. `start` and `end` are those of its own words in the document's text, without number and label; `opens` is where it begins
    with them. `under` is the number of the heading or row above it; `row` is that of its table, 0 outside one."""

    number: int
    look: Look
    opens: int
    start: int
    end: int
    under: int = 0
    row: int = 0
    code: str = ""  # its number as printed
    is_caption: bool = False
    parts: tuple[Span, ...] = ()  # of one that was joined from several: what is between them is none of its words

    @property
    def kind(self) -> str:
        return self.look.kind

    @property
    def spans(self) -> tuple[Span, ...]:
        return self.parts or ((self.start, self.end),)


@dataclass(frozen=True)
class Outline:
    """The passages of a document in reading order, numbered from 1."""

    document: Document
    passages: tuple[Passage, ...]
    furniture: int  # running heads and page numbers that were left out

    def words(self, passage: Passage) -> str:
        return " ".join(" ".join(self.document.text[start:end] for start, end in passage.spans).split())


def words_in(text: str, span: Span) -> list[Span]:
    """Where the words of a stretch begin and end."""
    return [found.span() for found in _WORD.finditer(text, *span)]


def outline_of(document: Document) -> Outline:
    """The same document always gives the same outline."""
    blocks = Source(document).blocks
    left_out = _furniture(document, blocks)
    kept = list(_whole(document, [block for at, block in enumerate(blocks) if at not in left_out]))
    cut = list(_cut(document, kept))
    return Outline(document, tuple(_Placing(document, cut).passages()), len(left_out))


def _furniture(document: Document, blocks: Sequence[Block]) -> set[int]:
    """Running heads, feet and page numbers that a text kept: short, again and again, in the middle of sentences."""
    same: dict[str, list[int]] = defaultdict(list)
    for at, block in enumerate(blocks):
        words = document.words_of(block)
        if block.kind in {"heading", "paragraph"} and len(words) <= _FURNITURE_AT_MOST:
            same[_DIGITS.sub("#", words.lower()).strip()].append(at)
    found: set[int] = set()
    for words, places in same.items():
        if (
            len(places) >= _FURNITURE_AT_LEAST
            and not words.endswith(":")
            and _interrupts(document, blocks, words, places)
        ):
            found.update(places)
    return found


def _interrupts(document: Document, blocks: Sequence[Block], words: str, places: Sequence[int]) -> bool:
    if not any(character.isalpha() for character in words):
        return True
    pages = {document.words_of(blocks[at]) for at in places}
    if "#" in words and len(pages) > _DISTINCT * len(places) and named_by(document.words_of(blocks[places[0]])) is None:
        return True
    nexts = [document.words_of(blocks[at + 1])[:1] for at in places if at + 1 < len(blocks)]
    return sum(letter.islower() for letter in nexts) >= max(1, len(nexts) // 5)


def _whole(document: Document, blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks again, those put together that a wrapped line broke in two: a title that goes on in small letters on the next line."""
    held: Block | None = None
    for block in blocks:
        if held is not None and _goes_on(document, held, block):
            kind = "paragraph" if held.kind == "heading" else held.kind
            held = replace(held, kind=kind, level=0 if kind == "paragraph" else held.level, end=block.end)
            continue
        if held is not None:
            yield held
        held = block
    if held is not None:
        yield held


def _goes_on(document: Document, before: Block, block: Block) -> bool:
    if before.kind == "cell_row" or block.kind != "paragraph" or document.kind not in LOOSE:
        return False
    is_next = not document.text[before.end : block.start].strip()
    ended = document.words_of(before).rstrip().endswith((".", ";", ":", "!", "?"))
    return is_next and not ended and document.words_of(block)[:1].islower()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell is: its row in the document, its column, and what distinguishes its table from others."""

    row: int = 0
    column: int = 0
    heads: str = ""


@dataclass(frozen=True, slots=True)
class _Cut:
    """A passage before its labels are known."""

    kind: PassageKind
    depth: int
    number: str
    start: int
    end: int
    place: _Place = _Place()


def _cut(document: Document, blocks: Sequence[Block]) -> Iterator[_Cut]:
    heads: dict[int, str] = {}
    rows = 0
    for block in blocks:
        if block.kind != "cell_row":
            yield _Cut(block.kind, block.level, *_number_and_start(document, block), block.end)
            continue
        rows += 1
        if block.level not in heads:
            heads[block.level] = _heads(document, block)
        for column, cell in enumerate(block.cells, start=1):
            if cell[1] > cell[0]:
                yield from _cell(document.text, block, cell, _Place(rows, column, heads[block.level]))


def _number_and_start(document: Document, block: Block) -> tuple[str, int]:
    """Of a text the number that a scan took for part of the first word, "5.1Government", and the signs that it saw where there are none."""
    if document.kind not in LOOSE or block.number:
        return block.number, block.start
    stray = _STRAY.match(document.text, block.start, block.end)
    start = stray.end() if stray else block.start
    stuck = _STUCK.match(document.text, start, block.end)
    return (stuck["number"], stuck.end()) if stuck else ("", start)


def _heads(document: Document, block: Block) -> str:
    """What distinguishes a table from others: its head where the first row is one, else how many columns it has."""
    cells = [document.text[start:end] for start, end in block.cells]
    is_head = (
        len(cells) > 1
        and all(0 < len(cell) <= 40 and not cell.endswith((".", ";", ":")) for cell in cells)
        and not block.lines
    )
    return " | ".join(plain(cell) for cell in cells) if is_head else str(len(cells))


def _cell(text: str, block: Block, cell: Span, place: _Place) -> Iterator[_Cut]:
    lines = [line for line in block.lines if cell[0] <= line[0] and line[1] <= cell[1]]
    if len(lines) < 2:
        lines = [(cell[0] + start, cell[0] + end) for start, end in numbered_lines(text[cell[0] : cell[1]])]
        before = (cell[0], lines[0][0]) if lines and lines[0][0] > cell[0] else None
        lines = [before, *lines] if before else lines
    kind: PassageKind = "line" if lines else "cell"
    for start, end in lines or [cell]:
        first, last = trimmed(text, start, end)
        _kind, number, rest = split_label(text[first:last])
        if not number and (
            counted := _THREE_DIGITS.match(text, first, last)
        ):  # row 100 of a table that counts its rows
            number, rest = counted["number"], text[counted.end() : last]
        yield _Cut(kind, 0, number or (BULLET if _kind else ""), last - len(rest), last, place)


class _Placing:
    """Goes through the pieces in order, with the headings above, the line that heads a list, and the words that label passages here."""

    def __init__(self, document: Document, cut: Sequence[_Cut]) -> None:
        self.document = document
        self.cut = cut
        self.named = _often(document, cut, named_by, different=True)
        self.prefixes = _often(document, cut, prefixed_by, different=False)
        self.above: list[Passage] = []
        self.caption = ""
        self.place = _Place()

    def passages(self) -> Iterator[Passage]:
        for number, one in enumerate(self.cut, start=1):
            words = self.document.text[one.start : one.end]
            label = self._label(words, one.number)
            caption = "" if label else caption_of(words)
            self._leave(one, label)
            passage = self._passage(number, one, label, is_caption=bool(caption))
            if one.kind == "heading":
                self.above.append(passage)
            self.caption = caption or self.caption
            yield passage

    def _leave(self, one: _Cut, label: Label | None) -> None:
        """A heading, a level and the next cell end what a line heads; a heading also ends those above it that are no higher."""
        if one.kind == "heading" or (label and label.number) or one.place != self.place:
            self.caption = ""
        self.place = one.place
        while self.above and one.kind == "heading" and self.above[-1].look.depth >= one.depth:
            self.above.pop()

    def _passage(self, number: int, one: _Cut, label: Label | None, *, is_caption: bool) -> Passage:
        look = Look(
            kind=one.kind,
            depth=one.depth,
            label=label.word if label else "",
            shape=_shape(one),
            caption=self.caption,
            column=one.place.column,
            heads=one.place.heads,
            is_loose=self.document.kind in LOOSE,
        )
        return Passage(
            number=number,
            look=look,
            opens=one.start,
            start=one.start + label.begins if label else one.start,
            end=one.end,
            under=self.above[-1].number if self.above else 0,
            row=one.place.row,
            code=(label.number if label and label.number else one.number).strip("()."),
            is_caption=is_caption,
        )

    def _label(self, words: str, number: str) -> Label | None:
        found = named_by(words)
        only_ends_so = (
            found is not None and bool(number) and found.begins >= len(words)
        )  # "2. Train ten officers in 2027"
        if found is not None and found.word in self.named and not only_ends_so:
            return found
        found = prefixed_by(words)
        return found if found is not None and found.word in self.prefixes else None


def _shape(one: _Cut) -> str:
    if one.number == BULLET or (one.kind == "item" and not one.number):
        return BULLET
    return shape_of(one.number) if one.number else ""


def _often(
    document: Document, cut: Sequence[_Cut], read: Callable[[str], Label | None], *, different: bool
) -> set[str]:
    """The words that label passages: with several numbers, or again and again before a colon."""
    found: dict[str, set[str]] = defaultdict(set)
    count: Counter[str] = Counter()
    for one in cut:
        label = read(document.text[one.start : one.end])
        if label is not None and label.word:
            found[label.word].add(label.number)
            count[label.word] += 1
    if different:
        return {word for word, numbers in found.items() if len(numbers) > 1}
    return {word for word, times in count.items() if times >= OFTEN}
