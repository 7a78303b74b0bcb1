"""`floreo import`: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from floreo.config.cli_spreadsheets import import_file
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.imports.models import ImportProfile, SheetImport
from floreo.imports.profiles import as_toml, from_toml
from floreo.strategy.models import Action
from tests.factories import strategy as make
from tests.imports.making import untidy_tracker

pytestmark = pytest.mark.django_db
PROFILE = """
target = "actions"
name = "Ministry"

[columns]
"no." = { field = "code" }
"activity" = { field = "title" }
"lead agency" = { field = "lead" }
"start" = { field = "starts_on" }
"deadline" = { field = "due_on" }
"<heading>" = { field = "pillar" }

[values.pillar]
"*" = "+"

[values.lead]
"*" = "+"
"min. of justice" = "moj"
"""


@pytest.fixture(autouse=True)
def edition() -> Iterator[None]:
    with clock.pinned_day(day=make.TODAY):
        make.make_country()
        make.make_edition()
        make.make_organisation("moj", "Ministry of Justice")
        yield


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    sheet, profile = tmp_path / "tracker.xlsx", tmp_path / "ministry.toml"
    sheet.write_bytes(untidy_tracker())
    profile.write_text(PROFILE, encoding="utf-8")
    return sheet, profile


def asked(target: str, sheet: Path, **more: Any) -> tuple[int, str]:
    out = io.StringIO()
    given = {"profile": None, "scope": "", "as_of": None, "dry_run": False, "as_json": False} | more
    return import_file(target, sheet, out=out, **given), out.getvalue()


def test_a_check_prints_every_row_and_writes_nothing(files: tuple[Path, Path]) -> None:
    sheet, profile = files
    code, printed = asked("actions", sheet, profile=profile, as_of=date(2026, 10, 15), dry_run=True)
    assert code == 1, "a row repeats another"
    assert "2026, 4: refused" in printed
    assert "It repeats row 3 of “2026”." in printed
    assert printed.endswith("Nothing was imported: this was a check.\n")
    assert (Action.objects.count(), SheetImport.objects.count(), ImportProfile.objects.count()) == (0, 0, 0)


def test_it_imports_by_a_profile_and_prints_json(files: tuple[Path, Path]) -> None:
    sheet, profile = files
    _code, printed = asked("actions", sheet, profile=profile, as_of=date(2026, 10, 15), as_json=True)
    given = json.loads(printed)
    run = SheetImport.objects.get()
    assert (given["import"], given["counts"]["new"], given["dry_run"]) == (run.pk, 5, False)
    assert Action.objects.get(code="1.1").participations.get().organisation.code == "moj"
    assert given["rows"][0]["remarks"] == ["It is a heading across the sheet."]


def test_a_profile_goes_out_and_comes_in_the_same(files: tuple[Path, Path]) -> None:
    sheet, profile = files
    asked("actions", sheet, profile=profile, as_of=date(2026, 10, 15))
    held = ImportProfile.objects.get()
    again = from_toml(as_toml(held), by=SYSTEM)
    assert (again.target, again.name, again.columns, again.values) == (
        held.target,
        held.name,
        held.columns,
        held.values,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "target = 3",
        'target = "actions"\nname = "x"\n[columns]\n"a\\u0000" = { field = "title" }\n',
        "not toml",
        'target = "actions"\nname = "x"\n[columns]\n"a" = 7\n',
    ],
)
def test_a_profile_that_is_none(text: str) -> None:
    with pytest.raises(Refused, match="no profile"):
        from_toml(text, by=SYSTEM)


def test_what_cannot_be_started(files: tuple[Path, Path], tmp_path: Path) -> None:
    sheet, profile = files
    assert asked("plans", sheet)[0] == 1
    assert "Unknown target. Choose one of: organisations," in asked("plans", sheet)[1]
    assert "File not found" in asked("actions", tmp_path / "none.xlsx")[1]
    with pytest.raises(Refused, match="another target: actions"):
        asked("milestones", sheet, profile=profile)
    make.make_edition("2029-2032")
    with pytest.raises(Refused, match="--edition: "):
        asked("actions", sheet)
