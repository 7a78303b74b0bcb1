"""No published figure improves because something was muted, hidden, switched off or declared away: each way of it, with and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Frequency, Period, Reading, period_of
from floreo.feeds import logic, measures
from floreo.feeds.actions import endings
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.actions.rules import make_rule, switch_rule
from floreo.feeds.engine import ingest
from floreo.feeds.models import Feed, FeedFile, Finding, Notice, OpenPeriod
from floreo.indicators.actions import take_reading
from floreo.indicators.working import working_of
from floreo.organisations.models import Holding, Network, Organisation, User
from tests.factories import strategy as make
from tests.feeds.making import hand_in, make_register
from tests.indicators.making import make_indicator
from tests.pages import squeezed

START = date(2026, 10, 1)
TODAY = date(2026, 11, 24)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
HOSTS = [f"192.0.2.{n + 1}" for n in range(20)]
TIMES = (
    measures.share_findings_fixed_within_7_days,
    measures.share_findings_fixed_within_30_days,
    measures.share_findings_fixed_within_90_days,
)


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.fixture
def register(db: None, feeds_folder: object) -> Iterator[Organisation]:
    make.make_country()
    with clock.pinned_day(day=TODAY):
        yield make_register()


@pytest.fixture
def feed(register: Organisation) -> Feed:
    return mapped("scans")


def mapped(code: str, evidence: str = "scan") -> Feed:
    """A feed whose types no format lists: the team says what its silence means."""
    mapping = {"address": "ip", "time": "timestamp", "kind": "open-rdp"}
    facts = {"code": code, "evidence": evidence, "absent_runs": 2, "sends_empty": True}
    return make_feed(code.title(), by=SYSTEM, format="csv", mapping=mapping, **facts)  # type: ignore[arg-type]  # facts of a test


def told(feed: Feed, number: int, hosts: list[str]) -> None:
    rows = "".join(f"{day(number)} 01:00:00,{host}\n" for host in hosts)
    hand_in(feed, f"timestamp,ip\n{rows}".encode(), f"{day(number)}-{feed.code}.csv", day(number))
    ingest_waiting(by=SYSTEM, run=ingest.run)


def some_nights(feed: Feed) -> None:
    """A slow and a quick half: the quick one comes on the second night and is gone three nights later."""
    for number in range(16):
        told(feed, number, HOSTS[:10] + (HOSTS[10:] if 1 <= number < 4 else []))


def published() -> tuple[Decimal, ...]:
    """Shares; what is not known counts as the least."""
    return tuple(of(NOVEMBER, Filters()).value or Decimal(-1) for of in TIMES)


# Time to fix.


@pytest.mark.long
def test_a_scan_that_is_declared_a_list_takes_nothing_out_of_the_figure(feed: Feed) -> None:
    some_nights(feed)
    other = mapped("quick")
    for number in range(16):
        told(other, number, ["192.0.2.50"] if 1 <= number < 3 else [])
    before = published()
    assert before[0] > 0
    count = measures.median_days_to_fix(NOVEMBER, Filters()).denominator
    for evidence in ("list", "sighting", ""):
        change_feed(feed, by=SYSTEM, evidence=evidence)
        reading = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
        assert reading.denominator == count
        assert dict(reading.remarks)["findings_of_scans_before"] == 20
        assert all(now <= was for now, was in zip(published(), before, strict=True)), evidence
    told(feed, 16, HOSTS[:9])
    assert all(now <= was for now, was in zip(published(), before, strict=True))


@pytest.mark.long
def test_what_never_was_a_scan_is_counted_beside(register: Organisation) -> None:
    feed = mapped("incidents", "list")
    some_nights(feed)
    reading = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    assert (reading.denominator, reading.left_out) == (0, (("findings_without_scans", 20),))


@pytest.mark.long
def test_a_feed_that_is_switched_off_leaves_what_it_saw_as_not_fixed(feed: Feed) -> None:
    some_nights(feed)
    before = published()
    change_feed(feed, by=SYSTEM, is_active=False)
    assert published() == before
    reading = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    assert dict(reading.remarks)["findings_of_feeds_switched_off"] == 20


@pytest.mark.long
def test_a_list_that_names_the_same_takes_no_finding_out(feed: Feed) -> None:
    """What another source saw last is still the scan's."""
    some_nights(feed)
    before = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    other = mapped("zz-list", "list")
    told(other, 16, HOSTS[:10])
    assert set(Finding.objects.filter(subject__in=HOSTS[:10]).values_list("feed__code", flat=True)) == {"zz-list"}
    after = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    assert (after.value, after.numerator, after.denominator) == (before.value, before.numerator, before.denominator)
    assert dict(after.remarks)["findings_of_scans_before"] == 10


@pytest.mark.long
def test_what_was_there_at_the_first_look_widens_the_band_and_is_said(
    feed: Feed, client: Client, secretariat: User
) -> None:
    """Ten hosts that had been there for a month when the scan began, and were fixed three days later."""
    for number in range(30, 46):
        told(feed, number, HOSTS[:10] if number < 33 else [])
    reading = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    assert dict(reading.remarks) == {"findings_there_at_the_first_look": 10}
    assert (reading.value, reading.band and reading.band[0]) == (Decimal(100), Decimal(0))
    indicator = make_indicator(measure="share_findings_fixed_within_7_days", frequency="month", is_public=True)
    kept = take_reading(indicator, by=SYSTEM, period=NOVEMBER)
    text = "10 of the findings were there when their source first looked. Nobody knows since when, so they count from that day, and the band allows for more."
    assert working_of(kept).remarks == (text,)
    assert text in squeezed(client.get(f"/indicators/{indicator.code}/").content.decode())
    longer = mapped("earlier")
    for number in range(46):
        told(longer, number, ["192.0.2.60"] if number == 20 else [])
    whole = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    assert dict(whole.remarks)["findings_there_at_the_first_look"] == 10  # what came later is known since when


# Notices.


def notice(of: Organisation, number: int, *, answered: bool = False, to: tuple[str, ...] = ("a@x.example",)) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    on = NOVEMBER.start + timedelta(days=number)
    facts = {"start": on, "end": on, "to": list(to), "posted_at": at, "link_until": at}
    Notice.objects.create(organisation=of, contact_role="abuse", on=on, answered_at=at if answered else None, **facts)


def answered() -> Reading:
    return measures.share_notices_answered(NOVEMBER, Filters())


def test_leaving_out_the_notice_of_who_never_answers_does_not_raise_the_share(register: Organisation) -> None:
    provider = Organisation.objects.get(code="provider")
    notice(register, 1, answered=True)
    notice(provider, 1)
    before = answered().value
    Notice.objects.filter(organisation=provider).update(to=[])
    assert (before, answered().value) == (Decimal(50), Decimal(50))
    assert [(g.name, g.numerator, g.denominator) for g in answered().groups] == [
        ("abuse", 1, 1),
        ("notices_not_sent", 0, 1),
    ]


@pytest.mark.long
@pytest.mark.parametrize("muted", ["a rule", "no address", "false alarm", "dropped"])
def test_who_has_findings_and_gets_no_notice_counts_as_not_answered(
    feed: Feed, register: Organisation, secretariat: User, muted: str
) -> None:
    """The provider's findings are open all November; nothing of why it gets no notice changes that."""
    if muted == "dropped":
        when = [{"field": "source.ip", "is": "=", "value": "192.0.2.1"}]
        switch_rule(make_rule("x", by=SYSTEM, does="drop", when=when, reason="x"), by=SYSTEM, is_on=True)
    for number in range(0, 45, 4):
        told(feed, number, ["192.0.2.1"])
    if muted == "false alarm":
        until = TODAY + timedelta(days=30)
        endings.end_findings(by=secretariat, kind="false_alarm", feed=feed, reason="Looked", ends_on=until)
    notice(register, 1, answered=True)
    assert (answered().value, answered().denominator) == (Decimal(50), 2)
    notice(Organisation.objects.get(code="provider"), 2)
    assert (answered().value, answered().denominator) == (Decimal(50), 2)


@pytest.mark.long
def test_who_has_no_finding_open_for_a_week_is_not_counted_as_muted(feed: Feed, register: Organisation) -> None:
    for number in range(31, 45):  # from November on, four days
        told(feed, number, ["192.0.2.1"] if number < 34 else [])
    assert OpenPeriod.objects.get().ending == logic.State.FIXED
    notice(register, 1, answered=True)
    assert (answered().value, answered().denominator) == (Decimal(100), 1)


def test_a_notice_of_the_last_week_is_in_the_next_period_whether_answered_or_not(register: Organisation) -> None:
    """Only those not answered were left out, which raised the share."""
    notice(register, 2)
    notice(Organisation.objects.get(code="provider"), 27, answered=True)
    Notice.objects.update(posted_at=datetime(2026, 11, 28, tzinfo=UTC))
    assert (answered().value, answered().left_out) == (Decimal(0), (("letters_still_fresh", 1),))
    december = period_of(date(2026, 12, 1), Frequency.MONTH)
    assert measures.share_notices_answered(december, Filters()).denominator == 1


# What is open.


@pytest.mark.long
def test_what_the_register_attributes_to_nobody_any_more_is_said_beside_what_is_open(feed: Feed) -> None:
    kept = Network.objects.create(asn=64499, name="Other", prefixes=["198.51.100.0/24"])
    for number in range(45):
        told(feed, number, ["192.0.2.1"])
        if number == 40:
            Network.objects.exclude(pk=kept.pk).update(prefixes=[], holder=None)
            Holding.objects.all().delete()
    assert OpenPeriod.objects.get().ending == logic.State.OUTSIDE
    reading = measures.findings_open_per_1000_addresses(NOVEMBER, Filters())
    assert reading.left_out == (("findings_without_ipv4", 1),)


# Rows that could not be read.


def test_a_file_that_is_refused_as_a_whole_is_said_beside_the_share_of_rejected_rows(feed: Feed) -> None:
    told(feed, 40, HOSTS)
    FeedFile.objects.create(feed=feed, sha256="x", name="x", day=day(41), state="refused", received_at=clock.now())
    assert measures.rejects_per_million(NOVEMBER, Filters()).left_out == (("files_not_readable", 1),)
