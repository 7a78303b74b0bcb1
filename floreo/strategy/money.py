"""Reads of money: what an edition's budget lines come to, by funder, year and pillar, and how agreements are placed.

Counted at budget lines, once. A grant's amount is beside the lines it pays for and is never added to them; money of
work that was carried over is where its lines are, in one edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models import Sum as SumOf
from django.utils.translation import gettext as _

from floreo.organisations.models import Organisation
from floreo.organisations.queries import the_country
from floreo.strategy.logic import code_key
from floreo.strategy.models import Action, BudgetLine, Edition, Grant
from floreo.strategy.models.work import in_seen_actions
from floreo.strategy.sums import BudgetAmounts, Sum, added, grouped


@dataclass(frozen=True)
class MoneyRow:
    """One funder, year or pillar with its sums, one a currency. Without a code: what is not said, or not public."""

    code: str
    name: str
    sums: tuple[Sum, ...]


@dataclass(frozen=True)
class GrantFacts:
    """How much of an agreement is on actions: only lines that the viewer may see, of all editions."""

    grant: Grant
    placed: Decimal
    spent: Decimal
    lines: int

    @property
    def not_placed(self) -> Decimal:
        return max(self.grant.amount - self.placed, Decimal(0))

    @property
    def too_much(self) -> Decimal:
        """What is on actions beyond what the agreement holds."""
        return max(self.placed - self.grant.amount, Decimal(0))


@dataclass(frozen=True)
class MoneyFacts:
    """The money of one edition as a viewer may see it."""

    currency: str  # the country's own; its sums come first
    totals: tuple[Sum, ...]
    by_funder: tuple[MoneyRow, ...]
    by_year: tuple[MoneyRow, ...]
    by_pillar: tuple[MoneyRow, ...]
    grants: tuple[GrantFacts, ...]
    lines: int
    overspent: int  # lines on which more was spent than planned
    unconfirmed: int
    actions: int
    actions_with_money: int

    @property
    def main(self) -> Sum:
        """The sum in the country's own currency, or in the first there is."""
        own = next((s for s in self.totals if s.currency == self.currency), None)
        return own or next(iter(self.totals), Sum(self.currency))


def visible_lines(viewer: object, edition: Edition | None = None) -> QuerySet[BudgetLine]:
    """Budget lines that the viewer may see: the public, those of public actions in public editions."""
    rows = BudgetLine.objects.select_related("grant", "funder__merged_into", "action__objective__pillar")
    if edition is not None:
        rows = rows.filter(action__edition=edition)
    return rows.filter(in_seen_actions(viewer, "action__"))


def visible_grants(viewer: object) -> QuerySet[Grant]:
    """Agreements that the viewer may know of."""
    return Grant.objects.visible_to(viewer).select_related("funder__merged_into")


def known_funders(lines: Sequence[BudgetLine], viewer: object) -> Sequence[BudgetLine]:
    """The lines, for showing only: a funder that the viewer may not know of is taken off."""
    funders = {line.funder_id for line in lines if line.funder_id}
    known = set(Organisation.objects.visible_to(viewer).filter(pk__in=funders).values_list("pk", flat=True))
    for line in lines:
        if line.funder_id not in known:
            line.funder = None
    return lines


def line_of(row: BudgetLine) -> BudgetAmounts:
    return BudgetAmounts(row.currency, row.amount, row.amount if row.is_committed else Decimal(0), row.spent)


def year_text(year: int, starts: int) -> str:
    """A fiscal year by the year in which it starts: "2026", or "2026/27" where it does not start in January."""
    return str(year) if starts == 1 else f"{year}/{(year + 1) % 100:02d}"


def money_of(edition: Edition, viewer: object) -> MoneyFacts:
    """All sums of an edition for `viewer`, in a fixed number of queries. The public sees public actions and public funders
    only; money of a funder that is not public counts under "no funder named"."""
    country = the_country()
    own, starts = (country.currency, country.fiscal_year_starts) if country else ("", 1)
    rows = list(visible_lines(viewer, edition).order_by("fiscal_year", "action__position", "pk"))
    lines = [line_of(row) for row in rows]
    known = _known_funders(rows, viewer)
    actions = Action.objects.visible_to(viewer).filter(edition=edition)
    return MoneyFacts(
        currency=own,
        totals=added(lines, first=own),
        by_funder=_by(rows, lines, lambda r: _funder(r, known), own, key=lambda r: (not r.code, r.name)),
        by_year=_by(rows, lines, lambda r: (str(r.fiscal_year), year_text(r.fiscal_year, starts)), own),
        by_pillar=_by(rows, lines, _pillar, own, key=lambda r: code_key(r.code)),
        grants=tuple(grants_of(visible_grants(viewer).filter(lines__action__edition=edition).distinct(), viewer)),
        lines=len(rows),
        overspent=sum(row.spent > row.amount for row in rows),
        unconfirmed=sum(not row.confirmed for row in rows),
        actions=actions.count(),
        actions_with_money=len({row.action_id for row in rows if row.amount > 0}),
    )


def _by(
    rows: Sequence[BudgetLine],
    lines: Sequence[BudgetAmounts],
    of: Callable[[BudgetLine], tuple[str, str]],
    own: str,
    *,
    key: Callable[[MoneyRow], object] | None = None,
) -> tuple[MoneyRow, ...]:
    found = [MoneyRow(*who, sums) for who, sums in grouped(lines, lambda i: of(rows[i]), first=own).items()]
    return tuple(sorted(found, key=key or (lambda r: r.code)))  # type: ignore[arg-type]  # each key gives one kind


def _known_funders(rows: Iterable[BudgetLine], viewer: object) -> dict[int, Organisation]:
    """Who acts today for each funder that the viewer may know of."""
    successors = {row.funder.pk: row.funder.successor() for row in rows if row.funder is not None}
    seen = set(
        Organisation.objects.visible_to(viewer)
        .filter(pk__in={*successors, *(h.pk for h in successors.values())})
        .values_list("pk", flat=True)
    )
    return {pk: successor for pk, successor in successors.items() if pk in seen and successor.pk in seen}


def _funder(row: BudgetLine, known: dict[int, Organisation]) -> tuple[str, str]:
    body = known.get(row.funder_id or 0)
    return (body.code, body.in_language("name")) if body else ("", _("No funder named"))


def _pillar(row: BudgetLine) -> tuple[str, str]:
    pillar = row.action.objective.pillar
    return pillar.code, pillar.in_language("title")


def grants_of(grants: QuerySet[Grant], viewer: object) -> list[GrantFacts]:
    """Each agreement with what of it is on actions, counted over the lines that the viewer may see."""
    seen = in_seen_actions(viewer, "lines__action__")
    ids = list(grants.values_list("pk", flat=True))
    rows: QuerySet[Any] = Grant.objects.filter(pk__in=ids).select_related("funder__merged_into").order_by("code")
    summed = rows.annotate(
        placed=SumOf("lines__amount", filter=seen),
        used=SumOf("lines__spent", filter=seen),
        many=Count("lines", filter=seen),
    )
    return [GrantFacts(g, g.placed or Decimal(0), g.used or Decimal(0), g.many) for g in summed]
