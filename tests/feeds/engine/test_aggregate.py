"""Findings of a report are those that grouping its events by hand gives, however it is cut and however little fits."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from floreo.feeds.engine.aggregate import Findings
from floreo.feeds.engine.events import FINDING_SCHEMA, SEVERITIES
from floreo.feeds.engine.store import Place, Store, Window
from floreo.feeds.engine.task import Summary
from floreo.feeds.engine.writing import Landing
from tests.feeds.engine.event_rows import events

pytestmark = pytest.mark.one_database
DAY = datetime(2026, 11, 20, tzinfo=UTC)
PLACE = Place(Window("feed", "scan", date(2026, 11, 20)), "a" * 64)


def some_rows(count: int) -> list[dict[str, Any]]:
    draw = np.random.default_rng(4)

    def one(i: int) -> dict[str, Any]:
        number = int(draw.integers(0, 60))
        subject = {"source.fqdn": f"h{number}.example"} if number % 7 == 0 else {"source.ip": f"192.0.2.{number}"}
        if number % 11 == 0:
            subject = {"source.ip": f"2001:DB8::{number:04X}"}
        return {
            **subject,
            "organisation": [None, "bank", "isp"][number % 3],
            "classification.identifier": ["open-rdp", "open-smb"][i % 2],
            "finding_port": [None, 3389][number % 2],
            "severity": [None, *SEVERITIES][int(draw.integers(0, 7))],
            "time.source": DAY + timedelta(seconds=int(draw.integers(0, 86_400))),
            "malware.name": ["", "mirai", None][number % 3],
            "product.name": "x",
            "network": f"n{i}",
            "route": None,
        }

    return [one(i) for i in range(count)]


def by_hand(rows: list[dict[str, Any]], is_first: list[bool]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row, first in zip(rows, is_first, strict=True):
        if row["organisation"] is None:
            continue
        subject = str(ip_address(row["source.ip"])) if "source.ip" in row else row["source.fqdn"]
        key = (row["organisation"], subject, row["classification.identifier"], row["finding_port"] or 0)
        new = dict(zip(("organisation", "subject", "kind", "port"), key, strict=True))
        new |= {"first": row["time.source"], "last": row["time.source"], "times": 0, "severity": "undefined"}
        new |= {"network": row["network"], "detail": " ".join(filter(None, (row["malware.name"], "x")))}
        kept = found.setdefault(key, new)
        kept["first"], kept["last"] = min(kept["first"], row["time.source"]), max(kept["last"], row["time.source"])
        kept["times"] += first
        kept["severity"] = min(kept["severity"], row["severity"] or "undefined", key=SEVERITIES.index)
    return sorted(found.values(), key=repr)


@pytest.mark.long
@pytest.mark.parametrize("memory", [10_000, 40, 1])
def test_findings_are_those_of_grouping_by_hand(tmp_path: Path, memory: int) -> None:
    rows = some_rows(500)
    is_first = [i % 3 != 0 for i in range(len(rows))]
    folding = Findings(tmp_path, memory)
    for start in range(0, len(rows), 37):
        block = events(*rows[start : start + 37])
        folding.add(block, np.arange(len(block)), np.array(is_first[start : start + 37]))
    tables = [table.cast(FINDING_SCHEMA) for table in folding.tables()]
    wanted = by_hand(rows, is_first)
    found = pa.concat_tables(tables).select(list(wanted[0])).to_pylist()
    assert sorted(found, key=repr) == wanted
    assert bool(list(tmp_path.iterdir())) == (memory < 10_000)


def test_events_of_nobody_are_no_finding() -> None:
    folding = Findings(None)
    folding.add(events({"source.ip": "192.0.2.1"}), np.array([0]), np.array([True]))
    assert list(folding.tables()) == []


@pytest.mark.long
def test_a_few_rows_of_a_large_block_keep_nothing_of_the_rest(tmp_path: Path) -> None:
    rows = [{**row, "organisation": "bank"} for row in some_rows(2000)]
    folding = Findings(tmp_path)
    folding.add(block := events(*rows), np.arange(0, 2000, 100), np.ones(20, np.bool_))
    whole = weakref.ref(block)
    del block
    assert (whole(), [len(each.table) for each in folding._blocks]) == (None, [20])
    (found,) = folding.tables()
    assert int(pc.sum(found["times"]).as_py()) == 20


def test_findings_are_written_one_table_at_a_time(tmp_path: Path) -> None:
    rows = [{**row, "organisation": "bank"} for row in some_rows(600)]
    alive: list[int] = []
    with Landing(tmp_path, "a" * 64) as landing:
        landing.findings = Findings(tmp_path, 20)
        landing.findings.add(events(*rows), np.arange(600), np.ones(600, np.bool_))
        made: list[weakref.ref[pa.Table]] = []
        tables = landing.findings.tables

        def watched() -> Iterator[pa.Table]:
            for table in tables():
                alive.append(sum(one() is not None for one in made))
                made.append(weakref.ref(table))
                yield table
                del table

        with patch.object(landing.findings, "tables", watched):
            landing.land(Store(str(tmp_path / "store")), PLACE, Summary("a" * 64, "x.csv"))
    assert len(alive) > 4
    assert max(alive) <= 1  # the one that was written last may go when the next is there
