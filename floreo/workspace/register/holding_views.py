"""What is done to the addresses and domains that an organisation answers for. One form a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, must
from floreo.core.errors import Missing
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for
from floreo.organisations.models import Holding, Organisation
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import ReasonForm
from floreo.workspace.register import forms


def _editable(request: HttpRequest, code: str) -> Organisation:
    must(request.user, Permission.REGISTER_EDIT)
    return get_organisation_for(request.user, code)


def _holding(organisation: Organisation, pk: int) -> Holding:
    holding = organisation.holdings.filter(pk=pk).first()
    if holding is None:
        raise Missing
    return holding


def _about(organisation: Organisation, title: Any, button: Any, *, about: str = "", help_: Any = "") -> FormPage:
    back = f"{reverse('workspace:organisation', args=[organisation.code])}#holdings"
    named = organisation.named()
    return FormPage(
        title,
        button,
        back,
        about=f"{named}: {about}" if about else named,
        help=help_,
        done=_("Saved."),
        room="organisations",
    )


def new_holding(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    question = _about(
        found,
        _("Add addresses or a domain"),
        _("Add"),
        help_=_("Findings there are attributed to this organisation from now on, whoever holds the network."),
    )
    form = forms.HoldingForm(posted(request), instance=Holding())
    return form_page(request, form, lambda f: acts.add_holding(found, by=person(request), **f), question)


def edit_holding(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    holding = _holding(found, pk)
    question = _about(found, _("Change addresses or a domain"), _("Save changes"))
    form = forms.HoldingForm(posted(request), instance=holding)
    return form_page(
        request, form, lambda f: acts.update_holding(holding, by=person(request), **f), question, thing=holding
    )


def move(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    holding = _holding(found, pk)
    question = _about(
        found,
        _("Move to another organisation"),
        _("Move"),
        about=holding.value,
        help_=_(
            "Findings there are attributed to the other organisation from now on. The entry counts as not "
            "verified until it is verified again."
        ),
    )
    form = forms.MoveHoldingForm(posted(request))
    return form_page(request, form, lambda f: acts.move_holding(holding, by=person(request), **f), question)


def drop_holding(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    holding = _holding(found, pk)
    question = _about(found, _("Remove addresses or a domain"), _("Remove"), about=holding.value)
    form = ReasonForm(posted(request))
    return form_page(request, form, lambda f: acts.remove_holding(holding, by=person(request), **f), question)
