"""A backfill in any order gives the findings, the open periods and the nights held for a person that the same files give in order: ninety
nights with outages, nights that collapsed, files without a row, types that stay away, files of changes and a scan that lost IPv6."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.feeds import machines
from floreo.feeds.actions.aggregate import take_in
from floreo.feeds.actions.claiming import Claimed
from floreo.feeds.actions.feeds import change_feed
from floreo.feeds.engine.task import Summary
from floreo.feeds.models import Feed, FeedFile, Finding, OpenPeriod, Run
from floreo.organisations.models import Network
from tests.factories import strategy as make
from tests.feeds.making import make_register, night, shadow_feed

pytestmark = pytest.mark.long

START = date(2026, 6, 1)  # a Monday
OLD = [f"192.0.2.{n}" for n in range(40, 70)]
NEW = [f"2001:db8:0:{n:x}::7" for n in range(1, 9)]


@dataclass(frozen=True)
class File:
    day: int
    kind: str
    ips: tuple[str, ...]


@pytest.fixture
def feed(db: None, feeds_folder: object) -> Any:
    make.make_country()
    make_register()
    with clock.pinned_day(day=START + timedelta(days=200)):
        yield shadow_feed(absent_runs=3, sends_empty=False)


def nights_of(chance: random.Random, number: int, *, changes: bool) -> list[File]:
    """What a source delivers: each host is there for a time, and each kind of bad night comes once in a while."""
    there = {ip: sorted(chance.sample(range(-10, number + 30), 2)) for ip in [*OLD, *NEW]}
    few = {ip: sorted(chance.sample(range(number), 2)) for ip in OLD[:3]}
    files, whole = [], frozenset[str]()
    for n in range(number):
        if chance.random() < 0.05:
            continue  # no file at all
        here = [ip for ip, (first, last) in there.items() if first <= n < last and chance.random() > 0.05]
        bad = chance.random()
        if bad < 0.08:
            here = here[: len(here) // chance.choice([3, 8])]  # thin, or collapsed
        elif bad < 0.13:
            here = []  # a header alone
        elif bad < 0.18:
            here = [ip for ip in here if ":" not in ip]  # nothing was looked for in IPv6
        is_sunday = (START + timedelta(days=n)).weekday() == 6
        named = here if is_sunday or not changes else [ip for ip in here if ip not in whole]
        whole = frozenset(here) if is_sunday else whole
        if bad < 0.9 and (named or bad < 0.13):
            files.append(File(n, "scan_rdp", tuple(named)))
        rest = [ip for ip, (first, last) in few.items() if first <= n < last]
        files += [File(n, "scan_telnet", tuple(rest))] if rest else []
        files.append(File(n, "scan_http", ("192.0.2.250",)))
    return files


def known_after(files: Sequence[File], feed: Feed, take: Take) -> tuple[Any, ...]:
    """All that is known when these were taken one after the other."""
    with transaction.atomic():
        for file in files:
            take(feed, file)
        found = all_known()
        transaction.set_rollback(True)
    return found


def all_known() -> tuple[Any, ...]:
    hidden = {"id", "created_at", "changed_at", "ending_id", "version", "kind_text_id", "network_text_id"}
    columns = [f.attname for f in Finding._meta.concrete_fields if f.attname not in hidden]
    periods = [f"finding__{name}" for name in ("subject", "kind")]
    periods += [f.attname for f in OpenPeriod._meta.concrete_fields if f.attname not in {"id", "finding_id"}]
    nights = ("report_type", "day", "held", "accepted", "holds", "rows", "families", "again", "missed", "withdraws")
    return (
        list(Finding.objects.order_by("subject", "kind", "port").values(*columns)),
        list(OpenPeriod.objects.order_by("finding__subject", "finding__kind", "opened_on").values(*periods)),
        list(Run.objects.order_by("report_type", "day").values(*nights)),
    )


def orders(files: Sequence[File], chance: random.Random) -> list[list[File]]:
    """Backwards; the newest night first and then the gap, as a backfill of missed days comes; and any."""
    newest = max(file.day for file in files)
    gap = [*(f for f in files if f.day == newest), *(f for f in files if f.day != newest)]
    any_order = list(files)
    chance.shuffle(any_order)
    return [[*reversed(files)], gap, any_order]


SEEDS = range(40 if os.environ.get("LONG") else 2)
ON_SQLITE = () if os.environ.get("LONG") else pytest.mark.one_database  # half a minute each on PostgreSQL: at night


@pytest.mark.parametrize("seed", [pytest.param(seed, marks=ON_SQLITE) for seed in SEEDS])
def test_two_weeks_in_any_order(feed: Feed, seed: int) -> None:
    findings, periods, _runs = same_in_any_order(feed, seed, 21 if os.environ.get("LONG") else 14, take=taken_in)
    assert len(periods) >= len(findings) > 10  # there was something to compare


@pytest.mark.parametrize("seed", [2, 3])
def test_ninety_nights_in_any_order(feed: Feed, seed: int) -> None:
    _findings, periods, runs = same_in_any_order(feed, seed, 90, take=taken_in)
    held = Counter(run["held"] for run in runs)
    assert held["empty"] + held["fewer"] > 2 or has_changes(seed)
    assert held["no_file"] > 2 or has_changes(seed)
    assert {period["ending"] for period in periods} >= {"", "fixed"}


@pytest.mark.parametrize("seed", [0, 1])
def test_files_of_four_weeks_in_any_order(feed: Feed, seed: int, feeds_folder: Any) -> None:
    findings, periods, _runs = same_in_any_order(feed, seed, 28, take=read)
    assert len(periods) >= len(findings) > 10


def has_changes(seed: int) -> bool:
    return seed % 2 == 1


def same_in_any_order(feed: Feed, seed: int, number: int, *, take: Take) -> tuple[Any, ...]:
    chance = random.Random(seed)
    feed = change_feed(feed, by=SYSTEM, delivery="difference" if has_changes(seed) else chance.choice(["", "whole"]))
    files = nights_of(chance, number, changes=has_changes(seed))
    in_order = known_after(files, feed, take)
    for other in orders(files, chance):
        for known, expected in zip(known_after(other, feed, take), in_order, strict=True):
            assert known == expected
    return in_order


Take = Callable[[Feed, File], object]


def read(feed: Feed, file: File) -> None:
    """As a file is read."""
    night(feed, START + timedelta(days=file.day), file.ips, file.kind)


def taken_in(feed: Feed, file: File) -> None:
    """As what the engine says of a file is taken in: the same without reading, so that there can be many."""
    day, now = START + timedelta(days=file.day), clock.now()
    name = f"{day}-{file.kind}-isla.csv"
    facts = {"sha256": f"{file.day} {file.kind}", "name": name, "received_at": now, "state": "running"}
    made = FeedFile.objects.create(feed=feed, report_type=file.kind, day=day, **facts)
    n = len(file.ips)
    summary = Summary(made.sha256, name, file.kind, rows=n, kept=n)
    rows = [row_of(ip, file.kind, datetime.combine(day, time(3), UTC)) for ip in file.ips]
    claimed = Claimed(feed, file.kind, day, (made,))
    take_in(claimed, by=SYSTEM, summaries=[summary], findings_seen=[rows])


def row_of(ip: str, kind: str, at: datetime) -> dict[str, Any]:
    holder = Network.objects.get().holder_id
    words = dict.fromkeys(("protocol", "taxonomy", "type", "detail", "service", "route"), "")
    network = "2001:db8::/32" if ":" in ip else "192.0.2.0/24"
    unit = machines.network_of_machine(ip) or ip
    return words | {
        "subject": ip,
        "ip": ip,
        "unit": unit,
        "kind": kind,
        "port": 0,
        "organisation_id": holder,
        "network": network,
        "reason": "prefix",
        "severity": "medium",
        "severity_rank": 2,
        "dropped": False,
        "first_seen": at,
        "last_seen": at,
        "times_seen": 1,
    }
