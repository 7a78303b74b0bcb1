"""Forms of laws. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.fields import label_of
from floreo.core.ui.forms import NeededFile
from floreo.legislation.models import (
    Citation,
    Commencement,
    Instrument,
    LawVersion,
    Stage,
    TreatyStatus,
    TreatyVerdict,
    Verdict,
)
from floreo.strategy.models import Action
from floreo.workspace.forms import (
    SOURCE,
    CommandForm,
    RecordForm,
    field_of,
    organisation_field,
    person_field,
    text_field,
    words_of,
)


class LawForm(RecordForm):
    """What is known of an instrument."""

    organisation = organisation_field(label_of(Instrument, "organisation"), required=False)
    pen_organisation = organisation_field(label_of(Instrument, "pen_organisation"), required=False)
    pen_person = person_field(label_of(Instrument, "pen_person"))
    language = forms.ChoiceField(**words_of(Instrument, "language"), choices=languages.choices)

    class Meta:
        model = Instrument
        fields: ClassVar[tuple[str, ...]] = (
            "kind",
            "title",
            "summary",
            "number",
            "year",
            "dated",
            "language",
            "organisation",
            "action",
            "amends",
            "became",
            "pen_organisation",
            "pen_person",
            "pen_until",
            "in_force_on",
            "is_text_complete",
            "note",
            *SOURCE,
        )
        widgets: ClassVar[dict[str, Any]] = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "note": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action: Any = self.fields["action"]
        action.queryset = Action.objects.select_related("objective__pillar__edition").order_by("code")


class NewLawForm(LawForm):
    class Meta(LawForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *LawForm.Meta.fields)


class CitationForm(CommandForm):
    words = field_of(Citation, "words", required=True)
    starts_on = field_of(Citation, "starts_on")
    ends_on = field_of(Citation, "ends_on")


class CommencementForm(CommandForm):
    sections = field_of(
        Commencement,
        "sections",
        help_text=_l("For example 1, 4, 12A, or 5-9, or Part III. Leave empty for the rest of the law."),
    )
    on = field_of(Commencement, "on")
    note = field_of(Commencement, "note")


class StageForm(RecordForm):
    class Meta:
        model = Stage
        fields: ClassVar[tuple[str, ...]] = (
            "title",
            "state",
            "starts_on",
            "ends_on",
            "due_on",
            "votes_for",
            "votes_against",
            "abstained",
            "note",
            *SOURCE,
        )


class NewStageForm(CommandForm):
    code = forms.SlugField(label=label_of(Stage, "code"), max_length=60, help_text=_l("For example first-reading."))
    title = field_of(Stage, "title", required=True)
    state = field_of(Stage, "state", required=True)
    starts_on = field_of(Stage, "starts_on")
    ends_on = field_of(Stage, "ends_on")
    due_on = field_of(Stage, "due_on")


class ImportForm(CommandForm):
    file = NeededFile(
        label=_l("File"),
        help_text=_l("Word (.docx), PDF with text, HTML or plain text. Automatic numbering in Word is read too."),
    )
    code = forms.SlugField(label=_l("Code"), max_length=40, help_text=_l("Part of its address, for example v1."))
    title = field_of(LawVersion, "title", required=True, help_text=_l("For example “Draft for consultation”."))
    dated = field_of(LawVersion, "dated", required=True)
    language = forms.ChoiceField(**words_of(LawVersion, "language"), choices=languages.choices)


class CopyForm(CommandForm):
    code = forms.SlugField(label=_l("Code"), max_length=40, help_text=_l("Part of its address, for example v2."))
    title = field_of(LawVersion, "title", required=True)
    dated = field_of(LawVersion, "dated", required=True)


class ApplyForm(CopyForm):
    """A bill is applied to a version of the Act that it amends."""

    principal = forms.ModelChoiceField(LawVersion.objects.none(), label=_l("Version of the Act"), to_field_name="code")

    def __init__(self, data: Any = None, version: LawVersion | None = None) -> None:
        super().__init__(data)
        if version is not None and version.instrument.amends is not None:
            field: Any = self.fields["principal"]
            field.queryset = version.instrument.amends.versions.exclude(text="").defer("text")


class ClauseForm(CommandForm):
    heading = forms.CharField(label=_l("Heading"), max_length=500, required=False)
    words = text_field(
        _l("Text"),
        required=True,
        rows=14,
        help_text=_l(
            "One paragraph a line, each with its number in front: (1), (a), (i). The indents come from the numbers."
        ),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class NewClauseForm(CommandForm):
    after = forms.CharField(label=_l("After clause"), required=False, help_text=_l("Leave empty to put it first."))
    number = forms.CharField(label=_l("Number"), max_length=20)
    heading = forms.CharField(label=_l("Heading"), max_length=500, required=False)
    words = text_field(_l("Text"), required=True, rows=10)


class RateForm(CommandForm):
    verdict = forms.ChoiceField(**words_of(TreatyVerdict, "verdict"), choices=Verdict.choices)
    provisions = forms.CharField(
        label=label_of(TreatyVerdict, "provisions"),
        required=False,
        help_text=_l("Numbers with commas between them, for example 10(1), 10(2)."),
    )
    reason = text_field(label_of(TreatyVerdict, "reason"), rows=4)

    def facts(self) -> dict[str, Any]:
        given = super().facts()
        return given | {"provisions": [each for each in given["provisions"].split(",") if each.strip()]}


class TreatyForm(RecordForm):
    class Meta:
        model = TreatyStatus
        fields: ClassVar[tuple[str, ...]] = (
            "state",
            "signed_on",
            "ratified_on",
            "in_force_on",
            "open_until",
            "reservations",
            *SOURCE,
        )

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in super().facts().items() if name != "version"}
