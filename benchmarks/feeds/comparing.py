"""Whether IntelMQ and the engine say the same of one file, and what explains each difference."""

from __future__ import annotations

import csv
import json
from collections import Counter
from ipaddress import ip_address
from pathlib import Path

from pyarrow import parquet

from benchmarks.feeds import reports
from floreo.feeds.engine.task import Summary

FileIdentity = tuple[str, str, str, str]  # address, identifier, transport, network
PREFIX = "infected-"  # our identifiers say what was found, not only the family's name


def same(store: Path, summary: Summary, theirs: Path, errors: int) -> bool:
    """Prints what both have and what only one has; true when nothing is left unexplained."""
    engine, intelmq, nameless = of_engine(store, summary), *of_intelmq(theirs)
    reasons = rejected(store, summary)
    only_ours, only_theirs = engine - intelmq, intelmq - engine
    why = Counter(reasons.get(given[0], "unexplained") for given in only_theirs)
    print(
        f"{summary.name}: {len(engine)} events of ours, {len(intelmq)} of IntelMQ's with an address; both {len(engine & intelmq)}; "
        f"only ours {len(only_ours)}; only IntelMQ's {dict(why)}; {nameless} of IntelMQ's have no address, "
        f"{errors} of its rows failed; we reject {summary.rejected}: {dict(summary.reasons)}"
    )
    for given in sorted(only_ours)[:5]:
        print("  only ours:", given)
    for given in [given for given in sorted(only_theirs) if given[0] not in reasons][:5]:
        print("  only IntelMQ's, unexplained:", given)
    return not only_ours and not why["unexplained"]


def of_engine(store: Path, summary: Summary) -> set[FileIdentity]:
    columns = ["source.ip", "classification.identifier", "protocol.transport", "network"]
    table = parquet.ParquetFile(store / summary.events).read(columns=columns).select(columns)
    rows = zip(*(table[name].to_pylist() for name in columns), strict=True)
    return {
        (str(ip_address(ip)), kind.removeprefix(PREFIX), transport or "", network or "")
        for ip, kind, transport, network in rows
    }


def of_intelmq(path: Path) -> tuple[set[FileIdentity], int]:
    """What it says, and how many events it passes on that have no address."""
    found: set[FileIdentity] = set()
    nameless = 0
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if "source.ip" not in event:
            nameless += 1
            continue
        kind, transport = event.get("classification.identifier", ""), event.get("protocol.transport", "")
        found.add((str(ip_address(event["source.ip"])), kind, transport, event.get("source.network", "")))
    return found, nameless


def rejected(store: Path, summary: Summary) -> dict[str, str]:
    """Address as it was in a row that we reject -> why."""
    if not summary.rejects:
        return {}
    table = parquet.ParquetFile(store / summary.rejects).read()
    at = reports.COLUMNS.index("src_ip")
    found = {}
    for text, reason in zip(table["text"].to_pylist(), table["reason"].to_pylist(), strict=True):
        row = next(csv.reader([text]), [])
        if len(row) > at:
            found[plain(row[at])] = reason
    return found


def plain(text: str) -> str:
    """As IntelMQ writes the address: a scope is cut off, and IPv6 is written the short way."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return text
