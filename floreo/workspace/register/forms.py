"""Forms of the register. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.organisations.models import Contact, Holding, Network, Organisation, OrganisationRole, Person
from floreo.organisations.queries import the_country
from floreo.workspace.forms import CommandForm, Day, RecordForm, day_field, organisation_field, text_field

_SOURCE = ("source", "source_url", "confirmed", "doubt")
_SOURCE_LABELS = {
    "source": _l("Source"),
    "source_url": _l("Address of the source"),
    "confirmed": _l("Checked: a person has compared it with its source"),
    "doubt": _l("If not checked, why"),
}
_REACH = {"email": _l("E-mail"), "phone": _l("Telephone")}
_SHORT = {"rows": 3}


class RegisterForm(RecordForm):
    """A row of the register; where nothing is chosen, the list says so in a word."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and not field.required:
                field.empty_label = _("None")


class OrganisationForm(RegisterForm):
    """Everything but the name: a new name is a renaming, which keeps the old one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (
            "name" not in self.translated
        ):  # in other languages the name stands here: only its own is changed by renaming
            self.translated = ["name", *self.translated]
            for language, words in self._other_languages():
                known = self.instance.translations.get(language, {}).get("name", "")
                label = _("Name, in %(language)s") % {"language": words}
                self.fields[f"name_{language}"] = forms.CharField(
                    label=label, required=False, max_length=200, initial=known
                )
                self.order_fields([f"name_{language}"])

    class Meta:
        model = Organisation
        fields = (
            "short_name",
            "kind",
            "role_text",
            "internal_notes",
            "parent",
            "website",
            "email",
            "phone",
            "place",
            "starts_on",
            "ends_on",
            "is_public",
            *_SOURCE,
        )
        labels = (
            _SOURCE_LABELS
            | _REACH
            | {
                "short_name": _l("Short name"),
                "kind": _l("Kind"),
                "role_text": _l("Its role in cybersecurity"),
                "internal_notes": _l("Internal notes"),
                "parent": _l("Part of"),
                "website": _l("Website"),
                "place": _l("Place"),
                "starts_on": _l("First day"),
                "ends_on": _l("Last day"),
                "is_public": _l("Public"),
            }
        )
        help_texts = {"role_text": _l("Shown to the public."), "internal_notes": _l("Not published.")}
        widgets = {
            "starts_on": Day,
            "ends_on": Day,
            "role_text": forms.Textarea(attrs=_SHORT),
            "internal_notes": forms.Textarea(attrs=_SHORT),
        }


class NewOrganisationForm(OrganisationForm):
    name = forms.CharField(label=_l("Name"), max_length=200)
    field_order = ["name"]


class RenameForm(CommandForm):
    name = forms.CharField(label=_l("New name"), max_length=200)
    short_name = forms.CharField(label=_l("New short name"), max_length=40, required=False)
    ends_on = day_field(_l("Last day of the old name"), required=True)
    source = forms.CharField(label=_l("Source"), max_length=500, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, data: Any) -> None:
        known = {
            "name": organisation.name,
            "short_name": organisation.short_name,
            "ends_on": clock.today(),
            "version": organisation.version,
        }
        super().__init__(data, initial=known)


class MergeForm(CommandForm):
    into = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None), label=_l("Merged into"), empty_label=_l("Choose one")
    )
    on = day_field(_l("Last day"), required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, data: Any) -> None:
        super().__init__(data, initial={"on": clock.today(), "version": organisation.version})
        into: Any = self.fields["into"]
        into.queryset = Organisation.objects.filter(merged_into=None).exclude(pk=organisation.pk)


class RoleForm(RegisterForm):
    class Meta:
        model = OrganisationRole
        fields = ("title", "starts_on", "ends_on", "precision", "source", "source_url", "confirmed")
        labels = _SOURCE_LABELS | {
            "title": _l("Role"),
            "starts_on": _l("Since"),
            "ends_on": _l("Until"),
            "precision": _l("Precision of the dates"),
        }
        help_texts = {"title": _l("For example: leads national cybersecurity.")}
        widgets = {"starts_on": Day, "ends_on": Day}


def _spoken(first: Any) -> list[tuple[str, Any]]:
    """The country's languages, after what an empty choice means."""
    country = the_country()
    spoken = [(code, name) for code, name in settings.LANGUAGES if country and code in country.languages]
    return [("", first), *spoken]


class ContactForm(RegisterForm):
    language = forms.ChoiceField(label=_l("Language for e-mails"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # for mypy
        language.choices = _spoken(_("All languages of the country"))

    class Meta:
        model = Contact
        fields = (
            "purpose",
            "role",
            "email",
            "phone",
            "language",
            "verified_on",
            "is_public",
            "source",
            "confirmed",
        )
        labels = (
            _SOURCE_LABELS
            | _REACH
            | {
                "purpose": _l("Purpose"),
                "role": _l("Role"),
                "verified_on": _l("Last reply from this contact"),
                "is_public": _l("Public"),
            }
        )
        help_texts = {
            "purpose": _l("For example: abuse reports, press, around the clock."),
            "role": _l("Notices of findings are sent according to the role."),
            "verified_on": _l(
                "Leave empty until somebody replies. It is filled in automatically when somebody replies through"
                " the link in a notice."
            ),
        }
        widgets = {"verified_on": Day}


class HoldingForm(RegisterForm):
    """Addresses or a domain that the organisation answers for."""

    class Meta:
        model = Holding
        fields = ("kind", "value", "service", "verified_on", "verified_how", *_SOURCE)
        labels = _SOURCE_LABELS | {
            "kind": _l("What it is"),
            "value": _l("Prefix or domain"),
            "service": _l("Service at this address"),
            "verified_on": _l("Verified on"),
            "verified_how": _l("Method of verification"),
        }
        help_texts = {
            "value": _l(
                "For example 192.0.2.0/28, 2001:db8::/48 or example.org. The subdomains of a domain are included."
            ),
            "service": _l("For example: online banking. Notices mention it."),
            "verified_how": _l("For example: a letter, the registry, a name server record."),
        }
        widgets = {"verified_on": Day}


class MoveHoldingForm(CommandForm):
    """To whom it belongs instead."""

    to = organisation_field(_l("Belongs to"))
    reason = text_field(_l("Source of the information"), rows=2)


class PersonForm(RegisterForm):
    language = forms.ChoiceField(
        label=_l("Language for e-mails"),
        required=False,
        help_text=_l("The language of the e-mails that this person receives."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, deputy = self.fields["language"], self.fields["deputy"]
        assert isinstance(language, forms.ChoiceField) and isinstance(deputy, forms.ModelChoiceField)  # noqa: PT018 -- for mypy
        language.choices = _spoken(_("The country’s first language"))
        deputy.queryset = Person.objects.filter(is_active=True).exclude(pk=self.instance.pk)

    class Meta:
        model = Person
        fields = (
            "name",
            "organisation",
            "post",
            "email",
            "phone",
            "deputy",
            "language",
            "is_active",
            "source",
            "confirmed",
            "doubt",
        )
        labels = (
            _SOURCE_LABELS
            | _REACH
            | {
                "name": _l("Name"),
                "organisation": _l("Organisation"),
                "post": _l("Post"),
                "deputy": _l("Deputy"),
                "is_active": _l("Still in post"),
            }
        )
        help_texts = {
            "post": _l("Shown to the public instead of the name."),
            "deputy": _l("Receives the request if this person does not answer in a review."),
        }


class NetworkForm(RegisterForm):
    """The prefixes are typed one a line."""

    prefixes = forms.CharField(
        label=_l("Prefixes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_l("One per line, for example 192.0.2.0/24 or 2001:db8::/32."),
    )
    accept_overlap = forms.BooleanField(
        label=_l("Another network can have the same addresses: both are right"), required=False
    )

    class Meta:
        model = Network
        fields = ("name", "holder", "is_public", *_SOURCE)
        labels = _SOURCE_LABELS | {"name": _l("Name"), "holder": _l("Holder"), "is_public": _l("Public")}

    field_order = ["name", "holder", "prefixes", "accept_overlap"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prefixes"].initial = "\n".join(self.instance.prefixes)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        return given | {"prefixes": given["prefixes"].splitlines()}


class NewNetworkForm(NetworkForm):
    asn = forms.IntegerField(label=_l("Autonomous system number"), help_text=_l("Digits only, for example 64500."))
    field_order = ["asn", "name", "holder", "prefixes", "accept_overlap"]
