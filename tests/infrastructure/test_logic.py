"""Rules of services as plain Python: scores, stages, tests of plans, circles."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.infrastructure.logic import (
    NEXT,
    OPEN_STAGES,
    PlanState,
    Scored,
    Stage,
    may_follow,
    plan_state,
    score_of,
)
from floreo.infrastructure.queries import _shared

rows = st.lists(
    st.builds(lambda weight, most, points: Scored(weight, most, min(points, most)), *(st.integers(1, 5),) * 3),
    min_size=1,
)
DAY = date(2026, 6, 1)


@pytest.mark.long
@given(rows)
def test_a_score_is_between_nothing_and_all(given_rows: list[Scored]) -> None:
    found = score_of(given_rows)
    assert found is not None
    assert 0 <= found <= 100
    assert score_of([Scored(r.weight, r.most, r.most) for r in given_rows]) == 100
    assert score_of([Scored(r.weight, r.most, 0) for r in given_rows]) == 0


@given(rows, st.integers(0))
def test_one_open_criterion_makes_the_score_unknown(given_rows: list[Scored], at: int) -> None:
    at %= len(given_rows)
    given_rows[at] = Scored(given_rows[at].weight, given_rows[at].most, None)
    assert score_of(given_rows) is None


def test_a_score_is_weighted() -> None:
    assert score_of([Scored(3, 3, 3), Scored(1, 3, 0)]) == Decimal("75.0")
    assert score_of([]) is None


@pytest.mark.parametrize("stage", list(Stage))
def test_only_a_hearing_leads_to_a_designation(stage: Stage) -> None:
    assert may_follow(stage, Stage.DESIGNATED) == (stage is Stage.HEARING)
    assert (stage in OPEN_STAGES) == (Stage.DECLINED in NEXT[stage])


@pytest.mark.parametrize(
    ("last", "following", "passed", "state"),
    [
        (None, None, True, PlanState.NEVER_TESTED),
        (None, DAY - timedelta(1), True, PlanState.NEVER_TESTED),
        (DAY, None, False, PlanState.FAILED),
        (DAY - timedelta(9), DAY - timedelta(1), True, PlanState.OVERDUE),
        (DAY - timedelta(9), DAY, True, PlanState.TESTED),
        (DAY, None, True, PlanState.TESTED),
    ],
)
def test_a_plan_is_as_good_as_its_last_test(
    last: date | None, following: date | None, passed: bool, state: PlanState
) -> None:
    assert plan_state(last, following, DAY, passed=passed) is state


@pytest.mark.long
@given(st.integers(0, 10**6), st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 10**6), min_size=1))
def test_a_number_is_spread_without_losing_anybody(number: int, weights: dict[str, int]) -> None:
    if not sum(weights.values()):
        return
    found = _shared(number, sorted(weights.items()))
    total = sum(weights.values())
    assert sum(found.values()) == number
    assert all(abs(users - number * weights[code] / total) < 1 for code, users in found.items())
