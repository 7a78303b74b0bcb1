"""Mixed traffic at 1, 8, 32 and 128 clients for ten minutes, beside a person at work, a report and an export; then attacks.

    .venv/bin/python -m benchmarks.load [--seconds 600] [--clients 1,8,32,128] [--processes 1] [--pack isla-prueba]
    .venv/bin/python -m benchmarks.load --attacks

Traffic is made by wrk (Debian: apt-get install wrk), which nobody here wrote: three of four requests ask for pages that
visitors may be given as they were kept, the others search, read the API or fetch a table. Each comes from an address of its own, as
a proxy would say it, since one address has two requests worked on at once. Beside them a person of the secretariat opens My tasks, the
plan and a form, and adds an update every two seconds, after which every kept page is made again; another asks for the
report as PDF and for the plan as XLSX without a pause.

`--attacks` measures what an ordinary visitor waits, alone and while one address does its worst, without a proxy in front.

The sample country is loaded into a new folder under the temporary folder. Prints a table; needs two idle cores.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.downloads import below

PAGES = (
    "/",
    "/strategy/",
    "/strategy/2025-2028/timeline/",
    "/strategy/2025-2028/pillars/1/",
    "/strategy/2025-2028/actions/1.1.1/",
    "/indicators/",
    "/organisations/",
    "/data/",
    "/es/",
)
MADE = ("/search/?q=law", "/api/v1/actions", "/data/milestones.csv")
MIX = """
local pages = {%s}
local made = {%s}
math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16))
request = function()
  local from = "203." .. math.random(0, 255) .. "." .. math.random(0, 255) .. "." .. math.random(1, 254)
  local of = pages
  if math.random(4) == 1 then of = made end
  return wrk.format("GET", of[math.random(#of)], {["Host"] = "localhost", ["X-Forwarded-For"] = from})
end
"""
WORK = ("/workspace/", "/workspace/plan/2025-2028/", "/workspace/plan/2025-2028/actions/1.1.1/")
SAMPLE_DAY = "2026-11-20"  # before the day on which the sample country is stopped
UPDATE = "/workspace/plan/2025-2028/actions/1.1.1/do/update/"


def memory(pids: list[int]) -> float:
    """Megabytes of those processes; what they share is counted once."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Site:
    """`floreo up` on loopback over the sample country, with the word of an account."""

    port: int
    process: subprocess.Popen[bytes]
    email: str
    password: str
    peak: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.over.wait(1):
            self.peak = max(self.peak, memory(below(self.process.pid)))

    def ask(self, address: str, *, patience: float = 60) -> tuple[int, float]:
        """The status (0: no answer) and the seconds until it was read."""
        began, status = time.perf_counter(), 0
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request("GET", address, headers={"Host": "localhost", "Connection": "close"})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            status = 0
        finally:
            connection.close()
        return status, time.perf_counter() - began


@contextmanager
def site(asked: argparse.Namespace, *, proxy: bool) -> Iterator[Site]:
    """A new installation, its server and its worker; all gone afterwards."""
    folder, port = Path(tempfile.mkdtemp(prefix="floreo-load-")), free_port()
    words = [sys.executable, "-m", "floreo.config.cli", "--data", str(folder), "--pack", asked.pack]
    env = os.environ | {"FLOREO_WEB_PROCESSES": str(asked.processes), "FLOREO_LOG_LEVEL": "ERROR"}
    env |= {"FLOREO_BEHIND_PROXY": "true"} if proxy else {}
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([*words, "up", "--port", str(port)], env=env, stdout=out, stderr=out)
    try:
        until = time.monotonic() + 300
        while "Floreo is at" not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(log.read_text(errors="replace"))
            time.sleep(0.2)
        email, password = account(log.read_text())
        found = Site(port, process, email, password)
        watch = threading.Thread(target=found.look, daemon=True)
        watch.start()
        yield found
        found.over.set()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def account(printed: str) -> tuple[str, str]:
    """The secretariat's account, as the first start prints it."""
    found = re.search(r"secretariat\s+(\S+@\S+)\s+(\S+)", printed)
    if found is None:
        raise SystemExit(f"no account of the secretariat in:\n{printed}")
    return found[1], found[2]


class Person:
    """Somebody who is signed in, with a browser's cookies."""

    def __init__(self, found: Site) -> None:
        self.site, self.cookies = found, dict[str, str]()
        self.waits, self.wrong, self.over = list[float](), 0, threading.Event()
        self.send("GET", "/account/login/")
        self.send("POST", "/account/login/", login=found.email, password=found.password)

    def send(self, method: str, address: str, **facts: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=120)
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        body = None
        if method == "POST":
            token = next((v for n, v in self.cookies.items() if n.endswith("csrftoken")), "")
            body = urlencode(facts | {"csrfmiddlewaretoken": token})
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost"}
        began = time.perf_counter()
        try:
            connection.request(method, address, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _equals, rest = value.partition("=")
                    self.cookies[key] = rest.split(";")[0]
            status = answer.status
        except (OSError, http.client.HTTPException):
            status, text = 0, ""
        finally:
            connection.close()
        self.waits.append(time.perf_counter() - began)
        return status, text

    def works(self) -> None:
        """Reads, and writes every two seconds, until it is over."""
        number = 0
        while not self.over.is_set():
            number += 1
            for address in WORK:
                self.wrong += self.send("GET", address)[0] != 200
            facts = {"done": f"Step {number} at {time.time()}", "on": SAMPLE_DAY}
            self.wrong += self.send("POST", UPDATE, **facts, is_public="on")[0] != 302
            self.over.wait(2)

    def takes(self, *addresses: str) -> None:
        """One file after another, until it is over."""
        while not self.over.is_set():
            for address in addresses:
                self.wrong += self.send("GET", address)[0] != 200


@contextmanager
def busy(person: Person, work: Callable[[], None]) -> Iterator[Person]:
    person.waits, person.wrong, person.over = [], 0, threading.Event()
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield person
    finally:
        person.over.set()
        thread.join(120)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


def wrk(found: Site, clients: int, seconds: int, script: Path) -> dict[str, str]:
    """What wrk says of that many connections."""
    words = ["wrk", "-t", "1", "-c", str(clients), "-d", f"{seconds}s", "--timeout", "30s", "--latency"]
    printed = subprocess.run(
        [*words, "-s", str(script), f"http://127.0.0.1:{found.port}"], capture_output=True, text=True, check=True
    ).stdout
    patterns = {"p50": r"(?m)^\s+50%\s+(\S+)", "p99": r"(?m)^\s+99%\s+(\S+)", "a second": r"Requests/sec:\s+(\S+)"}
    facts = {name: (re.search(p, printed) or [None, "?"])[1] or "?" for name, p in patterns.items()}
    errors = re.search(r"Socket errors: (.*)", printed)
    status = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    facts["errors"] = (
        "; ".join([*([errors[1]] if errors else []), *([f"{status[1]} refused"] if status else [])]) or "0"
    )
    return facts


def traffic(asked: argparse.Namespace) -> None:
    levels = [int(each) for each in asked.clients.split(",")]
    seconds = max(asked.seconds // len(levels), 5)
    print(
        "| clients | requests a second | p50 | p99 | errors | staff p50, p99 | staff errors | report or export, median | peak memory |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with site(asked, proxy=True) as found, tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(MIX % tuple(", ".join(f'"{each}"' for each in of) for of in (PAGES, MADE)))
        script.flush()
        worker, taker = Person(found), Person(found)
        for clients in levels:
            with (
                busy(worker, worker.works),
                busy(
                    taker,
                    lambda: taker.takes(
                        "/workspace/reports/2025-2028/preview.pdf", "/workspace/plan/2025-2028/?download=xlsx"
                    ),
                ),
            ):
                got = wrk(found, clients, seconds, Path(script.name))
            staff = f"{percentile(worker.waits, 0.5) * 1000:.0f} ms, {percentile(worker.waits, 0.99) * 1000:.0f} ms"
            paper = f"{statistics.median(taker.waits):.1f} s" if taker.waits else "none ended"
            print(
                f"| {clients} | {got['a second']} | {got['p50']} | {got['p99']} | {got['errors']} | {staff} "
                f"| {worker.wrong + taker.wrong} | {paper} | {found.peak:.0f} MB |",
                flush=True,
            )


# --- Attacks ------------------------------------------------------------------------------------------------------


def _connections(found: Site, text: bytes, number: int) -> list[socket.socket]:
    made = []
    for _ in range(number):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", found.port))
        client.sendall(text)
        made.append(client)
    return made


@contextmanager
def holding(found: Site, text: bytes, number: int) -> Iterator[None]:
    clients = _connections(found, text, number)
    try:
        yield
    finally:
        for client in clients:
            client.close()


@contextmanager
def asking(found: Site, address: str, number: int) -> Iterator[None]:
    """That many threads that ask for it again and again, once it was made for the first time."""
    found.ask(address)
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            found.ask(address)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(number)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        over.set()
        for each in threads:
            each.join(70)


def _waits(person: Person, found: Site, seconds: float) -> tuple[float, float]:
    """Medians of a signed-in person's page and of the health check. A visitor of the same address shares its places."""
    person.waits, checks, until = [], [], time.monotonic() + seconds
    while time.monotonic() < until:
        person.send("GET", WORK[1])
        checks.append(found.ask("/health/")[1])
        time.sleep(0.1)
    return statistics.median(person.waits), statistics.median(checks)


def attacks(asked: argparse.Namespace) -> None:
    reads = b"GET /data/milestones.csv HTTP/1.1\r\nHost: localhost\r\n\r\n"
    half = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc"
    headers = b"GET / HTTP/1.1\r\nHost: local"
    seconds = asked.seconds / 40
    print("| one address does | a person's page, median | times alone | health check, median |")
    print("|---|---|---|---|")
    with site(asked, proxy=False) as found:
        person = Person(found)
        _waits(person, found, 2)
        alone = _waits(person, found, seconds)[0]
        print(f"| nothing | {alone * 1000:.0f} ms | 1 | |")
        for name, attack in {
            "8 connections on the schema": lambda: asking(found, "/api/v1/openapi.json", 8),
            "8 connections on search": lambda: asking(found, "/search/?q=a", 8),
            "8 connections on tables": lambda: asking(found, "/data/milestones.xlsx", 8),
            "4 readers that take nothing": lambda: holding(found, reads, 4),
            "4 half-sent forms": lambda: holding(found, half, 4),
            "600 half headers": lambda: holding(found, headers, 600),
            "all of it at once": None,
        }.items():
            with ExitStack() as stack:
                if attack is not None:
                    stack.enter_context(attack())
                else:
                    stack.enter_context(asking(found, "/api/v1/openapi.json", 8))
                    stack.enter_context(asking(found, "/search/?q=a", 8))
                    stack.enter_context(holding(found, reads, 4))
                    stack.enter_context(holding(found, half, 4))
                waited, check = _waits(person, found, seconds)
            print(f"| {name} | {waited * 1000:.0f} ms | {waited / alone:.1f} | {check * 1000:.0f} ms |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--clients", default="1,8,32,128")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--pack", default="isla-prueba")
    parser.add_argument("--attacks", action="store_true")
    asked = parser.parse_args()
    if not asked.attacks and shutil.which("wrk") is None:
        raise SystemExit("Traffic is made by wrk. Install it (Debian: apt-get install wrk).")
    (attacks if asked.attacks else traffic)(asked)


if __name__ == "__main__":
    main()
