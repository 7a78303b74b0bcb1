"""Files as ministries keep them, made here: a tracker of a fictional ministry, untidy in every respect that was seen in real ones."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl

from floreo.core.access import SYSTEM
from floreo.imports.actions import begin_import, import_rows, match_columns, match_values, plan_of
from floreo.imports.files import read_file
from floreo.imports.models import SheetImport
from floreo.imports.planning import Plan


def workbook(*sheets: tuple[str, Iterable[Sequence[Any]]], merged: dict[str, list[str]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, rows in sheets:
        page = book.create_sheet(title)
        for y, row in enumerate(rows, start=1):
            for x, value in enumerate(row, start=1):
                if value is not None:
                    page.cell(row=y, column=x, value=value)
        for area in (merged or {}).get(title, ()):
            page.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEADER = ("No.", "Activity", "Lead Agency", "Supporting", "Start", "Deadline", "Status", "% ", "Remarks")


def untidy_tracker() -> bytes:
    """Title lines above, a heading across for each pillar, a header in row 4, dates in three orders, names cut short, two sheets that are
    one table, a total below, a sheet of notes."""
    first = [
        ("MINISTRY OF DIGITAL AFFAIRS OF ISLA PRUEBA", *[None] * 8),
        ("Implementation tracker, National Cybersecurity Strategy. Updated 15 October 2026", *[None] * 8),
        (),
        HEADER,
        ("PILLAR 1: Governance and law", *[None] * 8),
        (
            "1.1",
            "Adopt the cybercrime bill",
            "Min. of Justice",
            "Police; Attorney General",
            date(2025, 3, 1),
            "31/12/2026",
            "In progress",
            0.4,
            "Second reading held",
        ),
        ("1.2", "Set up the national committee", "MoDA", None, "15/01/2025", "30 June 2025", "Completed", 1, None),
        ("1.3", "Publish the yearly report", "MoDA", "National CSIRT", "2026-01-05", "Q4 2026", "Not started", 0, "-"),
        ("PILLAR 2: Skills", *[None] * 8),
        (
            "2.1",
            "Train 200 officials",
            "Nat. CSIRT",
            "University of Prueba",
            "01/02/2025",
            "March 2027",
            "Delayed",
            0.1,
            "Waiting for the budget",
        ),
    ]
    second = [
        HEADER,
        ("PILLAR 3: Protection", *[None] * 8),
        (
            "3.1",
            "Map the essential services",
            "Utilities Regulator",
            "MoDA, National CSIRT",
            "02/03/2025",
            46387,
            "In progress",
            "30%",
            None,
        ),
        ("3.1", "Map the essential services", "Utilities Regulator", None, None, None, None, None, "same as above"),
    ]
    headings = [f"A{row}:I{row}" for row in (1, 2, 5, 9)]
    return workbook(
        ("2025", first),
        ("2026", second),
        ("Notes", [("Ask Maria about row 7",)]),
        merged={"2025": headings, "2026": ["A2:I2"]},
    )


def begun(target: str, content: bytes, name: str = "tracker.xlsx", **more: Any) -> SheetImport:
    return begin_import(by=SYSTEM, target=target, upload=read_file(content, name), **more)


def matched(
    run: SheetImport, as_of: date | None = None, also: Mapping[str, str] | None = None, **fields: str
) -> SheetImport:
    """With some columns as given ("" leaves one out), the others as guessed; by the header, with _ for spaces."""
    wanted = {**(also or {}), **fields}
    names = [wanted.get(c["header"].lower().replace(" ", "_").strip("_"), c["field"]) for c in run.columns]
    shapes = [c["format"] for c in run.columns]
    return match_columns(run, by=SYSTEM, fields=names, formats_of=shapes, as_of=as_of)


def field_of(run: SheetImport) -> dict[str, str]:
    return {c["header"]: c["field"] for c in run.columns}


def planned(run: SheetImport) -> Plan:
    return plan_of(run, by=SYSTEM)


def imported(run: SheetImport) -> SheetImport:
    return import_rows(run, by=SYSTEM, seen=planned(run).digest)


def chosen(run: SheetImport, **values: dict[str, str]) -> SheetImport:
    return match_values(run, by=SYSTEM, chosen=values)


def outcomes(plan: Plan) -> list[tuple[str, int, str]]:
    return [(r.sheet, r.number, str(r.outcome)) for r in plan.results]


def faults(plan: Plan) -> list[tuple[int, str, str]]:
    return [(r.number, f.column, f.sentence) for r in plan.results for f in r.faults]
