"""Meetings in plain Python: their states and what follows what, numbers of decisions, what is new on an agenda."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from floreo.organisations.logic import Presence

PREPARE_DAYS = 14  # an agenda is to be out this long before its meeting
WRITE_DAYS = 5  # and the minutes this soon after it


class SeatPart(StrEnum):
    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"
    OBSERVER = "observer"


PART_ORDER = tuple(SeatPart)


class MeetingState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class MinutesState(StrEnum):
    DRAFT = "draft"
    CIRCULATED = "circulated"
    APPROVED = "approved"


class ItemKind(StrEnum):
    LATE = "late"
    DECISION = "decision"
    FOLLOW_UP = "follow_up"
    OTHER = "other"


class DecisionState(StrEnum):
    ASKED = "asked"
    TAKEN = "taken"
    REFUSED = "refused"
    CARRIED_OUT = "carried_out"
    DROPPED = "dropped"


OPEN_STATES = (DecisionState.ASKED, DecisionState.TAKEN)

# What a decision may become next. Nothing leads out of the last three.
NEXT: Mapping[DecisionState, frozenset[DecisionState]] = {
    DecisionState.ASKED: frozenset({DecisionState.TAKEN, DecisionState.REFUSED, DecisionState.DROPPED}),
    DecisionState.TAKEN: frozenset({DecisionState.CARRIED_OUT, DecisionState.DROPPED}),
    DecisionState.REFUSED: frozenset(),
    DecisionState.CARRIED_OUT: frozenset(),
    DecisionState.DROPPED: frozenset(),
}


def may_become(state: str, new: str) -> bool:
    return DecisionState(new) in NEXT[DecisionState(state)]


_NUMBER = re.compile(r"^([A-Z])-(\d{4})-(\d+)$")


def next_number(taken: Iterable[str], year: int, letter: str = "D") -> str:
    """The number after the highest of that year: "D-2026-07". Gaps are not filled: a number means one decision for good. Written
    procedures have the prefix W, polls of dates P."""
    last = 0
    for each in taken:
        if (match := _NUMBER.match(each)) and (match[1], int(match[2])) == (letter, year):
            last = max(last, int(match[3]))
    return f"{letter}-{year}-{last + 1:02d}"


def free_code(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or with the next free number behind it: "2026-12-03", "2026-12-03-2"."""
    used, number, code = set(taken), 1, wanted
    while code in used:
        number += 1
        code = f"{wanted}-{number}"
    return code


@dataclass(frozen=True)
class Draft:
    """A point that an agenda could hold: what it is about, and why it is there."""

    thing: str
    kind: ItemKind
    title: str
    text: str
    translations: Mapping[str, Mapping[str, str]]


def new_points(drafts: Iterable[Draft], there: Iterable[str]) -> list[Draft]:
    """Those about things that the agenda does not hold yet, each thing once."""
    seen, found = set(there), []
    for draft in drafts:
        if draft.thing not in seen:
            seen.add(draft.thing)
            found.append(draft)
    return found


def agenda_due(on: date) -> date:
    return on - timedelta(days=PREPARE_DAYS)


def minutes_due(on: date) -> date:
    return on + timedelta(days=WRITE_DAYS)


def overlap(first: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two stretches of days share one; None is open."""
    return (first[0] is None or other[1] is None or first[0] <= other[1]) and (
        other[0] is None or first[1] is None or other[0] <= first[1]
    )


def hours(starts_at: time | None, ends_at: time | None) -> str:
    """ "14:00 to 16:00" as digits: "14:00–16:00"."""
    if starts_at is None:
        return ""
    begin = f"{starts_at:%H:%M}"
    return f"{begin}–{ends_at:%H:%M}" if ends_at else begin


def came(presences: Iterable[str]) -> tuple[int, int]:
    """How many of the seats were taken, and how many there were."""
    rows = list(presences)
    return sum(p == Presence.PRESENT for p in rows), len(rows)


def fingerprint(*texts: str) -> str:
    """A short print of texts, by which a form sees whether they were changed since it was opened."""
    return hashlib.sha256("\x1f".join(texts).encode("utf-8", "replace")).hexdigest()[:20]
