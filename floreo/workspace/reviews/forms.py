"""Forms of reviews. They check shape; actions check rules."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from floreo.reviews.models import Review, Rhythm, RhythmFrequency
from floreo.workspace.forms import CommandForm, day_field, text_field

_NUMBERS = re.compile(r"^\s*(\d{1,3}(\s*[,;\s]\s*\d{1,3})*)?\s*$")


def _days(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=400)


class Days(forms.CharField):
    """Numbers of days, as people type them: 7, 1."""

    def __init__(self, label: Any, help_text: Any) -> None:
        super().__init__(label=label, help_text=help_text, required=False, max_length=100)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not _NUMBERS.match(text):
            raise ValidationError(_("Enter numbers of days with commas between them, for example 7, 1."))
        return [int(number) for number in re.findall(r"\d+", text)]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class RhythmForm(CommandForm):
    is_on = forms.BooleanField(label=_l("Open reviews automatically"), required=False)
    frequency = forms.ChoiceField(label=_l("How often"), choices=RhythmFrequency.choices)
    opens_after_days = _days(
        _l("Opens, days after the end of the period"), _l("1 is the day after the last day of the period.")
    )
    due_after_days = _days(_l("Updates are due, days after the end of the period"))
    closes_after_days = _days(
        _l("Planned closing, days after the end of the period"),
        _l("The secretariat checks the review and closes it by hand."),
    )
    remind_before = Days(_l("Reminders, days before the due date"), _l("For example 7, 1. Empty: none."))
    remind_after = Days(_l("Reminders, days after the due date"), _l("Sent only if updates are missing."))
    escalate_after_days = _days(
        _l("Request sent to the deputy, days after the due date"), _l("If the register names a deputy.")
    )
    reply_to = forms.EmailField(
        label=_l("Contact for leads"),
        required=False,
        help_text=_l("Shown in every e-mail. Empty: the organisation that coordinates the edition."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, rhythm: Rhythm, data: Any) -> None:
        names = (
            "frequency",
            "opens_after_days",
            "due_after_days",
            "closes_after_days",
            "remind_before",
            "remind_after",
            "escalate_after_days",
            "reply_to",
        )
        known = {name: getattr(rhythm, name) for name in names} | {"is_on": rhythm.is_on or rhythm.pk is None}
        super().__init__(data, initial=known | {"version": rhythm.version if rhythm.pk else None})


class ReviewForm(CommandForm):
    starts_on = day_field(_l("First day of the period"), required=True)
    ends_on = day_field(_l("Last day of the period"), required=True)
    due_on = day_field(_l("Updates are due"), required=True)
    closes_on = day_field(_l("Planned closing date"), required=True)
    code = forms.SlugField(
        label=_l("Code"),
        required=False,
        max_length=40,
        help_text=_l("Part of its address. Empty: made from the dates."),
    )


class MoveForm(CommandForm):
    due_on = day_field(_l("Updates are due"), required=True)
    closes_on = day_field(_l("Planned closing date"), required=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, review: Review, data: Any) -> None:
        super().__init__(data, initial={n: getattr(review, n) for n in ("due_on", "closes_on", "version")})


class CloseForm(CommandForm):
    """Nothing to fill in, unless answers wait: they then go back to their senders with the reason."""

    def __init__(self, waiting: int, data: Any) -> None:
        super().__init__(data)
        if waiting:
            text = ngettext(
                "%(n)d update is waiting for approval. If you give a reason, it goes back to its sender.",
                "%(n)d updates are waiting for approval. If you give a reason, they go back to their senders.",
                waiting,
            )
            label = _("Reason for closing with updates not approved")
            self.fields["reason"] = text_field(label, help_text=text % {"n": waiting}, rows=2)

    def facts(self) -> dict[str, Any]:
        reason = self.cleaned_data.get("reason", "").strip()
        return {"force": True, "reason": reason} if reason else {}


class ReturnForm(CommandForm):
    note = text_field(
        _l("What is missing"), required=True, help_text=_l("The sender receives it by e-mail, with the link.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
