"""Forms of initiatives and competitions. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.fields import label_of
from floreo.initiatives.models import Competition, CompetitionEntry, Criterion, Initiative, JuryMember
from floreo.organisations.models import Place, PlaceSort
from floreo.workspace.forms import CommandForm, RecordForm, day_field, field_of, organisation_field, words_of


class InitiativeForm(RecordForm):
    organisation = organisation_field(label_of(Initiative, "organisation"), required=False)
    districts = forms.ModelMultipleChoiceField(
        Place.objects.filter(kind=PlaceSort.DISTRICT),
        label=label_of(Initiative, "districts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        to_field_name="code",
        help_text=_l("None: the whole country."),
    )

    class Meta:
        model = Initiative
        fields: ClassVar[list[str]] = [
            "title",
            "summary",
            "organisation",
            "who_name",
            "audience",
            "districts",
            "starts_on",
            "ends_on",
            "address",
            "contact",
            "source",
        ]
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["organisation"] = self.instance.organisation.code if self.instance.organisation else ""
            self.initial["districts"] = [row.place.code for row in self.instance.in_districts.select_related("place")]


class EndForm(CommandForm):
    ends_on = day_field(
        label_of(Initiative, "ends_on"), required=True, help_text=_l("The last day on which it takes place.")
    )


class DeclineForm(CommandForm):
    reason = field_of(Initiative, "reason", required=True, help_text=_l("Saved in the history."))


class CompetitionForm(RecordForm):
    organisation = organisation_field(label_of(Competition, "organisation"), required=False)

    class Meta:
        model = Competition
        fields: ClassVar[list[str]] = [
            "title",
            "summary",
            "rules",
            "prizes",
            "jury_text",
            "categories",
            "organisation",
            "age_from",
            "age_to",
            "opens_on",
            "closes_on",
            "takes_files",
            "erase_after_days",
            "contact",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "rules": forms.Textarea(attrs={"rows": 8}),
            "prizes": forms.Textarea(attrs={"rows": 2}),
            "jury_text": forms.Textarea(attrs={"rows": 2}),
            "categories": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["organisation"] = self.instance.organisation.code if self.instance.organisation else ""


class CriterionForm(RecordForm):
    class Meta:
        model = Criterion
        fields: ClassVar[list[str]] = ["title", "weight"]


class JurorForm(CommandForm):
    name = field_of(JuryMember, "name", required=True)
    mail = field_of(JuryMember, "mail", required=True)
    language = forms.ChoiceField(choices=languages.choices, **words_of(JuryMember, "language"))


class RetitleForm(CommandForm):
    title = field_of(CompetitionEntry, "title", required=True)
    school = field_of(CompetitionEntry, "school")


class ExcludeForm(CommandForm):
    reason = field_of(CompetitionEntry, "reason", required=True, help_text=_l("Whoever sent it reads the reason."))
