"""Forms of money. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.organisations.queries import the_country
from floreo.strategy.models import BudgetLine, Grant, OrganisationType, Payment
from floreo.workspace.forms import CommandForm, Day, RecordForm, organisation_field, text_field

_SOURCE = ("source", "source_url", "confirmed", "doubt")
_SOURCE_LABELS: dict[str, Any] = {
    "source": _l("Source"),
    "source_url": _l("Address of the source"),
    "confirmed": _l("Checked: a person has compared it with its source"),
    "doubt": _l("If not checked, why"),
}


class GrantForm(RecordForm):
    """An agreement with a funder."""

    funder = organisation_field(_l("Funder"))

    class Meta:
        model = Grant
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "funder",
            "reference",
            "provider_activity_id",
            "currency",
            "amount",
            "state",
            "signed_on",
            "starts_on",
            "ends_on",
            *_SOURCE,
        )
        labels: ClassVar[dict[str, Any]] = {
            "title": _l("Purpose"),
            "reference": _l("The funder’s number for the agreement"),
            "provider_activity_id": _l("IATI identifier of the funder’s activity"),
            "currency": _l("Currency"),
            "amount": _l("Amount of the whole agreement"),
            "state": _l("State"),
            "signed_on": _l("Signed on"),
            "starts_on": _l("Start"),
            "ends_on": _l("End"),
            **_SOURCE_LABELS,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "provider_activity_id": _l(
                "Ask the funder for it. Without it, the funder’s own tools do not show that the money arrived here."
            ),
            "currency": _l("Three letters, for example USD. Its budget lines use the same currency."),
            "amount": _l("Shown beside the lines it funds, and not added to them."),
        }
        widgets: ClassVar[dict[str, Any]] = {"signed_on": Day, "starts_on": Day, "ends_on": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = the_country()
        if self.instance.pk:
            self.initial["funder"] = self.instance.funder.code
        else:
            self.fields["currency"].initial = country.currency if country else ""


class NewGrantForm(GrantForm):
    code = forms.SlugField(label=_l("Code"), max_length=60, help_text=_l("A short name, for example eu-skills-2026."))

    class Meta(GrantForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *GrantForm.Meta.fields)


class PlaceForm(CommandForm):
    """Which agreement pays for a line: those in its currency, of its funder where it has one."""

    grant = forms.ModelChoiceField(
        Grant.objects.none(), label=_l("Agreement"), required=False, to_field_name="code", empty_label=_l("None")
    )

    def __init__(self, line: BudgetLine, data: Any) -> None:
        super().__init__(data, initial={"grant": line.grant.code if line.grant else ""})
        rows = Grant.objects.filter(currency=line.currency).select_related("funder")
        if line.funder is not None:
            rows = rows.filter(funder__in={line.funder, line.funder.successor()})
        field = self.fields["grant"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        if not rows:
            field.help_text = _("There is no agreement with this funder in %(currency)s yet.") % {
                "currency": line.currency
            }


class PaymentForm(RecordForm):
    class Meta:
        model = Payment
        fields: ClassVar[tuple[str, ...]] = ("kind", "on", "amount", "reference", *_SOURCE)
        labels: ClassVar[dict[str, Any]] = {
            "kind": _l("What happened"),
            "on": _l("Day"),
            "amount": _l("Amount"),
            "reference": _l("Voucher, invoice or transfer number"),
            **_SOURCE_LABELS,
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "kind": _l(
                "Received: it came from the funder and does not count as spending. Spent: it was paid from this line."
            ),
            "reference": _l("Not published."),
        }
        widgets: ClassVar[dict[str, Any]] = {"on": Day}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["on"] = clock.today()


class WhyForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class IatiBodyForm(CommandForm):
    """What a body is called in IATI files."""

    ref = forms.CharField(
        label=_l("Number"),
        required=False,
        max_length=120,
        help_text=_l("As published by the organisation, for example XM-DAC-41114. Leave empty if it is not known."),
    )
    kind = forms.ChoiceField(label=_l("Type of organisation"), choices=OrganisationType.choices)
    reports = forms.BooleanField(
        label=_l("This is the reporting organisation: every activity in the file begins with its number"),
        required=False,
    )
