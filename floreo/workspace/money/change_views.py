"""What is done to money: agreements, the lines they pay for, payments, names for IATI. One form a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, must
from floreo.core.ui.locale import money as money_text
from floreo.organisations.access import get_organisation_for
from floreo.strategy.access import get_grant_for, get_line_for, get_payment_for
from floreo.strategy.actions import money as acts
from floreo.strategy.models import BudgetLine, Grant, IatiBody, Payment
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.money import forms
from floreo.workspace.money.views import ROOM


def new_grant(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    question = FormPage(
        _("Add an agreement"),
        _("Add agreement"),
        reverse("workspace:money_home"),
        room=ROOM,
        help=_("What a funder agreed to pay. It counts nowhere by itself: tie it to the budget lines it pays for."),
        done=_("The agreement is added. Tie it to its budget lines."),
    )
    form = forms.NewGrantForm(posted(request), instance=Grant())
    return form_page(request, form, lambda f: acts.add_grant(f.pop("code"), by=person(request), **f), question)


def edit_grant(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = get_grant_for(request.user, code)
    question = FormPage(
        _("Change the agreement"),
        _("Save changes"),
        found.workspace_url(),
        about=found.named(),
        done=_("Saved."),
        room=ROOM,
    )
    form = forms.GrantForm(posted(request), instance=found)
    return form_page(request, form, lambda f: acts.update_grant(found, by=person(request), **f), question, thing=found)


def remove_grant(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = get_grant_for(request.user, code)
    question = FormPage(
        _("Remove the agreement"),
        _("Remove agreement"),
        reverse("workspace:money_home"),
        about=found.named(),
        help=_("Only for what was entered by mistake. One that came to nothing is called off instead."),
        done=_("The agreement is removed."),
        room=ROOM,
    )
    form = forms.WhyForm(posted(request))
    return form_page(request, form, lambda f: acts.remove_grant(found, by=person(request), **f), question)


def _about(line: BudgetLine) -> str:
    return f"{line.action.named()}: {money_text(line.amount, line.currency)}, {line.fiscal_year}"


def place_line(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    line = get_line_for(request.user, pk)
    question = FormPage(
        _("Which agreement pays for it"),
        _("Save"),
        reverse("workspace:budget_line", args=[line.pk]),
        about=_about(line),
        room=ROOM,
        done=_("Saved."),
        help=_("The money stays counted on this line. The agreement only says where it comes from."),
    )
    form = forms.PlaceForm(line, posted(request))
    return form_page(request, form, lambda f: acts.place_on_grant(line, by=person(request), **f), question)


def new_payment(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    line = get_line_for(request.user, pk)
    question = FormPage(
        _("Record a payment"),
        _("Record payment"),
        reverse("workspace:budget_line", args=[line.pk]),
        about=_about(line),
        room=ROOM,
        done=_("The payment is recorded."),
        help=_("In %(currency)s. From the first payment on, what is spent is the sum of the payments.")
        % {"currency": line.currency},
    )
    form = forms.PaymentForm(posted(request), instance=Payment(budget_line=line))
    return form_page(request, form, lambda f: acts.add_payment(line, by=person(request), **f), question)


def edit_payment(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = get_payment_for(request.user, pk)
    question = FormPage(
        _("Change the payment"),
        _("Save changes"),
        reverse("workspace:budget_line", args=[found.budget_line_id]),
        about=_about(found.budget_line),
        room=ROOM,
        done=_("Saved."),
    )
    form = forms.PaymentForm(posted(request), instance=found)
    return form_page(
        request, form, lambda f: acts.update_payment(found, by=person(request), **f), question, thing=found
    )


def remove_payment(request: HttpRequest, pk: int) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    found = get_payment_for(request.user, pk)
    question = FormPage(
        _("Remove the payment"),
        _("Remove payment"),
        reverse("workspace:budget_line", args=[found.budget_line_id]),
        about=_about(found.budget_line),
        room=ROOM,
        done=_("The payment is removed."),
        help=_("What is spent falls by it. The trail keeps what it said."),
    )
    form = forms.WhyForm(posted(request))
    return form_page(request, form, lambda f: acts.remove_payment(found, by=person(request), **f), question)


def name_body(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.PLAN_EDIT)
    body = get_organisation_for(request.user, code)
    known = IatiBody.objects.filter(organisation=body).first()
    start = {"ref": known.ref, "kind": known.kind, "reports": known.reports} if known else {}
    question = FormPage(
        _("What it is called in IATI files"),
        _("Save"),
        reverse("workspace:money_home"),
        about=body.named(),
        room=ROOM,
        done=_("Saved."),
        help=_("IATI is how donors’ programs read who paid what to whom."),
    )
    form = forms.IatiBodyForm(posted(request), initial=start)
    return form_page(request, form, lambda f: acts.name_for_iati(body, by=person(request), **f), question)
