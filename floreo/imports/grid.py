"""A file as sheets of text. Every cell is the text that a person would type: a day as 2026-12-31, a number without a separator, yes or no,
a percentage as 50%. Plain Python: it runs within the cage, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

LONGEST_CELL = 5_000  # characters; what is longer is cut, and refused where its column takes less
NO_VALUE = "\ufffc"  # in the place of a formula whose value was not saved, and of an error
MOST_ROWS = 50_000  # of a sheet
MOST_COLUMNS = 200
MOST_CELLS = 1_000_000  # with something in them, of all sheets
_GUARDED = ("'=", "'+", "'-", "'@")


@dataclass(frozen=True)
class Grid:
    """One sheet: its rows as they are, the first is row 1. `across`: of a row, by its place in `rows`, how many columns the widest merged
    cell takes."""

    title: str
    rows: list[list[str]]
    across: dict[int, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "rows": self.rows, "across": [list(pair) for pair in sorted(self.across.items())]}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Grid:
        return cls(str(given["title"]), given["rows"], {int(y): int(x) for y, x in given["across"]})


def as_text(value: Any, *, is_percentage: bool = False) -> str:
    """A value of a workbook as a person would type it."""
    match value:
        case bool():
            found = "yes" if value else "no"
        case int() | float():
            found = f"{value * 100:.12g}%" if is_percentage else f"{value:.15g}"
        case datetime() if value.time() != time():
            found = value.isoformat(" ", "minutes")
        case date() | time():  # a moment is a day, too
            found = (value.date() if isinstance(value, datetime) else value).isoformat()
        case timedelta():
            found = f"{value.total_seconds() / 3600:.6g}"
        case None:
            found = ""
        case _:
            found = unguarded(str(value).replace("\xa0", " ").replace("\x00", " ").strip()[:LONGEST_CELL])
    return found


def unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet program from running it (core/tables.py: safe_text)."""
    return cell[1:] if cell.startswith(_GUARDED) else cell


def filled(rows: list[list[str]], merged: list[tuple[int, int, int, int]]) -> dict[int, int]:
    """Fills each merged area (first row, first column, last row, last column; from 0) with its value, in place. Returns how many columns
    the widest takes, by row."""
    across: dict[int, int] = {}
    for top, left, bottom, right in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        first, wide = rows[top][left], min(right, MOST_COLUMNS - 1) - left + 1
        for y in range(top, min(bottom, len(rows) - 1) + 1):
            row = rows[y]
            row += [""] * (left + wide - len(row))
            row[left : left + wide] = [first] * wide
            across[y] = max(across.get(y, 0), wide)
    return across
