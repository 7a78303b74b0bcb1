"""Forms of contacts and drills. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.contact_drills.models import ContactDrill, ContactPolicy, DrillRecipient
from floreo.core import clock
from floreo.core.fields import label_of
from floreo.organisations.models import Contact, ContactRole, NationalSector, Organisation
from floreo.workspace.forms import CommandForm, RecordForm, field_of, text_field, words_of


class PolicyForm(CommandForm):
    stale_days = field_of(ContactPolicy, "stale_days", required=True)
    wait_days = field_of(ContactPolicy, "wait_days", required=True)
    is_automatic = field_of(ContactPolicy, "is_automatic")


class CloseForm(CommandForm):
    is_right = forms.BooleanField(label=_l("Somebody there said that the contact is right"), required=False)


class DrillForm(RecordForm):
    roles = forms.MultipleChoiceField(
        label=label_of(ContactDrill, "roles"),
        choices=ContactRole.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("Contacts of these roles are written to."),
    )
    organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label=label_of(ContactDrill, "organisations"),
        required=False,
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("Neither a sector nor an organisation chosen: all operators of a service."),
    )
    sectors = forms.ModelMultipleChoiceField(
        NationalSector.objects.order_by("position", "name", "pk"),
        required=False,
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        **words_of(ContactDrill, "sectors"),
    )

    class Meta:
        model = ContactDrill
        fields = ("title", "message", "roles", "sectors", "organisations", "lasts_minutes")
        widgets = {"message": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["organisations"]
        with_contacts = Contact.objects.values("organisation")
        chosen.queryset = Organisation.objects.filter(merged_into=None, pk__in=with_contacts).order_by("name", "pk")
        if self.instance.pk:
            chosen.initial = list(self.instance.organisations.values_list("code", flat=True))
            self.fields["sectors"].initial = list(self.instance.sectors.values_list("code", flat=True))


class CancelForm(CommandForm):
    reason = text_field(_l("Reason"), required=True)


class CallForm(CommandForm):
    called_at = field_of(DrillRecipient, "called_at", required=True)
    call_outcome = field_of(DrillRecipient, "call_outcome", required=True)
    call_note = field_of(DrillRecipient, "call_note")

    def __init__(self, data: Any, recipient: DrillRecipient) -> None:
        initial = {
            "called_at": recipient.called_at or clock.now(),
            "call_outcome": recipient.call_outcome,
            "call_note": recipient.call_note,
        }
        super().__init__(data, initial=initial)
