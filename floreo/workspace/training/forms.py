"""Forms of training. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.fields import label_of
from floreo.core.sectors import Sector
from floreo.frameworks.models import Item
from floreo.organisations.models import Organisation, Place
from floreo.strategy.queries import places_for_actions
from floreo.training.actions.attending import Ticked
from floreo.training.actions.enrolling import Who
from floreo.training.models import (
    Attendance,
    Cohort,
    CohortInvitation,
    Course,
    CourseModule,
    Enrolment,
    How,
    Programme,
    Session,
)
from floreo.training.queries import AttendanceRow
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    field_of,
    organisation_field,
    person_field,
    text_field,
    words_of,
)


def _body(model: Any, name: str) -> Any:
    return forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(model, name),
    )


def _place(model: Any) -> Any:
    return forms.ModelChoiceField(
        Place.objects.all(), required=False, to_field_name="code", empty_label=_l("None"), **words_of(model, "place")
    )


class ProgrammeForm(RecordForm):
    organisation = _body(Programme, "organisation")
    funder = _body(Programme, "funder")
    objective = forms.ModelChoiceField(
        places_for_actions(),
        required=False,
        empty_label=_l("None"),
        **words_of(Programme, "objective"),
    )

    class Meta:
        model = Programme
        fields: ClassVar[list[str]] = [
            "title",
            "aim",
            "audience",
            "objective",
            "organisation",
            "funder",
            "is_public",
            "source",
            "source_url",
            "confirmed",
        ]
        widgets: ClassVar[dict[str, Any]] = {"aim": forms.Textarea(attrs={"rows": 3})}


class CourseForm(RecordForm):
    class Meta:
        model = Course
        fields: ClassVar[list[str]] = ["title", "summary", "hours", "level", "source", "source_url", "confirmed"]
        widgets: ClassVar[dict[str, Any]] = {"summary": forms.Textarea(attrs={"rows": 3})}


class ModuleForm(RecordForm):
    class Meta:
        model = CourseModule
        fields: ClassVar[list[str]] = ["title", "hours"]


class RolesForm(CommandForm):
    """The roles of frameworks that are marked as roles."""

    roles = forms.ModelMultipleChoiceField(
        Item.objects.none(), required=False, label=label_of(Course, "roles"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, course: Course) -> None:
        super().__init__(data, initial={"roles": [r.item_id for r in course.course_roles.all()]})
        rows = Item.objects.filter(kind__in=("role", "work_role", "profile")).select_related("in_version__framework")
        field: Any = self.fields["roles"]
        field.queryset = rows.order_by("in_version__code", "position", "pk")
        field.label_from_instance = lambda item: f"{item.in_version.code}: {item.code} {item.in_language('title')}"

    def facts(self) -> dict[str, Any]:
        return {"roles": list(self.cleaned_data["roles"])}


class CohortForm(RecordForm):
    place = _place(Cohort)
    language = forms.ChoiceField(choices=languages.choices, **words_of(Cohort, "language"))
    sign_up_opens_at = field_of(Cohort, "sign_up_opens_at")
    sign_up_closes_at = field_of(Cohort, "sign_up_closes_at")

    class Meta:
        model = Cohort
        fields: ClassVar[list[str]] = [
            "title",
            "language",
            "place",
            "starts_on",
            "ends_on",
            "capacity",
            "sign_up",
            "sign_up_opens_at",
            "sign_up_closes_at",
            "min_attendance",
            "pass_mark",
            "is_public",
        ]


class HistoryForm(RecordForm):
    """A course in the past that only a source reports."""

    place = _place(Cohort)

    class Meta:
        model = Cohort
        fields: ClassVar[list[str]] = [
            "title",
            "place",
            "starts_on",
            "ends_on",
            "precision",
            "stated_people",
            "is_public",
            "source",
            "source_url",
            "confirmed",
            "doubt",
        ]

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"is_history": True, "language": ""}


class SessionForm(RecordForm):
    place = _place(Session)
    starts_at = field_of(Session, "starts_at", required=True)
    ends_at = field_of(Session, "ends_at", required=True)
    language = forms.ChoiceField(
        choices=lambda: [("", _l("None")), *languages.choices()], required=False, **words_of(Session, "language")
    )
    trainer = person_field(label_of(Session, "trainer"))

    class Meta:
        model = Session
        fields: ClassVar[list[str]] = [
            "title",
            "starts_at",
            "ends_at",
            "venue",
            "place",
            "trainer",
            "trainer_name",
            "language",
            "capacity",
        ]


class CheckInLinkForm(CommandForm):
    mail = field_of(Session, "trainer_mail", required=True)


class InviteForm(CommandForm):
    organisation = organisation_field(label_of(CohortInvitation, "organisation"))
    sector = field_of(CohortInvitation, "sector", required=True)
    mail = field_of(CohortInvitation, "mail", required=True)
    people = field_of(CohortInvitation, "people", required=True)
    language = forms.ChoiceField(choices=languages.choices, **words_of(CohortInvitation, "language"))


class EnrolForm(CommandForm):
    name = field_of(Enrolment, "name", required=True)
    mail = field_of(Enrolment, "mail")
    organisation = organisation_field(label_of(Enrolment, "organisation"), required=False)
    organisation_name = field_of(Enrolment, "organisation_name", help_text=_l("If not in the register."))
    person = person_field(label_of(Enrolment, "person"))
    sector = field_of(Enrolment, "sector", required=True)
    language = forms.ChoiceField(choices=languages.choices, **words_of(Enrolment, "language"))

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        apart = {name: given.pop(name) for name in ("organisation", "person")}
        return apart | {"who": Who(**given)}


class EnrolmentForm(RecordForm):
    organisation = organisation_field(label_of(Enrolment, "organisation"), required=False)
    person = person_field(label_of(Enrolment, "person"))
    name = field_of(Enrolment, "name", required=True)

    class Meta:
        model = Enrolment
        fields: ClassVar[list[str]] = ["name", "mail", "organisation", "organisation_name", "person", "sector"]


class EraseForm(CommandForm):
    request = text_field(
        _l("Request"), required=True, rows=2, help_text=_l("Who asked for it and how, for example: by post. No names.")
    )


class WhyForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class WalkInForm(CommandForm):
    name = field_of(Attendance, "name", required=True, label=label_of(Attendance, "name"))
    organisation_name = field_of(Attendance, "organisation_name", label=label_of(Enrolment, "organisation_name"))
    sector = forms.ChoiceField(choices=Sector.choices, label=label_of(Attendance, "sector"), initial=Sector.OTHER)


class AttendanceForm(CommandForm):
    """The list: who came. `shown` says whom it showed as present when it was opened."""

    how = forms.ChoiceField(
        choices=[(How.LIST, How.LIST.label), (How.PAPER, How.PAPER.label)],
        label=label_of(Attendance, "how"),
        initial=How.LIST,
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, lines: list[AttendanceRow]) -> None:
        super().__init__(data)
        self.lines = lines
        self.fields["shown"].initial = ",".join(str(x.enrolment.number) for x in lines if x.is_present)
        for line in lines:
            self.fields[f"came-{line.enrolment.number}"] = forms.BooleanField(
                label=line.enrolment.shown_name, required=False, initial=line.is_present
            )

    def rows(self) -> list[tuple[AttendanceRow, forms.BoundField]]:
        return [(line, self[f"came-{line.enrolment.number}"]) for line in self.lines]

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        shown = {int(n) for n in given["shown"].split(",") if n.isascii() and n.isdigit()}
        known = {line.enrolment.number for line in self.lines}
        present = {n for n in known if given.get(f"came-{n}")}
        return {"ticked": Ticked(frozenset(shown & known), frozenset(present), given["how"])}


class ScoresForm(CommandForm):
    """Both tests of everybody who has a seat."""

    def __init__(self, data: Any, rows: list[Enrolment]) -> None:
        super().__init__(data)
        self.rows_of = rows
        for row in rows:
            who = {"who": row.shown_name}
            for name, label, value in (
                ("before", _("Test before of %(who)s") % who, row.score_before),
                ("after", _("Test after of %(who)s") % who, row.score_after),
            ):
                self.fields[f"{name}-{row.number}"] = forms.DecimalField(
                    label=label,
                    required=False,
                    initial=value,
                    min_value=0,
                    max_value=100,
                    decimal_places=2,
                    max_digits=5,
                    widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6}),
                )

    def rows(self) -> list[tuple[Enrolment, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"before-{row.number}"], self[f"after-{row.number}"]) for row in self.rows_of]

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"scores": {r.number: (given[f"before-{r.number}"], given[f"after-{r.number}"]) for r in self.rows_of}}


class ImportForm(forms.Form):
    file = forms.FileField(
        required=False,  # core/uploads.py says why there is none
        label=_l("File of participants"),
        help_text=_l("CSV with the columns of the template."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
