"""Old cases from the command line: checked, imported, undone."""

from __future__ import annotations

from pathlib import Path

from floreo.incidents import importing
from tests.config.installation import prepared


def test_a_file_is_checked_imported_and_undone_from_the_command_line(tmp_path: Path) -> None:
    here, file = prepared(tmp_path / "here"), tmp_path / "old.csv"
    file.write_bytes(importing.template("en"))
    found = [
        here.run("incidents", *words) for words in (("import", file, "--check"), ("import", file), ("import", file))
    ]
    assert [(each.returncode, each.stdout.splitlines()[-1]) for each in found] == [
        (0, "Nothing was imported: this was a check."),
        (0, "Cases imported: 1. This is import number 1."),
        (1, "Nothing was imported."),
    ]
    undone = here.run("incidents", "undo-import", "1")
    assert (undone.returncode, undone.stdout.strip()) == (0, "The import was undone: all its cases were removed.")
