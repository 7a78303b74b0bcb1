"""Forms of reports. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.figures import Period
from floreo.core.ui.forms import NeededFile
from floreo.reports.models import Correction, Lesson, PreviewLink, SignOff, WordTemplate
from floreo.workspace.forms import CommandForm, day_field, field_of, text_field, words_of


class CloseForm(CommandForm):
    reason = text_field(
        _l("Reason, if updates are still waiting for approval"),
        help_text=_l(
            "Leave empty if all updates are approved or returned. With a reason, updates waiting for "
            "approval go back to their senders."
        ),
    )

    def facts(self) -> dict[str, Any]:
        reason = self.cleaned_data["reason"].strip()
        return {"reason": reason, "force": bool(reason)}


class PreviewForm(CommandForm):
    name = field_of(PreviewLink, "name", required=True)
    to = field_of(PreviewLink, "to")
    language = forms.ChoiceField(**words_of(PreviewLink, "language"), choices=languages.choices)


class PeriodForm(CommandForm):
    starts_on = day_field(_l("First day"), required=True)
    ends_on = day_field(_l("Last day"), required=True)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["starts_on"] > data["ends_on"]:
            self.add_error("ends_on", _("The last day is before the first day. Change one of them."))
        return data

    def facts(self) -> dict[str, Any]:
        return {"period": Period(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])}


class CorrectionForm(CommandForm):
    where = field_of(Correction, "where", required=True)
    text = field_of(Correction, "text")
    instead = field_of(Correction, "instead", required=True, rows=3)
    is_public = field_of(Correction, "is_public")


class SignForm(CommandForm):
    signed_name = field_of(SignOff, "signed_name", required=True)
    signed_post = field_of(SignOff, "signed_post", required=True)
    signed_on = field_of(SignOff, "signed_on", required=True)
    language = forms.ChoiceField(**words_of(SignOff, "language"), choices=languages.choices)
    note = field_of(SignOff, "note")
    scan = forms.FileField(
        label=_l("Scan of the signed page"), required=False, help_text=_l("Saved in the vault as evidence.")
    )


class LessonForm(CommandForm):
    title = field_of(Lesson, "title", required=True)
    text = field_of(Lesson, "text", rows=3)
    is_public = field_of(Lesson, "is_public")


class TemplateForm(CommandForm):
    name = field_of(WordTemplate, "name", required=True)
    language = forms.ChoiceField(
        **words_of(WordTemplate, "language"),
        required=False,
        choices=lambda: [("", _l("The reader’s language")), *languages.choices()],
    )
    file = NeededFile(label=_l("Word file (.docx)"))

    def facts(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "language": self.cleaned_data["language"]}
