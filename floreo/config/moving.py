"""`floreo move --to URL`: every record into an empty database of another kind, held against the source row by row before it counts.

The source is only read. PostgreSQL is filled in one transaction, so whoever looks there sees nothing or all of it; SQLite in a new
file that gets its name at the end. Files of evidence and events of feeds stay in the data folder: rows name them by what they hold."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.utils import load_backend

from floreo.config import environment
from floreo.config.archive import PIECE
from floreo.config.loading import TOO_FEW_LOCKS, DoesNotFit, fill, lacks_locks
from floreo.config.migrating import migrations_due
from floreo.config.portable import Snapshot, common_kinds, lines, present, snapshot
from floreo.config.processes import CannotStart, FolderLock
from floreo.config.restore import must_be_stopped
from floreo.core import audit, state
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused


@dataclass(frozen=True)
class Moved:
    """What is in the other database now."""

    rows: int
    tables: int
    sha256: str  # over the hashes of all tables
    head: int
    origin: str  # where the records still are, too
    to: str  # the new DATABASE_URL, without its password

    def __str__(self) -> str:
        return (
            f"Moved {self.rows} rows of {self.tables} tables. Each table holds the same rows there as here "
            f"(SHA-256 of all: {self.sha256}), numbers go on after the same ones, and the audit chain holds, {self.head} entries.\n"
            f"Files and events stay in {settings.DATA}. Everybody has to sign in again.\n"
            f"Now set DATABASE_URL={self.to} for every service (the password, where there is one, in the file that "
            "DATABASE_URL_FILE names), and start them.\n"
            f"{self.origin} is as it was. Without that setting Floreo starts with it: put it away when all is well."
        )


def move(url: str) -> Moved:
    """Raises Refused, having changed nothing here and left nothing there, where Floreo runs, the target is not empty, cannot
    be used or does not hold afterwards what is here."""
    target = _target(url)
    _must_be_there()
    with _alone(), snapshot() as source:
        found = set(map(str, state.differences()))
        counts = source.counts()
        manifest = _manifest(source, counts)

        def pieces() -> Iterator[tuple[str, bytes]]:
            for table in source.tables:
                for _count, piece in lines(source.rows(table), largest=PIECE):
                    yield table, piece

        def prove() -> str:
            """What is there now is what is here."""
            with snapshot() if connection.vendor == "sqlite" else nullcontext(present()) as there:
                digest = _must_be_equal(source, there, counts)
            if more := sorted(set(map(str, state.differences())) - found):
                raise DoesNotFit(f"a row there is not as the audit chain left it: {more[0]}")
            record_move(
                by=SYSTEM, origin=source.vendor, rows=sum(counts.values()), sha256=digest, head=manifest["audit"]
            )
            return digest

        origin = _name_of_source()
        try:
            with _written(target):
                fill(pieces, manifest)
                digest = prove()
                head = audit.head().number
        except DoesNotFit as problem:
            raise _refused(str(problem)) from problem
        except (DatabaseError, OSError) as problem:
            why = TOO_FEW_LOCKS if lacks_locks(problem) else str(problem).strip().splitlines()[0][:300]
            raise _refused(why) from problem
    return Moved(sum(counts.values()), len(counts), digest, head, origin, _without_password(url))


@action("installation.moved", needs=Permission.ACCOUNT_MANAGE)
def record_move(*, by: Actor, origin: str, rows: int, sha256: str, head: dict[str, Any]) -> None:
    """The chain goes on in the other database, and says from which entry."""
    note(origin=origin, rows=rows, sha256=sha256, head=head)


def _refused(why: str) -> Refused:
    return Refused(f"Nothing was moved, and the target is as it was: {why}.", code="not_moved")


def _target(url: str) -> dict[str, Any]:
    try:
        return dict(environment.database(url, default_file=Path()))
    except (environment.BadSetting, ValueError) as problem:
        sentence = "Give the target as postgresql://user@host/name or sqlite:///file."
        raise Refused(sentence, code="target") from problem


def _must_be_there() -> None:
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        raise Refused("There is nothing to move: this installation has no database yet.", code="empty")
    if migrations_due():
        sentence = "This database is of an older version. Bring it to this one first: floreo migrate."
        raise Refused(sentence, code="older")


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody serves or works on this installation, and on SQLite nobody writes."""
    locks = [FolderLock(Path(settings.DATA), role) for role in ("web", "worker")]
    own = None
    try:
        for lock in locks:
            lock.take("floreo move")
        if connection.vendor == "postgresql":
            must_be_stopped()
        else:
            connection.close()
            own = sqlite3.connect(connection.settings_dict["NAME"], timeout=1, isolation_level=None)
            own.execute("BEGIN IMMEDIATE")  # holds writers up, and writes nothing
        yield
    except CannotStart as problem:
        raise Refused(str(problem), code="running") from problem
    except sqlite3.OperationalError as problem:
        sentence = "Another process writes to this database. Stop the server, the worker and other commands first."
        raise Refused(sentence, code="running") from problem
    finally:
        if own is not None:
            own.close()
        for lock in locks:
            lock.release()


def _manifest(source: Snapshot, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "tables": {
            t: {"columns": [c.name for c in columns], "rows": counts[t]} for t, columns in source.tables.items()
        },
        "migrations": source.migrations(),
        "sequences": source.sequences(),
        "audit": source.head(),
    }


def _must_be_equal(source: Snapshot, there: Snapshot, counts: dict[str, int]) -> str:
    """The hash of all tables' hashes. Raises DoesNotFit."""
    if there.counts() != counts:
        differing = sorted(t for t, n in there.counts().items() if counts.get(t) != n)
        raise DoesNotFit(f"{differing[0]} has more or fewer rows there")
    kinds = common_kinds(source, there)
    ours, theirs = source.hashes(kinds), there.hashes(kinds)
    for table, digest in ours.items():
        if theirs.get(table) != digest:
            raise DoesNotFit(f"rows of {table} are not the same there")
    numbers = there.sequences()
    for table, number in source.sequences().items():
        if numbers.get(table, 0) < number:
            raise DoesNotFit(f"numbers of {table} would be given again there")
    return hashlib.sha256(json.dumps(ours, sort_keys=True).encode()).hexdigest()


def _name_of_source() -> str:
    given = connection.settings_dict
    return str(given["NAME"]) if connection.vendor == "sqlite" else f"The database {given['NAME']}"


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.split(':')[0]}@{host}").geturl()


# The target


@contextmanager
def _written(target: dict[str, Any]) -> Iterator[None]:
    """Within it the target is the default database. It holds what was written when nothing was raised, and nothing else."""
    if target["ENGINE"].endswith("postgresql"):
        with _instead(target), transaction.atomic():
            _must_be_empty()
            yield
        return
    final = Path(target["NAME"])
    if final.exists():
        raise Refused(f"{final} exists already. Give a file that does not.", code="not_empty")
    fresh = final.with_name(f"{final.name}.moving")
    _remove(fresh)
    fresh.touch(mode=0o600)
    try:
        with _instead(target | {"NAME": str(fresh)}):
            yield
            connection.close()
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.rename(final)
    finally:
        _remove(fresh)


@contextmanager
def _instead(target: dict[str, Any]) -> Iterator[None]:
    """That database in the place of the installation's own, in this thread."""
    own = connections[DEFAULT_DB_ALIAS]
    whole = connections.configure_settings({DEFAULT_DB_ALIAS: target})[DEFAULT_DB_ALIAS]
    other = load_backend(whole["ENGINE"]).DatabaseWrapper(whole, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = other
    try:
        yield
    finally:
        other.close()
        connections[DEFAULT_DB_ALIAS] = own


def _must_be_empty() -> None:
    with connection.cursor() as cursor:
        if names := connection.introspection.table_names(cursor):
            sentence = f"The target is not empty: it holds the table {sorted(names)[0]}. Give an empty database."
            raise Refused(sentence, code="not_empty")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            Path(f"{path}{suffix}").unlink()
