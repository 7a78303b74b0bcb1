"""An empty SQLite database with all tables, made once by migrating and copied from then on: migrating from nothing takes seconds
of the processor, which every backup would pay for its proof. It lies in the data folder, under a name that changes with the
migrations, Django and SQLite."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_PATTERN = "empty-*.sqlite3"


def _name(executor: MigrationExecutor) -> str:
    digest = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version} {sys.version}".encode())
    for (app, name), migration in sorted(executor.loader.disk_migrations.items()):
        source = Path(sys.modules[type(migration).__module__].__file__ or "").read_bytes()
        digest.update(f"{app}.{name}".encode() + source)
    return f"empty-{digest.hexdigest()[:16]}.sqlite3"


def copy_to_connection(executor: MigrationExecutor) -> bool:
    """Whether the new file of the connection is now a copy of the kept one. False where none is kept, or it is no new file."""
    kept = Path(settings.DATA) / _name(executor)
    path = Path(connection.settings_dict["NAME"])
    if executor.loader.applied_migrations or connection.introspection.table_names() or not kept.is_file():
        return False
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    path.touch(mode=0o600)  # it will hold what nobody else on this machine may read
    shutil.copyfile(kept, path)
    return True


def save_copy(executor: MigrationExecutor) -> None:
    """Keeps a copy of the database as it is now, in the place of those of other versions."""
    folder = Path(settings.DATA)
    kept = folder / _name(executor)
    making = folder / f"{kept.name}.{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(making)])
    for old in folder.glob(_PATTERN):
        old.unlink(missing_ok=True)
    making.replace(kept)


def lend(scratch: Path) -> None:
    """Copies the kept one into another data folder, for a process that works there."""
    for kept in Path(settings.DATA).glob(_PATTERN):
        shutil.copyfile(kept, scratch / kept.name)


def take_back(scratch: Path) -> None:
    """Keeps the one that a process made there."""
    for made in scratch.glob(_PATTERN):
        if not (Path(settings.DATA) / made.name).exists():
            for old in Path(settings.DATA).glob(_PATTERN):
                old.unlink(missing_ok=True)
            shutil.copyfile(made, Path(settings.DATA) / f"{made.name}.part")
            (Path(settings.DATA) / f"{made.name}.part").replace(Path(settings.DATA) / made.name)
