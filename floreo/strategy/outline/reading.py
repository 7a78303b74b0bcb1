"""What the outline says besides its rows: how the rules took each passage and how certain that is, and what no row came of."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from floreo.strategy.drafting.rows import Kind
from floreo.strategy.outline.looks import Key
from floreo.strategy.outline.marks import LEVELS, Marked, Meaning, Result
from floreo.strategy.outline.passages import Outline, Passage

KINDS = {level: Kind(level.value) for level in LEVELS}
THIN_ROWS, THIN_UNUSED = 10, 20


@dataclass(frozen=True, slots=True)
class Guess:
    """What the rules took a passage for, and in how many of those that look alike: 17 of 17 is certain, 1 of 8 is not."""

    meaning: Meaning
    same: int
    alike: int


@dataclass(frozen=True, slots=True)
class Unused:
    """What no row came of: numbered passages, headings, rows of tables."""

    numbered: int
    headings: int
    rows: int

    @property
    def total(self) -> int:
        return self.numbered + self.headings + self.rows


def guesses_in(outline: Outline, drafted: Iterable[tuple[int, int, str]]) -> dict[int, Guess]:
    """The rules' guess of each passage by its number. `drafted` are start, end and kind of the rows that the rules drafted."""
    meanings = {str(kind): meaning for meaning, kind in KINDS.items()}
    plan = sorted((start, end, meanings[kind]) for start, end, kind in drafted if kind in meanings)
    taken: dict[int, Meaning] = {}
    at = 0
    for passage in outline.passages:
        while at < len(plan) and plan[at][0] < passage.opens:
            at += 1
        if at < len(plan) and plan[at][0] < passage.end:
            taken[passage.number] = plan[at][2]
    alike = Counter(passage.look.key for passage in outline.passages)
    same: Counter[tuple[Key, Meaning]] = Counter(
        (passage.look.key, taken[passage.number]) for passage in outline.passages if passage.number in taken
    )
    by_number = {passage.number: passage for passage in outline.passages}
    return {
        number: Guess(meaning, same[by_number[number].look.key, meaning], alike[by_number[number].look.key])
        for number, meaning in taken.items()
    }


def unused_in(result: Result) -> list[Passage]:
    """Passages that look as if they were something, and of which no row came: a row of a table counts by its first cell."""
    return _unused(result.outline, set(result.taken))


class Spanned(Protocol):
    """A row of a draft: where its passage begins and ends."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def unused_by_rows(outline: Outline, rows: Iterable[Spanned]) -> list[Passage]:
    """The same, of rows that the rules drafted."""
    spans = sorted((row.start, row.end) for row in rows)
    starts, longest = [start for start, _end in spans], 0
    ends = [longest := max(longest, end) for _start, end in spans]
    used = set()
    for one in outline.passages:
        before = bisect_left(starts, one.end)
        if before and ends[before - 1] > one.start:
            used.add(one.number)
    return _unused(outline, used)


def _unused(outline: Outline, taken: Container[int]) -> list[Passage]:
    used = {one.row for one in outline.passages if one.number in taken} - {0}
    left: list[Passage] = []
    seen: set[int] = set()
    for passage in outline.passages:
        if passage.number in taken or passage.is_caption:
            continue
        if passage.row:
            if passage.row not in used and passage.row not in seen:
                seen.add(passage.row)
                left.append(passage)
            elif passage.row in used and _is_point(passage):
                left.append(passage)
        elif passage.kind == "heading" or passage.look.label or _is_numbered(passage):
            left.append(passage)
    return left


def counted(left: Sequence[Passage]) -> Unused:
    rows = sum(bool(passage.row) and not _is_point(passage) for passage in left)
    headings = sum(passage.kind == "heading" and not _is_numbered(passage) for passage in left)
    return Unused(len(left) - rows - headings, headings, rows)


def _is_point(passage: Passage) -> bool:
    """Whether it is a numbered line of a cell: it counts by itself where another cell of its row is used."""
    return passage.kind == "line" and bool(passage.code)


def _is_numbered(passage: Passage) -> bool:
    return bool(passage.code)


def is_thin(rows: int, left: Unused) -> bool:
    """Whether a draft is so short beside what was not used that the document was hardly read."""
    return rows < THIN_ROWS and left.numbered + left.rows >= THIN_UNUSED


def codes_of(rows: Sequence[Marked]) -> dict[int, str]:
    """A code for each row by its number: as printed where that goes on from its parent's and no other has it, else by counting. So the tree
    gives the parents, also where the numbers begin again under each pillar."""
    printed = Counter(row.code for row in rows if row.code)
    codes: dict[int, str] = {}
    count: Mapping[tuple[int | None, Meaning], list[int]] = defaultdict(list)
    for row in rows:
        above = codes.get(row.parent or 0, "")
        count[row.parent, row.meaning].append(row.number)
        own = row.code if row.code.replace(".", "").isdigit() and printed[row.code] == 1 else ""
        goes_on = own.startswith(f"{above}.") if above else bool(own)
        counted_code = (
            f"{above}.{len(count[row.parent, row.meaning])}" if above else str(len(count[row.parent, row.meaning]))
        )
        codes[row.number] = own if goes_on else counted_code
    return _different(codes)


def _different(codes: Mapping[int, str]) -> dict[int, str]:
    seen: set[str] = set()
    found: dict[int, str] = {}
    for number, code in codes.items():
        free = (
            code
            if code not in seen
            else next(f"{code}-{n}" for n in range(2, len(codes) + 2) if f"{code}-{n}" not in seen)
        )
        seen.add(free)
        found[number] = free
    return found
