"""How quickly contacts answer: minutes, medians in which those who have not answered are still open. No Django."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from floreo.core.durations import MEDIAN, Duration, duration, estimate

STALE_DAYS = 180  # without a word from a contact, unless the pack says otherwise
WAIT_DAYS = 14  # for an answer to the question whether it is still right
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=30)  # of a drill


class DrillState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    MAIL = "mail"  # by the link of the e-mail
    PHONE = "phone"  # reached by telephone, entered by hand


class CallOutcome(StrEnum):
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG = "wrong"  # the number is not theirs any more


@dataclass(frozen=True)
class Asked:
    """One contact in one drill: when it was asked, when it answered, and when the drill ended."""

    sent_at: datetime
    answered_at: datetime | None
    ends_at: datetime

    def lasted(self, now: datetime) -> Duration | None:
        """How long the answer took. Without one, or with one after the end, it is open for as long as the drill was."""
        return duration(self.sent_at, self.answered_at, min(now, self.ends_at))

    def is_in_time(self) -> bool:
        return self.answered_at is not None and self.answered_at <= self.ends_at


def minutes(length: timedelta) -> int:
    """Whole minutes, the begun one counted: an answer after 30 seconds took 1 minute."""
    return max(-(-int(length.total_seconds()) // 60), 0)


@dataclass(frozen=True)
class Score:
    """Of some questions: how many, how many were answered in time, and the median in minutes. `median` is None where fewer than half
    have answered: then it is more than `more_than` minutes."""

    asked: int
    answered: int
    median: int | None
    more_than: int | None


def score(asked: Iterable[Asked], now: datetime) -> Score:
    """By the product-limit estimate: who has not answered is still open, never left out."""
    rows = list(asked)
    lengths = [length for each in rows if (length := each.lasted(now)) is not None]
    found = estimate(lengths).quantile(MEDIAN)
    return Score(
        len(rows),
        sum(each.is_in_time() for each in rows),
        None if found.value is None else minutes(found.value),
        None if found.more_than is None else minutes(found.more_than),
    )
