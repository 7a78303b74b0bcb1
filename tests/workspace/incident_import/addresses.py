"""Examples for the addresses of the import of old cases."""

from __future__ import annotations

from floreo.core.access import SYSTEM
from floreo.incidents.actions.importing import begin_import
from floreo.organisations.models import Country, User


def examples(country: Country, user: User) -> dict[str, list[object]]:
    run = begin_import(by=SYSTEM, name="old.csv", sha256="0" * 64)
    return {"case_import_template": ["en"], "undo_case_import": [run.pk]}
