"""What was stored is found again, before and after a day is compacted, in a folder and in a bucket."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from floreo.feeds.engine import ingest, store
from floreo.feeds.engine.addresses import words_of
from floreo.feeds.engine.store import Filter, Store, Wanted, Window
from floreo.feeds.engine.store.duck import Source as Selects
from floreo.feeds.engine.store.duck import connected
from floreo.feeds.engine.task import IngestOrder, Source
from tests.feeds.engine.nights import DAY, night, row, task

pytestmark = pytest.mark.one_database
NEXT = DAY + timedelta(days=1)


def filled(folder: Path, root: str = "") -> Store:
    """Two reports of one day and one of the next."""
    more = {"root": root} if root else {}
    one = night(folder, [row(1, second=5), row(1, second=9), row(200, second=8), row(3, "198.51.100.9")])
    two = night(folder, [row(4, "2001:db8::4", second=7), row(1)], "b.csv")
    three = night(folder, [row(1, second=1).replace(str(DAY), str(NEXT)), row(201)], "c.csv")
    ingest.run(task(folder, one, **more))
    ingest.run(task(folder, two, feed="other", **more))
    work = task(folder, three, day=NEXT, **more)
    ingest.run(work)
    return Store(work.root)


def asked(kept: Store) -> list[Any]:
    """Every question, to be compared."""
    address = words_of("192.0.2.1")
    assert address
    with store.events(kept, DAY, NEXT) as events:
        rows = sorted(events.fetchall(), key=repr)
    return [
        rows,
        store.counts(kept, DAY, NEXT, ["day", "kind", "organisation"]),
        store.counts(kept, DAY, NEXT, ["feed"], where=Filter(organisations=("isp", "bank"))),
        store.latest(kept, Filter(organisations=("isp",)), limit=2).select(["day", "source.ip", "count"]).to_pylist(),
        store.history(kept, address),
        store.orphans(kept, DAY, NEXT),
        store.digest_hash(kept),
    ]


@pytest.mark.long
def test_a_day_reads_the_same_before_and_after_it_is_compacted(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    before = asked(kept)
    assert before[1:4] == [
        [
            {"day": DAY, "kind": "open-telnet", "organisation": "isp", "events": 2},
            {"day": DAY, "kind": "open-telnet", "organisation": "bank", "events": 1},
            {"day": DAY, "kind": "open-telnet", "organisation": "port", "events": 1},
            {"day": DAY, "kind": "open-telnet", "organisation": None, "events": 1},
            {"day": NEXT, "kind": "open-telnet", "organisation": "bank", "events": 1},
            {"day": NEXT, "kind": "open-telnet", "organisation": "isp", "events": 1},
        ],
        [{"feed": "night", "events": 4}, {"feed": "other", "events": 1}],
        [{"day": NEXT, "source.ip": "192.0.2.1", "count": 1}, {"day": DAY, "source.ip": "192.0.2.1", "count": 2}],
    ]
    assert [(o["asn"], o["network"], o["events"]) for o in before[5]] == [(64496, "198.51.100.0/24", 1)]
    assert json.loads(next(r for r in before[0] if "192.0.2.200" in r)[-1])["banner"] == "hello 200"
    landing = Path(kept.path("landing"))
    shutil.copytree(landing, tmp_path / "left-behind")
    shutil.copytree(kept.path("repeats"), tmp_path / "repeats")
    assert (store.compact(kept, DAY), store.compact(kept, NEXT), store.compact(kept, DAY)) == (2, 1, 0)
    assert asked(kept) == before
    assert (store.health(kept)["waiting"], store.health(kept)["days"]) == (0, 2)
    # As a compaction leaves it that was killed before it took the landing files away.
    shutil.copytree(tmp_path / "left-behind", landing, dirs_exist_ok=True)
    shutil.copytree(tmp_path / "repeats", kept.path("repeats"), dirs_exist_ok=True)
    assert asked(kept) == before
    assert store.compact(kept, DAY) == 0
    assert kept.listed(f"landing/{DAY}") == []


@pytest.mark.long
def test_a_report_that_comes_after_its_day_was_compacted_is_added(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    store.compact(kept, DAY)
    late = night(tmp_path, [row(50), row(51)], "late.csv")
    ingest.run(task(tmp_path, late))
    before = asked(kept)
    assert store.compact(kept, DAY) == 1
    assert asked(kept) == before
    assert store.counts(kept, DAY, DAY, []) == [{"events": 7}]


@pytest.mark.long
def test_days_that_are_old_enough_go_as_a_whole(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    store.compact(kept, DAY)
    assert store.retain(kept, NEXT) == [DAY]
    assert store.counts(kept, DAY, NEXT, ["day"]) == [{"day": NEXT, "events": 2}]
    assert [p for p in kept.listed("") if str(DAY) in p] == []


@pytest.mark.long
def test_the_latest_are_found_however_long_ago(tmp_path: Path) -> None:
    work = task(tmp_path)
    for back in (0, 6, 40, 300):
        source = night(tmp_path, [row(1, second=back), row(200, second=back)], f"{back}.csv")
        ingest.run(task(tmp_path, source, day=DAY - timedelta(days=back)))
    kept = Store(work.root)
    found = [len(store.latest(kept, Filter(organisations=("isp",)), limit=n)) for n in (1, 2, 3, 9)]
    assert found == [1, 2, 3, 4]
    days = store.latest(kept, Filter(organisations=("bank",)), limit=3)["day"].to_pylist()
    assert days == [DAY - timedelta(days=n) for n in (0, 6, 40)]


@pytest.mark.long
def test_a_filter_says_exactly_which(tmp_path: Path) -> None:
    kept = filled(tmp_path)

    def count(**text: Any) -> int:
        return int(store.counts(kept, DAY, NEXT, [], where=Filter(**text))[0]["events"])

    assert [
        count(),
        count(organisations=()),
        count(organisations=("isp' OR '1'='1",)),
        count(is_owned=True),
        count(feeds=("other",), kinds=("open-telnet",)),
        count(severities=("nothing",)),
        count(address=words_of("192.0.2.1")),
    ] == [7, 0, 0, 6, 2, 0, 3]


@pytest.mark.long
def test_nothing_beyond_the_store_can_be_read_through_it(tmp_path: Path) -> None:
    kept = filled(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for statement in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM read_text('{kept.base}/../secret.csv')",
        f"COPY (SELECT 1) TO '{tmp_path}/out.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with connected(kept) as connection, pytest.raises(duckdb.Error):
            connection.execute(statement)
    assert list(tmp_path.glob("out*")) == []


def test_an_empty_store_answers(tmp_path: Path) -> None:
    kept = Store(tmp_path / "none")
    assert store.counts(kept, date.min, date.max, ["kind"]) == []
    assert len(store.latest(kept, Filter())) == 0
    assert store.health(kept) == {"days": 0, "first": None, "last": None, "waiting": 0, "bytes": 0}
    assert (store.compact(kept, DAY), store.retain(kept, DAY)) == (0, [])


def test_names_of_feeds_and_types_stay_within_the_store() -> None:
    folders = [
        Window(feed, kind, DAY).folder for feed in ("a", "../../x", "a/b", ".") for kind in ("", "-", "..", "scan x")
    ]
    assert len(set(folders)) == len(folders)
    assert all(len(Path(f).parts) == 3 and ".." not in f for f in folders)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An S3 server on loopback, and a store in a bucket of it."""
    moto = pytest.importorskip("moto.server")
    pafs = pytest.importorskip("pyarrow.fs")
    text = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_EC2_METADATA_DISABLED": "true"}
    before = {name: os.environ.get(name) for name in text}
    os.environ.update(text)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    where = f"endpoint_override=127.0.0.1%3A{port}&scheme=http&region=us-east-1"
    files, _ = pafs.FileSystem.from_uri(f"s3://nights?{where}&allow_bucket_creation=true")
    files.create_dir("nights")
    yield f"s3://nights/floreo?{where}"
    server.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


@pytest.mark.long
def test_a_bucket_is_a_store_as_good_as_a_folder(tmp_path: Path, bucket: str) -> None:
    local, remote = filled(tmp_path), filled(tmp_path, bucket)
    wanted = asked(local)
    assert asked(remote) == wanted
    assert store.compact(remote, DAY) == 2
    assert asked(remote) == wanted
    one = night(tmp_path, [row(1, second=5), row(1, second=9), row(200, second=8), row(3, "198.51.100.9")])
    assert ingest.run(task(tmp_path, one, root=bucket))[0].already
    late: Source = night(tmp_path, [row(200), row(77)], "late.csv")
    work: IngestOrder = task(tmp_path, late, root=bucket)
    assert [(s.kept, s.duplicates) for s in ingest.run(work)] == [(1, 1)]
    assert store.retain(remote, NEXT) == [DAY]
    assert [p for p in remote.listed("") if str(DAY) in p] == []


@pytest.mark.long  # the number is the point: what a question gives is shown with few
def test_hundreds_of_small_reports_of_a_day_take_the_memory_of_one(tmp_path: Path) -> None:
    sources = [
        night(tmp_path, [row(n, second=n), row(n, second=n), row(200, second=n)], f"{n}.csv") for n in range(150)
    ]
    for number, source in enumerate(sources):
        ingest.run(task(tmp_path, source, feed=f"sensor-{number}"))
    kept = Store(task(tmp_path).root)
    total = "SELECT count(*), sum(count), count(DISTINCT report), count(DISTINCT extra) FROM (%s)"

    def counted() -> Any:
        with connected(kept, memory="64MB", threads=2) as connection:
            return connection.sql(total % Selects(connection, kept).events(DAY, DAY, whole=True)).fetchall()

    before = counted()
    wanted = [Wanted(1, "open-telnet", 23, address=words_of("192.0.2.200") or (0, 0))]
    assert store.lines(kept, wanted, DAY, DAY, most=90)[1][1] == 150
    assert store.compact(kept, DAY, memory="64MB") == 150
    assert before == counted()


@pytest.mark.long
def test_repeats_of_a_file_that_came_to_two_feeds_are_those_of_each(tmp_path: Path) -> None:
    source = night(tmp_path, [row(1, second=5), row(1, second=5), row(1, second=5), row(200, second=8)])
    for feed in ("one", "other"):
        ingest.run(task(tmp_path, source, feed=feed))
    kept = Store(task(tmp_path).root)

    def counts() -> Any:
        with store.events(kept, DAY, DAY) as events:
            return sorted(events.project('"feed.code", "source.ip", count').fetchall())

    expected = [
        (feed, address, n) for feed in ("one", "other") for address, n in (("192.0.2.1", 3), ("192.0.2.200", 1))
    ]
    assert counts() == expected
    store.compact(kept, DAY)
    assert counts() == expected
