"""What a pack may say of reviews, and the sentences for what it may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from floreo.core.pack import Setting
from floreo.reviews.pack import ReviewShape, RhythmShape

SENT = {"action": "1.1.1", "reported_by": "Ana", "reported_on": "2026-10-09", "done": "Done."}
APPROVED = SENT | {"decided_by": "Marlo", "decided_on": "2026-10-12", "update": "1.1.1/2026-10-09"}


def review(*answers: dict[str, Any], **facts: Any) -> ReviewShape:
    given = {
        "code": "2026-q3",
        "starts_on": "2026-07-01",
        "ends_on": "2026-09-30",
        "opened_on": "2026-10-01",
        "due_on": "2026-10-12",
        "closes_on": "2026-10-26",
        "update_request": [{"organisation": "police", "actions": ["1.1.1", "1.1.2"], "answer": list(answers)}],
    } | facts
    return ReviewShape.model_validate(given)


def test_the_state_of_a_request_is_worked_out() -> None:
    rows = list(review(APPROVED, APPROVED | {"action": "1.1.2"}).rows(Setting(edition="e", holder="e")))
    assert [(r.word, r.key) for r in rows] == [
        ("review", "e/2026-q3"),
        ("update_request", "e/2026-q3/police"),
        ("answer", "e/2026-q3/police/1.1.1/1"),
        ("answer", "e/2026-q3/police/1.1.2/1"),
    ]
    assert (rows[1].fields["state"], str(rows[1].fields["answered_on"])) == ("approved", "2026-10-09")
    assert rows[1].many == {"actions": ("e/1.1.1", "e/1.1.2")}
    assert rows[2].refs["update"] == "e/1.1.1/2026-10-09"
    half = list(review(APPROVED).rows(Setting(edition="e", holder="e")))[1]
    assert (half.fields["state"], half.fields["answered_on"]) == ("draft", None)


@pytest.mark.parametrize(
    ("answers", "facts", "sentence"),
    [
        ([SENT | {"state": "submitted"}], {"closed_on": "2026-10-26", "closed_by": "M"}, "wait for a decision: 1.1.1"),
        ([], {"closed_on": "2026-10-26"}, "closed_on and closed_by are given together, or neither"),
        ([], {"due_on": "2026-09-01"}, "run the wrong way round"),
        ([APPROVED | {"action": "9.9.9"}], {}, "answers about 9.9.9"),
        ([SENT], {}, "needs decided_by and decided_on"),
        ([APPROVED | {"state": "returned"}], {}, "needs returned_note"),
        ([{"action": "1.1.1", "state": "submitted"}], {}, "needs reported_by and reported_on"),
        ([APPROVED | {"state": "lost"}], {}, "“lost” is not one of: draft, submitted, returned, approved"),
    ],
)
def test_what_does_not_hold_together(answers: list[dict[str, Any]], facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        review(*answers, **facts)


def test_a_rhythm_out_of_order() -> None:
    with pytest.raises(ValidationError, match="opens before answers are due"):
        RhythmShape.model_validate({"opens_after_days": 12, "due_after_days": 3})
