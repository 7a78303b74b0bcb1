"""Pages of the register: lists of organisations, people, places and networks; people and networks one by one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can, must
from floreo.organisations import tables
from floreo.organisations.access import get_network_for, get_person_for
from floreo.organisations.actions import (
    add_network,
    add_person,
    remove_network,
    update_network,
    update_person,
)
from floreo.organisations.models import Network, Organisation, Person
from floreo.strategy.models import Action
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import ReasonForm
from floreo.workspace.register import forms, lists
from floreo.workspace.verbs import history_of


def organisations(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.REGISTER_READ)
    return lists.list_page(request, tables.ORGANISATIONS, lists.ORGANISATIONS)


def people(request: HttpRequest) -> HttpResponseBase:
    """All people for whoever may see all; the people of one's own organisation for a lead or an operator."""
    must(request.user, Permission.PEOPLE_READ)
    return lists.list_page(request, tables.PEOPLE, lists.PEOPLE)


def places(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.REGISTER_READ)
    return lists.list_page(request, tables.PLACES, lists.PLACES)


def networks(request: HttpRequest) -> HttpResponseBase:
    must(request.user, Permission.REGISTER_READ)
    return lists.list_page(request, tables.NETWORKS, lists.NETWORKS)


def one_person(request: HttpRequest, code: str) -> HttpResponse:
    found = get_person_for(request.user, code)
    context = {
        "person": found,
        "actions": Action.objects.visible_to(request.user).filter(person=found).select_related("edition"),
        "may_edit": can(request.user, Permission.PEOPLE_EDIT),
        "history": history_of(found, viewer=request.user),
        "workspace_section": "people",
        "deputises_for": [p for p in found.deputises_for.all() if can(request.user, Permission.PEOPLE_READ, p)],
        "language_name": dict(settings.LANGUAGES).get(found.language) or _("The country’s first language"),
    }
    return render(request, "workspace/register/person.html", context)


def new_person(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.PEOPLE_EDIT)
    question = FormPage(
        _("Add a person"), _("Add person"), reverse("workspace:people"), done=_("Person added."), room="people"
    )
    form = forms.PersonForm(posted(request), instance=Person())
    return form_page(request, form, lambda facts: add_person(by=person(request), **facts), question)


def edit_person(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.PEOPLE_EDIT)
    found = get_person_for(request.user, code)
    back = reverse("workspace:person", args=[code])
    question = FormPage(
        _("Change a person"), _("Save changes"), back, about=found.name, done=_("Saved."), room="people"
    )
    form = forms.PersonForm(posted(request), instance=found)
    return form_page(request, form, lambda f: update_person(found, by=person(request), **f), question, thing=found)


def one_network(request: HttpRequest, asn: int) -> HttpResponse:
    must(request.user, Permission.REGISTER_READ)
    found = get_network_for(request.user, asn)
    context = {
        "network": found,
        "may_edit": can(request.user, Permission.REGISTER_EDIT),
        "holder": Organisation.objects.visible_to(request.user).filter(networks=found).first(),
        "history": history_of(found, viewer=request.user),
        "is_inside": can(request.user, Permission.ASSET_READ, found),
        "workspace_section": "networks",
    }
    return render(request, "workspace/register/network.html", context)


def new_network(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.REGISTER_EDIT)
    question = FormPage(
        _("Add a network"),
        _("Add network"),
        reverse("workspace:networks"),
        done=_("Network added."),
        room="networks",
    )
    form = forms.NewNetworkForm(posted(request), instance=Network())
    return form_page(request, form, lambda facts: add_network(by=person(request), **facts), question)


def edit_network(request: HttpRequest, asn: int) -> HttpResponse:
    must(request.user, Permission.REGISTER_EDIT)
    found = get_network_for(request.user, asn)
    question = _of_network(found, _("Change a network"), _("Save changes"), _("Saved."))
    form = forms.NetworkForm(posted(request), instance=found)
    return form_page(request, form, lambda f: update_network(found, by=person(request), **f), question, thing=found)


def drop_network(request: HttpRequest, asn: int) -> HttpResponse:
    must(request.user, Permission.REGISTER_EDIT)
    found = get_network_for(request.user, asn)
    question = FormPage(
        _("Remove a network"),
        _("Remove network"),
        reverse("workspace:networks"),
        about=str(found),
        help=_("Remove only entries made by mistake. The audit chain still shows them."),
        done=_("Network removed."),
        room="networks",
    )
    form = ReasonForm(posted(request))
    return form_page(request, form, lambda f: remove_network(found, by=person(request), **f), question)


def _of_network(network: Network, title: Any, button: Any, done: Any) -> FormPage:
    back = reverse("workspace:network", args=[network.asn])
    return FormPage(title, button, back, about=str(network), done=done, room="networks")
