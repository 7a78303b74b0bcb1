"""A small plan with a closed quarter behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from floreo.core.access import SYSTEM
from floreo.organisations.models import Country
from floreo.organisations.queries import in_the_country
from floreo.reviews.models import Review
from floreo.strategy.actions.course import close_action
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import make_action, make_country, make_edition


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    make_country()
    with in_the_country() as found:
        assert found is not None
        yield found


@pytest.fixture
def edition(country: Country) -> Edition:
    return publish_edition(make_edition(), by=SYSTEM)


@pytest.fixture
def acts(edition: Edition) -> list[Action]:
    """One closed in the quarter, one late since August, one on track, one internal and late."""
    done = make_action(edition, "1.1.1", starts_on=date(2025, 2, 1), due_on=date(2026, 9, 30))
    close_action(done, by=SYSTEM, on=date(2026, 8, 14))
    late = make_action(edition, "1.1.2", starts_on=date(2026, 1, 1), due_on=date(2026, 8, 31))
    on = make_action(edition, "1.1.3", starts_on=date(2026, 8, 1), due_on=date(2028, 1, 1))
    secret = make_action(edition, "1.1.4", starts_on=date(2026, 1, 1), due_on=date(2026, 9, 1))
    Action.objects.filter(pk=secret.pk).update(is_public=False)
    return [done, late, on, secret]


@pytest.fixture
def review(edition: Edition, acts: list[Action]) -> Review:
    return Review.objects.create(
        edition=edition,
        code="2026-q3",
        starts_on=date(2026, 7, 1),
        ends_on=date(2026, 9, 30),
        opened_on=date(2026, 10, 1),
        due_on=date(2026, 10, 15),
        closes_on=date(2026, 10, 31),
    )
