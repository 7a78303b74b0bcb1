"""What a visitor's download costs the site: milestones as XLSX, CSV and JSON, the first time and the second, with slow clients held.

    FLOREO_DATA=/tmp/large python -m benchmarks.downloads [--port 8000] [--held 8]

Starts `floreo web` on loopback over a filled installation, drops what was made before, asks as visitors do, and stops it.
Prints how long each answer took, what other visitors waited meanwhile, and how much memory server and maker took at most.
Takes two minutes at most on two idle cores.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KINDS = ("xlsx", "csv", "json")
MOST_SECONDS = 300


def peak(pid: int) -> int:
    """The most memory that a process held, in MB; 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


def processor(pid: int) -> float:
    """Seconds of processor time that a process took."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def below(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text(encoding="utf-8").split()]
    return found


def is_maker(pid: int) -> bool:
    try:
        return b"floreo.open_data.making" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


class Site:
    """A server on loopback, and the most memory of its processes."""

    def __init__(self, port: int) -> None:
        self.home = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen([sys.executable, "-m", "floreo.config.cli", "web", "--port", str(port)])
        self.server_peak, self.maker_peak = 0, 0

    def look(self) -> None:
        try:
            pids = below(self.server.pid)
        except OSError:
            return
        for pid in pids:
            if is_maker(pid):
                self.maker_peak = max(self.maker_peak, peak(pid))
            else:
                self.server_peak = max(self.server_peak, peak(pid))

    def ask(self, address: str) -> tuple[int, float, int]:
        """The status, the seconds until it was read, and its bytes."""
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(self.home + address, timeout=60) as answer:
                size, status = len(answer.read()), answer.status
        except urllib.error.HTTPError as error:
            size, status = len(error.read()), error.code
        except OSError:
            size, status = 0, 0
        return status, time.perf_counter() - began, size

    def until(self, address: str) -> tuple[float, float]:
        """Seconds until it answers 200, and the longest that the home page took meanwhile."""
        began, longest = time.perf_counter(), 0.0
        while time.perf_counter() - began < MOST_SECONDS:
            if self.ask(address)[0] == 200:
                return time.perf_counter() - began, longest
            self.look()
            longest = max(longest, self.ask("/")[1])
            time.sleep(0.2)
        raise SystemExit(f"{address} did not come within {MOST_SECONDS} s")


@contextmanager
def held(port: int, number: int) -> Iterator[None]:
    """That many clients that do not read, and as many that send half a form."""
    read = b"GET /data/milestones.csv HTTP/1.1\r\nHost: localhost\r\n\r\n"
    half = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nabc"
    clients = []
    for text in (read, half) * number:
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(text)
        clients.append(client)
    try:
        yield
    finally:
        for client in clients:
            client.close()


def measure(site: Site, port: int, number: int) -> None:
    site.until("/health/")
    site.ask("/")
    pid = below(site.server.pid)[-1]
    before = processor(pid)
    for kind in KINDS:
        status, seconds, size = site.ask(f"/data/milestones.{kind}")
        print(f"first stranger, {kind}: {status} after {seconds:.2f} s, {size:,} bytes")
    waited, longest = site.until(f"/data/milestones.{KINDS[0]}")
    spent = processor(pid) - before
    print(f"all three are there after {waited:.0f} s; the home page took {longest:.2f} s at most meanwhile")
    print(f"the server itself took {spent:.1f} s of the processor meanwhile")
    for kind in KINDS:
        status, seconds, size = site.ask(f"/data/milestones.{kind}")
        print(f"second stranger, {kind}: {status} after {seconds:.2f} s, {size:,} bytes")
    with held(port, number):
        for address in ("/health/", "/", f"/data/milestones.{KINDS[0]}"):
            status, seconds, _size = site.ask(address)
            print(
                f"with {number} that do not read and {number} that do not send, {address}: {status} after {seconds:.2f} s"
            )
    site.look()
    print(f"most memory: server {site.server_peak} MB, maker {site.maker_peak} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--held", type=int, default=8)
    asked = parser.parse_args()
    shutil.rmtree(Path(os.environ["FLOREO_DATA"]) / "made", ignore_errors=True)
    site = Site(asked.port)
    try:
        measure(site, asked.port, asked.held)
    finally:
        site.server.terminate()
        try:
            site.server.wait(30)
        except subprocess.TimeoutExpired:
            site.server.kill()


if __name__ == "__main__":
    main()
