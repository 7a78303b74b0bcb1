"""The file that goes with a letter: all its findings, one a row. Columns have machine names in English, always the same."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from floreo.core.tables import safe_text
from floreo.feeds.models import Finding

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
)


def _row(finding: Finding) -> list[str | int]:
    """A finding as text that no spreadsheet runs: addresses, names and details come from strangers."""
    text = finding.replied_on.isoformat() if finding.replied_on else ""
    cells: list[str | int] = [
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
        text,
        finding.claim,
    ]
    return [safe_text(cell.replace("\x00", "")) if isinstance(cell, str) else cell for cell in cells]


def lines(findings: Iterable[Finding]) -> Iterator[str]:
    """The file piece by piece, with a byte-order mark so that a spreadsheet reads the accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for number, finding in enumerate(findings, start=1):
        writer.writerow(_row(finding))
        if number % 500 == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def as_csv(findings: Iterable[Finding]) -> str:
    return "".join(lines(findings))
