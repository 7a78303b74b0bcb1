"""Files as sources deliver them, each with what a person has to choose on the page, and what the file says: of each event the host or
network, and the port. It is counted by a few lines of csv, json and ipaddress, without our engine."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.feeds.engine import outside

Found = list[tuple[str, int | None]]


def rows(text: str, comment: str = "#", delimiter: str = ",") -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(comment)]
    return list(csv.reader(lines, delimiter=delimiter))


def columns(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def of_url(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]


def of_host(text: str, mark: str = ":") -> tuple[str, int | None]:
    host, _mark, port = text.partition(mark)
    return host, int(port) if port else None


def of_n6(text: str) -> Found:
    found: Found = []
    for row in json.loads(text):
        port = of_url(row["url"])[1] if "url" in row else None
        found += [(each["ip"], port) for each in row.get("address", [])] or [(row["fqdn"], port)]
    return found


def of_misp(text: str) -> Found:
    found: Found = []
    for row in columns(text):
        if row["type"] == "url":
            found.append(of_url(row["value"]))
        elif row["type"] != "md5":
            found.append(of_host(row["value"], "|"))
    return found


def of_threatfox(text: str) -> Found:
    table = csv.reader((line for line in text.splitlines() if not line.startswith("#")), skipinitialspace=True)
    return [of_url(row[2]) if row[3] == "url" else of_host(row[2]) for row in table if row[3] != "sha1_hash"]


def of_nuclei(text: str) -> Found:
    return [(row["ip"], int(row["port"]) if "port" in row else of_host(row["host"])[1]) for row in lines(text)]


def of_spreadsheet(data: bytes) -> Found:
    text = data.decode("cp1252").splitlines()
    table = csv.DictReader(text[2:-1], delimiter=";")
    return [
        (each, int(row["Puerto"]) if row["Puerto"] else None)
        for row in table
        for each in row["Dirección IP"].split(", ")
    ]


@dataclass(frozen=True)
class Format:
    """A file, how it is counted, and what a person has to choose: fields of the form and their values."""

    content: str | bytes
    file: str
    count: Callable[[Any], Found]
    chosen: Mapping[str, str] = field(default_factory=dict)
    rejected: int = 0


ATTACKS = {"category": "brute-force", "kind": "reported-attacker"}
PHISHING = {"category": "phishing", "kind": "phishing"}
FORMATS: Mapping[str, Format] = {
    "AbuseIPDB, CSV": Format(
        outside.ABUSEIPDB, "abuseipdb.csv", lambda t: [(r["ipAddress"], None) for r in columns(t)], ATTACKS
    ),
    "Censys, answer of a search": Format(
        outside.CENSYS,
        "hosts.json",
        lambda t: [(h["ip"], s["port"]) for h in json.loads(t)["result"]["hits"] for s in h["services"]],
    ),
    "CrowdSec, alerts": Format(
        outside.CROWDSEC, "alerts.json", lambda t: [(r["source"]["ip"], None) for r in json.loads(t)]
    ),
    "CrowdSec, decisions": Format(
        outside.CROWDSEC_CSV, "decisions.csv", lambda t: [(r["ip"].removeprefix("Ip:"), None) for r in columns(t)]
    ),
    "Feodo Tracker, CSV": Format(outside.FEODO, "ipblocklist.csv", lambda t: [(r[1], int(r[2])) for r in rows(t)]),
    "GreyNoise, answer of a query": Format(
        outside.GREYNOISE, "gnql.json", lambda t: [(r["ip"], None) for r in json.loads(t)["data"]]
    ),
    "MISP, CSV": Format(outside.MISP, "misp.csv", of_misp, rejected=1),
    "n6, JSON": Format(outside.N6, "n6.json", of_n6),
    "nuclei, JSON lines": Format(outside.NUCLEI, "nuclei.jsonl", of_nuclei),
    "OpenPhish": Format(outside.OPENPHISH, "feed.txt", lambda t: [of_url(url) for url in t.split()], PHISHING),
    "PhishTank, CSV": Format(outside.PHISHTANK, "online-valid.csv", lambda t: [of_url(r["url"]) for r in columns(t)]),
    "Shodan, JSON lines": Format(
        outside.SHODAN, "shodan.jsonl", lambda t: [(r["ip_str"], r["port"]) for r in lines(t)]
    ),
    "Spamhaus DROP, JSON": Format(
        outside.DROP_JSON, "drop_v4.json", lambda t: [(r["cidr"], None) for r in lines(t) if "cidr" in r], rejected=1
    ),
    "Spamhaus DROP, text": Format(
        outside.DROP, "drop.txt", lambda t: [(r[0].strip(), None) for r in rows(t, ";", ";")], {"kind": "blocklisted"}
    ),
    "Team Cymru, bulk": Format(
        outside.CYMRU, "bulk.txt", lambda t: [(r[1].strip(), None) for r in rows(t, "Bulk", "|")], {"kind": "listed"}
    ),
    "ThreatFox, CSV": Format(outside.THREATFOX, "recent.csv", of_threatfox, {"kind_column": "threat_type"}, rejected=1),
    "URLhaus, CSV": Format(outside.URLHAUS, "csv_recent.csv", lambda t: [of_url(r[2]) for r in rows(t)]),
    "a spreadsheet of Europe": Format(
        outside.EXCEL_EU, "hallazgos.csv", of_spreadsheet, {"zone": "America/Belize"}, rejected=1
    ),
    "dates of the United States": Format(
        outside.US_DATES,
        "us.csv",
        lambda t: [(r["IP"], int(r["Port"])) for r in columns(t)],
        {"zone": "America/Belize"},
    ),
    "dates that tell nothing": Format(
        outside.UNDECIDED, "list.csv", lambda t: [(r["IP"], None) for r in columns(t)], {"order": "dmy"}
    ),
}


def data_of(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
