"""Outreach in plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.outreach.logic import (
    CLOCK_TOLERANCE,
    PER,
    ClockDoubt,
    Clocks,
    days_silent,
    doubt_of,
    due_of,
    fit,
    is_silent,
    likely_day,
    next_code,
    offset_of,
    rate,
    reference_of,
    short_of,
)

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAYS = st.integers(-2000, 2000)


def clocks(day: date, *, sent: datetime | None = None, written: datetime | None = None) -> Clocks:
    return Clocks(day, NOW, TODAY, written, sent)


@pytest.mark.parametrize(
    ("found", "doubt"),
    [
        (clocks(TODAY), ClockDoubt.NONE),
        (clocks(date(2026, 11, 1), sent=NOW, written=NOW - timedelta(days=20)), ClockDoubt.NONE),
        (clocks(date(2025, 11, 24), sent=NOW - timedelta(days=365)), ClockDoubt.BEHIND),
        (clocks(date(2027, 11, 24), sent=NOW + timedelta(days=365)), ClockDoubt.AHEAD),
        (clocks(date(2026, 12, 1)), ClockDoubt.FUTURE),
        (clocks(TODAY, sent=NOW, written=NOW - timedelta(days=10)), ClockDoubt.BEFORE),
        (clocks(date(2026, 3, 1)), ClockDoubt.OLD),
        (clocks(TODAY, sent=NOW - timedelta(hours=30)), ClockDoubt.NONE),
    ],
    ids=[
        "today",
        "two weeks without a signal",
        "a year behind",
        "a year ahead",
        "to come",
        "typed wrong",
        "old",
        "zone",
    ],
)
def test_a_day_is_believed_or_not(found: Clocks, doubt: ClockDoubt) -> None:
    assert doubt_of(found) == doubt


@pytest.mark.long
@given(DAYS, st.integers(0, 60))
def test_a_clock_that_was_wrong_all_the_time_gives_the_true_day(wrong: int, ago: int) -> None:
    """The phone was `wrong` days off when the session was held and when it was sent."""
    true = TODAY - timedelta(days=ago)
    found = clocks(true - timedelta(days=wrong), sent=NOW - timedelta(days=wrong))
    assert likely_day(found) == (
        true if abs(timedelta(days=wrong)) > CLOCK_TOLERANCE else min(true - timedelta(days=wrong), TODAY)
    )


@given(DAYS, DAYS)
def test_no_day_to_come_is_proposed(day: int, wrong: int) -> None:
    assert likely_day(clocks(TODAY + timedelta(days=day), sent=NOW + timedelta(days=wrong))) <= TODAY


@given(st.integers(-36 * 60, 36 * 60))
def test_a_clock_within_tolerance_is_no_offset(minutes: int) -> None:
    assert offset_of(clocks(TODAY, sent=NOW + timedelta(minutes=minutes))) == timedelta(0)


@pytest.mark.long
@given(st.integers(0, 10_000), st.integers(1, 5_000_000))
def test_a_rate_is_within_a_twentieth_of_the_quotient(count: int, inhabitants: int) -> None:
    found = rate(count, inhabitants)
    assert found is not None
    assert abs(found - Decimal(count) * PER / inhabitants) <= Decimal("0.05")


def test_a_rate_of_nobody_knows_how_many_is_none() -> None:
    assert (rate(3, None), rate(3, 0), rate(0, 5400)) == (None, None, Decimal("0.0"))


@pytest.mark.parametrize(
    ("last", "certified", "days"),
    [
        (None, None, None),
        (None, date(2026, 9, 1), 84),
        (date(2026, 11, 20), date(2026, 9, 1), 4),
        (date(2025, 1, 1), TODAY, 0),
    ],
)
def test_silence_counts_from_the_last_session_or_the_certificate(
    last: date | None, certified: date | None, days: int | None
) -> None:
    assert days_silent(last, certified, TODAY) == days


def test_sixty_days_are_silence() -> None:
    assert [is_silent(days) for days in (None, 0, 59, 60, 300)] == [False, False, False, True, True]


@pytest.mark.long
@given(st.lists(st.integers(1, 99), max_size=20))
def test_the_code_of_a_new_ambassador_was_never_given(numbers: list[int]) -> None:
    taken = [f"FC-{n:02d}" for n in numbers] + ["NP-50", "FC-x"]
    made = next_code("XP-FC", taken)
    assert made not in taken
    assert int(made.removeprefix("FC-")) == max(numbers, default=0) + 1


def test_numbers_name_the_district() -> None:
    assert (short_of("XP-FC"), reference_of("XP-FC", 412), reference_of("BZ-CY", 12345)) == (
        "FC",
        "FC-0412",
        "CY-12345",
    )


def test_an_answer_is_due_in_two_weeks() -> None:
    assert due_of(date(2026, 10, 14)) == date(2026, 10, 28)


def test_district_weighs_more_than_language() -> None:
    both = fit(district=1, wanted_district=1, languages=["es"], wanted="es")
    district = fit(district=1, wanted_district=1, languages=["en"], wanted="es")
    language = fit(district=2, wanted_district=1, languages=["es"], wanted="es")
    assert (both, district, language, fit(district=2, wanted_district=1, languages=[], wanted="es")) == (3, 2, 1, 0)
