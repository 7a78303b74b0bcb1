"""Changes that somebody outside the team proposes: what kinds of record can be changed so, and by which actions an approved one is
made. An app names its kinds in its `offers.py`; floreo/organisations keeps the proposals and their review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can
from floreo.core.models import named
from floreo.core.once import once_for


class What(StrEnum):
    CHANGE = "change"
    NEW = "new"
    REMOVE = "remove"


def no_problem(_organisation: Any, _record: Any, _facts: dict[str, Any]) -> Iterable[str]:
    return ()


def unchecked(_record: Any) -> None:
    """What the fields themselves take is enough."""


@dataclass(frozen=True)
class ProposalKind:
    """A kind of record whose organisation may propose changes. `fields` can be proposed, in this order, and nothing else. `rows`
    gives those records of an organisation that it may speak of.

    An approved proposal is made by `add(organisation, by=, **facts)`, `update(record, by=, **facts)` or `remove(record, by=)`: the
    actions by which the team writes them. What is None cannot be proposed. `check` raises Refused for a record, as it would be, that
    those actions refuse. `problems` are sentences about a proposal that a person
    must read one by one; a proposal without any can be approved together with others. `choices` gives, of a field that points to
    other records, those that the organisation may name: where it gives none, there are none. A field of `typed` may be named in words
    instead, where the record is not among those: whoever reviews it then chooses it, among all that `typed` gives.

    Proposals of a kind with `read_with` are known to those alone who have that permission, everywhere or for that organisation, and
    decided by those who have `decide_with`; each is read by itself, and no e-mail says what is in it."""

    name: str
    words: Promise
    model: type[models.Model]
    fields: tuple[str, ...]
    rows: Callable[[Any], models.QuerySet[Any]]
    add: Callable[..., Any] | None = None
    update: Callable[..., Any] | None = None
    remove: Callable[..., Any] | None = None
    check: Callable[[Any], object] = unchecked
    problems: Callable[[Any, Any, dict[str, Any]], Iterable[str]] = no_problem
    choices: Mapping[str, Callable[[Any], models.QuerySet[Any]]] = field(default_factory=dict)
    typed: Mapping[str, Callable[[], models.QuerySet[Any]]] = field(default_factory=dict)
    read_with: Permission | None = None
    decide_with: Permission | None = None

    def is_known_to(self, viewer: object, organisation: Any) -> bool:
        """Whether the viewer may read and make proposals of this kind for that organisation."""
        return self.read_with is None or can(viewer, self.read_with, Owned(organisation.pk))

    def is_decided_by(self, actor: object) -> bool:
        """Whether that person may decide proposals of this kind, whosever they are."""
        return self.decide_with is None or can(actor, self.decide_with, Owned(None))

    def may(self, what: str) -> bool:
        given = {What.CHANGE: self.update, What.NEW: self.add, What.REMOVE: self.remove}
        return given[What(what)] is not None

    def column(self, name: str) -> models.Field[Any, Any]:
        found: models.Field[Any, Any] = self.model._meta.get_field(name)  # type: ignore[assignment]
        return found

    def plain(self, record: models.Model) -> dict[str, Any]:
        """What the record says in the fields that can be proposed, as JSON holds it."""
        return {name: plain(getattr(record, self.column(name).attname)) for name in self.fields}

    def in_words(self, name: str, value: Any) -> str:
        """A plain value as a reader knows it: the word of a choice, the name of what it points to."""
        column = self.column(name)
        if value in (None, ""):
            return ""
        if column.is_relation and column.related_model:
            found = _record(column.related_model, value)
            return named(found) if found is not None else ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        words = dict(column.flatchoices)
        return str(words.get(value, value))

    def facts(self, given: dict[str, Any]) -> dict[str, Any]:
        """Plain values as the record's actions take them. Raises ValidationError for one that the field cannot hold."""
        found: dict[str, Any] = {}
        for name in self.fields:
            if name not in given:
                continue
            column, value = self.column(name), given[name]
            if column.is_relation and column.related_model:
                found[name] = _record(column.related_model, value) if value is not None else None
            else:
                found[name] = column.to_python(value)
        return found


@once_for
def _record(model: Any, value: Any) -> models.Model | None:
    """By its number or, as the pack of a sample country names it, by its code."""
    rows: models.QuerySet[Any] = model._default_manager.all()
    return rows.filter(**{"code" if isinstance(value, str) else "pk": value}).first()


@dataclass(frozen=True)
class Owned:
    """What belongs to one organisation, or to nobody: as a permission is asked about it."""

    organisation_id: int | None

    def owner_ids(self) -> set[int]:
        return set() if self.organisation_id is None else {self.organisation_id}


def words_name(name: str) -> str:
    """Under which name a proposal keeps the words in which a field was named."""
    return f"{name}_in_words"


def plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
