"""How long things take when some are not over yet. Every figure of it in the program is made here: of the incidents app, whose ends
are known to the second, and of findings, whose ends lie between two days. No Django.

What is still open counts for as long as it has been open. Of closed cases alone neither the mean nor the median says how long cases last:
the slow ones are not among them yet, and whoever leaves the hard ones open is flattered.

The estimate is that of the product limit (Kaplan and Meier, Journal of the American Statistical Association 53, 1958, 457-481), in
`product_limit`. Where an end lies in (after, by], and what had not ended is only known to last beyond `after`, `Survival` has beside it
the distribution that makes what was seen most likely (Turnbull, Journal of the Royal Statistical Society B 38, 1976, 290-295), and a
band: that of the product-limit estimate (Greenwood 1926; on the scale log(-log), as Kalbfleisch and Prentice have it), drawn twice: with
each end on its first possible day for the upper bound, and on its last for the lower, where what nothing shows to have ended lasts on,
and so does what was there when somebody first looked. So it holds the doubt about the days as well as that of the sample, and is never
narrower than either."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Generic, TypeVar

MEDIAN = Fraction(1, 2)
P90 = Fraction(9, 10)
_ROUNDING = 1e-9  # more than the error of a product of a million numbers; exact fractions would grow with each of them
_Z = 1.959963984540054  # of 95 %
_ENOUGH = 1e-7  # by which a share still moves when the search ends
_MOST_ROUNDS = 5000
_NOTHING = 1e-5  # a share that the search takes away ever more slowly

Length = TypeVar("Length", int, timedelta)


@dataclass(frozen=True)
class Step(Generic[Length]):
    """At `length`, `ended` of the `at_risk` that had lasted so long were over; `lasting` is the share that lasts longer, and `sum` is
    Greenwood's, of which the band is made."""

    length: Length
    at_risk: int
    ended: int
    lasting: float
    sum: float


def product_limit(numbers: Mapping[tuple[Length, bool], int]) -> tuple[Step[Length], ...]:
    """The estimate from how many there are of each length, over or not. What ends and what is seen last at the same length: the ends come
    first, as is usual."""
    lengths: Counter[Length] = Counter()
    ends: Counter[Length] = Counter()
    for (length, is_over), number in numbers.items():
        lengths[length] += number
        ends[length] += number if is_over else 0
    at_risk, lasting, total = lengths.total(), 1.0, 0.0
    steps = []
    for length in sorted(lengths):
        if ended := ends[length]:
            lasting *= (at_risk - ended) / at_risk
            total += ended / (at_risk * (at_risk - ended)) if at_risk > ended else 0.0
            steps.append(Step(length, at_risk, ended, lasting, total))
        at_risk -= lengths[length]
    return tuple(steps)


def last_step(steps: Sequence[Step[Length]], length: Length) -> Step[Length] | None:
    """The last step at that length or before; None before the first."""
    place = bisect_right(steps, length, key=lambda step: step.length)
    return steps[place - 1] if place else None


def _lasting(steps: Sequence[Step[Length]], length: Length) -> float:
    step = last_step(steps, length)
    return step.lasting if step is not None else 1.0


# Of ends that are known exactly.


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
    steps: tuple[Step[timedelta], ...]

    def lasting(self, length: timedelta) -> float | None:
        """The share that lasts longer than `length`; None where nothing was counted, or none was seen for so long while some
        were open."""
        if self.longest is None:
            return None
        share = _lasting(self.steps, length)
        return share if length <= self.longest or share == 0 else None

    def quantile(self, share: Fraction) -> Quantile:
        """The shortest length within which `share` of them are over, as 9/10."""
        for step in self.steps:
            if 1 - step.lasting >= float(share) - _ROUNDING:
                return Quantile(step.length, None)
        return Quantile(None, self.longest)


def estimate(durations: Iterable[Duration]) -> Estimate:
    """The product-limit estimate of these."""
    return estimate_of(Counter((each.length, each.is_over) for each in durations))


def estimate_of(numbers: Mapping[tuple[timedelta, bool], int]) -> Estimate:
    """The same from how many durations there are of each length, over or not."""
    ended = sum(number for (_length, is_over), number in numbers.items() if is_over)
    longest = max((length for length, _is_over in numbers), default=None)
    return Estimate(sum(numbers.values()), ended, longest, product_limit(numbers))


# Of ends that lie between two days.


@dataclass(frozen=True, order=True)
class Span:
    """It lasted more than `after` days, and had ended `by` that day; None: nothing shows that it ended, and it counts as lasting
    for `lasts` days, where that is more than `after`. `may_have_ended`: a look after that day did not see it. `may_be_older`: it was
    there when somebody looked first, so that it may have lasted any time longer."""

    after: int
    by: int | None
    lasts: int = 0
    may_have_ended: bool = False
    may_be_older: bool = False

    def __post_init__(self) -> None:
        if self.after < 0 or (self.by is not None and self.by <= self.after):
            raise ValueError("An end lies after the day on which it had not come yet.")

    @property
    def last(self) -> int:
        """The last day on which it counts."""
        return max(self.after, self.lasts) if self.by is None else self.by


@dataclass(frozen=True)
class Cell:
    """`share` of all end after day `after` and by day `by`. Where in between nothing can say."""

    after: int
    by: int
    share: float


@dataclass(frozen=True)
class Share:
    """How many of all had ended by a day: 0 to 1, with the band of 95 %, and how many were still looked at then. `value` is the
    likeliest; `shown` counts each end on the last day on which it may lie, so that a look that fails never makes it greater.
    Both are None where nobody was looked at for so long."""

    day: int
    value: float | None
    shown: float | None
    low: float
    high: float
    at_risk: int


@dataclass(frozen=True)
class Median:
    """The first day by which half had ended, likeliest and `shown`, with the days between which it lies. None: not reached."""

    day: int | None
    shown: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Survival:
    """What is known of a number of spans."""

    count: int
    ended: int
    cells: tuple[Cell, ...]
    longest: int  # for so long the longest was looked at
    _last_days: tuple[int, ...] = ()  # of each the last day on which it was looked at, sorted
    _early: tuple[Step[int], ...] = ()
    _late: tuple[Step[int], ...] = ()
    _least: tuple[Step[int], ...] = ()  # the same as `_late`, where what may be older lasts on

    def ended_by(self, day: int) -> Share:
        """The share that had ended by the end of that day."""
        at_risk = self.count - bisect_left(self._last_days, day)
        value = min(1.0, sum(cell.share for cell in self.cells if cell.by <= day))
        shown = 1 - _lasting(self._late, day)
        if not self.count or (day > self.longest and shown < 1):
            return Share(day, None, None, *self._band(day), at_risk)
        return Share(day, value, shown, *self._band(day), at_risk)

    def _band(self, day: int) -> tuple[float, float]:
        if not self.count:
            return 0.0, 1.0
        first = _bounds(self._late, day, self.count)[1]
        low = _bounds(self._least, day, self.count)[0]
        second, high = _bounds(self._early, day, self.count)
        value = min(1.0, sum(cell.share for cell in self.cells if cell.by <= day))
        shown = 1 - _lasting(self._late, day)
        return min(low, second, value, shown), max(high, first, value, shown) if day <= self.longest else 1.0

    def median(self) -> Median:
        """Of all, not of those that ended. Its bounds are where the band crosses a half."""
        days = sorted({cell.by for cell in self.cells} | {s.length for s in (*self._early, *self._late)})
        shares = [(day, self.ended_by(day)) for day in days]
        half = 0.5 - _ROUNDING
        return Median(
            next((day for day, s in shares if s.value is not None and s.value >= half), None),
            next((day for day, s in shares if s.shown is not None and s.shown >= half), None),
            next((day for day, s in shares if s.high >= half), None),
            next((day for day, s in shares if s.low >= half), None),
        )


def _bounds(steps: tuple[Step[int], ...], day: int, count: int) -> tuple[float, float]:
    """The band of the share that has ended. Before the first end: what none of `count` still allows (the exact binomial bound)."""
    step = last_step(steps, day)
    if step is None:
        return 0.0, 1 - 0.025 ** (1 / count)
    if step.lasting <= 0:
        return 0.025 ** (1 / count), 1.0
    log = math.log(step.lasting)
    width = _Z * math.sqrt(step.sum) / abs(log)
    return 1 - step.lasting ** math.exp(-width), 1 - step.lasting ** math.exp(width)


def survival_of(spans: Iterable[Span]) -> Survival:
    """The estimate for some spans; in time with their number times that of the days on which they differ."""
    numbers = Counter(spans)
    last_days = sorted(span.last for span in numbers.elements())
    return Survival(
        count=len(last_days),
        ended=sum(n for s, n in numbers.items() if s.by is not None),
        cells=_turnbull(numbers),
        longest=last_days[-1] if last_days else 0,
        _last_days=tuple(last_days),
        _early=product_limit(_by_day(numbers, at_end=False)),
        _late=product_limit(_by_day(numbers, at_end=True)),
        _least=product_limit(_by_day(Counter(map(_lasting_on, numbers.elements())), at_end=True)),
    )


def _lasting_on(span: Span) -> Span:
    """What may have lasted any time longer, as if nothing had shown its end."""
    return Span(span.last, None) if span.may_be_older else span


def _by_day(numbers: Counter[Span], *, at_end: bool) -> Counter[tuple[int, bool]]:
    """How many lasted until each day, over or not, with each end on the first or on the last day on which it may lie."""
    found: Counter[tuple[int, bool]] = Counter()
    for span, n in numbers.items():
        early = span.after if span.by is None and not span.may_have_ended else span.after + 1
        is_over = span.by is not None or (span.may_have_ended and not at_end)
        found[span.last if at_end else early, is_over] += n
    return found


def _turnbull(numbers: Counter[Span]) -> tuple[Cell, ...]:
    """The shares by expectation and maximisation over the innermost cells. What lies beyond the last look is in no cell."""
    cells = _innermost(numbers)
    if not cells:
        return ()
    starts, ends = [a for a, _b in cells], [b for _a, b in cells]
    rows = []  # which cells each span may have ended in: they lie beside each other
    for span, n in numbers.items():
        first = bisect_left(starts, span.after)
        last = len(cells) if span.by is None else bisect_right(ends, span.by)
        rows.append((n, first, last, span.by is None))
    beyond = any(span.by is None and span.after >= ends[-1] for span in numbers)
    shares = [1 / (len(cells) + beyond)] * len(cells)
    tail = shares[0] if beyond else 0.0
    total = numbers.total()
    for _round in range(_MOST_ROUNDS):
        sums = [0.0]
        for share in shares:
            sums.append(sums[-1] + share)
        slope, rest = [0.0] * (len(cells) + 1), 0.0
        for n, first, last, is_open in rows:
            mass = sums[last] - sums[first] + (tail if is_open else 0.0)
            weight = n / mass if mass > 0 else 0.0
            slope[first] += weight
            slope[last] -= weight
            rest += weight if is_open else 0.0
        new, running = [], 0.0
        for share, change in zip(shares, slope, strict=False):
            running += change
            new.append(share * running / total)
        new_tail = tail * rest / total
        moved = max(abs(new_tail - tail), *(abs(a - b) for a, b in zip(new, shares, strict=True)))
        shares, tail = new, new_tail
        if moved < _ENOUGH:
            break
    return tuple(Cell(a, b, share) for (a, b), share in zip(cells, shares, strict=True) if share > _NOTHING)


def _innermost(numbers: Counter[Span]) -> list[tuple[int, int]]:
    """From the start of some span to the next end of one, with no other start or end between: only there can the most likely
    shares lie."""
    starts = sorted({span.after for span in numbers})
    ends = sorted({span.by for span in numbers if span.by is not None})
    cells: list[tuple[int, int]] = []
    for end in ends:
        start = starts[bisect_left(starts, end) - 1]
        if not cells or cells[-1][1] <= start:
            cells.append((start, end))
    return cells
