"""Writes the plan of an edition as a workbook that can be changed and read back."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from floreo.strategy.models import Edition
from floreo.strategy.sheets.columns import CellText, Holds, Sheet, normal, sheets

READ_ME = "read me"
_WIDTHS = {Holds.TEXT: 32, Holds.DAY: 12, Holds.FLAG: 10, Holds.WHOLE: 10, Holds.MONEY: 16}


def workbook_of(edition: Edition) -> bytes:
    """Text stays text: nothing in the file is ever a formula."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        looks = {
            "head": book.add_format({"bold": True, "bottom": 2}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _write_read_me(book.add_worksheet(READ_ME), edition, looks)
        for sheet in sheets(edition):
            _write_sheet(book.add_worksheet(sheet.title), sheet, edition, looks)
    return buffer.getvalue()


def _write_read_me(page: Any, edition: Edition, looks: dict[str, Any]) -> None:
    lines = [
        edition.title,
        _("Change the file and import it again. You see every difference before anything is saved."),
        _("A missing row is not changed. To remove a row, write yes in its column “remove”."),
        _("Write dates as 2026-12-31. Formulas are not read: paste values."),
    ]
    page.set_column(0, 1, 18)
    page.set_column(2, 2, 70)
    for y, line in enumerate(lines):
        page.write_string(y, 0, line, looks["head"] if y == 0 else None)
    y = len(lines) + 1
    for x, word in enumerate((_("Sheet"), _("Column"), _("Content"))):
        page.write_string(y, x, word, looks["head"])
    for sheet in sheets(edition):
        y += 1
        page.write_string(y, 0, sheet.title)
        page.write_string(y, 2, str(sheet.help))
        for column in sheet.columns:
            y += 1
            page.write_string(y, 1, column.title)
            page.write_string(y, 2, str(column.help), looks["wrap"])


def _write_sheet(page: Any, sheet: Sheet, edition: Edition, looks: dict[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for x, column in enumerate(sheet.columns):
        page.write_string(0, x, column.title, looks["head"])
        page.set_column(x, x, _WIDTHS[column.holds])
    for y, row in enumerate(sheet.rows(edition), start=1):
        for x, column in enumerate(sheet.columns):
            _write_cell(page, y, x, normal(column.value(row)), looks["day"])


def _write_cell(page: Any, y: int, x: int, value: CellText, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        page.write_string(y, x, "yes" if value else "no")
    elif isinstance(value, date):
        page.write_datetime(y, x, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 -- a sheet knows no zone
    elif isinstance(value, Decimal):
        # A spreadsheet keeps 15 digits of a number; more are written as text, so that no cent is lost.
        short = len(value.as_tuple().digits) <= 15
        page.write_number(y, x, float(value)) if short else page.write_string(y, x, str(value))
    elif isinstance(value, int):
        page.write_number(y, x, value)
    else:
        page.write_string(y, x, value)
