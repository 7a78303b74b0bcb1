"""A pack that is loaded again and says something else of a feed: what follows is what would be had it said so from the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from floreo.feeds.actions.feeds import change_feed, settle_waiting
from floreo.feeds.models import Feed, Finding, OpenPeriod, Run
from tests.feeds.making import night
from tests.packs.conftest import SmallPack

pytestmark = pytest.mark.long

START = date(2026, 11, 9)  # a Monday
COLUMNS = 'mapping = { address = "ip", time = "timestamp", kind = "open-rdp", port = "port" }'
FEED = """
[[feed]]
code = "{code}"
name = "{code}"
format = "csv"
absent_runs = 1
{columns}
{says}
"""
SCAN = 'evidence = "scan"\n'
DECLARED = [
    (SCAN, 'evidence = "list"'),
    ("", SCAN),
    (SCAN + 'delivery = "whole"', SCAN + 'delivery = "difference"'),
]
ALSO = [
    ('evidence = "sighting"', SCAN),
    (SCAN, 'evidence = "sighting"'),
    (SCAN + 'delivery = "difference"', SCAN + 'delivery = "whole"'),
    (SCAN + 'delivery = "difference"', SCAN + 'delivery = "difference"\nwhole_on = 2'),
]


@pytest.fixture
def pack(small: SmallPack, tmp_path: Path) -> Iterator[SmallPack]:
    with (
        override_settings(DATA=tmp_path, EVENTS_ROOT=str(tmp_path / "events")),
        clock.pinned_day(day=START + timedelta(days=16)),
    ):
        yield small


def nights_of(code: str, first: int) -> None:
    """Twelve nights: two hosts stay, one is away for a week, one for good, from the fourth night on."""
    feed = Feed.objects.get(code=code)
    for number in range(12):
        gone = {2: 3 < number < 10, 3: number > 3}
        night(feed, START + timedelta(days=number), [f"192.0.2.{first + n}" for n in range(4) if not gone.get(n)], code)


def outcome(first: int) -> list[tuple[Any, ...]]:
    """Of each host what is said of it now, and when it was open."""
    found = []
    for n in range(4):
        row = Finding.objects.get(subject=f"192.0.2.{first + n}")
        periods = OpenPeriod.objects.filter(finding=row).order_by("opened_on")
        open_ones = tuple(periods.values_list("opened_on", "ended_on", "shown_on"))
        found.append((n, row.state, row.observed, row.fixed_on, open_ones))
    return found


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("before", "after"), [*DECLARED, *(pytest.param(*each, marks=pytest.mark.long) for each in ALSO)]
)
def test_findings_are_what_they_would_be_had_it_been_declared_so_from_the_start(
    pack: SmallPack, before: str, after: str
) -> None:
    mended = FEED.format(code="mended", says=before, columns=COLUMNS)
    right = FEED.format(code="right", says=after, columns=COLUMNS)
    pack.add("feeds.toml", mended + right)
    pack.load()
    nights_of("mended", 10)
    nights_of("right", 20)
    assert outcome(10) != outcome(20)
    pack.edit("feeds.toml", mended, FEED.format(code="mended", says=after, columns=COLUMNS))
    pack.load()
    assert settle_waiting(by=SYSTEM) == 1
    assert outcome(10) == outcome(20)
    assert sorted(Run.objects.filter(feed__code="mended").values_list("day", "holds")) == sorted(
        Run.objects.filter(feed__code="right").values_list("day", "holds")
    )
    loaded, settled = AuditEntry.objects.filter(verb__in=["pack.loaded", "feed.settled"]).order_by("-number")[:2][::-1]
    (change,) = [each for each in loaded.detail["changes"] if each["name"] == "mended"]
    assert set(change["fields"]) <= {"evidence", "delivery", "whole_on"}
    assert (settled.verb, settled.subject) == ("feed.settled", f"feeds.feed:{Feed.objects.get(code='mended').pk}")
    assert sum(settled.detail["findings"].values()) > 0
    assert settle_waiting(by=SYSTEM) == 0


def test_what_says_nothing_of_files_waits_for_no_job(pack: SmallPack) -> None:
    given = FEED.format(code="mended", says='evidence = "scan"', columns=COLUMNS)
    pack.add("feeds.toml", given)
    pack.load()
    pack.edit("feeds.toml", given, given.replace('"scan"', '"list"'))
    pack.load()
    assert Feed.objects.get(code="mended").unsettled_since is None  # nothing has come yet
    nights_of("mended", 10)
    pack.edit("feeds.toml", 'name = "mended"', 'name = "Another name"')
    pack.load()
    feed = Feed.objects.get(code="mended")
    assert (feed.name, feed.unsettled_since, settle_waiting(by=SYSTEM)) == ("Another name", None, 0)


def test_another_number_of_files_counts_from_the_next_file_as_on_the_page(pack: SmallPack) -> None:
    given = FEED.format(code="mended", says='evidence = "scan"', columns=COLUMNS)
    pack.add("feeds.toml", given)
    pack.load()
    nights_of("mended", 10)
    before = outcome(10)
    pack.edit("feeds.toml", given, given.replace("absent_runs = 1", "absent_runs = 5"))
    pack.load()
    settle_waiting(by=SYSTEM)
    feed = Feed.objects.get(code="mended")
    assert (feed.absent_runs, feed.asked_before()) == (5, [(clock.today(), 1)])
    assert outcome(10) == before


def test_a_feed_that_is_sent_to_another_server_forgets_its_key_and_asks_anew(pack: SmallPack) -> None:
    given = """
[[feed]]
code = "list"
name = "A list"
collector = "fetch"
place = "https://one.example/list.csv"
"""
    pack.add("feeds.toml", given)
    pack.load()
    change_feed(Feed.objects.get(code="list"), by=SYSTEM, fetch_secret="a-key-of-one-server")
    Feed.objects.filter(code="list").update(etag="x", failures=3, last_error="No server responded at this address.")
    pack.edit("feeds.toml", "https://one.example/list.csv", "https://one.example/other.csv")
    pack.load()
    feed = Feed.objects.get(code="list")
    assert (feed.header(), feed.etag, feed.failures, feed.last_error) == ("a-key-of-one-server", "", 0, "")
    assert feed.due_at is not None
    pack.edit("feeds.toml", "https://one.example/other.csv", "https://two.example/list.csv")
    pack.load()
    assert Feed.objects.get(code="list").header() == ""
