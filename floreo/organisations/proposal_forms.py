"""The form of a proposed change: the fields that can be proposed of that kind of record, as its model describes them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields import BLANK_CHOICE_DASH
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.models import named
from floreo.core.proposals import ProposalKind, words_name
from floreo.core.ui.forms import NeededFile
from floreo.organisations.models import Holding, Organisation, ProposedChange


class ProposalForm(forms.Form):
    """Shape only. `facts()` holds what was typed in the fields of the record, `why` the reason."""

    def __init__(
        self,
        data: Any,
        *,
        kind: ProposalKind,
        record: models.Model | None,
        organisation: Organisation,
        facts: Any = None,
    ) -> None:
        super().__init__(data, auto_id="p-%s")
        self.kind, self.organisation, self.record = kind, organisation, record
        now = kind.plain(record) if record is not None else {}
        for name in kind.fields:
            field = self._field(name)
            field.initial = (facts or {}).get(name, now.get(name, getattr(field, "initial", None)))
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}
            self.fields[name] = field
            if name in kind.typed:
                self._add_words(name, field)
        column: Any = ProposedChange._meta.get_field("reason")
        self.fields["why"] = column.formfield(widget=forms.Textarea(attrs={"rows": 2}))

    def _field(self, name: str) -> Any:
        column = self.kind.column(name)
        if name == "language":
            return forms.ChoiceField(
                label=column.verbose_name, required=False, choices=_languages(), help_text=column.help_text
            )
        field: Any = column.formfield()
        if column.is_relation:
            field.queryset = self._choices(name)
            field.label_from_instance = named
            field.empty_label = _("Choose one")
        elif getattr(field, "choices", None) and list(field.choices)[:1] == BLANK_CHOICE_DASH:
            field.choices = [("", _("Choose one")), *list(field.choices)[1:]]
        if isinstance(column, models.TextField):
            field.widget = forms.Textarea(attrs={"rows": 4})
        return field

    def _choices(self, name: str) -> models.QuerySet[Any]:
        """Nothing, unless the kind says which: a list of records shows all of them."""
        given = self.kind.choices.get(name)
        model: Any = self.kind.column(name).related_model
        offered = given(self.organisation) if given is not None else model._default_manager.none()
        now = getattr(self.record, self.kind.column(name).attname) if self.record is not None else None
        return model._default_manager.filter(Q(pk__in=offered.values("pk")) | Q(pk=now)) if now else offered

    def _add_words(self, name: str, field: Any) -> None:
        """What is not in the list is named in words."""
        field.required = False
        self.fields[words_name(name)] = forms.CharField(
            label=_("%(label)s: when it is not in the list") % {"label": field.label},
            help_text=_("In words. Whoever reviews the change chooses what you mean."),
            max_length=200,
            required=False,
        )

    def facts(self) -> dict[str, Any]:
        names = [*self.kind.fields, *(words_name(name) for name in self.kind.typed)]
        return {name: self.cleaned_data.get(name) for name in names if name in self.cleaned_data}


def _languages() -> list[tuple[str, Any]]:
    return [("", _("All languages of the country")), *languages.choices()]


class RemovalForm(forms.Form):
    why = forms.CharField(label=_l("Why it is to be removed"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="p-%s")
        self.fields["why"].error_messages["required"] = _("Say why it is to be removed.")

    def facts(self) -> dict[str, Any]:
        return {}


class ClaimDocumentForm(forms.Form):
    """The signed letter for a claim. What comes in the field is for who keeps it to judge (core/uploads.py)."""

    file = NeededFile(label=_l("Signed letter"))

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="p-%s")
        self.fields["file"].help_text = _("A PDF or a picture of the signed page, at most %(n)d MB.") % {
            "n": settings.UPLOAD_LARGEST // 1024**2
        }

    def facts(self) -> dict[str, Any]:
        return {}


class HoldingClaimForm(forms.Form):
    """A claim by a link. Shape only."""

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="p-%s")
        for name in ("kind", "value", "service"):
            column: Any = Holding._meta.get_field(name)
            self.fields[name] = column.formfield()
            self.fields[name].error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {
                "label": column.verbose_name
            }
