"""What leaves: a table declares its columns and who may see which rows; page, CSV, XLSX, JSON, API and dictionary follow.

ACTIONS = Table("actions", _("Actions"), _("..."), rows=lambda viewer: Action.objects.visible_to(viewer), columns=(...))
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import xlsxwriter
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.access import Permission, can, reach
from floreo.core.fields import label_of

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

    @classmethod
    def of(cls, model: type[Model], name: str, note: Words, kind: CellKind = CellKind.TEXT, **more: Any) -> Column:
        """The column of a model's own field, under the field's own name for readers."""
        return cls(name, label_of(model, name), note, more.pop("value", attrgetter(name)), kind, **more)


@dataclass(frozen=True)
class PerLanguage:
    """A column for each language of the site: what `field` says in it, where a person translated it. Named "title_es"."""

    field: str
    help: Words
    value: Callable[[Any, str], Cell]  # of a row, in a language
    title: Words = ""  # what the text is; without it the column is called by its language alone
    has_first: bool = True  # whether the language in which it is written has its column too

    def columns(self, codes: Sequence[str]) -> Iterator[Column]:
        for code in codes if self.has_first else codes[1:]:
            yield Column(f"{self.field}_{code}", self._called(code), self.help, partial(self._cell, code))

    def _cell(self, code: str, row: Any) -> Cell:
        return self.value(row, code)

    def _called(self, code: str) -> Words:
        return lazy(self._words, str)(code)

    def _words(self, code: str) -> str:
        if not self.title:
            return languages.title(code)
        return _("%(label)s, in %(language)s") % {"label": self.title, "language": languages.name(code)}


def in_each_language(
    field: str, note: Words, title: Words = "", *, of: str = "", has_first: bool = True, through: str = ""
) -> PerLanguage:
    """The usual one, out of a row's translations: of its field `of` (the same name, unless said), or of the record that it names
    under `through`."""

    def value(row: Any, code: str) -> Cell:
        thing = getattr(row, through) if through else row
        return str(thing.translations.get(code, {}).get(of or field, ""))

    return PerLanguage(field, note, value, title, has_first)


class _Columns:
    """The columns of a table as the site has them now: its languages are those of the pack in force."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, table: Any, owner: type | None = None) -> tuple[Column, ...]:
        if table is None:
            raise AttributeError(self.name)  # so that the field has no default
        declared, known = table.__dict__[self.name]
        codes = languages.site()
        if codes not in known:
            known[codes] = tuple(
                column
                for each in declared
                for column in (each.columns(codes) if isinstance(each, PerLanguage) else (each,))
            )
        found: tuple[Column, ...] = known[codes]
        return found

    def __set__(self, table: Any, declared: Sequence[Column | PerLanguage]) -> None:
        table.__dict__[self.name] = (tuple(declared), {})


@dataclass(frozen=True)
class Filter:
    """A filter of a list: its name in the address, its words, its choices, and how it narrows the rows."""

    name: str
    title: Words
    choices: Callable[[], Iterable[tuple[str, Words]]]
    narrow: Callable[[QuerySet[Any], str], QuerySet[Any]]
    default: str = ""  # with which a list opens whose address says nothing of it; `all` then shows everything
    unchosen: Words = ""  # what it is called when nothing is chosen; "All" where it does not say


@dataclass(frozen=True)
class Table:
    """`rows(viewer)` must already be narrowed to what the viewer may see. `order` ends on a unique field and holds no
    field that can be null, so that keyset pages are stable. `key` names the column that distinguishes rows."""

    name: str
    title: Words
    help: Words
    rows: Callable[[object], QuerySet[Any]]
    columns: _Columns = _Columns()
    order: tuple[str, ...] = ("pk",)
    key: str = "code"
    needs: Permission | None = None  # None: public
    search: tuple[str, ...] = ()
    having: Callable[[str], Q] | None = None  # the rows with a word in these columns, where an index finds them sooner
    filters: tuple[Filter, ...] = field(default=())
    lookup: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None  # one row by its key, for the API
    has_long_rows: bool = False  # and many: which are on a page is asked before any is read

    def columns_for(self, viewer: object) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.needs is None or reach(viewer, c.needs) is None)

    @property
    def declared(self) -> tuple[Column | PerLanguage, ...]:
        """Its columns as they were written down, for another table that has the same."""
        found: tuple[Column | PerLanguage, ...] = self.__dict__["_columns"][0]
        return found

    def is_open_to(self, viewer: object) -> bool:
        return self.needs is None or can(viewer, self.needs)

    def ordered(self, viewer: object) -> QuerySet[Any]:
        return self.rows(viewer).order_by(*self.order)


def records(table: Table, rows: Iterable[Any], viewer: object) -> Iterator[dict[str, Cell]]:
    """Each row as a dictionary of its visible columns."""
    columns = table.columns_for(viewer)
    for row in rows:
        yield {c.name: c.value(row) for c in columns}


_AS_IT_IS = frozenset({str, int, float, bool, type(None)})  # of most cells: asked first, as there are millions


def plain(cell: Cell) -> Any:
    """A cell as JSON says it: ISO dates, numbers as numbers, exact decimals as strings only where a float would lose."""
    if type(cell) in _AS_IT_IS:
        return cell
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
    return safe_text(_in_one(value))


def _in_one(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(v) for v in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


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
    with _workbook(buffer) as book:
        for name, (table, rows) in sheets.items():
            sheet = _Sheet(book, name, table.columns_for(viewer))
            for row in rows:
                sheet.add([column.value(row) for column in sheet.columns])
    return buffer.getvalue()


def _workbook(target: Any, *, folder: Path | None = None) -> Any:
    """Rows leave memory as they are written (`constant_memory`): they wait in files of `folder`, or of the system's
    temporary folder, until the workbook is closed."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(folder) if folder else None,
    }
    return xlsxwriter.Workbook(target, options)


class _Sheet:
    """One sheet of a workbook, written row after row."""

    def __init__(self, book: Any, name: str, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet = book.add_worksheet(name[:31])
        self._sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True, "bottom": 2})
        for x, column in enumerate(columns):
            self._sheet.set_column(x, x, 40 if column.kind in {CellKind.TEXT, CellKind.LIST} else 14)
        for x, column in enumerate(columns):
            self._sheet.write_string(0, x, column.name, bold)
        self._y = 0

    def add(self, cells: list[Cell]) -> None:
        self._y += 1
        for x, cell in enumerate(cells):
            if cell is not None and cell != "":
                _write(self._sheet, self._y, x, cell, self._day)


FILES = ("csv", "json", "xlsx")
AT_ONCE = 2000  # rows that are in memory together


def light(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows for a walk through all of them: what many rows share (an edition, an action) is read once for each
    chunk of rows and not once for each row."""
    related = rows.query.select_related
    if not isinstance(related, dict):
        return rows
    return rows.select_related(None).prefetch_related(*_paths(related))


def _paths(related: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, deeper in related.items():
        yield before + name
        yield from _paths(deeper, f"{before}{name}__")


def write_files(table: Table, rows: QuerySet[Any], viewer: object, folder: Path) -> int:
    """Writes all files of a table (FILES) into `folder` in one walk through its rows, in the memory of a few thousand of
    them. Returns how many rows there are."""
    columns, number = table.columns_for(viewer), 0
    with (
        (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as csv_file,
        (folder / f"{table.name}.json").open("w", encoding="utf-8") as json_file,
        _workbook(str(folder / f"{table.name}.xlsx"), folder=folder) as book,
    ):
        csv_file.write("\ufeff")
        lines = csv.writer(csv_file)
        names = [c.name for c in columns]
        lines.writerow(names)
        json_file.write("[")
        sheet = _Sheet(book, table.name, columns)
        for row in light(rows).iterator(chunk_size=AT_ONCE):
            cells = [c.value(row) for c in columns]
            text = [plain(cell) for cell in cells]
            lines.writerow([flat(cell) for cell in text])
            body = dict(zip(names, text, strict=True))
            json_file.write((",\n" if number else "\n") + json.dumps(body, ensure_ascii=False))
            sheet.add(cells)
            number += 1
        json_file.write("\n]\n")
    return number


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
