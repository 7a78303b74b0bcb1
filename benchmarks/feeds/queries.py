"""Questions over 100 million stored events, 140 days of them: counts of 90 days by day and kind, and the latest 50 events of
one organisation with all their columns. Also, without a bar: the history of one address, and all of it with a cold cache.

    python -m benchmarks.feeds.queries [--data var/bench] [--millions 100] [--rounds 9]
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.feeds import measuring, ours, reports
from floreo.feeds.engine import ingest, store

DAYS = 140
LAST = date(2026, 11, 20)
COUNTS, LATEST = 1.0, 0.15  # seconds
# From one day's file another: other times, four in a hundred rows gone, kinds and target ports dealt again.
ANOTHER = """
COPY (SELECT * REPLACE (
    "time.source" + to_days({apart}) AS "time.source",
    'infected-family' || (hash(key, {number}) % 40) AS "classification.identifier",
    hash(key, line, {number}) AS key)
  FROM read_parquet('{day}') WHERE hash(line, {number}) % 100 > 3 LIMIT {rows})
TO '{into}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880, KV_METADATA {{'floreo.reports': '[]'}})
"""


def stored(data: Path, millions: int) -> store.Store:
    """A store of its own: one day read and compacted by the engine, the others made from it in the same order of rows."""
    kept = store.Store(data / f"stored-{millions}m")
    a_day = millions * 1_000_000 // DAYS
    for number in range(DAYS):
        day = LAST - timedelta(days=number)
        into = Path(kept.path(kept.day_file(day)))
        if not into.exists():
            into.parent.mkdir(parents=True, exist_ok=True)
            part = into.with_suffix(".part")
            apart = (day - reports.FIRST_DAY).days
            with duckdb.connect() as con:
                con.execute(
                    ANOTHER.format(apart=apart, number=number, day=original(data, a_day), rows=a_day, into=part)
                )
            part.rename(into)
    return kept


def original(data: Path, rows: int) -> Path:
    """One day's file as the engine writes it, with some more rows than are wanted."""
    root = data / f"original-{rows}"
    day = root / "days" / f"day={reports.FIRST_DAY}" / "events.parquet"
    if not day.exists():
        work = ours.task(data, reports.report(data, rows * 3 // 2 + 1000), with_rules=False)
        kept = store.Store(root)
        ingest.run(ours.at(work, root))
        store.compact(kept, work.day)
    return day


def forgotten(kept: store.Store) -> None:
    """The system's own copy of the files in memory goes."""
    for path in Path(kept.base).rglob("*.parquet"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def median(ask: Callable[[], object], rounds: int) -> float:
    ask()
    return statistics.median(measuring.seconds(ask) for _ in range(rounds))


def cold(kept: store.Store, ask: Callable[[], object]) -> float:
    forgotten(kept)
    return round(measuring.seconds(ask), 3)


if __name__ == "__main__":
    given = measuring.asked(__doc__, millions=100, rounds=9)
    kept = stored(given.data, given.millions)
    total = store.counts(kept, date.min, date.max, [])[0]["events"]
    assert total >= given.millions * 990_000, total
    names = [
        row["organisation"]
        for row in store.counts(kept, LAST, LAST, ["organisation"], where=store.Filter(is_owned=True))
    ]
    somebody = store.Filter(organisations=(names[len(names) // 2],))  # neither the largest nor the smallest
    found = store.latest(kept, somebody, limit=50)
    assert len(found) == 50, len(found)
    word = (found["ip_hi"][0].as_py(), found["ip_lo"][0].as_py())

    def count() -> object:
        return store.counts(kept, LAST - timedelta(days=89), LAST, ["day", "kind"])

    def latest() -> object:
        return store.latest(kept, somebody, limit=50)

    def history() -> object:
        return store.history(kept, word)

    facts = {"events": total, "days": DAYS, "gigabytes": round(store.health(kept)["bytes"] / 1e9, 2)}
    quick = measuring.say(
        "seconds for 90 days counted by day and kind",
        COUNTS,
        median(count, given.rounds),
        cold=cold(kept, count),
        **facts,
    )
    quick &= measuring.say(
        "seconds for one organisation's latest 50, all columns",
        LATEST,
        median(latest, given.rounds),
        cold=cold(kept, latest),
        **facts,
    )
    print(f"the history of one address, {DAYS} days: {median(history, 3):.2f} s, cold {cold(kept, history):.2f} s")
    sys.exit(not quick)
