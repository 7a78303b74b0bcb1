"""Plain Python of feeds: words of state, when a finding counts as not seen any more, how long a letter's link lives."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

_DAY = timedelta(days=1)
LINK_LIVES = timedelta(days=45)
ABSENT_RUNS = 3  # unless the feed says otherwise
SEVERITIES = ("critical", "high", "medium", "low", "info", "undefined")  # worst first


class CollectorKind(StrEnum):
    """How a feed's files come."""

    UPLOAD = "upload"
    FOLDER = "folder"
    MAIL = "mail"
    FETCH = "fetch"
    API = "api"


class FileState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # cannot be read; nothing of it is kept


class State(StrEnum):
    """Of a finding."""

    NEW = "new"  # seen in one run
    PERSISTING = "persisting"  # seen in several
    FIXED = "fixed"  # absent long enough
    REOPENED = "reopened"  # seen again after that


OPEN_STATES = (State.NEW, State.PERSISTING, State.REOPENED)


class ReplyKind(StrEnum):
    """What the organisation answers."""

    FIXED = "fixed"
    WORKING = "working"
    NOT_OURS = "not_ours"
    FALSE_ALARM = "false_alarm"
    NEED_HELP = "need_help"


class FixClaim(StrEnum):
    """What became of a "fixed"."""

    NONE = ""
    CLAIMED = "claimed"  # said, not yet seen
    SHOWN = "shown"  # the next runs do not see it any more
    CONTRADICTED = "contradicted"  # a later run sees it still


class Every(StrEnum):
    """How often a letter goes."""

    AT_ONCE = "at_once"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    NEVER = "never"


class Odd(StrEnum):
    """How a night differs from those before it."""

    NONE = ""
    FEWER = "fewer"
    MORE = "more"


NIGHTS = 14  # of the same source, against which a new one is held
_KNOWN_AFTER = 5  # nights, before which nothing is usual
_FEWER, _LEAST_USUAL = 5, 5  # a fifth of the usual rows, where at least five are usual
_MORE, _MANY = 5, 50  # five times the most rows, where that is at least fifty
_NOTICES, _TIMES_NOTICES = 20, 3  # to more organisations than three times the usual, and than twenty


def odd(rows: int, before: Sequence[int]) -> Odd:
    """Whether a night of so many rows is out of line with those `before` it. A source without a usual number has none."""
    if before and rows >= _MANY and rows > _MORE * max(before):
        return Odd.MORE
    usual = median(before) if len(before) >= _KNOWN_AFTER else 0
    return Odd.FEWER if usual >= _LEAST_USUAL and rows * _FEWER < usual else Odd.NONE


def are_many(notices: int, before: Sequence[int]) -> bool:
    """Whether so many organisations are written to at once that a person looks first; `before` are those of earlier days."""
    return notices > max(_NOTICES, _TIMES_NOTICES * (median(before) if before else 0))


def rank(severity: str) -> int:
    """0 is worst; what is not known comes last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def fixed_on(last_seen: date, runs: Iterable[date], absent_runs: int) -> date | None:
    """The day on which a finding counts as fixed: the first run after it was last seen, once `absent_runs` runs on
    different days did not see it. None while there are fewer."""
    later = sorted({day for day in runs if day > last_seen})
    return later[0] if len(later) >= max(absent_runs, 1) else None


def state_after(*, first_seen: date, last_seen: date, was_fixed: bool, fixed_day: date | None) -> State:
    """Where a finding stands, given the days on which it was seen and whether it had been fixed once."""
    if fixed_day is not None:
        return State.FIXED
    if was_fixed:
        return State.REOPENED
    return State.NEW if first_seen == last_seen else State.PERSISTING


Stretch = tuple[date, date]  # from a day to a day, both seen, and every day between


@dataclass(frozen=True)
class Times:
    """One time that a finding was open."""

    opened_on: date
    last_day: date  # on which it was seen
    fixed_on: date | None


def add_day(stretches: Sequence[Stretch], day: date) -> list[Stretch]:
    """The stretches with one more day, joined where they touch, in order."""
    if stretches and stretches[-1][1] == day - _DAY:  # every night's case
        return [*stretches[:-1], (stretches[-1][0], day)]
    joined: list[Stretch] = []
    for start, end in sorted([*stretches, (day, day)]):
        if joined and start <= joined[-1][1] + _DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def open_periods(
    seen: Mapping[str, Sequence[Stretch]], runs: Mapping[str, Sequence[date]], absent_runs: Mapping[str, int]
) -> list[Times]:
    """The times that a finding was open, first to last. `seen` and `runs` are by source ("feed/type"), runs in order.

    What counts after a day is the runs of the source that saw it on that day (of several, the last by name): a source that
    never looked there says nothing by its silence."""
    found: list[Times] = []
    opened: date | None = None
    stretches = _union(seen)
    for place, (start, end, source) in enumerate(stretches):
        opened = opened or start
        until = stretches[place + 1][0] if place + 1 < len(stretches) else date.max
        days = runs.get(source, ())
        later = days[bisect_right(days, end) : bisect_left(days, until)]
        fixed = fixed_on(end, later, absent_runs.get(source, ABSENT_RUNS)) if later else None
        if fixed or until == date.max:
            found.append(Times(opened, end, fixed))
            opened = None
    return found


def _union(seen: Mapping[str, Sequence[Stretch]]) -> list[tuple[date, date, str]]:
    """All stretches as one row: from, to, and who saw it on the last day."""
    every = sorted((start, end, source) for source, stretches in seen.items() for start, end in stretches)
    joined: list[tuple[date, date, str]] = []
    for start, end, source in every:
        if joined and start <= joined[-1][1] + _DAY:
            first, last, who = joined[-1]
            joined[-1] = (first, *max((last, who), (end, source)))
        else:
            joined.append((start, end, source))
    return joined


def fix_claim_after(replied_on: date | None, open_periods: Sequence[Times]) -> FixClaim:
    """What became of a "fixed" said on a day: shown once the time in which it was said is over, contradicted when seen on
    a later day of that same time. Once the trouble is back, an older promise says nothing any more."""
    if replied_on is None or not open_periods:
        return FixClaim.NONE
    then = next((t for t in reversed(open_periods) if t.opened_on <= replied_on), open_periods[0])
    if then is not open_periods[-1]:
        return FixClaim.NONE
    if then.last_day > replied_on:
        return FixClaim.CONTRADICTED
    return FixClaim.SHOWN if then.fixed_on else FixClaim.CLAIMED


def days_in(seen: Mapping[str, Sequence[Stretch]]) -> int:
    """On how many days it was seen, by whomever."""
    return sum((end - start).days + 1 for start, end, _source in _union(seen))
