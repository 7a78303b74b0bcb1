"""Rules of the plan in plain Python: how a status is worked out, how money adds up, how dates read. No Django."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise


class Status(StrEnum):
    """The status of an action. Declared in the order of every bar and list."""

    DONE = "done"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"
    STALLED = "stalled"
    NOT_STARTED = "not_started"
    CARRIED = "carried"  # the next edition goes on with it
    NOT_KNOWN = "not_known"  # its edition ended, and nothing says what became of it


class Rule(StrEnum):
    """Which rule decided a status; the page says it in words, with the dates."""

    CLOSED = "closed"  # a person closed it, with the date
    ON_HOLD = "on_hold"  # put on hold with a reason
    ACTION_OVERDUE = "action_overdue"
    MILESTONE_OVERDUE = "milestone_overdue"
    SILENT = "silent"  # begun, and no update for two periods
    EXPECTED_LATE = "expected_late"  # its lead expects it after the due date
    DUE_SOON_WITH_RISK = "due_soon_with_risk"
    DUE_SOON_UNHEARD = "due_soon_unheard"  # due within 30 days and no word this period
    TO_COME = "to_come"  # its start is still to come
    UNDATED = "undated"  # nothing has a date
    HOLDS = "holds"  # nothing due is missed
    SET_BY_HAND = "set_by_hand"
    CARRIED = "carried"  # the next edition goes on with it
    NO_REPORT = "no_report"  # its edition ended, and no report was found


DUE_SOON_DAYS = 30
PERIOD_DAYS = 92  # a quarter: the rhythm in which leads are asked
SILENT_PERIODS = 2
HIGH = 12  # a risk of likelihood x impact (1 to 5 each) from here on counts as high


@dataclass(frozen=True)
class MilestoneFacts:
    """When a milestone was due, and when it was reached (None while it is not)."""

    due_on: date | None
    reached_on: date | None


@dataclass(frozen=True)
class ActionFacts:
    """All that the rules look at. Every fact has a date, so that a status can be worked out for any day."""

    starts_on: date | None = None
    due_on: date | None = None
    closed_on: date | None = None
    on_hold_since: date | None = None
    expected_on: date | None = None  # when the lead expects it to be done
    updated_on: tuple[date, ...] = ()  # days of updates, in any order
    high_risks: tuple[tuple[date, date | None], ...] = ()  # of each high risk: the day it was noted, the day it closed
    milestones: tuple[MilestoneFacts, ...] = ()
    edition_ended_on: date | None = None  # where its edition is over
    carried_on: date | None = None  # when the edition begins that goes on with it


@dataclass(frozen=True)
class StatusResult:
    """A status with the rule that gave it. `since` is the day the rule counts from (the missed date, the hold)."""

    status: Status
    rule: Rule
    since: date | None = None

    def days(self, today: date) -> int:
        """How many days past `since`; 0 when it does not count from a day."""
        return max((today - self.since).days, 0) if self.since else 0


def facts_on(facts: ActionFacts, day: date) -> ActionFacts:
    """What was known on `day`: anything dated later had not happened yet."""

    def then(when: date | None) -> date | None:
        return when if when is not None and when <= day else None

    return replace(
        facts,
        closed_on=then(facts.closed_on),
        on_hold_since=then(facts.on_hold_since),
        updated_on=tuple(h for h in facts.updated_on if h <= day),
        high_risks=tuple((noted, then(closed)) for noted, closed in facts.high_risks if noted <= day),
        edition_ended_on=then(facts.edition_ended_on),
        carried_on=then(facts.carried_on),
        milestones=tuple(replace(m, reached_on=then(m.reached_on)) for m in facts.milestones),
    )


def _on_hold(facts: ActionFacts, today: date) -> StatusResult | None:
    is_held = facts.on_hold_since is not None and facts.on_hold_since <= today
    return StatusResult(Status.STALLED, Rule.ON_HOLD, facts.on_hold_since) if is_held else None


def _overdue(facts: ActionFacts, today: date) -> StatusResult | None:
    open_dues = [m.due_on for m in facts.milestones if m.due_on and m.reached_on is None and m.due_on < today]
    action_due = facts.due_on if facts.due_on and facts.due_on < today else None
    if action_due and (not open_dues or action_due <= min(open_dues)):
        return StatusResult(Status.LATE, Rule.ACTION_OVERDUE, action_due)
    if open_dues:
        return StatusResult(Status.LATE, Rule.MILESTONE_OVERDUE, min(open_dues))
    return None


def _over(facts: ActionFacts, today: date) -> StatusResult | None:
    """Of an edition that is over: what the next one goes on with, and what nobody reported on, is neither late nor stalled."""
    if facts.carried_on and facts.carried_on <= today:
        return StatusResult(Status.CARRIED, Rule.CARRIED, facts.carried_on)
    if facts.edition_ended_on and facts.edition_ended_on <= today and _last_sign(facts) is None:
        return StatusResult(Status.NOT_KNOWN, Rule.NO_REPORT, facts.edition_ended_on)
    return None


def _last_sign(facts: ActionFacts) -> date | None:
    """The newest day on which the action showed life: an update, or a milestone reached."""
    return max((*facts.updated_on, *(m.reached_on for m in facts.milestones if m.reached_on)), default=None)


def _silent(facts: ActionFacts, today: date) -> StatusResult | None:
    if facts.starts_on is None or facts.starts_on > today:
        return None
    last = max(filter(None, (_last_sign(facts), facts.starts_on)))
    if (today - last).days > SILENT_PERIODS * PERIOD_DAYS:
        return StatusResult(Status.STALLED, Rule.SILENT, last)
    return None


def _at_risk(facts: ActionFacts, today: date) -> StatusResult | None:
    if facts.expected_on and facts.due_on and facts.expected_on > facts.due_on:
        return StatusResult(Status.AT_RISK, Rule.EXPECTED_LATE, facts.due_on)
    dues = [facts.due_on] + [m.due_on for m in facts.milestones if m.reached_on is None]
    soon = [d for d in dues if d and today <= d <= today + timedelta(days=DUE_SOON_DAYS)]
    if not soon:
        return None
    if any(closed is None for _noted, closed in facts.high_risks):
        return StatusResult(Status.AT_RISK, Rule.DUE_SOON_WITH_RISK, min(soon))
    last = _last_sign(facts)
    begun = facts.starts_on is None or (today - facts.starts_on).days > PERIOD_DAYS
    if begun and (last is None or (today - last).days > PERIOD_DAYS):
        return StatusResult(Status.AT_RISK, Rule.DUE_SOON_UNHEARD, min(soon))
    return None


def status_of(facts: ActionFacts, today: date) -> StatusResult:
    """The status of an action on `today`. The first rule that fits decides; the order is the help page's order."""
    if facts.closed_on and facts.closed_on <= today:
        return StatusResult(Status.DONE, Rule.CLOSED, facts.closed_on)
    if decided := _over(facts, today) or _on_hold(facts, today) or _overdue(facts, today) or _silent(facts, today):
        return decided
    if facts.starts_on and facts.starts_on > today:
        return StatusResult(Status.NOT_STARTED, Rule.TO_COME, facts.starts_on)
    has_dates = facts.starts_on or facts.due_on or any(m.due_on or m.reached_on for m in facts.milestones)
    if not has_dates and _last_sign(facts) is None:
        return StatusResult(Status.NOT_STARTED, Rule.UNDATED)
    return _at_risk(facts, today) or StatusResult(Status.ON_TRACK, Rule.HOLDS)


OVER = frozenset({Status.CARRIED, Status.NOT_KNOWN})  # nothing of them is late any more
HOLDING = frozenset({Status.DONE, Status.ON_TRACK})  # "on schedule"


def tally(statuses: Iterable[str]) -> dict[Status, int]:
    """How many of each, in the order of every bar, zeros included."""
    counts = dict.fromkeys(Status, 0)
    for status in statuses:
        counts[Status(status)] += 1
    return counts


@dataclass(frozen=True)
class Money:
    """One budget line: counted where it is and nowhere else, so a sum never counts twice."""

    currency: str
    committed: Decimal
    spent: Decimal


def total(lines: Iterable[Money]) -> dict[str, Money]:
    """Sums per currency. Currencies are never added to each other: no rate is invented."""
    sums: dict[str, Money] = {}
    for line in lines:
        have = sums.get(line.currency, Money(line.currency, Decimal(0), Decimal(0)))
        sums[line.currency] = Money(line.currency, have.committed + line.committed, have.spent + line.spent)
    return sums


def quarter_ends(first: date, last: date) -> list[date]:
    """The last days of the calendar quarters in [first, last]."""
    ends: list[date] = []
    year, month = first.year, (first.month - 1) // 3 * 3 + 3
    while True:
        end = (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)
        if end > last:
            return ends
        if end >= first:
            ends.append(end)
        year, month = (year + 1, 3) if month == 12 else (year, month + 3)


def in_order(*days: date | None) -> bool:
    """Whether the given days, where known, do not run backwards."""
    known = [d for d in days if d]
    return all(a <= b for a, b in pairwise(known))


LAST_YEAR = 2999


def last_day(months: int, begins: date | None) -> date | None:
    """The last day of a term of so many months from a day; None where that day is not known, or no calendar goes so far."""
    if begins is None:
        return None
    month = begins.month - 1 + months
    year, month = begins.year + month // 12, month % 12 + 1
    if year > LAST_YEAR:
        return None
    day = min(begins.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) - timedelta(days=1)


MOST_LEVELS = 4  # of a plan, the actions among them


def code_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts "1.10" after "1.9", and letters after numbers."""
    parts = code.replace("-", ".").split(".")
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts)


def next_code(parent: str, siblings: Sequence[str]) -> str:
    """The next free code under `parent`: "2.1" with "2.1.1" and "2.1.3" gives "2.1.4"."""
    tails = [s.rsplit(".", 1)[-1] for s in siblings]
    highest = max((int(t) for t in tails if t.isdecimal()), default=0)
    return f"{parent}.{highest + 1}" if parent else str(highest + 1)
