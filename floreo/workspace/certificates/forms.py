"""Forms of certificates. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.certificates.models import Certificate, CertificateTerms, SigningKey
from floreo.core import languages
from floreo.core.fields import label_of
from floreo.organisations.models import Organisation
from floreo.training.models import Course
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, person_field, text_field, words_of


class IssueForm(CommandForm):
    issued_on = day_field(label_of(Certificate, "issued_on"), required=True)
    expires_on = day_field(label_of(Certificate, "expires_on"), help_text=_l("Empty: they do not expire."))


class TermsForm(RecordForm):
    issuer = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(CertificateTerms, "issuer"),
    )

    class Meta:
        model = CertificateTerms
        fields: ClassVar[list[str]] = ["months", "criteria", "issuer", "signed_name", "signed_post"]
        widgets: ClassVar[dict[str, Any]] = {"criteria": forms.Textarea(attrs={"rows": 3})}


class EnterForm(CommandForm):
    name = field_of(Certificate, "name", required=True)
    title = field_of(Certificate, "title", required=True)
    course = forms.ModelChoiceField(
        Course.objects.all(),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Certificate, "course"),
    )
    issuer_name = field_of(Certificate, "issuer_name", required=True)
    issued_on = field_of(Certificate, "issued_on", required=True)
    expires_on = field_of(Certificate, "expires_on")
    hours = field_of(Certificate, "hours")
    person = person_field(label_of(Certificate, "person"))
    mail = field_of(Certificate, "mail", help_text=_l("To invite the holder to renew it."))
    language = forms.ChoiceField(choices=languages.choices, **words_of(Certificate, "language"))
    source = field_of(
        Certificate,
        "source",
        required=True,
        help_text=_l("Where you saw it: the certificate itself, a list of the course."),
    )


class RenewForm(CommandForm):
    issued_on = day_field(label_of(Certificate, "issued_on"), required=True)
    expires_on = day_field(label_of(Certificate, "expires_on"), help_text=_l("Empty: it does not expire."))
    hours = field_of(Certificate, "hours", help_text=_l("Of the refresher. Empty: as on the certificate before."))


class ReissueForm(CommandForm):
    issued_on = day_field(label_of(Certificate, "issued_on"), required=True)
    expires_on = day_field(label_of(Certificate, "expires_on"), help_text=_l("Empty: it does not expire."))


class RevokeForm(CommandForm):
    reason = text_field(
        _l("Reason"),
        required=True,
        help_text=_l("Everybody reads it who checks the certificate. Name no other person."),
    )


class NameForm(CommandForm):
    name = field_of(Certificate, "name", required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LinkForm(CommandForm):
    mail = field_of(Certificate, "mail", required=True)


class EraseForm(CommandForm):
    reason = text_field(_l("How the holder asked for it"), required=True, help_text=_l("Saved in the history."))


class WithdrawForm(CommandForm):
    reason = field_of(SigningKey, "withdrawn_reason", required=True, rows=3)
