"""Examples for the addresses of spreadsheets."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, User
from floreo.register_imports.actions import begin_import
from floreo.register_imports.grid import read_file

FILE = b"service,name,kind\nnone,A,site\n"


def examples(country: Country, user: User) -> dict[str, list[object]]:
    run = begin_import(by=SYSTEM, kind="asset", upload=read_file(FILE, "assets.csv"))
    groups: list[tuple[str, list[object]]] = [
        ("register_import register_import_layout register_import_check register_import_problems", [run.pk]),
        ("register_import_command", [run.pk, "remove"]),
    ]
    return {name: given for names, given in groups for name in names.split()}
