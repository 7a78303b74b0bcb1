"""The one command: what it prints, what it leaves behind and with which exit code it ends, on a folder of its own."""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from floreo.config import cli, commands
from tests.config.installation import Installation, prepared, said_at_first_start

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "packs" / "isla-prueba" / "documents" / "launch-release.en.txt"


def floreo(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Always on SQLite: a folder of its own needs no server, whatever database the rest of the suite runs on."""
    return Installation(data).run(*arguments)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return prepared(tmp_path / "data", "loaded").folder


def test_the_first_start_shows_the_accounts_once(data: Path) -> None:
    assert "Sample accounts, shown once:" in said_at_first_start("loaded")


def rows(data: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "floreo.sqlite3") as database:
        return list(database.execute(sql))


def test_a_second_start_changes_nothing_and_prints_no_password(data: Path) -> None:
    before = rows(data, "SELECT number, hash FROM core_auditentry ORDER BY number")
    again = floreo(data, "up", "--prepare-only")
    assert again.returncode == 0
    assert "Sample accounts" not in again.stdout
    assert rows(data, "SELECT number, hash FROM core_auditentry ORDER BY number") == before


def test_another_pack_is_not_poured_into_the_same_folder(data: Path) -> None:
    refused = floreo(data, "up", "--pack", "belize", "--prepare-only")
    assert refused.returncode == 1
    assert "already holds" in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr


def test_an_unknown_pack_is_named_with_those_there_are(data: Path) -> None:
    refused = floreo(data, "up", "--pack", "atlantis", "--prepare-only")
    assert refused.returncode == 1
    assert "isla-prueba" in refused.stdout


def test_a_dry_run_of_an_import_prints_the_draft_and_writes_nothing(data: Path) -> None:
    before = rows(data, "SELECT count(*) FROM strategy_importdraft"), rows(data, "SELECT count(*) FROM core_auditentry")
    done = floreo(data, "strategy", "import", str(SAMPLE), "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "pillar" in done.stdout.lower()
    assert (
        rows(data, "SELECT count(*) FROM strategy_importdraft"),
        rows(data, "SELECT count(*) FROM core_auditentry"),
    ) == before


def test_an_import_keeps_the_draft_and_says_where_it_is(data: Path) -> None:
    done = floreo(data, "strategy", "import", str(SAMPLE))
    assert done.returncode == 0, done.stdout + done.stderr
    (code,) = rows(data, "SELECT code FROM strategy_importdraft")[0]
    assert f"/workspace/imports/{code}/" in done.stdout


def test_a_file_that_cannot_be_read_gets_a_sentence(data: Path, tmp_path: Path) -> None:
    fake = tmp_path / "strategy.pdf"
    fake.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 200)
    done = floreo(data, "strategy", "import", str(fake))
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.strip()


def test_the_chain_is_walked_and_a_break_is_caught(data: Path) -> None:
    sound = floreo(data, "audit", "verify")
    assert (sound.returncode, "The chain holds." in sound.stdout) == (0, True)
    with sqlite3.connect(data / "floreo.sqlite3") as database:
        with pytest.raises(sqlite3.IntegrityError, match="never changes"):
            database.execute("UPDATE core_auditentry SET actor_name = 'Somebody else' WHERE number = 1")
        database.execute("DROP TRIGGER entry_stays")
        database.execute("UPDATE core_auditentry SET actor_name = 'Somebody else' WHERE number = 1")
    broken = floreo(data, "audit", "verify")
    assert broken.returncode == 1
    assert "Entry 1: its content does not match its hash." in broken.stdout


def test_a_pack_is_checked_without_writing(data: Path) -> None:
    done = floreo(data, "pack", "load", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_a_command_loads_no_library_that_others_need(data: Path) -> None:
    code = """
import sys
from floreo.config.cli import main
large = {"pyarrow", "numpy", "duckdb", "pypdf", "pdfplumber", "pypdfium2", "docx", "docxtpl", "openpyxl", "xlsxwriter",
    "typst", "ninja", "ftfy", "icalendar", "granian", "pycountry"}
for words in (["audit", "verify"], ["doctor"]):
    main([*sys.argv[1:], *words])
    print(words, sorted(large & sys.modules.keys()))
"""
    env = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") and k != "DATABASE_URL"}
    command = [sys.executable, "-c", code, "--data", str(data), "--pack", "isla-prueba"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    loaded = [line for line in done.stdout.splitlines() if line.startswith("['")]
    assert loaded == ["['audit', 'verify'] []", "['doctor'] []"]


def leaves(parser: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Every command that somebody may give."""
    below = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not below:
        yield before.strip()
    for each in below:
        for name, inner in each.choices.items():
            yield from leaves(inner, f"{before} {name}")


def test_every_command_has_a_function() -> None:
    """But for those that need no settings, and start what has them."""
    assert set(leaves(cli._parser())) - set(commands.COMMANDS) == {"web", "licences"}
    named = [each.partition(":") for each in commands.COMMANDS.values()]
    assert [
        f"{module}:{function}"
        for module, _colon, function in named
        if not callable(getattr(import_module(f"floreo.config.commands.{module}"), function, None))
    ] == []
    assert set(commands.COMMANDS) - set(leaves(cli._parser())) == set()


@pytest.mark.long
def test_a_bad_setting_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = Installation(tmp_path, extra={"FLOREO_DEBUG": "perhaps"}).run_anew("audit", "verify")
    assert done.returncode != 0
    assert "FLOREO_DEBUG is 'perhaps'. Use true or false." in done.stderr
