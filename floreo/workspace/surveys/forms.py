"""Forms of surveys. They check shape; actions check rules."""

from __future__ import annotations

import csv
import io
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.ui.forms import NeededFile
from floreo.organisations.models import Organisation, Place
from floreo.organisations.queries import the_country
from floreo.surveys.models import VARIABLES, InstrumentVersion, Interviewer, Question, Survey, Variable, Wave
from floreo.workspace.forms import CommandForm, RecordForm, field_of, text_field, words_of

MOST_BYTES = 1_000_000
_KEYS_HELP = _l("Keys of answers, apart by spaces, for example: yes no.")


class SurveyForm(RecordForm):
    carried_out_by = forms.ModelChoiceField(
        Organisation.objects.filter(merged_into=None),
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
        **words_of(Survey, "carried_out_by"),
    )

    class Meta:
        model = Survey
        fields: ClassVar[list[str]] = [
            "title",
            "topic",
            "purpose",
            "who",
            "people",
            "carried_out_by",
            "paid_by",
            "next_wave_on",
            "is_public",
            "source",
            "source_url",
        ]
        widgets: ClassVar[dict[str, Any]] = {"purpose": forms.Textarea(attrs={"rows": 3})}


class NewSurveyForm(SurveyForm):
    class Meta(SurveyForm.Meta):
        fields: ClassVar[list[str]] = ["code", *SurveyForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False


class VersionForm(CommandForm):
    note_text = field_of(InstrumentVersion, "note")


def _other_languages() -> list[str]:
    country = the_country()
    return list(country.languages[1:]) if country is not None else []


class KeysField(forms.CharField):
    """Keys apart by spaces or commas."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(str(each) for each in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return value.replace(",", " ").split() if isinstance(value, str) else (value or [])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or []))


class QuestionForm(RecordForm):
    """One question. Answers to choose from are one a line: key = words | words in the other language."""

    options_text = text_field(
        _l("Answers to choose from"),
        rows=6,
        help_text=_l(
            "One a line: key = words | words in the next language. For example: yes = Yes | Sí. For districts leave it empty:"
            " those of the register are taken."
        ),
    )
    if_options = KeysField(required=False, **words_of(Question, "if_options") | {"help_text": _KEYS_HELP})
    counted = KeysField(required=False, **words_of(Question, "counted"))

    class Meta:
        model = Question
        fields: ClassVar[list[str]] = [
            "text",
            "kind",
            "low",
            "high",
            "hint",
            "must",
            "title",
            "if_key",
            "variable",
            "is_group",
            "statement",
            "lower_is_better",
        ]
        widgets: ClassVar[dict[str, Any]] = {"text": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["options_text"].initial = options_as_text(self.instance.options)
        names = [name for name in self.fields if name not in ("options_text", "if_options", "counted")]
        places = {"options_text": "low", "if_options": "variable", "counted": "statement"}
        for name, before in places.items():
            names.insert(names.index(before), name)
        self.order_fields(names)

    def clean_options_text(self) -> str:
        text = str(self.cleaned_data.get("options_text", ""))
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and "=" not in line:
                raise ValidationError(_("Line %(n)d has no “=” between key and words.") % {"n": number})
        return text

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        options = options_in(given.pop("options_text", ""))
        if not options and given.get("variable") == Variable.DISTRICT:
            options = districts_as_options()
        return given | {"options": options}


class NewQuestionForm(QuestionForm):
    class Meta(QuestionForm.Meta):
        fields: ClassVar[list[str]] = ["key", *QuestionForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False


def options_as_text(options: list[dict[str, str]]) -> str:
    others = _other_languages()
    lines = []
    for each in options:
        words = [str(each.get("text", "")), *(str(each.get(code, "")) for code in others)]
        while len(words) > 1 and not words[-1]:
            words.pop()
        lines.append(f"{each.get('key', '')} = {' | '.join(words)}")
    return "\n".join(lines)


def options_in(text: str) -> list[dict[str, str]]:
    others = _other_languages()
    found = []
    for line in text.splitlines():
        key, _equals, words = line.partition("=")
        if not line.strip():
            continue
        first, *rest = [part.strip() for part in words.split("|")]
        found.append({"key": key.strip(), "text": first} | {c: w for c, w in zip(others, rest, strict=False) if w})
    return found


def districts_as_options() -> list[dict[str, str]]:
    others = _other_languages()
    rows = Place.objects.filter(kind="district").order_by("position", "name")
    return [
        {"key": each.code, "text": each.name} | {code: each.in_language("name", code) for code in others}
        for each in rows
    ]


class WaveForm(RecordForm):
    class Meta:
        model = Wave
        fields: ClassVar[list[str]] = [
            "title",
            "instrument",
            "mode",
            "starts_on",
            "ends_on",
            "how",
            "who",
            "planned",
            "approached",
            "broken_off",
            "cost",
            "results_due_on",
            "compared_with",
            "campaign_title",
            "campaign_from",
            "campaign_to",
            "campaign_address",
            "campaign_note",
            "source",
            "source_url",
            "confirmed",
        ]

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        instrument, other = self._any("instrument"), self._any("compared_with")
        instrument.queryset = survey.versions.order_by("-number")
        others = survey.waves.exclude(pk=self.instance.pk) if self.instance.pk else survey.waves.all()
        other.queryset = others.order_by("-starts_on")
        instrument.label_from_instance = _version_text
        other.empty_label = _("None")

    def _any(self, name: str) -> Any:
        return self.fields[name]


def _version_text(instrument: InstrumentVersion) -> str:
    return _("Version %(n)d") % {"n": instrument.number}


class NewWaveForm(WaveForm):
    class Meta(WaveForm.Meta):
        fields: ClassVar[list[str]] = ["code", *WaveForm.Meta.fields]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False


class WeightsForm(CommandForm):
    """By what answers are weighted, and how."""

    method = field_of(Wave, "method", required=True)
    weighted_by = forms.MultipleChoiceField(
        choices=[(v.value, v.label) for v in Variable],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        **words_of(Wave, "weighted_by"),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        chosen = given.get("weighted_by", [])
        return given | {"weighted_by": [name for name in VARIABLES if name in chosen]}


class PopulationForm(CommandForm):
    """A table of the population, as CSV."""

    file = NeededFile(
        label=_l("Table (CSV)"),
        required=False,
        help_text=_l(
            "A column for each group (district, age, gender, sector), with the keys of the answers, and one: count."
        ),
    )
    source = field_of(Wave, "targets_source", required=True)

    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"rows": rows_in(given.get("file")), "source": given["source"]}


def rows_in(file: Any) -> list[dict[str, str]]:
    """The rows of a CSV file; none where there is no file, it is too large, or it is no text."""
    if file is None or file.size > MOST_BYTES:
        return []
    raw = file.read(MOST_BYTES + 1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    text = text.replace("\x00", " ")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        return []
    return [{str(k).strip().lower(): str(v or "") for k, v in row.items() if k is not None} for row in rows]


class LinksForm(CommandForm):
    number = forms.IntegerField(label=_l("How many links"), min_value=1)


class InterviewerForm(CommandForm):
    name = field_of(Interviewer, "name", required=True)
    district = forms.ChoiceField(required=False, **words_of(Interviewer, "district"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["district"]
        rows = Place.objects.filter(kind="district").order_by("position", "name")
        field.choices = [("", _("None")), *((each.code, each.named()) for each in rows)]
