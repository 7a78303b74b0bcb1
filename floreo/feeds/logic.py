"""Plain Python of feeds: words of state, what a source's silence says of a finding, how long a notice's link lives."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from statistics import median

BY_HAND = "by-hand"  # code of the feed of files that nobody named one for
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
    REPORTS = "reports"
    TAXII = "taxii"
    MISP = "misp"
    N6 = "n6"
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
    FIXED = "fixed"  # scans that covered it did not see it
    NOT_SEEN = "not_seen"  # silent for long; nothing shows that it was fixed
    REOPENED = "reopened"  # seen again after that
    FALSE_ALARM = "false_alarm"  # the team looked: there is nothing
    ACCEPTED = "accepted"  # until a day
    OUTSIDE = "outside"  # the register attributes it to nobody any more
    WITHDRAWN = "withdrawn"  # its source took it back
    DROPPED = "dropped"  # still seen, and a rule of the team leaves it out


class Evidence(StrEnum):
    """What it says that a source does not name something."""

    SCAN = "scan"  # it looked and did not see
    SIGHTING = "sighting"  # it waits for who calls
    LIST = "list"  # nothing: it names its own day


class Delivery(StrEnum):
    """What a file of a feed holds."""

    NOT_DECLARED = ""
    WHOLE = "whole"
    DIFFERENCE = "difference"  # but on one day of the week


# What people, or the source, say of a finding that is still there. No published figure counts them as ended.
DECIDED = (State.FALSE_ALARM, State.ACCEPTED, State.OUTSIDE, State.DROPPED)
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
    """How often a notice goes."""

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
    EMPTY = "empty"  # a file with a header alone
    NO_FILE = "no_file"  # of a type that usually has many rows, while others came


FAILING_AFTER = 3  # attempts in a row to fetch a feed: from then on it is reported
NIGHTS = 14  # of the same source, against which a new one is held
_KNOWN_AFTER = 5  # nights, before which nothing is usual
_FEWER, _LEAST_USUAL = 5, 5  # a fifth of the usual rows, where at least five are usual
_HALF, _MANY_USUAL = 2, 20  # less than half of the usual rows, where at least twenty are usual
_MORE, _MANY = 5, 50  # five times the most rows, where that is at least fifty
_NOTICES, _TIMES_NOTICES = 20, 3  # to more organisations than three times the usual, and than twenty


def odd(rows: int, before: Sequence[int]) -> Odd:
    """Whether a night of so many rows is out of line with those `before` it. A source without a usual number has none."""
    if before and rows >= _MANY and rows > _MORE * max(before):
        return Odd.MORE
    usual = median(before) if len(before) >= _KNOWN_AFTER else 0
    return Odd.FEWER if usual >= _LEAST_USUAL and rows * _FEWER < usual else Odd.NONE


def is_thin(rows: int, before: Sequence[int]) -> bool:
    """Whether a night lies between a fifth and a half of the usual rows: what it names was seen, and what it does not name may only
    have been missed. Where the number stays, it is the usual one after a week. Fewer yet waits for a person (`odd`)."""
    usual = median(before) if len(before) >= _KNOWN_AFTER else 0
    return usual >= _MANY_USUAL and rows * _FEWER >= usual and rows * _HALF < usual


def are_many(notices: int, before: Sequence[int]) -> bool:
    """Whether so many organisations are written to at once that a person looks first; `before` are those of earlier days."""
    return notices > max(_NOTICES, _TIMES_NOTICES * (median(before) if before else 0))


def rank(severity: str) -> int:
    """0 is worst; what is not known comes last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


QUIET_DAYS = 30  # for which a sighting is silent, and a list old, before it counts as not seen any more
_LOOK_BACK = timedelta(days=60)  # for what a type usually has
_TIMES_ITS_GAP = 3  # or three times the longest silence after which it called again
_LEAST_TRIPLES = 20  # before which nothing is known of what a source misses
_DOUBT = 1e-4  # chance that a source misses something so often in a row, above which it is asked again
_LIKELY = 0.05  # chance of the same above which a night is not yet the last on which it may have been fixed
_MOST_RUNS = 30
_HALF_OF_TYPES = 2


REFUSED = "refused"  # a person said of a night that it counts nothing
FAMILIES = ("4", "6")  # of IP addresses


@dataclass(frozen=True)
class Night:
    """What is known of a source's files of one day. `families`: how many findings they name, by the family of their address."""

    rows: int
    held: str = ""  # an Odd, or REFUSED; "": it counts
    is_accepted: bool = False  # a person said that it is as it came
    holds: Delivery = Delivery.NOT_DECLARED
    families: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One feed's type: on which days it looked, in order, and what its silence says. A finding counts as fixed when `patience`
    looks did not see it, on the day of the look number `certain`; `before` has both for silences that began before a day, where the
    team asked for another number then. `blind`: the looks that did not look for a family of addresses."""

    looks: Sequence[date] = ()
    evidence: Evidence = Evidence.SCAN
    patience: int = ABSENT_RUNS
    certain: int = 1
    blind: Mapping[str, frozenset[date]] = field(default_factory=dict)
    before: Sequence[tuple[date, int, int]] = ()

    def patience_from(self, first: date) -> tuple[int, int]:
        """Patience and certain look of a silence whose first look is on that day."""
        for day, patience, certain in self.before:
            if first < day:
                return max(patience, 1), max(certain, 1)
        return max(self.patience, 1), max(self.certain, 1)

    @property
    def least_patience(self) -> int:
        """That of no silence is less."""
        return max(1, min([self.patience, *(patience for _day, patience, _certain in self.before)]))

    def has_patience_of(self, other: Source) -> bool:
        """Whether the silence of both says the same."""
        own = (self.patience, self.certain, list(self.before))
        return own == (other.patience, other.certain, list(other.before))

    def of_family(self, family: str) -> Source:
        """As it looks for addresses of this family."""
        if not (blind := self.blind.get(family)):
            return self
        return replace(self, looks=[day for day in self.looks if day not in blind], blind={})


def family_of(address: str | None) -> str:
    """A name of FAMILIES, or "" for what has no address."""
    if not address:
        return ""
    return "6" if ":" in address else "4"


def full_nights(types_by_night: Mapping[date, int]) -> frozenset[date]:
    """The nights that are over and of which at least half as many types came as usual: then no file of a type says that there is
    nothing. The latest may still be coming."""
    days = sorted(types_by_night)
    types = [types_by_night[day] for day in days]
    usual = [median(types[max(0, place - NIGHTS) : place]) if place else 0 for place in range(len(days))]
    return frozenset(
        day for day, came, used in zip(days[:-1], types, usual, strict=False) if came * _HALF_OF_TYPES >= used
    )


def changes_only(own: Mapping[date, Night], declared: Iterable[date] = ()) -> Callable[[date], bool]:
    """Whether the files of a day hold the difference only: as was declared when they came (`declared` are such days of other types
    of the feed too), else as it looks (`whole_weekday`)."""
    known = {day for day, night in own.items() if night.holds is Delivery.DIFFERENCE} | set(declared)
    asked = {day: night.rows for day, night in own.items() if night.holds is Delivery.NOT_DECLARED}
    weekday = whole_weekday(asked)

    def holds_changes(day: date) -> bool:
        if day in known:
            return True
        return weekday is not None and (day in asked or day not in own) and day.weekday() != weekday

    return holds_changes


def held_nights(
    own: Mapping[date, Night],
    nights: Iterable[date] = (),
    *,
    is_changes: Callable[[date], bool],
    sends_empty: bool = False,
) -> dict[date, Odd]:
    """What every night is held for, if nobody decided about it: by its rows, and those of the nights before that count. `nights` are
    those on which a file of the type could have come; one without a file is named where it is held. Whatever the order in which
    files came, it is the same."""
    if not own:
        return {}
    first = min(own)
    held: dict[date, Odd] = {}
    before: list[tuple[date, int]] = []
    for day in sorted({*own, *(each for each in nights if each > first)}):
        night = own.get(day)
        if night is None:
            if not is_changes(day) and is_missing(day, before):
                held[day] = Odd.NO_FILE
            continue
        if night.held == REFUSED:
            continue
        numbers = [rows for _day, rows in reversed(before[-NIGHTS:])]
        decided = night.is_accepted or is_changes(day)
        held[day] = Odd.NONE if decided else _odd_or_empty(night.rows, numbers, sends_empty=sends_empty)
        if not held[day] and not is_changes(day):
            before.append((day, night.rows))
    return held


def is_missing(day: date, before: Sequence[tuple[date, int]]) -> bool:
    """Whether a type that did not come usually has so many rows that a person has to look. `before`: its nights, in order."""
    numbers = [rows for each, rows in before if each >= day - _LOOK_BACK]
    return bool(odd(0, numbers[-NIGHTS:]))


def _odd_or_empty(rows: int, before: Sequence[int], *, sends_empty: bool) -> Odd:
    if found := odd(rows, before):
        return found
    return Odd.EMPTY if not rows and any(before) and not sends_empty else Odd.NONE


def looks_of(
    own: Mapping[date, Night], nights: Iterable[date] = (), *, is_changes: Callable[[date], bool] = lambda day: False
) -> list[date]:
    """The days on which a type was looked for. A night held for a person is none, nor is one of less than half of the usual rows, nor
    one whose files hold changes only. On one of the `nights` a type without a file was looked for too (`full_nights`, of a source
    that sends no file without a row), unless it usually has so many rows that a person has to look."""
    return [day for day, _night, is_thin_night in _counting(own, nights, is_changes) if not is_thin_night]


def _counting(
    own: Mapping[date, Night], nights: Iterable[date], is_changes: Callable[[date], bool]
) -> Iterator[tuple[date, Night, bool]]:
    """The nights that count, and whether each has too few rows for its silence to say anything."""
    first = min(own, default=date.max)
    before: list[int] = []
    for day in sorted({*own, *(each for each in nights if each > first)}):
        night = own.get(day, Night(0))
        unusual = day not in own and odd(0, before[-NIGHTS:])
        if night.held or unusual or is_changes(day):
            continue
        yield day, night, is_thin(night.rows, before[-NIGHTS:])
        before.append(night.rows)


def blind_looks(
    own: Mapping[date, Night], nights: Iterable[date] = (), *, is_changes: Callable[[date], bool] = lambda day: False
) -> dict[str, frozenset[date]]:
    """By family of addresses, the looks that name far fewer of it than usual: they did not look for it. Where the number stays, it is
    the usual one after a week. A night that a person accepted looked for all."""
    counting = list(_counting(own, nights, is_changes))
    found: dict[str, frozenset[date]] = {}
    for family in FAMILIES:
        before: list[int] = []
        blind: list[date] = []
        for day, night, is_thin_night in counting:
            number, usual = night.families.get(family, 0), before[-NIGHTS:]
            is_few = odd(number, usual) is Odd.FEWER or is_thin(number, usual)
            if is_few and not is_thin_night and not night.is_accepted:
                blind.append(day)
            before.append(number)
        if blind:
            found[family] = frozenset(blind)
    return found


def whole_weekday(rows: Mapping[date, int]) -> int | None:
    """The weekday (0 Monday) on which a type comes whole where it looks as if other days held the difference only: on three
    weeks' such days each time more than twice as many rows as on any other day of those weeks. None: it does not look so."""
    for weekday in range(7):
        peaks = [day for day in rows if day.weekday() == weekday]
        others = [n for day, n in rows.items() if day.weekday() != weekday]
        if len(peaks) >= 3 and len(others) >= len(peaks) and min(rows[d] for d in peaks) > 2 * max(*others, 2):
            return weekday
    return None


def asked_before(kept: Sequence[tuple[date, int]], *, asked: int, until: date) -> list[tuple[date, int]]:
    """How many looks the team asked for of silences that begin before a day, once it asks for another number from `until` on, and `asked`
    for this one so far. A number that was asked for on no day yet is not kept."""
    return [*kept] if kept and kept[-1][0] >= until else [*kept, (until, asked)]


def patience_of(asked: int, again: int, missed: int) -> tuple[int, int]:
    """How many looks without a finding it takes, and which of them is the day: for a source that missed `missed` of what it saw
    both the look before and the look after, and saw `again` of them all three times. Never fewer than the team `asked` for."""
    if missed + again < _LEAST_TRIPLES or not missed:
        return asked, 1
    log = math.log(min(missed / (missed + again), 0.9))
    needed, likely = (math.ceil(math.log(chance) / log - _EDGE) for chance in (_DOUBT, _LIKELY))
    patience = max(asked, min(needed, _MOST_RUNS))
    return patience, max(1, min(likely, patience))


_EDGE = 1e-9


def wanders(address: str | None) -> bool:
    """Whether an IPv6 address is one that its machine makes up and gives up again (RFC 8981): that it is silent says nothing of
    the machine. One made from a network card, or with a short number as administrators give, stays."""
    if not address or ":" not in address:
        return False
    found = ip_address(address)
    low = int(found) & ((1 << 64) - 1) if isinstance(found, IPv6Address) else 0
    return bool(low >> 32) and (low >> 24) & 0xFFFF != 0xFFFE


def state_after(*, first_seen: date, last_seen: date, was_ended: bool, ending: State | None) -> State:
    """The state of a finding by what was seen alone, given the days, whether it had ended before, and how it ended now."""
    if ending is not None:
        return ending
    if was_ended:
        return State.REOPENED
    return State.NEW if first_seen == last_seen else State.PERSISTING


Stretch = tuple[date, date]  # from a day to a day, both seen, and every day between


@dataclass(frozen=True)
class Times:
    """One time that a finding was open. `ending` is FIXED or NOT_SEEN, and None while it is open. A fix lies after `last_day` and by
    `ended_on`; from `shown_on` on so many looks had not seen it that it counts."""

    opened_on: date
    last_day: date  # on which it was seen
    ended_on: date | None = None
    ending: State | None = None
    shown_on: date | None = None
    starts_on: date | None = None  # the day after the last look that did not see it: it may have been there then

    @property
    def fixed_on(self) -> date | None:
        return self.ended_on if self.ending is State.FIXED else None


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


def remove_day(stretches: Sequence[Stretch], day: date) -> list[Stretch]:
    """The stretches without a day: its source took back what it had seen."""
    left: list[Stretch] = []
    for start, end in stretches:
        if not start <= day <= end:
            left.append((start, end))
            continue
        left += [(a, b) for a, b in ((start, day - _DAY), (day + _DAY, end)) if a <= b]
    return left


@dataclass
class _Run:
    """The time that is being counted: since when, and the longest silence within it."""

    opened: date
    starts_on: date
    gap: int = field(default=0)


def _starts_on(looks: Sequence[date], opened: date) -> date:
    """From which day it may have been there: after the look before. Nobody knows how long what the first look saw had been there."""
    place = bisect_left(looks, opened)
    return looks[place - 1] + _DAY if place else opened


def open_periods(
    seen: Mapping[str, Sequence[Stretch]], sources: Mapping[str, Source], *, wanders: bool = False
) -> list[Times]:
    """The times that a finding was open, first to last. `seen` and `sources` are by source ("feed/type").

    What counts after a day is the source that saw it on that day (of several, the last by name): one that never looked there
    says nothing by its silence. `wanders`: its machine changes its address, so that silence proves no fix."""
    found: list[Times] = []
    current: _Run | None = None
    stretches = _union(seen)
    for place, (start, end, name) in enumerate(stretches):
        source = sources.get(name, Source())
        current = current or _Run(start, _starts_on(source.looks, start))
        until = stretches[place + 1][0] if place + 1 < len(stretches) else date.max
        later = source.looks[bisect_right(source.looks, end) : bisect_left(source.looks, until)]
        ended = _ended(source, end, later, gap=current.gap)
        if ended is None and until != date.max:
            current.gap = max(current.gap, (until - end).days)
            continue
        on, shown_on, ending = ended or (None, None, None)
        ending = State.NOT_SEEN if ending and wanders else ending
        found.append(Times(current.opened, end, on, ending, shown_on, current.starts_on))
        current = None
    return found


def _ended(source: Source, last_seen: date, later: Sequence[date], *, gap: int) -> tuple[date, date, State] | None:
    """By when it had ended, since when that is shown, and how; by looks after it was last seen."""
    if not later:
        return None
    patience, certain = source.patience_from(later[0])
    if len(later) < patience:
        return None
    if source.evidence is Evidence.SCAN:
        return later[min(certain, patience) - 1], later[patience - 1], State.FIXED
    quiet = last_seen + timedelta(days=max(QUIET_DAYS, _TIMES_ITS_GAP * gap))
    over = next((day for day in later if day >= quiet), None)
    return (over, over, State.NOT_SEEN) if over else None


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
    a later day of that same time. Once the problem is back, an older statement says nothing any more."""
    if replied_on is None or not open_periods:
        return FixClaim.NONE
    then = next((t for t in reversed(open_periods) if t.opened_on <= replied_on), open_periods[0])
    if then is not open_periods[-1]:
        return FixClaim.NONE
    if then.last_day > replied_on:
        return FixClaim.CONTRADICTED
    return FixClaim.SHOWN if then.ending else FixClaim.CLAIMED


def days_in(seen: Mapping[str, Sequence[Stretch]]) -> int:
    """On how many days it was seen, by whomever."""
    return sum((end - start).days + 1 for start, end, _source in _union(seen))
