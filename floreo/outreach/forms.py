"""The questions about a session, alike on the phone, on this site and where paper is typed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import pgettext_lazy

from floreo.core import clock, languages
from floreo.core.fields import help_of, label_of
from floreo.organisations.models import Place, PlaceSort
from floreo.outreach.actions.sessions import Given
from floreo.outreach.logic import BANDS, MOST_IN_BAND, MOST_MINUTES
from floreo.outreach.models import (
    Ambassador,
    Audience,
    KitItem,
    OutreachSession,
    PhotoConsent,
    SessionTopic,
    Venue,
    VenueKind,
)
from floreo.outreach.presenters import language_word

MINUTES = (30, 45, 60, 90)
OTHER = "other"


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _about(name: str) -> dict[str, Any]:
    return {"label": label_of(OutreachSession, name), "help_text": help_of(OutreachSession, name)}


def _band(name: str) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "data-sum": "", "min": "0", "max": str(MOST_IN_BAND)})
    return forms.IntegerField(**_about(name), required=False, min_value=0, max_value=MOST_IN_BAND, widget=widget)


def language_choices(*more: Iterable[str]) -> list[tuple[str, str]]:
    """The languages of the country, and those that somebody speaks besides."""
    codes = list(languages.site())
    codes += [code for group in more for code in group]
    return [(code, language_word(code)) for code in dict.fromkeys(codes)]


def districts() -> Any:
    return Place.objects.filter(kind=PlaceSort.DISTRICT).order_by("position", "pk")


def district_field(label: Any = None) -> Any:
    words: Any = label if label is not None else label_of(OutreachSession, "district")
    return forms.ModelChoiceField(
        districts(),
        label=words,
        to_field_name="code",
        empty_label=_l("Choose one"),
    )


class SessionForm(forms.Form):
    """The form of one session. It has no field for a participant's name."""

    happened_on = forms.DateField(**_about("happened_on"), widget=_Day())
    district = district_field()
    venue = forms.CharField(**_about("venue"), max_length=120)
    setting = forms.ChoiceField(
        **_about("setting"), choices=[("", _l("As in the list of venues")), *VenueKind.choices], required=False
    )
    audience = forms.ChoiceField(**_about("audience"), choices=Audience.choices, widget=forms.RadioSelect)
    topic = forms.ChoiceField(**_about("topic"), choices=SessionTopic.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(**_about("language"), choices=())
    minutes = forms.ChoiceField(
        **_about("minutes"),
        choices=[*((str(n), str(n)) for n in MINUTES), (OTHER, pgettext_lazy("minutes", "Other"))],
        widget=forms.RadioSelect,
    )
    minutes_other = forms.IntegerField(
        label=_l("How many minutes"),
        required=False,
        min_value=5,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    people_12 = _band("people_12")
    people_17 = _band("people_17")
    people_34 = _band("people_34")
    people_59 = _band("people_59")
    people_60 = _band("people_60")
    material = forms.ModelChoiceField(
        KitItem.objects.filter(is_active=True),
        label=_about("material")["label"],
        required=False,
        to_field_name="code",
        empty_label=_l("None"),
    )
    materials_left = forms.IntegerField(
        **_about("materials_left"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    referrals = forms.IntegerField(
        **_about("referrals"),
        required=False,
        min_value=0,
        max_value=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    photo_consent = forms.ChoiceField(
        **_about("photo_consent"), choices=PhotoConsent.choices, widget=forms.RadioSelect, initial=PhotoConsent.NONE
    )
    note = forms.CharField(**_about("note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, ambassador: Ambassador | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        own = ambassador.languages if ambassador is not None else []
        language: Any = self.fields["language"]
        language.choices = language_choices(own)
        material: Any = self.fields["material"]
        district: Any = self.fields["district"]
        material.label_from_instance = district.label_from_instance = lambda thing: thing.in_language(
            "title" if isinstance(thing, KitItem) else "name"
        )
        for field in self.fields.values():
            field.error_messages["required"] = _("“%(label)s” is empty. Fill it in.") % {"label": field.label}
        if ambassador is not None:
            self.fields["district"].initial = ambassador.district.code
            self.fields["language"].initial = own[0] if own else ambassador.language
        self.fields["happened_on"].initial = clock.today

    @property
    def bands(self) -> list[Any]:
        return [self[name] for name in BANDS]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(name) for name in BANDS) and not any(name in self.errors for name in BANDS):
            self.add_error(BANDS[0], _("Count at least one person. A guess within five is fine."))
        if given.get("minutes") == OTHER and not given.get("minutes_other") and "minutes_other" not in self.errors:
            self.add_error("minutes_other", _("Enter how many minutes it took."))
        return given

    def given(self) -> Given:
        """What the actions are called with."""
        facts = self.cleaned_data
        return Given(
            happened_on=facts["happened_on"],
            district=facts["district"],
            venue=facts["venue"],
            setting=facts.get("setting") or VenueKind.OTHER,
            audience=facts["audience"],
            topic=facts["topic"],
            language=facts["language"],
            minutes=int(facts["minutes_other"] if facts["minutes"] == OTHER else facts["minutes"]),
            heads=tuple(facts.get(name) or 0 for name in BANDS),  # type: ignore[arg-type]  # five of them
            material=facts.get("material"),
            materials_left=facts.get("materials_left") or 0,
            referrals=facts.get("referrals") or 0,
            note=facts.get("note", ""),
            photo_consent=facts.get("photo_consent") or PhotoConsent.NONE,
        )


def text_of(session: OutreachSession) -> dict[str, Any]:
    """A session as the form starts from it."""
    return {
        "happened_on": session.happened_on,
        "district": session.district.code,
        "venue": session.venue,
        "setting": session.setting,
        "audience": session.audience,
        "topic": session.topic,
        "language": session.language,
        "minutes": str(session.minutes) if session.minutes in MINUTES else OTHER,
        "minutes_other": session.minutes if session.minutes not in MINUTES else None,
        **{name: getattr(session, name) or None for name in BANDS},
        "material": session.material.code if session.material is not None else None,
        "materials_left": session.materials_left or None,
        "referrals": session.referrals or None,
        "photo_consent": session.photo_consent,
        "note": session.note,
    }


def venues_of(ambassador: Ambassador, *, most: int = 40) -> list[str]:
    """What the form proposes: where this ambassador was before, then the places of the district."""
    before = list(
        dict.fromkeys(ambassador.sessions.order_by("-happened_on", "-pk").values_list("venue", flat=True)[:100])
    )
    known = [str(v) for v in Venue.objects.filter(district=ambassador.district_id, is_open=True).order_by("name")]
    return list(dict.fromkeys([*before[:12], *known]))[:most]
