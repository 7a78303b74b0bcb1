"""Every claim, one after another, in new processes: python -m benchmarks.feeds.all [--data var/bench]

Takes about an hour and 25 GB of disk, most of it for the hundred million events and for IntelMQ to get through its files. What could not be
run here (no redis-server, no network namespaces) says so and counts as a failure.
"""

from __future__ import annotations

import subprocess
import sys

from benchmarks.feeds import measuring

CLAIMS = ("floor", "intelmq", "redis_bots", "memory", "prefixes", "cluster", "queries", "one_event", "on_the_page")

if __name__ == "__main__":
    given = measuring.asked(__doc__)
    failed = []
    for claim in CLAIMS:
        print(f"== {claim}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.feeds.{claim}", "--data", str(given.data)], check=False
        ).returncode:
            failed.append(claim)
    print("all hold" if not failed else f"failed: {', '.join(failed)}")
    sys.exit(bool(failed))
