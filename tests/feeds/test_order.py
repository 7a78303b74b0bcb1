"""A backfill in any order gives the findings, the open periods and the nights held for a person that the same files give in order: ninety
nights with outages, nights that collapsed, files without a row, types that stay away, files of changes and a scan that lost IPv6."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.feeds.actions.feeds import change_feed
from floreo.feeds.models import Feed, Finding, OpenPeriod, Run
from tests.factories import strategy as make
from tests.feeds.making import make_register, night, shadow_feed

START = date(2026, 6, 1)  # a Monday
OLD = [f"192.0.2.{n}" for n in range(1, 31)]
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


def read_in(files: Sequence[File], feed: Feed, root: Any) -> tuple[Any, ...]:
    """All that is known when these were read one after the other."""
    with override_settings(EVENTS_ROOT=str(root)), transaction.atomic():
        for file in files:
            night(feed, START + timedelta(days=file.day), file.ips, file.kind)
        found = all_known()
        transaction.set_rollback(True)
    return found


def all_known() -> tuple[Any, ...]:
    hidden = {"id", "created_at", "changed_at", "ending_id", "version"}
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


@hypothesis_settings(
    max_examples=30 if os.environ.get("LONG") else 3,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 10_000), changes=st.booleans())
def test_three_weeks_in_any_order(feed: Feed, tmp_path_factory: Any, seed: int, changes: bool) -> None:
    same_in_any_order(feed, tmp_path_factory, seed, 21, changes=changes)


@pytest.mark.long
@pytest.mark.parametrize("changes", [False, True])
def test_ninety_nights_in_any_order(feed: Feed, tmp_path_factory: Any, changes: bool) -> None:
    found = same_in_any_order(feed, tmp_path_factory, 7, 90, changes=changes)
    held = Counter(run["held"] for run in found[2])
    assert held["empty"] + held["fewer"] > 2 or changes
    assert held["no_file"] > 2 or changes
    assert {period["ending"] for period in found[1]} >= {"", "fixed"}


def same_in_any_order(feed: Feed, folders: Any, seed: int, number: int, *, changes: bool) -> tuple[Any, ...]:
    chance = random.Random(seed)
    if changes:
        change_feed(feed, by=SYSTEM, delivery="difference")
        feed.refresh_from_db()
    else:
        change_feed(feed, by=SYSTEM, delivery="")
        feed.refresh_from_db()
    files = nights_of(chance, number, changes=changes)
    in_order = read_in(files, feed, folders.mktemp("order"))
    for other in orders(files, chance):
        found = read_in(other, feed, folders.mktemp("order"))
        for known, expected in zip(found, in_order, strict=True):
            assert known == expected
    return in_order
