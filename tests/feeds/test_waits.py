"""A value of a period is frozen when all by which its findings may end has come: nothing held, nothing unread, the last looks in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Refused
from floreo.core.figures import Frequency, Period, Wait, period_of
from floreo.core.models import AuditEntry
from floreo.feeds import waits
from floreo.feeds.actions import nights
from floreo.feeds.actions.feeds import change_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.engine import ingest
from floreo.feeds.models import Feed, FeedFile, OpenPeriod, Run
from floreo.indicators.actions import (
    close_period,
    correct_reading,
    freeze_reading,
    take_due_readings,
    take_reading,
)
from floreo.indicators.models import Indicator, Reading
from floreo.organisations.models import Country, User
from floreo.reports.models import Snapshot
from floreo.reviews.models import Review
from floreo.strategy.models import Edition
from tests.factories import strategy as make
from tests.feeds.making import hand_in, make_register, name_of, night, report, shadow_feed
from tests.indicators.making import make_indicator
from tests.pages import squeezed

Q3 = period_of(date(2026, 9, 1), Frequency.QUARTER)
START, END = date(2026, 9, 16), Q3.end
AFTER = date(2026, 10, 3)
HOSTS = [f"192.0.2.{n + 1}" for n in range(20)]


@pytest.fixture
def feed(db: None, feeds_folder: object) -> Iterator[Feed]:
    make.make_country()
    make_register()
    with clock.pinned_day(day=AFTER):
        yield shadow_feed(absent_runs=2, sends_empty=False)


@pytest.fixture
def indicator(feed: Feed) -> Indicator:
    return make_indicator(measure="share_findings_fixed_within_7_days", frequency="quarter")


@pytest.fixture
def edition(feed: Feed) -> Edition:
    """In force since July."""
    found = make.make_edition()
    found.starts_on = Q3.start
    found.save()
    return found


def nights_until(feed: Feed, last: date) -> None:
    """Of twenty hosts half are gone from the third night on."""
    for number in range((last - START).days + 1):
        night(feed, START + timedelta(days=number), HOSTS if number < 3 else HOSTS[:10])


def said(period: Period = Q3) -> list[str]:
    return [each.text for each in waits.waits_for_looks(period)]


# What is waited for.


@pytest.mark.long
def test_the_last_look_is_the_night_after_where_no_file_says_that_there_is_nothing(feed: Feed) -> None:
    for number in range(1, 8):
        night(feed, END - timedelta(days=number), HOSTS[:3])
    late = "The last file of Shadow is about 29 September 2026. The next one shows what was fixed by 30 September 2026. If none will come, switch the feed off."
    assert waits.waits_for_looks(Q3) == (Wait(late, f"/workspace/feeds/{feed.code}/"),)
    night(
        feed, END, ["192.0.2.1"], kind="scan_telnet"
    )  # the night of another type is no look at this one until it is over
    assert said() == [late.replace("29", "30", 1)]
    night(feed, END + timedelta(days=1), ["192.0.2.1"], kind="scan_telnet")
    assert said() == []


@pytest.mark.long
def test_the_file_of_the_last_day_is_the_last_look(feed: Feed) -> None:
    nights_until(feed, END)
    assert said() == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("facts", "last", "is_missing"),
    [
        ({"sends_empty": True}, END - timedelta(days=1), True),
        (
            {"sends_empty": True, "every_minutes": 7 * 1440},
            END - timedelta(days=6),
            False,
        ),  # the next is due in October
        ({"every_minutes": 7 * 1440}, END - timedelta(days=7), True),
        ({"is_active": False}, END - timedelta(days=2), False),  # what it saw stays not fixed
    ],
)
def test_a_look_is_waited_for_where_one_is_due(
    feed: Feed, facts: dict[str, object], last: date, is_missing: bool
) -> None:
    nights_until(feed, last)
    change_feed(feed, by=SYSTEM, **facts)  # type: ignore[arg-type]  # facts of a test
    assert bool(said()) is is_missing


@pytest.mark.long
def test_nobody_waits_for_ever_for_a_source_that_is_gone(feed: Feed) -> None:
    nights_until(feed, date(2026, 9, 20))
    assert len(said()) == 1
    with clock.pinned_day(day=date(2026, 10, 21)):
        assert said() == []


def test_sightings_and_what_has_ended_are_not_waited_for(feed: Feed) -> None:
    night(feed, START, HOSTS[:1])
    header = "timestamp,severity,protocol,src_ip,src_port,src_asn,dst_ip,dst_port,infection,family"
    for number in range(1, 4):
        assert len(said()) == 1, number
        day = START + timedelta(days=number)
        line = f"{day} 03:00:00,critical,tcp,192.0.2.99,50123,64496,198.51.100.9,80,avalanche,avalanche"
        hand_in(feed, f"{header}\n{line}\n".encode(), name_of(day, "event4_sinkhole"))
        ingest_waiting(by=SYSTEM, run=ingest.run)
    assert OpenPeriod.objects.filter(ending="fixed").count() == 1
    assert said() == []  # the scan's one finding is fixed, and a sighting's silence shows nothing


@pytest.mark.long
def test_a_night_that_is_held_and_a_file_that_nobody_read_are_waited_for(feed: Feed, secretariat: User) -> None:
    nights_until(feed, END - timedelta(days=1))
    night(feed, END, ["192.0.2.1"])
    assert Run.objects.get(day=END).held == "fewer"
    assert "1 unusual file of Shadow waits until a person accepts or refuses it." in said()
    assert waits.waits_for_looks(Q3)[0].address == f"/workspace/feeds/{feed.code}/#nights"
    nights.accept_run(Run.objects.get(day=END), by=secretariat)
    assert said() == []
    hand_in(feed, report(date(2026, 9, 1), HOSTS), name_of(date(2026, 9, 1), "scan_telnet"))
    unread = "1 file of Shadow has been received and is not read yet."
    assert said() == [unread]
    assert [each.text for each in waits.waits_for_files(Q3)] == [unread]
    assert waits.waits_for_files(period_of(date(2026, 6, 1), Frequency.QUARTER)) == ()
    FeedFile.objects.filter(state="waiting").update(state="running")
    assert said() == [unread]


# What is frozen.


@pytest.mark.long
def test_a_value_is_frozen_when_its_last_looks_are_in(feed: Feed, indicator: Indicator, secretariat: User) -> None:
    nights_until(feed, END - timedelta(days=1))
    reading = take_reading(indicator, by=SYSTEM, period=Q3)
    with pytest.raises(Refused, match="The last file of Shadow is about") as refused:
        freeze_reading(reading, by=secretariat)
    assert refused.value.code == "waits"
    with pytest.raises(Refused, match="cannot be frozen yet"):
        close_period(Q3, by=secretariat)
    night(feed, END, HOSTS[:10])
    reading = take_reading(indicator, by=SYSTEM, period=Q3)
    assert freeze_reading(reading, by=secretariat).is_frozen


@pytest.mark.long
def test_nobody_freezes_a_value_that_was_calculated_before_a_night_was_accepted(
    feed: Feed, indicator: Indicator, secretariat: User
) -> None:
    nights_until(feed, END - timedelta(days=2))
    night(feed, END - timedelta(days=1), [])
    night(feed, END, [])
    reading = take_reading(indicator, by=SYSTEM, period=Q3)
    for run in Run.objects.waiting():
        nights.accept_run(run, by=secretariat)
    with pytest.raises(Refused, match="Calculate it again") as refused:
        freeze_reading(reading, by=secretariat)
    assert refused.value.code == "calculated_before"
    assert close_period(Q3, by=secretariat) == 1
    fresh = Reading.objects.get()
    assert (fresh.is_frozen, reading.numerator, fresh.numerator) == (True, Decimal(10), Decimal(20))
    entry = AuditEntry.objects.get(verb="period.closed")
    assert entry.detail["calculated_again"] == [indicator.code]


@pytest.mark.long
def test_the_worker_calculates_a_recent_period_again_until_it_is_frozen(
    feed: Feed, edition: Edition, indicator: Indicator, secretariat: User
) -> None:
    Indicator.objects.update(edition=edition)
    nights_until(feed, END)
    take_reading(indicator, by=SYSTEM, period=Q3)
    before = Reading.objects.get(starts_on=Q3.start).denominator
    night(feed, END - timedelta(days=1), ["192.0.2.200"], kind="scan_telnet")  # it comes late
    with clock.pinned_day(day=END + timedelta(days=61)):
        take_due_readings(by=SYSTEM)
        assert Reading.objects.get(starts_on=Q3.start).denominator == before
    take_due_readings(by=SYSTEM)
    assert (before, Reading.objects.get(starts_on=Q3.start).denominator) == (20, 21)


@pytest.mark.long
def test_the_first_round_freezes_nothing_that_still_waits(feed: Feed, edition: Edition) -> None:
    make_indicator(measure="share_findings_fixed_within_7_days", frequency="quarter", edition=edition)
    nights_until(feed, END - timedelta(days=1))
    take_due_readings(by=SYSTEM)
    assert next((r.period, r.is_frozen) for r in Reading.objects.order_by("ends_on")) == (Q3, False)
    Reading.objects.all().delete()
    night(feed, END, HOSTS[:10])
    take_due_readings(by=SYSTEM)
    assert next((r.period, r.is_frozen) for r in Reading.objects.order_by("ends_on")) == (Q3, True)


@pytest.mark.long
def test_a_night_that_is_accepted_later_changes_no_frozen_value_and_a_correction_stands_beside(
    feed: Feed, indicator: Indicator, secretariat: User
) -> None:
    nights_until(feed, END)
    frozen = freeze_reading(take_reading(indicator, by=SYSTEM, period=Q3), by=secretariat)
    night(feed, END - timedelta(days=1), ["192.0.2.200"], kind="scan_telnet")
    night(feed, END + timedelta(days=1), HOSTS[:10])
    hand_in(feed, report(END, ["192.0.2.201"]), name_of(END, "scan_ssh"))
    take_due_readings(by=SYSTEM)
    frozen.refresh_from_db()
    assert frozen.denominator == 20
    with pytest.raises(Refused, match="not read yet"):
        correct_reading(frozen, by=secretariat, reason="A night came late")
    FeedFile.objects.filter(state="waiting").delete()
    new = correct_reading(frozen, by=secretariat, reason="A night came late")
    assert (new.denominator, new.corrects_id, new.is_frozen) == (21, frozen.pk, True)
    frozen.refresh_from_db()
    assert frozen.denominator == 20


# What the pages say, before anything is pressed.


@pytest.mark.long
def test_each_page_says_what_is_waited_for_beside_its_button(
    feed: Feed, indicator: Indicator, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    nights_until(feed, END - timedelta(days=1))
    night(feed, END, ["192.0.2.1"])
    reading = take_reading(indicator, by=SYSTEM, period=Q3)
    browser, text = browser_of(secretariat), "1 unusual file of Shadow waits until a person accepts or refuses it."
    link = f'<a href="/workspace/feeds/{feed.code}/#nights">'
    for address in (
        f"/workspace/indicators/{indicator.code}/",
        f"/workspace/indicators/{indicator.code}/readings/{reading.pk}/",
        f"/workspace/indicators/{indicator.code}/readings/{reading.pk}/freeze/",
    ):
        page = squeezed(browser.get(address).content.decode())
        assert f"{link}{text}</a>" in page, address
    page = squeezed(browser.get("/workspace/indicators/close-period/").content.decode())
    assert f"{link}Q3 2026: {text}</a>" in page
    asked = browser.post("/workspace/indicators/close-period/", {"period": f"{Q3.start}/{Q3.end}", "shown": ""})
    assert asked.status_code == 422
    page = squeezed(browser.get(f"/workspace/feeds/nights/{Run.objects.get(day=END).pk}/accept/").content.decode())
    assert "Values that are frozen do not change; correct them if they should." in page
    nights.accept_run(Run.objects.get(day=END), by=secretariat)
    take_reading(indicator, by=SYSTEM, period=Q3)
    for address in (
        f"/workspace/indicators/{indicator.code}/readings/{reading.pk}/freeze/",
        "/workspace/indicators/close-period/",
    ):
        page = squeezed(browser.get(address).content.decode())
        assert "has to come first" not in page, address


@pytest.mark.long
def test_the_page_of_an_indicator_says_it_above_its_values_and_the_page_of_a_value_above_its_calculation(
    feed: Feed, indicator: Indicator, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    Country.objects.update(calendar_day=AFTER)
    nights_until(feed, END - timedelta(days=1))
    reading = take_reading(indicator, by=SYSTEM, period=Q3)
    browser, of, [text] = browser_of(secretariat), f"/workspace/indicators/{indicator.code}/", said()
    assert text.startswith("The last file of Shadow is about 29 September 2026. The next one shows what was fixed by")
    values = f'<a href="{of}readings/{reading.pk}/">Q3 2026</a>'
    for address, parts in {
        of: ['<h2 id="readings">Values</h2>', "<b>Q3 2026</b> · This has to come first:", text, "<table", values],
        f"{of}readings/{reading.pk}/": ["</header>", "This has to come first:", text, "How this was calculated"],
    }.items():
        page = squeezed(browser.get(address).content.decode())
        places = [page.find(each) for each in parts]
        assert (-1 not in places, places) == (True, sorted(places)), address
        assert (page.count("This has to come first:"), page.count(text)) == (1, 1), address
    night(feed, END, HOSTS[:10])
    for address in (of, f"{of}readings/{reading.pk}/"):
        assert "This has to come first:" not in squeezed(browser.get(address).content.decode()), address


@pytest.mark.long
def test_the_pages_of_reports_say_it_too_and_closing_is_refused(
    feed: Feed, edition: Edition, indicator: Indicator, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    Indicator.objects.update(edition=edition)
    nights_until(feed, END - timedelta(days=1))
    night(feed, END, ["192.0.2.1"])
    take_reading(indicator, by=SYSTEM, period=Q3)
    facts = {"opened_on": AFTER, "due_on": AFTER, "closes_on": AFTER + timedelta(days=9)}
    Review.objects.create(edition=edition, code="2026-q3", starts_on=Q3.start, ends_on=Q3.end, **facts)
    browser, text = browser_of(secretariat), "1 unusual file of Shadow waits until a person accepts or refuses it."
    link = f'<a href="/workspace/feeds/{feed.code}/#nights">{text}</a>'
    close, freeze = (f"/workspace/reports/{edition.code}/{way}/" for way in ("2026-q3/close", "new"))
    for address in (close, freeze):
        assert link in squeezed(browser.get(address).content.decode()), address
    answer = browser.post(close, {"reason": "", "shown": as_shown()})
    assert (answer.status_code, f"This cannot be frozen yet. {text}" in squeezed(answer.content.decode())) == (
        422,
        True,
    )
    Edition.objects.update(ends_on=END, state="ended")
    page = squeezed(browser.get("/workspace/reports/").content.decode())
    assert page.find(link) < page.find("Freeze the closing evaluation")
    assert link in page
    answer = browser.post(f"/workspace/reports/{edition.code}/close/", {"shown": as_shown()}, follow=True)
    assert f"This cannot be frozen yet. {text}" in squeezed(answer.content.decode())
    assert not Snapshot.objects.exists()
    nights.accept_run(Run.objects.get(day=END), by=secretariat)
    assert browser.post(close, {"reason": "", "shown": as_shown()}).status_code == 302
    assert (Snapshot.objects.count(), Reading.objects.get(starts_on=Q3.start).is_frozen) == (1, True)


@pytest.mark.long
def test_a_page_of_many_values_asks_no_more_for_each(
    feed: Feed, edition: Edition, indicator: Indicator, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    """What waits is the same for all: the database is asked once for a page."""
    nights_until(feed, END)
    browser, asked = browser_of(secretariat), []
    for months in (2, 6):
        for month in range(9, 9 - months, -1):
            period = period_of(date(2026, month, 1), Frequency.MONTH)
            if not Reading.objects.filter(starts_on=period.start, ends_on=period.end).exists():
                take_reading(indicator, by=SYSTEM, period=period)
        browser.get(f"/workspace/indicators/{indicator.code}/")
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/workspace/indicators/{indicator.code}/")
        asked.append(len(queries))
    assert asked[1] == asked[0]
