"""States of an exercise and of what belongs to it, its clock, and its score. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

SHORTEST, LONGEST = 15, 3 * 24 * 60  # minutes that an exercise may be planned for
FIRST_MINUTE = 0
MOST_INJECTS = 100
EVALUATE_WITHIN = timedelta(days=14)  # after the end
CLOSE_AFTER = timedelta(hours=12)  # after the planned end, one that nobody closed is closed
CLOSE_PAUSED_AFTER = timedelta(days=30)  # a pause that nobody ended
FORGET_AFTER = timedelta(days=30)  # addresses of participants, after the end


class State(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"  # held, not evaluated yet
    EVALUATED = "evaluated"
    CANCELLED = "cancelled"


IS_OPEN = (State.PLANNED, State.RUNNING, State.PAUSED)
IS_ON = (State.RUNNING, State.PAUSED)
WAS_HELD = (State.ENDED, State.EVALUATED)

_NEXT: dict[State, tuple[State, ...]] = {
    State.PLANNED: (State.RUNNING, State.CANCELLED),
    State.RUNNING: (State.PAUSED, State.ENDED),
    State.PAUSED: (State.RUNNING, State.ENDED),
    State.ENDED: (State.EVALUATED,),
    State.EVALUATED: (State.ENDED,),
    State.CANCELLED: (),
}


def may_become(before: str, after: State) -> bool:
    return after in _NEXT[State(before)]


class InjectState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


class ParticipantState(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"  # by their own link
    REMOVED = "removed"  # by who runs it


class ParticipantKind(StrEnum):
    PLAYER = "player"
    OBSERVER = "observer"


# --- The clock of an exercise -------------------------------------------------------------------------------------


def minutes_run(started_at: datetime | None, now: datetime, *, paused_at: datetime | None, paused_seconds: int) -> int:
    """Whole minutes that the exercise has run, pauses left out; 0 before it starts."""
    if started_at is None:
        return 0
    ran = (paused_at or now) - started_at - timedelta(seconds=paused_seconds)
    return max(int(ran.total_seconds()) // 60, 0)


def closes_at(started_at: datetime, duration: int, paused_seconds: int) -> datetime:
    """When one that is running and that nobody closes is closed."""
    return started_at + timedelta(minutes=duration, seconds=paused_seconds) + CLOSE_AFTER


class Scheduled(Protocol):
    @property
    def minute(self) -> int: ...
    @property
    def state(self) -> str: ...


def due(injects: Iterable[Scheduled], minute: int) -> list[Scheduled]:
    """Those that wait and whose minute has come, first things first."""
    found = [each for each in injects if each.state == InjectState.WAITING and each.minute <= minute]
    return sorted(found, key=lambda each: each.minute)


# --- The score ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """Expected actions of the injects that were sent. What nobody observed is not met, and is counted apart."""

    met: int = 0
    partly: int = 0
    not_met: int = 0
    open: int = 0

    @property
    def total(self) -> int:
        return self.met + self.partly + self.not_met + self.open

    @property
    def share(self) -> Decimal | None:
        """Per cent met, to a tenth: partly is not met. None where nothing was expected."""
        if not self.total:
            return None
        return (Decimal(self.met) * 100 / self.total).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def score_of(verdicts: Iterable[str]) -> Score:
    given = list(verdicts)
    return Score(given.count(Verdict.MET), given.count(Verdict.PARTLY), given.count(Verdict.NOT_MET), given.count(""))


def agreed(verdicts: Sequence[str]) -> str:
    """The verdict on which all observers agree; "" where nobody observed it or they differ."""
    return verdicts[0] if len(set(verdicts)) == 1 else ""
