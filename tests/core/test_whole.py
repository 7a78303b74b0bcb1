"""Whole numbers of addresses, forms and files: digits 0 to 9, as many as a column holds."""

from __future__ import annotations

import pytest

from floreo.core.keys import thing_of, things_of
from floreo.core.whole import whole


@pytest.mark.parametrize(
    "text", ["", "²", "٣", "１２", "½", "-1", "+1", " 1", "1_0", "1.0", "1e3", "9" * 19, "9" * 5000, None, 5]
)
def test_what_is_no_number_is_none(text: object) -> None:
    assert whole(text) is None


def test_a_number_is_read_whole() -> None:
    assert [whole(text) for text in ("0", "007", "9" * 18)] == [0, 7, 10**18 - 1]


@pytest.mark.parametrize("number", ["²", "9" * 30, "9" * 5000])
def test_a_key_that_no_row_can_have_names_nothing(db: None, number: str) -> None:
    assert things_of([f"strategy.action:{number}"]) == {}
    assert thing_of(f"strategy.action:{number}") is None
