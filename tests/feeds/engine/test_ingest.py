"""A report becomes events, rejects and findings; all of it or nothing, and once."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from floreo.feeds.engine import ingest, problems, store
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.task import IngestOrder, Summary
from tests.conftest import ROOT
from tests.feeds.engine.nights import DAY, kept, many, night, row, task

pytestmark = pytest.mark.one_database

ROWS = [
    row(1, second=10),
    row(200, second=20),
    row(1, second=50),  # again
    row(3, "198.51.100.1"),  # nobody's
    row(4, "0.0.0.0"),
    row(5, "192.0.2.0/24"),
    row(6, "2001:db8::1", second=30),
    row(7, port="99999"),
    row(8, time="2099-01-01 00:00:00"),
    '"2026-11-20 00:00:00","192.0.2.9"',
    row(66, second=40),
]
DROPS_66 = {"name": "x", "when": [{"field": "source.ip", "is": "=", "value": "192.0.2.66"}], "does": "drop"}


def once(work: IngestOrder) -> Summary:
    (summary,) = ingest.run(work)
    return summary


def tree(root: str) -> list[str]:
    return sorted(str(p.relative_to(root)) for p in Path(root).rglob("*") if p.is_file() and p.suffix != ".lock")


def test_what_becomes_of_each_row_is_counted_and_kept(tmp_path: Path) -> None:
    source = night(tmp_path, ROWS)
    work = task(tmp_path, source, rules=(DROPS_66,))
    summary = once(work)
    place = f"2026-11-20/night/scan_telnet/{source.sha256}.parquet"
    assert replace(summary, seconds=0, missing_columns=()) == Summary(
        sha256=source.sha256,
        name=source.name,
        report_type="scan_telnet",
        rows=11,
        kept=4,
        duplicates=1,
        dropped=1,
        outside=1,
        rejected=5,
        reasons={
            "address_is_network": 1,
            "address_unspecified": 1,
            "bad_port": 1,
            "broken_row": 1,
            "time_in_future": 1,
        },
        organisations={"bank": 1, "isp": 1, "port": 1},
        kinds={"open-telnet": 4},
        first=datetime(2026, 11, 20, tzinfo=UTC),
        last=datetime(2026, 11, 20, 0, 0, 30, tzinfo=UTC),
        events=f"landing/{place}",
        rejects=f"rejects/{place}",
        findings=f"findings/{place}",
    )
    kept_in = Store(work.root)
    rejected = kept_in.rows(summary.rejects).to_pylist()
    assert sorted((r["line"], r["reason"]) for r in rejected) == [
        (6, "address_unspecified"),
        (7, "address_is_network"),
        (9, "bad_port"),
        (10, "time_in_future"),
        (11, "broken_row"),
    ]
    assert {r["text"] for r in rejected} == {ROWS[i] for i in (4, 5, 7, 8, 9)}
    given = [
        tuple(f[n] for n in ("organisation", "subject", "port", "times", "dropped"))
        for f in kept_in.rows(summary.findings).to_pylist()
    ]
    assert given == [
        ("isp", "192.0.2.1", 23, 1, False),
        ("bank", "192.0.2.200", 23, 1, False),
        ("port", "2001:db8::1", 23, 1, False),
        ("isp", "192.0.2.66", 23, 1, True),  # a rule leaves it out: it is still there
    ]
    with store.events(kept_in, DAY, DAY) as events:
        found = events.project('"source.ip", count, organisation, network, service').order('"source.ip"').fetchall()
    assert found == [
        ("192.0.2.1", 2, "isp", "192.0.2.0/24", None),
        ("192.0.2.200", 1, "bank", "192.0.2.128/25", "tills"),
        ("198.51.100.1", 1, None, None, None),
        ("2001:db8::1", 1, "port", "2001:db8::/32", None),
    ]


def test_asked_for_twice_the_second_answer_is_the_first(tmp_path: Path) -> None:
    work = task(tmp_path, night(tmp_path, ROWS))
    first = once(work)
    before = {p: (Path(work.root) / p).read_bytes() for p in tree(work.root)}
    assert once(work) == replace(first, already=True)
    store.compact(Store(work.root), DAY)
    assert once(work) == replace(first, already=True)
    assert [p for p in before if p.startswith("landing")] == [first.events]


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    work = task(tmp_path, night(tmp_path, ROWS))
    seen: list[tuple[int, int, int]] = []
    (dry,) = ingest.run(replace(work, dry_run=True), lambda *text: seen.append(text))
    assert tree(work.root) == [] if Path(work.root).exists() else True
    wet = once(work)
    assert replace(dry, seconds=0.0) == replace(wet, seconds=0.0, events="", rejects="", findings="")
    size = Path(work.files[0].path).stat().st_size
    assert (seen[-1][0], seen[-1][2]) == (11, size)


@pytest.mark.long
def test_a_dry_run_stops_when_it_has_seen_enough(tmp_path: Path) -> None:
    work = task(tmp_path, night(tmp_path, [row(1, second=10)] * 400_000), enough_rows=100_000)
    looked, whole = once(replace(work, dry_run=True)), once(work)
    assert whole.rows == 400_000  # a run that counts reads all, whatever it is asked
    assert 100_000 <= looked.rows < whole.rows


@pytest.mark.parametrize("is_compacted", [False, True])
def test_repeats_are_told_across_the_files_of_a_window_and_not_beyond_it(tmp_path: Path, *, is_compacted: bool) -> None:
    one, two = night(tmp_path, ROWS[:3]), night(tmp_path, [row(200, second=77), row(9), row(9, second=9)], "b.csv")
    work = task(tmp_path, one)
    once(work)
    if is_compacted:
        store.compact(Store(work.root), DAY)
    later = once(replace(work, files=(two,)))
    other = once(replace(work, files=(two,), feed="other"))
    assert [(s.kept, s.duplicates) for s in (later, other)] == [(1, 2), (2, 1)]
    together = task(tmp_path, one, two, root=str(tmp_path / "together"))
    assert [(s.kept, s.duplicates) for s in ingest.run(together)] == [(2, 1), (1, 2)]


def test_a_file_cut_short_keeps_nothing_and_the_others_go_on(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join([row(i) for i in range(500)]).encode())
    cut, good = kept(tmp_path, whole[:-9], "2026-11-20-scan_telnet.csv.gz"), night(tmp_path, ROWS)
    work = task(tmp_path, cut, good)
    bad, fine = ingest.run(work)
    assert (bad.problem, bad.is_whole, bad.rows, bad.events) == (problems.TRUNCATED, False, 0, "")
    assert (fine.problem, fine.rows, fine.kept) == ("", 11, 5)
    assert [p for p in tree(work.root) if cut.sha256 in p] == []


RUN = """
import resource, sys, pickle, pathlib
from floreo.feeds.engine import ingest
work, limit = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes())
if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print("ready", flush=True)
for s in ingest.run(work): print(s.problem, s.is_whole, s.kept, s.already)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Runs a task in a process of its own; `limit`: bytes that a file may have."""

    def start(work: IngestOrder, limit: int = 0) -> subprocess.Popen[str]:
        import pickle

        expected = tmp_path / f"{random.random()}.pickle"
        expected.write_bytes(pickle.dumps((work, limit)))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-c", RUN, str(expected)], stdout=subprocess.PIPE, text=True, env=environment
        )

    return start


def replied_by(process: subprocess.Popen[str]) -> list[str]:
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return out.splitlines()[1:]


@pytest.mark.long
def test_a_full_disk_leaves_nothing_and_the_next_run_goes_on(tmp_path: Path, elsewhere: Any) -> None:
    work = task(tmp_path, many(tmp_path, 20_000))
    text = replied_by(elsewhere(work, limit=100_000))
    assert text[0] == f"{problems.DISK_FULL} False 0 False"
    assert tree(work.root) == []
    assert once(work).rows == 20_000


@pytest.mark.guards("a kill loses no report")
def test_killed_anywhere_a_report_is_there_whole_or_not_at_all(tmp_path: Path, elsewhere: Any) -> None:
    source = many(tmp_path, 60_000)
    work = task(tmp_path, source)
    wanted = once(replace(work, root=str(tmp_path / "undisturbed")))
    draw = random.Random(7)
    for _ in range(4):
        process = elsewhere(work)
        process.stdout.readline()
        time.sleep(draw.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if Store(work.root).exists(wanted.events):  # then all of it is
            assert pq.ParquetFile(Path(work.root) / wanted.events).metadata.num_rows == wanted.kept
    found = once(work)
    assert replace(found, seconds=0, already=False) == replace(wanted, seconds=0)
    hashes = [store.digest_hash(Store(root)) for root in (work.root, tmp_path / "undisturbed")]
    assert hashes[0] == hashes[1]
    assert not list(Path(work.root, "work").iterdir())


@pytest.mark.long
def test_two_processes_with_one_file_count_it_once(tmp_path: Path, elsewhere: Any) -> None:
    work = task(tmp_path, many(tmp_path, 20_000))
    text = [replied_by(p)[0] for p in [elsewhere(work), elsewhere(work)]]
    kept_once = once(work).kept
    assert sorted(text) == sorted([f" True {kept_once} False", f" True {kept_once} True"])
    assert store.counts(Store(work.root), DAY, DAY, []) == [{"events": kept_once}]


@pytest.mark.long  # large files, and the memory of two processes
def test_memory_does_not_grow_with_the_file(tmp_path: Path, elsewhere: Any) -> None:
    peaks = [
        int(replied_by(elsewhere(task(tmp_path, many(tmp_path, n), root=str(tmp_path / str(n)))))[-1])
        for n in (80_000, 200_000)
    ]
    assert peaks[1] < 1.3 * peaks[0]


def test_a_rule_that_cannot_be_read_stops_the_task(tmp_path: Path) -> None:
    work = task(tmp_path, night(tmp_path, ROWS), rules=({"name": "bad", "when": [], "does": "drop"},))
    with pytest.raises(ValueError, match="bad"):
        ingest.run(work)


def test_a_summary_survives_its_footer(tmp_path: Path) -> None:
    summary = once(task(tmp_path, night(tmp_path, ROWS)))
    assert asdict(replace(store.files.summary_of(store.files.summary_text(summary)), already=False)) == asdict(summary)
