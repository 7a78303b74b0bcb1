"""Pages of one organisation: what it is, what it was called, what it does from when to when, how it is reached."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for
from floreo.organisations.models import Contact, Organisation, OrganisationRole
from floreo.organisations.tables import networks
from floreo.strategy.models import Action
from floreo.workspace.commands import Command, command_view, new, over_row
from floreo.workspace.form_page import FormPage, form_page, person, posted
from floreo.workspace.forms import CommandForm
from floreo.workspace.register import forms
from floreo.workspace.verbs import history_of


def one_organisation(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.REGISTER_READ)
    found = get_organisation_for(request.user, code)
    is_inside = found.shows_internal_to(request.user)
    people = found.people.filter(is_active=True) if can(request.user, Permission.PEOPLE_READ, found) else None
    actions = Action.objects.visible_to(request.user).filter(participations__organisation=found, edition__isnull=False)
    context = {
        "organisation": found,
        "people": people,
        "actions": actions.select_related("edition").distinct()[:100],
        "absorbed": found.absorbed.visible_to(request.user),
        "may_edit": can(request.user, Permission.REGISTER_EDIT),
        "successor": _known(request, found.successor()) if found.merged_into_id else None,
        "parent": _known(request, found.parent),
        "history": history_of(found, viewer=request.user) if is_inside else [],
        "contacts": found.contacts.visible_to(request.user),
        "is_inside": is_inside,
        "networks": networks(request.user).filter(holder=found),
        "holdings": found.holdings.visible_to(request.user),
        "workspace_section": "organisations",
    }
    return render(request, "workspace/register/organisation.html", context)


def _known(request: HttpRequest, body: Organisation | None) -> Organisation | None:
    """That body, where this person may know of it."""
    return Organisation.objects.visible_to(request.user).filter(pk=body.pk).first() if body else None


def _editable(request: HttpRequest, code: str) -> Organisation:
    must(request.user, Permission.REGISTER_EDIT)
    return get_organisation_for(request.user, code)


def new_organisation(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.REGISTER_EDIT)
    question = FormPage(
        _("Add an organisation"),
        _("Add organisation"),
        reverse("workspace:organisations"),
        help=_("Search first: each organisation appears only once, under its current name."),
        done=_("Organisation added."),
        room="organisations",
    )
    form = forms.NewOrganisationForm(posted(request), instance=Organisation())
    return form_page(request, form, lambda facts: acts.add_organisation(by=person(request), **facts), question)


EDIT = Permission.REGISTER_EDIT
ORGANISATION_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change an organisation"),
        _l("Save changes"),
        EDIT,
        over_row(forms.OrganisationForm),
        acts.update_organisation,
    ),
    "rename": Command(
        _l("Rename an organisation"),
        _l("Rename"),
        EDIT,
        lambda data, found: forms.RenameForm(found, data),
        acts.rename_organisation,
        help=_l("The old name is kept and shown on pages about dates before the change."),
        done=_l("Organisation renamed."),
    ),
    "merge": Command(
        _l("Merge into another organisation"),
        _l("Merge"),
        EDIT,
        lambda data, found: forms.MergeForm(found, data),
        acts.merge_organisation,
        help=_l("The other organisation is responsible from now on. Past roles stay under the old name."),
        done=_l("Organisations merged."),
    ),
    "new-role": Command(
        _l("Add a role"),
        _l("Add role"),
        EDIT,
        lambda data, _found: forms.RoleForm(data, instance=OrganisationRole()),
        acts.add_role,
    ),
    "new-contact": Command(
        _l("Add a contact"),
        _l("Add contact"),
        EDIT,
        lambda data, _found: forms.ContactForm(data, instance=Contact()),
        acts.add_contact,
    ),
}
ROLE_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Change a role"), _l("Save changes"), EDIT, over_row(forms.RoleForm), acts.update_role),
    "remove": Command(
        _l("Remove a role"),
        _l("Remove role"),
        EDIT,
        new(CommandForm),
        acts.remove_role,
        help=lambda role: (
            _("“%(role)s” will be removed. If the role has ended, enter its last day instead.") % {"role": role.title}
        ),
        done=_l("Removed."),
    ),
}
CONTACT_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Change a contact"), _l("Save changes"), EDIT, over_row(forms.ContactForm), acts.update_contact),
    "remove": Command(
        _l("Remove a contact"),
        _l("Remove contact"),
        EDIT,
        new(CommandForm),
        acts.remove_contact,
        help=lambda contact: str(contact.purpose),
        done=_l("Removed."),
    ),
}


def _page_of(organisation: Organisation) -> dict[str, str]:
    """What the pages of its commands say of it, and where they go back to."""
    return {
        "room": "organisations",
        "about": organisation.named(),
        "back": reverse("workspace:organisation", args=[organisation.code]),
    }


def organisation_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = _editable(request, code)
    return command_view(request, found, ORGANISATION_COMMANDS, name, **_page_of(found))


def role_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = _editable(request, code)
    role = found.roles.filter(pk=pk).first()
    if role is None:
        raise Missing
    return command_view(request, role, ROLE_COMMANDS, name, of=found, **_page_of(found))


def contact_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = _editable(request, code)
    contact = found.contacts.filter(pk=pk).first()
    if contact is None:
        raise Missing
    return command_view(request, contact, CONTACT_COMMANDS, name, of=found, **_page_of(found))
