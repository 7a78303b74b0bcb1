"""The shape of an edition's money.toml: agreements with funders, payments, and what bodies are called in IATI files; and
what must hold between payments, agreements and the budget lines of plan.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, ClassVar

from django.db import models
from pydantic import Field

from floreo.core.pack import Code, Day, Number, PackEntry, Setting, Shape, SourcedShape, TranslatedShape, one_of
from floreo.strategy.models import BudgetLine, Grant, GrantState, IatiBody, OrganisationType, Payment, PaymentKind


class GrantShape(TranslatedShape, SourcedShape):
    """[[grant]] in money.toml: an agreement with a funder. Its code is unique over all editions."""

    word: ClassVar[str] = "grant"
    makes: ClassVar[type[models.Model]] = Grant
    lookup: ClassVar[tuple[str, ...]] = ("code",)

    code: Code
    title: str
    funder: str
    reference: str = ""
    provider_activity_id: str = ""
    currency: str
    amount: Annotated[Number, Field(ge=0)]
    signed_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    state: Annotated[str, one_of(GrantState)] = "proposed"

    def key(self, setting: Setting) -> str:
        return self.code


class PaymentShape(SourcedShape):
    """[[payment]] in money.toml. Its budget line is named by what distinguishes it from others in plan.toml: action, fiscal year,
    funder and currency; `nth` where the same comes twice."""

    word: ClassVar[str] = "payment"
    makes: ClassVar[type[models.Model]] = Payment
    repeats: ClassVar[bool] = True

    action: str
    fiscal_year: int
    funder: str = ""
    currency: str
    nth: Annotated[int, Field(ge=1)] = 1
    on: Day
    amount: Annotated[Number, Field(gt=0)]
    kind: Annotated[str, one_of(PaymentKind)] = "spent"
    reference: str = ""

    def _line(self, setting: Setting) -> str:
        line = "/".join(filter(None, [str(self.fiscal_year), self.funder, self.currency]))
        return f"{setting.edition}/{self.action}/{line}" + (f"#{self.nth}" if self.nth > 1 else "")

    def key(self, setting: Setting) -> str:
        return f"{self._line(setting)}/{self.on.isoformat()}/{self.kind}"

    def identity(self) -> str:
        return f"{self.action} {self.on.isoformat()}"

    def refs(self, setting: Setting) -> dict[str, str]:
        return {"budget_line": self._line(setting)}


class IatiBodyShape(SourcedShape):
    """[[iati_body]] in money.toml: an organisation's number and type in IATI files."""

    word: ClassVar[str] = "iati_body"
    makes: ClassVar[type[models.Model]] = IatiBody
    lookup: ClassVar[tuple[str, ...]] = ("organisation",)

    organisation: str
    ref: str = ""
    kind: Annotated[str, one_of(OrganisationType)]
    reports: bool = False

    def key(self, setting: Setting) -> str:
        return self.organisation

    def identity(self) -> str:
        return self.organisation


def money_problems(rows: Iterable[PackEntry]) -> Iterator[tuple[PackEntry, str, str]]:
    """Where money.toml and plan.toml contradict each other, as (row, field, sentence)."""
    found = list(rows)
    grants = {row.key: row for row in found if row.makes is Grant}
    spent: dict[str, Decimal] = {}
    for row in found:
        if row.makes is Payment and row.fields["kind"] == PaymentKind.SPENT:
            line = row.refs["budget_line"]
            spent[line] = spent.get(line, Decimal(0)) + row.fields["amount"]
    for row in found:
        if row.makes is BudgetLine:
            yield from _line_problems(row, grants, spent)
        if row.makes is Grant and row.fields["state"] in {"signed", "ended"} and row.fields["signed_on"] is None:
            yield row, "signed_on", "is missing; an agreement that is signed was signed on a day"
    yield from _who_reports(found)


def _line_problems(
    row: PackEntry, grants: Mapping[str, PackEntry], spent: Mapping[str, Decimal]
) -> Iterator[tuple[PackEntry, str, str]]:
    paid = spent.get(row.key)
    if paid is not None and paid != row.fields["spent"]:
        yield row, "spent", f"says {row.fields['spent']}, but its payments in money.toml come to {paid}"
    grant = grants.get(row.refs.get("grant", ""))
    if grant is None:
        return
    if grant.fields["currency"] != row.fields["currency"]:
        sentence = f"is {row.fields['currency']}, but the agreement “{grant.key}” pays in {grant.fields['currency']}"
        yield row, "currency", sentence
    if grant.refs["funder"] != row.refs.get("funder", ""):
        yield row, "funder", f"must be “{grant.refs['funder']}”, the funder of the agreement “{grant.key}”"


def _who_reports(rows: Iterable[PackEntry]) -> Iterator[tuple[PackEntry, str, str]]:
    reporting = [row for row in rows if row.makes is IatiBody and row.fields["reports"]]
    for row in reporting[1:]:
        yield row, "reports", f"only one body reports; {reporting[0].name} does already"
    for row in reporting:
        if not row.fields["ref"]:
            yield row, "ref", "is missing; whoever reports needs its number"


SHAPES_BEFORE_PLAN: tuple[type[Shape], ...] = (GrantShape, IatiBodyShape)  # what budget lines point to
SHAPES_AFTER_PLAN: tuple[type[Shape], ...] = (PaymentShape,)
