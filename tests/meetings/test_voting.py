"""How the result of a written procedure follows from its answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.meetings.logic import next_number
from floreo.meetings.voting import (
    Choice,
    Outcome,
    ProcedureKind,
    Result,
    best_of,
    choices_of,
    counted,
    needed_for,
    outcome,
    remind_at,
)

VOTE, SILENCE = ProcedureKind.VOTE, ProcedureKind.SILENCE
FOR, AGAINST, ABSTAIN = Choice.FOR, Choice.AGAINST, Choice.ABSTAIN


def result(*answers: str, members: int = 5, quorum: int = 51, options: int = 0) -> Result:
    return outcome(VOTE, answers, members=members, quorum=quorum, options=options).result


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((FOR, FOR, AGAINST), Result.ADOPTED),
        ((FOR, ABSTAIN, ABSTAIN), Result.ADOPTED),
        ((FOR, AGAINST, ABSTAIN), Result.TIE),
        ((FOR, FOR, AGAINST, AGAINST), Result.TIE),
        ((FOR, AGAINST, AGAINST), Result.NOT_ADOPTED),
        ((ABSTAIN, ABSTAIN, ABSTAIN), Result.NOT_ADOPTED),
        ((FOR, FOR), Result.NO_QUORUM),
        ((), Result.NO_QUORUM),
    ],
)
def test_a_majority_of_those_who_do_not_abstain_with_the_quorum_of_those_who_answer(
    answers: tuple[str, ...], expected: Result
) -> None:
    assert result(*answers) == expected


def test_among_options_more_than_half_is_asked_for_too() -> None:
    first, second, third = "option-1", "option-2", "option-3"
    found = outcome(VOTE, [first, first, second], members=3, quorum=51, options=3)
    assert (found.result, found.won) == (Result.ADOPTED, first)
    assert result(first, first, second, third, options=3) == Result.NOT_ADOPTED
    assert result(first, first, second, second, options=3) == Result.TIE


def test_one_objection_stops_a_procedure_by_silence_and_so_does_a_member_who_was_not_reached() -> None:
    def silent(*answers: str, unreached: int = 0) -> Result:
        return outcome(SILENCE, answers, members=4, quorum=51, unreached=unreached).result

    assert silent() == Result.ADOPTED
    assert silent(Choice.AGREE) == Result.ADOPTED
    assert silent(Choice.AGREE, Choice.AGREE, Choice.OBJECT) == Result.OBJECTED
    assert silent(Choice.AGREE, unreached=1) == Result.NOT_REACHED


def test_where_everybody_has_left_nothing_is_adopted() -> None:
    assert {outcome(kind, [], members=0, quorum=51).result for kind in ProcedureKind} == {Result.NO_QUORUM}


@pytest.mark.parametrize(
    ("quorum", "members", "needed"), [(51, 2, 2), (51, 3, 2), (51, 4, 3), (51, 10, 6), (1, 10, 1), (100, 7, 7)]
)
def test_a_quorum_is_rounded_up(quorum: int, members: int, needed: int) -> None:
    assert needed_for(quorum, members) == needed


@pytest.mark.long
@given(st.lists(st.sampled_from(choices_of(VOTE, 0)), max_size=30), st.integers(1, 30), st.integers(1, 100))
def test_nothing_is_adopted_against_as_many_as_are_in_favour(answers: list[str], members: int, quorum: int) -> None:
    found = outcome(VOTE, answers, members=members, quorum=quorum)
    assert isinstance(found, Outcome)
    if found.result == Result.ADOPTED:
        assert answers.count(FOR) > answers.count(AGAINST)
        assert len(answers) * 100 >= quorum * members


def test_members_are_reminded_two_days_before_and_of_a_short_procedure_half_way() -> None:
    opened = datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert remind_at(opened, opened + timedelta(days=10)) == opened + timedelta(days=8)
    assert remind_at(opened, opened + timedelta(days=2)) == opened + timedelta(days=1)


def test_numbers_of_procedures_and_decisions_do_not_meet() -> None:
    taken = ["D-2026-09", "W-2026-01", "P-2026-04"]
    assert [next_number(taken, 2026, letter) for letter in "DWP"] == ["D-2026-10", "W-2026-02", "P-2026-05"]


def test_the_best_date_is_that_at_which_most_can_come_then_that_which_suits_most() -> None:
    counts = counted(
        [1, 2, 3], [(1, "yes"), (1, "no"), (2, "yes"), (2, "if_needed"), (3, "if_needed"), (3, "if_needed")]
    )
    assert [(c.can_come, c.yes, c.no) for c in counts] == [(1, 1, 1), (2, 1, 0), (2, 0, 0)]
    assert best_of(counts) == 2
    assert best_of(counted([1, 2], [(1, "no")])) is None
