"""The base of every app's pack shapes: how a row of a file becomes an object."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar

from django.db import models
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from floreo.core.language_codes import SOURCE, split
from floreo.core.models import Translated


def _day(value: object) -> object:
    if isinstance(value, datetime):
        raise ValueError("must be a date without a time, like 2026-03-31")  # noqa: TRY004 -- pydantic catches ValueError
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"“{value}” is not a date like 2026-03-31") from None


def _decimal(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _real(value: object) -> object:
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _moment(value: object) -> object:
    """A cell of a CSV file holds text, TOML a moment."""
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"“{value}” is not a moment like 2026-03-31T09:00:00-06:00") from None


def _with_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must say its zone, like 2026-03-31T09:00:00-06:00")
    return value


def _whole(value: object) -> object:
    """A cell of a CSV file holds text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _truth(value: object) -> object:
    """yes and no, as a cell of a CSV file says it."""
    return {"yes": True, "no": False}.get(value, value) if isinstance(value, str) else value


def one_of(choices: type[models.TextChoices], *, without: Collection[str] = ()) -> AfterValidator:
    """A value of a closed set, with a sentence that lists the set."""
    values = [value for value in choices.values if value not in without]

    def check(value: str) -> str:
        if value not in values:
            raise ValueError(f"“{value}” is not one of: {', '.join(values)}")
        return value

    return AfterValidator(check)


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_with_zone)]
Truth = Annotated[bool, BeforeValidator(_truth)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[Decimal, BeforeValidator(_decimal)]
Real = Annotated[float, BeforeValidator(_real)]


@dataclass(frozen=True)
class Setting:
    """Where a row is from: who says it, in which edition, under which row, in which place."""

    reported_by: str = ""  # the pack's title
    reported_on: date = date.min  # when the pack's figures were retrieved
    is_sample: bool = False
    file: str = ""
    edition: str = ""  # code of the edition whose folder this is
    holder: str = ""  # key of the row that holds this one
    path: str = ""  # that row's name, for sentences
    number: int = 1
    occurrence: int = 0  # how many rows of the same natural key came before
    measure: str = ""  # of the indicator that holds this reading
    marking: str = ""  # TLP of the advisory that holds this version
    checked: tuple[str, date] | None = None  # who checked the rows of a sample country, and when
    provenance: Mapping[str, Any] = field(default_factory=dict)  # source of the row that holds this one


@dataclass(frozen=True)
class PackEntry:
    """One row of a pack, ready to become one object: plain fields, and references to other rows by their keys."""

    word: str  # "organisation"
    key: str  # unique among rows of its word
    name: str  # for sentences: organisation “police”
    file: str
    makes: type[models.Model]
    fields: Mapping[str, Any]
    refs: Mapping[str, str]  # foreign key -> key of the row meant; "" for none
    many: Mapping[str, tuple[str, ...]]
    lookup: tuple[str, ...]  # fields that find the same thing when people made it first
    # Fields that keep the key of any other row (core/keys.py), named as "milestone:2026-2030/2.1.1/signed"; "" for none.
    keys: Mapping[str, str] = field(default_factory=dict)


def spoken_in(row: PackEntry, languages: Sequence[str]) -> PackEntry:
    """A row that ships with the product, as a country keeps it: its translations into the country's languages only, and in its first
    language where there is such a text, with the English beside it. A text without one stays English."""
    texts = row.fields.get("translations", {})
    first = languages[0]
    own = texts.get(first, {}) if first != SOURCE else {}
    kept = {code: text for code, text in texts.items() if code in languages and code != first}
    if first != SOURCE and issubclass(
        row.makes, Translated
    ):  # also beside a text that stays English: it says in which language that is
        kept[SOURCE] = {name: row.fields[name] for name in row.makes.translatable() if row.fields.get(name)}
    return row if kept == texts else replace(row, fields={**row.fields, **own, "translations": kept})


@cache
def plain_fields(model: type[models.Model]) -> frozenset[str]:
    return frozenset(f.name for f in model._meta.concrete_fields if not f.is_relation)


@cache
def reference_fields(model: type[models.Model]) -> Mapping[str, type[models.Model]]:
    """Foreign keys of a model, and what they point to."""
    return {
        f.name: f.related_model
        for f in model._meta.concrete_fields
        if f.is_relation and isinstance(f.related_model, type)
    }


class Strict(BaseModel):
    """The base of all that a pack file may say. What it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, str_strip_whitespace=True)


class Shape(Strict):
    """The base of every row of a pack file that becomes an object."""

    word: ClassVar[str]
    makes: ClassVar[type[models.Model]]
    lookup: ClassVar[tuple[str, ...]] = ()
    owner: ClassVar[str] = ""  # the foreign key to the row that holds it
    nested: ClassVar[tuple[str, ...]] = ()  # fields that hold rows of their own
    scoped: ClassVar[frozenset[str]] = frozenset()  # references to codes of the same edition
    manifold: ClassVar[tuple[str, ...]] = ()  # many-to-many references
    keyed: ClassVar[tuple[str, ...]] = ()  # fields that name any other row: "action:2026-2030/2.1.1"
    repeats: ClassVar[bool] = False  # the same natural key may come twice (two updates on one day)

    def identity(self) -> str:
        """What distinguishes it from its siblings: its code, unless the shape says otherwise."""
        return str(getattr(self, "code", ""))

    def key(self, setting: Setting) -> str:
        return f"{setting.holder}/{self.identity()}" if setting.holder else self.identity()

    def fields(self, setting: Setting) -> dict[str, Any]:
        plain = plain_fields(self.makes) - set(self.keyed)
        own = {name: getattr(self, name) for name in type(self).model_fields if name in plain}
        if "position" in own and own["position"] is None:
            own["position"] = setting.number
        return own

    def edition_of(self, setting: Setting) -> str:
        return setting.edition

    def meant(self, name: str, code: str, setting: Setting) -> str:
        """The key of the row that a reference means."""
        return f"{self.edition_of(setting)}/{code}" if code and name in self.scoped else code

    def refs(self, setting: Setting) -> dict[str, str]:
        named = {n: getattr(self, n) for n in reference_fields(self.makes) if n in type(self).model_fields}
        found = {name: self.meant(name, code, setting) for name, code in named.items()}
        return found | ({self.owner: setting.holder} if self.owner else {})

    def many(self, setting: Setting) -> dict[str, tuple[str, ...]]:
        return {n: tuple(sorted(self.meant(n, code, setting) for code in getattr(self, n))) for n in self.manifold}

    def called(self, setting: Setting) -> str:
        own = f"{self.word.replace('_', ' ')} “{self.identity()}”"
        return f"{setting.path}, {own}" if setting.path else own

    def row(self, setting: Setting) -> PackEntry:
        return PackEntry(
            word=self.word,
            key=self.key(setting),
            name=self.called(setting),
            file=setting.file,
            makes=self.makes,
            fields=self.fields(setting),
            refs=self.refs(setting),
            many=self.many(setting),
            lookup=self.lookup,
            keys={name: getattr(self, name) for name in self.keyed},
        )

    def rows(self, setting: Setting) -> Iterator[PackEntry]:
        """Itself and the rows it holds."""
        row = self.row(setting)
        yield row
        for child, inner in self.children(replace(setting, holder=row.key, path=row.name)):
            yield from child.rows(replace(inner, provenance=provenance_in(row.fields)))

    def children(self, inner: Setting) -> Iterator[tuple[Shape, Setting]]:
        for name in self.nested:
            for number, child in enumerate(getattr(self, name), 1):
                yield child, replace(inner, number=number)


PROVENANCE = ("source", "source_url", "read_on", "read_in", "confirmed", "confirmed_by", "confirmed_on", "doubt")


def provenance_in(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of its source, with the translations of its doubt."""
    found = {n: fields[n] for n in PROVENANCE if n in fields}
    texts = {code: {"doubt": each["doubt"]} for code, each in fields.get("translations", {}).items() if "doubt" in each}
    return found | {"translations": texts} if texts else found


class SourcedShape(Shape):
    """A row that says where it came from. One held by another row and silent on its source has that of that row.

    `read`: on which day those who made the pack read it in its source, `copy` in which copy and how far. `confirmed` is for
    sample countries alone, whose pack.toml names the person who checked: in a real one a person of the installation checks."""

    model_config = ConfigDict(populate_by_name=True, protected_namespaces=())

    source: str = ""
    source_url: str = ""
    read: Day | None = None
    read_in: str = Field("", alias="copy")
    confirmed: bool = False
    doubt: str = ""

    def fields(self, setting: Setting) -> dict[str, Any]:
        silent = not (self.source or self.source_url or self.read or self.confirmed or self.doubt)
        if silent:
            own, stated = super().fields(setting), dict(setting.provenance)
            doubts = stated.pop("translations", {})
            if doubts and "translations" in own:
                codes = [*own["translations"], *(code for code in doubts if code not in own["translations"])]
                own["translations"] = {c: {**own["translations"].get(c, {}), **doubts.get(c, {})} for c in codes}
            return own | stated
        who, when = setting.checked if self.confirmed and setting.checked else ("", None)
        return super().fields(setting) | {"read_on": self.read, "confirmed_by": who, "confirmed_on": when}


class TranslatedShape(Shape):
    """A row with other languages beside its own, as inline tables: es = { title = "..." }."""

    translations: dict[str, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        rest, languages = split(data, cls.model_fields)
        return {**rest, "translations": languages} if languages else rest


class PartShape(Strict):
    """A part of a row that stays plain data, with other languages beside its own: es = { title = "..." }. `plain()` is what is kept:
    its fields, and a table for each language that says something."""

    translations: dict[str, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        rest, languages = split(data, cls.model_fields)
        return {**rest, "translations": languages} if languages else rest

    def plain(self) -> dict[str, Any]:
        return self.model_dump(exclude={"translations"}) | {
            code: texts for code, texts in self.translations.items() if texts
        }
