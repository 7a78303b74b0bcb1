"""Whether IntelMQ's Shadowserver parser and ours say the same of real reports: address, time, port, system number and class of
every row. Its schema is made from a list of report types (not from our mapping), with the columns
`report_type class type default_severity address_column port_column columns`, separated by tabs.

    python -m benchmarks.feeds.samples --samples FOLDER --types FILE [--data var/bench]
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from benchmarks.feeds import environment, ours
from floreo.feeds.engine import normalise

FileIdentity = tuple[Any, ...]
# Types of which we say something else on purpose.
EXPLAINED = {
    "blocklist": "the list's class `blocklist` is no word of IntelMQ's, so it drops all rows; a network is no address, so we reject one",
    "event4_honeypot_ddos_target": "the target is who has to be told: its address is ours, the list takes the controller's",
    "event4_sinkhole_http_referer": "the page that leads visitors to the sinkhole is what is to be mended, not the sinkhole itself",
    "event4_microsoft_sinkhole_http": "the list leaves its class empty; it is a sinkhole like the others",
}
FIELDS = ("source.ip", "time.source", "source.port", "source.asn", "classification.taxonomy", "classification.type")


def schema(types: Path, into: Path) -> dict[str, dict[str, str]]:
    """Writes IntelMQ's schema file; answers with the list's rows by type. IPv6 twins have their classes from IPv4."""
    with types.open(newline="") as lines:
        listed = {row["report_type"]: row for row in csv.DictReader(lines, delimiter="\t")}
    made = {}
    for name, row in listed.items():
        twin = listed.get(name.replace("scan6_", "scan_").replace("event6_", "event4_").removesuffix("6"), row)
        asn = {"src_ip": "src_asn", "dst_ip": "dst_asn"}.get(row["address_column"], "asn")
        made[name] = {
            "feed_name": name,
            "file_name": name,
            "required_fields": [["time.source", "timestamp", "add_UTC_to_timestamp"]],
            "optional_fields": [
                *([["source.ip", row["address_column"], "validate_ip"]] if row["address_column"] != "-" else []),
                *([["source.port", row["port_column"], "convert_int"]] if row["port_column"] != "-" else []),
                *([["source.asn", asn, "invalidate_zero"]] if asn in row["columns"].split() else []),
            ],
            "constant_fields": {
                "classification.taxonomy": row["class"] or twin["class"],
                "classification.type": row["type"] or twin["type"],
            },
        }
    into.write_text(json.dumps(made))
    return listed


def of_ours(file: Path, kind: str) -> tuple[Counter[FileIdentity], int]:
    """Each row as its six fields, and how many are rejected."""
    events, rejects = normalise.events_of(file.read_bytes(), f"{kind}.csv", received_at=datetime.now(UTC))
    columns = [events[name].to_pylist() for name in FIELDS]
    return Counter(plain(*row) for row in zip(*columns, strict=True)), len(rejects)


def of_intelmq(path: Path) -> Counter[FileIdentity]:
    found: Counter[FileIdentity] = Counter()
    for line in path.read_text().splitlines():
        event = json.loads(line)
        when = event.get("time.source")
        found[
            plain(
                event.get("source.ip"),
                datetime.fromisoformat(when) if when else None,
                *(event.get(n) for n in FIELDS[2:]),
            )
        ] += 1
    return found


def plain(ip: str | None, time: datetime | None, *others: object) -> FileIdentity:
    return str(ip_address(ip)) if ip else None, time.astimezone(UTC).isoformat() if time else None, *others


def compared(samples: Path, data: Path, listed: dict[str, dict[str, str]], schema_file: Path) -> tuple[int, int]:
    """Prints what differs, file by file; how many files are equal, and how many there are."""
    into, equal, there = data / "intelmq-sample.jsonl", 0, sorted(samples.glob("*.csv"))
    folder = environment.root(data, "samples", kind=ours.TYPE, into=into, schema=schema_file)
    bot = environment.command(data, folder, "parse", stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1)
    assert bot.stdin
    assert bot.stdout
    bot.stdout.readline()
    for file in there:
        bot.stdin.write(f"{file}\t{into}\n")
        errors = json.loads(bot.stdout.readline())["errors"]
        (mine, rejected), theirs = of_ours(file, file.stem), of_intelmq(into)
        known = EXPLAINED.get(file.stem, "")
        equal += mine == theirs or bool(known)
        if mine != theirs or rejected or errors:
            print(known and f"explained: {known}", end=": " if known else "")
            print(f"{file.stem}: both {(mine & theirs).total()}, we reject {rejected}, IntelMQ's errors {errors}")
            for who, only in (("ours", mine - theirs), ("IntelMQ", theirs - mine)):
                for given, number in list(only.items())[:3]:
                    print(f"  only {who}: {number} x {dict(zip(FIELDS, given, strict=True))}")
    bot.stdin.close()
    bot.wait()
    return equal, len(there)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True)
    parser.add_argument("--types", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("var/bench"))
    given = parser.parse_args()
    work = given.data.absolute()
    work.mkdir(parents=True, exist_ok=True)
    same, total = compared(given.samples, work, schema(given.types, work / "schema.json"), work / "schema.json")
    print(f"{same} of {total} reports equal in every row, or explained")
    sys.exit(same != total)
