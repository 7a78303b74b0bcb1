"""The form of one course, for the institution by its link and for staff: shape only. What is wrong with a course, the action says."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import languages
from floreo.core.fields import help_of, label_of
from floreo.core.wording import unsound_time_text
from floreo.organisations.models import Place, PlaceSort
from floreo.organisations.queries import the_country
from floreo.workforce.logic import CourseDay
from floreo.workforce.models import CatalogueCourse, Level, Mode
from floreo.workforce.presenters import role_words
from floreo.workforce.queries import role_items

ROWS = 4  # of dates, besides those that are known


def _words(name: str) -> dict[str, Any]:
    return {"label": label_of(CatalogueCourse, name), "help_text": help_of(CatalogueCourse, name)}


class DayInput(forms.DateInput):
    """A day, as the browser's own date field; without one it is typed as 2026-12-31."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def sound_day(given: Any) -> None:
    if (wrong := unsound_time_text(given)) is not None:
        raise forms.ValidationError(wrong, code="unsound_time")


def _named(place: Any) -> str:
    return str(place.in_language("name"))


class CourseForm(forms.Form):
    """Every field of a course that its institution knows. `course` is the one that is changed."""

    title = forms.CharField(max_length=200, required=False, **_words("title"))
    summary = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": "4"}), **_words("summary")
    )
    level = forms.ChoiceField(choices=Level.choices, **_words("level"))
    language = forms.ChoiceField(choices=languages.choices, **_words("language"))
    mode = forms.ChoiceField(choices=Mode.choices, **_words("mode"))
    place = forms.ModelChoiceField(
        Place.objects.none(), required=False, to_field_name="code", empty_label=_l("None"), **_words("place")
    )
    is_free = forms.BooleanField(required=False, **_words("is_free"))
    cost_amount = forms.DecimalField(required=False, max_digits=10, decimal_places=2, **_words("cost_amount"))
    currency = forms.CharField(required=False, max_length=3, **_words("currency"))
    cost_text = forms.CharField(max_length=200, required=False, **_words("cost_text"))
    duration = forms.CharField(max_length=100, required=False, **_words("duration"))
    hours = forms.IntegerField(required=False, min_value=0, max_value=100_000, **_words("hours"))
    address = forms.CharField(max_length=500, required=False, **_words("address"))
    roles = forms.MultipleChoiceField(
        label=_l("Roles it prepares for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("Roles of a skills framework. None, where it is for everybody."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, course: CatalogueCourse | None = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="c-%s", initial=_start(course), **kwargs)
        place: Any = self.fields["place"]
        place.queryset = Place.objects.filter(kind=PlaceSort.DISTRICT)
        place.label_from_instance = _named
        self._items = {str(item.pk): item for item in role_items()}
        roles: Any = self.fields["roles"]
        roles.choices = [(pk, role_words(item)) for pk, item in self._items.items()]
        if not self._items:
            del self.fields["roles"]
        days = [(each.starts_on, each.seats) for each in course.coming()] if course is not None else []
        self.days = [self._add_day(number, *pair) for number, pair in enumerate([*days, *[(None, None)] * ROWS], 1)]
        for field in self.fields.values():
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}

    def _add_day(self, number: int, day: date | None, seats: int | None) -> tuple[Any, Any]:
        names = f"starts_on_{number}", f"seats_{number}"
        self.fields[names[0]] = forms.DateField(
            label=_("Begins on (%(n)d)") % {"n": number},
            required=False,
            initial=day,
            widget=DayInput(),
            validators=[sound_day],
        )
        self.fields[names[1]] = forms.IntegerField(
            label=_("Seats (%(n)d)") % {"n": number}, required=False, initial=seats, min_value=0, max_value=100_000
        )
        return self[names[0]], self[names[1]]

    def facts(self) -> dict[str, Any]:
        """What the action is called with."""
        given = dict(self.cleaned_data)
        dates = []
        for number in range(1, len(self.days) + 1):
            day, seats = given.pop(f"starts_on_{number}"), given.pop(f"seats_{number}")
            if day is not None:
                dates.append(CourseDay(day, seats))
        version = given.pop("version", None)
        chosen = given.pop("roles", [])
        facts = given | {"dates": dates, "roles": [self._items[pk] for pk in chosen]}
        return facts | ({"version": version} if version is not None else {})


def _start(course: CatalogueCourse | None) -> dict[str, Any]:
    if course is None:
        country = the_country()
        return {"currency": country.currency if country is not None else ""}
    names = ("title", "summary", "level", "language", "mode", "is_free", "cost_amount", "currency", "cost_text")
    start = {name: getattr(course, name) for name in (*names, "duration", "hours", "address", "version")}
    place = course.place.code if course.place is not None else ""
    return start | {"place": place, "roles": [str(row.item_id) for row in course.course_roles.all()]}
