"""`floreo restore`: an installation from an archive, whole or not at all.

SQLite: a new file is made beside the old one and takes its name when all is well. PostgreSQL: rows change in one transaction. The
database is first brought to the state the archive was made in, filled, and then brought to this version, unless the one that made it is to go on.

Rows and files change places one after another. While they do, a file in the data folder says so, and nothing else starts: whoever
is cut off there restores again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from floreo.config import archive
from floreo.config.archive import SECRET, damaged
from floreo.config.loading import TOO_FEW_LOCKS, DoesNotFit, fill, lacks_locks, migrate_to
from floreo.config.migrating import migrations_due
from floreo.config.portable import LEFT_OUT, quoted
from floreo.config.processes import RESTORING
from floreo.core import audit, clock
from floreo.core.access import SYSTEM, Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.feeds.actions.numbering import begin_new_stream
from floreo.feeds.actions.searched import give_texts

Mark = Callable[[], None]
FOLDERS = {"files": "MEDIA_ROOT", "events": "EVENTS_ROOT", "spool": "SPOOL_ROOT"}


@dataclass(frozen=True)
class Restored:
    """What came back."""

    rows: int
    files: int
    head: int
    made_at: str
    discard: tuple[Path, ...]

    def __str__(self) -> str:
        moved = "".join(f"\nWhat was there before is kept as {p}; remove it when all is well." for p in self.discard)
        return (
            f"Restored the backup of {self.made_at}: {self.rows} rows, {self.files} files. "
            f"The audit chain holds, {self.head} entries." + moved
        )


def restore(
    path: Path, *, replace: bool = False, other_key: bool = False, rows_only: bool = False, as_it_was: bool = False
) -> Restored:
    """With `as_it_was` the database stays in the state of the version that made the archive, for going back to it. Raises Refused, having changed nothing, when the archive is damaged, newer than this version, or made with another
    key, and when this installation already holds something and `replace` was not said."""
    manifest = archive.checked(path)
    _must_fit(manifest, other_key=other_key)
    _must_be_free(replace=replace)
    marker = Path(settings.DATA) / RESTORING
    try:
        restored = _put_in_place(path, manifest, marker, rows_only=rows_only)
    except OSError as problem:
        sentence = f"The restore could not be finished: {problem.strerror or problem}."
        if marker.exists():
            sentence += " Rows and files do not belong together now. Correct that, and restore again with --replace."
        raise Refused(sentence, code="not_finished") from problem
    if not as_it_was and migrations_due():  # after all is in its place: what fails here is fixed by `floreo up`
        call_command("migrate", verbosity=0, interactive=False)
    begin_new_stream()
    give_texts()
    if not rows_only and not migrations_due():
        record_restore(by=SYSTEM, archive=path.name, made_at=manifest.get("made_at"), head=manifest["audit"])
    return restored


def _put_in_place(path: Path, manifest: dict[str, Any], marker: Path, *, rows_only: bool) -> Restored:
    moved: list[Path] = []
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    staged = [] if rows_only else _stage_files(path)
    into = _into_postgres if connection.vendor == "postgresql" else _into_sqlite
    rows = into(path, manifest, stamp, moved, partial(_mark, marker, path))
    for name, folder in staged:
        _swap(folder, Path(getattr(settings, FOLDERS[name])), stamp, moved)
    if SECRET in manifest["members"] and not rows_only:
        _put_secret(path)
    _sync(marker.parent)
    marker.unlink(missing_ok=True)
    _sync(marker.parent)
    head = audit.head().number
    return Restored(rows, manifest.get("files", 0), head, str(manifest.get("made_at")), tuple(moved))


def _mark(marker: Path, path: Path) -> None:
    """From here until all is in its place, only a restore may be begun."""
    with marker.open("w", encoding="utf-8") as file:
        file.write(f"{path.resolve()}\n")
        file.flush()
        os.fsync(file.fileno())
    _sync(marker.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@action("backup.restored", needs=Permission.ACCOUNT_MANAGE)
def record_restore(*, by: Actor, archive: str, made_at: str | None, head: dict[str, Any]) -> None:
    """The chain says where it was taken up again."""
    note(archive=archive, made_at=made_at, head=head)


def _must_fit(manifest: dict[str, Any], *, other_key: bool) -> None:
    if not other_key and not archive.is_sealed_here(manifest):
        raise Refused(
            "This archive was made with another secret key, or was changed since. Put the key of that installation back "
            "first (FLOREO_SECRET_KEY or the file secret-key); if it is lost and you trust the file, say --other-key.",
            code="other_key",
        )
    on_disk = MigrationLoader(None).disk_migrations  # asks no database, and so makes none
    unknown = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in on_disk]
    if unknown:
        raise Refused(
            f"This archive was made by Floreo {manifest.get('floreo')}, which is newer than this version and knows "
            f"{unknown[0]}. Install that version, or a later one, and restore again.",
            code="newer",
        )


def _holds_something() -> bool:
    return _has_rows() or any(
        Path(getattr(settings, s)).is_dir() and any(Path(getattr(settings, s)).iterdir()) for s in FOLDERS.values()
    )


def _has_rows() -> bool:
    if not _database_is_there():
        return False
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table in sorted(tables & {"core_auditentry", "organisations_user", "organisations_country"}):
            cursor.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1")
            if cursor.fetchone():
                return True
    return False


def _database_is_there() -> bool:
    return connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).exists()


def _must_be_free(*, replace: bool) -> None:
    if not _database_is_there():
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    if _holds_something():
        if not replace:
            sentence = (
                "This installation already has data. Restore into an empty one, or use --replace to replace that data."
            )
            raise Refused(sentence, code="not_empty")
        must_be_stopped()
    connection.close()


LEAVING = 10.0  # seconds in which the session of a process that was killed may end


def must_be_stopped() -> None:
    """A server that goes on would write into what is replaced. On PostgreSQL the session of a process that was killed goes on
    until its statement is done: it is waited for."""
    sentence = "Floreo is still running on this database. Stop the server and the worker first, then restore again."
    if connection.vendor == "postgresql":
        until = time.monotonic() + LEAVING
        while _other_sessions():
            if time.monotonic() >= until:
                raise Refused(sentence, code="running")
            time.sleep(0.2)
        return
    connection.close()
    own = sqlite3.connect(connection.settings_dict["NAME"], timeout=1)
    try:  # leaving the write-ahead log is only possible for who is alone
        own.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise Refused(sentence, code="running") from error
    finally:
        own.close()


def _other_sessions() -> int:
    """Of clients, on this database of PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


# The database


def _into_sqlite(path: Path, manifest: dict[str, Any], stamp: str, moved: list[Path], mark: Mark) -> int:
    """A new file beside the old one, swapped in at the end."""
    final = Path(connection.settings_dict["NAME"])
    fresh = final.with_name(f"{final.name}.restoring")
    _remove_database(fresh)
    connection.settings_dict["NAME"] = str(fresh)
    try:
        rows = _fill(path, manifest)
        connection.close()
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        mark()
        if final.exists() and final.stat().st_size:
            old = final.with_name(f"{final.stem}.before-{stamp}{final.suffix}")
            final.rename(old)
            moved.append(old)
        for suffix in ("-wal", "-shm"):
            Path(f"{final}{suffix}").unlink(missing_ok=True)
        fresh.rename(final)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(final)
        _remove_database(fresh)
    return rows


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def _into_postgres(path: Path, manifest: dict[str, Any], _stamp: str, _moved: list[Path], mark: Mark) -> int:
    """Whoever looks sees the old or the new, and a failure leaves the old. All tables made again in one transaction need twelve thousand locks, which a
    PostgreSQL as it comes has only while nobody else is there: so tables that fit already stay, and where there is nothing to lose they are made before."""
    wanted = {(app, name) for app, name in manifest["migrations"]}
    fits = _state_of_postgres() == wanted
    if not fits and not _has_rows():
        _remove_everything()
        migrate_to(wanted)
        fits = True
    try:
        with transaction.atomic():
            if fits:
                _empty_what_is_not_copied()
            else:
                _remove_everything()
            rows = _fill(path, manifest)
            mark()
            return rows
    except (DatabaseError, Refused) as problem:
        if lacks_locks(problem):
            raise Refused(f"{TOO_FEW_LOCKS}. Nothing was changed.", code="locks") from problem
        raise


def _state_of_postgres() -> set[tuple[str, str]]:
    recorder = MigrationRecorder(connection)
    return set(recorder.applied_migrations()) if recorder.has_table() else set()


def _empty_what_is_not_copied() -> None:
    with connection.cursor() as cursor:
        there = sorted(LEFT_OUT.intersection(connection.introspection.table_names(cursor)))
        if there:
            cursor.execute(f"TRUNCATE {', '.join(quoted(name) for name in there)}")


def _fill(path: Path, manifest: dict[str, Any]) -> int:
    try:
        return fill(lambda: _tables_of(path), manifest)
    except DoesNotFit as problem:
        raise damaged(str(problem)) from problem


def _tables_of(path: Path) -> Iterator[tuple[str, bytes]]:
    for name, _size, content in archive.parts(path):
        if name.startswith("tables/"):
            yield name.split("/")[1], content.read()


def _remove_everything() -> None:
    """Outside a transaction a statement at a time, so that few locks are held at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {quoted(name)} CASCADE")
        cursor.execute("""
            SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {name} CASCADE")
        cursor.execute("SET lock_timeout = DEFAULT")


# Files


def _stage_files(path: Path) -> list[tuple[str, Path]]:
    """All files beside their place, so that the last step is a rename."""
    found: dict[str, Path] = {}
    for name, setting in FOLDERS.items():
        target = Path(getattr(settings, setting))
        found[name] = target.with_name(f"{target.name}.restoring")
        if found[name].exists():
            shutil.rmtree(found[name])
    for name, _size, content in archive.parts(path):
        top, _slash, rest = name.partition("/")
        if top not in found:
            continue
        target = found[top] / rest
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            while block := content.read(1 << 20):
                file.write(block)
            os.fsync(file.fileno())
    return list(found.items())


def _swap(fresh: Path, final: Path, stamp: str, moved: list[Path]) -> None:
    if final.is_dir() and any(final.iterdir()):
        old = final.with_name(f"{final.name}.before-{stamp}")
        final.rename(old)
        moved.append(old)
    elif final.is_dir():
        final.rmdir()
    if fresh.exists():
        fresh.rename(final)


def _put_secret(path: Path) -> None:
    """The key that was kept with it, where no other is set."""
    for name, _size, content in archive.parts(path):
        if name == SECRET and not os.environ.get("FLOREO_SECRET_KEY") and not os.environ.get("FLOREO_SECRET_KEY_FILE"):
            target = Path(settings.DATA) / "secret-key"
            target.unlink(missing_ok=True)
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content.read(10_000))
