"""When something is out, and what a moment means that people typed. Plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_out(state: str, embargo_until: datetime | None, *, now: datetime) -> bool:
    """Whether everybody may know of it. An embargo ends at its moment, to the second, and not before."""
    if state == "published":
        return True
    return state == "ready" and embargo_until is not None and embargo_until <= now


class WrongMoment(StrEnum):
    """Why a day and a time name no moment, or two."""

    NO_ZONE = "no_zone"
    SKIPPED = "skipped"  # the clocks were put forward over it
    TWICE = "twice"  # the clocks were put back, and it came again


class NoMoment(ValueError):  # noqa: N818 -- reads as what it is
    """A day and a time that name no single moment."""

    def __init__(self, why: WrongMoment) -> None:
        super().__init__(why.value)
        self.why = why


def moment_of(day: date, at: time, zone: str) -> datetime:
    """The moment, in UTC, at which clocks in `zone` show that day and time. Raises NoMoment where they never do, or do
    twice: a guess would put an embargo wrong by an hour."""
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NoMoment(WrongMoment.NO_ZONE) from None
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    first = local.replace(tzinfo=there).astimezone(UTC)
    second = local.replace(tzinfo=there, fold=1).astimezone(UTC)
    if first.astimezone(there).replace(tzinfo=None) != local:
        raise NoMoment(WrongMoment.SKIPPED)
    if first != second:
        raise NoMoment(WrongMoment.TWICE)
    return first


SOON = timedelta(days=7)
