"""The file that goes with a notice: all its findings, and what sources saw of each; one observation a row, the newest first. Columns have
machine names in English, always the same; a finding without an observation has one row."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from floreo.core.tables import safe_text
from floreo.feeds.engine.store import Wanted
from floreo.feeds.lines import (
    IN_FILE_SHARED,
    EvidenceLine,
    EvidenceLines,
    lines_in_notice,
    most_in_file,
    wanted_in_notice,
)
from floreo.feeds.models import Finding
from floreo.feeds.pools import Pools

COLUMNS = (
    "finding",
    "address",
    "name",
    "port",
    "protocol",
    "kind",
    "taxonomy",
    "type",
    "severity",
    "state",
    "first_seen",
    "last_seen",
    "times_seen",
    "network",
    "why",
    "service",
    "detail",
    "feed",
    "tlp",
    "reply",
    "replied_on",
    "claim",
    "machine",
    "address_use",  # dynamic, nat, or empty
)
OF_LINES = (
    "seen_at",
    "source_address",
    "source_port",
    "destination_address",
    "destination_port",
    "host",
    "url",
    "certificate",
    "transport",
    "application",
    "tags",
    "observed",
    "report_type",
    "lines_left_out",  # older ones than the rows of this finding
)
_AT_ONCE = 500  # findings that are read together
_LINES_AT_ONCE = 10_000  # that those may have, so that a process holds no more of them
_MOST_ROWS = 5000  # in a mail, save one for each finding


def _row(finding: Finding, use: str) -> list[str | int]:
    return [
        finding.pk,
        finding.ip or "",
        "" if finding.ip else finding.subject,
        finding.port or "",
        finding.protocol,
        finding.kind,
        finding.taxonomy,
        finding.type,
        finding.severity,
        finding.state,
        finding.first_seen.isoformat(),
        finding.last_seen.isoformat(),
        finding.times_seen,
        finding.network,
        finding.reason,
        finding.service,
        finding.detail,
        finding.feed.code,
        finding.feed.tlp,
        finding.reply,
        finding.replied_on.isoformat() if finding.replied_on else "",
        finding.claim,
        finding.machine,
        use,
    ]


def _of_line(line: EvidenceLine, left_out: int) -> list[str | int]:
    return [
        line.at.isoformat() if line.at else "",
        line.source_address,
        line.source_port or "",
        line.destination_address,
        line.destination_port or "",
        line.host,
        line.url,
        line.certificate,
        line.transport,
        line.application,
        line.tags,
        line.detail,
        line.report_type,
        left_out,
    ]


def _safe(cells: Iterable[str | int]) -> list[str | int]:
    """As text that no spreadsheet runs: addresses, names and details come from outside."""
    return [safe_text(cell.replace("\x00", "")) if isinstance(cell, str) else cell for cell in cells]


def lines(findings: Iterable[Finding], *, codes: Sequence[str] | None, most: int = IN_FILE_SHARED) -> Iterator[str]:
    """The file piece by piece, with a byte-order mark so that a spreadsheet reads the accents. `codes`: of the organisations whose
    events the reader may see; None for the team. `most`: observations of one finding, where the file would have more."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([*COLUMNS, *OF_LINES])
    pools = Pools.now()
    for part in _parts(findings, pools, most):
        uses = {finding.pk: pools.kind_of(finding.ip) for finding in part}
        seen = lines_in_notice(part, uses, codes=codes, most=most)
        for finding in part:
            own = seen.get(finding.pk, EvidenceLines())
            row = _row(finding, uses[finding.pk])
            for line in own.shown:
                writer.writerow(_safe([*row, *_of_line(line, own.left_out)]))
            if not own.shown:
                writer.writerow(_safe([*row, *[""] * len(OF_LINES)]))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _parts(findings: Iterable[Finding], pools: Pools, most: int) -> Iterator[list[Finding]]:
    """Findings that are read together: of a shared address there may be many lines."""
    part: list[Finding] = []
    weight = 0
    for finding in findings:
        more = min(_may_have(finding, pools), most)
        if part and (len(part) == _AT_ONCE or weight + more > _LINES_AT_ONCE):
            yield part
            part, weight = [], 0
        part.append(finding)
        weight += more
    if part:
        yield part


def _may_have(finding: Finding, pools: Pools) -> int:
    """How many rows of the file may be of one finding."""
    return max(1, min(most_in_file(pools.kind_of(finding.ip)), finding.times_seen))


def as_csv(findings: Sequence[Finding], *, codes: Sequence[str] | None) -> str:
    """The file as it goes with a mail: where all observations would be too many for servers, as many of each finding at most as the
    whole has room for."""
    return "".join(lines(findings, codes=codes, most=_most(findings, Pools.now())))


def wanted_ahead(findings: Sequence[Finding], pools: Pools, *, codes: Sequence[str]) -> tuple[list[Wanted], int]:
    """What `as_csv` will ask the store for, and how many lines that are at most."""
    most, uses = _most(findings, pools), {finding.pk: pools.kind_of(finding.ip) for finding in findings}
    number = sum(min(_may_have(finding, pools), most) for finding in findings)
    return wanted_in_notice(findings, uses, codes=codes, most=most), number


def _most(findings: Sequence[Finding], pools: Pools) -> int:
    """Observations of one finding, so that the file of a mail has room for those of all."""
    rows = [_may_have(finding, pools) for finding in findings]
    most = bisect_right(range(1, IN_FILE_SHARED + 1), _MOST_ROWS, key=lambda most: sum(min(n, most) for n in rows))
    return max(most, 1)
