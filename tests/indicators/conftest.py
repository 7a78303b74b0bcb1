"""A small country whose calendar is stopped, with a small plan."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from floreo.core import clock
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_country, make_edition


@pytest.fixture
def today(db: None) -> Iterator[None]:
    make_country()
    with clock.pinned_day(day=TODAY):
        yield


@pytest.fixture
def edition(today: None) -> Edition:
    edition = make_edition()
    edition.is_public = True
    edition.save()
    return edition
