"""A small country on its own day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from floreo.core import clock
from tests.factories.strategy import make_country

TODAY = date(2026, 11, 24)


@pytest.fixture
def today(db: None) -> Iterator[None]:
    make_country()
    with clock.pinned_day(day=TODAY):
        yield
