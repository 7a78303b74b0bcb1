"""Pages of one organisation: what it is, what it was called, what it does from when to when, how it is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.core.wording import colon
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for
from floreo.organisations.actions.entry import must_have_address
from floreo.organisations.models import Organisation
from floreo.organisations.tables import networks
from floreo.workspace.commands import Command, allowed_by, command_view, new, over_row
from floreo.workspace.forms import CommandForm, ReasonForm
from floreo.workspace.register import forms
from floreo.workspace.register.joined import joined
from floreo.workspace.verbs import history_of


def one_organisation(request: HttpRequest, code: str) -> HttpResponse:
    must(request.user, Permission.REGISTER_READ)
    found = get_organisation_for(request.user, code)
    is_inside = found.shows_internal_to(request.user)
    people = found.people.filter(is_active=True) if can(request.user, Permission.PEOPLE_READ, found) else None
    context = {
        "organisation": found,
        "people": people,
        "joined": joined(request.user, found),
        "absorbed": found.absorbed.visible_to(request.user),
        "may_edit": can(request.user, Permission.REGISTER_EDIT),
        "successor": _known(request, found.successor()) if found.merged_into_id else None,
        "parent": _known(request, found.parent),
        "history": history_of(found, viewer=request.user) if is_inside else [],
        "contacts": found.contacts.visible_to(request.user),
        "is_inside": is_inside,
        "networks": networks(request.user).filter(holder=found),
        "holdings": found.holdings.live().visible_to(request.user),
        "may_propose": can(request.user, Permission.REGISTER_PROPOSE, found),
        "workspace_section": "organisations",
    }
    return render(request, "workspace/register/organisation.html", context)


def _known(request: HttpRequest, body: Organisation | None) -> Organisation | None:
    """That body, where this person may know of it."""
    return Organisation.objects.visible_to(request.user).filter(pk=body.pk).first() if body else None


EDIT = Permission.REGISTER_EDIT
NEW: Mapping[str, Command] = {
    "organisation": Command(
        _l("Add an organisation"),
        _l("Add organisation"),
        EDIT,
        new(forms.NewOrganisationForm),
        acts.add_organisation,
        help=_l("Search first: each organisation appears only once, under its current name."),
        done=_l("Organisation added."),
    ),
}
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
    "new-role": Command(_l("Add a role"), _l("Add role"), EDIT, new(forms.RoleForm), acts.add_role),
    "new-contact": Command(_l("Add a contact"), _l("Add contact"), EDIT, new(forms.ContactForm), acts.add_contact),
    "new-holding": Command(
        _l("Add addresses or a domain"),
        _l("Add"),
        EDIT,
        new(forms.HoldingForm),
        acts.add_holding,
        help=_l(
            "It is a claim that you enter for the organisation. Findings there are attributed to it when a second person of the team has approved it."
        ),
        back=lambda found: _back_to(found, "#holdings"),
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
    "send-link": Command(
        _l("Ask it to look at its entry"),
        _l("Send the link"),
        EDIT,
        new(CommandForm),
        acts.send_entry_link,
        allowed_by(must_have_address),
        help=lambda contact: (
            _(
                "A link by which the organisation proposes changes and claims networks goes to %(address)s. It works for 14 days."
            )
            % {"address": contact.email or "-"}
        ),
        done=_l("The e-mail is in the outbox."),
    ),
    "end-links": Command(
        _l("End its links"),
        _l("End the links"),
        EDIT,
        new(CommandForm),
        acts.end_entry_links,
        help=_l("Every link to the entry that was sent to this contact works no more."),
        done=_l("Its links are ended."),
    ),
}


HOLDING_COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Change addresses or a domain"), _l("Save changes"), EDIT, over_row(forms.HoldingForm), acts.update_holding
    ),
    "move": Command(
        _l("Move to another organisation"),
        _l("Move"),
        EDIT,
        new(forms.MoveHoldingForm),
        acts.move_holding,
        help=_l(
            "Findings there are attributed to the other organisation from now on. The entry counts as not "
            "verified until it is verified again."
        ),
    ),
    "remove": Command(_l("Remove addresses or a domain"), _l("Remove"), EDIT, new(ReasonForm), acts.remove_holding),
}


def new_organisation(request: HttpRequest) -> HttpResponse:
    back = reverse("workspace:organisations")
    return command_view(request, None, NEW, "organisation", area="organisations", back=back)


def _back_to(organisation: Organisation, part: str = "") -> str:
    return reverse("workspace:organisation", args=[organisation.code]) + part


def _page_of(organisation: Organisation) -> dict[str, Any]:
    """What the pages of its commands say of it, and where they go back to."""
    return {"area": "organisations", "about": organisation.named(), "back": _back_to(organisation)}


def organisation_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    return command_view(request, found, ORGANISATION_COMMANDS, name, **_page_of(found))


def role_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    role = _one(found.roles, pk)
    return command_view(request, role, ROLE_COMMANDS, name, of=found, **_page_of(found))


def contact_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    contact = _one(found.contacts, pk)
    return command_view(request, contact, CONTACT_COMMANDS, name, of=found, **_page_of(found))


def holding_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    found = get_organisation_for(request.user, code)
    holding = _one(found.holdings, pk)
    about, back = f"{found.named()}{colon()} {holding.value}", _back_to(found, "#holdings")
    return command_view(
        request, holding, HOLDING_COMMANDS, name, of=found, area="organisations", about=about, back=back
    )


def _one(rows: Any, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing
    return found
