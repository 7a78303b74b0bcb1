"""The public form by which an ambassador is asked for. It checks shape; the action checks rules."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from floreo.core.fields import help_of, label_of
from floreo.core.links import form_key
from floreo.outreach.forms import district_field, language_choices
from floreo.outreach.models import AmbassadorRequest, Audience, RequesterKind, SessionTopic

_SHORTEST_KEY = 16


def _about(name: str) -> dict[str, Any]:
    return {"label": label_of(AmbassadorRequest, name), "help_text": help_of(AmbassadorRequest, name)}


class RequestForm(forms.Form):
    requester = forms.CharField(**_about("requester"), max_length=200)
    kind = forms.ChoiceField(**_about("kind"), choices=RequesterKind.choices)
    district = district_field(label_of(AmbassadorRequest, "district"))
    community = forms.CharField(**_about("community"), max_length=120, required=False)
    audience = forms.ChoiceField(**_about("audience"), choices=Audience.choices, widget=forms.RadioSelect)
    topic = forms.ChoiceField(**_about("topic"), required=False)
    language = forms.ChoiceField(**_about("language"))
    people = forms.IntegerField(
        **_about("people"),
        min_value=1,
        max_value=5000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    wanted = forms.CharField(**_about("wanted"), max_length=200, required=False)
    contact_name = forms.CharField(
        **_about("contact_name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact_phone = forms.CharField(
        **_about("contact_phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    contact_mail = forms.EmailField(
        **_about("contact_mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    once = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="r-%s", **kwargs)
        self.fields["once"].initial = form_key()
        language: Any = self.fields["language"]
        language.choices = language_choices()
        topic: Any = self.fields["topic"]
        topic.choices = [("", _("No matter")), *SessionTopic.choices]
        district: Any = self.fields["district"]
        district.label_from_instance = lambda place: place.in_language("name")
        for field in self.fields.values():
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}

    def source_key(self) -> str:
        """The same form sent again is one request; with other words it is another."""
        once = self.cleaned_data["once"]
        if len(once) < _SHORTEST_KEY:
            return ""
        content = "\0".join([once, *(str(value) for _name, value in sorted(self.facts().items()))])
        return hashlib.sha256(f"ambassador-request\0{content}".encode("utf-8", "replace")).hexdigest()
