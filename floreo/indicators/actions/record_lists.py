"""What computed readings share when they are kept: record lists, kept once, and a reading's columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from floreo.core.access import Actor
from floreo.core.writing import touch
from floreo.indicators.measuring import Taken
from floreo.indicators.models import Reading, RecordList

COLUMNS = ("value", "numerator", "denominator", "working", "measure", "measure_version")
OF_PEOPLE = ("confirmed", "confirmed_by", "confirmed_on", "read_on", "read_in")  # who checked a value that was entered


def save_lists(takings: Iterable[Taken]) -> dict[str, RecordList]:
    """The record lists of these takings by hash, made where they are new."""
    by_sha256 = {taken.sha256: taken for taken in takings}
    known = _held(by_sha256)
    RecordList.objects.bulk_create(
        (taken.record_list() for taken in by_sha256.values()), batch_size=200, ignore_conflicts=True
    )
    found = _held(by_sha256)
    touch(row for sha256, row in found.items() if sha256 not in known)
    return found


def _held(named: Iterable[str]) -> dict[str, RecordList]:
    """The lists of those hashes that are there."""
    hashes = list(named)
    found: dict[str, RecordList] = {}
    for start in range(0, len(hashes), 500):
        for row in RecordList.objects.filter(sha256__in=hashes[start : start + 500]).defer("rows"):
            found[row.sha256] = row
    return found


def delete_unused_lists() -> None:
    """Lets go of lists that no reading points to any longer."""
    unused = RecordList.objects.filter(readings=None)
    touch(unused.defer("rows"))
    unused.delete()


def save_computed(
    reading: Reading, taken: Taken, records: RecordList, *, before: Reading | None, at: datetime, by: Actor
) -> bool:
    """Writes what was taken onto `reading`. Whether anything is other than it was; when not, who and when stay too.
    `before` is the reading of the period before: counted by another measure or version, the two do not compare."""
    changed = reading.records_id != records.pk or any(getattr(reading, n) != taken.fields[n] for n in COLUMNS)
    if changed:
        for name in COLUMNS:
            setattr(reading, name, taken.fields[name])
        reading.records = records
        reading.not_comparable = before is not None and (before.measure, before.measure_version) != (
            reading.measure,
            reading.measure_version,
        )
        reading.taken_at, reading.taken_by = at, by.actor_name
        reading.mark_computed()
    return changed
