"""Moments that people type: a day and a time, as the clocks of a place show them; and the form that sets one."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core.errors import Refused
from floreo.organisations.queries import the_country
from floreo.publications.logic import NoMoment, moment_of
from floreo.publications.presenters import wrong_moment
from floreo.workspace.forms import CommandForm, day_field


def country_zone() -> str:
    country = the_country()
    return country.zone if country else "UTC"


def moment_given(day: date, at: time, zone: str = "") -> datetime:
    """The moment that a form means. Raises Refused, tied to the field that is wrong, where there is none."""
    try:
        return moment_of(day, at, zone or country_zone())
    except NoMoment as wrong:
        sentence = wrong_moment(wrong.why, zone or country_zone())
        field = "zone" if wrong.why == "no_zone" else "time"
        raise Refused(sentence, code=str(wrong.why), fields={field: sentence}) from wrong


def time_field(label: Any, *, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _l("Enter the time with hours and minutes, for example 14:30.")},
    )


class ScheduleForm(CommandForm):
    """When it goes out: a day and a time, as the clocks of a place show them."""

    day = day_field(_l("Day"), required=True)
    time = time_field(_l("Time"))
    zone = forms.CharField(
        label=_l("Time zone"),
        max_length=60,
        help_text=_l("For example Europe/London, if others set the embargo."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = country_zone()

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        at = moment_given(given["day"], given["time"], given["zone"].strip())
        return {"at": at}
