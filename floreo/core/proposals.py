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
    other records, those that the organisation may name: where it gives none, there are none."""

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
            found = column.related_model._default_manager.filter(pk=value).first()
            return str(found or "")
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
                rows = column.related_model._default_manager
                found[name] = rows.filter(pk=value).first() if value is not None else None
            else:
                found[name] = column.to_python(value)
        return found


def plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
