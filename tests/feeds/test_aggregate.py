"""From reports to findings: new, open, fixed by absence, seen again; the same whatever the order of files."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.leases import lease_end
from floreo.feeds import logic
from floreo.feeds.actions import claiming
from floreo.feeds.actions.aggregate import findings_of, take_in
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.engine import ingest, problems
from floreo.feeds.engine.store import Store
from floreo.feeds.engine.task import Summary
from floreo.feeds.logic import Source, State, Times
from floreo.feeds.models import Feed, FeedFile, Finding, OpenPeriod, Run
from tests.feeds.making import hand_in, name_of, night, report, row, shadow_feed

START = date(2026, 11, 1)
RDP = "scan_rdp"


def day(number: int) -> date:
    return START + timedelta(days=number)


def facts(finding: Finding) -> tuple[Any, ...]:
    return finding.state, finding.first_day, finding.last_day, finding.fixed_on, finding.reopened, finding.days_seen


def test_a_report_says_whose_and_what(feed: Feed) -> None:
    cut = row("192.0.2.9", day(0))[:20]
    outside = row("203.0.113.9", day(0), asn=64511)
    data = report(day(0), ["192.0.2.20", "192.0.2.20", "192.0.2.1"], extra=[outside, cut])
    hand_in(feed, data, name_of(day(0)))
    [summary] = ingest_waiting(by=SYSTEM).summaries
    kept = FeedFile.objects.get()
    assert (kept.state, kept.rows, kept.kept, kept.duplicates, kept.outside, kept.rejected) == ("done", 5, 3, 1, 1, 1)
    assert kept.organisations == {"bank": 1, "provider": 1}
    assert summary.organisations == kept.organisations
    text = Finding.objects.values_list(
        "organisation__code", "subject", "kind", "port", "state", "network", "reason", "service", "times_seen"
    )
    assert sorted(text) == [
        ("bank", "192.0.2.20", "open-rdp", 3389, "new", "192.0.2.16/28", "prefix", "online banking", 1),
        ("provider", "192.0.2.1", "open-rdp", 3389, "new", "192.0.2.0/24", "prefix", "", 1),
    ]


@pytest.mark.long
def test_a_finding_lives_as_long_as_the_trouble(feed: Feed) -> None:
    """Absent from two runs it counts as fixed, on the first of them; seen again it is back."""
    seen = {0: True, 1: True, 2: False, 3: False, 4: False, 6: True}
    states = []
    for number, is_seen in seen.items():
        night(feed, day(number), ["192.0.2.1", *(["192.0.2.20"] if is_seen else [])])
        states.append(facts(Finding.objects.get(subject="192.0.2.20")))
    assert states == [
        ("new", day(0), day(0), None, 0, 1),
        ("persisting", day(0), day(1), None, 0, 2),
        ("persisting", day(0), day(1), None, 0, 2),
        ("fixed", day(0), day(1), day(2), 0, 2),
        ("fixed", day(0), day(1), day(2), 0, 2),
        ("reopened", day(0), day(6), None, 1, 3),
    ]
    open_periods = OpenPeriod.objects.filter(finding__subject="192.0.2.20").values_list("opened_on", "ended_on")
    assert list(open_periods) == [(day(0), day(2)), (day(6), None)]


@pytest.mark.long
def test_silence_counts_only_where_the_report_still_looks(feed: Feed) -> None:
    """Another type, a report cut off, and one whose columns are broken say nothing about what they do not name."""
    night(feed, day(0), ["192.0.2.20"])
    night(feed, day(1), ["192.0.2.1"], kind="scan_telnet")
    hand_in(feed, report(day(2), ["192.0.2.1"], extra=["x"] * 3), name_of(day(2)))
    hand_in(feed, b"\x1f\x8b" + report(day(3), []), name_of(day(3)) + ".gz")
    ingest_waiting(by=SYSTEM)
    assert sorted(Run.objects.values_list("report_type", "day")) == [("scan_rdp", day(0)), ("scan_telnet", day(1))]
    for number in (4, 5):  # a report without a row says that there is nothing
        night(feed, day(number), [])
    assert facts(Finding.objects.get(subject="192.0.2.20"))[:4] == ("fixed", day(0), day(0), day(4))


def test_what_was_said_to_be_fixed_is_checked(feed: Feed) -> None:
    night(feed, day(0), ["192.0.2.20", "192.0.2.21"])
    Finding.objects.update(reply="fixed", replied_on=day(0), claim="claimed")
    claims = []
    for number in (1, 2):
        night(feed, day(number), ["192.0.2.21"])
        claims.append(dict(Finding.objects.values_list("subject", "claim")))
    assert claims == [
        {"192.0.2.20": "claimed", "192.0.2.21": "contradicted"},
        {"192.0.2.20": "shown", "192.0.2.21": "contradicted"},
    ]


def snapshot() -> tuple[list[Any], list[Any], list[Any]]:
    hidden = {"id", "created_at", "changed_at", "ending_id", "kind_text_id", "network_text_id"}
    columns = [f.attname for f in Finding._meta.concrete_fields if f.attname not in hidden]
    columns += ["ending__kind", "ending__reason", "ending__taken_back"]
    key = ("organisation", "subject", "kind", "port")
    return (
        list(Finding.objects.order_by(*key).values(*columns)),
        list(
            OpenPeriod.objects.order_by("finding__subject", "finding__kind", "opened_on").values_list(
                "finding__subject", "finding__kind", "opened_on", "last_day", "ended_on", "ending"
            )
        ),
        list(Run.objects.order_by("feed", "report_type", "day").values_list("feed", "report_type", "day")),
    )


ADDRESSES = ["192.0.2.1", "192.0.2.20", "2001:db8::7"]
FILES = st.lists(
    st.tuples(
        st.integers(0, 9), st.sampled_from(["scan_rdp", "scan_rdp", "scan_telnet"]), st.sets(st.sampled_from(ADDRESSES))
    ),
    min_size=2,
    max_size=6,
)


few_examples = hypothesis_settings(
    max_examples=15 if os.environ.get("LONG") else 5,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.guards("the order of files changes no finding")
@few_examples
@given(files=FILES, shuffled=st.randoms(use_true_random=False))
def test_any_order_of_the_same_files_gives_the_same_findings(
    feed: Feed, tmp_path_factory: Any, files: Any, shuffled: Any
) -> None:
    """Each day one file or two, each with a name of its own, handed in and read in their order, then in another, one of them twice."""
    named = [(n, *facts) for n, facts in enumerate(files)]
    other = [*named, named[0]]
    shuffled.shuffle(other)
    found = [_read_in(order, feed, tmp_path_factory.mktemp("order")) for order in (named, other)]
    assert found[0] == found[1]


@pytest.mark.long
@few_examples
@given(files=FILES, shuffled=st.randoms(use_true_random=False))
def test_days_may_come_in_any_order_if_what_corrects_comes_after_what_it_corrects(
    feed: Feed, tmp_path_factory: Any, files: Any, shuffled: Any
) -> None:
    """Files of one day and type have one name: each is the correction of the one before."""
    waiting: dict[tuple[int, str], list[Any]] = {}
    for number, kind, ips in files:
        waiting.setdefault((number, kind), []).append((0, number, kind, ips))
    named, other = [each for group in waiting.values() for each in group], []
    while any(waiting.values()):
        other.append(waiting[shuffled.choice(sorted(name for name, group in waiting.items() if group))].pop(0))
    found = [_read_in(order, feed, tmp_path_factory.mktemp("order")) for order in (named, other)]
    assert found[0] == found[1]


def _read_in(order: Iterable[tuple[int, int, str, set[str]]], feed: Feed, root: Path) -> Any:
    """What is known when these were read one after the other: number in the name, day, type, addresses."""
    with override_settings(EVENTS_ROOT=str(root)), transaction.atomic():
        for n, number, kind, ips in order:
            hand_in(feed, report(day(number), sorted(ips)), f"{day(number)}-{kind}-isla{'abcdef'[n]}.csv")
            ingest_waiting(by=SYSTEM)
        found = snapshot()
        transaction.set_rollback(True)
    return found


def test_a_window_is_one_workers_until_its_lease_ends(feed: Feed) -> None:
    hand_in(feed, report(day(0), ["192.0.2.20"]), name_of(day(0)))
    claimed = claiming.claim_next()
    assert claimed is not None
    hand_in(feed, report(day(0), ["192.0.2.1"]), "2026-11-01-scan_rdp-more.csv")
    assert claiming.claim_next() is None  # though a second file waits: it belongs to the same window
    FeedFile.objects.filter(state="running").update(claimed_until=clock.now() - timedelta(seconds=1))
    again = claiming.claim_next()
    assert again is not None
    assert len(again.new) == 2


def test_a_lease_ends_a_minute_after_its_worker_and_not_before(feed: Feed) -> None:
    hand_in(feed, report(day(0), ["192.0.2.20"]), name_of(day(0)))
    now = clock.now()
    with time_machine.travel(now, tick=False) as at:
        claimed = claiming.claim_next()
        assert claimed is not None
        at.shift(45)
        claiming.renew([claimed], lease_end())
        at.shift(45)
        assert claiming.claim_next() is None
        at.shift(16)
        assert claiming.claim_next() is not None


def test_a_window_claimed_by_a_clock_that_stood_a_year_ahead_is_free(feed: Feed) -> None:
    hand_in(feed, report(day(0), ["192.0.2.20"]), name_of(day(0)))
    with time_machine.travel(clock.now() + timedelta(days=365)):
        assert claiming.claim_next() is not None
    assert claiming.claim_next() is not None


def test_taking_in_twice_is_taking_in_once(feed: Feed) -> None:
    hand_in(feed, report(day(0), ["192.0.2.20"]), name_of(day(0)))
    claimed = claiming.claim_next()
    assert claimed is not None
    summaries = ingest.run(claiming.task_of(claimed))
    known = findings_of(summaries, Store(settings.EVENTS_ROOT))
    for _time in range(2):
        take_in(claimed, by=SYSTEM, summaries=summaries, findings_seen=known)
    assert Finding.objects.get().times_seen == 1
    # A worker that died between the two: the engine says again what it said, and only then is it taken in.
    assert [s.already for s in ingest.run(claiming.task_of(claimed))] == [True]


@pytest.mark.one_database
def test_times_are_told_by_days_alone() -> None:
    seen = {"a/x": [(day(0), day(1)), (day(5), day(5))], "b/y": [(day(1), day(1)), (day(9), day(9))]}
    runs = {"a/x": [day(n) for n in (0, 1, 5, 6, 7)], "b/y": [day(n) for n in (1, 3, 9)]}
    sources = {"a/x": Source(runs["a/x"], patience=2), "b/y": Source(runs["b/y"], patience=1)}
    assert logic.open_periods(seen, sources) == [
        # b saw it last on that day, and looked again on the third
        Times(day(0), day(1), day(3), State.FIXED, day(3), starts_on=day(0)),
        Times(day(5), day(5), day(6), State.FIXED, day(7), starts_on=day(2)),
        Times(day(9), day(9), starts_on=day(4)),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_get_no_window_twice(feeds_folder: object) -> None:
    feed = shadow_feed()
    for number in range(6):
        hand_in(feed, report(day(number // 2), [f"192.0.2.{number}"]), f"{day(number // 2)}-scan_rdp-{number}.csv")
    got: list[list[int]] = []

    def work() -> None:
        try:
            while (claimed := claiming.claim_next()) is not None:
                got.append([r.pk for r in claimed.new])
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(map(len, got)) == [2, 2, 2]
    assert sorted(pk for pks in got for pk in pks) == sorted(FeedFile.objects.values_list("pk", flat=True))


@pytest.mark.long
def test_a_report_of_many_rows_is_as_one_of_few(feed: Feed) -> None:
    """Above a few hundred rows another way leads into PostgreSQL."""
    many = [f"192.0.2.{n}" for n in range(256)] + [f"2001:db8::{n:x}" for n in range(1, 100)]
    for number in (0, 1):
        night(feed, day(number), many)
    night(feed, day(2), many[:1])
    night(feed, day(3), many[:1])
    states = Counter(Finding.objects.values_list("state", "times_seen", "days_seen"))
    assert states == {("persisting", 4, 4): 1, ("fixed", 2, 2): 354}
    assert OpenPeriod.objects.filter(ended_on=day(2)).count() == 354
    assert Finding.objects.get(subject="2001:db8::1").ip == "2001:db8::1"


def test_a_file_that_kills_its_workers_is_given_up_and_one_that_is_gone_is_said(feed: Feed) -> None:
    hand_in(feed, report(day(0), ["192.0.2.20"]), name_of(day(0)))
    for _death in range(claiming.MOST_ATTEMPTS + 1):
        assert claiming.claim_next() is not None
        FeedFile.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    hand_in(feed, report(day(1), ["192.0.2.20"]), name_of(day(1)))
    path_of(FeedFile.objects.get(day=day(1)).sha256).unlink()
    hand_in(feed, report(day(2), ["192.0.2.20"]), name_of(day(2)))
    assert len(ingest_waiting(by=SYSTEM).stopped) == 2
    text = FeedFile.objects.order_by("day").values_list("state", "problem")
    assert list(text) == [("refused", "stopped"), ("refused", "lost"), ("done", "")]


def test_without_room_a_report_waits_for_some(feed: Feed) -> None:
    hand_in(feed, report(day(0), ["192.0.2.20"]), name_of(day(0)))
    claimed = claiming.claim_next()
    assert claimed is not None
    summary = Summary(sha256=claimed.new[0].sha256, name="x", problem=problems.DISK_FULL, is_whole=False)
    take_in(claimed, by=SYSTEM, summaries=[summary], findings_seen=[[]])
    assert (FeedFile.objects.get().state, claiming.claim_next()) == ("waiting", None)
    FeedFile.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    ingest_waiting(by=SYSTEM)
    assert (FeedFile.objects.get().state, Finding.objects.count()) == ("done", 1)
