"""Belize's plan is made again from the OCR text of its strategy, and agrees with the one in its pack but for the differences named here."""

from __future__ import annotations

import pytest

from tests.strategy.outline.again import PROFILE, TEXT, compared, imported, profile
from tests.strategy.outline.belize import LAST_WORDS, PRESSES
from tests.strategy.outline.score import MOST_MARKS

pytestmark = pytest.mark.skipif(not TEXT.is_file(), reason="the strategy is not part of the project: it lies beside it")

MIXED = "the scan mixed two columns: the place in the pack spans the words of both, and the import leaves out those of the other one"
SIX_FOR_SEVEN = "the document gives six terms for seven activities: which has which is a reading of the makers of the pack, in doubt"
NAMED_OTHERWISE = "the document names the ministry by its responsibility: that it is the Ministry of Education is a reading of the makers of the pack"
# Each difference, with its reason.
REASONS = {
    ("wording", "objective 3.1"): MIXED,
    ("wording", "action 3.1.1"): MIXED,
    **{("term", f"action 3.3.{number}"): SIX_FOR_SEVEN for number in range(1, 8)},
    **{("lead", f"action 3.4.{number}"): NAMED_OTHERWISE for number in (1, 2)},
}


def test_the_plan_is_made_again_and_agrees() -> None:
    found = compared(imported())
    assert dict(found.compared) == {
        "code": 68,
        "level": 68,
        "wording": 68,
        "parent": 68,
        "lead": 48,
        "term": 48,
        "date": 48,
    }
    assert set(found.differ) == set(REASONS), sorted(set(found.differ) ^ set(REASONS))
    assert dict(found.agree) == {
        "code": 68,
        "level": 68,
        "wording": 66,
        "parent": 68,
        "lead": 46,
        "term": 41,
        "date": 48,
    }
    # What is not certain is left out; none of the differing terms and leads is another one than the pack has.
    assert {read for (what, _row), (_pack, read) in found.differ.items() if what == "term"} == {""}
    assert {read for (what, _row), (_pack, read) in found.differ.items() if what == "lead"} == {
        "Ministry with responsibility for Education"
    }


@pytest.mark.long
def test_the_marks_of_the_pack_are_those_that_the_presses_make() -> None:
    assert PROFILE.read_text(encoding="utf-8") == profile()
    assert len(PRESSES) <= MOST_MARKS
    assert len(LAST_WORDS) == 4


def test_the_marks_of_the_pack_hold_no_text_of_the_document() -> None:
    """Words of looks alone: what is before a number or heads a list."""
    held = PROFILE.read_text(encoding="utf-8").lower()
    for words in ("workforce development", "international partner", "youth educated", "police"):
        assert words not in held
