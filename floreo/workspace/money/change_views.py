"""What is done to money: agreements, the lines they pay for, payments, names for IATI. One form a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.ui.locale import money as money_text
from floreo.core.wording import colon
from floreo.organisations.access import get_organisation_for
from floreo.organisations.models import Organisation
from floreo.strategy.access import get_grant_for, get_line_for, get_payment_for
from floreo.strategy.actions import money as acts
from floreo.strategy.models import BudgetLine, IatiBody
from floreo.workspace.commands import Command, Data, command_view, new, over_row
from floreo.workspace.money import forms
from floreo.workspace.money.views import AREA

EDIT = Permission.PLAN_EDIT
NEW: Mapping[str, Command] = {
    "grant": Command(
        _l("Add an agreement"),
        _l("Add agreement"),
        EDIT,
        new(forms.NewGrantForm),
        acts.add_grant,
        help=_l(
            "An amount that a funder agreed to pay. It is not counted separately: link it to the budget lines it funds."
        ),
        done=_l("Agreement added. Link it to its budget lines."),
    ),
}
GRANT_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Change the agreement"), _l("Save changes"), EDIT, over_row(forms.GrantForm), acts.update_grant),
    "remove": Command(
        _l("Remove the agreement"),
        _l("Remove agreement"),
        EDIT,
        new(forms.WhyForm),
        acts.remove_grant,
        help=_l("Only for entries made by mistake. If an agreement came to nothing, cancel it instead."),
        done=_l("The agreement is removed."),
        back=lambda _grant: reverse("workspace:money_home"),
    ),
}
LINE_COMMANDS: Mapping[str, Command] = {
    "agreement": Command(
        _l("Agreement that funds it"),
        _l("Save"),
        EDIT,
        lambda data, line: forms.PlaceForm(line, data),
        acts.place_on_grant,
        help=_l("The money is counted on this line. The agreement only shows where it comes from."),
    ),
    "new-payment": Command(
        _l("Record a payment"),
        _l("Record payment"),
        EDIT,
        new(forms.PaymentForm),
        acts.add_payment,
        help=lambda line: (
            _("In %(currency)s. After the first payment, the amount spent is the sum of the payments.")
            % {"currency": line.currency}
        ),
        done=_l("Payment recorded."),
    ),
}
PAYMENT_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change the payment"), _l("Save changes"), EDIT, over_row(forms.PaymentForm), acts.update_payment
    ),
    "remove": Command(
        _l("Remove the payment"),
        _l("Remove payment"),
        EDIT,
        new(forms.WhyForm),
        acts.remove_payment,
        help=_l("The amount spent goes down by this payment. The audit chain still shows it."),
        done=_l("The payment is removed."),
    ),
}


def _iati_form(data: Data, body: Organisation) -> forms.IatiBodyForm:
    known = IatiBody.objects.filter(organisation=body).first()
    return forms.IatiBodyForm(
        data, initial={"ref": known.ref, "kind": known.kind, "reports": known.reports} if known else {}
    )


ORGANISATION_COMMANDS: Mapping[str, Command] = {
    "iati-name": Command(
        _l("Name in IATI files"),
        _l("Save"),
        EDIT,
        _iati_form,
        acts.name_for_iati,
        help=_l("With IATI, donors’ programs read who paid whom, and how much."),
    ),
}


def new_grant(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "grant", area=AREA, back=reverse("workspace:money_home"))


def grant_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_grant_for(request.user, code), GRANT_COMMANDS, name, area=AREA)


def _about(line: BudgetLine) -> dict[str, Any]:
    """What the pages of a line's commands say of it, and where they go back to."""
    text = f"{line.action.named()}{colon()} {money_text(line.amount, line.currency)}, {line.fiscal_year}"
    return {"about": text, "back": reverse("workspace:budget_line", args=[line.pk])}


def line_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    line = get_line_for(request.user, pk)
    return command_view(request, line, LINE_COMMANDS, name, area=AREA, **_about(line))


def payment_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_payment_for(request.user, pk)
    return command_view(request, found, PAYMENT_COMMANDS, name, area=AREA, **_about(found.budget_line))


def organisation_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    body, back = get_organisation_for(request.user, code), reverse("workspace:money_home")
    return command_view(request, body, ORGANISATION_COMMANDS, name, area=AREA, back=back)
