"""What rows of a spreadsheet can become: each app declares its targets here (`Offers.import_targets`), and one engine (floreo/imports) reads
the file, matches columns and values, rehearses, writes and undoes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.access import Permission
from floreo.core.delimited import Wrong
from floreo.core.errors import Refused
from floreo.core.fields import label_of
from floreo.core.models import Translated, named
from floreo.core.spelling import plain
from floreo.core.wording import day_text

Some = TypeVar("Some", bound=models.Model)


class Holds(StrEnum):
    """What the cells of a column are read as."""

    TEXT = "text"
    DAY = "day"
    PERIOD = "period"  # its first and its last day
    WHOLE = "whole"
    DECIMAL = "decimal"
    FLAG = "flag"
    CHOICE = "choice"  # one of a closed list
    RECORD = "record"  # one row of the register
    RECORDS = "records"  # one or several, parted by semicolons, lines or commas


@dataclass(frozen=True)
class ImportField:
    """A field that a column may be. `words`: what columns are called beside its own name and its title, parted by |. `is_period_end`: a
    month or a year without a day is its last day."""

    name: str
    title: Promise | str
    words: str = ""
    holds: Holds = Holds.TEXT
    is_needed: bool = False
    is_period_end: bool = False


def of_model(model: type[models.Model], name: str, words: str = "", **more: Any) -> ImportField:
    """A field called as the model calls it."""
    return ImportField(name, label_of(model, name), words, **more)


@dataclass(frozen=True)
class Option:
    """One thing that a text of the file may mean. `key` is what a profile remembers: a code, never a number of this database."""

    key: str
    title: str
    value: Any
    names: tuple[str, ...] = ()


def choice_options(choices: Iterable[tuple[Any, Any]], words: Mapping[str, str] | None = None) -> list[Option]:
    """Options of a closed list. `words`: what files call each value, parted by |."""
    found = []
    for value, label in choices:
        names = [str(value), *(words or {}).get(str(value), "").split("|")]
        names += languages.words_for(label)
        found.append(Option(str(value), str(label), str(value), tuple(filter(None, names))))
    return found


@dataclass(frozen=True)
class Difference:
    """One field that would change, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Remark:
    """A sentence about a row, as it is in the program (gettext_noop), for who reads it in whatever language. `labels` are words of the program,
    too: they are translated with it."""

    sentence: str
    words: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(self.sentence) % {**self.words, **{name: _(label) for name, label in self.labels.items()}}

    def as_json(self) -> list[Any]:
        return [self.sentence, dict(self.words), dict(self.labels)]


@dataclass
class Planned:
    """A record that a row makes or changes. `before`: of one that is there, what it holds in the fields that change, by column."""

    thing: Any
    is_new: bool
    differences: list[Difference] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)


@dataclass
class ImportedRow:
    """What one row of the file becomes; the first of `things` is what the row is about. `remarks` are for who reads the result: what the
    file has and the program does not take over."""

    things: list[Planned] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    shown: list[Difference] | None = None  # what of it this row alone changes, where several rows make one record

    @property
    def is_new(self) -> bool:
        return bool(self.things) and self.things[0].is_new

    @property
    def writes(self) -> list[Planned]:
        return [each for each in self.things if each.is_new or each.differences]


@dataclass(frozen=True)
class Source:
    """Of which file rows come: its name, the day for which it is right (None: nobody gave one), and who brings it."""

    name: str
    as_of: date | None
    by: Any


class ImportRows(ABC):
    """The rows of one reading, over the register as it is now. Made again for each reading: it remembers what earlier rows of the file make."""

    fields: Sequence[ImportField] = ()
    writes: ClassVar[tuple[type[models.Model], ...]] = ()  # in the order in which rows need each other

    def __init__(self, scope: str, source: Source) -> None:
        self.scope = scope
        self.source = source

    def options(self, name: str) -> Sequence[Option]:
        """What texts of a field that is a choice or a record may mean."""
        return ()

    def can_make(self, name: str) -> bool:
        """Whether a text that nothing is called may become a new record."""
        return False

    def make(self, name: str, text: str) -> Any:
        """That record, not saved. Raises Wrong."""
        raise Wrong(_("This is not in the register."))

    @abstractmethod
    def key(self, values: Mapping[str, Any]) -> Any:
        """What distinguishes rows of a file: two with the same key are about the same record. Raises Refused, tied to a field, or Wrong."""

    @abstractmethod
    def take(self, values: Mapping[str, Any]) -> ImportedRow:
        """What a row with those values becomes; fields without a value are not in it. Raises Refused, tied to a field, or Wrong."""

    def unfinished(self) -> Mapping[Any, str]:
        """After the last row: the keys of rows that cannot be taken after all, with a sentence each."""
        return {}

    def written(self, things: Sequence[Any]) -> None:  # noqa: B027 -- most targets have nothing
        """What is worked out again after those records were written, or an import was undone."""

    def must_have(self, names: Iterable[str]) -> str:
        """A sentence about fields that the columns lack; "" where they suffice."""
        missing = [str(each.title) for each in self.fields if each.is_needed and each.name not in set(names)]
        return _("Choose the column for: %(fields)s.") % {"fields": ", ".join(missing)} if missing else ""

    def source_text(self) -> str:
        return self._source_text

    @cached_property
    def _source_text(self) -> str:
        return _("Spreadsheet: %(name)s") % {"name": self.source.name}


@dataclass(frozen=True)
class ImportTarget:
    """Something that rows can become. `scopes`: within what, with a title each ((edition code, title), ...); one without a code where there
    is nothing to choose. Whoever has `needs` may write one such row, and so may bring in many."""

    name: str
    title: Promise | str
    needs: Permission
    rows: Callable[[str, Source], ImportRows]
    scopes: Callable[[Any], Iterable[tuple[str, str]]] = lambda _viewer: (("", ""),)
    help: Promise | str = ""
    day_fields: frozenset[str] = frozenset()  # where one of these is a column, the day of the file has to be given


# --- Used by targets ----------------------------------------------------------------------------------------------


def working_copy(thing: Some) -> Some:
    """A record of the register to write onto: what a refused row wrote is seen by no other row."""
    return copy(thing)


def put(thing: models.Model, facts: Mapping[str, Any], *, is_new: bool) -> Planned:
    """Writes facts onto a record in memory, and says what that changes."""
    planned = Planned(thing, is_new)
    for name, value in facts.items():
        model_field = thing._meta.get_field(name)
        column = model_field.attname if isinstance(model_field, models.Field) else name
        held = None if model_field.is_relation and getattr(thing, column) is None else getattr(thing, name)
        if isinstance(thing, Translated) and name in thing.translatable() and not is_new:
            if plain(str(value)) in {plain(thing.in_language(name)), plain(str(held))}:
                continue  # it says the same in the reader's language
            planned.before["translations"] = thing.translations
            planned.before[column] = held
            thing.set_text(name, value)
        elif held == value:
            continue
        else:
            planned.before[column] = getattr(thing, column)
            setattr(thing, name, value)
        planned.differences.append(
            Difference(
                _label(type(thing), name, get_language()), in_words(thing, name, held), in_words(thing, name, value)
            )
        )
    if is_new:
        planned.before = {}
    return planned


@lru_cache(maxsize=2_000)
def _label(model: type[models.Model], name: str, language: str | None) -> str:
    """What the model calls the field, in that language."""
    return str(label_of(model, name))


@lru_cache(maxsize=20_000)
def _day_in(day: date, language: str | None) -> str:
    """A day as a sentence has it, in that language."""
    return day_text(day)


def in_words(thing: models.Model, name: str, value: Any) -> str:
    """A value as a page shows it."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, date):
        return _day_in(value, get_language())
    if isinstance(value, models.Model):
        return named(value)
    choices = dict(getattr(thing._meta.get_field(name), "flatchoices", ()))
    return str(choices.get(value, value))


def sound(planned: Planned) -> None:
    """The model's own rules for the fields that a row writes: lengths, addresses, choices. Raises ValidationError. References are left
    out: they were found in the register, and looking each up again would be a query a row."""
    thing = planned.thing
    fields = thing._meta.concrete_fields
    written = {
        each.name for each in fields if not each.is_relation and (planned.is_new or each.attname in planned.before)
    }
    thing.clean_fields(exclude=[each.name for each in fields if each.name not in written or _is_empty(thing, each)])


def _is_empty(thing: models.Model, each: models.Field[Any, Any]) -> bool:
    return getattr(thing, each.attname) in (None, "", {}, []) and (each.blank or each.null or each.primary_key)


def only_in(field_name: str, found: Sequence[Any], sentence: str) -> Any:
    """The one that is meant; None for none. Raises Refused where several are."""
    if len(found) > 1:
        raise Refused(sentence, code="several", fields={field_name: sentence})
    return found[0] if found else None
