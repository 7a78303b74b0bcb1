"""An installation in a folder of its own, on SQLite or in a PostgreSQL database of its own, run by the one command."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
KEY = "a key for tests only"


@dataclass(frozen=True)
class Installation:
    folder: Path
    database: str = ""  # a DATABASE_URL; empty is SQLite in the folder
    key: str = KEY

    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") and k != "DATABASE_URL"}
        own = {"FLOREO_SECRET_KEY": self.key, "FLOREO_LOG_LEVEL": "ERROR", "FLOREO_DATA": str(self.folder)}
        return kept | own | ({"DATABASE_URL": self.database} if self.database else {})

    def run(self, *arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "floreo.config.cli",
            "--data",
            str(self.folder),
            "--pack",
            "isla-prueba",
        ]
        return subprocess.run(
            [*command, *map(str, arguments)],
            cwd=ROOT,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
            **more,
        )

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env(), capture_output=True, check=True
        )

    @property
    def sqlite(self) -> Path:
        return self.folder / "floreo.sqlite3"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.sqlite)
        try:
            return list(database.execute(sql))
        finally:
            database.close()

    def write(self, sql: str) -> None:
        with sqlite3.connect(self.sqlite) as database:
            database.execute(sql)
        database.close()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table that a backup holds, but the audit entry that a restore adds."""
        names = [
            r[1] for r in self.rows("PRAGMA table_list") if r[0] == "main" and r[2] == "table" and "sqlite_" not in r[1]
        ]
        left_out = {"core_cache", "django_session", "usersessions_usersession"}
        found = {name: sorted(self.rows(f'SELECT * FROM "{name}"'), key=repr) for name in names if name not in left_out}
        found["core_auditentry"] = self.rows(
            "SELECT * FROM core_auditentry WHERE verb NOT LIKE 'backup.%' ORDER BY number"
        )
        return found


@contextmanager
def a_postgres_database(url: str) -> Iterator[str]:
    """A database of its own in the cluster of `url`, gone afterwards."""
    import psycopg  # only here

    name = f"floreo_copy_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as cluster:
        cluster.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
