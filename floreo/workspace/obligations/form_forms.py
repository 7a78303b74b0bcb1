"""Forms by which the form of a notification is written. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.fields import label_of
from floreo.core.language_codes import WRITTEN
from floreo.core.ui import locale as ui
from floreo.obligations.actions.form_editing import LONGEST_ANSWER, ChoiceFacts, ItemFacts, RuleFacts
from floreo.obligations.checking import MOST_NUMBER
from floreo.obligations.logic import FACT_KINDS, Question, QuestionKind
from floreo.obligations.models import Notification, NotificationForm, StageChoice
from floreo.workspace.forms import CommandForm, RecordForm, add_translations, day_field, in_languages, words_of

KINDS = [
    (QuestionKind.TEXT, _l("In words")),
    (QuestionKind.CHOICE, _l("One of several answers")),
    (QuestionKind.SEVERAL, _l("Any of several answers")),
    (QuestionKind.YES_NO, _l("Yes or no")),
    (QuestionKind.NUMBER, _l("A whole number")),
    (QuestionKind.MOMENT, _l("A day and a time")),
]


class NotificationFormForm(RecordForm):
    class Meta:
        model = NotificationForm
        fields: ClassVar[list[str]] = ["title", "law", "section", "source", "source_url"]


class PublishForm(CommandForm):
    holds_from = day_field(required=True, **words_of(NotificationForm, "holds_from"))

    def __init__(self, data: Any, form: NotificationForm) -> None:
        super().__init__(data, initial={"holds_from": max(form.holds_from, clock.today())})


def _split(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.replace(";", ",").split(",") if each.strip())


class QuestionForm(CommandForm):
    """One question in each language of the site. `facts()` is what the action takes."""

    text = forms.CharField(label=_l("Question"), max_length=500)
    help = forms.CharField(
        label=_l("Help"), max_length=500, required=False, help_text=_l("Shown under the question, in plain words.")
    )
    kind = forms.ChoiceField(label=_l("How it is answered"), choices=KINDS, widget=forms.RadioSelect)
    choices = forms.CharField(
        label=_l("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    stages = forms.MultipleChoiceField(
        label=_l("Stages that ask it"), choices=StageChoice.choices, widget=forms.CheckboxSelectMultiple
    )
    required = forms.MultipleChoiceField(
        label=_l("Stages that need an answer"),
        choices=StageChoice.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_l("Without one, such a stage cannot be submitted."),
    )
    is_inherited = forms.BooleanField(
        label=_l("A later stage begins with the earlier answer"),
        required=False,
        initial=True,
        help_text=_l("Not for what is answered again each time, for example what is new since the last report."),
    )
    needs_item = forms.ChoiceField(
        label=_l("Asked only after an answer to"),
        required=False,
        help_text=_l("A question that comes before this one."),
    )
    needs_one_of = forms.CharField(
        label=_l("That answer is"),
        required=False,
        max_length=300,
        help_text=_l("Codes of answers, separated by commas; yes or no of a question of that kind."),
    )
    fact = forms.ChoiceField(
        label=_l("The answer sets"),
        required=False,
        help_text=_l("What lists, deadlines and values read of a notification."),
    )
    longest = forms.IntegerField(
        label=_l("Longest answer, in characters"), required=False, min_value=1, max_value=LONGEST_ANSWER
    )
    least = forms.IntegerField(label=_l("Smallest number"), required=False, min_value=0, max_value=MOST_NUMBER)
    most = forms.IntegerField(label=_l("Largest number"), required=False, min_value=0, max_value=MOST_NUMBER)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, form: NotificationForm, question: Question | None = None) -> None:
        start = _started(question) if question is not None else {"version": form.version}
        super().__init__(data, initial=start | {"version": form.version})
        texts = {"text": question.text, "help": question.help} if question is not None else {}
        add_translations(self, "text", "help", texts=texts)
        self.fields["choices"].help_text = _choices_help()
        language, before = ui.language(), []
        for each in form.all_items():
            if question is not None and each.code == question.code:
                break
            before.append((each.code, f"{each.words(language)} ({each.code})"))
        self.fields["needs_item"].choices = [("", _("Always asked")), *before]  # type: ignore[attr-defined]
        facts = [(name, str(label_of(Notification, name))) for name in FACT_KINDS]
        self.fields["fact"].choices = [("", _("Nothing")), *facts]  # type: ignore[attr-defined]

    def clean_choices(self) -> tuple[ChoiceFacts, ...]:
        found = []
        for line in self.cleaned_data["choices"].splitlines():
            if not line.strip():
                continue
            parts = [each.strip() for each in line.split("|")]
            if not 2 <= len(parts) <= 1 + len(languages.site()) or not all(parts[:2]) or not _is_code(parts[0]):
                sentence = _("“%(line)s” is not an answer. Write: %(parts)s.")
                raise forms.ValidationError(sentence % {"line": line.strip()[:80], "parts": _parts_of_an_answer()})
            words = {code: text for code, text in zip(languages.site(), parts[1:], strict=False) if text}
            found.append(ChoiceFacts(parts[0], words))
        return tuple(found)

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        made = ItemFacts(
            kind=given["kind"],
            text=in_languages(given, "text"),
            help=in_languages(given, "help"),
            choices=given["choices"],
            stages=tuple(given["stages"]),
            required=tuple(given["required"]),
            longest=given["longest"],
            least=given["least"],
            most=given["most"],
            fact=given["fact"],
            needs_item=given["needs_item"],
            needs_one_of=_split(given["needs_one_of"]),
            is_inherited=given["is_inherited"],
        )
        return {"facts": made, "version": given["version"]}


def _parts_of_an_answer() -> str:
    """ "code | answer | answer in French"."""
    others = [_("answer in %(language)s") % {"language": languages.name(code)} for code in languages.others()]
    return " | ".join([_("code"), _("answer"), *others])


def _choices_help() -> str:
    return _("One in a line, with | between its parts: %(parts)s.") % {"parts": _parts_of_an_answer()}


def _is_code(text: str) -> bool:
    return len(text) <= 40 and text.isascii() and text.replace("_", "a").replace("-", "a").isalnum()


def _started(question: Question) -> dict[str, Any]:
    others = languages.others()
    lines = [
        " | ".join([value, words[WRITTEN], *(words.get(code, "") for code in others)])
        for value, words in question.choices
    ]
    return {
        "text": question.text[WRITTEN],
        "help": question.help.get(WRITTEN, ""),
        **{f"text_{code}": question.text.get(code, "") for code in others},
        **{f"help_{code}": question.help.get(code, "") for code in others},
        "kind": str(question.kind),
        "choices": "\n".join(each.rstrip(" |") for each in lines),
        "stages": [*map(str, question.stages)],
        "required": [*map(str, question.required)],
        "longest": question.longest if question.kind is QuestionKind.TEXT else None,
        "least": question.least,
        "most": question.most,
        "fact": question.fact,
        "needs_item": question.needs[0] if question.needs else "",
        "needs_one_of": ", ".join(question.needs[1]) if question.needs else "",
        "is_inherited": question.is_inherited,
    }


class RuleForm(CommandForm):
    """A rule by which an incident is significant, in each language of the site."""

    title = forms.CharField(label=_l("An incident is significant when"), max_length=200)
    question = forms.ChoiceField(label=_l("By the answer to"))
    one_of = forms.CharField(
        label=_l("The answer is one of"),
        required=False,
        max_length=300,
        help_text=_l("Codes of answers, separated by commas; yes or no of a question of that kind."),
    )
    at_least = forms.IntegerField(
        label=_l("Or the number is at least"), required=False, min_value=0, max_value=MOST_NUMBER
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, form: NotificationForm, rule: Any = None) -> None:
        start: dict[str, Any] = {}
        if rule is not None:
            start = {
                "title": rule.title[WRITTEN],
                "question": rule.question,
                "one_of": ", ".join(rule.one_of),
                "at_least": rule.at_least,
            }
        super().__init__(data, initial=start | {"version": form.version})
        add_translations(self, "title", texts={"title": rule.title if rule is not None else {}})
        judged = {QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.YES_NO, QuestionKind.NUMBER}
        rows = [
            (each.code, f"{each.words(ui.language())} ({each.code})")
            for each in form.all_items()
            if each.kind in judged
        ]
        self.fields["question"].choices = rows  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        made = RuleFacts(
            title=in_languages(given, "title"),
            question=given["question"],
            one_of=_split(given["one_of"]),
            at_least=given["at_least"],
        )
        return {"facts": made, "version": given["version"]}
