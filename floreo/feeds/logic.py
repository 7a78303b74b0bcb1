"""Plain Python of feeds: words of state, when a finding counts as mended, how long a letter's link lives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

LINK_LIVES = timedelta(days=45)
ABSENT_RUNS = 3  # unless the feed says otherwise
SEVERITIES = ("critical", "high", "medium", "low", "info", "undefined")  # worst first


class Way(StrEnum):
    """How a feed's files come."""

    UPLOAD = "upload"
    FOLDER = "folder"
    MAIL = "mail"
    FETCH = "fetch"
    API = "api"


class ReportState(StrEnum):
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


class Said(StrEnum):
    """What the organisation answers."""

    FIXED = "fixed"
    WORKING = "working"
    NOT_OURS = "not_ours"
    FALSE_ALARM = "false_alarm"
    NEED_HELP = "need_help"


class Claim(StrEnum):
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


def rank(severity: str) -> int:
    """0 is worst; what is not known comes last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def fixed_on(last_seen: date, runs: Iterable[date], absent_runs: int) -> date | None:
    """The day on which a finding counts as mended: the first run after it was last seen, once `absent_runs` runs on
    different days did not see it. None while there are fewer."""
    later = sorted({day for day in runs if day > last_seen})
    return later[0] if len(later) >= max(absent_runs, 1) else None


def state_after(*, first_seen: date, last_seen: date, was_fixed: bool, mended_on: date | None) -> State:
    """Where a finding stands, given the days on which it was seen and whether it had been mended once."""
    if mended_on is not None:
        return State.FIXED
    if was_fixed:
        return State.REOPENED
    return State.NEW if first_seen == last_seen else State.PERSISTING
