"""Words of columns: each combination is put together once, whatever the number of rows."""

from __future__ import annotations

from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.feeds.engine import texts
from tests.examples import drawn

pytestmark = pytest.mark.one_database
WORD = st.none() | st.sampled_from(["", "a", "b", "cd"])


@pytest.mark.long
@pytest.mark.parametrize("largest", [1, 10, 1 << 62])
@settings(max_examples=drawn(100), deadline=None)
@given(st.integers(0, 4).flatmap(lambda width: st.lists(st.lists(WORD, min_size=width, max_size=width), max_size=12)))
def test_each_row_has_its_combination(largest: int, rows: list[list[str | None]]) -> None:
    columns = [pa.array(column, pa.string()).dictionary_encode() for column in zip(*rows, strict=True)]
    with patch.object(texts, "_LARGEST", largest):  # so that a number has to represent fewer of them
        places, occurring = texts.combinations(columns, len(rows))
    assert [list(occurring[place]) for place in places.tolist()] == rows
    assert len(set(occurring)) == len(occurring)
