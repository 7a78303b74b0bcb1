"""Files that tests of spreadsheets upload."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from floreo.core.access import SYSTEM
from floreo.register_imports.actions import begin_import, match_columns, plan_of
from floreo.register_imports.grid import read_file
from floreo.register_imports.models import RegisterImport
from floreo.register_imports.reading import Plan


@dataclass(frozen=True)
class Somebody:
    roles: tuple[tuple[str, int | None], ...]
    actor_code: str = "user:1"
    actor_name: str = "Somebody"

    def grants(self) -> tuple[tuple[str, int | None], ...]:
        return self.roles


def actor(role: str) -> Somebody:
    return Somebody(((role, None),))


SAMPLES = Path(__file__).parent / "samples"


def workbook(rows: list[list[Any]], merged: list[tuple[int, int, int, int]] = []) -> bytes:  # noqa: B006 -- read only
    """An XLSX with one sheet; `merged` holds first row, first column, last row, last column, from 0."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Sheet")
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
        for first_row, first_column, last_row, last_column in merged:
            sheet.merge_range(first_row, first_column, last_row, last_column, rows[first_row][first_column])
    return out.getvalue()


def text(rows: list[list[str]]) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def begun(kind: str, content: bytes, name: str = "file.xlsx", by: Any = SYSTEM) -> RegisterImport:
    return begin_import(by=by, kind=kind, upload=read_file(content, name))


def matched(run: RegisterImport, **fields: str) -> RegisterImport:
    """`fields`: what a column is, by its header, where the guess is not taken."""
    return match_columns(
        run, by=SYSTEM, fields=[fields.get(column["header"], column["field"]) for column in run.columns]
    )


def planned(kind: str, content: bytes, name: str = "file.csv") -> Plan:
    return plan_of(begun(kind, content, name))
