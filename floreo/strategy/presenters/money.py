"""Money in words: what the sums say, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core.ui.locale import money as money_text
from floreo.core.ui.locale import number
from floreo.strategy.money import GrantFacts, MoneyFacts, MoneyRow
from floreo.strategy.sums import Sum


def percent_text(share: Decimal | None) -> str:
    """ "38 %", without decimals; what is little is not called nothing."""
    if share is None:
        return ""
    if 0 < share < 1:
        return _("under 1 %")
    return (_("%(number)s %%") % {"number": number(share, 0)}).replace(" ", "\u00a0")


def headline(facts: MoneyFacts) -> str:
    """The answer in one sentence: how much is planned, how much is committed, how much is spent."""
    whole = facts.main
    if not facts.lines:
        return _("No money has been entered for this strategy yet.")
    words = {
        "planned": money_text(whole.planned, whole.currency),
        "committed": percent_text(whole.share_committed),
        "spent": percent_text(whole.share_spent),
    }
    if not whole.planned:
        return _("No money has been planned yet.")
    if not whole.spent:
        return _("%(planned)s planned, %(committed)s of it committed, none spent yet") % words
    return _("%(planned)s planned, %(committed)s of it committed, %(spent)s spent") % words


@dataclass(frozen=True)
class MoneyLine:
    """One line of a table of money: a funder, year or pillar in one currency."""

    code: str
    name: str
    currency: str
    planned: Decimal
    committed: Decimal
    spent: Decimal
    share: str
    is_overspent: bool
    is_first: bool  # of its row; the name is said once


@dataclass(frozen=True)
class MoneyBar:
    """One bar: what is planned, with what is committed and what is spent drawn inside it, and all three in words."""

    label: str
    value: Decimal
    words: str
    inner: tuple[Decimal, Decimal]  # committed, spent
    is_ours: bool = False


@dataclass(frozen=True)
class MoneyChart:
    """The bars of one currency: amounts of different ones have no common length."""

    currency: str
    bars: list[MoneyBar]


def lines_of(rows: Iterable[MoneyRow]) -> list[MoneyLine]:
    return [
        MoneyLine(
            row.code,
            row.name,
            s.currency,
            s.planned,
            s.committed,
            s.spent,
            percent_text(s.share_spent),
            s.is_overspent,
            is_first=place == 0,
        )
        for row in rows
        for place, s in enumerate(row.sums)
    ]


def charts_of(rows: Sequence[MoneyRow], currencies: Iterable[str], *, largest_first: bool) -> list[MoneyChart]:
    """One chart for each currency, where there is more than one bar to draw in all of them. Years keep their order; all else is drawn the
    largest first."""
    found = [MoneyChart(each, _bars_of(rows, each, largest_first=largest_first)) for each in currencies]
    drawn = [chart for chart in found if chart.bars]
    return drawn if sum(len(chart.bars) for chart in drawn) > 1 else []


def _bars_of(rows: Sequence[MoneyRow], currency: str, *, largest_first: bool) -> list[MoneyBar]:
    found = []
    for row in rows:
        own = next((s for s in row.sums if s.currency == currency), None)
        if own is not None:
            found.append(MoneyBar(row.name, own.planned, bar_text(own), (own.committed, own.spent)))
    return sorted(found, key=lambda bar: -bar.value) if largest_first else found


def bar_text(whole: Sum) -> str:
    """ "480,000; 300,000 committed, 182,000 spent"."""
    words = {"planned": number(whole.planned), "committed": number(whole.committed), "spent": number(whole.spent)}
    return _("%(planned)s; %(committed)s committed, %(spent)s spent") % words


def grant_sentence(facts: GrantFacts) -> str:
    """ "Agreement for XCD 400,000; XCD 310,000 of it is on actions; XCD 90,000 not yet placed"."""
    currency = facts.grant.currency
    words = {
        "amount": money_text(facts.grant.amount, currency),
        "placed": money_text(facts.placed, currency),
        "left": money_text(facts.not_placed, currency),
        "over": money_text(facts.too_much, currency),
    }
    if facts.too_much:
        return _("Agreement for %(amount)s; %(placed)s assigned to actions, %(over)s more than the agreement") % words
    if not facts.not_placed:
        return _("Agreement for %(amount)s; all of it assigned to actions") % words
    return _("Agreement for %(amount)s; %(placed)s assigned to actions; %(left)s not assigned yet") % words


def unknowns(facts: MoneyFacts) -> list[str]:
    """What is not known, each in a sentence."""
    bare = facts.actions - facts.actions_with_money
    text = []
    if bare:
        words = {"n": number(bare), "all": number(facts.actions)}
        text.append(
            ngettext(
                "%(n)s of %(all)s actions has no money entered: its cost is not known.",
                "%(n)s of %(all)s actions have no money entered: their cost is not known.",
                bare,
            )
            % words
        )
    unnamed = next((row for row in facts.by_funder if not row.code), None)
    if unnamed is not None:
        sums = ", ".join(money_text(s.planned, s.currency) for s in unnamed.sums)
        text.append(_("The funder of %(sums)s is not known, or not public.") % {"sums": sums})
    if facts.unconfirmed:
        text.append(
            ngettext(
                "%(n)s of %(all)s budget lines is not checked against its source yet.",
                "%(n)s of %(all)s budget lines are not checked against their source yet.",
                facts.unconfirmed,
            )
            % {"n": number(facts.unconfirmed), "all": number(facts.lines)}
        )
    if facts.overspent:
        text.append(
            ngettext(
                "On %(n)s budget line more was spent than planned.",
                "On %(n)s budget lines more was spent than planned.",
                facts.overspent,
            )
            % {"n": number(facts.overspent)}
        )
    return text
