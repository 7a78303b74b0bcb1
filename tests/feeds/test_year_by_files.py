"""The simulated year of benchmarks/feeds/year.py played as it comes: every night's files are handed in, read by the engine and taken in,
people decide nothing but false alarms, and the shares that the public reads on the public pages are held against the truth."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from benchmarks.feeds import year
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.feeds import logic, times
from floreo.feeds.actions import endings
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.models import Feed, Finding, Run
from floreo.feeds.spans import WITHIN
from floreo.indicators.actions.computing import recompute_all
from floreo.indicators.actions.defining import define_indicator
from floreo.indicators.models import Indicator
from floreo.indicators.presenters import number_text
from floreo.organisations.models import Network, Organisation
from tests.factories import strategy as make
from tests.feeds.making import night

# Two minutes by itself; beside seven busy processes it took more than the quarter of an hour that any test has.
pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.one_database, pytest.mark.timeout(3600)]
FIRST = date(2025, 11, 24)  # a Monday
TODAY = FIRST + timedelta(days=year.DAYS)
WORDS = "Of findings of scans first seen within a year, the share that scans show to be fixed."
MACHINES = 110  # of each source
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")


@dataclass
class Host:
    machine: year.Machine
    source: int
    place: int

    def at(self, number: int, *, moves: bool) -> str:
        """Its address on a night. One that moves makes up another of its network each week (RFC 8981)."""
        if moves:
            return f"2001:db8:0:{self.place + 1:x}:a{number // 7:x}:{self.place + 77:x}:1:2"
        network, last = divmod(self.source * MACHINES + self.place, 250)
        return f"{NETWORKS[network].rpartition('.')[0]}.{last + 1}"


@pytest.fixture
def country(db: None, feeds_folder: object) -> Iterator[Organisation]:
    make.make_country()
    provider = make.make_organisation("provider")
    Network.objects.create(asn=64496, name="Provider", holder=provider, prefixes=[*NETWORKS, "2001:db8::/32"])
    with clock.pinned_day(day=TODAY):
        yield provider


def hosts_of(source: year.SourceKind, place: int, chance: random.Random) -> list[Host]:
    """Each source sees addresses of its own."""
    return [Host(year.Machine(chance.randrange(year.DAYS), year.lasting(chance)), place, n) for n in range(MACHINES)]


def tell(feed: Feed, source: year.SourceKind, hosts: list[Host], chance: random.Random) -> None:
    """All nights of a source, as its sender delivers them, with another type that always has something."""
    kind = "event4_honeypot_brute_force" if source.evidence is logic.Evidence.SIGHTING else "scan_rdp"
    whole: set[str] = set()
    for number in range(year.DAYS):
        if source.silent[0] <= number < source.silent[1]:
            continue
        day = FIRST + timedelta(days=number)
        there = [host for host in hosts if host.machine.is_there(number) and chance.random() >= source.misses]
        named = [host.at(number, moves=source.moves) for host in there]
        if number in source.collapses:
            named = named[::10]
        is_whole = source.whole_on is None or day.weekday() == source.whole_on
        sent = named if is_whole else [each for each in named if each not in whole]
        whole = set(named) if is_whole else whole
        if source is year.SOURCES[0]:
            night(feed, day, ["203.0.113.254"], "scan_telnet")
        if sent:
            night(feed, day, sent, kind)


def test_every_published_share_of_a_year_of_files_has_the_truth_in_its_band(country: Organisation) -> None:
    names = {days: f"share_findings_fixed_within_{days}_days" for days in WITHIN}
    for days, name in names.items():
        define_indicator(by=SYSTEM, code=f"within-{days}", title=f"Within {days} days", definition=WORDS, measure=name)
    define_indicator(by=SYSTEM, code="half", title="Half within", definition=WORDS, measure="median_days_to_fix")
    chance = random.Random(11)
    for place, source in enumerate(year.SOURCES):
        facts: dict[str, Any] = {"format": "shadowserver", "code": f"source-{place}"}
        feed = make_feed(source.name[:60], by=SYSTEM, **facts)
        if source.whole_on is not None:
            feed = change_feed(feed, by=SYSTEM, delivery="difference", whole_on=source.whole_on)
        tell(feed, source, hosts_of(source, place, chance), chance)
    seen = list(Finding.objects.filter(observed__in=logic.OPEN_STATES).order_by("pk")[::10])
    for finding in seen:
        endings.end_findings("false_alarm", by=SYSTEM, finding=finding, reason="Looked at", ends_on=TODAY)
    recompute_all(by=SYSTEM)
    told = published()
    for days in WITHIN:
        row, truth = told[f"within-{days}"], Decimal(100 * year.truth_within(days))
        assert row["band_low"] <= truth <= row["band_high"], (days, truth, told)
        assert row["band_low"] <= row["value"] <= row["band_high"]
        assert row["value"] <= truth + (row["band_high"] - row["band_low"]) / 2  # what went wrong never flatters
        assert row["at_risk"] > 50
    half = told["half"]
    assert half["band_low"] <= true_median()
    assert half["band_high"] is None or true_median() <= half["band_high"]
    assert Run.objects.waiting().exists()  # the nights that collapsed wait, and fixed nothing
    assert times.cohort_of(TODAY).others >= MACHINES


def published() -> dict[str, dict[str, Any]]:
    """As the public reads it in the open data, the newest of each indicator; its page says the same band."""
    stranger = Client()
    answer = stranger.get("/data/readings.json")
    rows = json.loads(b"".join(answer.streaming_content) if answer.streaming else answer.content)  # type: ignore[attr-defined]
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows if isinstance(rows, list) else rows["rows"], key=lambda row: str(row["starts_on"])):
        found[row["indicator"]] = {name: number(row[name]) for name in ("value", "band_low", "band_high", "at_risk")}
    for code, row in found.items():
        page = stranger.get(f"/indicators/{code}/").content.decode()
        decimals = Indicator.objects.get(code=code).decimals
        assert row["band_low"] is None or number_text(row["band_low"], decimals) in page, (code, row, page)
    return found


def number(cell: Any) -> Decimal | None:
    return None if cell in (None, "") else Decimal(str(cell))


def true_median() -> int:
    return next(days for days in range(1, 1000) if year.truth_within(days) >= 0.5)
