"""What a check finds: one sentence, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from floreo.core import clock

GOOD, WATCH, BAD = "good", "watch", "bad"
LONGEST_INTERVAL = timedelta(days=1, hours=1)  # no job comes round more rarely than once a day


@dataclass(frozen=True)
class Finding:
    """One sentence, and what to do where something is to be done."""

    check: str
    state: str
    text: str
    do: str = ""


Check = Iterator[Finding]


def good(text: str) -> Finding:
    return Finding("", GOOD, text)


def watch(text: str, do: str) -> Finding:
    return Finding("", WATCH, text, do)


def bad(text: str, do: str) -> Finding:
    return Finding("", BAD, text, do)


def moment_text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def age_text(at: datetime) -> str:
    hours = int((clock.now() - at).total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} days ago"
    return f"{hours} hours ago" if hours >= 2 else "within the last two hours"
