"""Forms of reports. They check shape; actions check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.figures import Period
from floreo.workspace.forms import CommandForm, day_field, text_field


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
    where = forms.CharField(
        label=_l("Place in the report"), max_length=200, help_text=_l("For example: Money, by year.")
    )
    text = forms.CharField(label=_l("Text in the report"), max_length=500, required=False)
    instead = text_field(_l("Correct text, and its source"), required=True)
    is_public = forms.BooleanField(label=_l("Show to the public"), required=False, initial=True)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class SignForm(CommandForm):
    signed_name = forms.CharField(label=_l("Signed by"), max_length=200)
    signed_post = forms.CharField(label=_l("Post"), max_length=200)
    signed_on = day_field(_l("Signed on"), required=True)
    language = forms.ChoiceField(label=_l("Language of the signed PDF"), choices=settings.LANGUAGES)
    note = forms.CharField(label=_l("Note"), max_length=500, required=False)
    scan = forms.FileField(
        label=_l("Scan of the signed page"), required=False, help_text=_l("Saved in the vault as evidence.")
    )

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class LessonForm(CommandForm):
    title = forms.CharField(label=_l("Lesson learned, in one line"), max_length=200)
    text = text_field(_l("What happened, and what to do next time"))
    is_public = forms.BooleanField(label=_l("Show to the public"), required=False, initial=True)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TemplateForm(CommandForm):
    name = forms.CharField(label=_l("Name"), max_length=120, help_text=_l("For example: Cabinet paper."))
    language = forms.ChoiceField(
        label=_l("Language"),
        required=False,
        choices=[("", _l("The reader’s language")), *settings.LANGUAGES],
        help_text=_l("Language in which its fields are filled."),
    )
    file = forms.FileField(label=_l("Word file (.docx)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.is_bound  # shown as needed; what is wrong with it the action says

    def facts(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "language": self.cleaned_data["language"]}
