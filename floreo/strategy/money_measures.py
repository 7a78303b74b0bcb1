"""The figures that money offers: how much of what is planned is committed, and how much is spent. In the country's own
currency only: no rate is invented, and what is in another currency is left out and counted as left out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from floreo.core.figures import Filters, Group, Period, Reading, RecordRef
from floreo.organisations.queries import the_country
from floreo.strategy.models import BudgetLine
from floreo.strategy.money import visible_lines
from floreo.strategy.plan_facts import address

OTHER_CURRENCY = "lines_in_other_currencies"
_HUNDREDTH = Decimal("0.01")


def _lines(filters: Filters) -> list[BudgetLine]:
    rows = visible_lines(None).select_related("action__edition")
    for wanted, path in (
        (filters.edition_id, "action__edition"),
        (filters.pillar_id, "action__objective__pillar"),
        (filters.objective_id, "action__objective"),
    ):
        rows = rows.filter(**{path: wanted}) if wanted is not None else rows
    return list(rows.order_by("action__edition_id", "action__position", "fiscal_year", "pk"))


def _against_plan(filters: Filters, part: Callable[[BudgetLine], Decimal]) -> Reading:
    """Per cent that `part` is of what is planned, grouped by pillar, in whole units of the currency."""
    country = the_country()
    own = country.currency if country else ""
    every = _lines(filters)
    lines = [line for line in every if line.currency == own]
    groups: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        pillar = line.action.objective.pillar
        done, whole = groups.get(str(pillar), (Decimal(0), Decimal(0)))
        groups[str(pillar)] = (done + part(line), whole + line.amount)
    done, whole = (sum((g[i] for g in groups.values()), Decimal(0)) for i in (0, 1))
    left = len(every) - len(lines)
    return Reading(
        (done * 100 / whole).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP) if whole else None,
        done,
        whole,
        tuple(_record(line, counted=part(line) > 0) for line in lines),
        tuple(Group(name, int(a.to_integral_value()), int(b.to_integral_value())) for name, (a, b) in groups.items()),
        ((OTHER_CURRENCY, left),) if left else (),
    )


def _record(line: BudgetLine, *, counted: bool) -> RecordRef:
    where = address("portal:action", line.action.edition.code, line.action.code)
    return RecordRef(f"{line.action.code}: {line.currency} {line.amount} {line.fiscal_year}", where, counted)


def money_spent_against_plan(period: Period, filters: Filters) -> Reading:
    """Per cent of the money planned on budget lines of public actions that is spent, in the country's currency.

    Most spending has no day, so this knows today only. Above 100 where more was spent than planned."""
    return _against_plan(filters, lambda line: line.spent)


def money_committed_against_plan(period: Period, filters: Filters) -> Reading:
    """Per cent of the money planned on budget lines of public actions that is in an adopted budget or a signed
    agreement, in the country's currency. Lines have no day, so this knows today only."""
    return _against_plan(filters, lambda line: line.amount if line.is_committed else Decimal(0))
