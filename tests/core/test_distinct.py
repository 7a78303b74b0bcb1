"""The different values of a column are those that DISTINCT gives, whatever the rows."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from floreo.core import distinct
from floreo.core.distinct import one_of_each, values_of
from floreo.organisations.models import Organisation
from tests.factories import strategy as make

pytestmark = pytest.mark.two_databases


class TestValuesOf(TestCase):
    @pytest.mark.long
    @given(st.lists(st.sampled_from(["agency", "ministry", "operator", "company", "csirt"]), max_size=9))
    def test_they_are_those_of_distinct(self, kinds: list[str]) -> None:
        for number, kind in enumerate(kinds):
            make.make_organisation(f"body-{number}", kind=kind)
        assert values_of(Organisation, "kind") == sorted(set(kinds))
        first = list(Organisation.objects.order_by("pk")[:2])
        keys = [each.pk for each in first]
        assert values_of(Organisation, "kind", of=("id", keys)) == sorted({each.kind for each in first})


@pytest.mark.django_db
def test_nothing_and_null_are_no_values() -> None:
    assert values_of(Organisation, "kind") == []
    make.make_organisation("body")
    assert values_of(Organisation, "merged_into_id") == []
    assert values_of(Organisation, "kind", of=("id", [])) == []


@pytest.mark.django_db
def test_one_row_tells_for_each_value(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number, kind in enumerate(["agency", "ministry", "ministry", "company"]):
        make.make_organisation(f"body-{number}", kind=kind)
    wanted = ["agency", "company", "ministry", "nobody's"]
    with patch.object(distinct, "_AT_ONCE", 3), django_assert_num_queries(2):
        found = one_of_each(Organisation, "kind", wanted, "code")
    assert found.pop("ministry") in ("body-1", "body-2")
    assert found == {"agency": "body-0", "company": "body-3"}
    assert one_of_each(Organisation, "kind", [], "code") == {}
