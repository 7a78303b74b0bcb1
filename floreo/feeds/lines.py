"""Evidence lines: what sources saw of a finding, line by line, so that whoever runs the host or the network finds the site, the service
or the customer. They are the events of the store, kept as long as those, and are stored nowhere else."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core.errors import Refused
from floreo.feeds.engine.store import Spot, Store, Wanted, spot_of
from floreo.feeds.engine.store import lines as stored_lines
from floreo.feeds.models import Finding, PoolKind
from floreo.organisations.models import Organisation
from floreo.organisations.queries import bodies_of

ON_PAGE = 10
IN_FILE = 5  # of one finding, and on the page of its notice
IN_FILE_SHARED = 1000  # of one finding at an address that customers share: each line may be another customer's
# Before the last day on which a finding was seen: of those days the file has lines, and of all where customers share the address.
RECENT = timedelta(days=7)
# Where the further columns of reports have what no field of an event has; the first that says something.
_EXTRA: Mapping[str, tuple[str, ...]] = {
    "host": ("http_host", "ssl_servername", "subject_common_name", "machine_name"),
    "url": ("http_url", "request_path", "http_referer", "redirect_target"),
    "certificate": ("sha256_fingerprint", "sha1_fingerprint", "server_host_key_sha256"),
    "tags": ("tag", "tags", "category"),
}


@dataclass(frozen=True)
class EvidenceLine:
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
    def protocol(self) -> str:
        """ "tcp, http" """
        return ", ".join(filter(None, (self.transport, self.application)))

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
class EvidenceLines:
    """The newest lines of a finding, how many older ones there are, and the place after which those begin: "" where there are none."""

    shown: Sequence[EvidenceLine] = ()
    left_out: int = 0
    place: str = ""

    @property
    def total(self) -> int:
        return len(self.shown) + self.left_out


def most_in_file(use: str) -> int:
    """How many lines of a finding the file of a notice has. `use`: how its address is used (a PoolKind, or "")."""
    return IN_FILE_SHARED if use == PoolKind.NAT else IN_FILE


def lines_of(
    findings: Iterable[Finding],
    *,
    most: int | Callable[[Finding], int],
    codes: Sequence[str] | None,
    since: Callable[[Finding], date] | None = None,
    after: str = "",
) -> dict[int, EvidenceLines]:
    """By finding. `codes`: of the organisations as whose the events were taken in, since others' events are not theirs to see; None for
    the team. `since`: the first day of reports; None for all that is kept. `after`: a place, and lines and numbers are of what follows."""
    spot = _spot(after)
    asked: dict[int, list[Wanted]] = defaultdict(list)
    for finding in findings:
        for each in _wanted(finding, codes, most, since):
            asked[each.n].append(each)
    ahead = (_AHEAD.get() or {}) if spot is None else {}
    found = {n: ahead[n][1] for n, wanted in asked.items() if n in ahead and ahead[n][0] == wanted}
    return found | _asked([each for n, wanted in asked.items() if n not in found for each in wanted], spot)


def _asked(wanted: Sequence[Wanted], after: Spot | None = None) -> dict[int, EvidenceLines]:
    if not wanted:
        return {}
    first, last = min(each.first for each in wanted), max(each.last for each in wanted)
    found = stored_lines(Store(settings.EVENTS_ROOT), wanted, first, last, most=1, after=after)
    return {pk: _lines(events, total) for pk, (events, total) in found.items()}


_AHEAD: ContextVar[Mapping[int, tuple[list[Wanted], EvidenceLines]] | None] = ContextVar("evidence_lines", default=None)


@contextmanager
def read_ahead(wanted: Iterable[Wanted]) -> Iterator[None]:
    """Asks for these lines in one question, as each reads the files of a week. Within, whoever asks for all that was asked of a finding,
    and nothing else, has that answer; any other question is asked."""
    asked: dict[int, list[Wanted]] = defaultdict(list)
    for each in wanted:
        asked[each.n].append(each)
    found = _asked([each for same in asked.values() for each in same])
    token = _AHEAD.set({n: (same, found.get(n, EvidenceLines())) for n, same in asked.items()})
    try:
        yield
    finally:
        _AHEAD.reset(token)


def lines_in_notice(
    findings: Iterable[Finding], uses: Mapping[int, str], *, codes: Sequence[str] | None, most: int
) -> dict[int, EvidenceLines]:
    """As the file of a notice has them: the last week of a finding, and all days where customers share its address. `uses`: how the
    address of each finding is used. `most`: of one finding, and never more than the file has."""
    return lines_of(findings, most=_number(uses, most), codes=codes, since=_since(uses))


def wanted_in_notice(
    findings: Iterable[Finding], uses: Mapping[int, str], *, codes: Sequence[str] | None, most: int
) -> list[Wanted]:
    """What `lines_in_notice` will ask for, to be read ahead."""
    number, since = _number(uses, most), _since(uses)
    return [each for finding in findings for each in _wanted(finding, codes, number, since)]


def _number(uses: Mapping[int, str], most: int) -> Callable[[Finding], int]:
    return lambda finding: min(most_in_file(uses[finding.pk]), most)


def _since(uses: Mapping[int, str]) -> Callable[[Finding], date]:
    return lambda finding: finding.first_day if uses[finding.pk] == PoolKind.NAT else finding.last_day - RECENT


def _lines(events: Sequence[Mapping[str, Any]], total: int) -> EvidenceLines:
    left_out = max(total - len(events), 0)
    return EvidenceLines(
        [_line(row) for row in events], left_out, _place(spot_of(events[-1])) if events and left_out else ""
    )


_PLACE = re.compile(r"(\d{8})-(\d{1,17})-(\d{1,20})-(\d{1,18})", re.ASCII)


def _place(spot: Spot) -> str:
    """As text that fits into an address. It holds nothing but what is in the line itself."""
    return f"{spot.day:%Y%m%d}-{spot.at + 1}-{spot.key}-{spot.line}"


def _spot(place: str) -> Spot | None:
    """The spot of a place. Raises Refused for one that was not made here."""
    if not place:
        return None
    found = _PLACE.fullmatch(place)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None
    if found is None or day is None or int(found[3]) >= 1 << 64:
        raise Refused(_("The value of “after” is not valid. Start again without it."), code="bad_cursor")
    return Spot(day, int(found[2]) - 1, int(found[3]), int(found[4]))


def codes_of(organisation: Organisation) -> list[str]:
    """Of an organisation and all that was merged into it: as theirs the events were taken in that are its own."""
    bodies = bodies_of([organisation.successor().pk])
    return sorted(Organisation.objects.filter(pk__in=bodies).order_by().values_list("code", flat=True))


def _wanted(
    finding: Finding,
    codes: Sequence[str] | None,
    most: int | Callable[[Finding], int],
    since: Callable[[Finding], date] | None,
) -> Iterable[Wanted]:
    """At each address of its machine on the days on which it was there: on others it was another's."""
    whole = (finding.first_day.isoformat(), finding.last_day.isoformat())
    number, oldest = most(finding) if callable(most) else most, since(finding) if since else date.min
    for place, (first, last) in (finding.addresses or {finding.subject: whole}).items():
        facts: dict[str, Any] = {"address": _words(_address(finding, place))} if finding.ip else {"name": place}
        facts |= {"first": max(date.fromisoformat(first), oldest), "last": date.fromisoformat(last), "most": number}
        if facts["first"] > facts["last"]:
            continue
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


def _line(row: Mapping[str, Any]) -> EvidenceLine:
    extra = _further(row["extra"])
    named = {name: next((extra[c] for c in columns if extra.get(c)), "") for name, columns in _EXTRA.items()}
    detail = ("malware.name", "product.vendor", "product.name", "product.version", "product.vulnerabilities", "status")
    words = [str(row[name]) for name in (*detail, "event_description.text") if row[name]]
    return EvidenceLine(
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
