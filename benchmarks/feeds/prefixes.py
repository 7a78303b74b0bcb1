"""What two hundred times the prefixes cost: the same report against a constituency of a million and of five thousand,
each kept from an earlier run as it is every night.

    python -m benchmarks.feeds.prefixes [--data var/bench] [--rows 1000000] [--rounds 5]
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.feeds import measuring, ours, reports
from floreo.feeds.engine import ingest

BAR = 1.3


def whole(size: int) -> None:
    """A new process each, so that loading the table is counted."""
    ours.emptied(given.data)
    subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.feeds.prefixes",
            "--data",
            str(given.data),
            "--rows",
            str(given.rows),
            "--only",
            str(size),
        ],
        check=True,
    )


if __name__ == "__main__":
    given = measuring.asked(__doc__, rows=1_000_000, rounds=5, only=0)
    if given.only:
        (summary,) = ingest.run(ours.task(given.data, reports.report(given.data, given.rows), size=given.only))
        assert summary.rows == given.rows, summary
        sys.exit()
    for number in (5_000, 1_000_000):
        ours.task(given.data, reports.report(given.data, given.rows), size=number)
    large, small = measuring.pairs(lambda: whole(1_000_000), lambda: whole(5_000), given.rounds)
    holds = measuring.say(
        "times for 1,000,000 prefixes against 5,000, the table kept",
        BAR,
        measuring.ratios(large, small),
        rows=given.rows,
        seconds_large=measuring.rounded(large),
        seconds_small=measuring.rounded(small),
    )
    sys.exit(not holds)
