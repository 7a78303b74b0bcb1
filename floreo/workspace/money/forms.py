"""Forms of money. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.fields import label_of
from floreo.organisations.queries import the_country
from floreo.strategy.models import BudgetLine, Grant, IatiBody, OrganisationType, Payment
from floreo.workspace.forms import SOURCE, CommandForm, RecordForm, field_of, organisation_field, text_field, words_of


class GrantForm(RecordForm):
    """An agreement with a funder."""

    funder = organisation_field(label_of(Grant, "funder"))

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
            *SOURCE,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = the_country()
        if self.instance.pk:
            self.initial["funder"] = self.instance.funder.code
        else:
            self.fields["currency"].initial = country.currency if country else ""


class NewGrantForm(GrantForm):
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
        fields: ClassVar[tuple[str, ...]] = ("kind", "on", "amount", "reference", *SOURCE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial["on"] = clock.today()


class WhyForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class IatiBodyForm(CommandForm):
    """What a body is called in IATI files."""

    ref = field_of(IatiBody, "ref")
    kind = forms.ChoiceField(**words_of(IatiBody, "kind"), choices=OrganisationType.choices)
    reports = field_of(IatiBody, "reports")
