"""The API against its own OpenAPI, with many made-up calls (schemathesis), in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi import checks as openapi

from floreo.core import throttle
from floreo.strategy.models import Edition
from tests.api.schema import as_the_openapi_says

pytestmark = pytest.mark.long  # each operation with many examples

load_all_checks()
EXAMPLES = settings(
    max_examples=6 if os.environ.get("LONG") else 3,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def contract(small_country: Edition) -> Iterator[Any]:
    with as_the_openapi_says() as schema:
        yield schema


def test_every_answer_is_as_the_openapi_says(contract: Any) -> None:
    operations = [found.ok() for found in contract.get_all_operations()]
    assert len(operations) > 30
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            throttle.METER.clear()
            # A made-up `after` is well-formed and still none of our own: 400 says so, which this one check cannot know.
            case.call_and_validate(
                base_url="http://localhost",
                headers={"Accept-Encoding": "identity"},
                excluded_checks=[openapi.positive_data_acceptance],
            )

        check()
