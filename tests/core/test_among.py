"""`pk__among` is `pk__in` with one parameter."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floreo.core.models import SearchEntry

pytestmark = pytest.mark.two_databases


@pytest.fixture
def some(db: None) -> list[int]:
    return [
        SearchEntry.objects.create(key=f"a.b:{n}", kind="case", title=str(n), body="", address="/").pk for n in range(6)
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(min_value=-(2**63), max_value=2**63 - 1), max_size=5), st.sets(st.integers(0, 5)))
def test_it_finds_what_in_finds(some: list[int], others: list[int], places: set[int]) -> None:
    numbers = [*others, *(some[place] for place in places)]
    rows = SearchEntry.objects.order_by("pk")
    assert list(rows.filter(pk__among=numbers)) == list(rows.filter(pk__in=numbers))
    assert list(rows.exclude(pk__among=numbers)) == list(rows.exclude(pk__in=numbers))


@pytest.mark.usefixtures("some")
def test_the_question_is_as_long_for_many_as_for_few() -> None:
    asked = [SearchEntry.objects.filter(pk__among=numbers).query.sql_with_params() for numbers in ([1], range(500))]
    assert asked[0][0] == asked[1][0]
    assert [len(params) for _sql, params in asked] == [1, 1]
