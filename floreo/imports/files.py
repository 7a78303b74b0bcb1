"""An upload as sheets of text: workbooks by the cage, CSV and TSV as they are. Writes nothing."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.delimited import decoded
from floreo.core.errors import Refused
from floreo.core.workbooks import OLD_EXCEL
from floreo.imports.caged import Unfit, sheets_in_a_cage
from floreo.imports.grid import LONGEST_CELL, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Grid, unguarded

MOST_BYTES = 30 * 1024 * 1024
_SEPARATORS = ",;\t|"
_LINES_LOOKED_AT = 30


@dataclass(frozen=True)
class Upload:
    """A file that was read. Sheets without a value are not among them. `encoding` is "" for a workbook."""

    name: str
    sha256: str
    sheets: list[Grid]
    encoding: str = ""


_UNFIT: Mapping[str, Promise] = {
    "locked": _l(
        "This workbook is protected by a password. Remove the password in the spreadsheet program and upload it again."
    ),
    "not_a_workbook": _l("This is neither a workbook (XLSX, XLS, ODS) nor a CSV file. Save the sheet as one of these."),
    "too_large": _l("This workbook expands to more than can be read here. Save the one sheet as CSV, or split it."),
    "too_wide": _l("A sheet has more than 200 columns with values. Remove those that are not needed."),
    "unreadable": _l(
        "This workbook is damaged and cannot be read. Open it in a spreadsheet program and save it again."
    ),
}


def read_file(content: bytes, name: str) -> Upload:
    """Raises Refused with a sentence at the field "file"."""
    if len(content) > MOST_BYTES:
        raise _refused(_("This file is larger than 30 MB. Split it."), "too_large")
    encoding = ""
    if content.startswith((b"PK", OLD_EXCEL)):
        sheets = _workbook(content)
    else:
        sheets, encoding = _text(content, name)
    sheets = [sheet for sheet in sheets if any(any(row) for row in sheet.rows)]
    if not sheets:
        raise _refused(_("This file has no cell with a value."), "empty")
    return Upload(name[:200], hashlib.sha256(content).hexdigest(), sheets, encoding)


def _refused(sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={"file": sentence})


def _too_many(rows: int) -> Refused:
    words = {"rows": rows, "most": MOST_ROWS}
    return _refused(
        _("A sheet has %(rows)d rows; at most %(most)d can be imported at once. Split it.") % words, "too_many"
    )


def _workbook(content: bytes) -> list[Grid]:
    try:
        return sheets_in_a_cage(content)
    except Unfit as unfit:
        if unfit.code == "too_many":
            raise _too_many(int(unfit.facts["rows"])) from unfit
        raise _refused(str(_UNFIT.get(unfit.code, _UNFIT["unreadable"])), unfit.code) from unfit


def _text(content: bytes, name: str) -> tuple[list[Grid], str]:
    try:
        text, encoding = decoded(content)
    except Refused as refusal:
        raise _refused(str(_UNFIT["not_a_workbook"]), "not_a_workbook") from refusal
    separator = separator_of(text)
    try:
        rows = _rows(text, separator)
    except csv.Error as wrong:
        try:
            rows = _rows(text, separator, escape="\\")  # some programs write a quotation mark within a cell as \"
        except csv.Error:
            sentence = _(
                "The file breaks off in line %(line)s: a quotation mark is open, or is in the middle of a cell."
            )
            raise _refused(sentence % {"line": wrong.args[1]}, "broken_off") from wrong
    return [Grid(name[:200], rows)], encoding


def _rows(text: str, separator: str, *, escape: str | None = None) -> list[list[str]]:
    """The cells of each row. Raises csv.Error with its line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, escapechar=escape, strict=True)
    found: list[list[str]] = []
    cells = 0
    try:
        for given in reader:
            if len(found) > MOST_ROWS + 100:
                raise _too_many(text.count("\n"))
            if len(given) > MOST_COLUMNS and any(each.strip() for each in given[MOST_COLUMNS:]):
                raise _refused(str(_UNFIT["too_wide"]), "too_wide")
            row = [unguarded(cell.strip())[:LONGEST_CELL] for cell in given[:MOST_COLUMNS]]
            cells += sum(map(bool, row))
            if cells > MOST_CELLS:
                raise _refused(str(_UNFIT["too_large"]), "too_large")
            # Rows keep the number that a text editor shows: one whose cells have line ends takes several.
            found += [[] for _gap in range(len(found) + 1, reader.line_num - _line_ends(given))]
            found.append(row)
    except csv.Error as wrong:
        raise csv.Error(str(wrong), reader.line_num) from wrong
    return found


def _line_ends(cells: list[str]) -> int:
    return sum(cell.count("\n") for cell in cells)


def separator_of(text: str) -> str:
    """The character that parts the cells: that which gives most rows the same number of cells, and more than one."""
    head = "\n".join(text.split("\n")[:_LINES_LOOKED_AT])
    best, most = ",", (0, 0)
    for each in _SEPARATORS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=each) if len(row) > 1]
        except csv.Error:
            continue
        usual = max(widths, key=widths.count, default=0)
        score = (widths.count(usual), usual)
        if score > most:
            best, most = each, score
    return best
