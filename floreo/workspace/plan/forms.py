"""Forms of the plan's structure: editions, pillars, objectives, actions. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.fields import label_of
from floreo.organisations.models import Place
from floreo.strategy import own_fields
from floreo.strategy.logic import next_code
from floreo.strategy.models import Action, Edition, Objective, Pillar
from floreo.strategy.models.editions import LEVEL_WORDS
from floreo.strategy.own_fields import FieldKind, OwnField
from floreo.strategy.plan_terms import terms_of
from floreo.strategy.queries import places_for_actions
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
            "approved_on",
            "objective",
            "vision",
            "public_text",
            "levels",
            *LEVEL_WORDS,
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
        label=label_of(Edition, "code"),
        max_length=40,
        help_text=_l("Part of its address, for example 2027-2030. It cannot change."),
    )
    title = forms.CharField(label=_l("Title"), max_length=300)
    starts_on = day_field(label_of(Edition, "starts_on"))
    ends_on = day_field(label_of(Edition, "ends_on"))


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

    person = person_field(label_of(Action, "person"))

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
            "term",
            *SOURCE,
        )
        widgets = _BRANCH_WIDGETS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].help_text = _("Only the post is published, not the name.")
        if self.instance.person is not None:  # the field is named by code, a model form fills in the number
            self.initial["person"] = self.instance.person.code
        self._add_term()
        self._own = own_fields.own_fields()
        for field in self._own:
            self.fields[f"own_{field.code}"] = _own_form_field(field, own_fields.value_of(self.instance, field))
        last = [name for name in self.fields if name.partition("_")[0] in {"source", "confirmed", "doubt"}]
        self.order_fields([name for name in self.fields if name not in last] + last)

    def _add_term(self) -> None:
        """A choice among the terms of the plan; nothing where it has none."""
        terms = terms_of(self.instance.edition)
        if not terms:
            del self.fields["term"]
            return
        months = _("%(term)s (%(months)d months)")
        named = [(each.code, months % {"term": each.label, "months": each.months}) for each in terms.values()]
        note = _("Without a due date, the action is due when its term ends.")
        choices = [("", _("None")), *named]
        self.fields["term"] = forms.ChoiceField(
            label=_("Term"), choices=choices, required=False, help_text=note, initial=self.instance.term
        )

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        own = {field.code: given.pop(f"own_{field.code}", "") for field in self._own}
        return given | {"own": own} if own else given


def _own_form_field(field: OwnField, value: str) -> forms.Field:
    """The form field of a country's own field; what it may hold is asked once more by the action."""
    label = field.label if field.is_public else _("%(field)s (internal)") % {"field": field.label}
    more: dict[str, Any] = {"label": label, "help_text": field.help, "required": False, "initial": value}
    if field.kind is FieldKind.DATE:
        day = day_field(label, help_text=field.help)
        day.initial = value
        return day
    if field.kind is FieldKind.NUMBER:
        return forms.DecimalField(**more)
    if field.kind is FieldKind.CHOICE:
        return forms.ChoiceField(choices=[("", _("None")), *field.choices.items()], **more)
    if field.kind is FieldKind.PLACE:
        places = [(place.code, place.in_language("name")) for place in Place.objects.all()]
        return forms.ChoiceField(choices=[("", _("None")), *places], **more)
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=own_fields.LONGEST, **more)


class NewActionForm(_WithCode, ActionForm):
    class Meta(ActionForm.Meta):
        fields = ("code", *ActionForm.Meta.fields)  # type: ignore[assignment]  # one field more


class MoveActionForm(CommandForm):
    """To another place of the same edition: under what is right above its actions."""

    objective = forms.ChoiceField(
        label=label_of(Action, "objective"), help_text=_l("The action keeps its code and its address.")
    )

    def __init__(self, *args: Any, act: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = places_for_actions(act.edition)
        self._rows = {o.code: o for o in rows}
        choice = self.fields["objective"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(o.code, str(o)) for o in rows]
        choice.initial = act.objective.code

    def facts(self) -> dict[str, Any]:
        return {"objective": self._rows[self.cleaned_data["objective"]]}


def free_pillar_code(edition: Edition) -> str:
    return next_code("", list(edition.pillars.filter(is_implied=False).values_list("code", flat=True)))


def free_objective_code(pillar: Pillar) -> str:
    return next_code(pillar.code, list(pillar.objectives.filter(above=None).values_list("code", flat=True)))


def free_action_code(objective: Objective) -> str:
    above = "" if objective.pillar.is_implied else objective.code
    return next_code(above, list(objective.actions.values_list("code", flat=True)))


def free_part_code(above: Objective) -> str:
    return next_code(above.code, list(above.below.values_list("code", flat=True)))
