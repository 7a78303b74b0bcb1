"""Phases, ages, results and names, in plain Python."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.initiatives.logic import (
    OF_AGE,
    Phase,
    Score,
    band_of,
    bands,
    is_minor,
    is_minor_band,
    names_in,
    phase_of,
    result_of,
    total_of,
)
from floreo.initiatives.pictures import without_metadata

FIRST, LAST = date(2026, 11, 2), date(2026, 12, 18)


@pytest.mark.parametrize(
    ("state", "today", "phase"),
    [
        ("draft", date(2026, 11, 10), Phase.HIDDEN),
        ("published", date(2026, 11, 1), Phase.COMING),
        ("published", FIRST, Phase.OPEN),
        ("published", LAST, Phase.OPEN),
        ("published", date(2026, 12, 19), Phase.JUDGING),
        ("ended", date(2027, 1, 1), Phase.ENDED),
    ],
)
def test_on_its_last_day_it_is_still_open(state: str, today: date, phase: Phase) -> None:
    assert phase_of(state, FIRST, LAST, today=today) is phase


@given(st.integers(0, 120))
def test_the_band_of_a_minor_is_one_of_minors(age: int) -> None:
    assert band_of(age) in bands()
    assert is_minor_band(band_of(age)) == is_minor(age) == (age < OF_AGE)


@pytest.mark.parametrize("band", ["", "old", "x-y"])
def test_a_band_that_nobody_knows_is_one_of_minors(band: str) -> None:
    assert is_minor_band(band)


WEIGHTS = {1: 2, 2: 3}


def test_a_judgement_without_every_criterion_is_none() -> None:
    assert total_of({1: 10, 2: 10}, WEIGHTS) == 100
    assert total_of({1: 10, 2: 0}, WEIGHTS) == 40
    assert total_of({1: 10}, WEIGHTS) is None
    assert total_of({1: 10}, {}) is None


def test_who_has_a_conflict_does_not_count() -> None:
    scores = [Score(m, 7, c, p) for m, p in ((1, 10), (2, 4)) for c in WEIGHTS]
    ranked, unjudged = result_of([7, 8], scores, WEIGHTS)
    assert ([(r.entry, r.points, r.members, r.place) for r in ranked], unjudged) == ([(7, Decimal("70.0"), 2, 1)], [8])
    ranked, _unjudged = result_of([7, 8], scores, WEIGHTS, [(1, 7)])
    assert [(r.points, r.members) for r in ranked] == [(Decimal("40.0"), 1)]
    assert result_of([7], scores, WEIGHTS, [(1, 7), (2, 7)]) == ([], [7])


def test_equal_points_share_a_place_and_the_next_one_is_free() -> None:
    scores = [Score(1, e, c, p) for e, p in ((1, 9), (2, 9), (3, 5)) for c in WEIGHTS]
    ranked, _unjudged = result_of([1, 2, 3], scores, WEIGHTS)
    assert [(r.entry, r.place) for r in ranked] == [(1, 1), (2, 1), (3, 3)]


scores = st.lists(
    st.builds(Score, st.integers(1, 4), st.integers(1, 6), st.sampled_from([1, 2]), st.integers(0, 10)), max_size=60
)


@pytest.mark.long
@given(scores, st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), max_size=4))
def test_every_entry_is_ranked_or_named_as_not_judged(given_: list[Score], conflicts: list[tuple[int, int]]) -> None:
    ranked, unjudged = result_of(range(1, 7), given_, WEIGHTS, conflicts)
    assert sorted([r.entry for r in ranked] + unjudged) == list(range(1, 7))
    points = [r.points for r in ranked]
    assert points == sorted(points, reverse=True)
    assert all(0 <= p <= 100 for p in points)
    assert [r.place for r in ranked] == [1 + sum(p > r.points for p in points) for r in ranked]


@given(scores)
def test_the_same_points_sent_again_change_nothing(given_: list[Score]) -> None:
    last = {(s.member, s.entry, s.criterion): s for s in given_}
    once = list(last.values())
    assert result_of(range(1, 7), once, WEIGHTS) == result_of(range(1, 7), [*once, *once], WEIGHTS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A key for every door", []),
        ("The door of TEODORA", ["teodora"]),
        ("Quíspe’s doors", ["quispe"]),
        ("Doors by Teodoras", []),
        ("Li and the door", []),
    ],
)
def test_a_name_is_found_in_a_text(text: str, found: list[str]) -> None:
    assert names_in(text, "Teodora Quispe", "Li") == found


JPEG = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xe1\x00\x0aExifGPS!\xff\xfe\x00\x06home\xff\xdb\x00\x04\x01\x02\xff\xda\x00\x02picture\xff\xd9"


def test_a_photograph_loses_where_it_was_taken_and_nothing_else() -> None:
    clean = without_metadata(JPEG)
    assert b"GPS" not in clean
    assert b"home" not in clean
    assert clean == b"\xff\xd8\xff\xe0\x00\x04JF\xff\xdb\x00\x04\x01\x02\xff\xda\x00\x02picture\xff\xd9"


def test_a_drawing_loses_its_text() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + b"\0\0\0\0"

    png = b"\x89PNG\r\n\x1a\n"
    whole = png + chunk(b"IHDR", b"x") + chunk(b"tEXt", b"Author: Teodora") + chunk(b"IDAT", b"y") + chunk(b"IEND", b"")
    assert without_metadata(whole) == png + chunk(b"IHDR", b"x") + chunk(b"IDAT", b"y") + chunk(b"IEND", b"")


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]))
def test_what_is_no_picture_comes_back_and_nothing_grows(content: bytes, start: bytes) -> None:
    found = without_metadata(start + content)
    assert len(found) <= len(start + content)
    assert start or found == content or content.startswith((b"\xff\xd8", b"\x89PNG"))
