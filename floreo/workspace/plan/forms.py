"""Forms of the plan's structure: editions, pillars, objectives, actions. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.strategy.logic import next_code
from floreo.strategy.models import Action, Edition, Objective, Pillar
from floreo.workspace.forms import SOURCE, CommandForm, RecordForm, day_field, person_field

_SHORT = forms.Textarea(attrs={"rows": 3})


class EditionForm(RecordForm):
    class Meta:
        model = Edition
        fields = (
            "title",
            "official_title",
            "starts_on",
            "ends_on",
            "launched_on",
            "objective",
            "vision",
            "public_text",
            "pillar_word",
            "objective_word",
            "action_word",
            "internal_notes",
            *SOURCE,
        )
        widgets = {
            "objective": _SHORT,
            "vision": _SHORT,
            "public_text": _SHORT,
            "internal_notes": _SHORT,
        }


class NewEditionForm(CommandForm):
    code = forms.SlugField(
        label=_l("Code"), max_length=40, help_text=_l("Part of its address, for example 2027-2030. It cannot change.")
    )
    title = forms.CharField(label=_l("Title"), max_length=300)
    starts_on = day_field(_l("Start"))
    ends_on = day_field(_l("End"))


class NextEditionForm(NewEditionForm):
    """As a new edition; what is unfinished goes over to it."""


class EndEditionForm(CommandForm):
    closing_report_on = day_field(
        _l("Closing report published on"), help_text=_l("Leave empty if none has been published.")
    )


_BRANCH = ("title", "official_wording", "official_place", "public_text", "internal_notes", *SOURCE)
_BRANCH_WIDGETS = {"official_wording": _SHORT, "public_text": _SHORT, "internal_notes": _SHORT}


class PillarForm(RecordForm):
    class Meta:
        model = Pillar
        fields = _BRANCH
        widgets = _BRANCH_WIDGETS


class ObjectiveForm(PillarForm):
    class Meta(PillarForm.Meta):
        model = Objective  # type: ignore[assignment]  # the same fields of another model


class _WithCode(RecordForm):
    """A new row: its code is asked first, with the next free one filled in."""

    def __init__(self, *args: Any, free_code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["code"] = free_code
        self.order_fields(["code"])


class NewPillarForm(_WithCode, PillarForm):
    class Meta(PillarForm.Meta):
        fields = ("code", *_BRANCH)  # type: ignore[assignment]  # one field more


class NewObjectiveForm(_WithCode, ObjectiveForm):
    class Meta(ObjectiveForm.Meta):
        fields = ("code", *_BRANCH)  # type: ignore[assignment]  # one field more


class ActionForm(RecordForm):
    """What the plan says of an action: words, dates, the person and whether the public sees it."""

    person = person_field(_l("Person responsible"))

    class Meta:
        model = Action
        fields = (
            "title",
            "starts_on",
            "due_on",
            "person",
            "public_text",
            "official_wording",
            "official_place",
            "internal_notes",
            "is_public",
            *SOURCE,
        )
        widgets = _BRANCH_WIDGETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].help_text = _("Only the post is published, not the name.")
        if self.instance.person is not None:  # the field is named by code, a model form fills in the number
            self.initial["person"] = self.instance.person.code


class NewActionForm(_WithCode, ActionForm):
    class Meta(ActionForm.Meta):
        fields = ("code", *ActionForm.Meta.fields)  # type: ignore[assignment]  # one field more


class MoveActionForm(CommandForm):
    """To another objective of the same edition."""

    objective = forms.ChoiceField(label=_l("Objective"), help_text=_l("The action keeps its code and its address."))

    def __init__(self, *args: Any, act: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Objective.objects.filter(pillar__edition=act.edition).order_by("pillar__position", "position", "pk")
        self._rows = {o.code: o for o in rows}
        choice = self.fields["objective"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(o.code, str(o)) for o in rows]
        choice.initial = act.objective.code

    def facts(self) -> dict[str, Any]:
        return {"objective": self._rows[self.cleaned_data["objective"]]}


def free_pillar_code(edition: Edition) -> str:
    return next_code("", list(edition.pillars.values_list("code", flat=True)))


def free_objective_code(pillar: Pillar) -> str:
    return next_code(pillar.code, list(pillar.objectives.values_list("code", flat=True)))


def free_action_code(objective: Objective) -> str:
    return next_code(objective.code, list(objective.actions.values_list("code", flat=True)))
