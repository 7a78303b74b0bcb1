"""Meetings in plain Python."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from floreo.meetings.logic import (
    NEXT,
    DecisionState,
    Draft,
    ItemKind,
    fingerprint,
    free_code,
    may_become,
    new_points,
    next_number,
    overlap,
)

YEARS = st.integers(2000, 2100)
NUMBERS = st.lists(st.builds(lambda y, n: f"D-{y}-{n:02d}", YEARS, st.integers(1, 400)))
DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))


@given(NUMBERS, YEARS)
def test_the_next_number_is_new_and_higher_than_all_of_its_year(taken: list[str], year: int) -> None:
    number = next_number(taken, year)
    assert number not in taken
    mine = [int(t.rsplit("-", 1)[1]) for t in taken if t.startswith(f"D-{year}-")]
    assert int(number.rsplit("-", 1)[1]) == max(mine, default=0) + 1


def test_a_number_that_people_wrote_otherwise_does_not_count() -> None:
    assert next_number(["2026/7", "D-26-9", "D-2026-x", "D-2026-06"], 2026) == "D-2026-07"


@given(st.lists(st.sampled_from(["2026-12-03", "2026-12-03-2", "2026-12-03-3"])))
def test_a_code_is_free(taken: list[str]) -> None:
    assert free_code("2026-12-03", taken) not in taken


def _draft(thing: str) -> Draft:
    return Draft(thing, ItemKind.LATE, "t", "", {})


THINGS = st.lists(st.sampled_from(["a:1", "a:2", "b:1", "b:2", "c:9"]))


@given(THINGS, THINGS)
def test_an_agenda_never_holds_a_thing_twice(drawn: list[str], there: list[str]) -> None:
    found = [d.thing for d in new_points(map(_draft, drawn), there)]
    assert len(found) == len(set(found))
    assert set(found) == set(drawn) - set(there)
    assert new_points(map(_draft, drawn), [*there, *found]) == []


@given(DAYS, DAYS, DAYS, DAYS)
def test_two_stretches_overlap_when_a_day_lies_in_both(
    a: date | None, b: date | None, c: date | None, d: date | None
) -> None:
    first, last = date(2019, 1, 1), date(2031, 1, 1)
    starts, ends = max(a or first, c or first), min(b or last, d or last)
    if (a or first) <= (b or last) and (c or first) <= (d or last):
        assert overlap((a, b), (c, d)) == (starts <= ends)
    assert overlap((a, b), (c, d)) == overlap((c, d), (a, b))


def test_nothing_leads_out_of_what_is_over() -> None:
    assert [s for s in DecisionState if not NEXT[s]] == [
        DecisionState.REFUSED,
        DecisionState.CARRIED_OUT,
        DecisionState.DROPPED,
    ]
    assert not may_become("asked", "carried_out")


@given(st.text(), st.text(), st.text(), st.text())
def test_a_print_tells_texts_apart(a: str, b: str, c: str, d: str) -> None:
    if "\x1f" not in a + b + c + d:  # what no keyboard types parts the texts
        assert (fingerprint(a, b) == fingerprint(c, d)) == ((a, b) == (c, d))


def test_the_last_day_of_one_and_the_first_of_another_may_be_the_same() -> None:
    assert overlap((None, date(2026, 1, 1)), (date(2026, 1, 1), None))
    assert not overlap((None, date(2026, 1, 1)), (date(2026, 1, 1) + timedelta(days=1), None))
