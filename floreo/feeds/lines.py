"""Evidence lines: what sources saw of a finding, line by line, so that whoever runs the host or the network finds the site, the service
or the customer. They are the events of the store, kept as long as those, and are stored nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings

from floreo.feeds.engine.store import Store, Wanted
from floreo.feeds.engine.store import lines as stored_lines
from floreo.feeds.models import Finding
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of

ON_PAGE = 10
IN_FILE = 5  # of one finding
IN_PROGRAM = 50  # what a program is given of one finding
RECENT = timedelta(days=7)  # before the last day on which it was seen: of those days the file has lines
# Where the further columns of reports have what no field of an event has; the first that says something.
_EXTRA: Mapping[str, tuple[str, ...]] = {
    "host": ("http_host", "ssl_servername", "subject_common_name", "machine_name"),
    "url": ("http_url", "request_path", "http_referer", "redirect_target"),
    "certificate": ("sha256_fingerprint", "sha1_fingerprint", "server_host_key_sha256"),
    "tags": ("tag", "tags", "category"),
}


@dataclass(frozen=True)
class Line:
    """One observation. `at` is in UTC; numbers are 0 and words "" where the source says nothing."""

    at: datetime | None
    source_address: str
    source_port: int
    destination_address: str
    destination_port: int
    host: str
    url: str
    certificate: str
    transport: str
    application: str
    tags: str
    detail: str
    feed: str
    report_type: str
    extra: str  # all further columns, as JSON text

    @property
    def source(self) -> str:
        return _with_port(self.source_address, self.source_port)

    @property
    def destination(self) -> str:
        return _with_port(self.destination_address, self.destination_port)

    @property
    def moment(self) -> str:
        """To the second and with its zone, as logs are searched: "2026-11-24 03:00:00 UTC"."""
        return self.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if self.at else ""


def _with_port(address: str, port: int) -> str:
    """ "192.0.2.7:443", "[2001:db8::1]:443"."""
    if not port:
        return address
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@dataclass(frozen=True)
class Lines:
    """The newest lines of a finding, and how many more there are."""

    shown: Sequence[Line] = ()
    left_out: int = 0


def lines_of(
    findings: Iterable[Finding], *, most: int, codes: Sequence[str] | None, since: date | None = None
) -> dict[int, Lines]:
    """By finding. `codes`: of the organisations as whose the events were taken in, since others' events are not theirs to see; None for
    the team. `since`: the first day of reports; None for all that is kept."""
    rows = list(findings)
    wanted = [each for finding in rows for each in _wanted(finding, codes)]
    if not wanted:
        return {}
    first = max(min(finding.first_day for finding in rows), since or date.min)
    last = max(finding.last_day for finding in rows)
    found = stored_lines(Store(settings.EVENTS_ROOT), wanted, first, last, most=most)
    return {
        pk: Lines([_line(row) for row in events], max(total - len(events), 0)) for pk, (events, total) in found.items()
    }


def codes_of(organisation: Organisation) -> list[str]:
    """Of an organisation and all that was merged into it: as theirs the events were taken in that are its own."""
    bodies = bodies_of([organisation.successor().pk])
    return sorted(Organisation.objects.filter(pk__in=bodies).order_by().values_list("code", flat=True))


def recent(findings: Sequence[Finding]) -> date | None:
    """Since which day the file of a notice has lines: a week before the last day of the finding seen longest ago."""
    return min((finding.last_day for finding in findings), default=date.max - RECENT) - RECENT if findings else None


def _wanted(finding: Finding, codes: Sequence[str] | None) -> Iterable[Wanted]:
    """At each address of its machine on the days on which it was there: on others it was another's."""
    whole = (finding.first_day.isoformat(), finding.last_day.isoformat())
    for place, (first, last) in (finding.addresses or {finding.subject: whole}).items():
        facts: dict[str, Any] = {"address": _words(_address(finding, place))} if finding.ip else {"name": place}
        facts |= {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
        for code in ("",) if codes is None else codes:
            yield Wanted(finding.pk, finding.kind, finding.port, organisation=code, **facts)


def _address(finding: Finding, place: str) -> str:
    """Of a finding about a whole network, the address by which its events are found."""
    return str(finding.ip) if "/" in place else place


def _words(address: str) -> tuple[int, int]:
    """The address as its two words, as the store has it (engine/events.py)."""
    one = ip_address(address)
    number = int(one) if one.version == 6 else 0xFFFF << 32 | int(one)
    return number >> 64, number & (1 << 64) - 1


def _line(row: Mapping[str, Any]) -> Line:
    extra = _further(row["extra"])
    named = {name: next((extra[c] for c in columns if extra.get(c)), "") for name, columns in _EXTRA.items()}
    detail = ("malware.name", "product.vendor", "product.name", "product.version", "product.vulnerabilities", "status")
    words = [str(row[name]) for name in (*detail, "event_description.text") if row[name]]
    return Line(
        row["time.source"],
        row["source.ip"] or "",
        row["source.port"] or 0,
        row["destination.ip"] or "",
        row["destination.port"] or 0,
        row["source.fqdn"] or named["host"] or row["source.reverse_dns"] or "",
        row["source.url"] or row["destination.url"] or named["url"],
        named["certificate"],
        row["protocol.transport"] or "",
        row["protocol.application"] or "",
        named["tags"],
        " ".join(words),
        row["feed.code"] or "",
        row["feed.name"] or "",
        row["extra"] or "",
    )


def _further(text: str | None) -> dict[str, str]:
    """The further columns, as text; of anything else than an object nothing."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}
