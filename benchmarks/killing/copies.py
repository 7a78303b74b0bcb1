"""Backups of the running installation, and restores of them into another one, killed in the middle."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.killing.site import Nursery
from benchmarks.killing.work import Found, Kind
from floreo.config import archive
from floreo.core.errors import Refused

_NAMES = "SELECT file FROM evidence_evidence WHERE kind = 'file'"
_HEAD = "SELECT hash FROM core_auditentry WHERE verb <> 'backup.restored' ORDER BY number DESC LIMIT 1"
_ROWS = "SELECT count(*) FROM core_auditentry WHERE verb <> 'backup.restored'"


@dataclass
class Commands(Kind):
    """Commands of the nursery, one after another."""

    nursery: Nursery | None = None
    log: Path = Path()
    words: tuple[str, ...] = ()
    number: int = 0  # of the command that runs
    took: float = 20.0  # seconds, the last that was not killed

    def command(self, *arguments: object, env: Mapping[str, str] | None = None) -> int:
        assert self.nursery is not None
        self.number = self.nursery.start(*arguments, log=self.log, env=env)
        began = time.monotonic()
        try:
            code = self.nursery.wait(self.number)
            if code == 0:
                self.took = time.monotonic() - began
            return code
        finally:
            self.number = 0

    def last_words(self) -> str:
        """What the command said last."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.is_file() else []
        return next((line.strip()[:120] for line in reversed(lines) if line.strip()), "nothing")

    def wait_for_a_moment(self) -> None:
        self.wait_while_it_runs(random.random() * self.took)

    def wait_while_it_runs(self, seconds: float) -> None:
        number, until = self.number, time.monotonic() + seconds
        while number and self.number == number and time.monotonic() < until:
            time.sleep(0.002)


@dataclass
class Backups(Commands):
    to: Path = Path()

    def once(self) -> None:
        before = set(self.to.glob("*.tar.gz"))
        code = self.command(*self.words, "backup", "--to", self.to, "--keep", "1000")
        new = {path.name for path in set(self.to.glob("*.tar.gz")) - before}
        if code == 0:
            assert len(new) == 1, "a backup that ended well left no file, or two"
            self.acknowledged |= dict.fromkeys(new)
        elif code > 0:
            self.others[f"backup ended with {code}: {self.last_words()}"] += 1
        else:
            self.unknown |= dict.fromkeys(new or {f"nothing {len(self.unknown)}"})

    def compare(self) -> Found:
        found, there = Found(), {path.name: path for path in self.to.glob("*.tar.gz")}
        found.lost = set(self.acknowledged) - set(there)
        for name, path in there.items():
            try:
                archive.checked(path)
            except Refused:
                found.halves.add(name)
        return found

    def leftovers(self) -> list[str]:
        return sorted(path.name for path in self.to.glob(".floreo-*"))


State = tuple[str, int, frozenset[str], frozenset[str]]  # head, entries, files of the vault, of the event store


@dataclass
class Restores(Commands):
    """One of two archives in the place of what is there. Whole is what equals one of them in rows, vault and event store."""

    folder: Path = Path()
    database: str = ""
    key: str = ""
    archives: list[Path] = field(default_factory=list)
    whole: dict[State, str] = field(default_factory=dict)
    wrong: Counter[str] = field(default_factory=Counter)
    next: int = 0

    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") and k != "DATABASE_URL"}
        own = {"FLOREO_SECRET_KEY": self.key, "FLOREO_LOG_LEVEL": "ERROR", "FLOREO_DATA": str(self.folder)}
        return kept | own | ({"DATABASE_URL": self.database} if self.database else {})

    def floreo(self, *arguments: object) -> int:
        return self.command("--data", self.folder, "--pack", "isla-prueba", *arguments, env=self.env())

    def learn(self) -> None:
        for path in self.archives:
            assert self.floreo("restore", path, "--replace") == 0, f"see {self.log}"
            self.whole[self.state()] = path.name
            self._tidy()

    def state(self) -> State:
        rows = self._rows
        files = frozenset(p.relative_to(self.folder / "files").as_posix() for p in _files(self.folder / "files"))
        events = frozenset(p.relative_to(self.folder / "events").as_posix() for p in _files(self.folder / "events"))
        missing = {row[0] for row in rows(_NAMES)} - files
        if (
            missing and not (self.folder / "restoring").exists()
        ):  # else rows and files are changing places, and it says so
            self.wrong["records without their file"] += 1
        return rows(_HEAD)[0][0], rows(_ROWS)[0][0], files, events

    def _rows(self, sql: str) -> list[Any]:
        if not self.database:
            with closing(sqlite3.connect(f"file:{self.folder / 'floreo.sqlite3'}?mode=rw", uri=True)) as opened:
                return list(opened.execute(sql))
        import psycopg  # only here

        parts = urlsplit(self.database)
        with psycopg.connect(self.database) as there:
            assert parts.path
            return there.execute(sql).fetchall()

    def wait_for_a_moment(self) -> None:
        """Every second time while rows and files change places, which takes milliseconds."""
        if random.random() < 0.5:
            super().wait_for_a_moment()
            return
        number = self.number
        while number and self.number == number and not any(self.folder.glob("*.before-*")):
            if (self.folder / "restoring").exists():
                break
            time.sleep(0.0005)
        time.sleep(random.random() * 0.01)

    def once(self) -> None:
        self.next += 1
        path = self.archives[self.next % len(self.archives)]
        code = self.floreo("restore", path, "--replace")
        if code == 0:
            self.acknowledged[self.next] = path.name
            if self._found() != path.name:
                self.wrong["a restore that ended well and is not whole"] += 1
        elif code > 0:
            self.others[f"restore ended with {code}: {self.last_words()}"] += 1
        else:
            self.unknown[self.next] = path.name
            self._after_a_kill(path)
        self._tidy()

    def _found(self) -> str:
        try:
            return self.whole.get(self.state(), "")
        except Exception as problem:
            return f"{type(problem).__name__}: {problem}"

    def _after_a_kill(self, path: Path) -> None:
        """Either one of the two, whole; or every other command says that it is not, and the same restore makes it whole."""
        time.sleep(0.1)
        if self._found() in self.whole.values():
            return
        if self.floreo("audit", "verify") == 0:
            self.wrong["restored by half, and nothing says so"] += 1
        code = self.floreo("restore", path, "--replace")
        while code < 0:  # it was killed as well
            self.others["a restore after a kill was killed as well"] += 1
            code = self.floreo("restore", path, "--replace")
        if code or self._found() != path.name:
            self.wrong["a restore that cannot be done again"] += 1

    def _tidy(self) -> None:
        """What was there before is kept by each restore, for people."""
        for old in self.folder.glob("*.before-*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()

    def compare(self) -> Found:
        return Found()


def _files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()] if folder.is_dir() else []
