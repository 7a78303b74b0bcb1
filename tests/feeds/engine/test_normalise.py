"""Rows to events: each field as the file says it, each row that is none with its reason, and none missing."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from floreo.feeds.engine import times
from floreo.feeds.engine.events import COLUMNS, event_schema
from floreo.feeds.engine.formats import load
from floreo.feeds.engine.normalise import events_of
from floreo.feeds.engine.texts import cves
from floreo.feeds.engine.times import NONE, millis_of, one, parse_times
from tests.conftest import SAMPLES
from tests.feeds.engine.test_opening import zipped

pytestmark = pytest.mark.one_database
NIGHT = datetime(2026, 11, 25, 3, tzinfo=UTC)
HEADER = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,region,city,naics,sector,rdp_protocol\n"
NAME = "2026-11-24-scan_rdp-xx.csv"


def row(**text: str) -> str:
    cells = {
        "timestamp": "2026-11-24 00:00:11",
        "severity": "high",
        "ip": "192.0.2.1",
        "protocol": "tcp",
        "port": "3389",
        "hostname": "a.example",
        "tag": "rdp",
        "asn": "64496",
        "geo": "XX",
        "city": "Town",
        "naics": "517311",
        "rdp_protocol": "ssl",
        **text,
    }
    return ",".join(f'"{cells.get(c, "")}"' for c in HEADER.strip().split(",")) + "\n"


def made(*rows: str, name: str = NAME, **text: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    events, rejects = events_of(
        (HEADER + "".join(rows)).encode(), name, received_at=NIGHT, feed="night", sha256="d1", **text
    )
    return events.to_pylist(), rejects.to_pylist()


def test_a_row_becomes_an_event_with_every_column_of_the_vocabulary() -> None:
    events, rejects = made(row(tag="rdp;CVE-2019-0708"))
    known = {k: v for k, v in events[0].items() if v is not None}
    key = known.pop("key")
    assert rejects == []
    assert list(events[0]) == [*COLUMNS, "extra"]
    assert key != 0
    assert known == {
        "time.source": datetime(2026, 11, 24, 0, 0, 11, tzinfo=UTC),
        "source.ip": "192.0.2.1",
        "ip_hi": 0,
        "ip_lo": 0xFFFF_C000_0201,
        "source.port": 3389,
        "source.asn": 64496,
        "source.reverse_dns": "a.example",
        "source.geolocation.cc": "XX",
        "source.geolocation.city": "Town",
        "protocol.transport": "tcp",
        "protocol.application": "rdp",
        "classification.taxonomy": "vulnerable",
        "classification.type": "vulnerable-system",
        "classification.identifier": known["classification.identifier"],
        "severity": "high",
        "product.vulnerabilities": "CVE-2019-0708",
        "feed.code": "night",
        "feed.name": "scan_rdp",
        "finding_port": 3389,
        "count": 1,
        "line": 2,
        "report": "d1",
        "extra": {"tag": "rdp;CVE-2019-0708", "naics": "517311", "sector": None, "rdp_protocol": "ssl"},
    }


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ip": "0.0.0.0"}, "address_unspecified"),
        ({"ip": "::"}, "address_unspecified"),
        ({"ip": "192.0.2.0/24"}, "address_is_network"),
        ({"ip": "fe80::1%eth0"}, "address_scoped"),
        ({"ip": "192.000.002.001"}, "bad_address"),
        ({"ip": "192.0.2.1\0"}, "bad_address"),
        ({"ip": ""}, "no_subject"),
        ({"port": "99999"}, "bad_port"),
        ({"port": "abc"}, "bad_port"),
        ({"port": "-1"}, "bad_port"),
        ({"port": "٣٣"}, "bad_port"),
        ({"timestamp": "1970-01-01 00:00:00"}, "time_too_old"),
        ({"timestamp": "0"}, "time_too_old"),
        ({"timestamp": "2099-01-01 00:00:00"}, "time_in_future"),
        ({"timestamp": "2026-02-30 00:00:00"}, "bad_time"),
        ({"timestamp": "yesterday"}, "bad_time"),
        ({"timestamp": ""}, "no_time"),
    ],
)
def test_a_row_that_is_no_event_says_why_and_stands_as_it_stood(change: dict[str, str], reason: str) -> None:
    wrong = row(**change)
    events, rejects = made(row(), wrong, row(ip="192.0.2.2"))
    assert [event["source.ip"] for event in events] == ["192.0.2.1", "192.0.2.2"]
    assert rejects == [{"line": 3, "text": wrong.rstrip("\n"), "reason": reason}]


def test_a_long_row_is_told_in_part_and_a_cut_one_whole() -> None:
    events, rejects = made(row(ip="x" * 5000), row()[:40] + "\n", row())
    assert [(r["line"], len(r["text"]), r["reason"]) for r in rejects] == [
        (3, 40, "broken_row"),
        (2, 2000, "bad_address"),
    ]
    assert [e["line"] for e in events] == [4]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-11-24 00:00:11", "2026-11-24T00:00:11+00:00"),
        ("2026-11-24T00:00:11Z", "2026-11-24T00:00:11+00:00"),
        ("2026-11-24T00:00:11.521730-06:00", "2026-11-24T06:00:11.521+00:00"),
        ("2026-11-24 00:00:11 UTC", "2026-11-24T00:00:11+00:00"),
        ("2026-11-24", "2026-11-24T00:00:00+00:00"),
        ("1795478411", "2026-11-24T00:00:11+00:00"),
        ("1795478411.5", "2026-11-24T00:00:11.500+00:00"),
        ("1795478411521", "2026-11-24T00:00:11.521+00:00"),
        ("Tue, 24 Nov 2026 00:00:11 -0600", "2026-11-24T06:00:11+00:00"),
        ("24/11/2026", None),
        ("2026-11-24 25:00:00", None),
        ("", None),
        ("123456789012345678901234567890", None),
    ],
)
def test_times_are_read_as_reports_write_them(text: str, wanted: str | None) -> None:
    expected = NONE if wanted is None else millis_of(datetime.fromisoformat(wanted))
    assert (one(text), parse_times(pa.array([text]))[0]) == (expected, expected)


@pytest.mark.long
@given(
    st.lists(
        st.one_of(
            st.datetimes().map(lambda t: str(t)[:19]),
            st.text("0123456789-: T", min_size=17, max_size=20),
            st.builds(
                lambda when, behind: str(when)[:19] + behind,
                st.datetimes(),
                st.from_regex(r"(\.\d{0,7})?(Z|z| UTC|[+-]\d\d:?\d\d)?", fullmatch=True),
            ),
        ),
        max_size=20,
    )
)
@example(
    [
        "2026-11-24T00:00:11.999999-23:59",
        "1969-12-31 23:59:59.9Z",
        "2026-11-24T00:00:11+24:00",
        "2026-11-24T00:00:11.\u0663",
    ]
)
def test_many_times_at_once_are_what_python_reads(texts: list[str]) -> None:
    def alone(text: str) -> int:
        try:
            return millis_of(datetime.fromisoformat(text)) if len(text) == 19 else one(text)
        except ValueError:
            return one(text)

    assert parse_times(pa.array(texts, pa.string())).tolist() == [alone(t) for t in texts]
    often = pa.array(texts[:1] * 20 + texts, pa.string())
    with patch.object(times, "_SAMPLE", 4):  # as where the first of very many rows say the same
        assert times._repeats(often) == bool(texts)
        assert parse_times(often).tolist() == [alone(t) for t in texts[:1] * 20 + texts]
    assert parse_times(pa.array(texts, pa.string()).dictionary_encode()).tolist() == [alone(t) for t in texts]


def test_severity_is_one_of_six_words_else_what_the_type_says() -> None:
    events, _ = made(row(severity="CRITICAL"), row(severity="dreadful"), row(severity=""))
    default = load("shadowserver").types["scan_rdp"].fixed["severity"]
    assert [e["severity"] for e in events] == ["critical", default, default]


def test_repeats_have_one_key_and_nothing_else_has() -> None:
    same = [row(), row(timestamp="2026-11-24 09:00:00", tag="other"), row(ip="::ffff:192.0.2.1")]
    other = [row(port="3390"), row(ip="192.0.2.2"), row(protocol="udp"), row(ip="2001:db8::1")]
    keys = [e["key"] for e in made(*same, *other)[0]]
    assert len(set(keys[:3])) == 1
    assert len(set(keys)) == 5
    again = [e["key"] for e in made(*same, *other, block=500)[0]]
    assert again == keys


@pytest.mark.long
@given(st.integers(200, 900))
def test_any_size_of_block_gives_the_same_events(size: int) -> None:
    rows = [row(ip=f"192.0.2.{n}", city='x""\ny' if n % 3 else "é", port=str(n * 9000)) for n in range(12)]
    assert made(*rows, block=size) == made(*rows)


def test_latin_1_utf_16_crlf_and_a_mark_change_nothing() -> None:
    text = HEADER + row(city="Belmopán") + row(city="Niño")
    wanted = events_of(text.encode(), NAME, received_at=NIGHT)[0].to_pylist()
    for data in (
        text.encode("latin-1"),
        text.encode("utf-16"),
        text.encode("utf-8-sig"),
        text.replace("\n", "\r\n").encode(),
        text.replace("\n", "\r").encode(),
    ):
        assert events_of(data, NAME, received_at=NIGHT)[0].to_pylist() == wanted


def test_quoted_nuls_and_line_ends_are_kept_to_the_letter() -> None:
    events, _ = made(row(city="a\0b\r\nc"))
    assert events[0]["source.geolocation.city"] == "a\0b\r\nc"


def test_an_unknown_type_is_kept_and_named_after_itself() -> None:
    data = b"timestamp,ip,port,colour\n2026-11-24 00:00:00,192.0.2.1,80,blue\n"
    events, rejects = events_of(data, "2026-11-24-scan_new_thing-xx.csv", received_at=NIGHT, format="shadowserver")
    event = events.to_pylist()[0]
    assert (event["classification.identifier"], event["classification.taxonomy"], event["classification.type"]) == (
        "scan-new-thing",
        "other",
        "undetermined",
    )
    assert (event["source.port"], event["extra"], rejects.num_rows) == (80, {"colour": "blue"}, 0)


def test_a_form_of_four_fields_tells_address_time_kind_and_port() -> None:
    data = b"when;who;what;door\n1795478411;192.0.2.1;Open Thing;99\n1795478411;192.0.2.1;Other;70000\n"
    text = {
        "address": "who",
        "time": "when",
        "kind": "column:what",
        "port": "door",
        "delimiter": ";",
        "taxonomy": "vulnerable",
    }
    events, rejects = events_of(data, "thing.csv", received_at=NIGHT, mapping=text, format="csv")
    event = events.to_pylist()[0]
    assert (event["classification.identifier"], event["classification.taxonomy"], event["finding_port"]) == (
        "open-thing",
        "vulnerable",
        99,
    )
    assert rejects["reason"].to_pylist() == ["bad_port"]


def test_a_list_has_the_time_at_which_it_came_and_subjects_of_every_kind() -> None:
    data = b"192.0.2.1\nEvil.example\nhxxp://192.0.2.9/x\nhxxp://evil[.]example/y\n192.0.2.0/24\n"
    events, rejects = events_of(data, "bad.txt", received_at=NIGHT, format="list", mapping={"kind": "listed-here"})
    known = [(e["source.ip"], e["source.fqdn"], e["source.url"], e["ip_lo"]) for e in events.to_pylist()]
    assert known == [
        ("192.0.2.1", None, None, 0xFFFF_C000_0201),
        (None, "evil.example", None, 0),
        ("192.0.2.9", None, "http://192.0.2.9/x", 0xFFFF_C000_0209),
        (None, None, "http://evil.example/y", 0),
    ]
    assert set(events["time.source"].to_pylist()) == {NIGHT}
    assert set(events["classification.identifier"].to_pylist()) == {"listed-here"}
    assert rejects["reason"].to_pylist() == ["address_is_network"]


def test_json_of_intelmq_is_read_with_its_extra_as_json() -> None:
    line = {
        "source.ip": "2001:db8::1",
        "source.port": 25,
        "source.asn": "AS64496",
        "time.source": "2026-11-24T00:00:00+00:00",
        "classification.type": "unauthorized-use-of-resources",
        "extra.tag": "x",
        "extra": {"n": 1},
    }
    nested = {
        "source": {"ip": "192.0.2.1"},
        "time": {"source": "2026-11-24T00:00:00Z"},
        "classification": {"type": "spam"},
    }
    data = "\n".join(json.dumps(x) for x in (line, nested)).encode()
    events, rejects = events_of(data, "events.json", received_at=NIGHT, format="intelmq")
    known = [
        (e["source.ip"], e["source.port"], e["source.asn"], e["classification.taxonomy"], e["extra"])
        for e in events.to_pylist()
    ]
    assert rejects.num_rows == 0
    assert known[0][:3] == ("2001:db8::1", 25, 64496)
    assert json.loads(known[0][4]) == {"tag": "x", "n": "1"}
    assert known[1] == ("192.0.2.1", None, None, "abusive-content", None)
    assert events.schema == event_schema(pa.string())


def test_files_of_a_zip_may_have_other_columns() -> None:
    one_file = HEADER + row()
    other = HEADER.replace("rdp_protocol", "jarm") + row(rdp_protocol="", ip="192.0.2.5")
    data = zipped(("2026-11-24-scan_rdp-a.csv", one_file.encode()), ("2026-11-24-scan_rdp-b.csv", other.encode()))
    events, _ = events_of(data, "2026-11-24-scan_rdp-all.zip", received_at=NIGHT)
    assert [(e["source.ip"], "rdp_protocol" in json.loads(e["extra"])) for e in events.to_pylist()] == [
        ("192.0.2.1", True),
        ("192.0.2.5", False),
    ]


def test_a_report_without_rows_is_a_report() -> None:
    assert made() == ([], [])


def test_vulnerabilities_come_from_the_type_the_tags_and_a_column_of_their_own() -> None:
    tags = pa.array(["rdp", "x;cve-2019-0708,CVE-2021-34527", None])
    own = pa.array(["EUVD-2026-1", "CVE-2019-0708", None])
    found = cves([tags], 3, "CVE-2020-0601", [own]).to_pylist()
    assert found == ["CVE-2020-0601;EUVD-2026-1", "CVE-2020-0601;CVE-2019-0708;CVE-2021-34527", "CVE-2020-0601"]


@pytest.mark.long
@pytest.mark.skipif(not (SAMPLES / "shadowserver").exists(), reason="the samples are not on this machine")
def test_every_mapped_field_of_every_sample_is_the_files() -> None:
    whole_numbers = {"source.port", "source.asn", "destination.port", "destination.asn"}
    for path in sorted((SAMPLES / "shadowserver").glob("*.csv")):
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        kind = load("shadowserver").type_of(path.stem)
        assert kind is not None
        events, rejects = events_of(path.read_bytes(), path.name, received_at=NIGHT)
        gone = {r["line"] for r in rejects.to_pylist()}
        kept = [r for n, r in enumerate(rows, 2) if n not in gone]
        assert (path.stem, len(kept) + len(gone)) == (path.stem, len(rows))
        for field in kind.fields:
            column = kind.column(field, rows[0])
            if (
                column is None
                or field in kind.derived
                or field in {"severity", "time.source", "product.vulnerabilities"}
            ):
                continue
            null = {"", *load("shadowserver").null, *kind.nulls.get(field, ())}
            text = [None if (v := r[column] or "").lower() in null else v for r in kept]
            found = [None if v is None else str(v) for v in events[field].to_pylist()]
            if field in whole_numbers or field not in {"source.fqdn", "source.ip"}:
                assert (path.stem, field, found) == (path.stem, field, text)
            elif field == "source.ip":
                assert (path.stem, field, [f for f, s in zip(found, text, strict=True) if s]) == (
                    path.stem,
                    field,
                    [s for s in text if s],
                )
        times = [millis_of(datetime.fromisoformat(r["timestamp"])) for r in kept]
        assert [millis_of(t) for t in events["time.source"].to_pylist()] == times


@pytest.mark.long
@pytest.mark.skipif(not (SAMPLES / "xarf").exists(), reason="the samples are not on this machine")
def test_every_xarf_sample_is_an_event_about_whom_it_accuses() -> None:
    for path in sorted((SAMPLES / "xarf").glob("*.json")):
        text = json.loads(path.read_text())
        accused = text.get("source_identifier") or next(
            v for k, v in text["Report"]["Source"].items() if k in ("IP", "URL")
        )
        events, rejects = events_of(path.read_bytes(), path.name, received_at=NIGHT)
        event = events.to_pylist()[0]
        subjects = {event["source.ip"], event["source.fqdn"], event["source.url"]}
        assert (path.stem, accused in subjects, rejects.num_rows) == (path.stem, True, 0)
        assert event["classification.type"] != "undetermined" or text["type"] == "threat_intelligence"
