"""Reads a workbook into rows of plain values. Writes and runs nothing, and says of every bad cell what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.cells import MOST_ROWS, Cell, Page, Unfit, pages_in_a_cage
from floreo.core.errors import Refused
from floreo.strategy.sheets.columns import CellText, Holds, Sheet, SheetColumn, normal
from floreo.strategy.sheets.writing import READ_ME

_TRUE, _FALSE = {"yes", "y", "true", "1", "si", "sí", "s"}, {"no", "n", "false", "0"}


@dataclass(frozen=True)
class Problem:
    """What is wrong in one place, and how to correct it. Row 1 holds the column names; 0 is the sheet as a whole."""

    sheet: str
    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class RowRead:
    """One row: where it is and what its columns say. Columns that the sheet lacks are not in it."""

    sheet: str
    number: int
    values: dict[str, CellText]

    def key(self, names: tuple[str, ...]) -> tuple[CellText, ...]:
        return tuple(self.values.get(n) for n in names)

    @property
    def removes(self) -> bool:
        return self.values.get("remove") is True


@dataclass
class BookRead:
    """All that a workbook says, and all that could not be read in it."""

    rows: dict[str, list[RowRead]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class CellError(ValueError):
    """A cell that cannot be taken as what its column holds; its text is for the reader."""


_UNFIT: dict[str, Promise] = {
    "old_excel": _l("This workbook is in the old format (.xls), or has a password. Save it as .xlsx."),
    "not_a_workbook": _l("This is not a workbook. Send a file that ends in .xlsx."),
    "too_large": _l("The workbook expands to a much larger size than a plan needs, so it was not opened."),
    "unreadable": _l("The workbook is damaged and cannot be read. Open it in a spreadsheet program and save it again."),
}


def read_workbook(content: bytes, sheets: tuple[Sheet, ...]) -> BookRead:
    """Raises Refused when the file is no workbook, or unpacks to more than any plan needs."""
    names = {name.casefold() for sheet in sheets for name in (sheet.name, sheet.title, *sheet.tabs)}
    try:
        pages = pages_in_a_cage(content, tuple(names))
    except Unfit as unfit:
        refused = str(_UNFIT.get(unfit.code, _UNFIT["unreadable"]))
        raise Refused(refused, code=unfit.code, fields={"file": refused}) from unfit
    read = BookRead()
    for page in pages:
        sheet = next((each for each in sheets if each.is_called(page.title)), None)
        if sheet is not None and sheet.name in read.rows:
            sentence = _("Two sheets are of the same kind. Join them, or remove one.")
            read.problems.append(Problem(page.title[:60], 0, "", sentence))
        elif sheet is not None:
            _read_sheet(page, sheet, read)
        elif page.title != READ_ME:
            sentence = _("The sheet “%(name)s” is not part of the plan. Rename or remove it.") % {
                "name": page.title[:60]
            }
            read.problems.append(Problem(page.title[:60], 0, "", sentence))
    if not any(each.is_called(page.title) for page in pages for each in sheets):
        sentence = _("The workbook has none of the sheets of a plan. Download the plan and change that file.")
        raise Refused(sentence, code="no_sheets", fields={"file": sentence})
    return read


def _read_sheet(page: Page, sheet: Sheet, read: BookRead) -> None:
    rows = iter(page.rows)
    columns = _read_head(next(rows, ()), sheet, read)
    found = read.rows.setdefault(sheet.name, [])
    if any(c.is_needed and c not in columns.values() for c in sheet.columns):
        return  # reported by `_read_head`; its rows would only repeat it
    seen: dict[tuple[CellText, ...], int] = {}
    for number, cells in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            sentence = _("The sheet has more than %(most)d rows. Remove the empty ones or split the file.")
            read.problems.append(Problem(sheet.name, number, "", sentence % {"most": MOST_ROWS}))
            return
        if all(cell.value is None for cell in cells):
            continue
        row = _read_row(cells, columns, sheet, number, read)
        if row is None:
            continue
        key = row.key(sheet.keys)
        if None not in key and key in seen:
            sentence = _("Row %(row)d has the same code. Remove one of them.") % {"row": seen[key]}
            read.problems.append(Problem(sheet.name, number, sheet.keys[-1], sentence))
            continue
        seen[key] = number
        found.append(row)


def _read_head(cells: Sequence[Cell], sheet: Sheet, read: BookRead) -> dict[int, SheetColumn]:
    columns: dict[int, SheetColumn] = {}
    for place, cell in enumerate(cells):
        name = str(cell.value).strip() if cell.value is not None else ""
        column = sheet.column(name)
        if not name or (column is not None and column.shown):
            continue
        sentence = ""
        if column is None:
            sentence = _("The column “%(name)s” does not belong in this sheet. Rename or remove it.") % {
                "name": name[:60]
            }
        elif column in columns.values():
            sentence = _("The column “%(name)s” appears twice. Remove one.") % {"name": name}
        if column is None or sentence:
            read.problems.append(Problem(sheet.name, 1, name[:60], sentence))
        else:
            columns[place] = column
    for column in sheet.columns:
        if column.is_needed and column not in columns.values():
            sentence = _("The column “%(name)s” is missing. Add it again: %(help)s.")
            read.problems.append(
                Problem(sheet.name, 1, column.name, sentence % {"name": column.name, "help": column.help})
            )
    return columns


def _read_row(
    cells: Sequence[Cell], columns: dict[int, SheetColumn], sheet: Sheet, number: int, read: BookRead
) -> RowRead | None:
    """The row, or None when a cell of it is bad: a row is taken whole or not at all."""
    values: dict[str, CellText] = {}
    bad = False
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else None
        try:
            values[column.name] = _cell(cell, column)
        except CellError as error:
            bad = True
            read.problems.append(Problem(sheet.name, number, column.name, str(error)))
    return None if bad else RowRead(sheet.name, number, values)


def _cell(cell: Cell | None, column: SheetColumn) -> CellText:
    value: Any = cell.value if cell is not None else None
    if cell is not None and cell.is_computed:
        raise CellError(_("This cell contains a formula or its error. Paste the value instead."))
    if isinstance(value, str):
        value = normal(value)
    if value is None:
        if column.is_needed:
            raise CellError(_("Fill in this cell."))
        return None
    reader = {Holds.DAY: _as_day, Holds.FLAG: _as_flag, Holds.WHOLE: _as_whole, Holds.MONEY: _as_money}
    return reader.get(column.holds, _as_text)(value)


def _as_text(value: Any) -> CellText:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        raise CellError(_("This cell contains a date. Text is expected. Format the cell as text and type it again."))
    return normal(str(value))


def _as_day(value: Any) -> CellText:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        sentence = _("“%(value)s” is not a valid date. Write it as 2026-12-31.") % {"value": str(value)[:40]}
        raise CellError(sentence) from None


def _as_flag(value: Any) -> CellText:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise CellError(_("“%(value)s” is not valid. Write yes or no.") % {"value": str(value)[:40]})


def _as_number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool | datetime | date | time) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 14:
        raise CellError(
            _("“%(value)s” is not a number. Use digits only, with a point before cents.") % {"value": str(value)[:40]}
        )
    return number


def _as_whole(value: Any) -> CellText:
    number = _as_number(value)
    if number != number.to_integral_value():
        raise CellError(_("Enter a whole number."))
    return int(number)


def _as_money(value: Any) -> CellText:
    number = _as_number(value)
    if isinstance(value, float):
        number = round(number, 2)  # a spreadsheet's own arithmetic: 0.1 + 0.2
    if number != round(number, 2):
        raise CellError(_("Amounts can have at most two digits after the point."))
    return number.quantize(Decimal("0.01"))
