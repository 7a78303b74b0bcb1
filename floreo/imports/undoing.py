"""Which records of an import can be given back, and which stay as they are, with why. Reads only."""

from __future__ import annotations

from typing import Any

from django.db import models, router
from django.db.models import ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from floreo.core.audit import key
from floreo.core.keys import things_of
from floreo.imports.models import ImportedRecord, SheetImport

Stays = list[tuple[str, str]]


def records_to_undo(run: SheetImport) -> tuple[list[tuple[ImportedRecord, Any]], Stays]:
    """In the order of undoing: the last written first. Of what stays, its name and a sentence."""
    records = list(run.records.order_by("-pk"))
    things = things_of(record.thing for record in records)
    undone: list[tuple[ImportedRecord, Any]] = []
    gone: set[str] = set()
    stays: Stays = []
    for record in records:
        thing = things.get(record.thing)
        if thing is None:
            continue
        if sentence := _why_it_stays(record, thing, gone):
            stays.append((record.name, sentence))
        else:
            undone.append((record, thing))
            if record.is_new:
                gone.add(record.thing)
    return undone, stays


def _why_it_stays(record: ImportedRecord, thing: models.Model, gone: set[str]) -> str:
    if record.left_at and getattr(thing, "version", record.left_at) != record.left_at:
        return _("Somebody changed it after the import.")
    if not record.is_new:
        return ""
    return "" if _goes_alone(thing, gone) else _("Something that was entered after the import needs it.")


def _goes_alone(thing: models.Model, gone: set[str]) -> bool:
    """Whether nothing goes with it, or keeps it, but what the import itself made."""
    collector = Collector(using=router.db_for_write(type(thing), instance=thing), origin=thing)
    try:
        collector.collect([thing])
    except (ProtectedError, RestrictedError) as error:
        held = getattr(error, "protected_objects", None) or getattr(error, "restricted_objects", None) or ()
        return all(key(each) in gone for each in held)
    with_it = [row for rows in [*collector.data.values(), *collector.fast_deletes] for row in rows]
    return all(row == thing or key(row) in gone or _is_worked_out(row) for row in with_it)


def _is_worked_out(row: models.Model) -> bool:
    return isinstance(getattr(row, "not_chained", None), str)
