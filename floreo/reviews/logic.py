"""The rhythm in plain Python: when a period opens, is due and closes; when somebody is reminded; the status of a request.

Days only, never hours: a day is the country's own, so a change of the clocks neither skips nor doubles anything."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from floreo.core.figures import Frequency, Period, period_of, previous

MOST_TEXT = 5000  # characters of one text of an answer: two printed pages
MOST_NAME = 200
MOST_DIGITS = Decimal("99999999999999.99")  # what a reading's column holds
GRACE_DAYS = 5  # who is asked late, because the worker was stopped, still gets this long


class AnswerState(StrEnum):
    """One answer about one action."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class RequestState(StrEnum):
    """All that one lead was asked, as a whole. Declared from untouched to done."""

    WAITING = "waiting"
    OPENED = "opened"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class WaitingFor(StrEnum):
    """Who has to move."""

    LEAD = "lead"
    SECRETARIAT = "secretariat"
    NOBODY = "nobody"


ANSWERED = frozenset({RequestState.SUBMITTED, RequestState.APPROVED})
SENT = frozenset({AnswerState.SUBMITTED, AnswerState.APPROVED})


@dataclass(frozen=True)
class Dates:
    """The days of one review."""

    opens_on: date
    due_on: date
    closes_on: date


@dataclass(frozen=True)
class Beat:
    """A rhythm without its edition. Days are counted from the period's last day."""

    frequency: Frequency = Frequency.QUARTER
    opens_after: int = 1
    due_after: int = 12
    closes_after: int = 26
    before: tuple[int, ...] = (7, 1)  # days before the due day
    after: tuple[int, ...] = (1, 5)  # days after it
    escalate_after: int = 4


APPROVE_WITHIN = 5  # working days after an update was sent


def approval_due(sent_on: date, within: int, holidays: Collection[date] = frozenset()) -> date:
    """The day by which what was sent is approved or returned: so many working days later. Saturdays, Sundays and holidays are none."""
    day = sent_on
    for _number in range(within):
        day += timedelta(days=1)
        while day.weekday() > 4 or day in holidays:
            day += timedelta(days=1)
    return day


def planned(beat: Beat, period: Period) -> Dates:
    end = period.end
    return Dates(
        end + timedelta(days=beat.opens_after),
        end + timedelta(days=beat.due_after),
        end + timedelta(days=beat.closes_after),
    )


def ended_period(beat: Beat, today: date) -> Period:
    """The newest period that is over."""
    return previous(period_of(today, beat.frequency), beat.frequency)


def opening(beat: Beat, today: date, runs: tuple[date | None, date | None]) -> tuple[Period, Dates] | None:
    """The period that is to be asked about now, with its days; None when nothing is to be opened today.

    `runs` is when the edition begins and ends. When the worker was stopped past the opening day, the due day moves so
    that nobody is asked for yesterday; past the closing day it is left to a person."""
    period = ended_period(beat, today)
    first, last = runs
    if (first and period.end < first) or (last and last < period.start):
        return None
    dates = planned(beat, period)
    if not dates.opens_on <= today <= dates.closes_on:
        return None
    due = max(dates.due_on, today + timedelta(days=GRACE_DAYS)) if today > dates.opens_on else dates.due_on
    return period, Dates(today, due, max(dates.closes_on, due + (dates.closes_on - dates.due_on)))


def code_of(period: Period) -> str:
    """ "2026-q3", "2026-07", "2026"; an odd stretch of days is named by its last day."""
    match period.frequency:
        case Frequency.QUARTER:
            return f"{period.start.year}-q{(period.start.month + 2) // 3}"
        case Frequency.MONTH:
            return f"{period.start.year}-{period.start.month:02d}"
        case Frequency.YEAR:
            return str(period.start.year)
    return period.end.isoformat()


def reminder_days(due_on: date, before: Iterable[int], after: Iterable[int]) -> list[date]:
    days = {due_on - timedelta(days=n) for n in before} | {due_on + timedelta(days=n) for n in after}
    return sorted(days)


def is_reminder_due(days: Sequence[date], last_mail_on: date | None, today: date) -> bool:
    """Whether one of `days`, which are in order, has come since they were last written to. Several missed ones make one mail, not
    many."""
    if last_mail_on is None:
        return False
    following = bisect_right(days, last_mail_on)
    return following < len(days) and days[following] <= today


def is_escalation_due(due_on: date, escalate_after: int, escalated_on: date | None, today: date) -> bool:
    return escalated_on is None and today >= due_on + timedelta(days=escalate_after)


def whole(states: Mapping[int, AnswerState], asked: Iterable[int], *, is_opened: bool) -> RequestState:
    """The status of a request, from the newest answer of each action (`states`, by the action's id) and what was asked."""
    wanted = list(asked)
    found = [states[each] for each in wanted if each in states]
    if AnswerState.RETURNED in found:
        return RequestState.RETURNED
    if wanted and len(found) == len(wanted) and all(state in SENT for state in found):
        return RequestState.APPROVED if set(found) == {AnswerState.APPROVED} else RequestState.SUBMITTED
    if found:
        return RequestState.DRAFT
    return RequestState.OPENED if is_opened else RequestState.WAITING


def waiting_for(state: RequestState, *, is_closed: bool) -> WaitingFor:
    if is_closed or state is RequestState.APPROVED:
        return WaitingFor.NOBODY
    return WaitingFor.SECRETARIAT if state is RequestState.SUBMITTED else WaitingFor.LEAD


def number_of(text: str) -> Decimal | None:
    """The number that was typed, or None when it is none: text, infinity, more digits than are kept."""
    try:
        number = Decimal(text.strip().replace("\u00a0", "").replace(" ", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) > MOST_DIGITS or number != round(number, 2):
        return None
    return number
