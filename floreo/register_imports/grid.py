"""A file as sheets of text: XLSX by the cage of workbooks (core/cells.py), CSV as it is. Writes nothing.

Every cell becomes the text that a person would type: a day as 2026-12-31, a number without a separator, yes or no, a percentage as 50%."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import cells
from floreo.core.delimited import Problem, decoded, rows
from floreo.core.errors import Refused
from floreo.core.workbooks import OLD_EXCEL

MOST_BYTES = 20 * 1024 * 1024
MOST_CELLS = 600_000  # with something in them, of all sheets
LONGEST_CELL = 5_000  # characters; what is longer is cut, and refused where its column takes less
NO_VALUE = "\ufffc"  # in the place of a formula whose value was not saved, and of an error


@dataclass(frozen=True)
class Grid:
    """One sheet: its rows as they stand, the first is row 1. `across` says of a row, by its place in `rows`, how many columns the
    widest merged cell takes."""

    title: str
    rows: list[list[str]]
    across: dict[int, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "rows": self.rows, "across": [list(pair) for pair in sorted(self.across.items())]}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Grid:
        return cls(given["title"], given["rows"], dict(given["across"]))


@dataclass(frozen=True)
class Upload:
    """A file that was read. Sheets without a value are not among them."""

    name: str
    sha256: str
    sheets: list[Grid]


_UNFIT: Mapping[str, Promise] = {
    "old_excel": _l("This workbook is in the old format (.xls), or has a password. Save it as .xlsx or CSV."),
    "not_a_workbook": _l("This is neither an XLSX workbook nor a CSV file. Save the sheet as .xlsx or CSV."),
    "too_large": _l("This workbook expands to more than can be read here. Save the one sheet as CSV, or split it."),
    "too_many": _l("A sheet has more than 20,000 rows or 100 columns with values. Split it."),
    "unreadable": _l(
        "This workbook is damaged and cannot be read. Open it in a spreadsheet program and save it again."
    ),
}


def read_file(content: bytes, name: str) -> Upload:
    """Raises Refused with a sentence at the field "file"."""
    if len(content) > MOST_BYTES:
        raise _refused(_("This file is larger than 20 MB. Split it."), "too_large")
    is_book = content.startswith((b"PK", OLD_EXCEL))
    sheets = _workbook(content) if is_book else _text(content, name)
    sheets = [sheet for sheet in sheets if any(any(row) for row in sheet.rows)]
    if not sheets:
        raise _refused(_("This file has no cell with a value."), "empty")
    if sum(map(bool, (cell for sheet in sheets for row in sheet.rows for cell in row))) > MOST_CELLS:
        raise _refused(str(_UNFIT["too_large"]), "too_large")
    return Upload(name[:200], hashlib.sha256(content).hexdigest(), sheets)


def _refused(sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={"file": sentence})


def _workbook(content: bytes) -> list[Grid]:
    try:
        pages = cells.whole_book_in_a_cage(content)
    except cells.Unfit as unfit:
        raise _refused(str(_UNFIT.get(unfit.code, _UNFIT["unreadable"])), unfit.code) from unfit
    return [Grid(page.title, [[_as_text(cell) for cell in row] for row in page.rows], page.across) for page in pages]


def _as_text(cell: cells.Cell) -> str:
    if cell.is_computed:
        return NO_VALUE
    as_text = _AS_TEXT.get(type(cell.value), _other)
    return as_text(cell.value)


def _other(value: object) -> str:
    return "" if value is None else str(value)


def _flag(value: object) -> str:
    return "yes" if value else "no"


def _decimal(value: float) -> str:
    return f"{value:.15g}"


def _moment(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")


def _words(value: str) -> str:
    return value.replace("\xa0", " ").strip()[:LONGEST_CELL]


_GUARDED = ("'=", "'+", "'-", "'@")
_AS_TEXT: Mapping[type, Callable[[Any], str]] = {bool: _flag, float: _decimal, datetime: _moment, str: _words}


def _unguarded(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet program from running it (core/tables.py: safe_text)."""
    return cell[1:] if cell.startswith(_GUARDED) else cell


def _text(content: bytes, name: str) -> list[Grid]:
    try:
        text, _encoding = decoded(content)
    except Refused as refusal:
        raise _refused(str(_UNFIT["not_a_workbook"]), "not_a_workbook") from refusal
    problems: list[Problem] = []
    found: list[list[str]] = []
    for line, given in rows(text, problems):
        if line > cells.MOST_ROWS + 1 or len(given) > cells.MOST_COLUMNS:
            raise _refused(str(_UNFIT["too_many"]), "too_many")
        found += [[] for _gap in range(len(found) + 1, line)]
        found.append([_unguarded(cell.strip())[:LONGEST_CELL] for cell in given])
    if problems:
        raise _refused(str(problems[0]), "broken_off")
    return [Grid(name[:200], found)]
