"""What a report comes to, written block by block beside its place; it takes its place in one step, events last."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from floreo.feeds.engine.aggregate import Findings
from floreo.feeds.engine.deduplicate import Sightings
from floreo.feeds.engine.events import COLUMNS, EXTRA, REJECT_SCHEMA, event_schema
from floreo.feeds.engine.store.files import SUMMARY, Place, Store, summary_text
from floreo.feeds.engine.task import Summary

_REPEAT_SCHEMA = pa.schema([("report", pa.string()), ("key", pa.uint64()), ("more", pa.uint32())])
_BOUNDS = ["time.source", "ip_hi", "ip_lo", "organisation", "report"]  # what whole row groups are passed over by
_GROUP = 100_000  # rows
_FEW_DROPPED = 100_000  # rows: they come a few a block, and each block brings its words along until they are folded
# Read for hours only, until the day is compacted: packed quickly rather than tightly.
_PACKING: dict[str, Any] = {
    "compression": "lz4",
    "write_batch_size": 65_536,
}  # the usual 1,024 rows at a time take a twentieth longer


class Landing:
    """The files of one report (the sha256 of its file), in `folder` until `land`."""

    def __init__(self, folder: Path, report: str) -> None:
        self._folder, self._report = folder, report
        self._open: dict[str, pq.ParquetWriter] = {}
        self._held: list[pa.Table] = []
        self.findings = Findings(folder)
        self.dropped = Findings(folder, _FEW_DROPPED, dropped=True)

    def __enter__(self) -> Landing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for writer in self._open.values():
            try:
                writer.close()
            except OSError:  # the disk is full: that has been said, and nothing of this is kept
                if kind is None:
                    raise

    def events(self, kept: pa.Table) -> None:
        """Held until they are worth a group of rows: blocks are small so that they are read fast."""
        if len(kept):
            self._held.append(_without_empty_struct(kept))
        if sum(map(len, self._held)) >= _GROUP:
            self._write_held()

    def _write_held(self) -> None:
        if not self._held:
            return
        writer = self._open.get("events") or self._opened("events", self._held[0].schema)
        # One dictionary a column for the whole group, or Parquet would have to encode each word again.
        writer.write_table(pa.concat_tables(self._held).unify_dictionaries())
        self._held = []

    def repeats(self, sightings: Sightings) -> None:
        if len(sightings.key):
            report = pa.repeat(pa.scalar(self._report), len(sightings.key))
            table = pa.table([report, pa.array(sightings.key), pa.array(sightings.more)], schema=_REPEAT_SCHEMA)
            (self._open.get("repeats") or self._opened("repeats", _REPEAT_SCHEMA)).write_table(table)

    def rejects(self, rejects: pa.Table) -> None:
        if len(rejects):
            (self._open.get("rejects") or self._opened("rejects", REJECT_SCHEMA)).write_table(rejects)

    def land(self, store: Store, place: Place, summary: Summary) -> Summary:
        """All of it, under the names in the summary that comes back."""
        self._write_held()
        # One at a time: together they are all findings of the file.
        for table in chain(self.findings.tables(), self.dropped.tables()):
            (self._open.get("findings") or self._opened("findings", table.schema)).write_table(table)
        if "events" not in self._open:
            self._opened("events", event_schema())
        part = {name: getattr(place, name) if name in self._open else "" for name in ("rejects", "findings")}
        summary = Summary(**{**summary.__dict__, **part, "events": place.events})
        self._open["events"].add_key_value_metadata({SUMMARY: summary_text(summary)})
        names = [name for name in ("repeats", "rejects", "findings", "events") if name in self._open]
        for writer in self._open.values():
            writer.close()
        self._open = {}
        for name in names:
            store.put(self._folder / f"{name}.parquet", getattr(place, name))
        return summary

    def _opened(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        # Findings are plain text to whoever reads them, and dictionaries only while they are written.
        words = [field.name for field in schema if pa.types.is_dictionary(field.type)] or ["reason", "report"]
        options: dict[str, Any] = {"use_dictionary": words, "write_statistics": False, "store_schema": False}
        if name == "events":
            options = {"use_dictionary": _words(schema), "write_statistics": _BOUNDS}
        writer = pq.ParquetWriter(str(self._folder / f"{name}.parquet"), schema, **_PACKING, **options)
        self._open[name] = writer
        return writer


def _words(schema: pa.Schema) -> list[str]:
    """Columns whose values repeat; of the further ones those that were read as words."""
    names = [name for name in COLUMNS if pa.types.is_dictionary(schema.field(name).type)]
    extra = schema.field(EXTRA).type
    if pa.types.is_struct(extra):
        names += [f"{EXTRA}.{field.name}" for field in extra if pa.types.is_dictionary(field.type)]
    return names


def _without_empty_struct(events: pa.Table) -> pa.Table:
    """Parquet has no structure of nothing."""
    kind = events.schema.field(EXTRA).type
    if not pa.types.is_struct(kind) or kind.num_fields:
        return events
    return events.set_column(events.column_names.index(EXTRA), EXTRA, pa.nulls(len(events), pa.string()))
