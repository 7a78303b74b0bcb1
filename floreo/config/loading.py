"""Fills a database from a copy of another: tables as they were when it was made, then their rows, then everything is counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from floreo.config import empty
from floreo.config.portable import Column, columns_by_table, quoted
from floreo.core import audit

Pieces = Callable[[], Iterable[tuple[str, bytes]]]


TOO_FEW_LOCKS = (
    "PostgreSQL has too few locks for all tables in one transaction; set max_locks_per_transaction = 512 in its settings, start it "
    "again, and try again"
)


def lacks_locks(problem: BaseException | None) -> bool:
    """Whether it comes from PostgreSQL's table of locks being full (SQLSTATE 53200)."""
    while problem is not None:
        if getattr(problem, "sqlstate", "") == "53200":
            return True
        problem = problem.__cause__
    return False


class DoesNotFit(Exception):  # noqa: N818 -- says what is wrong with the copy
    """The copy does not make a sound database; its text says why, to go on after "it cannot be used: "."""


def fill(pieces: Pieces, manifest: dict[str, Any]) -> int:
    """Tables as they were when the copy was made, with its rows; then everything is counted and the chain walked. `pieces` gives
    tables and lines of JSON, as `portable.lines` makes them. Returns the number of rows. Raises DoesNotFit, and Refused of whoever
    gives the pieces."""
    migrate_to({(app, name) for app, name in manifest["migrations"]})
    try:
        with _sqlite_unchecked(), transaction.atomic(), _without_triggers():
            there = _tables_there(manifest)
            _clear(manifest)
            _load(pieces(), manifest, there)
            _must_hold_together()
            _set_sequences(manifest, there)
            rows = _counted(manifest)
    except (DatabaseError, connection.Database.Error) as error:  # type: ignore[attr-defined]  # the driver's own, of a COPY
        raise DoesNotFit(f"its rows do not fit together ({str(error).splitlines()[0][:200]})") from error
    breaks = list(audit.walk(expected=manifest["audit"]["hash"]))
    if breaks:
        raise DoesNotFit(f"its audit chain does not hold at entry {breaks[0].number}: {breaks[0].reason}")
    return rows


def migrate_to(state: set[tuple[str, str]]) -> None:
    """Exactly these migrations, which is reached by asking for those on which no other of them depends."""
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.node_map
    is_all = connection.vendor == "sqlite" and set(nodes) == state
    if is_all and empty.copy_to_connection(executor):
        return
    executor.migrate([m for m in sorted(state) if m in nodes and not any(c.key in state for c in nodes[m].children)])
    if is_all:
        empty.save_copy(executor)


@contextmanager
def _sqlite_unchecked() -> Iterator[None]:
    """Rows come table by table, so references are looked at once all are in."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA synchronous = OFF")  # the file is new, and put on the disk whole before it is used
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = NORMAL")


def _tables_there(manifest: dict[str, Any]) -> dict[str, dict[str, Column]]:
    """The columns of this database, by table. Refuses a copy that names others."""
    there = {t: {c.name: c for c in columns} for t, columns in columns_by_table(_ask, connection.vendor).items()}
    for table, facts in manifest["tables"].items():
        unknown = set(facts["columns"]) - there.get(table, {}).keys()
        if table not in there:
            raise DoesNotFit(f"it names the table {table}, which there is not")
        if unknown:
            raise DoesNotFit(f"it names {table}.{sorted(unknown)[0]}, which there is not")
    return there


def _ask(statement: str) -> Iterable[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@contextmanager
def _without_triggers() -> Iterator[None]:
    """What guards frozen rows would refuse to let them in; what fills the search index is quicker done at once."""
    if connection.vendor == "postgresql":
        names = [
            r[0]
            for r in _ask(
                "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
            )
        ]
        for name in names:
            _run(f"ALTER TABLE {quoted(name)} DISABLE TRIGGER USER")
        yield
        for name in names:
            _run(f"ALTER TABLE {quoted(name)} ENABLE TRIGGER USER")
        return
    triggers = list(_ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    for name, _sql in triggers:
        _run(f"DROP TRIGGER {quoted(name)}")
    yield
    for _name, sql in triggers:
        _run(sql)
    for (name,) in _ask(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"
    ):
        _run(f"INSERT INTO {quoted(name)}({quoted(name)}) VALUES ('rebuild')")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _clear(manifest: dict[str, Any]) -> None:
    """What migrations put in comes from the copy."""
    if connection.vendor == "postgresql":
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        _run("SET CONSTRAINTS ALL DEFERRED")
        _run(f"TRUNCATE {', '.join(quoted(t) for t in manifest['tables'])} CASCADE")
        return
    for table in manifest["tables"]:
        _run(f"DELETE FROM {quoted(table)}")


def _load(pieces: Iterable[tuple[str, bytes]], manifest: dict[str, Any], there: dict[str, dict[str, Column]]) -> None:
    for table, piece in pieces:
        if table not in manifest["tables"]:
            raise DoesNotFit(f"it holds rows of {table}, which it does not name")
        names = manifest["tables"][table]["columns"]
        odd = [(i, there[table][c].kind) for i, c in enumerate(names) if there[table][c].kind in {"bytes", "span"}]
        (_copy if connection.vendor == "postgresql" else _insert)(table, names, _rows(piece, names, odd))


def _rows(piece: bytes, names: list[str], odd: list[tuple[int, str]]) -> Iterator[list[Any]]:
    for line in piece.decode("utf-8", "surrogatepass").split("\n"):
        if not line:
            continue
        row = json.loads(line)
        if not isinstance(row, list) or len(row) != len(names):
            raise DoesNotFit("a row has more or fewer values than columns")
        for at, kind in odd:
            if row[at] is not None:
                row[at] = bytes.fromhex(row[at]) if kind == "bytes" else f"{row[at]} microseconds"
        yield row


def _insert(table: str, names: list[str], rows: Iterator[list[Any]]) -> None:
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, names))}) VALUES ({marks})"
    connection.connection.executemany(statement, rows)


def _copy(table: str, names: list[str], rows: Iterator[list[Any]]) -> None:
    statement = f"COPY {quoted(table)} ({', '.join(map(quoted, names))}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _must_hold_together() -> None:
    if connection.vendor == "postgresql":
        _run("SET CONSTRAINTS ALL IMMEDIATE")
        return
    broken = list(_ask("PRAGMA foreign_key_check"))
    if broken:
        raise DoesNotFit(f"a row of {broken[0][0]} belongs to one of {broken[0][2]} that is not there")


def _set_sequences(manifest: dict[str, Any], there: dict[str, dict[str, Column]]) -> None:
    saved = {t: int(n) for t, n in manifest["sequences"].items() if t in there}
    if connection.vendor == "sqlite":
        for table, number in saved.items():
            with connection.cursor() as cursor:
                cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [number, table])
                if not cursor.rowcount:
                    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        return
    owned = _ask("""
        SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relnamespace = current_schema()::regnamespace
        AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL""")
    for table, column, sequence in owned:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max({quoted(column)}) FROM {quoted(table)}")
            highest = max(cursor.fetchone()[0] or 0, saved.get(table, 0))
            cursor.execute("SELECT setval(%s, %s, %s)", [sequence, max(highest, 1), highest > 0])


def _counted(manifest: dict[str, Any]) -> int:
    total = 0
    for table, facts in manifest["tables"].items():
        ((found,),) = _ask(f"SELECT count(*) FROM {quoted(table)}")
        if found != facts["rows"]:
            raise DoesNotFit(f"{table} should have {facts['rows']} rows and has {found}")
        total += found
    return total
