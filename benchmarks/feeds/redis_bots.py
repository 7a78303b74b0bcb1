"""Against IntelMQ 3.5 as it is run: seven bots, each a process, redis between them. The bots start before the clock does.

    python -m benchmarks.feeds.redis_bots [--data var/bench] [--rows 20000] [--night 1000000] [--rounds 3]

Needs redis-server (Debian: `apt-get install redis-server`). IntelMQ's bots refuse to be root: where this
command is, they run in a user namespace in which they are somebody else.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.feeds import comparing, environment, measuring, ours, reports
from benchmarks.feeds.intelmq import by_engine
from floreo.core.executors import Executor
from floreo.feeds.engine.task import IngestOrder, Summary
from floreo.feeds.executors import executor

BAR = 1000
QUEUES = 2  # the number of redis' database for IntelMQ's queues
LONGEST = 1200  # seconds for one run


def ready() -> None:
    """Says what is missing, instead of a traceback from within a bot."""
    if not shutil.which("redis-server"):
        sys.exit("redis-server is missing: apt-get install redis-server")


@contextmanager
def redis() -> Iterator[None]:
    """A redis of our own on loopback that writes nothing to disk."""
    output = ["--port", str(environment.REDIS_PORT), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(["redis-server", *output], stdout=subprocess.DEVNULL)
    try:
        while asked("ping") != "PONG":
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def asked(*words: str) -> str:
    """What redis answers to one command."""
    output = ["redis-cli", "-p", str(environment.REDIS_PORT), "-n", str(QUEUES), *words]
    return subprocess.run(output, capture_output=True, text=True, check=False).stdout.strip()


def waiting(names: list[str]) -> int:
    """Messages in all queues, those that a bot holds included."""
    script = "local n = 0 for _, k in ipairs(KEYS) do n = n + redis.call('llen', k) end return n"
    keys = [key for name in names for key in (f"{name}-queue", f"{name}-queue-internal")]
    return int(asked("eval", script, str(len(keys)), *keys))


class Bots:
    """Its chain: started once, fed by its parser's queue."""

    def __init__(self, data: Path) -> None:
        self.data, self.into = data, data / "intelmq-bots" / "events.jsonl"
        self.root = environment.root(data, "bots", kind=ours.TYPE, into=self.into)
        assert environment.command(data, self.root, "settings").wait() == 0
        runtime: dict[str, Any] = json.loads((self.root / "etc" / "runtime.yaml").read_text())
        self.modules = {name: output["module"] for name, output in runtime.items() if name != "global"}
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """All of them; they wait for what comes."""
        scripts = environment.python(self.data).parent
        somebody = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        for name, module in self.modules.items():
            quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": (self.root / f"{name}.err").open("wb")}
            here = os.environ | {"INTELMQ_ROOT_DIR": f"{self.root}/"}
            self.processes.append(subprocess.Popen([*somebody, str(scripts / module), name], env=here, **quiet))
        time.sleep(5)
        stopped = [p.args for p in self.processes if p.poll() is not None]
        if stopped:
            sys.exit(f"bots ended at their start: {stopped}; see {self.root}/*.err and {self.root}/var/log")

    def end(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def work_through(self, file: Path) -> float:
        """Seconds from the first message taken to the last event written."""
        names = list(self.modules)
        subprocess.run(
            ["redis-cli", "-p", str(environment.REDIS_PORT), "-n", "6", "flushdb"], check=True, capture_output=True
        )  # what its de-duplicator has seen
        assert environment.command(self.data, self.root, "queue", str(file)).wait() == 0
        began = time.perf_counter()
        asked("rename", "staged", "parser-queue")
        while waiting(names):
            time.sleep(0.02)
            if time.perf_counter() - began > LONGEST:
                sys.exit(f"after {LONGEST} s messages still wait: see {self.root}/var/log")
        return time.perf_counter() - began


def _collect(into: list[Summary], pool: Executor, works: list[IngestOrder], data: Path) -> None:
    into += by_engine(pool, works, data)


def written(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def measure(given: argparse.Namespace, bots: Bots) -> bool:
    """The first round is compared on the same file. Then both run what they are made for: the bots a file that they get
    through in a minute, the engine a night's files on both cores; rows a second are compared, round by round."""
    file = reports.report(given.data, given.rows)
    same = [ours.task(given.data, file)]
    night = [ours.task(given.data, reports.report(given.data, given.night, number)) for number in range(2)]
    mine: list[float] = []
    theirs: list[float] = []
    alone: list[float] = []
    with executor("pool", workers=2) as pool:
        by_engine(pool, night, given.data)
        for number in range(given.rounds):
            theirs.append(given.rows / bots.work_through(file))
            mine.append(2 * given.night / measuring.seconds(partial(by_engine, pool, night, given.data)))
            made: list[Summary] = []
            alone.append(given.rows / measuring.seconds(partial(_collect, made, pool, same, given.data)))
            if not number and not comparing.same(given.data / "store", made[0], bots.into, 0):
                sys.exit("the results differ in a way that is not explained: no speed is measured")
    return measuring.say(
        "times as fast as IntelMQ 3.5's bots with redis",
        BAR,
        measuring.ratios(mine, theirs),
        at_least=True,
        rows=given.rows,
        rows_of_the_night=2 * given.night,
        ours_rows_a_second=measuring.rounded(mine),
        intelmq_rows_a_second=measuring.rounded(theirs),
        the_same_file_on_one_core=round(measuring.ratios(alone, theirs)),
    )


if __name__ == "__main__":
    asked_for = measuring.asked(__doc__, rows=20_000, night=1_000_000, rounds=3)
    ready()
    with redis():
        bots = Bots(asked_for.data)
        bots.into.unlink(missing_ok=True)
        bots.start()
        try:
            holds = measure(asked_for, bots)
        finally:
            bots.end()
    sys.exit(not holds)
