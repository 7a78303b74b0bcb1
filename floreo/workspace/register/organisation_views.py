"""Pages of one organisation: what it is, what it was called, what it does from when to when, how it is reached."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can, must
from floreo.core.errors import Missing
from floreo.organisations import actions as acts
from floreo.organisations.access import get_organisation_for
from floreo.organisations.models import Contact, Organisation, OrganisationRole
from floreo.organisations.tables import networks
from floreo.strategy.models import Action
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


def _about(organisation: Organisation, title: Any, button: Any, *, help_: Any = "", done: Any = "") -> FormPage:
    back = reverse("workspace:organisation", args=[organisation.code])
    return FormPage(
        title, button, back, about=organisation.named(), help=help_, done=done or _("Saved."), room="organisations"
    )


def new_organisation(request: HttpRequest) -> HttpResponse:
    must(request.user, Permission.REGISTER_EDIT)
    question = FormPage(
        _("Add an organisation"),
        _("Add organisation"),
        reverse("workspace:organisations"),
        help=_("Search first: a body stands here once, whatever it is called this year."),
        done=_("The organisation is added."),
        room="organisations",
    )
    form = forms.NewOrganisationForm(posted(request), instance=Organisation())
    return form_page(request, form, lambda facts: acts.add_organisation(by=person(request), **facts), question)


def edit_organisation(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    question = _about(found, _("Change an organisation"), _("Save changes"))
    form = forms.OrganisationForm(posted(request), instance=found)
    return form_page(
        request, form, lambda f: acts.update_organisation(found, by=person(request), **f), question, thing=found
    )


def rename(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    question = _about(
        found,
        _("Rename an organisation"),
        _("Rename"),
        help_=_("The old name is kept, and pages about days before the change show it."),
        done=_("It is renamed."),
    )
    form = forms.RenameForm(found, posted(request))
    return form_page(
        request, form, lambda f: acts.rename_organisation(found, by=person(request), **f), question, thing=found
    )


def merge(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    question = _about(
        found,
        _("Merge into another organisation"),
        _("Merge"),
        help_=_("The other body answers for it from now on. Its own part in the past stays under its name."),
        done=_("It is merged."),
    )
    form = forms.MergeForm(found, posted(request))
    return form_page(
        request, form, lambda f: acts.merge_organisation(found, by=person(request), **f), question, thing=found
    )


def new_role(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    form = forms.RoleForm(posted(request), instance=OrganisationRole())
    question = _about(found, _("Add a role"), _("Add role"))
    return form_page(request, form, lambda f: acts.add_role(found, by=person(request), **f), question)


def _role(organisation: Organisation, pk: int) -> OrganisationRole:
    role = organisation.roles.filter(pk=pk).first()
    if role is None:
        raise Missing
    return role


def edit_role(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    role = _role(found, pk)
    form = forms.RoleForm(posted(request), instance=role)
    question = _about(found, _("Change a role"), _("Save changes"))
    return form_page(request, form, lambda f: acts.update_role(role, by=person(request), **f), question, thing=role)


def drop_role(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    role = _role(found, pk)
    question = _about(
        found,
        _("Remove a role"),
        _("Remove role"),
        done=_("Removed."),
        help_=_("“%(role)s” is removed. A role that ended is better given its last day.") % {"role": role.title},
    )
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.remove_role(role, by=person(request)), question
    )


def new_contact(request: HttpRequest, code: str) -> HttpResponse:
    found = _editable(request, code)
    form = forms.ContactForm(posted(request), instance=Contact())
    question = _about(found, _("Add a contact"), _("Add contact"))
    return form_page(request, form, lambda f: acts.add_contact(found, by=person(request), **f), question)


def _contact(organisation: Organisation, pk: int) -> Contact:
    contact = organisation.contacts.filter(pk=pk).first()
    if contact is None:
        raise Missing
    return contact


def edit_contact(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    contact = _contact(found, pk)
    form = forms.ContactForm(posted(request), instance=contact)
    question = _about(found, _("Change a contact"), _("Save changes"))
    return form_page(
        request, form, lambda f: acts.update_contact(contact, by=person(request), **f), question, thing=contact
    )


def drop_contact(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    found = _editable(request, code)
    contact = _contact(found, pk)
    question = _about(found, _("Remove a contact"), _("Remove contact"), help_=contact.purpose, done=_("Removed."))
    return form_page(
        request, CommandForm(posted(request)), lambda _f: acts.remove_contact(contact, by=person(request)), question
    )
