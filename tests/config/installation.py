"""An installation in a folder of its own, on SQLite or in a PostgreSQL database of its own, run by the one command."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.config import warm

ROOT = Path(__file__).resolve().parents[2]
KEY = "a key for tests only"
# How each prepared installation is made, and from which: a command, or a function of tests/config/warm.py with a pack.
PREPARED: dict[str, tuple[str, tuple[str, ...]]] = {
    "migrated": ("", ("audit", "verify")),
    "pack isla-prueba": ("migrated", ("warm", "pack", "isla-prueba")),
    "pack terre-essai": ("migrated", ("warm", "pack", "terre-essai")),
    "pack belize": ("migrated", ("warm", "pack", "belize")),
    "loaded": ("pack isla-prueba", ("up", "--prepare-only")),
    "nights isla-prueba": ("pack isla-prueba", ("warm", "nights", "isla-prueba")),
    "with reports": ("nights isla-prueba", ("up", "--prepare-only")),
    "after a minute": ("with reports", ("warm", "first_minute", "isla-prueba")),
}


@cache
def forks() -> ForkServerContext:
    """Where commands are forked from. Started once in each process of the tests, with a database that nobody opens."""
    os.environ["FLOREO_WARM"] = "1"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.config.warm"])
    return context


@dataclass(frozen=True)
class Installation:
    folder: Path
    database: str = ""  # a DATABASE_URL; empty is SQLite in the folder
    key: str = KEY
    pack: str = "isla-prueba"
    extra: Mapping[str, str] = field(default_factory=dict)  # more settings

    def env(self) -> dict[str, str]:
        ours = {"DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") and k not in ours}
        own = {"FLOREO_SECRET_KEY": self.key, "FLOREO_LOG_LEVEL": "ERROR", "FLOREO_DATA": str(self.folder)}
        own["LC_ALL"] = "C.UTF-8"  # whoever runs the tests: what commands print is read here in English
        return kept | own | ({"DATABASE_URL": self.database} if self.database else {}) | dict(self.extra)

    def run(self, *arguments: object, read: bytes = b"") -> subprocess.CompletedProcess[str]:
        """One command, in a fork of a process that has imported everything. `read` is what it gets on standard input."""
        words = self.words(*arguments)
        with tempfile.TemporaryDirectory() as name:
            files = [Path(name) / each for each in ("in", "out", "err")]
            files[0].write_bytes(read)
            one = forks().Process(target=warm.command, args=(words, self.env(), str(ROOT), [str(f) for f in files]))
            one.start()
            one.join()
            code = one.exitcode
            one.close()
            out, err = (f.read_text() for f in files[1:])
        return subprocess.CompletedProcess(words, -1 if code is None else code, out, err)

    def warm(self, function: str, pack: str) -> None:
        """A function of tests/config/warm.py on this installation, with the folder of a pack."""
        one = forks().Process(target=getattr(warm, function), args=(self.env(), ROOT / "packs" / pack, once()))
        one.start()
        one.join()
        assert one.exitcode == 0, f"{function} {pack}: its output is above"
        one.close()

    def page(self, address: str) -> bytes:
        """What the site answers on that address, asked in a fork like `run`."""
        with tempfile.TemporaryDirectory() as name:
            to = Path(name) / "page"
            one = forks().Process(target=warm.page, args=(self.env(), address, to))
            one.start()
            one.join()
            one.close()
            return to.read_bytes()

    def run_anew(self, *arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
        """One command as a shell starts it, where the process itself is what is shown."""
        command = [sys.executable, "-m", "floreo.config.cli", *self.words(*arguments)]
        return subprocess.run(
            command, cwd=ROOT, env=self.env(), capture_output=True, text=True, check=False, timeout=300, **more
        )

    def words(self, *arguments: object) -> list[str]:
        return ["--data", str(self.folder), "--pack", self.pack, *map(str, arguments)]

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
        left_out = {"core_cache", "django_session", "usersessions_usersession"}
        with closing(sqlite3.connect(self.sqlite)) as database:  # opened once: each time it reads what all tables are
            tables = list(database.execute("PRAGMA table_list"))
            names = [r[1] for r in tables if r[0] == "main" and r[2] == "table" and "sqlite_" not in r[1]]
            found = {
                name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=repr)
                for name in names
                if name not in left_out
            }
            chain = "SELECT * FROM core_auditentry WHERE verb NOT LIKE 'backup.%' ORDER BY number"
            found["core_auditentry"] = list(database.execute(chain))
        return found


def once() -> Path:
    """Where they are made. Two runs of the tests beside each other may share it: they then set FLOREO_ONCE."""
    home = Path(os.environ.get("FLOREO_ONCE") or Path(os.environ["FLOREO_TESTS"]) / "once")
    home.mkdir(parents=True, exist_ok=True)
    return home


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills, by whichever process comes first. Nobody writes into it afterwards: tests copy it."""
    home = once()
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / name).exists():
            making = home / f"{name}.making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(home / name)
    return home / name


def prepared(folder: Path, what: str = "migrated") -> Installation:
    """An installation in `folder`: `migrated` and empty; `loaded` as the first start with the sample pack leaves it; `with reports`
    when its worker has taken in the nights of reports as well; `after a minute` when it has run each of its other jobs once."""
    shutil.copytree(prepared_folder(what), folder, dirs_exist_ok=True)
    return Installation(folder)


def prepared_folder(what: str) -> Path:
    """The folder from which it is copied. Nobody writes into it."""

    def make(making: Path) -> None:
        origin, words = PREPARED[what]
        made = prepared(making, origin) if origin else Installation(making)
        if words[0] == "warm":
            made.warm(*words[1:])
            _in_one_file(made)
            return
        done = made.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        _beside(what, "printed").write_text(done.stdout)
        if not origin:
            _with_an_empty_database(made)
        _in_one_file(made)

    return made_once(what, make)


def _in_one_file(made: Installation) -> None:
    """A fork ends without closing its database: what it wrote may still be in the log beside it, which a copy of the file leaves out."""
    with closing(sqlite3.connect(made.sqlite)) as database:
        busy, *_pages = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert not busy


def _with_an_empty_database(made: Installation) -> None:
    """Leaves the copy of an empty database that a first backup makes, so that none of its copies migrates from nothing. Made by
    a copy: a backup is an entry of the trail."""
    with tempfile.TemporaryDirectory() as name:
        other = Installation(Path(name) / "data")
        shutil.copytree(made.folder, other.folder)
        done = other.run("backup", "--to", Path(name) / "to")
        assert done.returncode == 0, done.stdout + done.stderr
        (kept,) = other.folder.glob("empty-*.sqlite3")
        shutil.copyfile(kept, made.folder / kept.name)


def _beside(what: str, kind: str) -> Path:
    return once() / f"{what}.{kind}"


def said_at_first_start(what: str) -> str:
    """What the first start with the sample pack printed."""
    return _beside(what, "printed").read_text()


def pack_once(name: str, *, with_nights: bool = False) -> tuple[Path, Path]:
    """Of a pack that is loaded, and whose nights of reports are taken in: the file of its rows, the folder of its data."""
    what = f"{'nights' if with_nights else 'pack'} {name}"
    folder = prepared_folder(what)
    return _beside(what, "rows"), folder


def _pattern_on_postgresql(url: str) -> str:
    """The migrated and empty database in the cluster of `url` that others are copies of."""
    import psycopg  # only here

    pattern = "floreo_tests_migrated"

    def make(folder: Path) -> None:
        with psycopg.connect(url, autocommit=True) as cluster:
            cluster.execute(f"DROP DATABASE IF EXISTS {pattern} WITH (FORCE)")
            cluster.execute(f"CREATE DATABASE {pattern}")
        made = Installation(folder, database=urlsplit(url)._replace(path=f"/{pattern}").geturl())
        done = made.run("audit", "verify")
        assert done.returncode == 0, done.stdout + done.stderr

    made_once("on-postgresql", make)
    return pattern


def copy_on_postgresql(url: str, name: str) -> None:
    """A migrated and empty database called `name` in the cluster of `url`, in the place of one that an earlier run left."""
    import psycopg  # only here

    pattern = _pattern_on_postgresql(url)
    with psycopg.connect(url, autocommit=True) as cluster:
        cluster.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cluster.execute(f'CREATE DATABASE "{name}" TEMPLATE {pattern}')


@contextmanager
def a_postgres_database(url: str, *, migrated: bool = False) -> Iterator[str]:
    """A database of its own in the cluster of `url`, gone afterwards: with nothing in it, or migrated and empty."""
    import psycopg  # only here

    name = f"floreo_copy_{uuid.uuid4().hex[:8]}"
    pattern = _pattern_on_postgresql(url) if migrated else "template1"
    with psycopg.connect(url, autocommit=True) as cluster:
        cluster.execute(f"CREATE DATABASE {name} TEMPLATE {pattern}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
