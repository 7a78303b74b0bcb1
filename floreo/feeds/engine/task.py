"""What one task is given and what it says when done. Both are plain data, so that they travel to another machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Source:
    """One received file. `sha256`: SHA-256 of its bytes, in hex. `name`: as it came; gives type and day."""

    path: str
    sha256: str
    name: str


@dataclass(frozen=True)
class IngestOrder:
    """All files of one window (feed, report type, day): nothing outside is needed to find repeats.

    `format`: a name in feeds/formats ("shadowserver", "intelmq", "xarf", "csv", "jsonl", "list"), "" to recognise it from the
    content. `mapping`: what the team said of a feed or an unknown type (docs/guide/add-a-feed.md). `rules`: rows as
    feeds/engine/rules.py reads them. `root`: folder or URI of the store. `constituency`: path of the saved one."""

    feed: str
    day: date
    report_type: str
    files: tuple[Source, ...]
    received_at: datetime  # times later than a day after are in the future
    root: str
    constituency: str
    format: str = ""
    mapping: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()
    oldest_days: int = 7300  # a time further back is a clock that was never set, not an event
    largest_bytes: int = 64 << 30  # of what a packed file may come to
    largest_ratio: int = 200  # packed to unpacked, beyond the first 64 MB: a bomb
    dry_run: bool = False  # writes nothing
    enough_rows: int = 0  # a dry run stops once it has seen so many; 0: all


@dataclass(frozen=True)
class Summary:
    """What became of one file. rows = kept + duplicates + dropped + rejected; outside is part of kept."""

    sha256: str
    name: str
    report_type: str = ""
    is_known_type: bool = True
    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    dropped: int = 0  # by a rule
    outside: int = 0  # kept, but of no organisation here
    rejected: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)  # Reject -> rows
    organisations: Mapping[str, int] = field(default_factory=dict)  # code -> events kept
    kinds: Mapping[str, int] = field(default_factory=dict)  # classification.identifier -> events kept
    unknown_columns: tuple[str, ...] = ()  # went to extra
    missing_columns: tuple[str, ...] = ()  # the format knows them, the file does not
    first: datetime | None = None
    last: datetime | None = None
    seconds: float = 0.0
    # A code of engine/problems.py when the file as a whole could not be read to its end; what was read before counts
    # as rejected or kept only when `is_whole`.
    problem: str = ""
    is_whole: bool = True
    already: bool = False  # had been read before; the counts are those of then
    events: str = ""  # path within the store
    rejects: str = ""
    findings: str = ""
