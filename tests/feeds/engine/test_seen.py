"""A key is new once, however its rows are cut into blocks."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.feeds.engine import deduplicate
from floreo.feeds.engine.deduplicate import SeenKeys, groups
from tests.examples import drawn

pytestmark = pytest.mark.one_database
keys = st.integers(0, 9) | st.integers(0, 2**64 - 1)


@pytest.mark.long
@pytest.mark.parametrize("worth", [0, 1 << 17], ids=["with marks", "without"])
@settings(max_examples=drawn(150), deadline=None)
@given(st.lists(keys, max_size=60), st.lists(keys, max_size=10), st.integers(1, 9))
def test_each_key_is_first_once_and_its_repeats_are_counted(
    worth: int, rows: list[int], before: list[int], block: int
) -> None:
    with patch.multiple(
        deduplicate, _WORTH=worth, _MARKS=1 << 8, _SHIFT=np.uint64(56)
    ):  # few marks, which many keys share
        _check(rows, before, block)


def _check(rows: list[int], before: list[int], block: int) -> None:
    seen = SeenKeys([np.array(before[:5], np.uint64), np.array(before[5:], np.uint64)])
    first: list[bool] = []
    more: Counter[int] = Counter()
    for start in range(0, len(rows), block):
        found = seen.add(np.array(rows[start : start + block], np.uint64))
        first += found.first.tolist()
        for key, times in zip(found.key.tolist(), found.more.tolist(), strict=True):
            more[key] += times
    assert first == [k not in before and k not in rows[:i] for i, k in enumerate(rows)]
    assert more == Counter({k: n - 1 for k, n in Counter(rows).items() if n > 1 and k not in before})
    assert len(seen) == len(set(rows) - set(before))


@pytest.mark.long
@settings(max_examples=drawn(150), deadline=None)
@given(st.lists(keys | st.sampled_from([1 << 40, 1 << 63]), max_size=40))
def test_rows_of_equal_keys_stand_together_in_their_order(listed: list[int]) -> None:
    order, starts = groups(np.array(listed, np.uint64))
    assert order.tolist() == sorted(range(len(listed)), key=lambda row: (listed[row], row))
    ordered = [listed[row] for row in order.tolist()]
    assert starts.tolist() == [i for i, key in enumerate(ordered) if not i or ordered[i - 1] != key]
