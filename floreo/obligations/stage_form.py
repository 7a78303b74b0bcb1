"""The form of a stage, made from its questions. It shows and keeps whatever was typed; what is wrong is said by the action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.ui import locale as ui
from floreo.obligations.checking import PREFIX, moment_of
from floreo.obligations.logic import Question, QuestionKind, Stage


class StageForm(forms.Form):
    """`answers` are those that are stored; `data` what was posted. No field is checked here, so that half an answer is saved too."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        questions: Iterable[Question],
        stage: Stage,
        answers: Mapping[str, Any],
        version: int,
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self.questions, language = tuple(questions), ui.language()
        self.fields["version"].initial = version
        for each in self.questions:
            self.fields[f"{PREFIX}{each.code}"] = _field(each, stage, answers.get(each.code), language)

    def _clean_fields(self) -> None:
        """Nothing is asked here: a field that is marked as required may be empty in a draft."""

    def rows(self) -> list[tuple[Any, str]]:
        """Each field with the condition under which it is asked, for the script: "q_cross_border=yes"."""
        found = []
        for each in self.questions:
            needs = f"{PREFIX}{each.needs[0]}={','.join(each.needs[1])}" if each.needs else ""
            found.append((self[f"{PREFIX}{each.code}"], needs))
        return found


def _field(question: Question, stage: Stage, value: Any, language: str) -> forms.Field:
    helps = question.in_language(question.help, language) if question.help else ""
    facts: dict[str, Any] = {"label": question.words(language), "help_text": helps, "initial": value}
    choices = [(code, question.in_language(words, language)) for code, words in question.choices]
    match question.kind:
        case QuestionKind.CHOICE:
            made: forms.Field = _Loose(widget=forms.RadioSelect(choices=choices), **facts)
        case QuestionKind.YES_NO:
            made = _Loose(widget=forms.RadioSelect(choices=[("yes", _("Yes")), ("no", _("No"))]), **facts)
        case QuestionKind.SEVERAL:
            made = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **facts)
        case QuestionKind.NUMBER:
            made = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **facts)
        case QuestionKind.MOMENT:
            found = moment_of(value) if value else None
            local = found.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M") if found else value
            widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            made = forms.CharField(widget=widget, **(facts | {"initial": local}))
        case QuestionKind.TEXT:
            made = forms.CharField(widget=forms.Textarea(attrs={"rows": 2 if question.longest <= 300 else 5}), **facts)
    made.required = stage in question.required  # shown as such; of one that hangs on another, its help says when
    made.widget.is_required = False  # the browser must not hold back what is half filled in
    return made


class _Loose(forms.CharField):
    """One of a set, shown as such; a value outside it stays and is refused when it is submitted."""
