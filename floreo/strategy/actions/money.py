"""Writing money: budget lines (counted here and nowhere else), funders' agreements, payments, names for IATI."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.ui.locale import money as money_text
from floreo.core.writing import (
    assign,
    delete,
    delete_unless_used,
    lock_latest,
    require_free_code,
    require_order,
    require_past,
    require_text,
    save,
)
from floreo.organisations.actions.checking import known_currency
from floreo.organisations.models import Organisation
from floreo.strategy.models import Action, BudgetLine, Grant, IatiBody, Payment, PaymentKind

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST = (
    Decimal(10) ** 13
)  # SQLite and spreadsheets keep 15 digits of a number; with cents, that is all that can be meant


class LineFacts(TypedDict, total=False):
    """What a budget line says; amounts in whole units of the currency, with cents."""

    amount: Decimal
    spent: Decimal
    currency: str
    fiscal_year: int
    funder: Organisation | None
    note: str
    stage: str
    grant: Grant | None
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def _must_be_money(thing: BudgetLine | Grant | Payment, *names: str) -> None:
    for field in names:
        if getattr(thing, field) < 0:
            sentence = _("The amount cannot be negative. Enter 0 or more.")
            raise Refused(sentence, code="negative", fields={field: sentence})
        if getattr(thing, field) >= MOST:
            sentence = _("This amount is too large. Check the number of zeros.")
            raise Refused(sentence, code="too_much", fields={field: sentence})


def check_money(line: BudgetLine) -> None:
    """Raises Refused for a currency that does not exist, money below nothing, a year that cannot be meant, an agreement
    that pays in another currency or comes from another funder, or a sum spent that its payments contradict."""
    line.currency = known_currency(line.currency)
    _must_be_money(line, "amount", "spent")
    if not FIRST_YEAR <= line.fiscal_year <= LAST_YEAR:
        sentence = _("Enter the year in which the fiscal year starts, with four digits.")
        raise Refused(sentence, code="bad_year", fields={"fiscal_year": sentence})
    if line.grant is not None:
        _must_fit_grant(line, line.grant)
    paid = spent_by_payments(line)
    if paid is not None and line.spent != paid:
        sentence = _("Its payments add up to %(sum)s. Change the payments to change the amount spent.")
        sentence %= {"sum": money_text(paid, line.currency)}
        raise Refused(sentence, code="payments_say", fields={"spent": sentence})


def _must_fit_grant(line: BudgetLine, grant: Grant) -> None:
    if line.currency != grant.currency:
        sentence = _(
            "The agreement “%(code)s” pays in %(theirs)s, and this line is in %(ours)s. Enter the line in %(theirs)s."
        )
        sentence %= {"code": grant.code, "theirs": grant.currency, "ours": line.currency}
        raise Refused(sentence, code="other_currency", fields={"currency": sentence})
    if line.funder is not None and line.funder.successor() != grant.funder.successor():
        sentence = _("The agreement “%(code)s” is with another funder: %(name)s. Choose that funder, or no agreement.")
        sentence %= {"code": grant.code, "name": grant.funder.in_language("name")}
        raise Refused(sentence, code="other_funder", fields={"grant": sentence})
    line.funder = line.funder or grant.funder


def spent_by_payments(line: BudgetLine) -> Decimal | None:
    """The sum of its payments of money spent, or None where it has none and the figure is typed."""
    if line.pk is None:
        return None
    paid = list(line.payments.filter(kind=PaymentKind.SPENT).values_list("amount", flat=True))
    return sum(paid, Decimal(0)) if paid else None


@action("money.added", needs=Permission.PLAN_EDIT)
def add_budget_line(act: Action, *, by: Actor, **facts: Unpack[LineFacts]) -> BudgetLine:
    line = BudgetLine(action=lock_latest(act))
    assign(line, facts)
    check_money(line)
    return save(line)


@action("money.updated", needs=Permission.PLAN_EDIT)
def update_budget_line(
    line: BudgetLine, *, by: Actor, version: int | None = None, **facts: Unpack[LineFacts]
) -> BudgetLine:
    line = lock_latest(line, version)
    assign(line, facts)
    check_money(line)
    return save(line)


@action("money.removed", needs=Permission.PLAN_EDIT)
def remove_budget_line(line: BudgetLine, *, by: Actor, reason: str) -> None:
    line = lock_latest(line)
    note(
        reason=require_text(
            reason, field="reason", sentence=_("Give the reason for removing this money from the plan.")
        )
    )
    delete_unless_used(line, _("This line has payments. Remove them first, or leave the line in the plan."))


class GrantFacts(TypedDict, total=False):
    """What an agreement says."""

    title: str
    funder: Organisation
    reference: str
    provider_activity_id: str
    currency: str
    amount: Decimal
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    state: str
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


_NOT_IN_IDS = set("/&|?")  # IATI's ruleset: identifiers hold none of these


def _must_be_identifier(text: str, *, field: str) -> str:
    wording = text.strip()
    if any(c in _NOT_IN_IDS or c.isspace() or not c.isprintable() for c in wording):
        sentence = _(
            "An IATI identifier cannot contain spaces or the characters / & | ?. Copy it as the funder publishes it."
        )
        raise Refused(sentence, code="bad_identifier", fields={field: sentence})
    return wording


def check_grant(grant: Grant) -> None:
    """Raises Refused for what an agreement cannot say."""
    grant.title = require_text(grant.title, field="title", sentence=_("Enter a title for the agreement."))
    grant.currency = known_currency(grant.currency)
    _must_be_money(grant, "amount")
    require_order(grant.starts_on, grant.ends_on, field="ends_on", named=(_("The start date"), _("the end date")))
    if grant.signed_on is not None:
        require_past(grant.signed_on, field="signed_on")
    if grant.state in {"signed", "ended"} and grant.signed_on is None:
        sentence = _("Enter the date on which it was signed, or leave it as proposed.")
        raise Refused(sentence, code="unsigned", fields={"signed_on": sentence})
    grant.provider_activity_id = _must_be_identifier(grant.provider_activity_id, field="provider_activity_id")


@action("grant.added", needs=Permission.PLAN_EDIT)
def add_grant(code: str, *, by: Actor, **facts: Unpack[GrantFacts]) -> Grant:
    grant = Grant(code=require_free_code(Grant.objects.all(), code))
    assign(grant, facts)
    check_grant(grant)
    return save(grant)


@action("grant.updated", needs=Permission.PLAN_EDIT)
def update_grant(grant: Grant, *, by: Actor, version: int | None = None, **facts: Unpack[GrantFacts]) -> Grant:
    grant = lock_latest(grant, version)
    assign(grant, facts)
    check_grant(grant)
    other = grant.lines.exclude(currency=grant.currency).first()
    if other is not None:
        sentence = _(
            "This agreement already has budget lines in %(theirs)s. An agreement and its lines must have the"
            " same currency."
        )
        sentence %= {"theirs": other.currency}
        raise Refused(sentence, code="other_currency", fields={"currency": sentence})
    for line in grant.lines.select_related("funder"):
        if line.funder is not None and line.funder.successor() != grant.funder.successor():
            sentence = _("This agreement already has budget lines of %(name)s. Remove them from the agreement first.")
            sentence %= {"name": line.funder.in_language("name")}
            raise Refused(sentence, code="other_funder", fields={"funder": sentence})
    return save(grant)


@action("grant.removed", needs=Permission.PLAN_EDIT)
def remove_grant(grant: Grant, *, by: Actor, reason: str) -> None:
    grant = lock_latest(grant)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for removing this agreement.")))
    delete_unless_used(grant, _("This agreement has budget lines. Remove them from it first."))


@action("grant.placed", needs=Permission.PLAN_EDIT)
def place_on_grant(line: BudgetLine, *, by: Actor, grant: Grant | None) -> BudgetLine:
    """Ties a budget line to the agreement that pays for it, or to none."""
    line = lock_latest(line)
    line.grant = grant
    check_money(line)
    return save(line)


class PaymentFacts(TypedDict, total=False):
    """What a payment says; in the currency of its budget line."""

    on: date
    amount: Decimal
    kind: str
    reference: str
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def check_payment(payment: Payment) -> None:
    _must_be_money(payment, "amount")
    if not payment.amount:
        sentence = _("Enter an amount greater than 0.")
        raise Refused(sentence, code="nothing", fields={"amount": sentence})
    require_past(payment.on, field="on")


def _settle(line: BudgetLine, *, had: bool) -> None:
    """Keeps `spent` in step with the payments. With the last payment gone, nothing is known to be spent."""
    paid = spent_by_payments(line)
    if paid is None and not had:
        return
    line = lock_latest(line)
    line.spent = paid or Decimal(0)
    save(line)


@action("payment.added", needs=Permission.PLAN_EDIT)
def add_payment(line: BudgetLine, *, by: Actor, **facts: Unpack[PaymentFacts]) -> Payment:
    """Money that moved on a day. The first payment of money spent replaces the figure that was typed; the trail keeps
    what that was."""
    line = lock_latest(line)
    payment = Payment(budget_line=line)
    assign(payment, facts)
    check_payment(payment)
    first = payment.kind == PaymentKind.SPENT and spent_by_payments(line) is None
    if first and line.spent:
        note(spent_was_typed=str(line.spent))
    save(payment)
    _settle(line, had=False)
    return payment


@action("payment.updated", needs=Permission.PLAN_EDIT)
def update_payment(
    payment: Payment, *, by: Actor, version: int | None = None, **facts: Unpack[PaymentFacts]
) -> Payment:
    payment = lock_latest(payment, version)
    was_spent = payment.kind == PaymentKind.SPENT
    assign(payment, facts)
    check_payment(payment)
    save(payment)
    _settle(payment.budget_line, had=was_spent)
    return payment


@action("payment.removed", needs=Permission.PLAN_EDIT)
def remove_payment(payment: Payment, *, by: Actor, reason: str) -> None:
    payment = lock_latest(payment)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for removing this payment.")))
    line, was_spent = payment.budget_line, payment.kind == PaymentKind.SPENT
    delete(payment)
    _settle(line, had=was_spent)


@action("iati.named", needs=Permission.PLAN_EDIT)
def name_for_iati(
    organisation: Organisation,
    *,
    by: Actor,
    ref: str,
    kind: str,
    reports: bool = False,
) -> IatiBody:
    """What an organisation is called in IATI files, and whether it is the one that reports."""
    body = IatiBody.objects.select_for_update().filter(organisation=organisation).first()
    body = body or IatiBody(organisation=organisation)
    body.ref, body.kind, body.reports = _must_be_identifier(ref, field="ref"), kind, reports
    if reports and not body.ref:
        sentence = _("Enter the number of the reporting organisation: every activity identifier begins with it.")
        raise Refused(sentence, code="missing", fields={"ref": sentence})
    if reports:
        for other in IatiBody.objects.filter(reports=True).exclude(pk=body.pk):
            other.reports = False
            save(other)
    return save(body)
