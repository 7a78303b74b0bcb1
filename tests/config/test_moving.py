"""`floreo move`: every record into another database, held against the source row by row; or nothing there at all."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db.models import BooleanField, Field, IntegerField, JSONField

from floreo.config.moving import record_move
from floreo.config.portable import alike
from floreo.config.processes import FolderLock
from floreo.feeds.models import Feed
from tests.config.installation import ROOT, Installation, a_postgres_database, prepared

pytestmark = pytest.mark.long  # two installations with reports are made

CLUSTER = os.environ.get("DATABASE_URL", "")
ODD_TEXT = 'a\tb\\c\\N\r\n"d" ñ 🦉 \u2028\u202e\ufeff\x01 end'
ODD_JSON = '{"b": [1, "1", 1.50, 12345678901234567890, 1e300, null, true], "a": {"ñ": "\\u2028", "": []}, "a2": -0.0}'


def with_odd_rows(one: Installation) -> None:
    """What no sample has: numbers of 64 bits, days at the ends of the calendar, every kind of text, a number given and taken back."""
    with sqlite3.connect(one.sqlite) as database:
        for row in ((900, ODD_TEXT, 0.1, "2026-11-24 04:05:06.7"), (901, "x", 1e300, "0001-01-01 00:00:00")):
            database.execute("INSERT INTO core_tokenbucket (id, key, tokens, filled_at) VALUES (?, ?, ?, ?)", row)
        database.execute(
            "INSERT INTO core_tokenbucket SELECT 990, 'y', 1, filled_at FROM core_tokenbucket WHERE id = 900"
        )
        database.execute("DELETE FROM core_tokenbucket WHERE id = 990")
        now = "2026-11-24 04:05:06.000007"
        filled: dict[str, Any] = {
            "created_at": now,
            "changed_at": "9999-12-31 23:59:59.999999",
            "version": 2147483647,
            "code": "odd",
            "name": ODD_TEXT,
            "collector": "upload",
            "mapping": ODD_JSON,
            "tlp": "RED",
            "is_active": 0,
            "every_minutes": 5,
            "absent_runs": 32767,
            "failures": 0,
        }
        fields = [each for each in Feed._meta.local_fields if not each.null]
        blank: dict[str, Any] = {each.attname: _nothing(each) for each in fields}
        _insert(database, "feeds_feed", blank | filled | {"id": 9223372036854775800})
        file: dict[str, Any] = {c[1]: 0 for c in database.execute("PRAGMA table_info(feeds_feedfile)") if c[3]}
        file |= {
            "id": 1,
            "feed_id": 9223372036854775800,
            "size": 9223372036854775807,
            "seconds": 5e-324,
            "created_at": now,
        }
        file |= {
            "changed_at": now,
            "received_at": now,
            "day": "9999-12-31",
            "sha256": "a" * 64,
            "name": "ñ" * 300,
            "state": "read",
        }
        file |= dict.fromkeys(("reasons", "organisations", "unknown_columns", "missing_columns"), ODD_JSON)
        _insert(database, "feeds_feedfile", file)
        database.execute(
            "UPDATE strategy_budgetline SET amount = 999999999999.99 WHERE id = (SELECT min(id) FROM strategy_budgetline)"
        )
        database.execute(
            "UPDATE strategy_budgetline SET amount = 0.1 + 0.2 WHERE id = (SELECT max(id) FROM strategy_budgetline)"
        )


def _nothing(field: Field[Any, Any]) -> str | int:
    """What a column of this kind holds where nothing is known."""
    if isinstance(field, JSONField):
        return "[]"
    return 0 if isinstance(field, BooleanField | IntegerField) else ""


def _insert(database: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def digest(path: Path) -> str:
    """Of the file, once what lies beside it is written into it."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def target() -> Iterator[str]:
    with a_postgres_database(CLUSTER) as url:
        yield url


def tables_in(url: str) -> list[str]:
    import psycopg

    with psycopg.connect(url) as database:
        found = database.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return [name for (name,) in found]


def plain(rows: list[tuple[Any, ...]]) -> list[str]:
    """Apart from how SQLite and PostgreSQL write JSON and moments: as somebody else would compare them."""

    def number(text: str) -> float:
        return float(text) + 0.0  # PostgreSQL's numbers know no -0

    def one(value: Any) -> Any:
        if isinstance(value, str) and value[:1] in {"[", "{"}:
            with suppress(ValueError):
                return json.dumps(json.loads(value, parse_float=number, parse_int=number), sort_keys=True)
        if isinstance(value, float):
            return round(value, 9)
        return value.rstrip("0").rstrip(".") if isinstance(value, str) and "." in value else value

    return sorted(repr([one(value) for value in row]) for row in rows)


@pytest.mark.postgresql
def test_everything_is_there_and_back_again_and_the_source_is_as_it_was(target: str, tmp_path: Path) -> None:
    source = prepared(tmp_path / "a", "loaded")
    with_odd_rows(source)
    (source.folder / "events").mkdir(exist_ok=True)
    (source.folder / "events" / "day.parquet").write_bytes(b"kept in place")
    before = digest(source.sqlite)
    done = source.run("move", "--to", target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Each table holds the same rows there as here" in done.stdout
    assert f"Now set DATABASE_URL={target} " in done.stdout
    assert (digest(source.sqlite), (source.folder / "events" / "day.parquet").read_bytes()) == (
        before,
        b"kept in place",
    )

    there = Installation(source.folder, database=target)
    verified = there.run("audit", "verify")
    assert "The chain holds." in verified.stdout
    assert "core_tokenbucket" not in verified.stdout
    assert there.run("admin-link").returncode == 0  # numbers go on
    import psycopg

    with psycopg.connect(target) as database:
        assert database.execute("SELECT key FROM core_tokenbucket WHERE id = 900").fetchone() == (ODD_TEXT,)
        assert database.execute("SELECT last_value FROM core_tokenbucket_id_seq").fetchone() == (990,)
        verbs = "SELECT verb FROM core_auditentry ORDER BY number DESC LIMIT 2"
        assert [v for (v,) in database.execute(verbs)][-1] == "installation.moved"
    assert "The target is not empty: it holds the table" in source.run("move", "--to", target).stdout

    done = there.run("move", "--to", f"sqlite:///{tmp_path / 'back.sqlite3'}")
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "b").mkdir()
    back = Installation(tmp_path / "b")
    (tmp_path / "back.sqlite3").rename(back.sqlite)
    theirs, mine = source.everything(), back.everything()
    for table, rows in theirs.items():
        more = {"core_auditentry", "core_onetimelink"}  # of the move, and of the link for the administrator
        assert set(plain(rows)) <= set(plain(mine[table])) if table in more else plain(rows) == plain(mine[table]), (
            table
        )
    assert back.run("audit", "verify").stdout.startswith("The chain holds.")


@pytest.mark.postgresql
def test_what_does_not_fit_leaves_the_target_empty(target: str, tmp_path: Path) -> None:
    source = prepared(tmp_path)
    with sqlite3.connect(source.sqlite) as database:
        statement = "INSERT INTO core_tokenbucket (key, tokens, filled_at) VALUES (?, 1, '2026-01-01 00:00:00')"
        database.execute(statement, ["a\x00b"])
    before = digest(source.sqlite)
    done = source.run("move", "--to", target)
    assert (done.returncode, done.stderr) == (1, ""), done.stderr
    assert done.stdout.startswith("Nothing was moved, and the target is as it was: its rows do not fit together (")
    assert (tables_in(target), digest(source.sqlite)) == ([], before)


@pytest.mark.postgresql
def test_killed_in_the_middle_it_leaves_the_target_empty(target: str, tmp_path: Path) -> None:
    import psycopg

    source = prepared(tmp_path)
    before = digest(source.sqlite)
    command = [sys.executable, "-m", "floreo.config.cli", *source.words("move", "--to", target)]
    process = subprocess.Popen(command, cwd=ROOT, env=source.env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with psycopg.connect(target, autocommit=True) as watcher:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        while not watcher.execute(f"SELECT 1 {others} AND backend_xid IS NOT NULL").fetchone():  # it has written
            assert process.poll() is None, process.stdout and process.stdout.read()
            time.sleep(0.01)
        process.kill()
        process.communicate()
        while watcher.execute(f"SELECT 1 {others}").fetchone():
            time.sleep(0.01)
    assert (tables_in(target), digest(source.sqlite)) == ([], before)


@pytest.mark.postgresql
def test_a_target_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    source = prepared(tmp_path)
    done = source.run("move", "--to", "postgresql://floreo:word@127.0.0.1:1/none")
    assert (done.returncode, "Nothing was moved" in done.stdout, "word" in done.stdout) == (1, True, False), done.stdout


def test_it_is_refused_where_floreo_runs_or_somebody_writes(tmp_path: Path) -> None:
    source = prepared(tmp_path / "a")
    to = f"sqlite:///{tmp_path / 'to.sqlite3'}"
    for role in ("web", "worker"):
        lock = FolderLock(source.folder, role)
        lock.take("floreo web")
        done = source.run("move", "--to", to)
        assert (done.returncode, "Floreo runs already on the data folder" in done.stdout) == (1, True), done.stdout
        lock.release()
    with sqlite3.connect(source.sqlite, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        done = source.run("move", "--to", to)
        assert (done.returncode, "Another process writes to this database." in done.stdout) == (1, True), done.stdout
        writer.execute("ROLLBACK")
    writer.close()
    (tmp_path / "to.sqlite3").write_bytes(b"of somebody")
    assert "exists already. Give a file that does not." in source.run("move", "--to", to).stdout
    assert (tmp_path / "to.sqlite3").read_bytes() == b"of somebody"
    assert "Give the target as postgresql://" in source.run("move", "--to", "mysql://host/name").stdout
    source.write("DELETE FROM django_migrations WHERE app = 'core'")
    assert "is of an older version" in source.run("move", "--to", to).stdout
    nothing = Installation(tmp_path / "none").run("move", "--to", to)
    assert (nothing.returncode, "There is nothing to move" in nothing.stdout) == (1, True), nothing.stdout


def test_from_one_file_into_another(tmp_path: Path) -> None:
    source = prepared(tmp_path / "a")
    source.write(
        "INSERT INTO core_tokenbucket (id, key, tokens, filled_at) VALUES (9, 'ñ', 0.1, '2026-01-01 00:00:00')"
    )
    done = source.run("move", "--to", f"sqlite:///{tmp_path / 'to.sqlite3'}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "to.sqlite3").stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.moving*"))
    with sqlite3.connect(tmp_path / "to.sqlite3") as there:
        assert there.execute("SELECT id, key, tokens FROM core_tokenbucket").fetchall() == [(9, "ñ", 0.1)]
        ((verb, detail),) = there.execute("SELECT verb, detail FROM core_auditentry ORDER BY number DESC LIMIT 1")
    assert (verb, json.loads(detail)["origin"]) == ("installation.moved", "sqlite")
    assert record_move.__doc__ is not None


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("decimal", "1.5", "1.5000"),
        ("decimal", "100", "1E+2"),
        ("decimal", "0.30000000000000004", "0.30"),
        ("when", "2026-01-01 00:00:00", "2026-01-01 00:00:00.000000"),
        ("json", '{"a": 1.50, "b": [1e2]}', '{"b":[100],"a":1.5}'),
        ("address", "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_what_both_databases_write_differently_is_alike(kind: str, one: str, other: str) -> None:
    assert alike(one, kind) == alike(other, kind)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("decimal", "1.5", "1.51"),
        ("json", '{"a": 1}', '{"a": "1"}'),
        ("json", "12345678901234567890", "12345678901234567891"),
        ("json", "[1, 2]", "[2, 1]"),
        ("when", "2026-01-01 00:00:00.1", "2026-01-01 00:00:00.01"),
        ("plain", "a", "a "),
    ],
)
def test_what_differs_is_not_alike(kind: str, one: str, other: str) -> None:
    assert alike(one, kind) != alike(other, kind)
