"""Forms of the workspace: when the weekly e-mail comes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.tasks.models import WeeklyMail
from floreo.tasks.presenters import weekday_text
from floreo.workspace.forms import name_what_is_missing


class WeeklyForm(forms.Form):
    """On which weekday, or not at all."""

    weekday = forms.TypedChoiceField(label=_l("Day"), coerce=int)
    is_on = forms.BooleanField(label=_l("Send me the weekly e-mail"), required=False)

    def __init__(self, setting: WeeklyMail, data: Any) -> None:
        super().__init__(data, initial={"weekday": setting.weekday, "is_on": setting.is_on})
        field = self.fields["weekday"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(number, weekday_text(number)) for number in range(7)]
        name_what_is_missing(self)

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
