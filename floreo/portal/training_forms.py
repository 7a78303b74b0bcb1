"""Forms of training on the public site: no account, no script. What is wrong with what was sent, the actions say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _l

from floreo.core.sectors import Sector
from floreo.core.ui.locale import language
from floreo.training.actions.attending import Ticked
from floreo.training.actions.enrolling import Who
from floreo.training.models import How
from floreo.training.queries import AttendanceRow

GROUP_ROWS = 10


class SignUpForm(forms.Form):
    name = forms.CharField(
        label=_l("Your name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    mail = forms.EmailField(
        label=_l("Your e-mail"),
        required=False,
        max_length=254,
        help_text=_l("You get a link there, and confirm by it. Used for this course only."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    organisation_name = forms.CharField(
        label=_l("Where you work or study"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    sector = forms.ChoiceField(label=_l("Sector"), choices=Sector.choices, initial=Sector.OTHER)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="t-%s")

    def who(self) -> Who:
        return Who(**self.cleaned_data, language=language())


class GroupForm(forms.Form):
    """People of one organisation: ten rows of a name and an address."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="g-%s")
        for number in range(GROUP_ROWS):
            self.fields[f"people-{number}"] = forms.CharField(
                label=_l("Name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
            )
            self.fields[f"mail-{number}"] = forms.EmailField(
                label=_l("E-mail"),
                required=False,
                max_length=254,
                widget=forms.EmailInput(attrs={"autocomplete": "off"}),
            )

    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(n + 1, self[f"people-{n}"], self[f"mail-{n}"]) for n in range(GROUP_ROWS)]

    def people(self) -> list[Who]:
        given = self.cleaned_data
        found = [(given[f"people-{n}"], given[f"mail-{n}"]) for n in range(GROUP_ROWS)]
        return [Who(name=name, mail=mail, language=language()) for name, mail in found if name or mail]


class HereForm(forms.Form):
    """ "I am here": the code on the wall, and who one is."""

    code = forms.CharField(
        label=_l("Code at the door"),
        max_length=20,
        required=False,
        help_text=_l("Eight characters. They change every minute."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    name = forms.CharField(
        label=_l("Your name"), required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    mail = forms.EmailField(
        label=_l("Your e-mail"),
        required=False,
        max_length=254,
        help_text=_l("The one with which you signed up."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any = None, *, by_link: bool = False, **kwargs: Any) -> None:
        super().__init__(data, auto_id="h-%s", **kwargs)
        if by_link:
            del self.fields["name"], self.fields["mail"]


class FeedbackForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=_l("How useful was the course for your work?"),
        choices=[(5, _l("5, very useful")), (4, "4"), (3, "3"), (2, "2"), (1, _l("1, not useful"))],
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_l("In one sentence: what should change?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="f-%s")


class CheckInListForm(forms.Form):
    """The list on the trainer's page: whom it showed as present, and who is now."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, lines: list[AttendanceRow]) -> None:
        super().__init__(data, auto_id="d-%s")
        self.lines = lines
        self.fields["shown"].initial = ",".join(str(x.enrolment.number) for x in lines if x.is_present)
        for line in lines:
            self.fields[f"came-{line.enrolment.number}"] = forms.BooleanField(
                label=line.enrolment.shown_name, required=False, initial=line.is_present
            )

    def rows(self) -> list[tuple[AttendanceRow, forms.BoundField]]:
        return [(line, self[f"came-{line.enrolment.number}"]) for line in self.lines]

    def ticked(self) -> Ticked:
        given = self.cleaned_data
        shown = {int(n) for n in given["shown"].split(",") if n.isascii() and n.isdigit()}
        known = {line.enrolment.number for line in self.lines}
        return Ticked(frozenset(shown & known), frozenset(n for n in known if given.get(f"came-{n}")), How.LIST)


class CheckInWalkInForm(forms.Form):
    name = forms.CharField(label=_l("Name"), required=False, max_length=200)
    organisation_name = forms.CharField(label=_l("Name of the organisation"), required=False, max_length=200)
    sector = forms.ChoiceField(label=_l("Sector"), choices=Sector.choices, initial=Sector.OTHER)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="w-%s")
