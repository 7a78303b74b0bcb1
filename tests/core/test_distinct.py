"""The different values of a column are those that DISTINCT gives, whatever the rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from floreo.core.distinct import values_of
from floreo.organisations.models import Organisation
from tests.factories import strategy as make


class TestValuesOf(TestCase):
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
