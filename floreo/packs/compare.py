"""The difference between a pack and the database, row by row. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from floreo.core.keys import key as key_of
from floreo.core.pack import PackEntry, reference_fields
from floreo.packs.models import PackRow
from floreo.packs.reading import Pack


class State(StrEnum):
    """How a row of the pack compares with the database."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    CHANGED_HERE = "changed here"  # in the workspace, since it was loaded: left alone
    REMOVED_HERE = "removed here"  # in the workspace: not made again
    FROZEN = "frozen"  # a frozen reading never changes: the pack adds a correction instead


LEFT_ALONE = (State.CHANGED_HERE, State.REMOVED_HERE, State.FROZEN)


@dataclass(frozen=True)
class RowDifference:
    """One row of the pack beside the object it is, with the values that differ: field -> (here, in the pack)."""

    row: PackEntry
    state: State
    values: Mapping[str, Any]  # what the pack says, as plain JSON
    thing: models.Model | None
    memory: PackRow | None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def is_news(self) -> bool:
        """Whether loading would write: an object, or what is remembered of it."""
        if self.state in (State.ADDED, State.CHANGED):
            return True
        return self.state is State.SAME and (self.memory is None or self.memory.values != self.values)


@dataclass(frozen=True)
class Difference:
    """All that loading the pack would do, and what it would leave alone."""

    pack: Pack
    rows: tuple[RowDifference, ...]
    gone: tuple[PackRow, ...]  # loaded earlier and no longer in the pack: they stay, and people decide

    def of(self, *states: State) -> list[RowDifference]:
        return [row for row in self.rows if row.state in states]

    @property
    def is_empty(self) -> bool:
        """Whether loading would write nothing."""
        return not any(row.is_news for row in self.rows)

    def counts(self) -> dict[str, Counter[str]]:
        """How many rows of each kind have which state: {"organisation": {"added": 31}}."""
        counts: dict[str, Counter[str]] = {}
        for row in self.rows:
            counts.setdefault(row.row.word, Counter())[row.state.value] += 1
        for gone in self.gone:
            counts.setdefault(gone.word, Counter())["no longer in the pack"] += 1
        return counts

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The difference for a person to read."""
        yield f"Pack {self.pack.code} {self.pack.version}: {self.pack.title}"
        for word, counts in self.counts().items():
            yield f"  {word.replace('_', ' ')}: " + ", ".join(f"{n} {state}" for state, n in sorted(counts.items()))
        for row in self.of(State.CHANGED, *LEFT_ALONE):
            yield f"{row.state}: {row.row.name} ({row.row.file})"
            for name, (here, there) in row.changes.items():
                yield f"    {name}: here {_short(here)}, in the pack {_short(there)}"
        for gone in self.gone:
            yield f"no longer in the pack, kept here: {gone.word.replace('_', ' ')} “{gone.key}”"
        if self.is_empty:
            yield "Nothing to do."


def _short(value: Any) -> str:
    text = repr(value) if value not in ("", None) else "nothing"
    return text if len(text) <= 90 else text[:60] + "…" + text[-25:]


def plain(value: Any) -> Any:
    """A value as JSON keeps it, so that file, memory and database compare alike."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, str | UUID) else value


def values_of(row: PackEntry) -> dict[str, Any]:
    """All that a row of the pack says, references as keys."""
    return {**plain(dict(row.fields)), **row.refs, **row.keys, **{name: list(keys) for name, keys in row.many.items()}}


class ExistingRows:
    """What the database holds for the pack: objects by row, and keys by object. Reads each table once."""

    def __init__(self, pack: Pack) -> None:
        self.memory = {(m.word, m.key): m for m in PackRow.objects.filter(pack__code=pack.code)}
        self.things: dict[tuple[type[models.Model], str], models.Model] = {}
        self.keys: dict[tuple[type[models.Model], int], str] = {}
        self._makes = {row.word: row.makes for row in pack.rows}
        self._words = {row.makes: row.word for row in pack.rows}
        self._tables: dict[type[models.Model], dict[int, models.Model]] = {}
        self._natural: dict[type[models.Model], dict[tuple[Any, ...], models.Model]] = {}
        self._many: dict[tuple[type[models.Model], str], dict[int, list[int]]] = {}
        for row in pack.rows:
            thing = self._find(row)
            if thing is not None:
                self.put(row, thing)

    def put(self, row: PackEntry, thing: models.Model) -> None:
        self.things[row.makes, row.key] = thing
        self.keys[row.makes, thing.pk] = row.key

    def thing(self, row: PackEntry) -> models.Model | None:
        return self.things.get((row.makes, row.key))

    def meant(self, makes: type[models.Model], name: str, key: str) -> models.Model | None:
        """The object that the reference `name` of a `makes` means by `key`."""
        return self.things.get((reference_fields(makes)[name], key))

    def row_named(self, text: str) -> tuple[type[models.Model] | None, str]:
        """The kind and the key of the row that "milestone:2026-2030/2.1.1/signed" names."""
        word, _colon, key = text.partition(":")
        return self._makes.get(word), key

    def key_meant(self, text: str) -> str:
        """The key of the thing that the pack names; "" while there is none."""
        makes, key = self.row_named(text)
        thing = self.things.get((makes, key)) if makes else None
        return key_of(thing)

    def named(self, key: str) -> str:
        """As the pack names what that key means; the key itself where the pack does not know it."""
        label, _colon, number = key.partition(":")
        model = apps.get_model(label) if number.isdecimal() else None
        own = self.keys.get((model, int(number))) if model else None
        return f"{self._words[model]}:{own}" if model and own else key

    def _table(self, model: type[models.Model]) -> dict[int, models.Model]:
        if model not in self._tables:
            self._tables[model] = {thing.pk: thing for thing in model._default_manager.all()}
        return self._tables[model]

    def _find(self, row: PackEntry) -> models.Model | None:
        memory = self.memory.get((row.word, row.key))
        thing = self._table(row.makes).get(memory.object_id) if memory else None
        return thing or self._by_nature(row)

    def _by_nature(self, row: PackEntry) -> models.Model | None:
        """The same thing made by people: same code, same edition."""
        if not row.lookup:
            return None
        names = [f"{name}_id" if name in row.refs else name for name in row.lookup]
        if row.makes not in self._natural:
            things = self._table(row.makes).values()
            self._natural[row.makes] = {tuple(getattr(t, n) for n in names): t for t in things}
        wanted: list[Any] = []
        for name in row.lookup:
            if name in row.refs:
                target = self.meant(row.makes, name, row.refs[name])
                if target is None and row.refs[name]:
                    return None
                wanted.append(target.pk if target else None)
            elif name in row.keys:
                wanted.append(self.key_meant(row.keys[name]))
            else:
                wanted.append(row.fields[name])
        return self._natural[row.makes].get(tuple(wanted))

    def now(self, row: PackEntry, thing: models.Model) -> dict[str, Any]:
        """What the object says now, in the fields that the row has."""
        text = {name: plain(getattr(thing, name)) for name in row.fields}
        for name in row.refs:
            target, pk = reference_fields(row.makes)[name], getattr(thing, f"{name}_id")
            text[name] = "" if pk is None else self.keys.get((target, pk), f"#{pk}")
        for name in row.keys:
            text[name] = self.named(getattr(thing, name))
        for name in row.many:
            many = row.makes._meta.get_field(name).related_model
            assert isinstance(many, type)  # our own models name each other by class
            pks = self._linked(row.makes, name).get(thing.pk, [])
            text[name] = sorted(self.keys.get((many, pk), f"#{pk}") for pk in pks)
        return text

    def _linked(self, model: type[models.Model], name: str) -> dict[int, list[int]]:
        if (model, name) not in self._many:
            links: dict[int, list[int]] = {}
            for pk, other in model._default_manager.exclude(**{name: None}).values_list("pk", name):
                links.setdefault(pk, []).append(other)
            self._many[model, name] = links
        return self._many[model, name]


def compare(pack: Pack) -> tuple[Difference, ExistingRows]:
    """The difference, and the objects it was found against."""
    shelf = ExistingRows(pack)
    known = {(row.word, row.key) for row in pack.rows}
    gone = tuple(memory for (word, key), memory in shelf.memory.items() if (word, key) not in known)
    lost: set[tuple[type[models.Model], str]] = set()
    rows = []
    for row in pack.rows:
        found = _row_difference(row, shelf, lost)
        if found.state is State.REMOVED_HERE:
            lost.add((row.makes, row.key))
        rows.append(found)
    return Difference(pack, tuple(rows), gone), shelf


def _row_difference(row: PackEntry, shelf: ExistingRows, lost: set[tuple[type[models.Model], str]]) -> RowDifference:
    memory, thing, values = shelf.memory.get((row.word, row.key)), shelf.thing(row), values_of(row)
    if thing is None:
        needs_lost = any(
            (target, row.refs.get(name, "")) in lost for name, target in reference_fields(row.makes).items()
        ) or any(
            shelf.row_named(text) in lost
            for name, text in row.keys.items()
            if not getattr(row.makes._meta.get_field(name), "blank", True)
        )
        state = State.REMOVED_HERE if memory or needs_lost else State.ADDED
        return RowDifference(row, state, values, None, memory)
    now = shelf.now(row, thing)
    changes = {name: (now[name], sentence) for name, sentence in values.items() if now[name] != sentence}
    if not changes:
        return RowDifference(row, State.SAME, values, thing, memory)
    if getattr(thing, "frozen_at", None):
        return RowDifference(row, State.FROZEN, values, thing, memory, changes)
    touched = memory is None or any(now.get(name, sentence) != sentence for name, sentence in memory.values.items())
    return RowDifference(row, State.CHANGED_HERE if touched else State.CHANGED, values, thing, memory, changes)
