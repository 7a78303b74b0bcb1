"""Forms of tabletop exercises. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.infrastructure.models import WhatIf
from floreo.organisations.models import Organisation
from floreo.strategy.queries import places_for_actions
from floreo.tabletops.models import (
    EvaluationPoint,
    ExpectedAction,
    Inject,
    Participant,
    Scenario,
    Tabletop,
    TabletopFinding,
    TabletopObjective,
    VerdictChoice,
)
from floreo.workspace.forms import (
    CommandForm,
    RecordForm,
    day_field,
    field_of,
    moment_field,
    organisation_field,
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


def _what_if() -> Any:
    return forms.ModelChoiceField(
        WhatIf.objects.all(),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Tabletop, "what_if"),
    )


class NewForm(CommandForm):
    scenario = forms.ModelChoiceField(
        Scenario.objects.all(),
        required=False,
        to_field_name="code",
        empty_label=_l("None: I write it myself"),
        **words_of(Tabletop, "scenario"),
    )
    title = field_of(Tabletop, "title", help_text=_l("Empty: as the scenario. The public never sees it."))
    planned_at = moment_field(label_of(Tabletop, "planned_at"), required=True)
    duration = forms.IntegerField(
        required=False, label=label_of(Tabletop, "duration"), help_text=_l("Empty: as the scenario.")
    )
    place = field_of(Tabletop, "place")
    run_by = _body(Tabletop, "run_by")
    what_if = _what_if()


class EditForm(RecordForm):
    run_by = _body(Tabletop, "run_by")
    planned_at = field_of(Tabletop, "planned_at", required=True)

    class Meta:
        model = Tabletop
        fields: ClassVar[list[str]] = ["title", "aim", "planned_at", "duration", "place", "run_by", "tlp"]
        widgets: ClassVar[dict[str, Any]] = {"aim": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.run_by:
            self.initial["run_by"] = self.instance.run_by.code


class WhatIfForm(CommandForm):
    what_if = _what_if()


class ObjectiveForm(RecordForm):
    class Meta:
        model = TabletopObjective
        fields: ClassVar[list[str]] = ["title"]


class PointForm(RecordForm):
    class Meta:
        model = EvaluationPoint
        fields: ClassVar[list[str]] = ["text"]


class AnswerForm(RecordForm):
    class Meta:
        model = EvaluationPoint
        fields: ClassVar[list[str]] = ["answer"]
        widgets: ClassVar[dict[str, Any]] = {"answer": forms.Textarea(attrs={"rows": 5})}


class InjectForm(RecordForm):
    # Any whole number: that one before the start is wrong is said by the action, with the reason.
    minute = forms.IntegerField(
        **words_of(Inject, "minute"), widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 5})
    )

    class Meta:
        model = Inject
        fields: ClassVar[list[str]] = ["minute", "title", "text"]
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 6})}


class ExpectedForm(RecordForm):
    objective = forms.ModelChoiceField(
        TabletopObjective.objects.none(),
        required=False,
        empty_label=_l("None"),
        **words_of(ExpectedAction, "objective"),
    )

    class Meta:
        model = ExpectedAction
        fields: ClassVar[list[str]] = ["text", "objective"]

    def __init__(self, data: Any, *, tabletop: Tabletop, instance: ExpectedAction | None = None) -> None:
        super().__init__(data, instance=instance)
        field: Any = self.fields["objective"]
        field.queryset = tabletop.objectives.all()


class InviteForm(CommandForm):
    part = field_of(Participant, "part", required=True)
    organisation = organisation_field(label_of(Participant, "organisation"), required=False)
    organisation_name = field_of(Participant, "organisation_name", help_text=_l("If not in the register."))
    name = field_of(Participant, "name", help_text=_l("If you know who comes. Whoever accepts enters their own name."))
    invited_mail = field_of(Participant, "invited_mail")
    language = forms.ChoiceField(choices=languages.choices, **words_of(Participant, "language"))


class WhyForm(CommandForm):
    reason = text_field(_l("Reason"), required=True, rows=2)


class MaybeWhyForm(CommandForm):
    reason = text_field(_l("Reason"), rows=2)


class HotWashForm(RecordForm):
    class Meta:
        model = Tabletop
        fields: ClassVar[list[str]] = ["hot_wash"]
        widgets: ClassVar[dict[str, Any]] = {"hot_wash": forms.Textarea(attrs={"rows": 12})}


class EvaluateForm(CommandForm):
    conclusion = field_of(Tabletop, "conclusion", rows=5)


class JudgeForm(CommandForm):
    verdict = forms.ChoiceField(
        choices=[("", _l("Not observed")), *VerdictChoice.choices],
        required=False,
        label=label_of(ExpectedAction, "verdict"),
    )
    note = field_of(ExpectedAction, "note", rows=2)


class FindingForm(RecordForm):
    organisation = _body(TabletopFinding, "organisation")
    expected = forms.ModelChoiceField(
        ExpectedAction.objects.none(),
        required=False,
        empty_label=_l("None"),
        **words_of(TabletopFinding, "expected"),
    )

    class Meta:
        model = TabletopFinding
        fields: ClassVar[list[str]] = ["title", "text", "expected", "organisation", "due_on"]
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, data: Any, *, tabletop: Tabletop, instance: TabletopFinding | None = None) -> None:
        super().__init__(data, instance=instance)
        field: Any = self.fields["expected"]
        field.queryset = ExpectedAction.objects.filter(inject__tabletop=tabletop)
        field.label_from_instance = lambda each: each.in_language("text")
        if self.instance.pk and self.instance.organisation:
            self.initial["organisation"] = self.instance.organisation.code


class BecomeActionForm(CommandForm):
    objective = forms.ModelChoiceField(
        places_for_actions(),
        label=_l("Level above"),
        empty_label=_l("Choose one"),
    )
    code = forms.CharField(
        label=_l("Code"), max_length=30, help_text=_l("For example 2.1.4. It is part of the address.")
    )
    title = forms.CharField(label=_l("Title"), max_length=200)
    organisation = organisation_field(_l("Led by"))
    due_on = day_field(label_of(TabletopFinding, "due_on"))


class CloseForm(CommandForm):
    on = day_field(_l("Date"), required=True)
    closing_note = field_of(TabletopFinding, "closing_note", required=True, rows=3)

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"on": clock.today()})
