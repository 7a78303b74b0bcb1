"""Forms of the plan's structure: editions, pillars, objectives, actions. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.models import Translated
from floreo.organisations.models import Organisation, Person
from floreo.organisations.queries import the_country
from floreo.strategy.logic import next_code
from floreo.strategy.models import Action, Edition, Objective, Pillar


class Day(forms.DateInput):
    """A day, as the browser's own date field; without one it is typed as 2026-12-31."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, required=required, help_text=help_text, widget=Day)


def text_field(label: Any, *, required: bool = False, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def organisation_field(label: Any, *, required: bool = True, help_text: Any = "") -> Any:
    """A body that exists today, named by its code."""
    rows = Organisation.objects.filter(merged_into=None)
    return forms.ModelChoiceField(
        rows, label=label, required=required, help_text=help_text, to_field_name="code", empty_label=_l("Choose one")
    )


def person_field(label: Any, *, required: bool = False) -> Any:
    rows = Person.objects.filter(is_active=True).select_related("organisation")
    return forms.ModelChoiceField(rows, label=label, required=required, to_field_name="code", empty_label=_l("Nobody"))


def say_what_is_missing(form: Any) -> None:
    """Errors are also read in the box on top, so each names its field. Choices are named in the reader's language."""
    for field in form.fields.values():
        field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}
        if isinstance(field, forms.ModelChoiceField):
            field.label_from_instance = _named  # type: ignore[method-assign, assignment]


def _named(thing: Any) -> str:
    return thing.named() if isinstance(thing, Translated) else str(thing)


class PlanForm(forms.Form):
    """A form of one act. `facts()` is what the action is called with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # one base for several models
    """A form over one row. It never saves: `facts()` goes to an action, with the version it was opened at."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
        else:
            del self.fields["version"]
        say_what_is_missing(self)
        model = self._meta.model
        self.translated = [name for name in self.fields if name in getattr(model, "translated_fields", ())]
        self.languages = self._other_languages() if self.translated else []
        for language, name in self.languages:
            for field in self.translated:
                self._add_translation(field, language, str(name))

    def _other_languages(self) -> list[tuple[str, Any]]:
        country = the_country()
        if country is None or not country.languages:
            return []
        return [(code, name) for code, name in settings.LANGUAGES if code in country.languages[1:]]

    def _add_translation(self, field: str, language: str, name: str) -> None:
        original = self.fields[field]
        label = _("%(label)s, in %(language)s") % {"label": original.label, "language": name}
        twin = f"{field}_{language}"
        self.fields[twin] = forms.CharField(
            label=label,
            required=False,
            max_length=getattr(original, "max_length", None),
            widget=type(original.widget)(attrs=dict(original.widget.attrs)),
            initial=self.instance.translations.get(language, {}).get(field, ""),
        )
        names = [n for n in self.fields if n != twin]
        names.insert(names.index(field) + 1, twin)
        self.order_fields(names)

    def _post_clean(self) -> None:
        """The row is not touched and its rules are not asked: actions do both."""

    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if not self.languages:
            return given
        translations = {code: dict(texts) for code, texts in self.instance.translations.items()}
        for language, _name in self.languages:
            for field in self.translated:
                said = given.pop(f"{field}_{language}", "").strip()
                texts = translations.setdefault(language, {})
                texts.pop(field, None)
                if said:
                    texts[field] = said
        return given | {"translations": {code: texts for code, texts in translations.items() if texts}}


_SOURCE_LABELS = {
    "source": _l("Source"),
    "source_url": _l("Address of the source"),
    "confirmed": _l("Confirmed: somebody has checked it against its source"),
    "doubt": _l("If not confirmed, why"),
}
_SOURCE_HELP = {"source": _l("Document and page, or who says so.")}
_LABELS = {
    "code": _l("Code"),
    "title": _l("Working title"),
    "official_wording": _l("Official wording"),
    "official_place": _l("Where it is printed"),
    "public_text": _l("Explanation for the public"),
    "internal_notes": _l("Internal notes"),
    "starts_on": _l("Start"),
    "ends_on": _l("End"),
    "due_on": _l("Due"),
    **_SOURCE_LABELS,
}
_HELP = {
    "code": _l("Part of its address, so it stays: 2.1.4, for example."),
    "official_wording": _l("Exactly as printed, errors included. Leave empty when there is none."),
    "official_place": _l("For example: page 19, action 7."),
    "internal_notes": _l("Not published."),
    **_SOURCE_HELP,
}
_SOURCE = ("source", "source_url", "confirmed", "doubt")
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
            "internal_notes",
            *_SOURCE,
        )
        labels = _LABELS | {
            "official_title": _l("Official title"),
            "launched_on": _l("Launched on"),
            "objective": _l("Overall objective"),
            "vision": _l("Vision"),
        }
        help_texts = _HELP | {
            "objective": _l("In the document's words."),
            "vision": _l("In the document's words."),
        }
        widgets = {
            "starts_on": Day,
            "ends_on": Day,
            "launched_on": Day,
            "objective": _SHORT,
            "vision": _SHORT,
            "public_text": _SHORT,
            "internal_notes": _SHORT,
        }


class NewEditionForm(PlanForm):
    code = forms.SlugField(
        label=_l("Code"), max_length=40, help_text=_l("Part of its address, so it stays: 2027-2030, for example.")
    )
    title = forms.CharField(label=_l("Title"), max_length=300)
    starts_on = day_field(_l("Start"))
    ends_on = day_field(_l("End"))


class NextEditionForm(NewEditionForm):
    """As a new edition; what is unfinished goes over to it."""


class EndEditionForm(PlanForm):
    closing_report_on = day_field(
        _l("Closing report published on"), help_text=_l("Leave empty if none has been published.")
    )


class ReasonForm(PlanForm):
    reason = text_field(_l("Reason"), required=True, help_text=_l("Kept in the history."))


_BRANCH = ("title", "official_wording", "official_place", "public_text", "internal_notes", *_SOURCE)
_BRANCH_WIDGETS = {"official_wording": _SHORT, "public_text": _SHORT, "internal_notes": _SHORT}


class PillarForm(RecordForm):
    class Meta:
        model = Pillar
        fields = _BRANCH
        labels, help_texts, widgets = _LABELS, _HELP, _BRANCH_WIDGETS


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
            *_SOURCE,
        )
        labels = _LABELS | {"is_public": _l("The public sees this action")}
        help_texts = _HELP
        widgets = {"starts_on": Day, "due_on": Day, **_BRANCH_WIDGETS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].help_text = _("Only the post is published, not the name.")
        if self.instance.person is not None:  # the field is named by code, a model form fills in the number
            self.initial["person"] = self.instance.person.code


class NewActionForm(_WithCode, ActionForm):
    class Meta(ActionForm.Meta):
        fields = ("code", *ActionForm.Meta.fields)  # type: ignore[assignment]  # one field more


class MoveActionForm(PlanForm):
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
