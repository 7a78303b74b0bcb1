"""Makes what the other commands read: prefix tables, reports. They make it themselves when it is missing.

python -m benchmarks.feeds.generate [--data var/bench] [--rows 1000000] [--files 2]
"""

from __future__ import annotations

from benchmarks.feeds import addresses, measuring, reports

if __name__ == "__main__":
    given = measuring.asked(__doc__, rows=1_000_000, files=2)
    for size in (5_000, 100_000, 1_000_000):
        print(addresses.table(given.data, size))
    for number in range(given.files):
        path = reports.report(given.data, given.rows, number)
        print(path, f"{path.stat().st_size / 1e6:.0f} MB")
