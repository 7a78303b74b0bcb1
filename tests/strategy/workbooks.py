"""Working on a plan's workbook as somebody would in a spreadsheet program."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from floreo.organisations.models import User
from floreo.strategy.actions.workbooks import Report, rehearse
from floreo.strategy.models import Edition
from floreo.strategy.sheets.columns import sheets
from floreo.strategy.sheets.reading import read_workbook
from floreo.strategy.sheets.writing import workbook_of


def rehearsed(edition: Edition, content: bytes, by: User) -> Report:
    return rehearse(edition, by=by, book=read_workbook(content, sheets(edition)))


def changed(edition: Edition, change: Callable[[Workbook], object]) -> bytes:
    """The edition's workbook after somebody worked on it in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(edition)))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell(book: Workbook, sheet: str, column: str, row: int = 2) -> Any:
    page = book[sheet]
    names = [c.value for c in page[1]]
    return page.cell(row=row, column=names.index(column) + 1)


def put(book: Workbook, sheet: str, column: str, value: object, row: int = 2) -> None:
    cell(book, sheet, column, row).value = value


def add(book: Workbook, sheet: str, **values: object) -> None:
    names = [c.value for c in book[sheet][1]]
    book[sheet].append([values.get(str(name)) for name in names])


def places_of(report: Report) -> list[tuple[str, int, str]]:
    return [(p.sheet, p.row, p.column) for p in report.problems]
