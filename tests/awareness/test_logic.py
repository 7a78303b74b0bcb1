"""Rules of quizzes, self-checks, exercises and groups, tried on anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.awareness.logic import (
    SMALLEST_GROUP,
    Checked,
    Choices,
    Decided,
    Piece,
    decode,
    encode,
    in_place,
    is_right,
    per_cent,
    pieces_of,
    shown_groups,
    sound,
    things_to_do,
)

NUMBERS = st.integers(1, 9)


def test_several_answers_are_right_when_they_are_exactly_the_right_ones() -> None:
    many = Choices(1, frozenset({1, 2, 3}), frozenset({1, 3}), takes_many=True)
    assert [is_right(many, each) for each in ((1, 3), (1,), (1, 2, 3), ())] == [True, False, False, False]
    one = Choices(1, frozenset({1, 2, 3}), frozenset({1, 3}))
    assert [is_right(one, each) for each in ((1,), (3,), (2,), ())] == [True, True, False, False]


@pytest.mark.long
@given(st.lists(st.integers(-5, 50)), st.booleans())
def test_what_is_chosen_is_only_what_the_question_has(chosen: list[int], takes_many: bool) -> None:
    question = Choices(1, frozenset({1, 2, 3}), frozenset({2}), takes_many=takes_many)
    found = sound(question, chosen)
    assert set(found) <= set(chosen) & {1, 2, 3}
    assert len(found) <= (3 if takes_many else 1)


CHECKED = st.builds(Checked, NUMBERS, st.integers(1, 5), st.none() | st.integers(0, 100))


@given(st.lists(CHECKED, unique_by=lambda each: each.number))
def test_three_things_are_advised_and_never_one_that_is_in_place(answers: list[Checked]) -> None:
    found = things_to_do(answers)
    missing = {each.number: each for each in answers if each.missing != 0}
    assert len(found) == min(3, len(missing))
    assert set(found) <= set(missing)

    def weight(number: int) -> int:
        each = missing[number]
        return each.importance * (50 if each.missing is None else each.missing)

    rest = [weight(number) for number in missing if number not in found]
    assert all(weight(number) >= other for number in found for other in rest)
    assert in_place(answers) == len(answers) - len(missing)


def test_what_matters_more_comes_first() -> None:
    answers = [Checked(1, 2, 100), Checked(2, 5, 100), Checked(3, 5, 0), Checked(4, 4, None), Checked(5, 3, 100)]
    assert things_to_do(answers) == [2, 5, 1]


@pytest.mark.long
@given(st.text(alphabet="abc ", max_size=40), st.dictionaries(NUMBERS, st.text(alphabet="abc ", max_size=4)))
def test_pieces_are_the_text_and_each_place_is_its_quote(text: str, quotes: dict[int, str]) -> None:
    pieces = pieces_of(text, quotes)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text == quotes[piece.spot] for piece in pieces if piece.spot is not None)


def test_a_quote_within_another_is_left_out() -> None:
    assert pieces_of("pay today now", {1: "today", 2: "today now"}) == [Piece("pay "), Piece("today now", 2)]


@pytest.mark.long
@given(st.lists(st.builds(Decided, NUMBERS, st.booleans(), st.lists(NUMBERS, unique=True).map(sorted).map(tuple))))
def test_decisions_come_back_as_they_were(decisions: list[Decided]) -> None:
    first = {each.message: each for each in reversed(decisions)}
    assert {each.message: each for each in decode(encode(decisions))} == first


@pytest.mark.long
@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert all(each.message >= 0 for each in decode(text))


# --- Groups -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 40), max_size=8))
def test_no_group_below_the_smallest_shows_and_no_total_gives_one_away(takers: list[int]) -> None:
    shown = shown_groups(takers)
    hidden = [count for count, is_shown in zip(takers, shown.groups, strict=True) if count and not is_shown]
    assert all(count >= SMALLEST_GROUP for count, may in zip(takers, shown.groups, strict=True) if may)
    if shown.total and hidden:  # what somebody gets who takes the shown groups from the total
        assert sum(hidden) >= SMALLEST_GROUP
        assert len(hidden) >= 2
    if shown.total:
        assert sum(takers) >= SMALLEST_GROUP


@pytest.mark.parametrize(
    ("takers", "groups", "total"),
    [
        ([4], (False,), False),
        ([5], (True,), True),
        ([4, 30], (False, False), True),
        ([4, 30, 25], (False, True, False), True),
        ([1, 2, 30], (False, False, False), True),
        ([3, 3, 30], (False, False, True), True),
        ([1, 1], (False, False), False),
        ([0, 12], (False, True), True),
        ([], (), False),
    ],
)
def test_a_group_of_four(takers: list[int], groups: tuple[bool, ...], total: bool) -> None:
    shown = shown_groups(takers)
    assert (shown.groups, shown.total) == (groups, total)


def test_per_cent_is_rounded_half_up_and_of_nothing_there_is_none() -> None:
    assert [per_cent(1, 3), per_cent(1, 8), per_cent(0, 5), per_cent(0, 0)] == [33, 13, 0, None]
