"""A country takes a quiz: a steady number of takers a second, each with an address of its own; none lost, none twice.

    .venv/bin/python -m benchmarks.quiz [--rate 100] [--seconds 60] [--processes 2] [--kills] [--pack isla-prueba]
    .venv/bin/python -m benchmarks.quiz --disk [--seconds 10]

`floreo up` runs on loopback over a new folder, with its worker. Each taker opens the page of the quiz, as a visitor without a cookie, and
sends the form as soon as it is there; takers begin at their own moment, whether those before are done or not. Afterwards the worker adds up
what waits, and the counts in the database are compared with what takers were answered. With --kills one process below `floreo up` is killed
with SIGKILL every ten seconds. Exit code 1 when an answered taker was not counted, or where more were counted than sent a form.

With --disk only the disk is measured, without a server: lines a second from six threads, an item a file (core/spool.py) and many lines a
file (awareness/journal.py), and how long the worker takes for each.
"""

from __future__ import annotations

import argparse
import http.client
import os
import queue
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.submissions import KEY, Site, free_port, killing

QUIZ = "basics"
THREADS = 6  # of the server, for visitors
TAKERS = 64  # at once, at most, that this program plays
LINE = {"k": "q", "i": 1, "d": "2026-11-24", "a": [[n, [2]] for n in range(1, 9)], "r": [1, 2, 3]}


@dataclass
class Tally:
    sent: int = 0
    answered: int = 0
    over_limit: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)  # from the moment on which a taker was to begin to the result
    lock: threading.Lock = field(default_factory=threading.Lock)


class Form(Site):
    """The site, without a form of incidents."""

    def __enter__(self) -> Form:
        until = time.monotonic() + 900
        while "Stop it" not in self.log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit(self.log.read_text(errors="replace"))
            time.sleep(0.2)
        threading.Thread(target=self._start_again, daemon=True).start()
        return self


def take(port: int, due: float, chance: random.Random, tally: Tally) -> None:
    address = f"203.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
    headers = {"Host": "localhost", "X-Forwarded-For": address, "Accept-Encoding": "gzip"}
    body = urlencode([(f"q{n}", str(chance.randrange(1, 3))) for n in range(1, 9)])
    form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/quiz/{QUIZ}/", headers=headers)
        connection.getresponse().read()
        with tally.lock:
            tally.sent += 1
        form.pop("Accept-Encoding")
        connection.request("POST", f"/quiz/{QUIZ}/", body, form)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
    except (OSError, http.client.HTTPException) as problem:
        with tally.lock:
            tally.failed[type(problem).__name__] += 1
        return
    with tally.lock:
        if answer.status == 200 and "were not counted" not in text and "could not be counted" not in text:
            tally.answered += 1
            tally.waits.append(time.perf_counter() - due)
        elif answer.status == 200:
            tally.over_limit += 1
        else:
            tally.failed[str(answer.status)] += 1


def play(port: int, rate: float, seconds: int, tally: Tally) -> None:
    """Takers who begin every 1/rate seconds, whether those before are done or not."""
    due: queue.Queue[float | None] = queue.Queue()

    def taker(number: int) -> None:
        chance = random.Random(number)
        while (at := due.get()) is not None:
            take(port, at, chance, tally)

    threads = [threading.Thread(target=taker, args=(n,), daemon=True) for n in range(TAKERS)]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    for n in range(int(rate * seconds)):
        at = began + n / rate
        if (wait := at - time.perf_counter()) > 0:
            time.sleep(wait)
        due.put(at)
    for _thread in threads:
        due.put(None)
    for thread in threads:
        thread.join(120)


def counted(folder: Path) -> int:
    words = (
        "SELECT coalesce(sum(number), 0) FROM awareness_quizcount c JOIN awareness_quiz q ON q.id = c.quiz_id"
        " WHERE q.code = ? AND c.question = 0 AND c.option = 0"
    )
    with sqlite3.connect(f"file:{folder / 'floreo.sqlite3'}?mode=ro", uri=True, timeout=60) as database:
        return int(database.execute(words, (QUIZ,)).fetchone()[0])


def wait_until_added_up(folder: Path) -> float:
    began = time.monotonic()
    while any((folder / "spool" / "counts").glob("*")) and time.monotonic() - began < 600:
        time.sleep(0.5)
    time.sleep(1)
    return time.monotonic() - began


def measure(rate: float, seconds: int, processes: int, pack: str, *, kills: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="floreo-quiz-") as name:
        folder, port, tally, over = Path(name), free_port(), Tally(), threading.Event()
        os.environ |= {
            "FLOREO_DATA": name,
            "FLOREO_SECRET_KEY": KEY,
            "DJANGO_SETTINGS_MODULE": "floreo.config.settings",
        }
        with Form(pack, folder, port, processes) as site:
            before = counted(folder)
            print(f"load of the machine before: {os.getloadavg()[0]:.1f}", flush=True)
            killed: list[Counter[str]] = []
            if kills:
                threading.Thread(target=lambda: killed.append(killing(site, over)), daemon=True).start()
            began = time.perf_counter()
            play(port, rate, seconds, tally)
            took, load = time.perf_counter() - began, os.getloadavg()[0]
            over.set()
            adding = wait_until_added_up(folder)
            rows = counted(folder) - before
            time.sleep(1)
    waits = sorted(tally.waits) or [0.0]
    print(
        f"{tally.sent} forms sent in {took:.0f} s, {tally.answered} answered: {tally.answered / took:.0f} a second; from a taker's own"
        f" moment to the result median {statistics.median(waits) * 1000:.0f} ms, p95 {waits[int(len(waits) * 0.95) - 1] * 1000:.0f} ms;"
        f" load {load:.1f}\n"
        f"added up {adding:.0f} s after the last: {rows} counted; lost {max(tally.answered - rows, 0)};"
        f" counted without an answer {max(rows - tally.answered, 0)}; over the limit {tally.over_limit};"
        f" failed {dict(tally.failed) or 'none'}; killed {dict(killed[0]) if killed else 'none'}"
    )
    return 1 if rows < tally.answered or rows > tally.sent else 0


def on_the_disk(seconds: int) -> None:
    from floreo.awareness import journal
    from floreo.core.spool import Spool

    with tempfile.TemporaryDirectory(prefix="floreo-quiz-disk-", dir=os.environ.get("FLOREO_DATA")) as name:
        spool, own = Spool(Path(name) / "spool"), journal.Journal(Path(name) / "journal")
        ways: dict[str, tuple[Callable[[], object], Callable[[], int]]] = {
            "an item a file": (
                lambda: spool.put(f"{random.getrandbits(64):016x}", LINE),
                lambda: spool.take(lambda _item: None),
            ),
            "many lines a file": (lambda: own.add(LINE), lambda: journal.take(own.folder, lambda _n, _lines: None)),
        }
        for what, (put, taking) in ways.items():
            end, counts = time.perf_counter() + seconds, list[int]()

            def write(put: Callable[[], object] = put, end: float = end, counts: list[int] = counts) -> None:
                n = 0
                while time.perf_counter() < end:
                    put()
                    n += 1
                counts.append(n)

            with ThreadPoolExecutor(THREADS) as pool:
                for _thread in range(THREADS):
                    pool.submit(write)
            began = time.perf_counter()
            taken = taking()
            took = time.perf_counter() - began
            print(
                f"{what:20} put {sum(counts) / seconds:8.0f} a second; {taken} taken in {took:.2f} s, {taken / took:.0f} a second"
            )


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("--rate", type=float, default=100)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--processes", type=int, default=2, help="of the web server")
    asked.add_argument("--kills", action="store_true")
    asked.add_argument("--disk", action="store_true")
    asked.add_argument("--pack", default="isla-prueba")
    given = asked.parse_args()
    if given.disk:
        on_the_disk(given.seconds)
        return 0
    return measure(given.rate, given.seconds, given.processes, given.pack, kills=given.kills)


if __name__ == "__main__":
    sys.exit(main())
