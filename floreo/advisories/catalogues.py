"""Reading two public catalogues: KEV (known exploited vulnerabilities, as JSON or CSV) and EPSS (scores, as CSV, also gzipped).

Both are files of others: they are read up to a size and a number of rows, and one bad row refuses the file, so that half a
catalogue never replaces a whole one."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from floreo.advisories.logic import CVE

LARGEST_KEV = 32 * 1024 * 1024  # bytes; the catalogue of August 2025 has 1.3 MB
LARGEST_EPSS = 128 * 1024 * 1024  # bytes, unpacked; a day has about 10 MB
MOST_KEV, MOST_EPSS = 50_000, 2_000_000  # rows
_KEV_FIELDS = frozenset({"cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded"})


class NotACatalogueError(Exception):
    """The file is none, or is broken. Its text says where, in English."""


@dataclass(frozen=True)
class KevRow:
    cve: str
    vendor: str
    product: str
    name: str
    description: str
    action: str
    added_on: date
    due_on: date | None
    ransomware: bool
    notes: str
    cwes: tuple[str, ...]


@dataclass(frozen=True)
class EpssRow:
    cve: str
    score: float
    percentile: float


@dataclass(frozen=True)
class Kev:
    version: str
    rows: tuple[KevRow, ...]


@dataclass(frozen=True)
class Epss:
    model: str
    scored_on: date
    rows: Iterator[EpssRow]


def kev_of(data: bytes) -> Kev:
    """The catalogue in a file: JSON as it is published, or its CSV, which names no version. Raises NotACatalogueError."""
    if len(data) > LARGEST_KEV:
        raise NotACatalogueError("too large")
    text = _text(data)
    rows: list[Any]
    if text.lstrip().startswith("{"):
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            raise NotACatalogueError("not JSON") from None
        rows, version = whole.get("vulnerabilities"), str(whole.get("catalogVersion", ""))[:40]
    else:
        rows, version = list(csv.DictReader(io.StringIO(text))), ""
    if not isinstance(rows, list) or not rows or len(rows) > MOST_KEV:
        raise NotACatalogueError("no list of vulnerabilities")
    return Kev(version, tuple(_kev_row(number, row) for number, row in enumerate(rows, 1)))


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotACatalogueError("not UTF-8") from None


def _kev_row(number: int, row: Any) -> KevRow:
    if not isinstance(row, Mapping) or not row.keys() >= _KEV_FIELDS:
        raise NotACatalogueError(f"row {number}: fields are missing")
    try:
        cwes = row.get("cwes") or ()
        return KevRow(
            cve=_cve(row["cveID"]),
            vendor=_words(row["vendorProject"], 200),
            product=_words(row["product"], 200),
            name=_words(row["vulnerabilityName"], 500),
            description=_words(row.get("shortDescription"), 5000),
            action=_words(row.get("requiredAction"), 5000),
            added_on=date.fromisoformat(str(row["dateAdded"])),
            due_on=date.fromisoformat(str(row["dueDate"])) if row.get("dueDate") else None,
            ransomware=row.get("knownRansomwareCampaignUse") == "Known",
            notes=_words(row.get("notes"), 5000),
            cwes=tuple(str(each)[:20] for each in (cwes.split(",") if isinstance(cwes, str) else cwes)),
        )
    except (ValueError, TypeError) as error:
        raise NotACatalogueError(f"row {number}: {error}"[:200]) from error


def _cve(value: Any) -> str:
    text = str(value).strip().upper()
    if not CVE.fullmatch(text):
        raise ValueError("no CVE number")
    return text


def _words(value: Any, most: int) -> str:
    return " ".join(str(value or "").replace("\x00", " ").split())[:most]


def epss_of(data: bytes) -> Epss:
    """The scores of a day. The first line names the model and the day: "#model_version:v2025.03.14,score_date:2026-11-24...".
    Rows are read as they are asked for. Raises NotACatalogueError, also then."""
    lines = iter(io.StringIO(_text(_unpacked(data))))
    head = next(lines, "").strip().lstrip("#")
    facts = dict(part.split(":", 1) for part in head.split(",") if ":" in part)
    try:
        scored_on = date.fromisoformat(facts["score_date"][:10])
        model = facts["model_version"][:40]
    except (KeyError, ValueError):
        raise NotACatalogueError("line 1 names no model and day") from None
    reader = csv.DictReader(lines)
    if reader.fieldnames is None or not {"cve", "epss", "percentile"} <= set(reader.fieldnames):
        raise NotACatalogueError("line 2 names no columns cve, epss, percentile")
    return Epss(model, scored_on, _epss_rows(reader))


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            found = packed.read(LARGEST_EPSS + 1)
    except (OSError, EOFError, zlib.error):
        raise NotACatalogueError("broken gzip") from None
    if len(found) > LARGEST_EPSS:
        raise NotACatalogueError("too large")
    return found


def _epss_rows(reader: csv.DictReader[str]) -> Iterator[EpssRow]:
    for number, row in enumerate(reader, 1):
        if number > MOST_EPSS:
            raise NotACatalogueError("too many rows")
        try:
            found = EpssRow(_cve(row["cve"]), float(row["epss"]), float(row["percentile"]))
        except (TypeError, ValueError) as error:
            raise NotACatalogueError(f"row {number}: {error}"[:200]) from error
        if not (0 <= found.score <= 1 and 0 <= found.percentile <= 1):
            raise NotACatalogueError(f"row {number}: a score is between 0 and 1")
        yield found
