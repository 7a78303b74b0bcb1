"""Rules of the plan as properties: they hold for any action on any day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.strategy.logic import (
    HOLDING,
    ActionFacts,
    MilestoneFacts,
    Money,
    Rule,
    Status,
    code_key,
    facts_on,
    in_order,
    next_code,
    quarter_ends,
    status_of,
    tally,
    total,
)

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
maybe = st.none() | days
milestones = st.builds(MilestoneFacts, due_on=maybe, reached_on=maybe)
actions = st.builds(
    ActionFacts,
    starts_on=maybe,
    due_on=maybe,
    closed_on=maybe,
    on_hold_since=maybe,
    expected_on=maybe,
    updated_on=st.lists(days, max_size=3).map(tuple),
    high_risks=st.lists(st.tuples(days, maybe), max_size=2).map(tuple),
    milestones=st.lists(milestones, max_size=4).map(tuple),
)


@given(actions, days)
def test_every_action_stands_somehow_and_late_always_has_a_missed_day(facts: ActionFacts, day: date) -> None:
    now = status_of(facts, day)
    assert now.status in Status
    if now.status is Status.LATE:
        assert now.since is not None
        assert now.since < day
        assert now.days(day) >= 1


@given(actions, days, st.integers(0, 400))
def test_late_stays_late_while_nothing_happens(facts: ActionFacts, day: date, more: int) -> None:
    """Time alone never makes a late action well again: somebody must tick, close or hold it."""
    facts = facts_on(facts, day)
    if status_of(facts, day).status is Status.LATE:
        later = status_of(facts, day + timedelta(days=more))
        assert later.status is Status.LATE
        assert later.since is not None
        assert later.days(day + timedelta(days=more)) >= status_of(facts, day).days(day)


@pytest.mark.long
@given(actions, days)
def test_closing_is_done_whatever_else_is_true(facts: ActionFacts, day: date) -> None:
    assert status_of(replace(facts, closed_on=day), day).rule is Rule.CLOSED


@pytest.mark.long
@given(actions, days)
def test_a_later_due_date_never_makes_an_action_late(facts: ActionFacts, day: date) -> None:
    if status_of(facts, day).status is not Status.LATE and facts.due_on:
        assert status_of(replace(facts, due_on=facts.due_on + timedelta(days=30)), day).status is not Status.LATE


@pytest.mark.long
@given(actions, days)
def test_reaching_every_milestone_leaves_only_the_actions_own_date_to_be_missed(facts: ActionFacts, day: date) -> None:
    reached = replace(facts, milestones=tuple(replace(m, reached_on=day) for m in facts.milestones))
    assert status_of(reached, day).rule is not Rule.MILESTONE_OVERDUE


@pytest.mark.long
@given(actions, days)
def test_on_a_day_nothing_later_is_known(facts: ActionFacts, day: date) -> None:
    then = facts_on(facts, day)
    known = [then.closed_on, then.on_hold_since, *then.updated_on, *(d for risk in then.high_risks for d in risk)]
    known += [m.reached_on for m in then.milestones]
    assert all(d is None or d <= day for d in known)
    assert facts_on(then, day) == then
    assert (then.starts_on, then.due_on) == (facts.starts_on, facts.due_on), "plans are known from the start"


def test_an_undated_action_has_not_started_and_one_that_was_heard_of_is_on_track() -> None:
    day = date(2026, 11, 24)
    assert status_of(ActionFacts(), day).rule is Rule.UNDATED
    assert status_of(ActionFacts(updated_on=(day,)), day).status in HOLDING


@given(st.lists(st.sampled_from(list(Status))))
def test_a_tally_counts_each_once_in_the_order_of_every_bar(statuses: list[Status]) -> None:
    counts = tally(statuses)
    assert list(counts) == list(Status)
    assert sum(counts.values()) == len(statuses)


amounts = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
lines = st.builds(Money, currency=st.sampled_from(["USD", "EUR", "XCD"]), committed=amounts, spent=amounts)


@given(st.lists(lines))
def test_money_adds_up_exactly_per_currency_and_never_across(money: list[Money]) -> None:
    sums = total(money)
    assert set(sums) == {m.currency for m in money}
    for currency, one in sums.items():
        own = [m for m in money if m.currency == currency]
        assert one.committed == sum((m.committed for m in own), Decimal(0))
        assert one.spent == sum((m.spent for m in own), Decimal(0))


@given(days, days)
def test_quarters_end_on_the_last_day_of_march_june_september_and_december(first: date, last: date) -> None:
    ends = quarter_ends(first, last)
    assert ends == sorted(set(ends))
    for end in ends:
        assert first <= end <= last
        assert (end + timedelta(days=1)).day == 1
        assert end.month in {3, 6, 9, 12}
    if (last - first).days > 92:
        assert ends, "a stretch longer than a quarter holds the end of one"


def test_codes_sort_as_people_count() -> None:
    codes = ["1.10", "1.9", "2", "1", "1.9.1", "A", "1.a"]
    assert sorted(codes, key=code_key) == ["1", "1.9", "1.9.1", "1.10", "1.a", "2", "A"]


@pytest.mark.long
@given(st.lists(st.integers(1, 300), unique=True, max_size=8))
def test_the_next_code_is_free_and_last(numbers: list[int]) -> None:
    siblings = [f"2.1.{n}" for n in numbers]
    code = next_code("2.1", siblings)
    assert code not in siblings
    assert max([*siblings, code], key=code_key) == code


@pytest.mark.long
@given(st.lists(maybe, max_size=5))
def test_days_in_order_are_those_that_sorting_leaves_alone(given_days: list[date | None]) -> None:
    known = [d for d in given_days if d]
    assert in_order(*given_days) == (known == sorted(known))
