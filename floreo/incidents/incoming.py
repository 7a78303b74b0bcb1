"""A report on its way in, whichever channel brought it: plain data, made by intake/ and taken in by actions/receiving.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class IncomingFile:
    """A file that came with a report: its name as it came, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Incoming:
    """One report. `source_key` names the message, form or row it came from ("mail:<id@host>", "form:K7..."), at most 200
    characters: the same one is taken in once. Times are aware; None is not known."""

    channel: str  # models.Channel
    source_key: str
    received_at: datetime
    subject: str
    text: str = ""
    kind: str = "other"  # models.ReportKind
    happened_at: datetime | None = None
    noticed_at: datetime | None = None
    language: str = ""
    reporter_name: str = ""
    reporter_mail: str = ""
    reporter_phone: str = ""
    organisation_name: str = ""
    organisation: str = ""  # code in the register
    place: str = ""  # code
    is_in_danger: bool | None = None
    wants_police: bool | None = None
    concerns_child: bool = False
    answers: Mapping[str, object] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()  # sentences
    rsit: str = ""  # "fraud/phishing"
    tlp: str = "AMBER"
    files: tuple[IncomingFile, ...] = ()
    observables: tuple[tuple[str, str], ...] = ()  # (models.ObservableKind, value)
    finding_key: str = ""
    reference: str = ""  # given to the reporter already; empty: drawn
    link_hash: str = ""  # SHA-256 of the secret of the reporter's link
    is_exercise: bool = False
    # What intake by mail needs to thread a reply.
    replies_to: tuple[str, ...] = ()  # Message-IDs, newest first
    is_proven: bool = False  # the sender
    is_automatic: bool = False  # RFC 3834: never answered
