"""The forms by which somebody without an account notifies an incident or submits what is due. Shape only; what is wrong, the action says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.obligations.models import KindChoice, Notification, ObligationDue
from floreo.organisations.models import Organisation


class _PublicForm(forms.Form):
    """Errors are also read in the box on top, so each names its field."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}


class AddressForm(_PublicForm):
    mail = forms.EmailField(
        label=_l("Your e-mail address"),
        max_length=100,
        help_text=_l(
            "At your organisation, if you have one there. The link that is sent to it begins the notification."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class BeginForm(_PublicForm):
    """What somebody begins with: `body` is the organisation that the register knows by their address."""

    kind = forms.ChoiceField(
        choices=KindChoice.choices,
        widget=forms.RadioSelect,
        initial=KindChoice.INCIDENT,
        label=_l("What do you notify?"),
        help_text=_l("A near miss, a threat and a voluntary notification have one stage, and no deadline."),
    )
    named = forms.CharField(
        max_length=Notification._meta.get_field("named").max_length,
        label=_l("Name of your organisation"),
        help_text=_l("The national team attaches the notification to it. You can go on writing meanwhile."),
    )
    name = forms.CharField(
        max_length=200, label=label_of(Notification, "name"), widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        max_length=40,
        required=False,
        label=label_of(Notification, "phone"),
        help_text=_l("Where the national team reaches you today."),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )

    def __init__(self, data: Any = None, *, body: Organisation | None) -> None:
        super().__init__(data)
        if body is not None:
            del self.fields["named"]


class WithdrawForm(_PublicForm):
    reason = forms.CharField(
        label=_l("Why it was a false alarm"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class SubmitDueForm(_PublicForm):
    note = forms.CharField(
        label=label_of(ObligationDue, "note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), required=True
    )
    address = forms.URLField(
        label=label_of(ObligationDue, "address"), max_length=500, required=False, assume_scheme="https"
    )

    def __init__(self, data: Any = None, *, due: ObligationDue) -> None:
        super().__init__(data, initial={"note": due.note, "address": due.address})
        self.fields["address"].help_text = due.obligation.in_language("evidence_wanted")
