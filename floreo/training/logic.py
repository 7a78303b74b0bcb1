"""Training in plain Python: who gets a seat, the code at the door, what completion is, figures that name nobody. No Django."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

SMALLEST_GROUP = 5  # people; of fewer no figure is public
CODE_SECONDS = 60  # a code at the door changes this often
CODE_STEPS = 2  # and is accepted in its own step and the one after
CODE_LENGTH = 8
CHECK_IN_BEFORE = timedelta(minutes=30)  # before a session begins
CHECK_IN_AFTER = timedelta(minutes=30)  # after it ended
REMIND_BEFORE = timedelta(hours=36)
UNCONFIRMED_DAYS = 3  # after which a sign-up whose address nobody confirmed is removed
CODE_CHARACTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another


class EnrolmentState(StrEnum):
    ASKED = "asked"  # signed up; the address is not confirmed yet, so it holds no seat
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"  # by the person, or by those who run the course
    WITHDRAWN = "withdrawn"  # began, and left


HOLDS_SEAT = (EnrolmentState.CONFIRMED,)
IS_OVER = (EnrolmentState.CANCELLED, EnrolmentState.WITHDRAWN)


class CohortState(StrEnum):
    PLANNED = "planned"
    CLOSED = "closed"  # results are computed and stay
    CANCELLED = "cancelled"


# --- Seats --------------------------------------------------------------------------------------------------------


def seats_left(capacity: int | None, taken: int) -> int | None:
    """None where nobody set a limit."""
    return None if capacity is None else max(capacity - taken, 0)


def state_on_entry(capacity: int | None, taken: int, waiting: int) -> EnrolmentState:
    """Where somebody lands whose address is confirmed: nobody passes those who wait already."""
    left = seats_left(capacity, taken)
    if left is None or (left > 0 and waiting == 0):
        return EnrolmentState.CONFIRMED
    return EnrolmentState.WAITING


# --- The code at the door -----------------------------------------------------------------------------------------


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // CODE_SECONDS


def check_in_code(key: bytes, session: int, step: int) -> str:
    """The code of one session in one step: eight characters that whoever has not the key cannot guess."""
    mac = hmac.new(key, f"door:{session}:{step}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(mac[:8], "big")
    characters = []
    for _n in range(CODE_LENGTH):
        number, at = divmod(number, len(CODE_CHARACTERS))
        characters.append(CODE_CHARACTERS[at])
    return "".join(characters)


def is_check_in_code(key: bytes, session: int, given: str, *, now: datetime) -> bool:
    """Whether `given` is the code of this step or of the one before: a picture of it is worth two minutes at most."""
    step = step_of(now)
    wanted = [check_in_code(key, session, step - back) for back in range(CODE_STEPS)]
    clean = "".join(given.split()).upper()
    return any(hmac.compare_digest(clean.encode(), each.encode()) for each in wanted)


def seconds_to_next(moment: datetime) -> int:
    """Until the code at the door changes."""
    return CODE_SECONDS - int(moment.timestamp()) % CODE_SECONDS


class CheckIn(StrEnum):
    EARLY = "early"
    OPEN = "open"
    OVER = "over"


def check_in_at(starts_at: datetime, ends_at: datetime, *, now: datetime) -> CheckIn:
    if now < starts_at - CHECK_IN_BEFORE:
        return CheckIn.EARLY
    return CheckIn.OPEN if now <= ends_at + CHECK_IN_AFTER else CheckIn.OVER


# --- Completion ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """What came of one person's course. `passed` is None where there is no pass mark."""

    attended: int
    sessions: int
    passed: bool | None
    completed: bool


def share_of(part: int, whole: int) -> Decimal | None:
    """Per cent with one decimal; None of nothing."""
    if whole == 0:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def result_of(
    *, attended: int, sessions: int, min_attendance: int, pass_mark: Decimal | None, score_after: Decimal | None
) -> Result:
    """Completed: came to the share of sessions that is asked, and reached the pass mark where there is one. Shares are compared as
    whole numbers, so that 2 of 3 is not lost to rounding."""
    passed = None if pass_mark is None else score_after is not None and score_after >= pass_mark
    came = sessions > 0 and attended * 100 >= min_attendance * sessions
    return Result(attended, sessions, passed, came and passed is not False)


def median(values: Iterable[Decimal]) -> Decimal | None:
    rows = sorted(values)
    if not rows:
        return None
    middle = len(rows) // 2
    return rows[middle] if len(rows) % 2 else (rows[middle - 1] + rows[middle]) / 2


def gains(pairs: Iterable[tuple[Decimal | None, Decimal | None]]) -> list[Decimal]:
    """Points gained between both tests, of those who sat both."""
    return [after - before for before, after in pairs if before is not None and after is not None]


def is_small(people: int) -> bool:
    """Whether so few people are behind a figure that one of them could be singled out."""
    return 0 < people < SMALLEST_GROUP


def is_stale(asked_on: date, *, today: date) -> bool:
    """A sign-up whose address nobody confirmed in time: somebody may have typed another's."""
    return today > asked_on + timedelta(days=UNCONFIRMED_DAYS)
