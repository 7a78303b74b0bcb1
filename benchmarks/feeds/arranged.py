"""JSON lines against CSV of the same events, and a file set right by a SELECT against one read as it is: rows a second, one thread.

    .venv/bin/python -m benchmarks.feeds.arranged [--rows 100000] [--pairs 5]

Counted in seconds of processor time of this process; the ways of reading take turns, medians. `reader` is the reader alone (rows as columns
of text), `engine` goes on to events. Ends with 1 where JSON lines are read to
events at less than half the speed of CSV."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from floreo.feeds.engine import reading
from floreo.feeds.engine.normalise import normalise
from floreo.feeds.engine.reading.json_values import flat
from floreo.feeds.engine.settling import settle
from floreo.feeds.engine.task import IngestOrder, Source

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def lines(count: int) -> bytes:
    """Events with the names of IntelMQ, about 760 bytes each."""
    rows = []
    for n in range(count):
        rows.append(
            json.dumps(
                {
                    "time.source": f"2026-11-24T{n % 3:02}:{n % 60:02}:{n % 59:02}+00:00",
                    "source.ip": f"192.0.{n // 250 % 250}.{n % 250 + 1}",
                    "source.port": 1024 + n % 50_000,
                    "source.asn": 64496 + n % 16,
                    "source.geolocation.cc": "BZ",
                    "classification.taxonomy": "vulnerable",
                    "classification.type": "vulnerable-system",
                    "classification.identifier": f"open-{n % 40}",
                    "protocol.transport": "tcp",
                    "event_description.text": "x" * 120,
                    "extra": {"banner": "y" * 160, "tags": ["a", "b"], "n": n},
                }
            )
        )
    return ("\n".join(rows) + "\n").encode()


def table(objects: bytes) -> bytes:
    """The same events as CSV."""
    rows = [flat(json.loads(line)) for line in objects.splitlines()]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def parts(data: bytes, name: str, mapping: dict[str, Any]) -> tuple[reading.OpenReport, Iterator[reading.RowBlock]]:
    task = IngestOrder("f", NOW.date(), "", (), NOW, "", "", mapping=mapping)
    opened = reading.open_report(Source("", "", name), task, data=data)
    return opened, opened.parts()


def reader(data: bytes, name: str, mapping: dict[str, Any]) -> int:
    return sum(part.rows for part in parts(data, name, mapping)[1])


def engine(data: bytes, name: str, mapping: dict[str, Any]) -> int:
    opened, found = parts(data, name, mapping)
    count = 0
    for part in found:
        events, rejects = normalise(part, opened, feed="f", sha256="", received_at=NOW, oldest_days=7300)
        count += len(events) + len(rejects)
    return count


FIELDS = {"address": "source.ip", "port": "source.port", "kind": "column:classification.identifier"}
MAPPED = {**FIELDS, "time": "time.source"}


def arranged(reads: str) -> dict[str, Any]:
    return {"arrange": {**FIELDS, "reads": reads, "time": ["time.source"]}}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--pairs", type=int, default=5)
    given = asked.parse_args()
    objects = lines(given.rows)
    rows = table(objects)
    files: dict[str, tuple[bytes, str, dict[str, Any]]] = {
        "CSV": (rows, "x.csv", MAPPED),
        "CSV, arranged": (rows, "x.csv", arranged("csv")),
        "JSON lines": (objects, "x.jsonl", MAPPED),
        "JSON lines, arranged": (objects, "x.jsonl", arranged("json")),
    }
    print(
        f"{given.rows} rows, {len(objects) / given.rows:.0f} bytes an object, {len(rows) / given.rows:.0f} a row of CSV, load {os.getloadavg()[0]:.1f}"
    )
    print("| file | reader, rows/s | engine, rows/s | of CSV's |\n|---|---:|---:|---:|")
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(given.pairs):
        for name, (data, file, mapping) in files.items():
            for what in (reader, engine):
                begun = time.process_time()
                if what(data, file, mapping) != given.rows:
                    raise SystemExit("rows are missing")
                times.setdefault((name, what.__name__), []).append(time.process_time() - begun)
    speed = {key: given.rows / statistics.median(each) for key, each in times.items()}
    share = {name: speed[name, "engine"] / speed["CSV", "engine"] for name in files}
    for name in files:
        print(f"| {name} | {speed[name, 'reader']:,.0f} | {speed[name, 'engine']:,.0f} | {share[name]:.2f} |")
    return int(share["JSON lines"] < 0.5)


if __name__ == "__main__":
    settle()  # as the pool's processes are
    sys.exit(main())
