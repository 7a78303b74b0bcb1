"""What the loop says of machines that change their address is so: each case with a truth that is known here, through files as they come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.feeds import logic, machines, times
from floreo.feeds.actions import pools as acts
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.engine import formats
from floreo.feeds.engine.machines import machines_of
from floreo.feeds.engine.normalise import events_of
from floreo.feeds.models import AddressPool, Feed, Finding, OpenPeriod
from floreo.feeds.pools import Offer, Pools, offers
from floreo.organisations.models import Holding, Organisation, User
from tests.conftest import SAMPLES
from tests.factories import strategy as make
from tests.feeds.making import hand_in, make_register, name_of, night, shadow_feed

START = date(2026, 9, 7)
TODAY = date(2026, 12, 20)
SCHEMA = SAMPLES / "shadowserver-schema" / "reports.json"
ROUTER = "192.0.2.1"  # that stays, so that no night is empty
KEY = "3A:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:"


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.fixture
def feed(db: None, feeds_folder: object) -> Iterable[Feed]:
    make.make_country()
    make_register()
    with clock.pinned_day(day=TODAY):
        yield shadow_feed(absent_runs=2, sends_empty=False)


def certificate(number: int) -> str:
    return f"{KEY}{number:02X}"


def scanned(feed: Feed, number: int, shown: Mapping[str, str], kind: str = "scan_rdp") -> None:
    """A night of addresses with the certificate that each shows ("" for none)."""
    header = "timestamp,severity,ip,protocol,port,asn,sha256_fingerprint"
    lines = [f"{day(number)} 03:00:00,medium,{ip},tcp,3389,64496,{key}" for ip, key in shown.items()]
    hand_in(feed, "\n".join([header, *lines, ""]).encode(), name_of(day(number), kind))
    ingest_waiting(by=SYSTEM)


def states() -> Counter[str]:
    return Counter(Finding.objects.exclude(subject=ROUTER).values_list("state", flat=True))


def fixed() -> int:
    return OpenPeriod.objects.filter(ending="fixed").exclude(finding__subject=ROUTER).count()


# What identifies a machine.


@pytest.mark.skipif(not SCHEMA.exists(), reason="Shadowserver's schema is not here")
def test_every_column_that_tells_a_machine_stands_in_the_published_schema() -> None:
    import json

    columns = {name: set(facts["fields"]) for name, facts in json.loads(SCHEMA.read_text()).items()}
    shadowserver = formats.load("shadowserver")
    told = {name: shadowserver.type_of(name).machine for name in columns}  # type: ignore[union-attr]  # all are listed
    assert len([name for name, machine in told.items() if machine]) >= 35
    for name, machine in told.items():
        for word, own in machine.items():
            assert set(own) & columns[name], (name, word)


def test_a_format_with_an_unknown_word_for_a_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        formats.parse({"name": "x", "reads": "csv", "types": {"a": {"machine": {"colour": "x"}}}})


@pytest.mark.parametrize(
    ("told", "machine"),
    [
        ("mac:00-15-6D-B9-8C-3A", "mac:00156db98c3a"),
        ("mac:00-00-00-00-00-00", ""),
        ("serial:unknown", ""),
        ("serial:FF:FF:FF:FF:FF:FF", ""),
        ("certificate:" + "ab" * 200, ""),
        ("certificate:\x00\x00", ""),
        ("", ""),
    ],
)
def test_a_key_that_can_be_of_no_single_machine_is_none(told: str, machine: str) -> None:
    assert machines.machine_of(told) == machine


def test_the_columns_are_read_also_where_further_ones_are_kept_as_text() -> None:
    data = f"timestamp,ip,port,sha1_fingerprint,sha256_fingerprint\n{day(0)} 01:00:00,192.0.2.7,443,,{certificate(1)}\n".encode()
    kind = formats.load("shadowserver").types["scan_ssl"]
    events, _rejects = events_of(data, name_of(day(0), "scan_ssl"), received_at=clock.now(), format="shadowserver")
    assert machines_of(events, kind).to_pylist() == [f"certificate:{certificate(1)}"]
    text = events.set_column(events.column_names.index("extra"), "extra", [['{"sha1_fingerprint": "00"}']])
    assert machines_of(text, kind).to_pylist() == ["certificate:00"]
    assert machines_of(events, formats.load("shadowserver").types["scan_telnet"]).to_pylist() == [None]


# Machines that move.


@pytest.mark.long
@pytest.mark.one_database
def test_dhcp_with_a_certificate_is_one_finding_that_is_fixed_once(feed: Feed) -> None:
    """A new address each night for ten nights, and then it is repaired."""
    for number in range(13):
        scanned(feed, number, {ROUTER: ""} | ({f"192.0.2.{60 + number}": certificate(1)} if number < 10 else {}))
    found = Finding.objects.get(unit__startswith="certificate:")
    assert states() == {"fixed": 1}
    assert (found.days_seen, found.subject, found.fixed_on, found.opened_on) == (10, "192.0.2.69", day(10), day(0))
    assert found.addresses["192.0.2.60"] == [day(0).isoformat()] * 2
    assert len(found.addresses) == 10
    assert times.cohort_of(day(20)).survival.ended == 1


@pytest.mark.long
def test_a_machine_that_comes_back_to_an_address_is_not_new(feed: Feed) -> None:
    for number, last in enumerate((60, 61, 60, 61, 60, 60)):
        scanned(feed, number, {ROUTER: "", f"192.0.2.{last}": certificate(1)})
    found = Finding.objects.get(unit__startswith="certificate:")
    assert (found.state, found.reopened, found.days_seen) == ("persisting", 0, 6)
    assert found.addresses["192.0.2.60"] == [day(0).isoformat(), day(5).isoformat()]


@pytest.mark.long
def test_two_machines_that_swap_their_addresses_are_two(feed: Feed) -> None:
    for number in range(6):
        one, two = certificate(1), certificate(2)
        scanned(
            feed,
            number,
            {"192.0.2.60": one, "192.0.2.61": two} if number % 2 else {"192.0.2.60": two, "192.0.2.61": one},
        )
    assert states() == {"persisting": 2}
    assert fixed() == 0


@pytest.mark.long
def test_a_new_certificate_at_the_same_address_fixes_nothing(feed: Feed) -> None:
    for number in range(6):
        scanned(feed, number, {ROUTER: "", "192.0.2.60": certificate(number // 2)})
    found = Finding.objects.get(subject="192.0.2.60")
    assert (found.state, found.days_seen, found.unit) == (
        "persisting",
        6,
        machines.machine_of(f"certificate:{certificate(2)}"),
    )


def test_nights_without_a_certificate_fix_nothing(feed: Feed) -> None:
    for number in range(8):
        scanned(feed, number, {ROUTER: "", "192.0.2.60": certificate(1) if number % 3 == 1 else ""})
    found = Finding.objects.get(subject="192.0.2.60")
    assert (found.state, found.days_seen) == ("persisting", 8)


@pytest.mark.long
def test_a_makers_certificate_is_no_machine(feed: Feed) -> None:
    """Thirty devices with the one that they were sold with; half are repaired."""
    for number in range(6):
        scanned(feed, number, {f"192.0.2.{60 + n}": certificate(9) for n in range(30 if number < 3 else 15)})
    assert states() == {"persisting": 15, "fixed": 15}


@pytest.mark.long
def test_a_machine_seen_at_two_addresses_on_the_day_that_it_moves_is_not_fixed(feed: Feed) -> None:
    scanned(feed, 0, {ROUTER: "", "192.0.2.60": certificate(1)})
    scanned(feed, 1, {ROUTER: "", "192.0.2.60": certificate(1), "192.0.2.61": certificate(1)})
    for number in range(2, 7):
        scanned(feed, number, {ROUTER: "", "192.0.2.61": certificate(1)})
    assert fixed() == 0


def test_a_machine_that_goes_to_another_organisation_is_not_fixed_and_tells_nothing_of_the_first(feed: Feed) -> None:
    """From a provider's network into the bank's."""
    for number in range(4):
        scanned(feed, number, {ROUTER: "", ("192.0.2.60" if number < 2 else "192.0.2.20"): certificate(1)})
    found = Finding.objects.get(unit__startswith="certificate:")
    assert (found.organisation.code, found.state, found.moved_from) == (
        "bank",
        "persisting",
        Organisation.objects.get(code="provider"),
    )
    assert list(found.addresses) == ["192.0.2.20"]
    assert fixed() == 0


def test_a_corrected_file_withdraws_no_machine_that_it_still_names(feed: Feed) -> None:
    scanned(feed, 0, {ROUTER: "", "192.0.2.60": certificate(1), "192.0.2.61": certificate(2)})
    scanned(feed, 0, {ROUTER: "", "192.0.2.60": certificate(1)})
    assert states() == {"new": 1, "withdrawn": 1}


@pytest.mark.long
def test_a_64_with_privacy_addresses_is_one_machine_and_never_fixed(feed: Feed) -> None:
    """RFC 8981; two of its addresses on some nights."""
    for number in range(8):
        made_up = [f"2001:db8:0:7:{number + 5000:x}:abcd:{n + 4096:x}:1234" for n in range(1 + number % 2)]
        night(feed, day(number), [*made_up, "2001:db8::1"], kind="scan6_rdp")
    for number in range(8, 12):
        night(feed, day(number), ["2001:db8::1"], kind="scan6_rdp")
    (found,) = Finding.objects.exclude(subject="2001:db8::1")
    assert (found.unit, found.state, found.days_seen, len(found.addresses)) == ("2001:db8:0:7::/64", "not_seen", 8, 12)
    assert fixed() == 0
    assert times.cohort_of(day(20)).others == 1


# Pools.


def mark(prefix: str = "192.0.2.0/24", kind: str = "dynamic") -> AddressPool:
    return acts.mark_pool(Organisation.objects.get(code="provider"), by=SYSTEM, prefix=prefix, kind=kind)


def dhcp(feed: Feed, nights: int = 9, told: Callable[[int], str] = lambda _number: "") -> None:
    for number in range(nights):
        scanned(feed, number, {ROUTER: "", f"192.0.2.{60 + number}": told(number)})


@pytest.mark.long
def test_dhcp_without_a_certificate_in_a_marked_pool_is_never_fixed(feed: Feed) -> None:
    mark()
    dhcp(feed)
    assert states() == {"not_seen": 7, "new": 2}
    assert fixed() == 0
    assert times.cohort_of(day(20)).survival.ended == 0
    assert times.cohort_of(day(20)).survival.count == 10  # they stay in it: leaving them out could make it look better


@pytest.mark.long
def test_dhcp_in_a_pool_that_nobody_marked_looks_like_fixes_and_is_offered_and_the_mark_takes_them_back(
    feed: Feed,
) -> None:
    dhcp(feed)
    assert fixed() == 7  # false, and known to be: docs/guide/time-to-fix.md
    before = times.cohort_of(day(20)).survival
    with clock.pinned_day(day=day(20)):
        assert list(offers(day(20))) == [Offer("192.0.2.0/24", "dynamic", 9, 9)]
        assert (acts.offer_pools(by=SYSTEM), acts.offer_pools(by=SYSTEM)) == (1, 0)
    pool = AddressPool.objects.get()
    assert (pool.state, pool.organisation.code, pool.findings, pool.days) == ("offered", "provider", 9, 9)
    assert fixed() == 7  # an offer changes nothing
    acts.confirm_pool(pool, by=SYSTEM, kind="dynamic")
    assert fixed() == 0
    assert states() == {"not_seen": 7, "new": 2}
    after = times.cohort_of(day(20)).survival
    assert (after.count, after.ended) == (before.count, 0)
    for within in (7, 30, 90):
        assert (after.ended_by(within).shown or 0) <= (before.ended_by(within).shown or 0)


def test_a_refused_offer_does_not_come_again_and_decisions_are_made_once(feed: Feed) -> None:
    dhcp(feed)
    with clock.pinned_day(day=day(20)):
        acts.offer_pools(by=SYSTEM)
        pool = acts.refuse_pool(AddressPool.objects.get(), by=SYSTEM)
        assert acts.offer_pools(by=SYSTEM) == 0
    with pytest.raises(Refused, match="decided this already"):
        acts.refuse_pool(pool, by=SYSTEM)
    with pytest.raises(Refused, match="decided this already"):
        acts.confirm_pool(pool, by=SYSTEM, kind="nat")
    with pytest.raises(Refused, match="not in force"):
        acts.end_pool(pool, by=SYSTEM)
    assert mark().pk == pool.pk  # somebody knows better


@pytest.mark.long
def test_servers_that_stay_are_no_pool(feed: Feed) -> None:
    for number in range(9):
        scanned(feed, number, {f"192.0.2.{60 + n}": "" for n in range(12 - number)})
    assert list(offers(day(20))) == []


@pytest.mark.long
def test_a_machine_that_its_certificate_tells_is_fixed_also_in_a_pool(feed: Feed) -> None:
    mark()
    dhcp(feed, 5, told=lambda _number: certificate(1))
    for number in range(5, 8):
        scanned(feed, number, {ROUTER: ""})
    assert states() == {"fixed": 1}


@pytest.mark.long
def test_another_machine_at_an_address_of_a_pool_is_another_finding(feed: Feed) -> None:
    mark()
    scanned(feed, 0, {ROUTER: "", "192.0.2.60": certificate(1)})
    for number in range(1, 4):
        scanned(feed, number, {ROUTER: "", "192.0.2.60": certificate(2)})
    assert states() == {"fixed": 1, "persisting": 1}


def sinkholed(feed: Feed, number: int, ip: str, families: Iterable[str]) -> None:
    header = "timestamp,severity,protocol,src_ip,src_port,src_asn,dst_ip,dst_port,infection,family"
    lines = [
        f"{day(number)} 03:00:{n:02},critical,tcp,{ip},{50000 + n},64496,198.51.100.9,80,{family},{family}"
        for n, family in enumerate(families)
    ]
    hand_in(feed, "\n".join([header, *lines, ""]).encode(), name_of(day(number), "event4_sinkhole"))
    night(feed, day(number), [ROUTER])


def test_carrier_nat_is_offered_and_its_silence_fixes_nothing(feed: Feed) -> None:
    sinkholed(feed, 0, "192.0.2.70", ["avalanche", "mirai", "qakbot", "andromeda"])
    sinkholed(feed, 1, "192.0.2.71", ["avalanche"])
    with clock.pinned_day(day=day(2)):
        acts.offer_pools(by=SYSTEM)
    pool = AddressPool.objects.get()
    assert (pool.prefix, pool.kind, pool.findings, pool.days) == ("192.0.2.70/32", "nat", 4, 1)
    acts.confirm_pool(pool, by=SYSTEM, kind="nat")
    night(feed, day(2), ["192.0.2.70", ROUTER])
    for number in range(3, 6):
        night(feed, day(number), [ROUTER])
    assert Finding.objects.get(subject="192.0.2.70", port=3389).state == "not_seen"


def test_only_the_holder_and_the_team_mark_a_network_and_only_the_team_ends_it(
    feed: Feed, user_with: Callable[..., User], secretariat: User
) -> None:
    provider, bank = Organisation.objects.get(code="provider"), Organisation.objects.get(code="bank")
    operator, other = (
        user_with("operator", organisation=provider),
        user_with("operator", organisation=bank, email="bank@example.org"),
    )
    facts = {"prefix": "192.0.2.64/26", "kind": "nat"}
    with pytest.raises(NotAllowed):
        acts.mark_pool(provider, by=other, **facts)
    with pytest.raises(NotAllowed):
        acts.mark_pool(provider, by=user_with("auditor"), **facts)
    with pytest.raises(Refused, match="does not attribute"):
        acts.mark_pool(bank, by=other, **facts)
    for prefix, words in (
        ("198.51.100.0/24", "no network around"),
        ("0.0.0.0/0", "no network around"),
        ("192.0.2.0/99", "no network. Write"),
        ("\x00", "no network. Write"),
    ):
        with pytest.raises(Refused, match=words):
            acts.mark_pool(provider, by=operator, prefix=prefix, kind="nat")
    with pytest.raises(Refused, match="Choose how"):
        acts.mark_pool(provider, by=operator, prefix="192.0.2.64/26", kind="home")
    pool = acts.mark_pool(provider, by=operator, **facts)
    with pytest.raises(Refused, match="marked already"):
        acts.mark_pool(provider, by=operator, **facts)
    assert list(AddressPool.objects.visible_to(operator)) == [pool]
    assert not AddressPool.objects.visible_to(other).exists()
    with pytest.raises(NotAllowed):
        acts.end_pool(pool, by=operator)
    assert acts.end_pool(pool, by=secretariat).state == "ended"
    assert not Pools.now().hold("192.0.2.70")


def test_the_smallest_network_says_how_an_address_is_used(feed: Feed) -> None:
    mark("192.0.2.0/24", "dynamic")
    mark("192.0.2.128/25", "nat")
    known = Pools.now()
    assert [known.kind_of(ip) for ip in ("192.0.2.5", "192.0.2.200", "198.51.100.1", "2001:db8::1", None)] == [
        "dynamic",
        "nat",
        "",
        "",
        "",
    ]


# Whatever a machine does.

MOST = 6
paths = st.lists(st.integers(0, 3), min_size=MOST, max_size=MOST)  # 0: not there; else at which address


@pytest.mark.long
@pytest.mark.one_database
@settings(max_examples=200, derandomize=True, database=None)
@given(paths, paths)
def test_to_move_between_addresses_makes_no_value_better(one: list[int], two: list[int]) -> None:
    """Two machines, each identified by its certificate and seen on the same nights, once at addresses of their own and once as they move.
    What is open and what is fixed is as if they had stayed."""
    moving = matched([[(f"m{m}", f"a{at}") for m, at in ((1, a), (2, b)) if at] for a, b in zip(one, two, strict=True)])
    still = matched([[(f"m{m}", f"b{m}") for m, at in ((1, a), (2, b)) if at] for a, b in zip(one, two, strict=True)])
    assert sum(map(len, moving)) >= sum(map(len, still))
    looks = logic.Source([day(n) for n in range(MOST + 3)], patience=2)
    ends = [sum(t.ending is not None for days in each for t in told(days, looks)) for each in (moving, still)]
    still_open = [sum(t.ending is None for days in each for t in told(days, looks)) for each in (moving, still)]
    assert ends[0] <= ends[1]
    assert still_open[0] >= still_open[1]


def told(days: set[int], source: logic.Source) -> list[logic.Times]:
    stretches: list[logic.Stretch] = []
    for number in sorted(days):
        stretches = logic.add_day(stretches, day(number))
    return logic.open_periods({"x": stretches}, {"x": source})


def matched(nights: list[list[tuple[str, str]]]) -> list[set[int]]:
    """The nights of each finding, by the same matching as files take."""
    findings: list[dict[str, object]] = []
    for number, seen in enumerate(nights):
        rows = [
            {"organisation_id": 1, "unit": f"certificate:{key}", "subject": at, "kind": "x", "port": 0}
            for key, at in seen
        ]
        for finding in findings:
            gone = number - max(finding["days"]) > 2  # type: ignore[call-overload]
            finding["observed"] = "fixed" if gone else "new"
        machines.leave_out_shared(rows)
        matching = machines.Matching(rows, findings)
        for row in rows:
            fitting = matching.of(row, in_pool=False)
            if not fitting:
                made = row | {"days": set(), "observed": "", "id": len(findings)}
                findings.append(made)
                matching.add(made)
                fitting = [made]
            matching.retold(fitting[0], row)
            for each in fitting:
                each["days"].add(number)
                each["last_day"] = number
                each["subject"] = row["subject"]
    return [finding["days"] for finding in findings]  # type: ignore[misc]


def test_a_holding_within_the_pool_of_its_provider_is_in_the_pool(feed: Feed) -> None:
    mark()
    assert Holding.objects.filter(value="192.0.2.16/28").exists()
    assert Pools.now().kind_of("192.0.2.20") == "dynamic"
