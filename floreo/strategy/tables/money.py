"""Tables of where money comes from: agreements, and payments day by day."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, day, titles
from floreo.core.tables import CellKind, Column, Table
from floreo.strategy.models import Grant, Payment
from floreo.strategy.models.work import in_seen_actions
from floreo.strategy.money import visible_grants
from floreo.strategy.tables.columns import INTERNAL
from floreo.strategy.tables.of_edition import edition_filter

GRANTS = Table(
    "grants",
    _("Agreements"),
    _("Amounts that funders agreed to pay. They are shown with the budget lines they fund, and not added to them."),
    rows=visible_grants,
    columns=(
        Column.of(Grant, "code", _("Of the agreement")),
        *titles(_("Purpose")),
        Column.of(Grant, "funder", _("Code of the organisation"), value=lambda g: g.funder.code),
        Column("funder_name", _("Name"), _("Of the funder"), lambda g: g.funder.name),
        column("reference", _("Reference"), _("The funder's number for the agreement")),
        column("provider_activity_id", _("IATI activity"), _("Identifier of the funder's activity that pays")),
        Column.of(Grant, "currency", _("ISO 4217")),
        column("amount", _("Amount"), _("Of the whole agreement, in its currency"), CellKind.DECIMAL),
        Column.of(Grant, "state", _("proposed, signed, ended or called_off")),
        day("signed_on", _("Signed"), _("Date of signature")),
        Column.of(Grant, "starts_on", _("First day"), CellKind.DATE),
        Column.of(Grant, "ends_on", _("Last day"), CellKind.DATE),
        *SOURCED,
        CHANGED,
    ),
    search=("code", "title", "funder__name", "reference"),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _payments(viewer: object) -> QuerySet[Payment]:
    rows = Payment.objects.select_related("budget_line__action__edition")
    return rows.filter(in_seen_actions(viewer, "budget_line__action__"))


PAYMENTS = Table(
    "payments",
    _("Payments"),
    _("Money that moved on a date: received for a budget line, or spent from it. Spending is counted on its line."),
    rows=_payments,
    columns=(
        ID,
        Column("edition", _("Edition"), _("Code"), lambda p: p.budget_line.action.edition.code),
        Column("action", _("Action"), _("Code of the action in its edition"), lambda p: p.budget_line.action.code),
        Column.of(Payment, "budget_line", _("Its number"), CellKind.WHOLE, value=lambda p: p.budget_line_id),
        Column.of(Payment, "on", _("Date of the payment"), CellKind.DATE),
        column("kind", _("Kind"), _("received or spent")),
        Column("currency", _("Currency"), _("ISO 4217"), lambda p: p.budget_line.currency),
        Column.of(Payment, "amount", _("In the currency"), CellKind.DECIMAL),
        column("reference", _("Reference"), _("Voucher, invoice or transfer; not published"), needs=INTERNAL),
        *SOURCED,
    ),
    order=("-on", "-pk"),
    key="id",
    search=("budget_line__action__code",),
    filters=(edition_filter("budget_line__action__edition"),),
    lookup=by_id,
)
