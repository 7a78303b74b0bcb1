"""Forms of the workspace: when the weekly e-mail comes, and of what one is notified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core.tasks import News
from floreo.tasks.models import NewsChoice, RhythmChoice, WeeklyMail
from floreo.tasks.notifying import Rhythm
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


class NotificationsForm(WeeklyForm):
    """For each kind how often; and when the weekly e-mail comes."""

    def __init__(self, rhythms: Mapping[News, Rhythm], setting: WeeklyMail, data: Any) -> None:
        super().__init__(setting, data)
        for news in News:
            self.fields[f"news-{news}"] = forms.ChoiceField(
                label=NewsChoice(news).label,
                choices=RhythmChoice.choices,
                initial=rhythms[news],
                help_text=_l("Due within three days, or overdue since today.") if news is News.DEADLINE else "",
            )
        self.order_fields([f"news-{news}" for news in News])
        name_what_is_missing(self)

    def facts(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        rhythms = {news: Rhythm(given.pop(f"news-{news}")) for news in News}
        return {**given, "rhythms": rhythms}
