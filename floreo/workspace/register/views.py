"""Pages of the register: lists of organisations, people, places and networks; people and networks one by one."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
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
from floreo.organisations.models import Organisation
from floreo.strategy.models import Action
from floreo.workspace.commands import Command, command_view, new, over_row
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
        "language_name": (found.language and languages.named(found.language)) or _("The country’s first language"),
    }
    return render(request, "workspace/register/person.html", context)


PEOPLE_EDIT, REGISTER_EDIT = Permission.PEOPLE_EDIT, Permission.REGISTER_EDIT
NEW: Mapping[str, Command] = {
    "person": Command(
        _l("Add a person"), _l("Add person"), PEOPLE_EDIT, new(forms.PersonForm), add_person, done=_l("Person added.")
    ),
    "network": Command(
        _l("Add a network"),
        _l("Add network"),
        REGISTER_EDIT,
        new(forms.NewNetworkForm),
        add_network,
        done=_l("Network added."),
    ),
}
PERSON_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Change a person"), _l("Save changes"), PEOPLE_EDIT, over_row(forms.PersonForm), update_person),
}
NETWORK_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change a network"), _l("Save changes"), REGISTER_EDIT, over_row(forms.NetworkForm), update_network
    ),
    "remove": Command(
        _l("Remove a network"),
        _l("Remove network"),
        REGISTER_EDIT,
        new(ReasonForm),
        remove_network,
        help=_l("Remove only entries made by mistake. The audit chain still shows them."),
        done=_l("Network removed."),
        back=lambda _network: reverse("workspace:networks"),
    ),
}


def new_person(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "person", area="people", back=reverse("workspace:people"))


def person_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found, back = get_person_for(request.user, code), reverse("workspace:person", args=[code])
    return command_view(request, found, PERSON_COMMANDS, name, area="people", about=found.name, back=back)


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
    return command_view(request, None, NEW, "network", area="networks", back=reverse("workspace:networks"))


def network_command(request: HttpRequest, asn: int, name: str) -> HttpResponse:
    found, back = get_network_for(request.user, asn), reverse("workspace:network", args=[asn])
    return command_view(request, found, NETWORK_COMMANDS, name, area="networks", back=back)
