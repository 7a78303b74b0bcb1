"""Security events: who signed in, failed, was refused, took files or used a key; whence and when. One line of JSON each, in a
file of their own and, where set, to syslog. They are no part of the audit chain: people without an account cause most of them."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from floreo.core import clock
from floreo.core.throttle import address_of

log = logging.getLogger("floreo.security")
LARGEST = 20 * 1024**2  # bytes of a file; then it is closed, and a new one begun
KEPT = 5  # closed files that are kept


class Kind(StrEnum):
    SIGNED_IN = "sign_in.succeeded"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LIMITED = "sign_in.limited"
    SIGNED_OUT = "sign_in.ended"
    IDLE = "sign_in.idle"
    ACCOUNT_CHANGED = "account.changed"  # a password or a second factor
    REFUSED = "access.refused"
    FILE_TAKEN = "file.taken"  # by somebody who is signed in
    INFECTED = "file.infected"  # refused: the virus scanner found something in it
    KEY_USED = "key.used"  # a link that opens something by itself
    TOKEN_USED = "token.used"  # noqa: S105 -- the name of an event
    TOKEN_REFUSED = "token.refused"  # noqa: S105 -- as above
    SESSIONS_ENDED = "sign_in.ended_by_directory"
    DIRECTORY_REFUSED = "directory.refused"  # what a directory asked and was not done
    TOKEN_EXPOSED = "token.exposed"  # noqa: S105 -- as above; it was sent by plain http, or in an address


@dataclass(frozen=True)
class Event:
    at: datetime
    kind: str
    who: str  # e-mail address of the account, or what was typed as one
    address: str  # of the machine that asked
    what: str


def note(kind: Kind, request: HttpRequest | None, *, who: str = "", what: str = "") -> None:
    """Writes one event; `what` is a path or a few words, never what somebody typed as a password."""
    address = address_of(request) if request is not None else ""
    facts = {"kind": kind.value, "who": who[:200], "address": address, "what": what[:300]}
    log.info("%s", kind.value, extra={"event": facts})


def file() -> Path:
    return Path(settings.SECURITY_LOG)


def tidy() -> None:
    """Puts a file aside that has grown large, and lets go of the oldest."""
    path = file()
    if not path.exists() or path.stat().st_size < LARGEST:
        return
    path.rename(path.with_name(f"{path.name}.{clock.machine():%Y%m%dT%H%M%S}"))
    older = sorted(path.parent.glob(f"{path.name}.*"))
    for old in older[:-KEPT]:
        old.unlink()


def newest(most: int, *, wanted: str = "") -> list[Event]:
    """The newest events that hold those characters, newest first; of the file in use, and of the one before where that is short."""
    found: deque[Event] = deque(maxlen=most)
    for path in [*sorted(file().parent.glob(f"{file().name}.*"))[-1:], file()]:
        found.extend(_read(path, wanted.lower()))
    return list(reversed(found))


def _read(path: Path, wanted: str) -> Iterator[Event]:
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if wanted and wanted not in line.lower():
                continue
            try:
                facts = json.loads(line)
                yield Event(
                    datetime.fromisoformat(facts["time"]), *(facts[n] for n in ("kind", "who", "address", "what"))
                )
            except (ValueError, KeyError):  # a line that a full disk cut off
                continue
