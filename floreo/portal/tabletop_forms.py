"""Forms of tabletop exercises by a participant's link: no account, no script. What is wrong with what was sent, the actions say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.tabletops.models import Inject, Participant


class AcceptForm(forms.Form):
    """Whoever was invited says who they are, and where they want the e-mails."""

    name = forms.CharField(
        label=_l("Your name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    post = forms.CharField(
        label=_l("Your post"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    mail = forms.EmailField(
        label=_l("Your e-mail"),
        required=False,
        max_length=254,
        help_text=_l(
            "E-mails of the exercise go there alone. Another address than that of your invitation is asked first. Empty: you take part on this page only."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any, participant: Participant) -> None:
        initial = {"name": participant.name, "mail": participant.invited_mail}
        super().__init__(data, initial=initial, auto_id="a-%s")


class AddressForm(forms.Form):
    mail = forms.EmailField(
        label=_l("Your e-mail"),
        required=False,
        max_length=254,
        help_text=_l("You get one e-mail with a button. Injects go there only after you have pressed it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="m-%s")


class ResponseForm(forms.Form):
    inject = forms.ModelChoiceField(
        Inject.objects.none(),
        label=_l("Upon which inject"),
        required=False,
        empty_label=_l("None of them"),
        to_field_name="number",
    )
    text = forms.CharField(
        label=_l("What you do"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_l("What you decide, whom you call, what you would send. Only those who run the exercise read it."),
    )

    def __init__(self, data: Any, rows: Any, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="r-%s")
        field: Any = self.fields["inject"]
        field.queryset = rows
        field.label_from_instance = lambda each: f"{each.number}. {each.in_language('title')}"
