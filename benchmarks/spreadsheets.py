"""How long a spreadsheet of 20,000 actions with 14 columns takes: read, its tables and columns found, rehearsed, imported, and undone.

    FLOREO_DATA=/tmp/spreadsheets python -m benchmarks.spreadsheets [--rows 20000]
    DATABASE_URL=postgresql://... FLOREO_DATA=/tmp/spreadsheets python -m benchmarks.spreadsheets

The data folder is new, or one that this program filled. Prints wall time, and how long this process itself worked: on a machine that does other
things beside, that is the figure to compare. The cage that reads the workbook is a process of its own: it is in the first column only.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("FLOREO_LOG_LEVEL", "ERROR")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "floreo.config.settings")
import django

django.setup()

import xlsxwriter
from django.core.management import call_command

from benchmarks.measure import machine
from floreo.core.access import SYSTEM
from floreo.imports.actions import begin_import, import_rows, match_columns, match_values, plan_of, undo_import
from floreo.imports.files import read_file
from floreo.imports.models import ImportedRecord
from floreo.imports.undoing import records_to_undo
from floreo.organisations.models import Organisation
from floreo.strategy.actions.editions import create_edition
from floreo.strategy.models import Edition

HEADS = (
    "No.",
    "Pillar",
    "Objective",
    "Activity",
    "Lead agency",
    "Supporting",
    "Start",
    "Deadline",
    "Status",
    "Remarks",
    "Next steps",
    "Risks",
    "Region",
    "Cost",
)
STATES = ("In progress", "Not started", "Delayed", "Completed")


def made(path: Path, rows: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Tracker")
        sheet.write(0, 0, "Implementation tracker")
        sheet.write_row(2, 0, HEADS)
        for n in range(rows):
            pillar, objective = n % 8 + 1, n % 40 + 1
            starts = date(2025, 1, 1) + timedelta(days=n % 700)
            row: tuple[Any, ...] = (
                f"{n + 1}",
                f"Pillar {pillar}: Work",
                f"{pillar}.{objective} Reach state {objective}",
                f"Train group {n} of officials",
                f"Ministry {n % 60}",
                f"Agency {n % 150}; Agency {n % 149}",
                starts.strftime("%d/%m/%Y"),
                (starts + timedelta(days=200)).isoformat(),
                STATES[n % 4],
                f"Step {n % 900} was done",
                "Go on",
                "",
                "north",
                n,
            )
            sheet.write_row(n + 3, 0, row)


def timed(what: str, work: Callable[[], Any]) -> Any:
    began, busy = time.perf_counter(), time.process_time()
    found = work()
    print(f"{what:52} {time.perf_counter() - began:8.1f} {time.process_time() - busy:8.1f}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    call_command("migrate", verbosity=0)
    code = f"sheet-{Edition.objects.count() + 1}"
    create_edition(by=SYSTEM, code=code, title="Strategy", starts_on=date(2025, 1, 1), ends_on=date(2028, 12, 31))
    Organisation.objects.bulk_create(
        [Organisation(code=f"agency-{n}", name=f"Agency {n}", kind="agency") for n in range(150)], ignore_conflicts=True
    )
    print(f"{machine()}\n{rows} rows, seconds: wall, this process")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.xlsx"
        made(path, rows)
        upload = timed("the workbook read in its cage", lambda: read_file(path.read_bytes(), path.name))
    run = timed(
        "tables and columns found, the file stored",
        lambda: begin_import(by=SYSTEM, target="actions", upload=upload, scope=code),
    )
    shapes = [c["format"] for c in run.columns]
    fields = [c["field"] for c in run.columns]
    run = timed(
        "columns matched",
        lambda: match_columns(run, by=SYSTEM, fields=fields, formats_of=shapes, as_of=date(2026, 1, 31)),
    )
    others = {name: {"*": "+"} for name in ("pillar", "objective", "lead", "partners")}
    run = match_values(run, by=SYSTEM, chosen=others)
    plan = timed("dry run", lambda: plan_of(run, by=SYSTEM))
    print(plan.counts)
    run = timed("imported", lambda: import_rows(run, by=SYSTEM, seen=plan.digest))
    again = begin_import(by=SYSTEM, target="actions", upload=upload, scope=code, as_of=date(2026, 1, 31))
    plan = timed("dry run of the same file again", lambda: plan_of(again, by=SYSTEM))
    print(plan.counts)
    print(f"{ImportedRecord.objects.filter(run=run).count()} records to undo")
    timed("what can be undone, found for the page", lambda: records_to_undo(run))
    run = timed("undone", lambda: undo_import(run, by=SYSTEM))
    print({name: run.counts[name] for name in ("undone", "stays")})


if __name__ == "__main__":
    main()
