"""Figures in plain Python: periods, readings, directions, and how a reading stands to its target. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum


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
    def label(self) -> str:
        whole_months = (self.start.day == 1) and ((self.end + timedelta(days=1)).day == 1)
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        if whole_months and months == 12 and self.start.month == 1:
            return str(self.start.year)
        if whole_months and months == 3 and self.start.month % 3 == 1:
            return f"Q{(self.start.month + 2) // 3} {self.start.year}"
        if whole_months and months == 1:
            return f"{self.start.year}-{self.start.month:02d}"
        return f"{self.start.isoformat()}/{self.end.isoformat()}" if self.start != self.end else self.start.isoformat()


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


class Direction(StrEnum):
    UP = "up"  # higher is better
    DOWN = "down"  # lower is better


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


@dataclass(frozen=True)
class Reading:
    """What a measure gives for a period. `value` is None when there is nothing to count: no figure is better than 0 of 0.

    `left_out` says what was not counted and why, as (sentence code, count)."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    records: tuple[RecordRef, ...] = ()
    groups: tuple[Group, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()


def share(numerator: int, denominator: int) -> Decimal | None:
    """Per cent, exact to a hundredth; None when there is nothing to divide by."""
    if denominator == 0:
        return None
    return (Decimal(numerator) * 100 / Decimal(denominator)).quantize(Decimal("0.01"))


def median(values: Sequence[int]) -> Decimal | None:
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return Decimal(ordered[middle])
    return (Decimal(ordered[middle - 1]) + Decimal(ordered[middle])) / 2


@dataclass(frozen=True)
class Target:
    value: Decimal
    due: date | None


class Outlook(StrEnum):
    """How a figure stands to its target."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    MISSED = "missed"
    UNKNOWN = "unknown"  # no target, or no reading


def is_reached(value: Decimal, target: Decimal, direction: Direction) -> bool:
    return value >= target if direction is Direction.UP else value <= target


def expected_by(day: date, *, baseline: Decimal, baseline_on: date, target: Target) -> Decimal:
    """Where a straight line from baseline to target stands on `day`. A yardstick, not a forecast."""
    if target.due is None or target.due <= baseline_on or day >= target.due:
        return target.value
    elapsed = Decimal((day - baseline_on).days) / Decimal((target.due - baseline_on).days)
    return baseline + (target.value - baseline) * max(elapsed, Decimal(0))


def outlook(
    *, value: Decimal | None, on: date | None, target: Target | None, direction: Direction,
    baseline: Decimal | None = None, baseline_on: date | None = None,
) -> Outlook:  # fmt: skip
    """Reached; else missed once the target's date has passed; else on track when on or above the straight line from the
    baseline (with no baseline: at risk until reached)."""
    if value is None or on is None or target is None:
        return Outlook.UNKNOWN
    if is_reached(value, target.value, direction):
        return Outlook.REACHED
    if target.due is not None and on >= target.due:
        return Outlook.MISSED
    if baseline is None or baseline_on is None or target.due is None:
        return Outlook.AT_RISK
    line = expected_by(on, baseline=baseline, baseline_on=baseline_on, target=target)
    return Outlook.ON_TRACK if is_reached(value, line, direction) else Outlook.AT_RISK


SMALL = 5  # fewer people than this are not shown: they could be singled out


def shown(number: int, *, about_people: bool) -> int | None:
    """The number as the public may see it: None when it is small and about people. Zero singles nobody out."""
    return None if about_people and 0 < number < SMALL else number


@dataclass(frozen=True)
class Filters:
    """What a measure is narrowed to: an edition, and within it a pillar or an objective."""

    edition_id: int | None = None
    pillar_id: int | None = None
    objective_id: int | None = None
    extra: tuple[tuple[str, str], ...] = field(default=())
