"""A plan longer than a page holds shows its pillars closed, and opens the one that is asked for."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from floreo.organisations.models import User
from floreo.strategy.models import Action, Edition
from floreo.strategy.queries import OPEN_AT_MOST
from tests.factories import strategy as make


@pytest.mark.long
def test_a_long_plan_opens_one_pillar_at_a_time(
    edition: Edition, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    first = make.make_action(edition, "1.1.1")
    Action.objects.bulk_create(
        Action(edition=edition, objective=first.objective, code=f"1.1.{n}", title=f"Action {n}", position=n)
        for n in range(2, OPEN_AT_MOST + 2)
    )
    browser, address = browser_of(secretariat), reverse("workspace:plan", args=[edition.code])
    shut = browser.get(address).content.decode()
    assert 'id="action-1.1.1"' not in shut
    assert 'href="?open=1#pillar-1"' in shut
    assert 'id="action-1.1.1"' in browser.get(address, {"open": "1"}).content.decode()
