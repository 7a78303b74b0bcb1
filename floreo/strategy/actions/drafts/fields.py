"""What each kind of row may say besides its title, and how a person's words for it are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from floreo.core.errors import Refused, Sentence
from floreo.strategy.drafting.rows import Kind
from floreo.strategy.models import DraftRow, EditionPart
from floreo.strategy.presenters.drafts import PARTS

Value = str | int | None


@dataclass(frozen=True)
class Field:
    """One thing a row says: its name in the row, its words, how it is typed, and how what was typed becomes a value."""

    name: str
    title: Promise
    sort: str  # text, date, year, number, part, url
    read: Callable[[str], Value]
    brief: Promise | None = None

    @property
    def short(self) -> Promise:
        """Its words where there is little room."""
        return self.brief or self.title


def _text(given: str) -> Value:
    return given[:2000]


def _date(given: str) -> Value:
    if not given:
        return None
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise ValueError(_("Enter the date as year-month-day, for example 2027-06-30.")) from error


def _year(given: str) -> Value:
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) == 4 and given[0] in "12"):
        raise ValueError(_("Enter the year with four digits, for example 2027."))
    return given


def _number(given: str) -> Value:
    try:
        number = Decimal(given.replace(" ", ""))
    except InvalidOperation as error:
        raise ValueError(_("Enter a number in digits, for example 30 or 2.5.")) from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValueError(_("This number is too large."))
    return int(number) if number == number.to_integral_value() else str(number.quantize(Decimal("0.01")))


def _part(given: str) -> Value:
    if given not in EditionPart.values:
        raise ValueError(_("Choose its role."))
    return given


def _url(given: str) -> Value:
    if not given:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(given)
    except ValidationError as error:
        raise ValueError(_("Enter the whole address, beginning with https://.")) from error
    return given


def _code(given: str) -> Value:
    if len(given) > 30 or "/" in given or any(c.isspace() for c in given):
        raise ValueError(_("A code has no spaces or slashes and at most 30 characters, for example 2.1."))
    return given


_CODE = Field("code", gettext_lazy("Number in the text"), "text", _code)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    Kind.EDITION: (
        Field("period_start", gettext_lazy("From year"), "year", _year),
        Field("period_end", gettext_lazy("To year"), "year", _year),
        Field("launched_on", gettext_lazy("Launched on"), "date", _date),
    ),
    Kind.OBJECTIVE_OVERALL: (),
    Kind.PILLAR: (_CODE,),
    Kind.OBJECTIVE: (_CODE,),
    Kind.SUB_OBJECTIVE: (_CODE,),
    Kind.ACTION: (
        _CODE,
        Field("lead", gettext_lazy("Led by (several: with semicolons)"), "text", _text, gettext_lazy("Lead")),
        Field("supporting", gettext_lazy("Supported by"), "text", _text, gettext_lazy("With")),
        Field("starts", gettext_lazy("Starts"), "date", _date),
        Field("due", gettext_lazy("Due"), "date", _date),
    ),
    Kind.BODY: (Field("part", gettext_lazy("Its role"), "part", _part),),
    Kind.MEASURE: (Field("when", gettext_lazy("When"), "date", _date),),
    Kind.TARGET: (
        Field("number", gettext_lazy("Number"), "number", _number),
        Field("unit", gettext_lazy("Unit"), "text", lambda given: given[:80]),
        Field("by", gettext_lazy("By"), "date", _date),
    ),
    Kind.FUNDER: (
        Field("purpose", gettext_lazy("Purpose of the money"), "text", lambda given: given[:300], gettext_lazy("For")),
    ),
    Kind.OUTLET: (Field("url", gettext_lazy("Address"), "url", _url),),
}
# Which field of a row repeats its title, and so follows it when a person changes the title.
TITLE_FIELDS = ("title", "name", "text")


def shown_value(row: DraftRow, name: str) -> Value:
    """The value as a form shows it: an edition's part in our words where the text used others."""
    value: Value = row.fields.get(name)
    if name == "part" and value in PARTS:
        return PARTS[str(value)]
    return value


def typed(kind: str, title: str, given: Mapping[str, str]) -> tuple[str, dict[str, Value]]:
    """A person's words as title and fields. Raises Refused with a sentence for each field that cannot be taken."""
    wrong: dict[str, Sentence] = {}
    values: dict[str, Value] = {}
    settings = " ".join(title.split())
    if not settings or len(settings) > 300:
        wrong["title"] = _("Enter a title of at most 300 characters.")
    for field in FIELDS.get(kind, ()):
        try:
            values[field.name] = field.read(given.get(field.name, "").strip())
        except ValueError as error:
            wrong[field.name] = str(error)
    _check_order(values, wrong)
    if wrong:
        raise Refused(_("Some entries cannot be accepted yet."), code="bad_fields", fields=wrong)
    return settings, values


def _check_order(values: Mapping[str, Value], wrong: dict[str, Sentence]) -> None:
    for first, last in (("starts", "due"), ("period_start", "period_end")):
        a, b = values.get(first), values.get(last)
        if a and b and str(a) > str(b):
            wrong[last] = _("The end is before the start. Change one of the two.")


def must_be_sound(row: DraftRow) -> None:
    """What the rules drafted passes the same checks as what a person types, before it is accepted."""
    given = {f.name: "" if (v := shown_value(row, f.name)) is None else str(v) for f in FIELDS.get(row.kind, ())}
    try:
        typed(row.kind, row.title[:300], given)
    except Refused as refusal:
        reasons = " ".join(str(s) for s in refusal.fields.values())
        raise Refused(
            _("Row %(number)d needs a decision first: %(why)s Use Edit.") % {"number": row.number, "why": reasons},
            code="needs_edit",
            fields=refusal.fields,
        ) from refusal
