"""A small country with a strategy, a channel, and whoever may write and publish."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, User
from floreo.publications.actions.channels import add_channel
from floreo.publications.actions.writing import write_publication
from floreo.publications.models import Channel, Publication
from tests.conftest import make_user
from tests.factories.strategy import TODAY, make_country


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    with clock.pinned_day(day=TODAY):
        yield make_country()


@pytest.fixture
def channel(country: Country) -> Channel:
    return add_channel("press-office", by=SYSTEM, name="Press office", kind="press")


@pytest.fixture
def draft(country: Country) -> Publication:
    return write_publication(
        "first",
        by=SYSTEM,
        kind="press",
        title="The first notice",
        text="It is **out**.",
    )


@pytest.fixture
def drafter(country: Country) -> User:
    return make_user("drafter")
