"""Examples for the addresses of imports."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.imports.actions import begin_import, import_rows, plan_of
from floreo.imports.files import read_file
from floreo.organisations.models import Country, User

FILE = b"organisation,type,website\nA new body,agency,https://example.org/\n"


def examples(country: Country, user: User) -> dict[str, list[object]]:
    open_one = begin_import(by=SYSTEM, target="organisations", upload=read_file(FILE, "bodies.csv"))
    done = begin_import(by=SYSTEM, target="organisations", upload=read_file(FILE, "bodies.csv"))
    done = import_rows(done, by=SYSTEM, seen=plan_of(done, by=SYSTEM).digest)
    groups: list[tuple[str, list[object]]] = [
        ("spreadsheet spreadsheet_tables spreadsheet_values spreadsheet_check spreadsheet_rows", [open_one.pk]),
        ("spreadsheet_profile", [done.pk]),
        ("spreadsheet_command", [done.pk, "undo"]),
    ]
    return {name: given for names, given in groups for name in names.split()}
