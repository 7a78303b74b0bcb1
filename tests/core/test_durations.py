"""Durations count what is still open. Judged by scipy's product-limit estimate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.durations import MEDIAN, P90, Duration, Quantile, duration, estimate

hours = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)
START = datetime(2026, 12, 1, tzinfo=UTC)


def hour(number: float) -> timedelta:
    return timedelta(hours=number)


def durations(pairs: list[tuple[int, bool]]) -> list[Duration]:
    return [Duration(hour(length), is_over) for length, is_over in pairs]


@pytest.mark.long
@given(hours)
def test_the_estimate_is_that_of_scipy(pairs: list[tuple[int, bool]]) -> None:
    from scipy.stats import CensoredData, ecdf  # takes seconds, and each worker of the tests imports this file

    ours = estimate(durations(pairs))
    seen = CensoredData(
        [length for length, over in pairs if over], right=[length for length, over in pairs if not over]
    )
    theirs = ecdf(seen).sf
    for length in range(31):
        known = [float(step.lasting) for step in ours.steps if step.length <= hour(length)]
        assert np.isclose(known[-1] if known else 1.0, theirs.evaluate(length))
    for share in (MEDIAN, P90, Fraction(1, 10)):
        reached = [
            q for q, s in zip(theirs.quantiles, theirs.probabilities, strict=True) if 1 - s >= float(share) - 1e-9
        ]
        assert ours.quantile(share).value == (hour(reached[0]) if reached else None)


def test_what_is_open_makes_the_median_longer() -> None:
    """Three that took 2, 4 and 6 hours, and two that are open since 5 and since 50."""
    found = estimate(durations([(2, True), (4, True), (6, True), (5, False), (50, False)]))
    assert (found.quantile(MEDIAN), found.quantile(P90)) == (Quantile(hour(6), None), Quantile(None, hour(50)))
    assert [(step.length, step.at_risk, step.ended, step.lasting) for step in found.steps] == [
        (hour(2), 5, 1, pytest.approx(0.8)),
        (hour(4), 4, 1, pytest.approx(0.6)),
        (hour(6), 2, 1, pytest.approx(0.3)),
    ]
    assert (found.lasting(hour(3)), found.lasting(hour(60))) == (pytest.approx(0.8), None)


def test_without_any_nothing_is_known() -> None:
    found = estimate([])
    assert (found.count, found.quantile(MEDIAN), found.lasting(hour(1))) == (0, Quantile(None, None), None)


@pytest.mark.parametrize(
    ("end", "until", "found"),
    [
        (START + hour(3), START + hour(9), Duration(hour(3), is_over=True)),
        (START + hour(10), START + hour(9), Duration(hour(9), is_over=False)),  # it ended after that day
        (None, START + hour(9), Duration(hour(9), is_over=False)),
        (None, START - hour(1), None),
        (START - hour(1), START + hour(9), Duration(hour(0), is_over=True)),
    ],
)
def test_a_duration_is_as_it_was_known_on_a_day(end: datetime | None, until: datetime, found: Duration | None) -> None:
    assert duration(START, end, until) == found
