"""What a figure is made of, in plain Python: periods, readings with their records, shares and medians. No Django.

It is in core because every app's measures give these and `indicators`, above them, keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol


class Frequency(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"  # published by others when they publish


_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3, Frequency.YEAR: 12}


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days with a name: Q3 2026."""

    start: date
    end: date

    @property
    def frequency(self) -> Frequency | None:
        """The frequency whose calendar period this is exactly; None for any other stretch of days."""
        for each in _MONTHS:
            if period_of(self.start, each) == self:
                return each
        return Frequency.ONCE if self.start == self.end else None

    @property
    def label(self) -> str:
        match self.frequency:
            case Frequency.YEAR:
                return str(self.start.year)
            case Frequency.QUARTER:
                return f"Q{(self.start.month + 2) // 3} {self.start.year}"
            case Frequency.MONTH:
                return f"{self.start.year}-{self.start.month:02d}"
            case Frequency.ONCE:
                return self.start.isoformat()
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    def until(self, day: date) -> Period:
        """As much of it as has passed on `day`."""
        return Period(self.start, max(self.start, min(self.end, day)))


def period_of(day: date, frequency: Frequency) -> Period:
    """The calendar period of that length which holds `day`; for ONCE, the day itself."""
    if frequency is Frequency.ONCE:
        return Period(day, day)
    months = _MONTHS[frequency]
    first = (day.month - 1) // months * months + 1
    start = date(day.year, first, 1)
    after = first + months
    end = date(day.year + (after > 12), (after - 1) % 12 + 1, 1) - timedelta(days=1)
    return Period(start, end)


def previous(period: Period, frequency: Frequency) -> Period:
    return period_of(period.start - timedelta(days=1), frequency)


def following(period: Period, frequency: Frequency) -> Period:
    return period_of(period.end + timedelta(days=1), frequency)


def periods_between(first: date, last: date, frequency: Frequency) -> list[Period]:
    """Every calendar period that holds a day of [first, last], oldest first. None for ONCE, which has no rhythm."""
    if frequency is Frequency.ONCE or first > last:
        return []
    found = [period_of(first, frequency)]
    while found[-1].end < last:
        found.append(following(found[-1], frequency))
    return found


@dataclass(frozen=True)
class RecordRef:
    """One record behind a figure: shown to those who may, counted for the public."""

    label: str
    address: str
    counted: bool  # in the numerator


@dataclass(frozen=True)
class Group:
    """Records counted in one group of the working: "Law that fits: 4 of 6"."""

    name: str
    numerator: int
    denominator: int

    @property
    def share(self) -> Decimal | None:
        """Per cent of the group."""
        return share(self.numerator, self.denominator)


@dataclass(frozen=True)
class Reading:
    """What a measure gives for a period. `value` is None when there is nothing to count: none is better than 0 of 0; or where an estimate
    gives none of what was counted, and `without_value` says why.

    `left_out` says what was not counted and why, as (sentence code, count); `remarks` the same of what was counted with a doubt. Every record of the denominator is in
    `records` once, and in one group, so that the groups add up to the whole."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    records: tuple[RecordRef, ...] = ()
    groups: tuple[Group, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    # Of 95 %, where the value is estimated from a sample. None on one side: it has no bound there.
    band: tuple[Decimal | None, Decimal | None] | None = None
    at_risk: int | None = None  # of an estimate over time: how many were still open and looked at for so long
    without_value: str = ""  # NOT_REACHED or NOT_LOOKED_AT
    remarks: tuple[tuple[str, int], ...] = ()


NOT_REACHED = "not_reached"  # fewer than half are over
NOT_LOOKED_AT = "not_looked_at"  # for so long, by anybody


@dataclass(frozen=True)
class Filters:
    """What a measure is narrowed to: an edition, and within it a pillar or an objective. `extra` is what only some measures know:
    ("of", one of the measure's choices)."""

    edition_id: int | None = None
    pillar_id: int | None = None
    objective_id: int | None = None
    extra: tuple[tuple[str, str], ...] = field(default=())


MeasureFunction = Callable[[Period, Filters], Reading]


class Direction(StrEnum):
    UP = "up"  # higher is better
    DOWN = "down"  # lower is better


class Words(Protocol):
    """Words in the reader's language, once they are asked for."""

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Wait:
    """What has to come, or to be decided, before a value may be frozen: a whole sentence in the reader's words, and the page of the
    workspace where it is seen to."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Measure:
    """A function over records, and what an indicator needs to know of it. Raise `version` when the function counts
    otherwise than before: readings keep the version they were taken with, and the next is marked not comparable."""

    function: MeasureFunction
    title: Words
    unit: str
    numerator_text: Words
    denominator_text: Words
    version: int = 1
    decimals: int = 0
    direction: Direction = Direction.UP
    about_people: bool = False  # its records are people: small numbers are not shown to the public
    # Whether the records say what they were on an earlier day. Where they do not, only the running period is measured:
    # no past is made up from what is known today.
    knows_past: bool = True
    # The name of the permission with which its records are listed; "" is that of any value (indicators/access.py).
    records_need: str = ""
    # Where one measure gives many values: (value, words) of each that an indicator can mean. It comes to the function in
    # `filters.extra` as ("of", value).
    choices: Callable[[], Iterable[tuple[str, str]]] | None = None
    # Where records of a period may still come after its last day: what is missing of that period now. A value is frozen only
    # when nothing is (indicators/actions/freezing.py).
    waits: Callable[[Period], Sequence[Wait]] | None = None


_HUNDREDTH = Decimal("0.01")


def share(numerator: int, denominator: int) -> Decimal | None:
    """Per cent, to a hundredth; None when there is nothing to divide by."""
    if denominator == 0:
        return None
    return (Decimal(numerator) * 100 / Decimal(denominator)).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def median(values: Sequence[int]) -> Decimal | None:
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return Decimal(ordered[middle])
    return (Decimal(ordered[middle - 1]) + Decimal(ordered[middle])) / 2


SMALL = 5  # fewer people than this are not shown: they could be singled out


PER_CENT = "%"


def is_small(number: Decimal | int | None) -> bool:
    return number is not None and 0 < number < SMALL


def rest_is_small(numerator: Decimal | None, denominator: Decimal | None) -> bool:
    """Whether so few of those were not counted that they could be singled out."""
    return numerator is not None and denominator is not None and is_small(denominator - numerator)


def is_about_few(value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None, unit: str) -> bool:
    """Whether a value about people is about so few that the public does not see it. A share reveals its rest too."""
    counted = value if denominator is None else numerator
    return is_small(counted) or is_small(denominator) or (unit == PER_CENT and rest_is_small(numerator, denominator))


def shown(number: int, *, about_people: bool) -> int | None:
    """The number as the public may see it: None when it is small and about people. Zero singles nobody out."""
    return None if about_people and 0 < number < SMALL else number
