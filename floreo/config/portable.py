"""Rows of every table as plain JSON, the same from SQLite and PostgreSQL, so that a copy of either goes into either.

What tables and columns there are is asked of the database itself, not of the models: a copy can be taken of an
installation whose migrations this version does not have yet, or has already outgrown."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

# Of no use elsewhere: what is cached, and who is signed in.
LEFT_OUT = frozenset({"core_cache", "django_session", "usersessions_usersession"})
_FETCH = 2000


@dataclass(frozen=True)
class Column:
    """A column and how its values become plain: bool, decimal, when, time, bytes, span, uuid, address, json or plain."""

    name: str
    kind: str


_KINDS = {
    "bool": "bool",
    "boolean": "bool",
    "decimal": "decimal",
    "numeric": "decimal",
    "datetime": "when",
    "timestamp with time zone": "when",
    "date": "date",
    "time": "time",
    "time without time zone": "time",
    "blob": "bytes",
    "bytea": "bytes",
    "interval": "span",
    "uuid": "uuid",
    "inet": "address",
    "jsonb": "json",
}

# How PostgreSQL says each kind as SQLite keeps it.
_AS_PLAIN = {
    "decimal": "{}::text",
    "when": "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')",
    "date": "{}::text",
    "time": "replace(to_char({}, 'HH24:MI:SS.US'), '.000000', '')",
    "bytes": "encode({}, 'hex')",
    "span": "(extract(epoch from {}) * 1000000)::bigint",
    "uuid": "replace({}::text, '-', '')",
    "address": "host({})",
    "json": "{}::text",
}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def columns_by_table(ask: Callable[[str], Iterable[Any]], vendor: str) -> dict[str, list[Column]]:
    """Every table that is copied, by name. `ask` runs a query."""
    found: dict[str, list[Column]] = {}
    for table, name, kind in _postgres_columns(ask) if vendor == "postgresql" else _sqlite_columns(ask):
        if table not in LEFT_OUT:
            found.setdefault(table, []).append(Column(name, _KINDS.get(kind.split("(")[0].lower(), "plain")))
    return found


def _sqlite_columns(ask: Callable[[str], Iterable[Any]]) -> Iterator[tuple[str, str, str]]:
    """Neither the tables of a full-text index nor computed columns: both are made again."""
    names = [
        r[1] for r in list(ask("PRAGMA table_list")) if r[0] == "main" and r[2] == "table" and "sqlite_" not in r[1]
    ]
    for table in sorted(names):
        for _number, name, kind, _needed, _default, _key, hidden in list(ask(f"PRAGMA table_xinfo({quoted(table)})")):
            if not hidden:
                yield table, name, kind


def _postgres_columns(ask: Callable[[str], Iterable[Any]]) -> Iterator[tuple[str, str, str]]:
    yield from list(
        ask("""
        SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
        AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum""")
    )


class Snapshot:
    """The whole database as it was at one moment, while others go on writing."""

    def __init__(self, ask: Callable[[str], Iterator[Any]], vendor: str) -> None:
        self.ask, self.vendor = ask, vendor
        self.tables = columns_by_table(ask, vendor)

    def rows(self, table: str) -> Iterator[list[Any]]:
        """Each row as plain values, in the order of the columns."""
        columns = self.tables[table]
        is_postgres = self.vendor == "postgresql"
        text = ", ".join(
            _AS_PLAIN.get(c.kind, "{}").format(quoted(c.name)) if is_postgres else quoted(c.name) for c in columns
        )
        odd = (
            []
            if is_postgres
            else [(i, c.kind) for i, c in enumerate(columns) if c.kind in {"bool", "decimal", "bytes"}]
        )
        for row in self.ask(f"SELECT {text} FROM {quoted(table)}"):
            plain = list(row)
            for at, kind in odd:
                plain[at] = _plain(plain[at], kind)
            yield plain

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        found = {}
        for table in self.tables:
            ((found[table],),) = self.ask(f"SELECT count(*) FROM {quoted(table)}")
        return found

    def hashes(self, kinds: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        """A hash of each table's rows, whatever their order: the sum of the SHA-256 of each. The same from both databases where
        each value is the same; `kinds` says by table and column how values are compared (`common_kinds`)."""
        found = {}
        for table, columns in self.tables.items():
            order = sorted((column.name, place) for place, column in enumerate(columns))
            steps = [(place, kinds[table][name]) for name, place in order]
            total = 0
            for row in self.rows(table):
                text = json.dumps([alike(row[place], kind) for place, kind in steps], ensure_ascii=True)
                total += int.from_bytes(hashlib.sha256(text.encode("ascii")).digest())
            found[table] = f"{total % 2**256:064x}"
        return found

    def sequences(self) -> dict[str, int]:
        """The highest number each table ever gave: one that was deleted is not given again, as the trail names it."""
        if self.vendor == "postgresql":
            found = self.ask("""
                SELECT t.relname, s.last_value FROM pg_sequences s JOIN pg_class q ON q.relname = s.sequencename
                AND q.relnamespace = current_schema()::regnamespace JOIN pg_depend d ON d.objid = q.oid AND d.deptype IN ('a', 'i')
                JOIN pg_class t ON t.oid = d.refobjid WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL""")
        else:
            found = self.ask("SELECT name, seq FROM sqlite_sequence")
        return {name: number for name, number in found if name in self.tables}

    def migrations(self) -> list[list[str]]:
        return [list(row) for row in self.ask("SELECT app, name FROM django_migrations ORDER BY app, name")]

    def head(self) -> dict[str, Any]:
        """The newest link of the audit chain."""
        for number, digest in self.ask("SELECT number, hash FROM core_auditentry ORDER BY number DESC LIMIT 1"):
            return {"number": number, "hash": digest}
        return {"number": 0, "hash": ""}


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "bool":
        return bool(value)
    return bytes(value).hex() if kind == "bytes" else str(value)


def common_kinds(one: Snapshot, other: Snapshot) -> dict[str, dict[str, str]]:
    """By table and column, the kind that either database knows: SQLite keeps as text what PostgreSQL has a type for."""
    found: dict[str, dict[str, str]] = {}
    for each in (one, other):
        for table, columns in each.tables.items():
            for column in columns:
                known = found.setdefault(table, {})
                if known.get(column.name, "plain") == "plain":
                    known[column.name] = column.kind
    return found


def alike(value: Any, kind: str) -> Any:
    """A plain value written in one way: 1.5 and 1.50, a moment with and without zeros behind, JSON in any order of its keys."""
    if value is None:
        return None
    if kind == "decimal":
        return _number(value)
    if kind in {"when", "time"}:
        return value.rstrip("0").rstrip(".") if "." in value else value
    if kind == "json":
        # A number is marked with what no text in a database holds, so that 1 and "1" differ.
        read = json.loads(
            value, parse_float=lambda text: f"\0{_number(text)}", parse_int=lambda text: f"\0{_number(text)}"
        )
        return json.dumps(read, sort_keys=True, ensure_ascii=True)
    return str(ip_address(value)) if kind == "address" else value


def _number(text: str) -> str:
    """Without zeros that say nothing: to PostgreSQL 7, 7.0 and 7.00 are three texts, to SQLite they are one. Beyond nine decimals
    there is only what SQLite's binary numbers leave; none of our columns has as many."""
    exact = Decimal(text)
    value = format(exact if exact.as_tuple().exponent >= -9 else round(exact, 9), "f")  # type: ignore[operator]  # finite
    value = value.rstrip("0").rstrip(".") if "." in value else value
    return "0" if value == "-0" else value


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """One moment of the database. SQLite: a reading transaction of the write-ahead log, which holds nobody up and needs
    no second copy on the disk. PostgreSQL: REPEATABLE READ, READ ONLY."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield present()
        return
    own = sqlite3.connect(connection.settings_dict["NAME"], timeout=20)
    try:
        own.execute("BEGIN")
        yield Snapshot(own.execute, "sqlite")
    finally:
        own.close()


def present() -> Snapshot:
    """PostgreSQL as the transaction that runs now sees it, whichever database is the default one later."""
    own = connections[DEFAULT_DB_ALIAS]

    def ask(statement: str) -> Iterator[Any]:
        with own.chunked_cursor() as cursor:  # rows come as they are read: a million do not fit into memory
            cursor.execute(statement)
            while rows := cursor.fetchmany(_FETCH):
                yield from rows

    return Snapshot(ask, own.vendor)


def lines(rows: Iterable[list[Any]], *, largest: int) -> Iterator[tuple[int, bytes]]:
    """Rows as lines of JSON, in pieces of about `largest` bytes: (rows in it, the piece)."""
    piece, size = [], 0
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        piece.append(line)
        size += len(line) + 1
        if size >= largest:
            yield len(piece), b"\n".join(piece) + b"\n"
            piece, size = [], 0
    if piece:
        yield len(piece), b"\n".join(piece) + b"\n"
