"""What holds for any text: correcting twice changes nothing more, and numbers agree with counting by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.reading.numbering import Level, ListUse, Numbering, in_format
from floreo.core.reading.repair import repair
from tests.examples import drawn

TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(
        st.sampled_from(
            [
                "Belmopánís",
                "2020ñ2023",
                "ìquotedî",
                "the ministriesí staff",
                "donâ€™t",
                "polÃ\xadtica",
                "é",
                "|",
                "\n",
                "(a) Adopt",
            ]
        ),
        max_size=25,
    ).map(" ".join),
)


@pytest.mark.long
@settings(deadline=None, max_examples=drawn(200))
@given(TEXTS, st.booleans())
def test_correcting_twice_changes_nothing_more(text: str, english: bool) -> None:
    once, spans = repair(text, english=english)
    again, more = repair(once, english=english)
    assert (again, more) == (once, ())
    assert all(0 <= start < end <= len(once) for start, end in spans)


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 5))
def test_numbers_agree_with_counting_by_hand(depths: list[int], start: int) -> None:
    levels = {depth: Level("decimal", ".".join(f"%{n + 1}" for n in range(depth + 1)), start) for depth in range(4)}
    numbering = Numbering({"d": levels}, {"u": ListUse("d")})
    counts: dict[int, int] = {}
    for depth in depths:
        counts = {level: count for level, count in counts.items() if level <= depth}
        counts[depth] = counts.get(depth, start - 1) + 1
        by_hand = ".".join(str(counts.get(level, start)) for level in range(depth + 1))
        assert numbering.label("u", depth) == by_hand


@given(st.integers(1, 3999))
def test_roman_numbers_can_be_read_back(number: int) -> None:
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    digits = [values[letter] for letter in in_format(number, "lowerRoman")]
    total = sum(-one if one < after else one for one, after in zip(digits, [*digits[1:], 0], strict=True))
    assert total == number
    assert in_format(number, "upperRoman") == in_format(number, "lowerRoman").upper()
