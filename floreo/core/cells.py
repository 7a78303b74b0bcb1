"""The cells of a workbook, read in a cage (core/cage.py): sheets by name, rows of plain values. Imports no Django.

Two ways: a workbook that Floreo gave out and somebody filled (`pages_in_a_cage`: formulas are none of ours, merged cells neither), and
one of any layout (`whole_book_in_a_cage`: a formula counts as the value that the spreadsheet program saved, a merged cell as the same
value in each of its places)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from floreo.core import cage
from floreo.core.workbooks import Wrong, what_is_wrong

LOADS = ("openpyxl", "openpyxl.reader.excel")
MOST_BYTES = 64 * 1024 * 1024  # unpacked; a plan of 500 actions takes less than two
MOST_PARTS = 500
MOST_SHEETS = 200
MOST_ROWS = 20_000  # a sheet
MOST_COLUMNS = 100
_SECONDS = 60  # of processor time
_NO_VALUE = {"f", "e"}  # a formula, an error


class Unfit(Exception):  # noqa: N818 -- it is the file that is not fit
    """A file that is no workbook of ours. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Cell:
    """`is_computed`: a formula or its error, which has no value here."""

    value: str | int | float | bool | date | datetime | time | None
    is_computed: bool = False


@dataclass(frozen=True)
class Page:
    """`across`: of each row that a merged cell crosses, how many columns the widest takes; by the row's place in `rows`."""

    title: str
    rows: list[list[Cell]]  # those after the last that is read are not there
    across: dict[int, int] = field(default_factory=dict)


def caged(path: Path, *, titles: Sequence[str] | None) -> dict[str, Any]:
    """Runs inside. Without `titles`, all sheets as a person sees them."""
    content = path.read_bytes()
    try:
        _must_be_sane(content)
        return {"pages": _shown(content) if titles is None else _pages(content, set(titles))}
    except Unfit as refusal:
        return {"unfit": refusal.code}


def pages_in_a_cage(content: bytes, titles: Sequence[str]) -> list[Page]:
    """The sheets of a workbook in their order, with the rows of those that are named, in small letters or not. Raises Unfit, also for a workbook that takes
    more memory or time than one may."""
    return _read(content, list(titles))


def whole_book_in_a_cage(content: bytes) -> list[Page]:
    """Every sheet that is not hidden, as a person sees it: merged cells filled, percentages as text ("50%"), saved values of formulas.
    Raises Unfit."""
    return _read(content, None)


def _read(content: bytes, titles: list[str] | None) -> list[Page]:
    try:
        given = cage.run(caged.__module__, content, seconds=_SECONDS, titles=titles).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        raise Unfit("too_large" if end.reason in cage.TOO_MUCH else "unreadable") from end
    if "unfit" in given:
        raise Unfit(str(given["unfit"]))
    return [
        Page(str(title), [[_cell(cell) for cell in row] for row in rows], {int(y): int(x) for y, x in across})
        for title, rows, across in given["pages"]
    ]


def _must_be_sane(content: bytes) -> None:
    if wrong := what_is_wrong(content, most_parts=MOST_PARTS, most_bytes=MOST_BYTES):
        raise Unfit({Wrong.BROKEN: "not_a_workbook"}.get(wrong, wrong.value))


def _pages(content: bytes, titles: set[str]) -> list[Any]:
    import openpyxl  # large, and loaded before (LOADS)

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return [
            [page.title[:200], _rows(page) if page.title.strip().casefold() in titles else [], []]
            for page in book.worksheets[:MOST_SHEETS]
        ]
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever a broken file makes the reader raise
        raise Unfit("unreadable") from error


def _shown(content: bytes) -> list[Any]:
    """Twice: a formula has either its text or the value that was saved, and one without a value is to be named."""
    import openpyxl

    try:
        values, formulas = (
            openpyxl.load_workbook(io.BytesIO(content), data_only=data_only, keep_links=False)
            for data_only in (True, False)
        )
        sheets = [sheet for sheet in values.worksheets[:MOST_SHEETS] if sheet.sheet_state == "visible"]
        return [[sheet.title[:200], *_filled(sheet, formulas[sheet.title])] for sheet in sheets]
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever a broken file makes the reader raise
        raise Unfit("unreadable") from error


def _filled(values: Any, formulas: Any) -> tuple[list[list[Any]], list[list[int]]]:
    """Rows, and [row, columns] of those that a merged cell crosses. Empty cells that only have a format count for nothing."""
    width, height = min(values.max_column, MOST_COLUMNS), min(values.max_row, MOST_ROWS + 1)
    beyond = [{"min_col": MOST_COLUMNS + 1}] * (values.max_column > MOST_COLUMNS)
    beyond += [{"min_row": MOST_ROWS + 2}] * (values.max_row > MOST_ROWS + 1)
    for where in beyond:
        if any(cell is not None for row in values.iter_rows(values_only=True, **where) for cell in row):
            raise Unfit("too_many")
    size = {"max_col": width, "max_row": height}
    rows = [
        [_as_seen(cell, other) for cell, other in zip(row, others, strict=True)]
        for row, others in zip(values.iter_rows(**size), formulas.iter_rows(**size), strict=True)
    ]
    across: dict[int, int] = {}
    for merged in values.merged_cells.ranges:
        if merged.min_row > height or merged.min_col > width:
            continue
        first = rows[merged.min_row - 1][merged.min_col - 1]
        wide = min(merged.max_col, width) - merged.min_col + 1
        for y in range(merged.min_row - 1, min(merged.max_row, height)):
            rows[y][merged.min_col - 1 : merged.min_col - 1 + wide] = [first] * wide
            across[y] = max(across.get(y, 0), wide)
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    return rows, [[y, x] for y, x in sorted(across.items())]


def _as_seen(cell: Any, formula: Any) -> Any:
    if getattr(cell, "data_type", "") == "e" or (cell.value is None and formula.data_type == "f"):
        return ["computed", ""]
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and "%" in (cell.number_format or ""):
        return f"{cell.value * 100:g}%"
    return _plain_value(cell.value)


def _rows(page: Any) -> list[list[Any]]:
    """One row more than may be, so that it can be said that there are more; each up to its last value."""
    found = []
    for cells in islice(page.iter_rows(max_col=MOST_COLUMNS), MOST_ROWS + 2):
        row = [_plain(cell) for cell in cells]
        while row and row[-1] is None:
            row.pop()
        found.append(row)
    return found


# A cell as JSON: a text, a number, a flag, nothing; ["date", "2026-12-31"] and the like; ["computed", ""].


def _plain(cell: Any) -> Any:
    if cell.value is not None and cell.data_type in _NO_VALUE:
        return ["computed", ""]
    return _plain_value(cell.value)


def _plain_value(value: Any) -> Any:
    match value:
        case None | str() | bool() | int() | float():
            return value
        case datetime() | date() | time():
            return [type(value).__name__, value.isoformat()]
    return str(value)


def _cell(given: Any) -> Cell:
    """Raises ValueError or TypeError where it is none."""
    match given:
        case None | str() | bool() | int() | float():
            return Cell(given)
        case ["computed", _]:
            return Cell("", is_computed=True)
        case ["datetime", str(text)]:
            return Cell(datetime.fromisoformat(text))
        case ["date", str(text)]:
            return Cell(date.fromisoformat(text))
        case ["time", str(text)]:
            return Cell(time.fromisoformat(text))
    raise ValueError("no cell")
