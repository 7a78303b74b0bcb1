"""The four figures of feeds, and that none singles out an organisation."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import SMALL, Filters, Period, Reading
from floreo.feeds import measures
from floreo.feeds.models import Feed, FeedFile, Notice
from floreo.indicators.working import GROUP_WORDS
from floreo.organisations.actions.sectors import add_sector
from floreo.organisations.models import Contact, Holding, Kind, Network, Organisation
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, fixed, make_bank, make_feed, make_finding, make_telco

pytestmark = pytest.mark.two_databases

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def plain(reading: Reading) -> tuple[object, ...]:
    return reading.value, reading.numerator, reading.denominator


def groups(reading: Reading) -> list[tuple[str, int, int]]:
    return [(g.name, g.numerator, g.denominator) for g in reading.groups]


@pytest.fixture
def bank(db: None) -> Iterator[Organisation]:
    with clock.pinned_day(day=TODAY):
        make.make_country()
        yield make_bank()


def test_open_findings_for_each_thousand_addresses(bank: Organisation) -> None:
    telco = make_telco()
    Network.objects.create(asn=64497, name="IN THE MIDDLE", holder=telco, prefixes=["192.0.2.0/24", "2001:db8::/32"])
    make_finding(bank)
    make_finding(telco, "198.51.100.1")
    make_finding(telco, "2001:db8::1")
    fixed(make_finding(bank, "192.0.2.8"), date(2026, 11, 23))
    reading = measures.findings_open_per_1000_addresses(NOVEMBER, Filters())
    assert plain(reading) == (Decimal("3.91"), 2, 512)  # 2 of 256 + 256: the bank's half counts once
    assert reading.left_out == (("findings_without_ipv4", 1),)
    assert groups(reading) == [("other_sectors", 2, 512)]
    text = " ".join(r.label for r in reading.records)
    assert "192.0.2" not in text
    assert "Banco" not in text


def test_each_sector_counts_its_own_findings_and_addresses_and_none_is_guessed(bank: Organisation) -> None:
    """Two sectors of the country that are part of one general sector count together; without one it is not known."""
    parts = [add_sector(by=SYSTEM, name=name, broad="health") for name in ("Hospitals", "Laboratories")]
    for number, kind in enumerate((Kind.MINISTRY, Kind.OPERATOR) * 5):
        sector = parts[number % 4 // 2] if kind == Kind.MINISTRY else None
        body = make.make_organisation(f"body-{number}", kind=kind, sector=sector)
        Network.objects.create(asn=64500 + number, name="N", holder=body, prefixes=[f"198.51.100.{number * 16}/28"])
        if kind == Kind.MINISTRY:
            make_finding(body, f"198.51.100.{number * 16 + 1}")
    Holding.objects.all().delete()
    reading = measures.findings_open_per_1000_addresses(NOVEMBER, Filters())
    assert groups(reading) == [("sector_health", 5, 80), ("sector_not_known", 0, 80)]
    assert [str(GROUP_WORDS[each.name]) for each in reading.groups] == ["Health", "Sector not known"]


def test_time_to_fix_counts_what_is_open_and_names_nobody(bank: Organisation) -> None:
    fixed(make_finding(bank, "192.0.2.8"), date(2026, 11, 25))
    make_finding(bank, "192.0.2.9")
    make_finding(bank, "192.0.2.10", report_type="event4_sinkhole", kind="infected-x")
    reading = measures.share_findings_fixed_within_7_days(NOVEMBER, Filters())
    assert plain(reading) == (Decimal("50.00"), 1, 2)
    assert reading.left_out == (("findings_without_scans", 1),)
    low, high = (float(end or 0) for end in reading.band or ())
    assert low < 50 < high
    assert [(r.label, r.counted) for r in reading.records] == [
        ("open-rdp, 22 Nov 2026", True),
        ("open-rdp, 22 Nov 2026", False),
    ]
    assert reading.at_risk == 1
    later = measures.share_findings_fixed_within_30_days(NOVEMBER, Filters())
    assert (*plain(later), later.at_risk, later.without_value) == (None, 1, 2, 0, "not_looked_at")
    median = measures.median_days_to_fix(NOVEMBER, Filters())
    assert plain(median)[1:] == (1, 2)
    assert plain(measures.median_days_to_fix(Period(date(2025, 1, 1), date(2025, 1, 31)), Filters())) == (None, 0, 0)


def test_share_of_letters_answered_leaves_out_what_still_has_time(bank: Organisation) -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    for day, answered, to in ((2, at, ["a"]), (9, None, ["a"]), (16, None, []), (28, None, ["a"])):
        on = date(2026, 11, day)
        Notice.objects.create(
            organisation=bank,
            contact_role="abuse",
            on=on,
            start=on,
            end=on,
            to=to,
            posted_at=at,
            link_until=at,
            answered_at=answered,
        )
    reading = measures.share_notices_answered(NOVEMBER, Filters())
    assert plain(reading) == (Decimal("33.33"), 1, 3)  # the one that was left out is not answered either
    assert (groups(reading), reading.left_out) == (
        [("abuse", 1, 2), ("notices_not_sent", 0, 1)],
        (("letters_still_fresh", 1),),
    )
    december = measures.share_notices_answered(Period(date(2026, 12, 1), date(2026, 12, 31)), Filters())
    assert plain(december) == (0, 0, 1)  # each notice is in one period
    before = measures.share_notices_answered(Period(date(2026, 11, 1), date(2026, 11, 9)), Filters())
    assert plain(before) == (0, 0, 1)  # answered on the tenth: nobody knew on the ninth


def test_share_of_the_constituency_that_can_be_reached(bank: Organisation) -> None:
    make_telco()
    make.make_organisation("no-network", kind=Kind.MINISTRY)
    Contact.objects.filter(organisation=bank).update(verified_on=date(2026, 10, 1))
    Contact.objects.exclude(organisation=bank).update(verified_on=date(2025, 10, 1))
    reading = measures.share_constituency_verified_contact(NOVEMBER, Filters())
    assert (plain(reading), groups(reading)) == ((50, 1, 2), [("other_sectors", 1, 2)])


def test_rejects_for_each_million_rows(bank: Organisation) -> None:
    feed: Feed = make_feed()
    for number, (kind, rows, rejected) in enumerate(
        (("scan_rdp", 900, 0), ("scan_rdp", 100, 1), ("scan_telnet", 3000, 1))
    ):
        FeedFile.objects.create(
            feed=feed,
            sha256=str(number),
            name="x",
            day=date(2026, 11, 3),
            report_type=kind,
            rows=rows,
            rejected=rejected,
            state="done",
            received_at=clock.now(),
        )
    reading = measures.rejects_per_million(NOVEMBER, Filters())
    assert (plain(reading), groups(reading)) == ((500, 2, 4000), [("scan_rdp", 1, 1000), ("scan_telnet", 1, 3000)])


NETS = st.builds(
    lambda word, length: str(ipaddress.ip_network((word << 4 & 0xFF, length), strict=False)),
    st.integers(0, 15),
    st.integers(24, 32),
)


@pytest.mark.long
@pytest.mark.one_database
@given(st.lists(st.tuples(NETS, st.integers(1, 3)), max_size=12))
def test_every_address_counts_once_for_the_most_exact_prefix(prefixes: list[tuple[str, int]]) -> None:
    expected: dict[int, int] = {}
    for address in ipaddress.ip_network("0.0.0.0/24"):
        holding = [
            (ipaddress.ip_network(p).prefixlen, n, who)
            for n, (p, who) in enumerate(prefixes)
            if address in ipaddress.ip_network(p)
        ]
        if holding:
            expected[max(holding)[2]] = expected.get(max(holding)[2], 0) + 1
    assert {who: n for who, n in measures.own_addresses(prefixes).items() if n} == expected


@pytest.mark.one_database
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12)))
def test_no_group_has_few_organisations_unless_there_are_few_in_all(kinds: dict[str, int]) -> None:
    ids = iter(range(1000))
    sums = {kind: measures._Sum({next(ids) for _ in range(n)}, n, 2 * n) for kind, n in kinds.items()}
    shown = measures.safe_sectors(sums)
    assert sum(g.numerator for g in shown) == sum(kinds.values())
    assert len(shown) <= 1 or all(g.numerator >= SMALL for g in shown)
