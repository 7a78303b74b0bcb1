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
from floreo.workspace.forms import CommandForm, field_of, text_field, words_of

_NUMBERS = re.compile(r"^\s*(\d{1,3}(\s*[,;\s]\s*\d{1,3})*)?\s*$")


def _days(name: str) -> forms.IntegerField:
    return forms.IntegerField(**words_of(Rhythm, name), min_value=0, max_value=400)


class Days(forms.CharField):
    """Numbers of days, as people type them: 7, 1."""

    def __init__(self, name: str) -> None:
        super().__init__(**words_of(Rhythm, name), required=False, max_length=100)

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
    is_on = field_of(Rhythm, "is_on")
    frequency = forms.ChoiceField(**words_of(Rhythm, "frequency"), choices=RhythmFrequency.choices)
    opens_after_days = _days("opens_after_days")
    due_after_days = _days("due_after_days")
    closes_after_days = _days("closes_after_days")
    remind_before = Days("remind_before")
    remind_after = Days("remind_after")
    escalate_after_days = _days("escalate_after_days")
    approve_within_days = _days("approve_within_days")
    reply_to = field_of(Rhythm, "reply_to")
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
            "approve_within_days",
            "reply_to",
        )
        known = {name: getattr(rhythm, name) for name in names} | {"is_on": rhythm.is_on or rhythm.pk is None}
        super().__init__(data, initial=known | {"version": rhythm.version if rhythm.pk else None})


class ReviewForm(CommandForm):
    starts_on = field_of(Review, "starts_on", required=True)
    ends_on = field_of(Review, "ends_on", required=True)
    due_on = field_of(Review, "due_on", required=True)
    closes_on = field_of(Review, "closes_on", required=True)
    code = field_of(Review, "code")


class MoveForm(CommandForm):
    due_on = field_of(Review, "due_on", required=True)
    closes_on = field_of(Review, "closes_on", required=True)
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
