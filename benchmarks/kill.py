"""Kills processes of a running installation at random moments of its work, and compares what there is with what clients know.

    python -m benchmarks.kill [--kills 1000] [--minutes 20] [--seed N] [--work events,ingest,...] [--data FOLDER] [--fault NAME]
    DATABASE_URL=postgresql://... python -m benchmarks.kill        (two databases are made in that cluster, and removed)

`floreo up` runs with the sample country, a mail server on loopback and clients: one sends events to the API, one drops files into
a watched folder, others answer by the link of a notice, send forms, upload evidence, close periods, send notices again; and
backups of it are made, and restored elsewhere. Each round waits until one kind of work is in the middle, then kills a process
that does it: the web server's, its main one, the worker, a child, a command; now and then the main process, all at once, or with
SIGTERM and SIGINT. Every 40 kills all comes to rest and is compared. Exit code 1 when anything was lost, doubled or left by half.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import random
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("ingest", "events", "answers", "forms", "uploads", "close", "notices", "backup", "restore")
EVERY = 40  # kills from one comparison to the next
KEY = "a key for tests only"
PACK = "isla-prueba"
if TYPE_CHECKING:
    from benchmarks.killing.site import Family, Nursery, PostOffice
    from benchmarks.killing.work import Kind


@dataclass
class Place:
    """Where all of it is: folders, databases, ports."""

    folder: Path
    url: str = ""  # of the PostgreSQL cluster; empty is SQLite
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def database(self, name: str) -> str:
        return urlsplit(self.url)._replace(path=f"/floreo_kill_{name}").geturl() if self.url else ""

    def env(self, name: str, mail: int, fault: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("FLOREO_") and k != "DATABASE_URL"}
        own = {
            "FLOREO_DATA": str(self.folder / name),
            "FLOREO_PACK": PACK,
            "FLOREO_SECRET_KEY": KEY,
            "FLOREO_ADDRESS": f"http://localhost:{self.ports['web']}",
            "FLOREO_SMTP": f"smtp://127.0.0.1:{mail}",
            "FLOREO_MAIL_PER_DAY": "1000000",
            "FLOREO_BEHIND_PROXY": "1",
            "FLOREO_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
            "KILL_FAULT": fault,
        }
        return kept | own | ({"DATABASE_URL": self.database(name)} if self.url else {})


def make_databases(place: Place) -> None:
    import psycopg  # only with PostgreSQL

    with psycopg.connect(place.url, autocommit=True) as cluster:
        for name in ("data", "other"):
            cluster.execute(f'DROP DATABASE IF EXISTS "floreo_kill_{name}" WITH (FORCE)')
            cluster.execute(f'CREATE DATABASE "floreo_kill_{name}"')


def version() -> str:
    """Of the tables and of the pack: what was prepared for others does not fit."""
    files = [*(ROOT / "floreo").rglob("migrations/*.py"), *(ROOT / "packs" / PACK).rglob("*")]
    found = hashlib.sha256()
    for path in sorted(each for each in files if each.is_file()):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


@contextmanager
def prepared(place: Place) -> Iterator[str]:
    """The sample country with its nights of reports, copied from where the tests prepare it; what its first start printed."""
    os.environ.setdefault("FLOREO_ONCE", str(place.folder.parent / f"floreo-kill-{version()}"))
    from tests.config.installation import prepared as copied
    from tests.config.installation import said_at_first_start

    installation = copied(place.data, "with reports")
    if place.url:
        make_databases(place)
        made = installation.run("backup", "--to", place.folder / "first")
        assert made.returncode == 0, made.stdout
        (archive,) = (place.folder / "first").glob("*.tar.gz")
        shutil.rmtree(place.data)
        target = type(installation)(place.data, database=place.database("data"))
        made = target.run("restore", archive)
        assert made.returncode == 0, made.stdout + made.stderr
    yield said_at_first_start("with reports")


@dataclass
class Round:
    """One run: who kills, who works, and what came of it."""

    place: Place
    family: Family
    nursery: Nursery
    office: PostOffice
    kinds: list[Kind]
    kills: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    leftovers: Counter[str] = field(default_factory=Counter)
    lost: dict[str, set[Any]] = field(default_factory=dict)
    doubled: dict[str, set[Any]] = field(default_factory=dict)
    halves: dict[str, set[Any]] = field(default_factory=dict)
    slowest: float = 0.0
    longest_rest: float = 0.0  # seconds until what waited was done, at a comparison

    def kill_one(self) -> None:
        kind, until = random.choice(self.kinds), time.monotonic() + 1
        while not kind.begun:
            if time.monotonic() > until:  # it rests: another
                kind, until = random.choice(self.kinds), time.monotonic() + 1
            time.sleep(0.002)
        kind.wait_for_a_moment()
        if pids := self._of_command(kind):
            self._shoot(random.choice(pids), signal.SIGKILL, "command")
        elif random.random() < 0.06:
            self._all(random.choice(("main", "all", "SIGTERM", "SIGINT")))
        else:
            members = self.family.members()
            roles = [role for role, times in kind.victims.items() for _each in range(times) if role in members]
            if not roles:
                return
            role = random.choice(roles)
            self._shoot(random.choice(members[role]), signal.SIGKILL, role)
        self.kills += 1
        for each in self.kinds:
            each.kills += bool(each.begun) or each is kind

    def _of_command(self, kind: Kind) -> list[int]:
        from benchmarks.killing.site import below, processes

        number = getattr(kind, "number", 0)
        return sorted(below(self.nursery.pids[number], processes())) if number else []

    def _shoot(self, pid: int, which: signal.Signals, role: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, which)
        self.roles[role] += 1

    def _all(self, how: str) -> None:
        from benchmarks.killing.site import below, processes

        members = below(self.family.root, processes())
        self.family.members()
        for pid in members if how == "all" else [self.family.root]:
            which = signal.Signals[how] if how.startswith("SIG") else signal.SIGKILL
            with suppress(ProcessLookupError):
                os.kill(pid, which)
        self.roles[how] += 1
        began = time.monotonic()
        self.family.until_all_are_gone(members)
        self.slowest = max(self.slowest, time.monotonic() - began)

    def recover(self) -> None:
        """All that should run does again."""
        until = time.monotonic() + 30
        while self.family.is_over() is False and time.monotonic() < until:
            members = self.family.members()
            if {"serving", "web", "worker"} <= set(members):
                return
            time.sleep(0.02)
        if not self.family.is_over():
            time.sleep(0.3)  # the nursery may not know yet
        if self.family.is_over():
            self.family.start()
        else:
            self.wrong["a process that did not come back within 30 s"] += 1

    def compare(self, go: threading.Event) -> None:
        from benchmarks.killing.comparing import compare

        go.clear()
        until = time.monotonic() + 60
        clients = [kind for kind in self.kinds if not hasattr(kind, "number")]  # copies go on meanwhile
        while any(kind.begun for kind in clients) and time.monotonic() < until:
            time.sleep(0.02)
        self.recover()
        self.family.until_it_answers()
        compare(self)
        go.set()


def table(run: Round) -> str:
    twice, unknowable = run.office.twice()
    head = "| kind of work | kills | acknowledged | lost | doubled | by half | mails twice | unknown outcome |\n|---|---|---|---|---|---|---|---|"
    lines = [head]
    for kind in run.kinds:
        mails = f"{twice} (and {unknowable} that SMTP cannot know)" if kind.name == "notices" else ""
        numbers = (len(kind.acknowledged), *(len(of.get(kind.name, ())) for of in (run.lost, run.doubled, run.halves)))
        cells = (kind.name, kind.kills, *numbers, mails, len(kind.unknown))
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines)


def port_for_long() -> int:
    """A port that no connection of another program is given while the web server is away: below those of the kernel."""
    for port in random.sample(range(20_000, 30_000), 50):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port between 20000 and 30000")


def so_far(run: Round) -> str:
    """What is wrong until now, so that a run that is broken off has not been for nothing."""
    lost, doubled, halves = (sum(map(len, of.values())) for of in (run.lost, run.doubled, run.halves))
    acknowledged = sum(len(kind.acknowledged) for kind in run.kinds)
    twice = run.office.twice()[0]
    wrong = "".join(f"; WRONG: {what}: {n}" for what, n in run.wrong.items())
    return (
        f"{acknowledged} acknowledged, {lost} lost, {doubled} doubled, {halves} by half, {twice} mails twice, "
        f"{sum(run.wrong.values())} wrong{wrong}"
    )


def report(run: Round, took: float, seed: int) -> int:
    from django.db import connection

    from benchmarks.killing.work import Ingest

    print(
        f"\n{connection.vendor}, {platform.python_version()}, {os.cpu_count()} cores, seed {seed}: {run.kills} kills in {took / 60:.1f} minutes"
    )
    print("killed:", ", ".join(f"{role} {n}" for role, n in run.roles.most_common()))
    print(f"slowest end of all processes once the main one was asked or killed: {run.slowest:.1f} s")
    print(f"longest time until what waited at a comparison was done: {run.longest_rest:.0f} s\n")
    print(table(run))
    for kind in run.kinds:
        for what, n in kind.others.most_common(8):
            print(f"{kind.name}: {n} times the answer {what}")
        if isinstance(kind, Ingest) and kind.given_up:
            print(f"ingest: {len(kind.given_up)} files given up after three workers died over them, then read anew")
    wrong = run.wrong + run.family.faults
    for kind in run.kinds:
        wrong += getattr(kind, "wrong", Counter())
    for what, n in run.leftovers.most_common():
        print(f"left over, harmless: {what}: {n}")
    for what, n in wrong.most_common():
        print(f"WRONG: {what}: {n}")
    twice = run.office.twice()[0]
    found = [
        f"{name} {what}: {sorted(map(str, keys))[:5]}"
        for what, of in (("lost", run.lost), ("doubled", run.doubled), ("by half", run.halves))
        for name, keys in of.items()
        if keys
    ]
    for each in found:
        print(f"WRONG: {each}")
    print(
        "\nNothing lost, nothing doubled, nothing by half." if not (wrong or found or twice) else "\nIt does not hold."
    )
    return 1 if wrong or found or twice else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=20.0, help="not more than that")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--work", default=",".join(KINDS), help=f"some of {', '.join(KINDS)}")
    parser.add_argument("--data", type=Path, help="an empty folder (default: a temporary one)")
    parser.add_argument(
        "--fault", default="", help="put this fault in, to see it found: see benchmarks/killing/faults.py"
    )
    asked = parser.parse_args()
    os.environ.pop("FLOREO_WARM", None)  # of the tests: settings would be read before there are any
    wanted = [name for name in KINDS if name in asked.work.split(",")]
    random.seed(asked.seed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nobody is left behind
    print(f"seed {asked.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="floreo-kill-", dir=asked.data))
    try:
        return run(folder, wanted, asked)
    finally:
        if asked.data is None:
            shutil.rmtree(folder, ignore_errors=True)


def run(folder: Path, wanted: list[str], asked: argparse.Namespace) -> int:
    place = Place(folder, os.environ.get("DATABASE_URL", ""), {"web": port_for_long()})
    with prepared(place) as accounts:
        from benchmarks.killing.site import Family, Nursery, PostOffice
        from tests.core.mail_server import listening

        office = PostOffice()
        with listening(office) as mail:
            env = place.env("data", mail, asked.fault)
            os.environ.clear()  # what the tests' forks were started with must not stay
            os.environ |= env
            import django

            django.setup()
            from benchmarks.killing.making import Making
            from floreo.organisations.queries import in_the_country

            nursery = Nursery(env, folder / "nursery.log")
            family = Family(nursery, ("--data", str(place.data), "--pack", PACK), place.ports["web"], folder / "up.log")
            try:
                family.start()
                with in_the_country():
                    other = place.database("other")
                    made = Making(folder, place.ports["web"], accounts, nursery, PACK, KEY, other).all(wanted)
                    return _rounds(Round(place, family, nursery, office, made), asked)
            finally:
                family.stop()
                nursery.close()


def _rounds(one: Round, asked: argparse.Namespace) -> int:
    import contextvars

    stop, go = threading.Event(), threading.Event()
    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(k.run, stop, go), daemon=True) for k in one.kinds
    ]
    for thread in threads:
        thread.start()
    go.set()
    began = time.monotonic()
    compared = 0
    while one.kills < asked.kills and time.monotonic() < began + asked.minutes * 60:
        one.kill_one()
        one.recover()
        if one.kills >= compared + EVERY:
            compared = one.kills
            one.compare(go)
            print(f"{one.kills} kills, {time.monotonic() - began:.0f} s: {so_far(one)}", flush=True)
    go.clear()
    stop.set()
    for thread in threads:
        thread.join(120)
    one.compare(go)
    return report(one, time.monotonic() - began, asked.seed)


if __name__ == "__main__":
    sys.exit(main())
