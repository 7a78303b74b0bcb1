"""A small plan on a still calendar, with the people who may and may not touch it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, Organisation, User
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.money import add_budget_line
from floreo.strategy.actions.risks import add_risk
from floreo.strategy.models import Action, Edition
from tests.factories import strategy as make


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    with clock.pinned_day(day=make.TODAY):
        yield make.make_country()


@pytest.fixture
def csirt(country: Country) -> Organisation:
    return make.make_organisation("csirt", "National CSIRT")


@pytest.fixture
def police(country: Country) -> Organisation:
    return make.make_organisation("police", "National Police")


@pytest.fixture
def edition(country: Country) -> Edition:
    return make.make_edition()


@pytest.fixture
def act(edition: Edition, csirt: Organisation) -> Action:
    """Led by the CSIRT, with two open milestones."""
    return make.make_action(edition, lead=csirt, milestones=2)


@pytest.fixture
def lead(user_with: Callable[..., User], csirt: Organisation) -> User:
    return user_with("lead", organisation=csirt, email="lead@csirt.example.org")


@pytest.fixture
def other_lead(user_with: Callable[..., User], police: Organisation) -> User:
    return user_with("lead", organisation=police, email="lead@police.example.org")


@pytest.fixture
def full(edition: Edition, act: Action, csirt: Organisation) -> Edition:
    """An edition with a row in every sheet."""
    update_action(
        act,
        by=SYSTEM,
        person=make.make_person("ana"),
        public_text="One line\r\nand another",
        official_wording="=1+1",
        translations={"es": {"title": "Acción"}},
        internal_notes="+notes",
        source_url="https://example.org/a",
    )
    add_budget_line(act, by=SYSTEM, amount=Decimal("9999999999999.99"), currency="USD", fiscal_year=2026, funder=csirt)
    add_risk(act, by=SYSTEM, title="@risk", likelihood=3, impact=4)
    return edition
