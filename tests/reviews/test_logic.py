"""The rhythm in numbers: days in order, nothing skipped, nothing doubled, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.figures import Frequency, Period
from floreo.reviews import logic
from floreo.reviews.logic import AnswerState, Beat, Dates, RequestState, WaitingFor

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
NUMBERS = st.lists(st.integers(1, 40), max_size=4)
FREQUENCIES = st.sampled_from([Frequency.MONTH, Frequency.QUARTER, Frequency.YEAR])
# Zones with a change of the clocks in each half of the year, and without.
ZONES = ["America/New_York", "Europe/Madrid", "America/Belize", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]


def mails(days: list[date], asked_on: date, seen: list[date]) -> list[date]:
    """The days on which somebody was reminded, when the worker looks on each of `seen`."""
    last, sent = asked_on, []
    for day in seen:
        if logic.is_reminder_due(days, last, day):
            last = day
            sent.append(day)
    return sent


@given(DAYS, NUMBERS, NUMBERS)
def test_each_reminder_day_brings_one_mail_when_the_worker_runs_every_day(
    due: date, before: list[int], after: list[int]
) -> None:
    days = logic.reminder_days(due, before, after)
    asked = due - timedelta(days=50)
    seen = [asked + timedelta(days=n) for n in range(120)]
    assert mails(days, asked, seen) == days


@given(DAYS, NUMBERS, NUMBERS, st.integers(0, 1000))
def test_a_worker_that_stood_still_sends_one_mail_and_not_all_that_it_missed(
    due: date, before: list[int], after: list[int], gap: int
) -> None:
    days = logic.reminder_days(due, before, after)
    asked = due - timedelta(days=50)
    sent = mails(days, asked, [due + timedelta(days=gap)])
    assert len(sent) == bool([d for d in days if d <= due + timedelta(days=gap)])


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("zone", ZONES)
def test_a_change_of_the_clocks_skips_and_doubles_nothing(zone: str) -> None:
    """The worker looks every ten minutes for a year; days are the country's own, as clock.today() counts them."""
    here, at = ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    asked = at.astimezone(here).date()
    # A reminder on every single day of the year: the changes of the clocks are among them.
    days = [asked + timedelta(days=n) for n in range(1, 366)]
    last, sent = asked, []
    while at < datetime(2027, 1, 3, tzinfo=UTC):
        today = at.astimezone(here).date()
        if logic.is_reminder_due(days, last, today):
            last = today
            sent.append(today)
        at += timedelta(minutes=10)
    assert sent == days


@given(DAYS, FREQUENCIES)
def test_what_opens_is_over_and_its_days_are_in_order(today: date, frequency: Frequency) -> None:
    found = logic.opening(Beat(frequency=frequency), today, (None, None))
    if found is not None:
        period, dates = found
        assert period.end < today
        assert today == dates.opens_on < dates.due_on <= dates.closes_on
        assert dates.due_on >= min(period.end + timedelta(days=12), today + timedelta(days=5))


@pytest.mark.long
@given(st.integers(2021, 2034), FREQUENCIES)
def test_every_period_opens_once_in_a_year(year: int, frequency: Frequency) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    opened = [found[0] for day in days if (found := logic.opening(Beat(frequency=frequency), day, (None, None)))]
    number = {Frequency.MONTH: 12, Frequency.QUARTER: 4, Frequency.YEAR: 1}[frequency]
    assert len(set(opened)) == number


def test_a_worker_that_was_late_gives_five_days() -> None:
    _period, dates = logic.opening(Beat(), date(2026, 10, 20), (None, None)) or pytest.fail("it opens")
    assert dates == Dates(date(2026, 10, 20), date(2026, 10, 25), date(2026, 11, 8))


def test_nothing_opens_after_the_closing_day_nor_outside_the_edition() -> None:
    assert logic.opening(Beat(), date(2026, 11, 24), (None, None)) is None
    assert logic.opening(Beat(), date(2026, 10, 2), (date(2026, 10, 1), None)) is None
    assert logic.opening(Beat(), date(2026, 10, 2), (None, date(2026, 6, 30))) is None


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2026, 7, 1), date(2026, 9, 30), "2026-q3"),
        (date(2026, 7, 1), date(2026, 7, 31), "2026-07"),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2026, 10, 1), date(2026, 11, 15), "2026-11-15"),
    ],
)
def test_codes_name_the_period(first: date, last: date, code: str) -> None:
    assert logic.code_of(Period(first, last)) == code


STATES = st.dictionaries(st.integers(1, 4), st.sampled_from(list(AnswerState)))


@given(STATES, st.sets(st.integers(1, 4), min_size=1), st.booleans())
def test_the_whole_follows_from_its_parts(states: dict[int, AnswerState], asked: set[int], opened: bool) -> None:
    state = logic.whole(states, asked, is_opened=opened)
    here = {states[each] for each in asked if each in states}
    complete = all(each in states for each in asked)
    assert (state is RequestState.APPROVED) == (complete and here == {AnswerState.APPROVED})
    assert (state is RequestState.RETURNED) == (AnswerState.RETURNED in here)
    assert (state in (RequestState.WAITING, RequestState.OPENED)) == (not here)
    if state in logic.ANSWERED:
        assert complete
        assert here <= logic.SENT


def test_whose_turn_it_is() -> None:
    turns = {state: logic.waiting_for(state, is_closed=False) for state in RequestState}
    assert {s for s, t in turns.items() if t is WaitingFor.SECRETARIAT} == {RequestState.SUBMITTED}
    assert {s for s, t in turns.items() if t is WaitingFor.NOBODY} == {RequestState.APPROVED}
    assert {logic.waiting_for(state, is_closed=True) for state in RequestState} == {WaitingFor.NOBODY}


@pytest.mark.long
@given(st.text(max_size=40))
def test_a_number_is_finite_and_fits_or_is_none(expected: str) -> None:
    number = logic.number_of(expected)
    assert number is None or (number.is_finite() and number == round(number, 2))


@pytest.mark.parametrize("text", ["", "many", "NaN", "Infinity", "1.234", "1e99", "12,5"])
def test_what_is_no_number(text: str) -> None:
    assert logic.number_of(text) is None
