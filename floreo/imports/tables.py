"""Where the tables of a file are: header rows that are not in row 1, titles above, several tables in a sheet, one table over several
sheets; and the rows of those that are chosen. Plain text in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from floreo.core.spelling import plain
from floreo.imports.grid import NO_VALUE, Grid

LOOKED_AT = 40  # rows from the top of a table in which a header is looked for
# Columns that no cell holds: the sheet’s title, and the heading across the table above a row.
SHEET, HEADING = "<sheet>", "<heading>"


@dataclass(frozen=True)
class SheetTable:
    """A table of a sheet, or one part of it: rows count from 1, `last` belongs to it."""

    sheet: int
    header_row: int
    header_rows: int
    last: int

    def as_json(self) -> dict[str, int]:
        return {"sheet": self.sheet, "header_row": self.header_row, "header_rows": self.header_rows, "last": self.last}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> SheetTable:
        return cls(**{name: int(given[name]) for name in ("sheet", "header_row", "header_rows", "last")})


@dataclass(frozen=True)
class SheetRow:
    """A row of a chosen table: the sheet, the row's number there, and its cells in the order of the columns."""

    sheet: int
    number: int
    cells: list[str]


@dataclass(frozen=True)
class Skipped:
    """A row that is no record. `why`: "heading", "header", "empty"."""

    sheet: int
    number: int
    why: str
    text: str = ""


def header_texts(grid: Grid, part: SheetTable) -> list[str]:
    """The header of each column, with several rows joined: "Contact: Telephone"; "" for a column without one."""
    lines = grid.rows[part.header_row - 1 : part.header_row - 1 + part.header_rows]
    width = max((len(line) for line in grid.rows[part.header_row - 1 : part.last]), default=0)
    found = []
    for x in range(width):
        parts = [" ".join(line[x].split()) for line in lines if x < len(line) and line[x] and line[x] != NO_VALUE]
        found.append(": ".join(dict.fromkeys(parts))[:200])
    return found


def letter(x: int) -> str:
    """The letters of a column as spreadsheets count them, from 0: A, B, ... Z, AA."""
    name = ""
    x += 1
    while x:
        x, rest = divmod(x - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def find_tables(sheets: Sequence[Grid], words: Mapping[str, str]) -> list[SheetTable]:
    """Every table of the file, in its order. `words` gives the field by what a column may be called."""
    return [part for number, grid in enumerate(sheets) for part in _tables_of(grid, number, words)]


def best_parts(sheets: Sequence[Grid], parts: Sequence[SheetTable], words: Mapping[str, str]) -> list[SheetTable]:
    """The table that is meant most likely: with most columns that are called like a field, then with most rows; and with it every other
    whose heads are the same, in whatever sheet."""
    if not parts:
        return []

    def score(part: SheetTable) -> tuple[int, int]:
        return len(_fields_in(header_texts(sheets[part.sheet], part), words)), part.last - part.header_row

    first = max(parts, key=score)
    heads = _heads(sheets, first)
    return [part for part in parts if part == first or _is_same_table(heads, _heads(sheets, part))]


def _heads(sheets: Sequence[Grid], part: SheetTable) -> set[str]:
    return {plain(text) for text in header_texts(sheets[part.sheet], part) if text}


def _is_same_table(a: set[str], b: set[str]) -> bool:
    return len(a & b) >= 2 and len(a & b) * 4 >= len(a | b) * 3


def _fields_in(texts: Sequence[str], words: Mapping[str, str]) -> set[str]:
    return {words[key] for text in texts if (key := plain(text)) in words}


def _tables_of(grid: Grid, sheet: int, words: Mapping[str, str]) -> Iterator[SheetTable]:
    last = max((y for y, row in enumerate(grid.rows, start=1) if any(row)), default=0)
    starts = [_first_header(grid, words)] if last else []
    if not starts or not starts[0]:
        return
    first = starts[0]
    known = {plain(cell) for cell in grid.rows[first - 1] if cell}
    for y in range(first + 1, last):
        if _begins_another(grid, y, known, words):
            starts.append(y)
    for start, end in zip(starts, [*(s - 1 for s in starts[1:]), last], strict=True):
        yield SheetTable(sheet, start, _height_of_header(grid, start), _last_of_table(grid, start, end))


def _last_of_table(grid: Grid, start: int, end: int) -> int:
    """Without the empty rows and the titles of the next table at its end."""
    while end > start and not any(grid.rows[end - 1]):
        end -= 1
    if end < len(grid.rows) and end - 2 > start and not any(grid.rows[end - 2]) and _filled(grid.rows[end - 1]) == 1:
        return _last_of_table(grid, start, end - 1)
    return end


def _filled(row: Sequence[str]) -> int:
    return len({cell for cell in row if cell})


def _first_header(grid: Grid, words: Mapping[str, str]) -> int:
    """The row with most cells that are called like a field; without any, the first with as many different texts as a row has at most."""
    best, most = 0, (0, 0)
    for y, row in enumerate(grid.rows[:LOOKED_AT], start=1):
        texts = {plain(cell) for cell in row if cell and not _is_a_value(cell)}
        score = (len({words[text] for text in texts if text in words}), len(texts))
        if len(texts) > 1 and score > most:
            best, most = y, score
    if best:
        return best
    return next((y for y, row in enumerate(grid.rows, start=1) if any(row)), 0)


def _is_a_value(cell: str) -> bool:
    return sum(c.isdigit() for c in cell) * 2 > len(cell) or len(cell) > 120


def _begins_another(grid: Grid, y: int, known: set[str], words: Mapping[str, str]) -> bool:
    """Whether another table has its header in row y: below an empty row or a title, with cells that are called like fields."""
    row = [cell for cell in grid.rows[y - 1] if cell]
    texts = {plain(cell) for cell in row}
    if len(texts) < 2 or texts == known or any(_is_a_value(cell) for cell in row):
        return False
    above = [_filled(each) for each in grid.rows[max(0, y - 3) : y - 1]]
    if 0 not in above:
        return False
    return len(_fields_in(row, words)) >= max(2, len(texts) // 2)


def _height_of_header(grid: Grid, y: int) -> int:
    """Two where a merged cell of the row parts into several below it, as Contact into Name and Telephone."""
    across = grid.across.get(y - 1, 0)
    if across < 2 or y >= len(grid.rows):
        return 1
    below = grid.rows[y]
    row = grid.rows[y - 1]
    repeated = {x for x, cell in enumerate(row) if cell and row.count(cell) > 1}
    parted = {below[x] for x in repeated if x < len(below) and below[x] and not _is_a_value(below[x])}
    others = [(row[x], below[x]) for x in range(min(len(row), len(below))) if x not in repeated and row[x]]
    return 2 if len(parted) > 1 and all(under in {"", over} for over, under in others) else 1


# --- Rows of the chosen tables --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """A column of the chosen tables: what it is called, and its place in the first of them (-1: it is in another, or in none)."""

    text: str
    place: int
    is_twice: bool = False


def heads_of(sheets: Sequence[Grid], parts: Sequence[SheetTable]) -> list[Head]:
    """The columns of all parts together, in the order of the first. One without a header is called by the letters of its column; one whose header comes
    twice, by it and those letters."""
    found: list[Head] = []
    for part in parts:
        texts = _unique(header_texts(sheets[part.sheet], part))
        there = {plain(head.text) for head in found}
        new = [head for head in texts if plain(head.text) not in there]
        found += new if part is parts[0] else [replace(head, place=-1) for head in new]
    if len({part.sheet for part in parts}) > 1:
        found.append(Head(SHEET, -1))
    if any(_headings(sheets[part.sheet], part) for part in parts):
        found.append(Head(HEADING, -1))
    return found


def _unique(texts: Sequence[str]) -> list[Head]:
    counts: dict[str, int] = {}
    for text in texts:
        counts[plain(text)] = counts.get(plain(text), 0) + 1
    found = []
    for x, text in enumerate(texts):
        is_twice = bool(text) and counts[plain(text)] > 1
        name = f"{text} ({letter(x)})" if is_twice else text or letter(x)
        found.append(Head(name, x, is_twice))
    return found


def _headings(grid: Grid, part: SheetTable) -> bool:
    return any(_is_heading(grid, y) for y in range(part.header_row + part.header_rows, part.last + 1))


def _is_heading(grid: Grid, y: int) -> bool:
    """Whether row y is one text across the table: merged over half of it, or alone in its first cell between rows that are full."""
    row = grid.rows[y - 1]
    if len({cell for cell in row if cell}) != 1:
        return False
    return grid.across.get(y - 1, 0) >= 3


def lines_of(
    sheets: Sequence[Grid], parts: Sequence[SheetTable], heads: Sequence[Head]
) -> Iterator[SheetRow | Skipped]:
    """The rows of the chosen tables below their headers, each with a cell for every column."""
    for part in parts:
        grid = sheets[part.sheet]
        own = {plain(head.text): head.place for head in _unique(header_texts(grid, part))}
        places = [own.get(plain(head.text), -1) for head in heads]
        header = {tuple(plain(c) for c in row if c) for row in grid.rows[part.header_row - 1 :][: part.header_rows]}
        heading = ""
        for number in range(part.header_row + part.header_rows, part.last + 1):
            row = grid.rows[number - 1]
            if not any(row):
                continue
            if _is_heading(grid, number):
                heading = next(cell for cell in row if cell)
                yield Skipped(part.sheet, number, "heading", heading)
            elif tuple(plain(cell) for cell in row if cell) in header:
                yield Skipped(part.sheet, number, "header")
            else:
                cells = [row[x] if 0 <= x < len(row) else "" for x in places]
                for x, head in enumerate(heads):
                    if head.text in {SHEET, HEADING}:
                        cells[x] = grid.title if head.text == SHEET else heading
                yield SheetRow(part.sheet, number, cells)
