"""What feeds/formats says of every report type holds against lists that nobody here wrote: Shadowserver's own columns, the
samples of older generations, RSIT's file."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from floreo.feeds import texts
from floreo.feeds.engine import formats, reading
from floreo.feeds.engine.events import SEVERITIES
from floreo.feeds.engine.formats import ReportType
from floreo.feeds.engine.normalise import normalise
from floreo.feeds.engine.task import IngestOrder, Source
from tests.conftest import SAMPLES

pytestmark = pytest.mark.one_database

FACTS = SAMPLES.parent / "research" / "shadowserver-types.tsv"
READ_AT = datetime(2026, 11, 25, 6, tzinfo=UTC)
SEEN_AT = "2026-11-24 00:00:11"
needs_facts = pytest.mark.skipif(
    not FACTS.exists() or not SAMPLES.exists(), reason="the list of Shadowserver's report types is not here"
)
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")

# Where we say otherwise than the list, which has for address the first column that looks like one.
SUBJECTS = {  # the attacked, or the site that leads to malware, is whose owner is notified
    "event4_honeypot_ddos_target": ("dst_ip", "dst_port"),
    "event4_sinkhole_http_referer": ("http_referer_ip", "http_referer_port"),
}
NAMED = {  # reports without an address
    "compromised_account": ("source.account", "email"),
    "ransomware_victim": ("source.fqdn", "website"),
    "sandbox_dns": ("source.fqdn", "request"),
}
CLASSES = {"blocklist": ("other", "other")}  # its type is none of RSIT's
FILLED = {  # empty in the list, and no twin to inherit from
    "event4_microsoft_sinkhole": ("malicious-code", "infected-system"),
    "event4_microsoft_sinkhole_http": ("malicious-code", "infected-system"),
    "scan_exchange": ("vulnerable", "vulnerable-system"),
}
SEVERITY = {
    "scan6_elasticsearch": "high",  # as its twin
    "scan_ics": "critical",  # as the report's own page
}


@dataclass(frozen=True)
class Facts:
    """What the list says of one type."""

    name: str
    taxonomy: str
    type: str
    severity: str
    address: str
    port: str
    columns: tuple[str, ...]

    @property
    def twin(self) -> str:
        """The type for IPv4, itself where it is that."""
        for six, four in (("scan6_", "scan_"), ("population6_", "population_"), ("event6_", "event4_")):
            if self.name.startswith(six):
                return self.name.replace(six, four)
        return self.name.removesuffix("6")


@cache
def published() -> Mapping[str, str]:
    """The default severity of each type in Shadowserver's own list, which is newer than ours."""
    lines = (SAMPLES / "shadowserver-schema" / "types.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    found = {cells[0]: cells[-1] for cells in rows if cells[-1] in SEVERITIES}
    assert len(found) > 160, found
    return found


@cache
def facts() -> Mapping[str, Facts]:
    lines = FACTS.read_text("utf-8").splitlines()[1:]
    found = {}
    for line in lines:
        name, taxonomy, sort, severity, address, port, columns = (c if c != "-" else "" for c in line.split("\t"))
        found[name] = Facts(name, taxonomy, sort, severity, address, port, tuple(columns.split()))
    return found


def words(column: str, six: bool) -> str:
    """A value that could be in the column."""
    if column.endswith(("netmask", "network")):
        return ""
    if column == "ip" or column.endswith("_ip"):
        last = sum(map(ord, column)) % 250
        return f"2001:db8::{last:x}" if six else f"192.0.2.{last}"
    known = {
        "timestamp": SEEN_AT,
        "severity": "",
        "port": "4433",
        "src_port": "50123",
        "dst_port": "8443",
        "asn": "64496",
        "src_asn": "64497",
        "dst_asn": "64498",
        "http_referer_port": "8080",
        "email": "ana@example.org",
        "website": "www.example.org",
        "request": "name.example.org",
        "url": "http://www.example.org/x",
        "http_referer": "http://www.example.org/y",
        "family": "",
        "infection": "",
        "service": "",
        "application": "",
    }
    return known.get(column, f"word-{column.replace('_', '-')}")


def written(columns: Sequence[str], cells: Mapping[str, str] | None = None, *, six: bool = False) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerow([(cells or {}).get(c, words(c, six)) for c in columns])
    return out.getvalue().encode()


def read(data: bytes, report_type: str) -> tuple[reading.OpenReport, pa.Table, pa.Table]:
    name = f"2026-11-24-{report_type}-test.csv"
    task = IngestOrder("feed", date(2026, 11, 24), "", (), READ_AT, "", "", format="shadowserver")
    opened = reading.open_report(Source("", "d", name), task, data=data)
    pairs = [
        normalise(part, opened, feed="feed", sha256="d", received_at=READ_AT, oldest_days=400)
        for part in opened.parts()
    ]
    return opened, pa.concat_tables([e for e, _ in pairs]), pa.concat_tables([r for _, r in pairs])


def drifted(fact: Facts) -> tuple[list[str], str]:
    """The columns in another order, one gone, one new. What goes is neither the time nor the subject, nor what comes and
    goes by itself."""
    dice = random.Random(fact.name)
    subject = SUBJECTS.get(fact.twin, (fact.address, fact.port))
    kept = {"timestamp", "sector", *subject, NAMED.get(fact.name, ("", ""))[1]}
    gone = dice.choice([c for c in fact.columns if c not in kept])
    columns = [c for c in fact.columns if c != gone] + ["a_new_column"]
    dice.shuffle(columns)
    return columns, gone


@pytest.mark.long
@needs_facts
def test_every_type_reads_its_own_columns_and_says_what_has_drifted() -> None:
    wrong = {}
    for fact in facts().values():
        columns, gone = drifted(fact)
        opened, events, rejects = read(written(columns, six=fact.name != fact.twin), fact.name)
        found = (opened.report_type, opened.is_known_type, opened.unknown_columns, opened.missing_columns)
        if (*found, len(events), len(rejects)) != (fact.name, True, ("a_new_column",), (gone,), 1, 0):
            wrong[fact.name] = (found, gone, rejects.to_pylist())
    assert (len(facts()), wrong) == (170, {})


@pytest.mark.long
@needs_facts
def test_every_type_has_its_subject_its_time_its_port_and_its_class() -> None:
    wrong = {}
    for fact in facts().values():
        six = fact.name != fact.twin
        _, events, _ = read(written(fact.columns, six=six), fact.name)
        row = events.to_pylist()[0]
        field, column = NAMED.get(fact.name, ("source.ip", ""))
        address, port = SUBJECTS.get(fact.twin, (fact.address, fact.port))
        four = facts()[fact.twin]
        expected = {
            field: words(column or address, six),
            "source.port": int(words(port, six)) if port else None,
            "time.source": datetime(2026, 11, 24, 0, 0, 11, tzinfo=UTC),
            "class": CLASSES.get(fact.twin) or FILLED.get(fact.twin) or (four.taxonomy, four.type),
            "severity": SEVERITY.get(fact.name)
            or published().get(fact.name, fact.severity)
            or four.severity
            or row["severity"],
            "feed.name": fact.name,
        }
        found = {**row, "class": (row["classification.taxonomy"], row["classification.type"])}
        if (given := {key: found[key] for key in expected}) != expected:
            wrong[fact.name] = (given, expected)
        assert row["severity"] in SEVERITIES[:-1], fact.name
    assert wrong == {}


@pytest.mark.long
@needs_facts
def test_a_twin_for_ipv6_says_what_its_ipv4_report_says() -> None:
    twins = [fact for fact in facts().values() if fact.name != fact.twin]
    for fact in twins:
        data = written(fact.columns, six=True)
        _, six, _ = read(data, fact.name)
        _, four, _ = read(data, fact.twin)
        assert six.drop_columns(["feed.name"]) == four.drop_columns(["feed.name"]), fact.name
    assert len(twins) == 51


@needs_samples
def test_reports_of_older_generations_have_no_column_that_is_not_known() -> None:
    known = formats.load("shadowserver")
    unknown = {}
    for path in sorted((SAMPLES / "shadowserver").glob("*.csv")):
        header = next(csv.reader(io.StringIO(path.read_text("utf-8", "replace"))))
        kind = known.type_of(path.stem)
        unknown[path.stem] = kind.unknown(header) if kind else "no such type"
    assert {name: columns for name, columns in unknown.items() if columns} == {}


@pytest.mark.parametrize(
    ("report_type", "cells", "expected"),
    [
        ("event4_sinkhole", {"family": "Avalanche", "infection": "andromeda"}, ("infected-avalanche", None)),
        ("event4_sinkhole", {"infection": "andromeda"}, ("infected-andromeda", None)),
        ("event4_honeypot_brute_force", {"application": "ssh"}, ("brute-force-ssh", None)),
        ("scan_http_vulnerable", {"tag": "basic-auth,http"}, ("http-basic-auth", None)),
        ("scan_http_vulnerable", {"tag": "git-config-file"}, ("exposed-git", None)),
        ("scan_http_vulnerable", {"tag": "CVE-2021-26855;http"}, ("vulnerable-http", "CVE-2021-26855")),
        ("scan_ssl_poodle", {}, ("weak-ssl-poodle", "CVE-2014-3566")),
        ("scan_rdp", {"bluekeep_vulnerable": "Y"}, ("open-rdp", "CVE-2019-0708")),
        ("scan_rdp", {"bluekeep_vulnerable": "N"}, ("open-rdp", None)),
        ("special", {"tag": "cyclops-blink"}, ("special-cyclops-blink", None)),
    ],
)
def test_the_kind_is_told_by_what_the_row_says(
    report_type: str, cells: dict[str, str], expected: tuple[str, str | None]
) -> None:
    place = "src_ip" if report_type.startswith("event4") else "ip"
    _, events, _ = read(written(["timestamp", place, *cells], cells), report_type)
    row = events.to_pylist()[0]
    assert (row["classification.identifier"], row["product.vulnerabilities"]) == expected


def test_a_type_that_nobody_listed_is_read_and_flagged() -> None:
    columns = ["timestamp", "ip", "port", "scan_secret"]
    opened, events, _ = read(written(columns), "scan_not_yet_invented")
    row = events.to_pylist()[0]
    assert (opened.is_known_type, row["source.port"], row["classification.type"], row["classification.identifier"]) == (
        False,
        4433,
        "undetermined",
        "scan-not-yet-invented",
    )


@needs_samples
def test_rsit_is_the_file_that_its_working_group_publishes() -> None:
    theirs = json.loads((SAMPLES / "rsit" / "machinev1.json").read_text("utf-8"))
    titles = {p["value"]: p["expanded"] for p in theirs["predicates"]}
    expected = {
        v["predicate"]: (titles[v["predicate"]], {e["value"]: e["expanded"] for e in v["entry"]})
        for v in theirs["values"]
    }
    ours = {
        name: (text["en"], {kind: words["en"] for kind, words in text["types"].items()})
        for name, text in texts.rsit()["classes"].items()
    }
    assert (texts.rsit()["version"], ours) == (theirs["version"], expected)


def _pairs(kind: ReportType) -> set[tuple[str, str]]:
    """Every class and type that a report type can give; the types of rows go with their classes."""
    taxonomy, sort = (kind.fixed.get(formats.CLASS[k], "") for k in ("taxonomy", "type"))
    classes = kind.derived.get(formats.CLASS["taxonomy"])
    sorts = kind.derived.get(formats.CLASS["type"])
    given = {(classes.words[w], sorts.words.get(w, w)) for w in classes.words} if classes and sorts else set()
    return {(taxonomy, sort)} | given


def test_every_class_and_type_of_every_format_is_rsits() -> None:
    kinds = [k for name in formats.names() for k in (*formats.load(name).types.values(), formats.load(name).unknown)]
    given = {pair for kind in kinds for pair in _pairs(kind) if pair != ("", "")}
    americas = {tuple(pair.split("/")) for pair in texts.rsit()["csirt-americas"].values()}
    rsit = {(name, kind) for name, text in texts.rsit()["classes"].items() for kind in text["types"]}
    assert (given | americas) - rsit == set()
    assert all(text["es"] and all(t["es"] for t in text["types"].values()) for text in texts.rsit()["classes"].values())


@pytest.mark.long
@needs_samples
def test_every_sample_of_xarf_has_a_class_and_a_subject() -> None:
    found = {}
    for path in sorted((SAMPLES / "xarf").glob("*.json")):
        task = IngestOrder("feed", date(2026, 11, 24), "", (), READ_AT, "", "")
        opened = reading.open_report(Source("", "d", path.name), task, data=Path(path).read_bytes())
        pairs = [
            normalise(p, opened, feed="f", sha256="d", received_at=READ_AT, oldest_days=9999) for p in opened.parts()
        ]
        rows = [row for events, _ in pairs for row in events.to_pylist()]
        subjects = ("source.ip", "source.fqdn", "source.url", "source.account")
        found[path.stem] = [(r["classification.type"], any(r[s] for s in subjects)) for r in rows]
    odd = {name: rows for name, rows in found.items() if len(rows) != 1 or not rows[0][1]}
    undetermined = [name for name, rows in found.items() if rows[0][0] == "undetermined"]
    assert (len(found) > 30, odd, undetermined) == (True, {}, ["samples_v4_reputation-threat-intelligence"])
