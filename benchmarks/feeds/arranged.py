"""JSON lines: rows a second of the present reader against those of the SELECT that sets a file right, over the same bytes, one thread.

    .venv/bin/python -m benchmarks.feeds.arranged [--rows 100000] [--pairs 5]

Counted in seconds of processor time of this process, in interleaved pairs: medians. `reader` is the reader alone (rows as columns of text),
`engine` goes on to events. Also CSV through the present reader and through an arrangement."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from floreo.feeds.engine import reading
from floreo.feeds.engine.normalise import normalise
from floreo.feeds.engine.task import Source, Task

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


def table(count: int) -> bytes:
    head = "when,ip,port,what,banner\n"
    return (
        head
        + "".join(
            f"2026-11-24 0{n % 3}:{n % 60:02}:{n % 59:02},192.0.{n // 250 % 250}.{n % 250 + 1},{1024 + n % 50_000},open-{n % 40},{'y' * 60}\n"
            for n in range(count)
        )
    ).encode()


def parts(data: bytes, name: str, mapping: dict[str, Any]) -> tuple[reading.OpenReport, Iterator[reading.Part]]:
    task = Task("f", NOW.date(), "", (), NOW, "", "", mapping=mapping)
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


MAPPED = {
    "address": "source.ip",
    "time": "time.source",
    "port": "source.port",
    "kind": "column:classification.identifier",
}
ARRANGED = {"arrange": {**MAPPED, "reads": "json", "time": ["time.source"]}}
CSV_MAPPED = {"address": "ip", "time": "when", "port": "port", "kind": "column:what"}
CSV_ARRANGED = {"arrange": {**CSV_MAPPED, "time": ["when"]}}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--pairs", type=int, default=5)
    given = asked.parse_args()
    works: list[tuple[str, Callable[..., int], bytes, str, dict[str, Any], dict[str, Any]]] = []
    objects, rows = lines(given.rows), table(given.rows)
    for what in (reader, engine):
        works.append((f"JSON lines, {what.__name__}", what, objects, "x.jsonl", MAPPED, ARRANGED))
        works.append((f"CSV, {what.__name__}", what, rows, "x.csv", CSV_MAPPED, CSV_ARRANGED))
    print(f"{given.rows} rows, {len(objects) / given.rows:.0f} bytes an object, load {os.getloadavg()[0]:.1f}")
    for name, what, data, file, mapped, arranged in works:
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(given.pairs):
            for into, mapping in zip(times, (mapped, arranged), strict=True):
                begun = time.process_time()
                if what(data, file, mapping) != given.rows:
                    raise SystemExit("rows are missing")
                into.append(time.process_time() - begun)
        now, then = (given.rows / statistics.median(each) for each in times)
        print(f"{name:<20} present {now:>10,.0f} rows/s   arranged {then:>10,.0f} rows/s   {then / now:.1f} times")


if __name__ == "__main__":
    main()
