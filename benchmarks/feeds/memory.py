"""Whether memory stays level: the most that one process holds for a file of ten million rows against one of a million.

python -m benchmarks.feeds.memory [--data var/bench] [--rows 1000000] [--times 10] [--rounds 3]
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.feeds import measuring, ours, reports
from floreo.feeds.engine import ingest
from floreo.feeds.engine.settling import settle

BAR = 1.3


def once(rows: int) -> float:
    """A new process reads one file; its peak in MiB."""
    output = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.feeds.memory",
            "--data",
            str(given.data),
            "--rows",
            str(rows),
            "--only",
            "1",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(output.stdout)


if __name__ == "__main__":
    given = measuring.asked(__doc__, rows=1_000_000, times=10, rounds=3, only=0)
    if given.only:
        settle()  # as the pool's processes are
        (summary,) = ingest.run(ours.task(given.data, reports.report(given.data, given.rows)))
        assert summary.rows == given.rows, summary
        print(measuring.peak())
        sys.exit()
    small: list[float] = []
    large: list[float] = []
    for rows in (given.rows, given.rows * given.times):
        ours.task(given.data, reports.report(given.data, rows))  # made before it is measured
    for _ in range(given.rounds):
        for rows, into in ((given.rows, small), (given.rows * given.times, large)):
            ours.emptied(given.data)
            into.append(once(rows))
    holds = measuring.say(
        f"peak memory at {given.times} times the rows, per process",
        BAR,
        measuring.ratios(large, small),
        rows=given.rows,
        mib=measuring.rounded(small),
        mib_large=measuring.rounded(large),
    )
    sys.exit(not holds)
