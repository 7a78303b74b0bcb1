"""The cells of a workbook, read in a cage (core/cage.py): sheets by name, rows of plain values. Imports no Django.

A workbook that Floreo gave out and somebody filled: formulas are not our own, merged cells neither. One of any layout is read by
floreo/imports."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
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
    """A file that is none of our workbooks. `code` says why."""

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
    """One sheet."""

    title: str
    rows: list[list[Cell]]  # those after the last that is read are not there


def caged(path: Path, *, titles: Sequence[str]) -> dict[str, Any]:
    """Runs inside."""
    content = path.read_bytes()
    try:
        _must_be_sane(content)
        return {"pages": _pages(content, set(titles))}
    except Unfit as refusal:
        return {"unfit": refusal.code}


def pages_in_a_cage(content: bytes, titles: Sequence[str]) -> list[Page]:
    """The sheets of a workbook in their order, with the rows of those that are named, in small letters or not. Raises Unfit, also for a workbook that takes
    more memory or time than one may."""
    return _read(content, list(titles))


def _read(content: bytes, titles: list[str]) -> list[Page]:
    try:
        given = cage.run(caged.__module__, content, seconds=_SECONDS, titles=titles).value
    except cage.Died as end:
        if end.reason == "fault":
            raise
        raise Unfit("too_large" if end.reason in cage.TOO_MUCH else "unreadable") from end
    if "unfit" in given:
        raise Unfit(str(given["unfit"]))
    return [Page(str(title), [[_cell(cell) for cell in row] for row in rows]) for title, rows in given["pages"]]


def _must_be_sane(content: bytes) -> None:
    if wrong := what_is_wrong(content, most_parts=MOST_PARTS, most_bytes=MOST_BYTES):
        raise Unfit({Wrong.BROKEN: "not_a_workbook"}.get(wrong, wrong.value))


def _pages(content: bytes, titles: set[str]) -> list[Any]:
    import openpyxl  # late: large, and only the cage loads it (LOADS)

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        return [
            [page.title[:200], _rows(page) if page.title.strip().casefold() in titles else []]
            for page in book.worksheets[:MOST_SHEETS]
        ]
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # whatever a broken file makes the reader raise
        raise Unfit("unreadable") from error


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
