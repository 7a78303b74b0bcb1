"""What holds of every clock, tried with many rules, times, zones and pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from floreo.core.deadlines import (
    Amount,
    Calendar,
    Facts,
    Kind,
    Origin,
    Pause,
    Rule,
    State,
    Target,
    Unit,
    add_months,
    clocks,
)
from floreo.core.deadlines.calendars import due_time, merged

# Zones whose clocks change at 2:00, at midnight, by half an hour, never; and one that left out a whole day.
ZONES = ["America/New_York", "America/Havana", "Australia/Lord_Howe", "America/Belize", "Pacific/Apia"]

moments = st.datetimes(datetime(2011, 6, 1), datetime(2032, 1, 1)).map(lambda found: found.replace(tzinfo=UTC))  # noqa: DTZ001
amounts = st.builds(Amount, st.integers(0, 40), st.sampled_from(Unit))
calendars = st.builds(
    Calendar,
    st.sampled_from(ZONES).map(ZoneInfo),
    st.frozensets(st.dates(date(2011, 6, 1), date(2032, 1, 1)), max_size=20),
    st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset({6}), frozenset[int]()]),
    st.just(dict.fromkeys(range(7), ((time(0, 30), time(2, 30)), (time(13), time.max)))),
)


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    begins = draw(st.lists(st.integers(-300, 2000), max_size=4))
    start = draw(moments)
    return [
        (start + timedelta(hours=begin), start + timedelta(hours=begin + draw(st.integers(0, 400)))) for begin in begins
    ]


def rule(amount: Amount, *, moves: bool = False) -> Rule:
    return Rule(
        code="x",
        titles={},
        origin=Origin(Kind.MOMENT, "aware"),
        amount=amount,
        met_by=Target(Kind.SUBMISSION, "final"),
        holds_from=date(2000, 1, 1),
        pauses=frozenset({"case"}),
        moves_to_working_day=moves,
    )


@given(moments, st.timedeltas(timedelta(), timedelta(days=70)), st.tuples(amounts, st.booleans()), calendars, spans())
def test_a_later_origin_is_never_due_earlier(
    start: datetime,
    later: timedelta,
    period: tuple[Amount, bool],
    calendar: Calendar,
    pauses: list[tuple[datetime, datetime]],
) -> None:
    amount, moves = period
    due = [due_time(each, amount, calendar, merged(pauses), moves=moves) for each in (start, start + later)]
    assert due[0] is not None
    assert due[1] is not None
    assert start <= due[0] <= due[1]


@pytest.mark.long
@given(moments, amounts, calendars, spans())
def test_a_pause_never_makes_it_due_earlier(
    start: datetime, amount: Amount, calendar: Calendar, pauses: list[tuple[datetime, datetime]]
) -> None:
    without, paused = (due_time(start, amount, calendar, merged(each)) for each in ([], pauses))
    assert without is not None
    assert paused is not None
    assert without <= paused


@pytest.mark.long
@given(moments, st.integers(1, 500), st.floats(0, 0.999), st.timedeltas(timedelta(), timedelta(days=90)), calendars)
def test_a_pause_moves_a_clock_of_hours_by_its_length(
    start: datetime, hours: int, part: float, length: timedelta, calendar: Calendar
) -> None:
    begins = start + timedelta(hours=hours) * part
    due = due_time(start, Amount(hours, Unit.HOURS), calendar, [(begins, begins + length)])
    assert due == start + timedelta(hours=hours) + length


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 600))
def test_months_never_skip_a_month(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.long
@given(moments, amounts, calendars, spans(), st.lists(st.timedeltas(timedelta(), timedelta(days=99)), max_size=2))
@settings(max_examples=60)
def test_what_is_computed_again_is_the_same_whatever_was_asked_before(
    start: datetime, amount: Amount, calendar: Calendar, pauses: list[tuple[datetime, datetime]], later: list[timedelta]
) -> None:
    facts = Facts({"aware": start}, (), {}, tuple(Pause("case", begin, end) for begin, end in pauses))
    times = [start + each for each in later]
    first = [clocks([rule(amount)], facts, calendar, now) for now in times]
    again = [clocks([rule(amount)], facts.as_of(now), calendar, now) for now in reversed(times)]
    assert first == again[::-1]


@pytest.mark.long
@given(moments, amounts, calendars, st.timedeltas(timedelta(), timedelta(days=99)))
def test_the_state_changes_when_it_said_it_would_and_not_before(
    start: datetime, amount: Amount, calendar: Calendar, later: timedelta
) -> None:
    def state(now: datetime) -> tuple[State, datetime | None]:
        (clock,) = clocks([rule(amount)], Facts({"aware": start}), calendar, now)
        return clock.state, clock.changes_at

    now, change = state(start + later)
    assume(change is not None)
    assert change is not None
    assert state(max(start, change - timedelta(microseconds=1)))[0] == now
    assert state(change + timedelta(microseconds=1))[0] != now
