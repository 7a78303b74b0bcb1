"""Which records of an import can be given back, and which stay as they are, with why. Reads only, and asks the database once for many
records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import groupby
from typing import Any, TypeVar

from django.db import models
from django.db.models import CASCADE, PROTECT, RESTRICT
from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils.translation import gettext as _

from floreo.core.audit import key
from floreo.core.keys import things_of
from floreo.imports.models import ImportedRecord, SheetImport

Stays = list[tuple[str, str]]
Thing = TypeVar("Thing")
AT_ONCE = 500
_HOLDING = (
    CASCADE,
    PROTECT,
    RESTRICT,
)  # what else a deletion does to a row that points to what is gone leaves the row there


def records_to_undo(run: SheetImport) -> tuple[list[tuple[ImportedRecord, Any]], Stays]:
    """In the order of undoing: the last written first. Of what stays, its name and a sentence."""
    undone: list[tuple[ImportedRecord, Any]] = []
    gone: set[str] = set()
    stays: Stays = []
    for _model, group in groupby(_there(run), key=lambda each: type(each[1])):
        records = list(group)
        new = [thing for record, thing in records if record.is_new and not _was_changed(record, thing)]
        needed = _needed(new, gone)
        for record, thing in records:
            if _was_changed(record, thing):
                stays.append((record.name, _("Somebody changed it after the import.")))
            elif record.is_new and record.thing in needed:
                stays.append((record.name, _("Something that was entered after the import needs it.")))
            else:
                undone.append((record, thing))
                if record.is_new:
                    gone.add(record.thing)
    return undone, stays


def _there(run: SheetImport) -> Iterator[tuple[ImportedRecord, models.Model]]:
    """Each record whose thing still exists, the last written first."""
    for some in _parted(list(run.records.order_by("-pk"))):
        things = things_of(record.thing for record in some)
        yield from ((record, things[record.thing]) for record in some if record.thing in things)


def _was_changed(record: ImportedRecord, thing: models.Model) -> bool:
    return bool(record.left_at) and getattr(thing, "version", record.left_at) != record.left_at


def _needed(things: Sequence[models.Model], gone: Set[str]) -> set[str]:
    """The keys of those, all of one kind, that something holds which is neither `gone` nor goes with them."""
    own = {key(thing) for thing in things}
    needed: set[str] = set()
    held_by: dict[str, set[str]] = defaultdict(set)  # of those that hold others among them
    for some in _parted(things):
        for row, held in _rows_that_hold(some):
            if row in own:
                held_by[row].add(held)
            elif row not in gone:
                needed.add(held)
    stays = list(needed)
    while stays:
        more = held_by.pop(stays.pop(), set()) - needed
        needed |= more
        stays += more
    return needed


def _parted(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    for at in range(0, len(things), AT_ONCE):
        yield things[at : at + AT_ONCE]


def _rows_that_hold(things: Sequence[models.Model]) -> Iterator[tuple[str, str]]:
    """The key of each row that would go with one of these, all of one kind, or keeps it from going, and the key of that one. Rows that the
    program works out again count for what hangs on them."""
    relations: Iterable[Any] = get_candidate_relations_to_delete(type(things[0])._meta)
    for relation in relations:
        field = relation.field
        if field.remote_field.on_delete not in _HOLDING:
            continue
        names = {getattr(thing, field.target_field.attname): key(thing) for thing in things}
        rows = field.model._base_manager.filter(**{f"{field.name}__in": list(names)})
        if isinstance(getattr(field.model, "not_chained", None), str) and field.remote_field.on_delete is CASCADE:
            worked_out = {key(row): row for row in rows}
            if worked_out:
                above = ((row, worked_out[held]) for row, held in _rows_that_hold(list(worked_out.values())))
                yield from ((row, names[getattr(held, field.attname)]) for row, held in above)
            continue
        for pk, value in rows.values_list("pk", field.attname):
            yield f"{field.model._meta.label_lower}:{pk}", names[value]
