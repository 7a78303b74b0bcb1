"""Forms of the register. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.core.proposals import words_name
from floreo.core.ui.forms import NeededFile
from floreo.evidence.models import Evidence, EvidenceKind
from floreo.evidence.queries import documents_of
from floreo.organisations.actions.proposing import kind_of, to_choose
from floreo.organisations.models import (
    Contact,
    FormerName,
    Holding,
    Network,
    Organisation,
    OrganisationRole,
    Person,
    ProposedChange,
)
from floreo.workspace.forms import (
    SOURCE,
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    name_what_is_missing,
    organisation_field,
    text_field,
    words_of,
)

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
        if "name" not in self.translated:  # in other languages the name is here: only its own is changed by renaming
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
            *SOURCE,
        )
        widgets = {
            "role_text": forms.Textarea(attrs=_SHORT),
            "internal_notes": forms.Textarea(attrs=_SHORT),
        }


class NewOrganisationForm(OrganisationForm):
    name = field_of(Organisation, "name", required=True)
    field_order = ["name"]


class RenameForm(CommandForm):
    name = field_of(Organisation, "name", required=True, label=_l("New name"))
    short_name = field_of(Organisation, "short_name", label=_l("New short name"))
    ends_on = day_field(_l("Last day of the old name"), required=True)
    source = field_of(FormerName, "source")
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


def _spoken(first: Any) -> list[tuple[str, Any]]:
    """The country's languages, after what an empty choice means."""
    return [("", first), *languages.choices()]


class ContactForm(RegisterForm):
    language = forms.ChoiceField(**words_of(Contact, "language"), required=False)

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
            "openpgp_key",
            "smime_certificate",
            "may_answer",
            "verified_on",
            "is_public",
            "source",
            "confirmed",
        )


class HoldingForm(RegisterForm):
    """Addresses or a domain that the organisation answers for."""

    class Meta:
        model = Holding
        fields = ("kind", "value", "service", *SOURCE)


class MoveHoldingForm(CommandForm):
    """To whom it belongs instead."""

    to = organisation_field(_l("Belongs to"))
    reason = text_field(_l("Source of the information"), rows=2)


class PersonForm(RegisterForm):
    language = forms.ChoiceField(**words_of(Person, "language"), required=False)

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


class NetworkForm(RegisterForm):
    """The prefixes are typed one a line."""

    prefixes = forms.CharField(
        **words_of(Network, "prefixes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    accept_overlap = forms.BooleanField(
        label=_l("Another network can have the same addresses: both are right"), required=False
    )

    class Meta:
        model = Network
        fields = ("name", "holder", "is_public", *SOURCE)

    field_order = ["name", "holder", "prefixes", "accept_overlap"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prefixes"].initial = "\n".join(self.instance.prefixes)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        return given | {"prefixes": given["prefixes"].splitlines()}


class NewNetworkForm(NetworkForm):
    asn = forms.IntegerField(**words_of(Network, "asn"))
    field_order = ["asn", "name", "holder", "prefixes", "accept_overlap"]


# --- Claims -------------------------------------------------------------------------------------------------------


class RegistryAnswerForm(CommandForm):
    """The file of an answer, or the server is asked; and that a name in it means the organisation."""

    answer = NeededFile(
        label=_l("Answer of the registry"),
        help_text=_l("The JSON that RDAP gives about these addresses or this domain. Leave empty to ask the server."),
        required=False,
    )
    is_the_holder = forms.BooleanField(
        label=_l("The answer means this organisation, under whatever name"), required=False
    )


class DocumentForm(CommandForm):
    evidence = forms.ModelChoiceField(
        Evidence.objects.none(),
        label=_l("Signed letter"),
        help_text=_l("That the organisation sent for this claim, or that is among its evidence."),
        to_field_name="code",
        empty_label=_l("Choose one"),
    )
    signed_by = forms.CharField(label=_l("Signed by"), max_length=150, help_text=_l("Name and post."))
    on = day_field(_l("Day of the letter"), required=True)

    def __init__(self, data: Any, holding: Holding, viewer: object) -> None:
        super().__init__(data)
        sent = [each.evidence_id for each in documents_of([holding]).get(holding.pk, [])]
        seen = Evidence.objects.visible_to(viewer).filter(Q(organisation=holding.organisation) | Q(organisation=None))
        rows = Evidence.objects.filter(Q(pk__in=sent) | Q(pk__in=seen.values("pk")), kind=EvidenceKind.FILE)
        documents: Any = self.fields["evidence"]
        documents.queryset = rows.not_withdrawn().order_by("-created_at")
        if sent:
            documents.initial = documents.queryset.get(pk=sent[0]).code


class ApproveForm(CommandForm):
    reason = text_field(
        label_of(ProposedChange, "reason"), help_text=_l("Needed where something is open. The organisation reads it.")
    )


class ApproveChangeForm(CommandForm):
    """What the proposal names in words is chosen here, among all records that can be meant."""

    def __init__(self, data: Any, change: ProposedChange) -> None:
        super().__init__(data)
        kind = kind_of(change.kind)
        for name in to_choose(kind, change.facts):
            words = _("The organisation wrote: “%(words)s”.") % {"words": change.facts[words_name(name)]}
            self.fields[name] = forms.ModelChoiceField(
                kind.typed[name](),
                label=kind.column(name).verbose_name,
                help_text=words,
                empty_label=_l("Choose one"),
            )
        name_what_is_missing(self)


class DecideForm(CommandForm):
    reason = text_field(label_of(ProposedChange, "reason"), required=True, help_text=_l("The organisation reads it."))


class WithdrawForm(CommandForm):
    reason = text_field(label_of(ProposedChange, "reason"))


class RegistryFileForm(CommandForm):
    file = NeededFile(
        label=_l("Delegated file"),
        help_text=_l(
            "As a regional registry publishes it daily, for example delegated-lacnic-extended-latest; plain or packed with gzip."
        ),
    )
    is_complete = forms.BooleanField(
        label=_l("It is complete"),
        required=False,
        help_text=_l("Only if the file was refused because it has far fewer rows than the one before."),
    )


class ClaimForm(CommandForm):
    kind = field_of(Holding, "kind", required=True)
    value = field_of(Holding, "value", required=True)
    service = field_of(Holding, "service")
