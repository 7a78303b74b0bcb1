"""How near the engine is to what its libraries cost alone: PyArrow reads the same bytes and writes as many rows as the engine keeps as
Parquet, one core each, with no logic between. The floor keeps all columns as they are; the engine parses, judges, attributes, de-duplicates
and groups besides.

    python -m benchmarks.feeds.floor [--data var/bench] [--rows 1000000] [--rounds 5]
"""

from __future__ import annotations

import shutil
import sys
from itertools import count

import pyarrow as pa
from pyarrow import csv, parquet

from benchmarks.feeds import measuring, ours, reports
from floreo.feeds.engine import ingest
from floreo.feeds.engine.settling import settle

BAR = 1.3


def floor(path: str, into: str, share: float) -> None:
    """PyArrow as it comes: a block at a time, all columns text, compressed as the store compresses. Of each block that share of its rows
    is written."""
    parsing = csv.ParseOptions(invalid_row_handler=lambda row: "skip", newlines_in_values=True)
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(use_threads=False),
        parse_options=parsing,
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(reports.COLUMNS, pa.string())),
    )
    with parquet.ParquetWriter(into, reader.schema, compression="zstd", compression_level=1) as writer:
        for batch in reader:
            writer.write_batch(batch.slice(0, round(share * batch.num_rows)))


if __name__ == "__main__":
    given = measuring.asked(__doc__, rows=1_000_000, rounds=5)
    settle()  # as the pool's processes are: one core, and memory that is kept; both sides alike
    pa.set_io_thread_count(1)
    file = reports.report(given.data, given.rows)
    work = ours.task(given.data, file)

    stores = given.data / "floor-stores"
    shutil.rmtree(stores, ignore_errors=True)
    numbers = count()

    def engine() -> int:  # each time into a store that is empty; clearing it is not counted
        (summary,) = ingest.run(ours.at(work, stores / str(next(numbers))))
        assert summary.rows == given.rows, summary
        return summary.kept

    kept = engine() / given.rows
    into = str(given.data / "floor.parquet")
    mine, theirs = measuring.pairs(engine, lambda: floor(str(file), into, kept), given.rounds)
    holds = measuring.say(
        "times the floor, PyArrow reading the same bytes and Parquet-writing as many rows",
        BAR,
        measuring.ratios(mine, theirs),
        rows=given.rows,
        kept=round(kept, 3),
        ours_seconds=measuring.rounded(mine),
        floor_seconds=measuring.rounded(theirs),
    )
    shutil.rmtree(stores, ignore_errors=True)
    sys.exit(not holds)
