"""Fields that a country adds to its actions: declared by its pack, public or internal, each of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from floreo.core.models import text_in
from floreo.core.wording import colon, day_text, number_figures
from floreo.organisations.models import Place
from floreo.organisations.queries import the_country

LONGEST = 2000  # characters of a text
LARGEST = Decimal(10) ** 12


class FieldKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    PLACE = "place"


@dataclass(frozen=True)
class OwnField:
    """One field as the pack declares it, in the reader's language. `choices` are codes with their words. `names` are its label, and by code
    those of its choices, in each language of the pack: what columns and cells of files are called."""

    code: str
    label: str
    help: str
    kind: FieldKind
    is_public: bool
    choices: Mapping[str, str]
    names: tuple[str, ...] = ()
    names_of_choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def store(self) -> str:
        """The column of an action that holds it."""
        return "own" if self.is_public else "own_internal"


def own_fields() -> list[OwnField]:
    """Those of the country, in the order of its pack."""
    country = the_country()
    return [field_of(each) for each in (country.action_fields if country else [])]


def field_of(declared: Mapping[str, Any]) -> OwnField:
    texts = declared.get("translations", {})
    choices = {
        each["code"]: text_in(each.get("translations", {}), "label", each["label"]) for each in declared["choices"]
    }
    label, note = text_in(texts, "label", declared["label"]), text_in(texts, "help", declared["help"])
    kind, is_public = FieldKind(declared["kind"]), declared["is_public"]
    of_choices = {each["code"]: _in_each_language(each) for each in declared["choices"]}
    return OwnField(declared["code"], label, note, kind, is_public, choices, _in_each_language(declared), of_choices)


def _in_each_language(declared: Mapping[str, Any]) -> tuple[str, ...]:
    given = (texts.get("label", "") for texts in declared.get("translations", {}).values())
    return tuple(dict.fromkeys(filter(None, (declared["label"], *given))))


def kept(field: OwnField, value: object) -> str:
    """A value as it is kept: a number in figures, a day as 2026-12-31, a choice or a place by its code; "" for nothing. Raises ValueError
    with a sentence for what the field cannot hold."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    readers = {FieldKind.NUMBER: _number, FieldKind.DATE: _day, FieldKind.CHOICE: _choice, FieldKind.PLACE: _place}
    return readers.get(field.kind, _text)(field, value)


def _text(field: OwnField, value: object) -> str:
    text = str(value).strip()
    if len(text) > LONGEST:
        raise ValueError(
            _("“%(field)s” is too long. It can have %(most)d characters.") % {"field": field.label, "most": LONGEST}
        )
    return text


def _number(field: OwnField, value: object) -> str:
    try:
        number = Decimal(str(value).strip()) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= LARGEST:
        raise ValueError(_("“%(value)s” is not a number.") % {"value": str(value)[:40]})
    return f"{number.normalize():f}"


def _day(field: OwnField, value: object) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value).strip())).isoformat()[:10]
    except ValueError:
        sentence = _("“%(value)s” is not a valid date. Write it as 2026-12-31.") % {"value": str(value)[:40]}
        raise ValueError(sentence) from None


def _choice(field: OwnField, value: object) -> str:
    text = str(value).strip()
    if text not in field.choices:
        words = {"value": text[:40], "known": ", ".join(field.choices)}
        raise ValueError(_("“%(value)s” is not one of: %(known)s.") % words)
    return text


def _place(field: OwnField, value: object) -> str:
    text = str(value).strip()
    if not Place.objects.filter(code=text).exists():
        raise ValueError(_("The register has no place with the code “%(code)s”.") % {"code": text[:40]})
    return text


@dataclass(frozen=True)
class Shown:
    """A field of an action in words."""

    label: str
    text: str
    is_public: bool


def shown(act: Any, *, internal: bool) -> list[Shown]:
    """The fields of an action that say something, in words; those that are internal only where `internal`."""
    fields = [field for field in own_fields() if (field.is_public or internal) and value_of(act, field)]
    places = _names_of_places(value_of(act, field) for field in fields if field.kind is FieldKind.PLACE)
    return [Shown(field.label, in_words(field, value_of(act, field), places), field.is_public) for field in fields]


def value_of(act: Any, field: OwnField) -> str:
    return str(getattr(act, field.store).get(field.code, ""))


def _names_of_places(codes: Iterable[str]) -> dict[str, str]:
    wanted = set(codes)
    return {p.code: p.in_language("name") for p in Place.objects.filter(code__in=wanted)} if wanted else {}


def in_words(field: OwnField, value: str, places: Mapping[str, str]) -> str:
    """A value as a page shows it; `places` has the names of places by their codes."""
    if field.kind is FieldKind.NUMBER:
        return number_figures(float(value)) if "." in value else number_figures(int(value))
    if field.kind is FieldKind.DATE:
        return day_text(date.fromisoformat(value))
    if field.kind is FieldKind.CHOICE:
        return field.choices.get(value, value)
    return places.get(value, value) if field.kind is FieldKind.PLACE else value


def own_cells(values: Mapping[str, str]) -> list[str]:
    """Values for a cell of a table: "beneficiaries=120"."""
    return [f"{code}={value}" for code, value in sorted(values.items())]


def own_text(values: Mapping[str, str]) -> str:
    """Values in words, for a history: what the pack does not declare any more is under its code."""
    known = {field.code: field for field in own_fields()}
    parts = []
    for code, value in values.items():
        field = known.get(code)
        words = in_words(field, value, {}) if field else value
        parts.append(f"{field.label if field else code}{colon()} {words}")
    return "; ".join(parts)


def put(act: Any, values: Mapping[str, object]) -> None:
    """Puts values of own fields, by their codes, on an action. Raises ValueError for a field that the pack does not declare, or a value
    that it cannot hold."""
    known = {field.code: field for field in own_fields()}
    public, internal = dict(act.own), dict(act.own_internal)
    for code, value in values.items():
        field = known.get(code)
        if field is None:
            raise ValueError(_("This country has no field “%(code)s”.") % {"code": code})
        store = public if field.is_public else internal
        store.pop(code, None)
        if text := kept(field, value):
            store[code] = text
    act.own, act.own_internal = public, internal
