"""The rules of training in plain Python."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from floreo.training.logic import (
    CODE_CHARACTERS,
    CODE_SECONDS,
    CheckIn,
    EnrolmentState,
    check_in_at,
    check_in_code,
    gains,
    is_check_in_code,
    is_small,
    median,
    result_of,
    seconds_to_next,
    share_of,
    state_on_entry,
    step_of,
)

KEY = b"a key of the installation"
NOW = datetime(2026, 11, 24, 15, 0, 20, tzinfo=UTC)
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.none() | st.integers(1, 50), st.integers(0, 60), st.integers(0, 20))
def test_nobody_gets_a_seat_that_is_not_there_nor_passes_who_waits(
    capacity: int | None, taken: int, waiting: int
) -> None:
    state = state_on_entry(capacity, taken, waiting)
    if state is EnrolmentState.CONFIRMED and capacity is not None:
        assert taken < capacity
        assert waiting == 0
    else:
        assert state is (EnrolmentState.CONFIRMED if capacity is None else EnrolmentState.WAITING)


@given(moments, st.integers(0, 600))
def test_a_code_works_in_its_minute_and_the_next_and_no_longer(moment: datetime, later: int) -> None:
    code = check_in_code(KEY, 7, step_of(moment))
    then = moment + timedelta(seconds=later)
    assert is_check_in_code(KEY, 7, code, now=then) == (step_of(then) - step_of(moment) <= 1)
    assert is_check_in_code(KEY, 7, f" {code[:4].lower()} {code[4:]} ", now=moment)


@given(moments)
def test_a_code_of_the_future_of_another_session_or_of_another_key_is_none(moment: datetime) -> None:
    code = check_in_code(KEY, 7, step_of(moment) + 1)
    assert not is_check_in_code(KEY, 7, code, now=moment)
    now_code = check_in_code(KEY, 7, step_of(moment))
    assert not is_check_in_code(KEY, 8, now_code, now=moment)
    assert not is_check_in_code(b"another", 7, now_code, now=moment)
    assert not is_check_in_code(KEY, 7, "", now=moment)
    assert not is_check_in_code(KEY, 7, "é" * 8, now=moment)
    assert set(code) <= set(CODE_CHARACTERS)
    assert 0 < seconds_to_next(moment) <= CODE_SECONDS


def test_the_door_is_open_from_half_an_hour_before_to_half_an_hour_after() -> None:
    starts, ends = NOW, NOW + timedelta(hours=3)
    minutes = timedelta(minutes=30)
    assert [
        check_in_at(starts, ends, now=at) for at in (starts - minutes - timedelta(seconds=1), starts - minutes)
    ] == [
        CheckIn.EARLY,
        CheckIn.OPEN,
    ]
    assert [check_in_at(starts, ends, now=at) for at in (ends + minutes, ends + minutes + timedelta(seconds=1))] == [
        CheckIn.OPEN,
        CheckIn.OVER,
    ]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 100))
def test_more_sessions_attended_never_undo_a_completion(attended: int, sessions: int, asked: int) -> None:
    def done(came: int) -> bool:
        return result_of(
            attended=came, sessions=sessions, min_attendance=asked, pass_mark=None, score_after=None
        ).completed

    if done(attended):
        assert done(attended + 1)
    assert not done(0)


def test_completion_asks_for_attendance_and_the_pass_mark() -> None:
    def of(attended: int, mark: int | None, score: int | None) -> tuple[bool | None, bool]:
        found = result_of(
            attended=attended,
            sessions=3,
            min_attendance=66,
            pass_mark=None if mark is None else Decimal(mark),
            score_after=None if score is None else Decimal(score),
        )
        return found.passed, found.completed

    assert of(2, None, None) == (None, True)
    assert of(1, None, None) == (None, False)
    assert of(2, 60, 60) == (True, True)
    assert of(2, 60, 59) == (False, False)
    assert of(2, 60, None) == (False, False)
    assert of(1, 60, 90) == (True, False)


def test_figures_name_nobody() -> None:
    assert [is_small(n) for n in (0, 1, 4, 5)] == [False, True, True, False]
    assert share_of(1, 3) == Decimal("33.3")
    assert share_of(0, 0) is None
    assert median([Decimal(3), Decimal(1), Decimal(8)]) == Decimal(3)
    assert median([Decimal(1), Decimal(4)]) == Decimal("2.5")
    assert median([]) is None
    assert gains([(Decimal(40), Decimal(70)), (None, Decimal(50)), (Decimal(30), None)]) == [Decimal(30)]
