"""Writing budget lines: one funder's money for one action in one fiscal year, counted here and nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, drop, keep, note
from floreo.core.errors import Refused
from floreo.organisations.models import Organisation
from floreo.strategy.actions.checking import known_currency, must_say, newest, put
from floreo.strategy.models import Action, BudgetLine

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST = (
    Decimal(10) ** 13
)  # SQLite and spreadsheets keep 15 digits of a number; with cents, that is all that can be meant


class MoneyFacts(TypedDict, total=False):
    """What a budget line says; amounts in whole units of the currency, with cents."""

    amount: Decimal
    spent: Decimal
    currency: str
    fiscal_year: int
    funder: Organisation | None
    note: str
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def check_money(line: BudgetLine) -> None:
    """Raises Refused for a currency that does not exist, money below nothing, or a year that cannot be meant."""
    line.currency = known_currency(line.currency)
    for field in ("amount", "spent"):
        if getattr(line, field) < 0:
            sentence = _("Money cannot be less than nothing. Enter 0 or more.")
            raise Refused(sentence, code="negative", fields={field: sentence})
        if getattr(line, field) >= MOST:
            sentence = _("That is more than any budget. Check the number of zeros.")
            raise Refused(sentence, code="too_much", fields={field: sentence})
    if not FIRST_YEAR <= line.fiscal_year <= LAST_YEAR:
        sentence = _("Give the year in which the fiscal year starts, with four digits.")
        raise Refused(sentence, code="bad_year", fields={"fiscal_year": sentence})


@action("money.added", needs=Permission.PLAN_EDIT)
def add_budget_line(act: Action, *, by: Actor, **facts: Unpack[MoneyFacts]) -> BudgetLine:
    line = BudgetLine(action=newest(act))
    put(line, facts)
    check_money(line)
    return keep(line)


@action("money.updated", needs=Permission.PLAN_EDIT)
def update_budget_line(
    line: BudgetLine, *, by: Actor, version: int | None = None, **facts: Unpack[MoneyFacts]
) -> BudgetLine:
    line = newest(line, version)
    put(line, facts)
    check_money(line)
    return keep(line)


@action("money.removed", needs=Permission.PLAN_EDIT)
def remove_budget_line(line: BudgetLine, *, by: Actor, reason: str) -> None:
    line = newest(line)
    note(reason=must_say(reason, field="reason", sentence=_("Say why this money leaves the plan.")))
    drop(line)
