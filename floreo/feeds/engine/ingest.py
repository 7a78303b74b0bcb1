"""One task from beginning to end: its files are read, distinguished, attributed and stored; each whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine import problems, texts
from floreo.feeds.engine.constituency import Constituency, loaded
from floreo.feeds.engine.deduplicate import SeenKeys
from floreo.feeds.engine.machines import machines_of
from floreo.feeds.engine.normalise import judged
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import OpenReport, RowBlock, open_report
from floreo.feeds.engine.rules import Rules
from floreo.feeds.engine.store import Place, Store, Window, keys_of
from floreo.feeds.engine.store.locks import held
from floreo.feeds.engine.task import IngestOrder, Source, Summary
from floreo.feeds.engine.writing import Landing

# Rows so far, bytes of text so far, bytes of the file as it came.
Progress = Callable[[int, int, int], None]
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def run(task: IngestOrder, progress: Progress | None = None) -> tuple[Summary, ...]:
    """What became of each file of the task, in its order. Asked for twice, the second answer is the first, `already`."""
    store = Store(task.root)
    window = Window(task.feed, task.report_type, task.day)
    work = _Work(task, store, loaded(task.constituency), Rules(task.rules), progress)
    with _alone(store, window, task):
        seen: SeenKeys | None = None
        found = []
        for source in task.files:
            place = Place(window, source.sha256)
            summary = store.summary(place)
            if summary is None:
                before = seen or SeenKeys(keys_of(store, window))
                mine = before.following()
                summary = work.one(source, place, mine)
                seen = mine if summary.is_whole else before
            found.append(replace(summary, name=source.name))
        return tuple(found)


def _alone(store: Store, window: Window, task: IngestOrder) -> AbstractContextManager[Any]:
    return contextlib.nullcontext() if task.dry_run else held(store, window.folder)


@dataclass
class _Counts:
    """Of one file, as its blocks go by."""

    rows: int = 0
    kept: int = 0
    duplicates: int = 0
    dropped: int = 0
    outside: int = 0
    rejected: int = 0
    size: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    organisations: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None

    def add_kept(self, kept: pa.Table) -> None:
        self.kept += len(kept)
        _count(kept["organisation"], self.organisations)
        _count(kept["classification.identifier"], self.kinds)
        self.outside += int(kept["organisation"].null_count)
        span = pc.min_max(kept["time.source"]).as_py()
        self.first = min((t for t in (self.first, span["min"]) if t), default=None)
        self.last = max((t for t in (self.last, span["max"]) if t), default=None)

    def add_rejects(self, rejects: pa.Table) -> None:
        self.rejected += len(rejects)
        for found in rejects["reason"].value_counts().to_pylist():
            self.reasons[found["values"]] += found["counts"]

    def summary(self, source: Source, opened: OpenReport, seconds: float) -> Summary:
        if self.rows != self.kept + self.duplicates + self.dropped + self.rejected:
            raise RuntimeError(f"{source.name}: rows in and rows out differ: {self}")
        return Summary(
            sha256=source.sha256,
            name=source.name,
            report_type=opened.report_type,
            is_known_type=opened.is_known_type,
            rows=self.rows,
            kept=self.kept,
            duplicates=self.duplicates,
            dropped=self.dropped,
            outside=self.outside,
            rejected=self.rejected,
            reasons=dict(sorted(self.reasons.items())),
            organisations=dict(sorted(self.organisations.items())),
            kinds=dict(sorted(self.kinds.items())),
            unknown_columns=tuple(opened.unknown_columns),
            missing_columns=tuple(opened.missing_columns),
            first=self.first,
            last=self.last,
            seconds=round(seconds, 3),
        )


@dataclass(frozen=True)
class _Work:
    """What all files of a task share."""

    task: IngestOrder
    store: Store
    owners: Constituency
    rules: Rules
    progress: Progress | None

    def one(self, source: Source, place: Place, seen: SeenKeys) -> Summary:
        """One file from its bytes to its place. What is wrong with it as a whole is said, and nothing of it is kept."""
        started = time.monotonic()
        try:
            if self.task.dry_run:
                return self._read(source, seen, None, started)
            with (
                self.store.workshop(f"{place.window.folder}/{place.sha256}") as folder,
                Landing(folder, place.sha256) as landing,
            ):
                return landing.land(self.store, place, self._read(source, seen, landing, started))
        except Unreadable as wrong:
            return _refused(source, wrong.code, started)
        except OSError as wrong:
            if not is_full(wrong):
                raise
            return _refused(source, problems.DISK_FULL, started)

    def _read(self, source: Source, seen: SeenKeys, landing: Landing | None, started: float) -> Summary:
        opened = open_report(source, self.task)
        file = _File(self, source, opened, seen, landing)
        packed = Path(source.path).stat().st_size
        for part in opened.parts():
            file.block(part)
            if self.progress is not None:
                self.progress(file.counts.rows, file.counts.size, packed)
            if self.task.dry_run and 0 < self.task.enough_rows <= file.counts.rows:
                break
        return file.counts.summary(source, opened, time.monotonic() - started)


@dataclass(frozen=True)
class _File:
    """One file while it is read."""

    work: _Work
    source: Source
    opened: OpenReport
    seen: SeenKeys
    landing: Landing | None
    counts: _Counts = field(default_factory=_Counts)

    def block(self, part: RowBlock) -> None:
        task, counts = self.work.task, self.counts
        events, good, rejects = judged(
            part,
            self.opened,
            feed=task.feed,
            sha256=self.source.sha256,
            received_at=task.received_at,
            oldest_days=task.oldest_days,
        )
        counts.rows += part.rows
        counts.size += part.size
        counts.add_rejects(rejects)
        outcome = self.work.rules.apply(self.work.owners.attribute(events))
        rows = np.flatnonzero(outcome.keep & good)
        counts.dropped += int(good.sum()) - len(rows)
        sightings = self.seen.add(events["key"].combine_chunks().to_numpy(zero_copy_only=False)[rows])
        kept = _only(outcome.events, rows[sightings.first])
        counts.duplicates += len(rows) - len(kept)
        if len(kept):
            counts.add_kept(kept)
        if self.landing is not None:
            self.landing.rejects(rejects)
            self.landing.repeats(sightings)
            machines = machines_of(outcome.events, self.opened.type)
            self.landing.findings.add(outcome.events, rows, sightings.first, machines)
            left_out = np.flatnonzero(~outcome.keep & good)  # still seen: no rule fixes what is there
            self.landing.dropped.add(outcome.events, left_out, np.ones(len(left_out), np.bool_), machines)
            self.landing.events(kept)


def is_full(wrong: OSError) -> bool:
    """Whether the disk is. Arrow says so in words where it has no number."""
    return wrong.errno in _FULL or any(f"errno {code}]" in str(wrong) for code in _FULL)


def _refused(source: Source, problem: str, started: float) -> Summary:
    seconds = round(time.monotonic() - started, 3)
    return Summary(source.sha256, source.name, problem=problem, is_whole=False, seconds=seconds)


def _only(events: pa.Table, rows: npt.NDArray[np.int64]) -> pa.Table:
    if len(rows) == len(events):
        return events
    wanted = np.zeros(len(events), np.bool_)
    wanted[rows] = True
    mask = pa.array(wanted)
    columns = [_shortened(texts.whole(column), mask, len(rows)) for column in events.columns]
    return pa.Table.from_arrays(columns, schema=events.schema)


def _shortened(column: Any, mask: pa.BooleanArray, rows: int) -> Any:
    """The rows of a column that the mask names, so many. One that says the same in every row, half of them often, is shortened in no time."""
    if pa.types.is_struct(column.type) and not column.null_count and column.type.num_fields:
        fields = [_shortened(column.field(place), mask, rows) for place in range(column.type.num_fields)]
        return pa.StructArray.from_arrays(fields, fields=list(column.type))
    if _is_alike(column):
        return column.slice(0, rows)
    return column.filter(mask)


def _is_alike(column: Any) -> bool:
    if column.null_count:
        return bool(column.null_count == len(column))
    return pa.types.is_dictionary(column.type) and len(column.dictionary) == 1


def _count(column: Any, into: Counter[str]) -> None:
    for chunk in column.chunks:
        words = chunk.dictionary.to_pylist()
        codes = chunk.indices.drop_null().to_numpy(zero_copy_only=False)
        times = np.bincount(codes, minlength=len(words)).tolist()
        for word, often in zip(words, times, strict=True):
            if often:
                into[word] += often
