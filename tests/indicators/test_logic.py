"""Figures in plain Python: what holds for every period, value and target."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from floreo.indicators.logic import (
    SMALL,
    Direction,
    Frequency,
    Group,
    Outlook,
    Period,
    Target,
    expected_by,
    following,
    is_small,
    median,
    outlook,
    period_of,
    periods_between,
    previous,
    safe_groups,
    share,
    shown,
)
from floreo.indicators.pack import period_from

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
rhythms = st.sampled_from([Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR])
values = st.decimals(-1000, 1000, places=2)
directions = st.sampled_from(list(Direction))
# From bad to good: a better value never gives a worse outlook.
RANK = {Outlook.MISSED: 0, Outlook.AT_RISK: 0, Outlook.ON_TRACK: 1, Outlook.WITHIN: 2, Outlook.REACHED: 2}


@given(days, rhythms)
def test_a_period_holds_its_day_and_is_its_own_period(day: date, rhythm: Frequency) -> None:
    period = period_of(day, rhythm)
    assert period.start <= day <= period.end
    assert period_of(period.start, rhythm) == period == period_of(period.end, rhythm)
    assert period.frequency is rhythm


@given(days, rhythms)
def test_the_period_before_ends_the_day_before(day: date, rhythm: Frequency) -> None:
    period = period_of(day, rhythm)
    assert previous(period, rhythm).end == period.start - timedelta(days=1)
    assert following(previous(period, rhythm), rhythm) == period


@given(days, st.sampled_from(list(Frequency)))
def test_a_label_reads_back_as_its_period(day: date, rhythm: Frequency) -> None:
    period = period_of(day, rhythm)
    assert period_from(period.label) == period


@given(days, st.integers(0, 1000))
def test_any_stretch_of_days_reads_back(day: date, length: int) -> None:
    period = Period(day, day + timedelta(days=length))
    assert period_from(period.label) == period


@given(days, st.integers(0, 2000), rhythms)
def test_periods_between_two_days_leave_no_gap(first: date, length: int, rhythm: Frequency) -> None:
    last = first + timedelta(days=length)
    found = periods_between(first, last, rhythm)
    assert found[0].start <= first
    assert found[-1].start <= last <= found[-1].end
    assert all(b.start - a.end == timedelta(days=1) for a, b in itertools.pairwise(found))


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_share_is_between_0_and_100(a: int, b: int) -> None:
    numerator, denominator = sorted((a, b))
    found = share(numerator, denominator)
    assert found is None if denominator == 0 else 0 <= found <= 100  # type: ignore[operator]  # not None there


def test_a_share_of_nothing_is_no_figure() -> None:
    found = [share(0, 0), share(0, 4), share(1, 3), share(4, 4)]
    assert found == [None, Decimal(0), Decimal("33.33"), Decimal(100)]


@given(st.lists(st.integers(0, 5000), min_size=1))
def test_half_lie_on_each_side_of_a_median(numbers: list[int]) -> None:
    middle = median(numbers)
    assert middle is not None
    assert sum(n < middle for n in numbers) <= len(numbers) / 2
    assert sum(n > middle for n in numbers) <= len(numbers) / 2


def test_the_median_of_nothing_is_no_figure() -> None:
    found = [median([]), median([3]), median([9, 1]), median([5, 1, 2])]
    assert found == [None, Decimal(3), Decimal(5), Decimal(2)]


@pytest.mark.long
@given(values, values, st.integers(1, 4000), st.integers(-100, 5000), days)
def test_the_expected_value_lies_between_baseline_and_target(
    baseline: Decimal, goal: Decimal, length: int, elapsed: int, begun: date
) -> None:
    target = Target(goal, begun + timedelta(days=length))
    found = expected_by(begun + timedelta(days=elapsed), baseline=baseline, baseline_on=begun, target=target)
    assert min(baseline, goal) - Decimal("0.01") <= found <= max(baseline, goal) + Decimal("0.01")


@pytest.mark.long
@given(
    st.tuples(values, values),
    st.tuples(values, values),
    directions,
    days,
    st.tuples(st.integers(1, 3000), st.integers(0, 4000)),
)
def test_a_better_value_never_has_a_worse_outlook(
    pair: tuple[Decimal, Decimal],
    way: tuple[Decimal, Decimal],
    direction: Direction,
    begun: date,
    lengths: tuple[int, int],
) -> None:
    worse, better = sorted(pair, reverse=direction is Direction.DOWN)
    target, on = Target(way[1], begun + timedelta(days=lengths[0])), begun + timedelta(days=lengths[1])
    ranks = [
        RANK[outlook(value=v, on=on, target=target, direction=direction, baseline=way[0], baseline_on=begun)]
        for v in (worse, better)
    ]
    assert ranks[0] <= ranks[1]


@given(values, directions, days)
def test_an_outlook_needs_a_value_and_a_target(value: Decimal, direction: Direction, day: date) -> None:
    target = Target(value, day)
    assert outlook(value=None, on=day, target=target, direction=direction) is Outlook.UNKNOWN
    assert outlook(value=value, on=day, target=None, direction=direction) is Outlook.UNKNOWN
    on_time = outlook(value=value, on=day, target=target, direction=direction)
    assert on_time is (Outlook.REACHED if direction is Direction.UP else Outlook.WITHIN)
    higher = outlook(value=value, on=day, target=target, direction=direction, baseline=value + 1, baseline_on=day)
    assert higher is Outlook.REACHED
    before = outlook(value=value, on=day - timedelta(days=1), target=target, direction=direction)
    assert before is (Outlook.REACHED if direction is Direction.UP else Outlook.WITHIN)


def test_a_target_whose_day_has_passed_is_missed() -> None:
    target = Target(Decimal(95), date(2026, 12, 31))
    found = outlook(value=Decimal(94), on=date(2026, 12, 31), target=target, direction=Direction.UP)
    assert found is Outlook.MISSED


@given(st.integers(0, 100), st.booleans())
def test_few_people_are_not_shown(number: int, about_people: bool) -> None:
    assert shown(number, about_people=about_people) == (None if about_people and 0 < number < SMALL else number)


groups = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda p: (min(p), max(p))), min_size=1, max_size=6
)


@given(groups)
def test_nobody_can_be_worked_out_from_groups_of_people(pairs: list[tuple[int, int]]) -> None:
    given_groups = [Group(str(n), a, b) for n, (a, b) in enumerate(pairs)]
    assume(sum(b for _a, b in pairs) > 0)
    found = safe_groups(given_groups, others="others")
    if not found:
        return
    assert sum(g.numerator for g in found) == sum(a for a, _b in pairs)
    assert sum(g.denominator for g in found) == sum(b for _a, b in pairs)
    assert not any(is_small(g.numerator) or is_small(g.denominator) for g in found)


def test_groups_that_are_large_enough_stay_as_they_are() -> None:
    whole = (Group("a", 5, 10), Group("b", 0, 7))
    assert safe_groups(whole, others="others") == whole


@given(numbers=st.tuples(values, values, values | st.none()), start=days, ahead=st.integers(1, 4000), on=days)
def test_what_should_be_low_and_rose_is_never_reached(
    numbers: tuple[Decimal, Decimal, Decimal | None], start: date, ahead: int, on: date
) -> None:
    """Nor what nobody measured before: without a baseline nobody knows that it came down."""
    value, target, baseline = numbers
    found = outlook(
        value=value,
        on=on,
        target=Target(target, start + timedelta(days=ahead)),
        direction=Direction.DOWN,
        baseline=baseline,
        baseline_on=start,
    )
    if baseline is None or value >= baseline:
        assert found is not Outlook.REACHED
    if found is Outlook.REACHED:
        assert value <= target
        assert baseline is not None
        assert value < baseline
