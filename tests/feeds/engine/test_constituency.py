"""Whose an event is, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from floreo.feeds.engine import constituency
from floreo.feeds.engine.constituency import NO_NETWORK, TOP_LEVEL, Overlap, Owned
from tests.feeds.engine.event_rows import events

pytestmark = pytest.mark.one_database

REGISTER = [
    Owned("isp", "192.0.2.0/24"),
    Owned("bank", "192.0.2.128/25", service="online banking"),
    Owned("isp", "as64496"),
    Owned("police", "64497"),
    Owned("port", "2001:DB8:1::/48"),
    Owned("bank", "bank.example"),
    Owned("health", "health.gov.xx"),
    Owned("cabinet", "gov.xx"),
    Owned("school", "müller.example"),
]


def attributed(register: list[Owned], *rows: dict[str, Any]) -> list[tuple[object, ...]]:
    table = constituency.build(register).attribute(events(*rows))
    names = ("organisation", "network", "reason", "service")
    return list(zip(*(table[n].to_pylist() for n in names), strict=True))


def test_the_longest_prefix_then_the_system_then_the_domain() -> None:
    assert attributed(
        REGISTER,
        {"source.ip": "192.0.2.1", "source.asn": 64497},
        {"source.ip": "192.0.2.200", "source.fqdn": "www.health.gov.xx"},
        {"source.ip": "198.51.100.1", "source.asn": 64497, "source.fqdn": "www.bank.example"},
        {"source.ip": "2001:db8:1::5"},
        {"source.ip": "::ffff:192.0.2.1"},
        {"source.fqdn": "WWW.Bank.example."},
        {"source.fqdn": "notbank.example"},
        {"source.fqdn": "a.xn--mller-kva.example"},
        {"source.ip": "198.51.100.1", "source.geolocation.cc": "XX", "source.reverse_dns": "www.bank.example"},
        {"source.asn": 64496},
        {},
    ) == [
        ("isp", "192.0.2.0/24", "prefix", None),
        ("bank", "192.0.2.128/25", "prefix", "online banking"),
        ("police", "AS64497", "asn", None),
        ("port", "2001:db8:1::/48", "prefix", None),
        ("isp", "192.0.2.0/24", "prefix", None),
        ("bank", "bank.example", "domain", None),
        (None, None, None, None),
        ("school", "müller.example".encode("idna").decode(), "domain", None),
        (None, None, None, None),  # country and reverse names are said by others than the owner
        ("isp", "AS64496", "asn", None),
        (None, None, None, None),
    ]


def test_a_host_is_read_out_of_its_address_as_a_browser_would() -> None:
    urls = {
        "https://www.bank.example/login?x=1": "bank",
        "http://user:pw@bank.example:8080": "bank",
        "http://bank.example@evil.example/": None,
        "http://evil.example\\@bank.example/": None,
        "http://evil.example/?u=http://bank.example/": None,
        "http://evil.example#@bank.example": None,
        "HTTPS://BANK.EXAMPLE": "bank",
        "http://192.0.2.200/x": "bank",
        "http://[2001:db8:1::9]:80/": "port",
        "bank.example/x": None,
    }
    found = attributed(REGISTER, *({"source.url": url} for url in urls))
    assert dict(zip(urls, [row[0] for row in found], strict=True)) == urls


def test_a_public_suffix_counts_below_only_where_the_register_says_it() -> None:
    names = ({"source.fqdn": "health.gov.xx"}, {"source.fqdn": "other.gov.xx"}, {"source.fqdn": "gov.xx"})
    assert [r[0] for r in attributed(REGISTER, *names)] == ["health", "cabinet", "cabinet"]
    assert [r[0] for r in attributed(REGISTER[:-2], *names)] == ["health", None, None]
    assert attributed([Owned("all", "com"), Owned("all", "xx")], *names, {"source.fqdn": "a.com"}) == [(None,) * 4] * 4


def test_rows_that_say_nothing_are_told_apart() -> None:
    wrong = constituency.build(
        [Owned("a", t) for t in ("192.0.2.1/24", "com", "AS0", "x y", "", "AS4294967296", "192.0.2.1")]
    ).wrong
    assert sorted((row.network, code) for row, code in wrong) == [
        ("", NO_NETWORK),
        ("192.0.2.1/24", NO_NETWORK),
        ("AS0", NO_NETWORK),
        ("AS4294967296", NO_NETWORK),
        ("com", TOP_LEVEL),
        ("x y", NO_NETWORK),
    ]


def test_of_two_with_the_same_network_the_verified_one_gets_it_and_both_are_shown() -> None:
    register = [
        Owned("a", "192.0.2.0/24"),
        Owned("b", "192.0.2.0/24", is_verified=True),
        Owned("c", "192.0.2.0/26"),
        Owned("b", "192.0.2.64/26"),
        Owned("a", "as64496"),
        Owned("c", "AS64496"),
    ]
    rows = ({"source.ip": "192.0.2.200"}, {"source.ip": "192.0.2.1"}, {"source.asn": 64496})
    assert [r[0] for r in attributed(register, *rows)] == ["b", "c", "a"]
    assert [r[0] for r in attributed(register[::-1], *rows)] == ["b", "c", "a"]
    assert constituency.overlaps(register) == [
        Overlap("AS64496", ("a", "c"), is_same=True),
        Overlap("192.0.2.0/24", ("b", "a"), is_same=True),
        Overlap("192.0.2.0/26", ("c", "b"), is_same=False, within="192.0.2.0/24"),
    ]


def test_what_is_kept_answers_as_what_was_made_and_has_the_name_of_its_content(tmp_path: Path) -> None:
    path = constituency.kept(REGISTER, tmp_path)
    assert constituency.kept(REGISTER[::-1], tmp_path) == path
    assert constituency.kept(REGISTER[1:], tmp_path) != path
    assert len(list(tmp_path.iterdir())) == 2
    made, loaded = constituency.build(REGISTER), constituency.load(path)
    some = events(
        {"source.ip": "192.0.2.200"},
        {"source.ip": "2001:db8:1::1"},
        {"source.asn": 64497},
        {"source.fqdn": "a.bank.example"},
        {},
    )
    assert loaded.attribute(some).equals(made.attribute(some))
    assert loaded.sha256 == made.sha256


def test_an_empty_register_owns_nothing(tmp_path: Path) -> None:
    empty = constituency.load(constituency.kept([], tmp_path))
    assert empty.attribute(events({"source.ip": "192.0.2.1"}))["organisation"].to_pylist() == [None]
