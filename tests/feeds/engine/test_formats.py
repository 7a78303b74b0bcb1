"""Formats are data: what they inherit, which type a name or a header gives, what has drifted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from floreo.feeds.engine.formats import Derived, load, named, names, parse, slug

pytestmark = pytest.mark.one_database

DATA: dict[str, Any] = {
    "name": "ours",
    "reads": "csv",
    "null": ["", "N/A"],
    "twins": [["^scan6_", "scan_"], ["6$", ""]],
    "base": {
        "row": {"fields": {"time.source": "timestamp"}, "knows": "tag"},
        "exposed": {
            "is": "row",
            "taxonomy": "vulnerable",
            "type": "vulnerable-system",
            "fields": {"source.ip": ["ip", "src_ip"], "source.port": "port", "source.asn": "asn"},
            "finding_port": "source.port",
        },
    },
    "types": {
        "scan_rdp": {
            "is": "exposed",
            "identifier": "open-rdp",
            "severity": "high",
            "fixed": {"protocol.application": "rdp"},
            "fields": {"source.asn": ""},
            "knows": "handshake jarm",
            "once": ["sic"],
        },
        "scan_ssh": {"is": "exposed", "identifier": "open-ssh", "knows": ["serverid"]},
        "sinkhole": {
            "is": "row",
            "derived": {
                "classification.identifier": {
                    "columns": "family",
                    "keep": True,
                    "prefix": "infected-",
                    "words": {"Mirai": "infected-mirai"},
                }
            },
        },
    },
    "unknown": {"is": "exposed"},
}


def test_a_type_is_what_it_says_over_what_it_inherits() -> None:
    kind = parse(DATA).types["scan_rdp"]
    assert kind.fields == {"time.source": ("timestamp",), "source.ip": ("ip", "src_ip"), "source.port": ("port",)}
    assert kind.fixed == {
        "protocol.application": "rdp",
        "classification.taxonomy": "vulnerable",
        "classification.type": "vulnerable-system",
        "classification.identifier": "open-rdp",
        "severity": "high",
    }
    assert (kind.knows, kind.once) == (("tag", "handshake", "jarm"), ("sic",))
    assert kind.key_fields == (
        "source.ip",
        "source.fqdn",
        "source.url",
        "source.account",
        "source.port",
        "protocol.transport",
        "classification.identifier",
    )
    sinkhole = parse(DATA).types["sinkhole"]
    assert sinkhole.derived["classification.identifier"] == Derived(
        ("family",), {"mirai": "infected-mirai"}, True, "infected-"
    )


def test_a_twin_is_its_other_under_its_own_name() -> None:
    ours = parse(DATA)
    twin, other = ours.type_of("scan6_rdp"), ours.type_of("scan_rdp")
    assert twin is not None
    assert other is not None
    assert (twin.name, twin.fields, twin.fixed) == ("scan6_rdp", other.fields, other.fixed)
    assert ours.type_of("sinkhole6") is not None
    assert ours.type_of("scan_unheard_of") is None


def test_both_generations_load_and_drift_is_named() -> None:
    kind = parse(DATA).types["scan_rdp"]
    old = ["timestamp", "src_ip", "port", "sic", "tag", "bluekeep"]
    assert (kind.column("source.ip", old), kind.unknown(old), kind.missing(old)) == (
        "src_ip",
        ("bluekeep",),
        ("handshake", "jarm"),
    )
    new = ["jarm", "handshake", "tag", "port", "ip", "timestamp"]
    assert (kind.column("source.ip", new), kind.unknown(new), kind.missing(new)) == ("ip", (), ())


def test_a_header_tells_a_type_only_when_it_can_be_no_other() -> None:
    ours = parse(DATA)
    found = ours.looks_like(["ip", "port", "timestamp", "tag", "handshake", "jarm"])
    assert found is not None
    assert found.name == "scan_rdp"
    assert ours.looks_like(["ip", "port", "timestamp", "tag"]) is None
    assert ours.looks_like(["name", "value"]) is None


def test_an_unlisted_type_is_read_all_the_same() -> None:
    stranger = parse(DATA).stranger("scan_new_thing")
    assert stranger.fields["source.ip"] == ("ip", "src_ip")
    assert stranger.fixed["classification.identifier"] == slug("scan_new_thing") == "scan-new-thing"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"scan_rdp": {"is": "nowhere"}}, "nowhere"),
        ({"a": {"is": "b"}, "b": {"is": "a"}}, "itself"),
        ({"a": {"fields": {"source.pi": "ip"}}}, "source.pi"),
        ({"a": {"colour": "blue"}}, "colour"),
    ],
)
def test_a_format_that_cannot_be_says_where(change: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse({**DATA, "types": change})


@pytest.mark.parametrize(
    ("name", "day", "kind"),
    [
        ("2026-11-24-scan_rdp-belize-geo.csv.gz", date(2026, 11, 24), "scan_rdp"),
        ("2026-11-24-event4_sinkhole-1234-xx.zip", date(2026, 11, 24), "event4_sinkhole"),
        ("C:\\in\\Scan6_RDP.csv", None, "scan6_rdp"),
        ("2026-02-30-scan_rdp-x.csv", None, ""),
        ("2026-11-24.csv", None, ""),
        ("my report.csv", None, ""),
    ],
)
def test_a_name_tells_day_and_type(name: str, day: date | None, kind: str) -> None:
    assert named(name) == (day, kind)


def test_every_shipped_format_loads() -> None:
    assert {load(name).name for name in names()} == {"shadowserver", "intelmq", "xarf", "csv", "jsonl", "list"}
