"""Once a day: all reports of a day become one file, sorted by organisation and time; days that are old enough go."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from floreo.feeds.engine.events import COLUMNS, EXTRA
from floreo.feeds.engine.store.duck import Source, connected, literal, quoted
from floreo.feeds.engine.store.files import REPORTS, SUMMARY, Place, Store
from floreo.feeds.engine.store.locks import held

_TREES = ("landing", "repeats", "rejects", "findings", "days", "summaries", "locks")


def compact(store: Store, day: date, *, memory: str = "1GB", threads: int = 0) -> int:
    """How many reports went into the day's file. Cut off anywhere, the day reads the same as before or after: the new
    file takes its place in one step and names what is in it, and only then do the landing files go."""
    name = f"{day.isoformat()}/compact"
    with held(store, name):
        inside = store.compacted(day)
        landed = store.landed(day)
        new = [place for place in landed if place.events not in inside]
        if new:
            with store.workshop(name) as folder:
                _write(store, day, new, inside, folder / "events.parquet", memory=memory, threads=threads)
                for place in new:
                    _store_summary(store, place, folder)
                store.put(folder / "events.parquet", store.day_file(day))
        for place in landed:
            store.remove(place.events)
            store.remove(place.repeats)
        return len(new)


def retain(store: Store, oldest: date) -> list[date]:
    """Everything of days before `oldest` goes; which days those were."""
    gone = set()
    for tree in _TREES:
        for path in store.listed(tree, deep=False):
            text = path.rpartition("/")[2].removeprefix("day=")
            if len(text) == 10 and text < oldest.isoformat():
                store.remove_folder(path)
                gone.add(date.fromisoformat(text))
    return sorted(gone)


def _write(
    store: Store, day: date, new: list[Place], inside: frozenset[str], out: Path, *, memory: str, threads: int
) -> None:
    with connected(store, threads=threads, memory=memory, workshop=out.parent) as connection:
        source = Source(connection, store)
        parts = [source.compacted([day], whole=True)] if inside else []
        parts += source.landed(new)
        columns = ", ".join(map(quoted, [*COLUMNS, EXTRA]))
        reports = json.dumps(sorted({*inside, *(p.events for p in new)}))
        connection.execute(
            f"COPY (SELECT {columns} FROM ({' UNION ALL BY NAME '.join(parts)}) "
            'ORDER BY organisation NULLS LAST, "time.source", report, line) '
            f"TO {literal(str(out))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880, "
            f"KV_METADATA {{{literal(REPORTS.decode())}: {literal(reports)}}})"
        )


def _store_summary(store: Store, place: Place, folder: Path) -> None:
    footer = pq.read_metadata(store.path(place.events), filesystem=store.files).metadata or {}
    part = folder / f"{place.sha256}.json"
    part.write_bytes(footer[SUMMARY])
    store.put(part, place.summary)
