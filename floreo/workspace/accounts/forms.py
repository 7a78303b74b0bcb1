"""Forms of accounts and of the audit chain."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.access import ROLES
from floreo.core.fields import label_of
from floreo.organisations.models import Organisation, Person, User
from floreo.workspace.forms import CommandForm, day_field


def _roles() -> list[tuple[str, Any]]:
    return [("", _l("Choose a role")), *((role.name, role.title) for role in ROLES.values())]


class RoleForm(CommandForm):
    role = forms.ChoiceField(label=_l("Role"), choices=_roles)
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None),
        label=_l("Organisation represented"),
        required=False,
        empty_label=_l("For the whole installation"),
        help_text=_l("Leads, operators and coordinators represent one organisation."),
    )


class InviteForm(RoleForm):
    email = forms.EmailField(label=_l("E-mail address"), max_length=254)
    name = forms.CharField(label=_l("Name"), max_length=200, required=False)
    field_order = ["email", "name", "role", "organisation"]


class PersonOfForm(CommandForm):
    person = forms.ModelChoiceField(
        Person.objects.filter(is_active=True).select_related("organisation"),
        label=label_of(User, "person"),
        required=False,
        empty_label=_l("Nobody"),
        help_text=_l("The account’s workspace shows the tasks of this person."),
    )


class SwitchOffForm(CommandForm):
    reason = forms.CharField(
        label=_l("Reason"), max_length=500, required=False, help_text=_l("Saved in the history, for example: has left.")
    )


class LostDeviceForm(CommandForm):
    reason = forms.CharField(
        label=_l("Reason"),
        max_length=500,
        help_text=_l(
            "Saved in the history: who asked, and how you made sure, for example: called back at the ministry."
        ),
    )


class MeForm(CommandForm):
    name = forms.CharField(label=_l("Your name"), max_length=200)
    language = forms.ChoiceField(
        label=_l("Language of the workspace"),
        required=False,
        choices=lambda: [("", _l("As in the page address")), *languages.choices()],
    )

    def __init__(self, me: User, data: Any) -> None:
        super().__init__(data, initial={"name": me.name, "language": me.language})


class SecurityForm(forms.Form):
    """Narrows the security events to those that hold some characters."""

    q = forms.CharField(label=_l("Account, network address or path"), required=False, max_length=120)


class AuditForm(forms.Form):
    """Narrows the chain. Everything is optional and is in the address."""

    verb = forms.CharField(label=_l("Activity"), required=False, max_length=80)
    actor = forms.CharField(label=_l("Who"), required=False, max_length=120)
    subject = forms.CharField(label=_l("Record affected"), required=False, max_length=120)
    since = day_field(_l("Since"))
