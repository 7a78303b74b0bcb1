"""Which sections are in force on a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.legislation.commencing import Start, not_in_force, sections_named, start_of_each

KNOWN = ["1", "2", "3", "4", "12", "12A", "13"]
EARLY, LATE = date(2026, 1, 1), date(2027, 6, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1, 4, 12A", {"1", "4", "12A"}),
        ("2-4", {"2", "3", "4"}),
        ("2 to 4 and 13", {"2", "3", "4", "13"}),
        ("2 a 3 y 12", {"2", "3", "12"}),
        ("12–13", {"12", "12A", "13"}),
        ("99; Part II", set()),
        ("4-2", set()),
        ("", set()),
    ],
)
def test_sections_are_named_one_by_one_and_in_ranges(text: str, found: set[str]) -> None:
    assert sections_named(text, KNOWN) == found


PARTS = {
    ("part", "I"): ["1", "2"],
    ("part", "II"): ["3", "4"],
    ("part", "III"): ["12", "12A", "13"],
    ("chapter", "2"): ["4"],
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Part II", {"3", "4"}),
        ("Parts I and III", {"1", "2", "12", "12A", "13"}),
        ("Parts I to III", set(KNOWN)),
        ("Part I, section 12A", {"1", "2", "12A"}),
        ("sections 1 and 2; Chapter 2", {"1", "2", "4"}),
        ("Partes I y II", {"1", "2", "3", "4"}),
        ("Capítulo 2 y artículo 13", {"4", "13"}),
        ("Part IX", set()),
        ("Part", set()),
    ],
)
def test_parts_are_named_by_their_numbers(text: str, found: set[str]) -> None:
    assert sections_named(text, KNOWN, PARTS) == found


def test_a_row_that_names_none_is_for_all_others() -> None:
    starts = start_of_each(KNOWN, [Start("", EARLY), Start("12A", LATE), Start("13", None)], None)
    assert not_in_force(starts, date(2026, 6, 1)) == {"12A": LATE, "13": None}
    assert not_in_force(starts, LATE) == {"13": None}
    assert len(not_in_force(starts, date(2025, 1, 1))) == len(KNOWN)


def test_of_what_nobody_wrote_down_nothing_is_said() -> None:
    assert start_of_each(KNOWN, [], None) == {}
    assert start_of_each(KNOWN, [Start("2", LATE)], None) == {"2": LATE}
    assert start_of_each(KNOWN, [Start("2", LATE)], EARLY)["1"] == EARLY


@given(st.text(max_size=60), st.dates(), st.dates())
def test_no_text_names_a_section_that_is_not_there(text: str, on: date, day: date) -> None:
    assert sections_named(text, KNOWN, PARTS) <= set(KNOWN)
    for number, start in not_in_force(start_of_each(KNOWN, [Start(text, on)], None), day).items():
        assert number in KNOWN
        assert start is None or start > day
