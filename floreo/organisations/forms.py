"""Forms of people who come with a link: what shape their words have. Rules are the actions'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

PASSWORD, PASSKEY = "password", "passkey"
_METHODS = [
    (PASSKEY, _("A passkey: this device's fingerprint, face or PIN, or a security key")),
    (PASSWORD, _("A password")),
]


class JoinForm(forms.Form):
    """Who somebody is and how they will sign in."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name.")},
    )
    method = forms.ChoiceField(
        label=_("How will you sign in?"),
        choices=_METHODS,
        initial=PASSKEY,
        widget=forms.RadioSelect,
        help_text=_(
            "A passkey cannot be guessed, stolen by a false page or forgotten. You will add it on the next page."
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("Only if you chose a password. At least 12 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("method") == PASSWORD and not given.get("password"):
            self.add_error("password", _("Enter a password, or choose a passkey."))
        return given

    @property
    def chosen_password(self) -> str:
        """The password, where a password was chosen: what was typed under another choice is forgotten."""
        return str(self.cleaned_data["password"]) if self.cleaned_data["method"] == PASSWORD else ""


class WelcomeForm(JoinForm):
    """The first administrator also says which address is theirs."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages={"required": _("Enter your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["name", "email", "method", "password"]
