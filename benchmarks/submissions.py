"""Many people send the public form at once: submissions a second, none lost, none twice; with --kills, processes die in the middle.

    .venv/bin/python -m benchmarks.submissions [--seconds 60] [--clients 24] [--kills] [--processes 2] [--pack isla-prueba]

`floreo up` runs on loopback over a new folder. Each client sends the last page of the form, with answers of its own and an address of
its own, as a proxy would say it, and waits for the page with the number. No answer, or one of 5xx, is sent again until there is one, as
a person would press again. Afterwards the worker takes in what waits, and the reports in the database are compared with the numbers that
clients were given. The earlier pages are not asked for: they write nothing.

With --kills one process below `floreo up` (web server, its children, worker) is killed with SIGKILL every ten seconds. Exit code 1 when
a report was lost or is there twice.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.downloads import below

KEY = "a key for tests only"
NUMBER = re.compile(r"REP-\d{4}-[0-9A-Z]+")
HOURS = "Every day, 07:00 to 21:00"
OPENS = f"""
import django; django.setup()
from floreo.core.access import SYSTEM
from floreo.incidents.actions.public_form import open_form, set_up
from floreo.incidents.models import ReportingPoint
from floreo.organisations.models import Organisation
team = ReportingPoint.objects.first() or ReportingPoint()
body = Organisation.objects.order_by("pk")[0]
open_form(set_up(team, by=SYSTEM, organisation=body, hours={HOURS!r}), by=SYSTEM)
"""


@dataclass
class Tally:
    """What clients know."""

    numbers: list[str] = field(default_factory=list)  # one for each submission that was answered
    waits: list[float] = field(default_factory=list)  # seconds from the first try to the answer
    again: Counter[str] = field(default_factory=Counter)  # why a submission was sent again
    lock: threading.Lock = field(default_factory=threading.Lock)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Site:
    """`floreo up` with the form open, started again whenever it ended."""

    def __init__(self, pack: str, folder: Path, port: int, processes: int) -> None:
        self.env = os.environ | {
            "FLOREO_DATA": str(folder),
            "FLOREO_PACK": pack,
            "FLOREO_SECRET_KEY": KEY,
            "FLOREO_BEHIND_PROXY": "1",
            "FLOREO_WEB_PROCESSES": str(processes),
            "FLOREO_LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
        }
        words = [sys.executable, "-m", "floreo.config.cli", "--data", str(folder), "--pack", pack]
        self.words = [*words, "up", "--port", str(port)]
        self.log, self.over = folder / "log", threading.Event()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(self.words, env=self.env, stdout=out, stderr=out)

    def __enter__(self) -> Site:
        until = time.monotonic() + 600
        while "Stop it" not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(self.log.read_text(errors="replace"))
            time.sleep(0.2)
        subprocess.run([sys.executable, "-c", OPENS], env=self.env, check=True)
        threading.Thread(target=self._start_again, daemon=True).start()
        return self

    def _start_again(self) -> None:
        while not self.over.wait(0.5):
            if self.process.poll() is not None:
                self.process = self._start()

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        time.sleep(1)
        self.process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        self.process.kill()


def bodies() -> Iterator[bytes]:
    """Last pages of the form, each of another report. They are signed with the server's key, as its own pages are."""
    from floreo.portal.reporting.answers import Answers

    text = "Somebody phoned about a parcel and asked for the code of my card. " * 5
    values = {"danger": "no", "police": "no", "child": "no", "kind": "message", "organisation": "Harbour Bank"}
    while True:
        answers = Answers.begin()
        answers.values = values | {"text": f"{text}{answers.key}", "mail": f"{answers.reference.lower()}@example.org"}
        yield urlencode({"step": "check", "go": "send", "state": answers.dumps()}).encode()


def client(port: int, number: int, given: Iterator[bytes], tally: Tally, over: threading.Event) -> None:
    connection = None
    random_ = random.Random(number)
    while not over.is_set():
        with tally.lock:
            body = next(given)
        address = f"203.{random_.randrange(256)}.{random_.randrange(256)}.{random_.randrange(1, 255)}"
        headers = {"Host": "localhost", "Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
        began = time.perf_counter()
        while True:
            why = ""
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                connection.request("POST", "/report/", body, headers)
                answer = connection.getresponse()
                text = answer.read().decode("utf-8", "replace")
                found = NUMBER.search(text) if answer.status == 200 else None
                why = "" if found else str(answer.status)
            except (OSError, http.client.HTTPException) as problem:
                found, why = None, type(problem).__name__
                if connection is not None:
                    connection.close()
                connection = None
            with tally.lock:
                if found:
                    tally.numbers.append(found[0])
                    tally.waits.append(time.perf_counter() - began)
                    break
                tally.again[why] += 1
            if over.is_set() and time.perf_counter() - began > 60:
                return
            time.sleep(0.2)


def killing(site: Site, over: threading.Event) -> Counter[str]:
    """Kills one process below the main one every ten seconds: more often, `floreo up` gives up."""
    killed: Counter[str] = Counter()
    pids: list[int] = []
    while not over.wait(10):
        main = site.process.pid
        with suppress(OSError):
            pids = [pid for pid in below(main) if pid != main]
        if pids:
            pid = random.choice(pids)
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
                kind = next((name for name in (" worker", " web", "granian", "cage") if name in words), "other")
                os.kill(pid, signal.SIGKILL)
                killed[kind.strip()] += 1
    return killed


def in_the_database(folder: Path) -> Counter[str]:
    with sqlite3.connect(f"file:{folder / 'floreo.sqlite3'}?mode=ro", uri=True, timeout=60) as database:
        return Counter(
            row[0] for row in database.execute("SELECT reference FROM incidents_report WHERE channel = 'form'")
        )


def wait_until_taken_in(folder: Path) -> float:
    began = time.monotonic()
    while any((folder / "spool" / "reports").glob("*.json")):
        if time.monotonic() - began > 1800:
            break
        time.sleep(1)
    time.sleep(2)
    return time.monotonic() - began


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--clients", type=int, default=24)
    asked.add_argument("--processes", type=int, default=2, help="of the web server")
    asked.add_argument("--kills", action="store_true")
    asked.add_argument("--pack", default="isla-prueba")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="floreo-submissions-") as name:
        folder, port, tally, over = Path(name), free_port(), Tally(), threading.Event()
        os.environ |= {
            "FLOREO_DATA": name,
            "FLOREO_SECRET_KEY": KEY,
            "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
        }
        with Site(given.pack, folder, port, given.processes) as site:
            import django

            django.setup()
            before, pages = in_the_database(folder), bodies()
            print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
            threads = [
                threading.Thread(target=client, args=(port, number, pages, tally, over), daemon=True)
                for number in range(given.clients)
            ]
            for thread in threads:
                thread.start()
            killed: list[Counter[str]] = []
            killer = threading.Thread(target=lambda: killed.append(killing(site, over)), daemon=True)
            if given.kills:
                killer.start()
            time.sleep(given.seconds)
            over.set()
            for thread in threads:
                thread.join(90)
            answered, load = list(tally.numbers), os.getloadavg()[0]
            taking = wait_until_taken_in(folder)
            rows = in_the_database(folder) - before
    lost = [each for each in answered if each not in rows]
    doubled = [each for each, number in rows.items() if number > 1] + [
        each for each, number in Counter(answered).items() if number > 1
    ]
    waits = sorted(tally.waits)
    print(
        f"{len(answered)} submissions answered in {given.seconds} s by {given.clients} clients:"
        f" {len(answered) / given.seconds:.0f} a second; median {statistics.median(waits) * 1000:.0f} ms,"
        f" p95 {waits[int(len(waits) * 0.95)] * 1000:.0f} ms; load {load:.1f}\n"
        f"taken in {taking:.0f} s after the last; lost {len(lost)}, twice {len(doubled)}, rows {sum(rows.values())}\n"
        f"sent again: {dict(tally.again) or 'none'}; killed: {dict(killed[0]) if killed else 'none'}"
    )
    return 1 if lost or doubled else 0


if __name__ == "__main__":
    sys.exit(main())
