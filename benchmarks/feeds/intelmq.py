"""Against IntelMQ 3.5 as a library: the same files, the same chain of work, two processes on each side. First both results
are compared and every difference is explained; then they take turns.

    python -m benchmarks.feeds.intelmq [--data var/bench] [--rows 50000] [--rounds 3]

Starting is left out on both sides: bots are made and workers are warm before the clock starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.feeds import comparing, environment, measuring, ours, reports
from floreo.core.executors import Executor
from floreo.feeds.caged import run_in_a_cage
from floreo.feeds.engine.task import IngestOrder, Summary
from floreo.feeds.executors import executor

BAR = 100
SIDES = 2  # processes, and files


class Library:
    """IntelMQ's bots in one process of its own environment; files go in by a pipe."""

    def __init__(self, data: Path, name: str) -> None:
        self.into = data / f"intelmq-events-{name}.jsonl"
        folder = environment.root(data, f"library-{name}", kind=ours.TYPE, into=self.into)
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 1}
        self.process = environment.command(data, folder, "library", **pipes)
        self.hear()

    def begin(self, file: Path) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{file}\t{self.into}\n")

    def hear(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "IntelMQ ended; see what it printed"
        return line

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def by_library(libraries: list[Library], files: list[Path]) -> list[int]:
    """Errors of each: both files at once."""
    for library, file in zip(libraries, files, strict=True):
        library.begin(file)
    return [json.loads(library.hear())["errors"] for library in libraries]


def by_engine(pool: Executor, tasks: list[IngestOrder], data: Path) -> list[Summary]:
    """Both files at once, into an empty store."""
    ours.emptied(data)
    return [summary for future in [pool.submit(run_in_a_cage, work) for work in tasks] for summary in future.result()]


if __name__ == "__main__":
    given = measuring.asked(__doc__, rows=50_000, rounds=3)
    files = [reports.report(given.data, given.rows, number) for number in range(SIDES)]
    tasks = [ours.task(given.data, file) for file in files]
    libraries = [Library(given.data, str(number)) for number in range(SIDES)]
    with executor("pool", workers=SIDES) as pool:
        by_engine(pool, tasks, given.data)
        summaries = by_engine(pool, tasks, given.data)
        errors = by_library(libraries, files)
        for summary, library, wrong in zip(summaries, libraries, errors, strict=True):
            if not comparing.same(given.data / "store", summary, library.into, wrong):
                sys.exit("the results differ in a way that is not explained: no speed is measured")
        theirs, mine = measuring.pairs(
            lambda: by_library(libraries, files), lambda: by_engine(pool, tasks, given.data), given.rounds
        )
    for library in libraries:
        library.end()
    total = given.rows * SIDES
    holds = measuring.say(
        "times as fast as IntelMQ 3.5 as a library, two processes each",
        BAR,
        measuring.ratios(theirs, mine),
        at_least=True,
        rows=total,
        ours_rows_a_second=round(total / min(mine)),
        intelmq_rows_a_second=round(total / min(theirs)),
        ours_seconds=measuring.rounded(mine),
        intelmq_seconds=measuring.rounded(theirs),
    )
    sys.exit(not holds)
