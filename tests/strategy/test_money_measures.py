"""Shares of money: the country's own currency only, and what is left out is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.figures import Filters, Group, Period
from floreo.strategy.actions.money import add_budget_line
from floreo.strategy.models import Action, Edition
from floreo.strategy.money_measures import money_committed_against_plan, money_spent_against_plan
from tests.factories.strategy import TODAY, make_action, make_country, make_edition

QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))


@pytest.fixture
def act(db: None) -> Iterator[Action]:
    with clock.pinned_day(day=TODAY):
        make_country()
        edition = make_edition()
        Edition.objects.update(is_public=True)
        yield make_action(edition)


def test_other_currencies_are_left_out_and_counted(act: Action) -> None:
    add_budget_line(act, by=SYSTEM, amount=Decimal(300), spent=Decimal(45), currency="PRD", fiscal_year=2026)
    add_budget_line(act, by=SYSTEM, amount=Decimal(100), currency="PRD", fiscal_year=2027, stage="planned")
    add_budget_line(act, by=SYSTEM, amount=Decimal(999), spent=Decimal(999), currency="USD", fiscal_year=2026)
    spent = money_spent_against_plan(QUARTER, Filters(edition_id=act.edition_id))
    assert (spent.value, spent.numerator, spent.denominator) == (Decimal("11.25"), Decimal(45), Decimal(400))
    assert spent.groups == (Group("1 Law", 45, 400),)
    assert spent.left_out == (("lines_in_other_currencies", 1),)
    assert [r.counted for r in spent.records] == [True, False]
    promised = money_committed_against_plan(QUARTER, Filters())
    assert (promised.value, promised.numerator) == (Decimal("75.00"), Decimal(300))


def test_where_nothing_is_planned_there_is_no_share(act: Action) -> None:
    add_budget_line(act, by=SYSTEM, amount=Decimal(0), spent=Decimal(3), currency="PRD", fiscal_year=2026)
    reading = money_spent_against_plan(QUARTER, Filters())
    assert (reading.value, reading.numerator, reading.denominator) == (None, Decimal(3), Decimal(0))


def test_internal_actions_do_not_count(act: Action) -> None:
    add_budget_line(act, by=SYSTEM, amount=Decimal(10), currency="PRD", fiscal_year=2026)
    Action.objects.update(is_public=False)
    assert money_spent_against_plan(QUARTER, Filters()).records == ()
