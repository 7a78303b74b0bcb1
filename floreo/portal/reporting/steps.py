"""The steps of the form in their order: what is asked, and what is said in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.incidents.actions.reporter import LONGEST
from floreo.incidents.models import ReportKind
from floreo.organisations.models import Place, PlaceSort

YES_NO = (("yes", _l("Yes")), ("no", _l("No")))
YES_NO_UNKNOWN = (*YES_NO, ("unknown", _l("I do not know")))
YEARS_BACK = 30
_CHOOSE = _l("Choose one of the answers.")


def _choice(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        help_text=help_text,
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )


def _too_long(most: int) -> dict[str, Any]:
    return {"max_length": _l("The text has %(show_value)d characters. At most %(limit_value)d fit.") if most else ""}


def _line(label: Any, most: int, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs=attrs),
        error_messages=_too_long(most),
    )


class Danger(forms.Form):
    danger = _choice(_l("Is anybody in danger right now?"), YES_NO_UNKNOWN)


class Police(forms.Form):
    police = _choice(
        _l("Do you want the police to know?"),
        YES_NO_UNKNOWN,
        _l(
            "If you say no, your name is not passed to the police, unless a law demands it. You can change your mind later."
        ),
    )


class Child(forms.Form):
    child = _choice(
        _l("Does it concern a child?"),
        YES_NO,
        _l("Somebody under 18 who is threatened, harassed, used or shown in pictures."),
    )


class What(forms.Form):
    kind = _choice(
        _l("What is it about?"), ReportKind.choices, _l("Choose what comes closest. If in doubt, take the last one.")
    )


class Text(forms.Form):
    text = forms.CharField(
        label=_l("What happened?"),
        max_length=LONGEST,
        help_text=_l(
            "In your own words, in any language: what you saw, what you did, which addresses, accounts, telephone numbers or"
            " amounts of money it concerns. Do not write passwords."
        ),
        widget=forms.Textarea(attrs={"rows": "10"}),
        error_messages={"required": _l("Write in a few words what happened.")} | _too_long(LONGEST),
    )


def _number(label: Any, width: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": width, "autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=4, widget=widget)


class When(forms.Form):
    day = _number(_l("Day"), "2")
    month = _number(_l("Month"), "2")
    year = _number(_l("Year"), "4")
    hour = forms.TimeField(
        label=_l("Time"),
        required=False,
        help_text=_l("If you know it, for example 14:30."),
        input_formats=["%H:%M", "%H.%M", "%Hh%M", "%H"],
        widget=forms.TextInput(attrs={"size": "5", "inputmode": "text", "autocomplete": "off"}),
        error_messages={"invalid": _l("Enter the time as hours and minutes, for example 14:30.")},
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        parts = [str(given.get(name, "")).strip() for name in ("day", "month", "year")]
        given["noticed_at"] = None
        if not any(parts) and not given.get("hour"):
            return given
        try:
            day, month, year = (int(part) for part in parts)
            moment = datetime.combine(datetime(year, month, day), given.get("hour") or time(), tzinfo=clock.zone())  # noqa: DTZ001 -- combined below
        except ValueError:
            self.add_error(
                "day", _("This is not a day. Enter day, month and year as numbers, or leave all of them empty.")
            )
            return given
        now = clock.machine()
        if moment > now:
            self.add_error("day", _("The day is in the future. Enter today or an earlier day."))
        elif moment.year < now.year - YEARS_BACK:
            self.add_error("day", _("The day is too long ago. Check the year."))
        given["noticed_at"] = moment
        return given


class Where(forms.Form):
    place = forms.ChoiceField(
        label=_l("Where did it happen?"),
        required=False,
        help_text=_l("The district, if you know it."),
        error_messages={"invalid_choice": _CHOOSE},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position", "name")
        rows = rows.only("code", "name", "translations")  # not its shape on the map, which is long
        field: Any = self.fields["place"]
        field.choices = [("", _("I do not know, or not in one place")), *((row.code, row.named()) for row in rows)]


class Who(forms.Form):
    organisation = _line(
        _l("Which organisation does it concern?"),
        200,
        _l(
            "A company, school or office that was attacked, or whose customers were. Leave it empty if it is only about a person."
        ),
    )


class Contact(forms.Form):
    name = _line(_l("Your name"), 200, autocomplete="name")
    mail = forms.EmailField(
        label=_l("Your e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _l("This is no e-mail address. Enter one like name@example.com, or leave it empty.")}
        | _too_long(254),
    )
    phone = _line(_l("Your telephone number"), 40, inputmode="tel", autocomplete="tel")


@dataclass(frozen=True)
class Step:
    """One page. With `form` it asks; without, it says something and goes on. `files` asks for files."""

    name: str
    title: str | Promise
    form: type[forms.Form] | None = None

    @property
    def wants_input(self) -> bool:
        return self.form is not None or self.name == "files"


DANGER = Step("danger", _l("Is anybody in danger right now?"), Danger)
DANGER_HELP = Step("call", _l("Call for help first"))
POLICE = Step("police", _l("Do you want the police to know?"), Police)
CHILD = Step("child", _l("Does it concern a child?"), Child)
CHILD_HELP = Step("child-help", _l("What happens with a report about a child"))
WHAT = Step("what", _l("What is it about?"), What)
HARM_HELP = Step("harm-help", _l("Before you write"))
TEXT = Step("text", _l("What happened?"), Text)
WHEN = Step("when", _l("When did you notice it?"), When)
WHERE = Step("where", _l("Where did it happen?"), Where)
WHO = Step("who", _l("Which organisation does it concern?"), Who)
FILES = Step("files", _l("Do you have pictures or files that show it?"))
CONTACT = Step("contact", _l("How can we reach you?"), Contact)
CHECK = Step("check", _l("Check your answers and send them"))
FIRST = DANGER
ON_PAPER = (
    DANGER,
    POLICE,
    CHILD,
    WHAT,
    TEXT,
    WHEN,
    WHERE,
    WHO,
    CONTACT,
)  # without files: the order of the paper form


def steps_for(values: Mapping[str, str]) -> list[Step]:
    """All pages for somebody with these answers, in order."""
    about_child = concerns_child(values)
    all_steps = (
        (DANGER, True),
        (DANGER_HELP, values.get("danger") == "yes"),
        (POLICE, True),
        (CHILD, True),
        (CHILD_HELP, values.get("child") == "yes"),
        (WHAT, True),
        (CHILD_HELP, values.get("kind") == ReportKind.CHILD and values.get("child") != "yes"),
        (HARM_HELP, values.get("kind") == ReportKind.HARM),
        (TEXT, True),
        (WHEN, True),
        (WHERE, True),
        (WHO, True),
        (FILES, not about_child),
        (CONTACT, True),
        (CHECK, True),
    )
    return [step for step, holds in all_steps if holds]


def concerns_child(values: Mapping[str, str]) -> bool:
    return values.get("child") == "yes" or values.get("kind") == ReportKind.CHILD


def step_named(name: str, steps: list[Step]) -> Step | None:
    return next((step for step in steps if step.name == name), None)


def form_of(step: Step, values: Mapping[str, str], *, bound: bool) -> forms.Form | None:
    """The form of a step with what was answered; bound, it says what is wrong with it."""
    if step.form is None:
        return None
    return step.form(dict(values), auto_id="r-%s") if bound else step.form(initial=dict(values), auto_id="r-%s")


@dataclass(frozen=True)
class Shown:
    """One answer on the last page."""

    step: Step
    title: str
    text: str


def shown_answers(values: Mapping[str, str], file_names: list[str]) -> list[Shown]:
    """Every answer in words, for the last page. What was left empty is shown as such."""
    found = []
    for step in steps_for(values):
        if not step.wants_input:
            continue
        text = _in_words(step, values) if step.name != "files" else ", ".join(file_names)
        found.append(Shown(step, str(step.title), text or _("No answer")))
    return found


def _in_words(step: Step, values: Mapping[str, str]) -> str:
    form = form_of(step, values, bound=False)
    assert form is not None
    if step is WHEN:
        day = " ".join(filter(None, (values.get(name, "") for name in ("day", "month", "year"))))
        return ", ".join(filter(None, (day, values.get("hour", ""))))
    lines = []
    for name, field in form.fields.items():
        value = values.get(name, "")
        choices = dict(getattr(field, "choices", ()))
        if value:
            lines.append(str(choices.get(value, value)))
    return "\n".join(lines)


__all__ = ["CHECK", "FIRST", "Shown", "Step", "form_of", "shown_answers", "step_named", "steps_for"]
