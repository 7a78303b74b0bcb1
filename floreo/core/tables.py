"""What leaves: a table declares its columns and who may see which rows; page, CSV, XLSX, JSON, API and dictionary follow.

ACTIONS = Table("actions", _("Actions"), _("..."), rows=lambda viewer: Action.objects.visible_to(viewer), columns=(...))
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

import xlsxwriter
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from floreo.core.access import Permission, can, reach

Words = str | Promise
Cell = str | int | Decimal | date | datetime | bool | list[Any] | dict[str, Any] | None
Row = TypeVar("Row", bound=Model)


class CellKind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "moment"
    FLAG = "flag"
    LINK = "link"
    LIST = "list"


@dataclass(frozen=True)
class Column:
    """One column: its machine name, its words, what kind of cell it holds, and how it is read off a row.

    `needs` keeps it from whoever lacks that permission, on every exit at once. A column holds cells of all rows, so a
    permission for one's own organisation only does not show it."""

    name: str
    title: Words
    help: Words
    value: Callable[[Any], Cell]
    kind: CellKind = CellKind.TEXT
    needs: Permission | None = None


@dataclass(frozen=True)
class Filter:
    """A filter of a list: its name in the address, its words, its choices, and how it narrows the rows."""

    name: str
    title: Words
    choices: Callable[[], Iterable[tuple[str, Words]]]
    narrow: Callable[[QuerySet[Any], str], QuerySet[Any]]


@dataclass(frozen=True)
class Table:
    """`rows(viewer)` must already be narrowed to what the viewer may see. `order` ends on a unique field and holds no
    field that can be null, so that keyset pages are stable. `key` names the column that tells rows apart."""

    name: str
    title: Words
    help: Words
    rows: Callable[[object], QuerySet[Any]]
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ("pk",)
    key: str = "code"
    needs: Permission | None = None  # None: public
    search: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = field(default=())
    lookup: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None  # one row by its key, for the API

    def columns_for(self, viewer: object) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.needs is None or reach(viewer, c.needs) is None)

    def is_open_to(self, viewer: object) -> bool:
        return self.needs is None or can(viewer, self.needs)

    def ordered(self, viewer: object) -> QuerySet[Any]:
        return self.rows(viewer).order_by(*self.order)


def records(table: Table, rows: Iterable[Any], viewer: object) -> Iterator[dict[str, Cell]]:
    """Each row as a dictionary of its visible columns."""
    columns = table.columns_for(viewer)
    for row in rows:
        yield {c.name: c.value(row) for c in columns}


def plain(cell: Cell) -> Any:
    """A cell as JSON says it: ISO dates, numbers as numbers, exact decimals as strings only where a float would lose."""
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    if isinstance(cell, Promise):
        return str(cell)
    return cell


_IN_NEW_CELL = re.compile(r"([;\t\r\n]\s*)(?=[=+\-@])")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_text(text: str) -> str:
    """Text that a spreadsheet will not run: what begins like a formula gets an apostrophe before it, also behind a semicolon,
    a tab or a line end, where the spreadsheets of many countries begin a new cell whatever the quotes say."""
    text = _IN_NEW_CELL.sub(r"\1'", text)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def flat(cell: Cell) -> str | int | float:
    """A cell as one spreadsheet field."""
    value = plain(cell)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, list):
        return safe_text("; ".join(str(v) for v in value))
    if isinstance(value, dict):
        return safe_text(json.dumps(value, ensure_ascii=False))
    return safe_text(str(value))


def as_csv(table: Table, rows: Iterable[Any], viewer: object) -> Iterator[str]:
    """CSV, line by line, with a byte-order mark so that a spreadsheet reads the accents."""
    columns = table.columns_for(viewer)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([c.name for c in columns])
    for row in rows:
        writer.writerow([flat(c.value(row)) for c in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def as_json(table: Table, rows: Iterable[Any], viewer: object) -> Iterator[str]:
    """A JSON array, row by row."""
    yield "["
    for number, record in enumerate(records(table, rows, viewer)):
        body = {name: plain(cell) for name, cell in record.items()}
        yield (",\n" if number else "\n") + json.dumps(body, ensure_ascii=False)
    yield "\n]\n"


def as_xlsx(sheets: Mapping[str, tuple[Table, Iterable[Any]]], viewer: object) -> bytes:
    """A workbook, one sheet a table. Text stays text: nothing in it is ever a formula."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bottom": 2})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, (table, rows) in sheets.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            columns = table.columns_for(viewer)
            for x, column in enumerate(columns):
                sheet.write_string(0, x, column.name, bold)
                sheet.set_column(x, x, 40 if column.kind in {CellKind.TEXT, CellKind.LIST} else 14)
            for y, row in enumerate(rows, start=1):
                for x, column in enumerate(columns):
                    _write(sheet, y, x, column.value(row), day)
    return buffer.getvalue()


def _write(sheet: Any, y: int, x: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        sheet.write_datetime(y, x, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 -- a sheet knows no zone
        return
    # A worksheet cell typed as text is never run, so the apostrophe of CSV is not needed here and would come back.
    value = str(cell) if isinstance(cell, str | Promise) else flat(cell)
    if isinstance(value, int | float):
        sheet.write_number(y, x, value)
    elif value:
        sheet.write_string(y, x, value)
