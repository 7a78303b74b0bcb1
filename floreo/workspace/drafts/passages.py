"""The source text beside its rows: only the paragraphs around passages, cut where passages begin, end or overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.safestring import SafeString

from floreo.strategy.models import DraftRow, ImportDraft

AROUND = 1  # paragraphs shown before and after one with a passage
SHORT = 40  # a text of so few paragraphs is shown whole


@dataclass(frozen=True)
class Start:
    """Where a row's passage begins: its number, and whether it is the row that is looked at."""

    number: int
    href: str
    is_now: bool


@dataclass(frozen=True)
class Segment:
    """A stretch of text under the same passages. `starts` are the rows that begin here, the innermost last; `href`
    leads to the innermost row, empty where there is none."""

    text: str
    repaired: bool
    starts: tuple[Start, ...]
    href: str
    is_now: bool


@dataclass(frozen=True)
class Paragraph:
    index: int
    kind: str  # heading, paragraph, item, cell_row
    segments: tuple[Segment, ...]
    is_item: bool = False  # of a list with bullets; one with numbers keeps them in the text
    opens: bool = False  # the first of its list, and the last
    closes: bool = False

    @property
    def list_start(self) -> SafeString:
        """The tag that opens this paragraph's list, where it is the first of it."""
        return SafeString("<ul>" if self.opens else "")

    @property
    def list_end(self) -> SafeString:
        return SafeString("</ul>" if self.closes else "")


@dataclass(frozen=True)
class Gap:
    """Paragraphs that are left out because nothing was drafted from them."""

    first: int
    count: int


@dataclass(frozen=True)
class Source:
    """The text of a draft with the passages of its rows. `pages` says on which page of the review each row is."""

    draft: ImportDraft
    rows: Sequence[DraftRow]
    pages: dict[int, int]
    page: int
    now: int | None

    def bounds(self, index: int) -> tuple[int, int]:
        """A paragraph's stretch of the text, its bullet or number included."""
        block = self.draft.blocks[index]
        line = self.draft.text.rfind("\n", 0, block["start"]) + 1
        before = self.draft.blocks[index - 1]["end"] if index else 0
        return max(line, before) if line >= before else block["start"], block["end"]

    def touched(self, rows: Iterable[DraftRow]) -> set[int]:
        """The paragraphs in which those rows have their passages."""
        spans = sorted((r.start, r.end) for r in rows)
        found: set[int] = set()
        for index in range(len(self.draft.blocks)):
            start, end = self.bounds(index)
            if any(s < end and start < e for s, e in spans):
                found.add(index)
        return found

    def window(self, *, opened: int | None = None, everything: bool = False) -> list[Paragraph | Gap]:
        """The paragraphs around the passages of this page; what lies between becomes gaps, unless it is `opened`."""
        count = len(self.draft.blocks)
        here = [r for r in self.rows if self.pages.get(r.number) == self.page]
        shown = set(range(count)) if everything or (count <= SHORT and len(self.rows) == len(here)) else set()
        for index in self.touched(here) if not shown else ():
            shown.update(range(max(0, index - AROUND), min(count, index + AROUND + 1)))
        pieces: list[Paragraph | Gap] = []
        for first, length in _gaps(shown, count):
            if length == 0:
                pieces.append(self.paragraph(first))
            elif length <= AROUND or first == opened:
                pieces += [self.paragraph(i) for i in range(first, first + length)]
            else:
                pieces.append(Gap(first, length))
        return _listed(pieces)

    def paragraph(self, index: int) -> Paragraph:
        start, end = self.bounds(index)
        before = self.draft.text[start : self.draft.blocks[index]["start"]]
        bullet = self.draft.blocks[index]["kind"] == "item" and not any(c.isalnum() for c in before)
        if bullet:
            start += len(before)
        rows = [r for r in self.rows if r.start < end and start < r.end]
        repaired = [(a, b) for a, b in self.draft.repaired if a < end and start < b]
        cuts = {start, end}
        for a, b in [(r.start, r.end) for r in rows] + repaired:
            cuts |= {max(start, min(a, end)), max(start, min(b, end))}
        edges = sorted(cuts)
        segments = [self._segment(a, b, rows, repaired) for a, b in pairwise(edges)]
        return Paragraph(index, self.draft.blocks[index]["kind"], tuple(segments), is_item=bullet)

    def _segment(self, a: int, b: int, rows: list[DraftRow], repaired: list[tuple[int, int]]) -> Segment:
        over = sorted((r for r in rows if r.start <= a and b <= r.end), key=lambda r: r.start - r.end)
        starts = tuple(Start(r.number, self.href(r), r.number == self.now) for r in over if r.start == a)
        return Segment(
            text=self.draft.text[a:b],
            repaired=any(x <= a and b <= y for x, y in repaired),
            starts=starts,
            href=self.href(over[-1]) if over else "",
            is_now=any(r.number == self.now for r in over),
        )

    def href(self, row: DraftRow) -> str:
        page = self.pages.get(row.number, self.page)
        return f"#r{row.number}" if page == self.page else f"?page={page}#r{row.number}"


def _listed(pieces: list[Paragraph | Gap]) -> list[Paragraph | Gap]:
    """Marks where lists begin and end."""
    items = [isinstance(p, Paragraph) and p.is_item for p in pieces]
    found: list[Paragraph | Gap] = []
    for place, piece in enumerate(pieces):
        if isinstance(piece, Paragraph) and piece.is_item:
            opens = place == 0 or not items[place - 1]
            closes = place + 1 == len(pieces) or not items[place + 1]
            piece = replace(piece, opens=opens, closes=closes)  # noqa: PLW2901 -- the same paragraph, marked
        found.append(piece)
    return found


def _gaps(shown: set[int], count: int) -> Iterable[tuple[int, int]]:
    """Each shown index as (index, 0), each run of hidden ones as (first, length)."""
    index = 0
    while index < count:
        if index in shown:
            yield index, 0
            index += 1
            continue
        first = index
        while index < count and index not in shown:
            index += 1
        yield first, index - first
