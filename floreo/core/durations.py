"""How long things take when some are not over yet: the product-limit estimate of Kaplan and Meier (Journal of the American
Statistical Association 53, 1958, 457-481). No Django.

What is still open counts for as long as it has been open. A median of the closed ones alone flatters whoever leaves the hard ones open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

MEDIAN = Fraction(1, 2)
P90 = Fraction(9, 10)
_ROUNDING = 1e-9  # more than the error of a product of a million numbers; exact fractions would grow with each of them


@dataclass(frozen=True)
class Duration:
    """`length` is how long it took or, where `is_over` is False, how long it has lasted so far. Not negative."""

    length: timedelta
    is_over: bool

    def __post_init__(self) -> None:
        if self.length < timedelta():
            raise ValueError("Nothing ends before it begins.")


def duration(start: datetime, end: datetime | None, until: datetime) -> Duration | None:
    """As it was known at `until`; None for what had not begun. An end before the start counts as the start."""
    if start > until:
        return None
    if end is None or end > until:
        return Duration(until - start, is_over=False)
    return Duration(max(end - start, timedelta()), is_over=True)


@dataclass(frozen=True)
class Step:
    """At `length`, `ended` of the `at_risk` that had lasted so long were over; `lasting` is the share that lasts longer."""

    length: timedelta
    at_risk: int
    ended: int
    lasting: float


@dataclass(frozen=True)
class Quantile:
    """`value` is None where it is not reached: then it is more than `more_than`, the longest that was seen. Both are None where
    there was nothing to count."""

    value: timedelta | None
    more_than: timedelta | None


@dataclass(frozen=True)
class Estimate:
    count: int
    ended: int
    longest: timedelta | None
    steps: tuple[Step, ...]

    def lasting(self, length: timedelta) -> float | None:
        """The share that lasts longer than `length`; None where nothing was counted, or none was seen for so long while some
        were open."""
        if self.longest is None:
            return None
        known = [step.lasting for step in self.steps if step.length <= length]
        share = known[-1] if known else 1.0
        return share if length <= self.longest or share == 0 else None

    def quantile(self, share: Fraction) -> Quantile:
        """The shortest length within which `share` of them are over, as 9/10."""
        for step in self.steps:
            if 1 - step.lasting >= float(share) - _ROUNDING:
                return Quantile(step.length, None)
        return Quantile(None, self.longest)


def estimate(durations: Iterable[Duration]) -> Estimate:
    """The product-limit estimate. What ends and what is seen last at the same length: the ends come first, as is usual."""
    return estimate_of(Counter((each.length, each.is_over) for each in durations))


def estimate_of(numbers: Mapping[tuple[timedelta, bool], int]) -> Estimate:
    """The same from how many durations there are of each length, over or not."""
    lengths: Counter[timedelta] = Counter()
    ends: Counter[timedelta] = Counter()
    for (length, is_over), number in numbers.items():
        lengths[length] += number
        ends[length] += number if is_over else 0
    at_risk = count = lengths.total()
    steps, lasting = [], 1.0
    for length in sorted(lengths):
        if ended := ends[length]:
            lasting *= (at_risk - ended) / at_risk
            steps.append(Step(length, at_risk, ended, lasting))
        at_risk -= lengths[length]
    return Estimate(count, ends.total(), max(lengths, default=None), tuple(steps))
