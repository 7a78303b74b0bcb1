"""The forms by which the public reports an initiative and enters a competition: no account, no script. Shape only; what is wrong, the
action says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core.links import form_key
from floreo.core.ui.locale import language
from floreo.initiatives.actions.entering import Given
from floreo.initiatives.logic import MOST_POINTS
from floreo.initiatives.models import Competition, Criterion, InitiativeAudience
from floreo.organisations.models import Place, PlaceSort
from floreo.portal.sending import keys


def _named(place: Any) -> str:
    return str(place.in_language("name"))


def _districts() -> Any:
    return Place.objects.filter(kind=PlaceSort.DISTRICT)


class _PublicForm(forms.Form):
    """Errors are also read in the box on top, so each names its field."""

    once = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, auto_id="f-%s", **kwargs)
        self.fields["once"].initial = form_key()
        for field in self.fields.values():
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}


class DayInput(forms.DateInput):
    """A day, as the browser's own date field; without one it is typed as 2026-12-31."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ProposalForm(_PublicForm):
    """An initiative."""

    title = forms.CharField(label=_l("Name of the initiative"), max_length=200)
    who_name = forms.CharField(
        label=_l("Who runs it"),
        max_length=200,
        help_text=_l("An organisation, a firm, a council. No names of persons."),
    )
    summary = forms.CharField(
        label=_l("What it does"),
        max_length=2000,
        help_text=_l("In plain words, up to 2,000 characters."),
        widget=forms.Textarea(attrs={"rows": "5"}),
    )
    audience = forms.ChoiceField(label=_l("For whom"), choices=InitiativeAudience.choices)
    districts = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_l("Districts"),
        required=False,
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        help_text=_l("None: the whole country."),
    )
    starts_on = forms.DateField(label=_l("From"), required=False, widget=DayInput())
    ends_on = forms.DateField(
        label=_l("To"), required=False, widget=DayInput(), help_text=_l("Empty while it goes on.")
    )
    address = forms.CharField(label=_l("Address of its page"), required=False, max_length=500)
    contact = forms.CharField(
        label=_l("How to reach you"),
        required=False,
        max_length=200,
        help_text=_l("E-mail or telephone, for the coordinator. Not published."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts: Any = self.fields["districts"]
        districts.queryset, districts.label_from_instance = _districts(), _named

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "once"}

    def key(self) -> str:
        facts = self.facts()
        parts = [", ".join(sorted(p.code for p in v)) if n == "districts" else v for n, v in facts.items()]
        return keys("initiative", self.cleaned_data["once"], *parts)[1]


class EntryForm(_PublicForm):
    """An entry of a competition."""

    title = forms.CharField(
        label=_l("Title of the entry"),
        max_length=200,
        help_text=_l("Published if the entry is in the result: no names of persons."),
    )
    category = forms.ChoiceField(label=_l("Category"))
    description = forms.CharField(
        label=_l("Description"),
        required=False,
        strip=False,
        help_text=_l("Up to 4,000 characters."),
        widget=forms.Textarea(attrs={"rows": "8"}),
    )
    file = forms.FileField(
        label=_l("File"),
        required=False,
        allow_empty_file=True,
        help_text=_l("One picture, document or video (MP4), up to 10 MB. No faces and no names of children."),
    )
    school = forms.CharField(
        label=_l("School"), required=False, max_length=200, help_text=_l("Published in the result.")
    )
    team = forms.CharField(label=_l("Team"), required=False, max_length=200, help_text=_l("Not published."))
    place = forms.ModelChoiceField(
        Place.objects.none(), label=_l("District"), required=False, to_field_name="code", empty_label=_l("None")
    )
    entrant_name = forms.CharField(
        label=_l("Name of who enters"),
        max_length=200,
        help_text=_l("Not published, unless the guardian agrees to that as well."),
    )
    age = forms.IntegerField(
        label=_l("Age"),
        min_value=1,
        max_value=120,
        help_text=_l("Only the age band is stored. Of a team: of the youngest."),
    )
    guardian_name = forms.CharField(
        label=_l("Name of a parent or guardian"), required=False, max_length=200, help_text=_l("Needed below 18 years.")
    )
    guardian_mail = forms.EmailField(
        label=_l("E-mail of the parent or guardian"),
        required=False,
        max_length=254,
        help_text=_l(
            "Needed below 18 years. A link to agree is sent there; without it the jury does not read the entry."
        ),
    )
    agrees = forms.BooleanField(label=_l("I have read the rules"))

    def __init__(self, *args: Any, competition: Competition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.queryset, place.label_from_instance = _districts(), _named
        category: Any = self.fields["category"]
        category.choices = [(name, competition.category_words(name)) for name in competition.category_names()]
        if not category.choices:
            del self.fields["category"]
        if not competition.takes_files:
            del self.fields["file"]
        self.is_for_adults = competition.age_from >= 18
        if self.is_for_adults:
            del self.fields["guardian_name"], self.fields["guardian_mail"]

    def given(self) -> Given:
        """What the action is called with."""
        facts = self.cleaned_data
        names = ("title", "description", "age", "entrant_name", "team", "school", "place")
        optional = {name: facts.get(name, "") for name in ("category", "guardian_name", "guardian_mail")}
        return Given(**{name: facts[name] for name in names}, **optional, language=language())

    def keys(self, competition: Competition) -> tuple[str, str]:
        given, file = self.given(), self.cleaned_data.get("file")
        sent = (getattr(file, "name", ""), getattr(file, "size", 0))
        parts = (given.title, given.description, given.age, given.entrant_name, given.category, given.guardian_mail)
        return keys("entry", self.cleaned_data["once"], competition.code, *parts, *sent)


class PointsForm(forms.Form):
    """The points of one member for one entry: a number from 0 to 10 for each criterion."""

    def __init__(self, data: Any = None, *, criteria: list[Criterion], given: Any = None) -> None:
        super().__init__(data, auto_id="p-%s")
        for each in criteria:
            label = each.in_language("title")
            field = forms.TypedChoiceField(
                label=label,
                choices=[("", _("Choose"))] + [(str(n), str(n)) for n in range(MOST_POINTS + 1)],
                coerce=int,
                initial=str((given or {}).get(each.pk, "")),
                help_text=_("From 0 to 10. Weight: %(weight)d.") % {"weight": each.weight},
            )
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": label}
            self.fields[f"points_{each.pk}"] = field

    def points(self) -> dict[int, int]:
        return {int(name.removeprefix("points_")): value for name, value in self.cleaned_data.items()}
