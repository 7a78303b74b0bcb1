"""The one vocabulary of events: columns, their types, and the reasons for which a row is rejected.

Names follow IntelMQ's data format 3.5 where it has one, classes follow RSIT. What is ours has no dot: the two words of an
address, whose it is and why, the key of repeats."""

from __future__ import annotations

from enum import StrEnum

import pyarrow as pa

WORDS = pa.dictionary(pa.int32(), pa.string())  # text that repeats: kept once
TEXT = pa.string()

SEVERITIES = ("critical", "high", "medium", "low", "info", "undefined")  # worst first

# Column -> type. The order is the order of the stored file.
COLUMNS: dict[str, pa.DataType] = {
    "time.source": pa.timestamp("ms", tz="UTC"),
    "source.ip": TEXT,
    "ip_hi": pa.uint64(),  # the address as 128 bits, IPv4 mapped into IPv6 (::ffff:a.b.c.d); 0 where there is none
    "ip_lo": pa.uint64(),
    "source.port": pa.uint16(),
    "source.asn": pa.uint32(),  # as the report says
    "source.fqdn": TEXT,
    "source.url": TEXT,
    "source.reverse_dns": TEXT,
    "source.account": TEXT,
    "source.geolocation.cc": WORDS,
    "source.geolocation.region": WORDS,
    "source.geolocation.city": WORDS,
    "destination.ip": TEXT,
    "destination.port": pa.uint16(),
    "destination.asn": pa.uint32(),
    "destination.fqdn": TEXT,
    "destination.url": TEXT,
    "destination.geolocation.cc": WORDS,
    "destination.geolocation.region": WORDS,
    "destination.geolocation.city": WORDS,
    "protocol.transport": WORDS,
    "protocol.application": WORDS,
    "classification.taxonomy": WORDS,
    "classification.type": WORDS,
    "classification.identifier": WORDS,  # the kind of finding: open-rdp, infected-avalanche
    "severity": WORDS,
    "product.vendor": WORDS,
    "product.name": WORDS,
    "product.version": WORDS,
    "product.vulnerabilities": WORDS,  # ";" between several
    "malware.name": WORDS,
    "malware.version": WORDS,
    "malware.hash.md5": TEXT,
    "malware.hash.sha1": TEXT,
    "malware.hash.sha256": TEXT,
    "event_description.text": TEXT,
    "event_description.url": TEXT,
    "status": WORDS,
    "tlp": WORDS,
    "feed.code": WORDS,  # the feed, as configured here
    "feed.name": WORDS,  # the report type: scan_rdp
    "organisation": WORDS,  # code in the register; null when it belongs to none here
    "network": WORDS,  # what matched: 192.0.2.0/25, AS64496, example.org
    "reason": WORDS,  # a Match
    "service": WORDS,  # the service that the register names for it
    "route": WORDS,  # the contact role that a rule of the team sends it to; null: as the rules of notices say
    "finding_port": pa.uint16(),  # the port that distinguishes one finding from another; null where ports come and go
    "key": pa.uint64(),  # repeats have the same
    "count": pa.uint32(),  # sightings in the report, this one included
    "line": pa.uint64(),  # of the file, 1 is the first; where the row began
    "report": WORDS,  # sha256 of the file
}
EXTRA = "extra"  # a struct of text as read; JSON text once the day is compacted


class Match(StrEnum):
    """Why an event belongs to an organisation."""

    PREFIX = "prefix"
    ASN = "asn"
    DOMAIN = "domain"


class Reject(StrEnum):
    """Why a row is not kept. Each has a sentence in feeds/presenters.py."""

    BROKEN_ROW = "broken_row"  # too few or too many columns, or cut off
    NOT_JSON = "not_json"
    NO_SUBJECT = "no_subject"  # neither address nor name
    BAD_ADDRESS = "bad_address"
    ADDRESS_IS_NETWORK = "address_is_network"  # 192.0.2.0/24 where one address belongs
    ADDRESS_UNSPECIFIED = "address_unspecified"  # 0.0.0.0, ::
    ADDRESS_SCOPED = "address_scoped"  # fe80::1%eth0
    BAD_TIME = "bad_time"
    NO_TIME = "no_time"
    TIME_TOO_OLD = "time_too_old"
    TIME_IN_FUTURE = "time_in_future"
    BAD_PORT = "bad_port"
    TOO_LONG = "too_long"  # a row larger than any real one
    WRONG_HEADER = "wrong_header"  # the columns of another report
    LEFT_OUT = "left_out"  # a hash, a file name: nothing that anybody could be notified about
    TOO_MANY = "too_many"  # a row of more elements, or a network of more networks, than any real one


REJECT_SCHEMA = pa.schema([("line", pa.uint64()), ("text", pa.string()), ("reason", pa.string())])

# One row per (organisation, subject, kind, port) of one report: what the register's findings are made from.
FINDING_SCHEMA = pa.schema(
    [
        ("organisation", pa.string()),
        ("subject", pa.string()),  # the address, else the name
        ("ip_hi", pa.uint64()),
        ("ip_lo", pa.uint64()),
        ("kind", pa.string()),
        ("port", pa.uint16()),  # 0 where there is none
        ("protocol", pa.string()),
        ("taxonomy", pa.string()),
        ("type", pa.string()),
        ("severity", pa.string()),
        ("first", pa.timestamp("ms", tz="UTC")),  # of all sightings, repeats too
        ("last", pa.timestamp("ms", tz="UTC")),
        ("times", pa.uint32()),  # events; 0 where the file only repeats what another of its window said
        ("network", pa.string()),
        ("reason", pa.string()),
        ("service", pa.string()),
        ("detail", pa.string()),  # malware, product or vulnerability ids, as words for the notice
        ("route", pa.string()),  # contact role that a rule of the team says, "" otherwise
        ("machine", pa.string()),  # what it is at any address ("certificate:<fingerprint>"), "" where nothing says so
        ("dropped", pa.bool_()),  # a rule leaves its events out: it is not stored, and still there
    ]
)


def event_schema(extra: pa.DataType | None = None) -> pa.Schema:
    """The schema of events; `extra` is the structure of one report's further columns, or JSON text."""
    return pa.schema([*COLUMNS.items(), (EXTRA, pa.string() if extra is None else extra)])
