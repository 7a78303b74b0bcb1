"""A small country with a small plan, a committee and its seats."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from floreo.core import clock
from floreo.meetings.models import Committee
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY, make_country, make_edition
from tests.meetings.making import make_committee


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


@pytest.fixture
def committee(edition: Edition) -> Committee:
    """Three seats: two with a person, one with only a body's address."""
    return make_committee(edition)
