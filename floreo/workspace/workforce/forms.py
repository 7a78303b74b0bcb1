"""Forms of the workforce and the catalogue. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.core.sectors import Sector
from floreo.core.ui.forms import NeededFile
from floreo.frameworks.models import Item
from floreo.workforce.course_form import CourseForm
from floreo.workforce.models import CatalogueCourse, Institution, NeedsRequest, WorkforceNeed
from floreo.workforce.presenters import role_words
from floreo.workforce.queries import role_items
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    organisation_field,
    words_of,
)


class NeedForm(RecordForm):
    organisation = organisation_field(
        label_of(WorkforceNeed, "organisation"),
        required=False,
        help_text=_l("Empty for an estimate of the whole sector."),
    )
    role = forms.ModelChoiceField(Item.objects.none(), empty_label=_l("Choose one"), **words_of(WorkforceNeed, "role"))

    class Meta:
        model = WorkforceNeed
        fields: ClassVar[list[str]] = [
            "organisation",
            "sector",
            "role",
            "needed",
            "in_post",
            "as_of",
            "source",
            "note",
            "is_public",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.queryset, role.label_from_instance = role_items(), role_words
        role.empty_label = str(_l("Choose one"))
        if not self.instance.pk:
            self.initial.setdefault("as_of", clock.today())
        else:
            self.initial["organisation"] = self.instance.organisation.code if self.instance.organisation else ""


class RequestForm(CommandForm):
    organisation = organisation_field(label_of(NeedsRequest, "organisation"))
    year = forms.IntegerField(min_value=2000, max_value=2100, **words_of(NeedsRequest, "year"))
    sector = forms.ChoiceField(choices=Sector.choices, **words_of(NeedsRequest, "sector"))
    mail = field_of(NeedsRequest, "mail", required=True)
    due_on = day_field(label_of(NeedsRequest, "due_on"), required=True)
    language = forms.ChoiceField(choices=languages.choices, **words_of(NeedsRequest, "language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("year", clock.today().year)


class NewInstitutionForm(CommandForm):
    organisation = organisation_field(
        label_of(Institution, "organisation"), help_text=_l("An organisation of the register.")
    )
    mail = field_of(Institution, "mail")
    language = forms.ChoiceField(choices=languages.choices, **words_of(Institution, "language"))


class InstitutionForm(RecordForm):
    language = forms.ChoiceField(choices=languages.choices, **words_of(Institution, "language"))

    class Meta:
        model = Institution
        fields: ClassVar[list[str]] = ["mail", "language"]


def new_course_form(data: Any, _institution: Institution) -> CourseForm:
    return CourseForm(data)


def course_form(data: Any, course: CatalogueCourse) -> CourseForm:
    return CourseForm(data, course=course)


class HideForm(CommandForm):
    reason = field_of(
        CatalogueCourse, "hidden_reason", required=True, help_text=_l("Its institution reads the reason.")
    )


class CoursesFileForm(CommandForm):
    file = NeededFile(label=_l("File"), help_text=_l("A table as CSV, up to 5 MB."), required=False)
