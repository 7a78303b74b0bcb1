"""Events of one report folded into findings: one row per organisation, address or name, kind and port; in flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.addresses import Flags, Words, texts_of
from floreo.feeds.engine.deduplicate import groups
from floreo.feeds.engine.events import FINDING_SCHEMA, SEVERITIES
from floreo.feeds.engine.settling import give_back
from floreo.feeds.engine.texts import codes, combinations, encoded, hashes_of

Longs = npt.NDArray[np.int64]

_MEMORY = 1_000_000  # rows held before they are folded, and findings held before they go to disk
_RANGES = 16  # of hashes: a run on disk is read one at a time
_BORDERS = np.array([i * ((1 << 64) // _RANGES) for i in range(_RANGES)], np.uint64)
_LONGEST = 255  # characters of a subject, as the register keeps it
_DETAIL = ("malware.name", "product.vendor", "product.name", "product.version", "product.vulnerabilities")
_WORDS = {  # column of the finding -> of the event
    "organisation": "organisation",
    "kind": "classification.identifier",
    "protocol": "protocol.transport",
    "taxonomy": "classification.taxonomy",
    "type": "classification.type",
    "network": "network",
    "reason": "reason",
    "service": "service",
    "route": "route",
}
_NAMES = ("source.fqdn", "source.url", "source.account")  # what an event without an address is about, in this order
_KEPT = ("source.ip", *_NAMES, "ip_hi", "ip_lo", "finding_port", *_WORDS.values(), *_DETAIL)
_ADDED_UP = ["time.source", "severity"]  # of which the state keeps what they come to
_MACHINE = "machine"
_STATE = ("h", "first", "last", "times", "rank")
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_NEVER = np.iinfo(np.int64).max
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class _State:
    """What is kept of rows beside their columns: the hash of what makes a finding one, and what adds up."""

    h: Words
    first: Longs
    last: Longs
    times: npt.NDArray[np.uint32]
    rank: npt.NDArray[np.int8]

    def take(self, rows: Any) -> _State:
        return _State(*(column[rows] for column in self.columns()))

    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        return self.h, self.first, self.last, self.times, self.rank

    @staticmethod
    def joined(states: Sequence[_State]) -> _State:
        return _State(*(np.concatenate(c) for c in zip(*(s.columns() for s in states), strict=True)))


@dataclass
class _Block:
    """Some rows of a table, and their state."""

    table: pa.Table
    rows: Any  # which of the table's
    state: _State


class Findings:
    """Blocks of events go in, one table of findings comes out. Of a finding's rows the first in the file says what it is;
    the times and the worst severity are those of all. What does not fit waits in `folder`, as runs sorted by the hash of
    what makes a finding one."""

    def __init__(self, folder: Path | None, memory: int = _MEMORY, *, dropped: bool = False) -> None:
        """`dropped`: they are of events that a rule leaves out."""
        self._folder, self._memory, self._dropped = folder, memory, dropped
        self._blocks: list[_Block] = []
        self._held = 0
        self._runs: list[Path] = []

    def add(self, events: pa.Table, rows: Any, is_first: Flags, machines: Any = None) -> None:
        """`rows`: which of the events count at all; `is_first`: which of those are new, the others say "seen again"; `machines`: what
        identifies the machine of each event."""
        owned = events["organisation"].combine_chunks().is_valid().to_numpy(zero_copy_only=False)[rows]
        rows, is_first = rows[owned], is_first[owned]
        if not len(rows):
            return
        machines = pa.nulls(len(events), pa.string()) if machines is None else machines
        table = events.select((*_KEPT, *_ADDED_UP)).append_column(_MACHINE, machines)
        if 2 * len(rows) < len(table):
            # What a rule leaves out is little of each block: the rest of it is not kept for that.
            table, rows = _taken(table, pa.array(rows)), np.arange(len(rows))
        moment = table["time.source"].combine_chunks().cast(pa.int64())
        state = _State(
            _hashes(table, rows),
            pc.fill_null(moment, _NEVER).to_numpy(zero_copy_only=False)[rows],
            pc.fill_null(moment, -_NEVER).to_numpy(zero_copy_only=False)[rows],
            is_first.astype(np.uint32),
            _ranks(table["severity"].combine_chunks())[rows],
        )
        self._blocks.append(_Block(table.drop_columns(_ADDED_UP), rows, state))
        self._held += len(rows)
        if self._held > self._memory:
            self._aggregate()

    def _aggregate(self, most: int | None = None) -> None:
        """What is held becomes one row a finding; and goes to disk where there are more than `most` still."""
        most = self._memory // 2 if most is None else most
        give_back()
        combined = _aggregated(self._blocks, sort_above=most if self._folder is not None else None)
        self._blocks, self._held = [combined], len(combined.rows)
        if self._folder is None or self._held <= most:
            return
        path = self._folder / f"findings-{self._dropped:d}-{len(self._runs)}.arrow"
        table = combined.table
        for name, column in zip(_STATE, combined.state.columns(), strict=True):
            table = table.append_column(name, pa.array(column))
        (batch,) = table.combine_chunks().to_batches()
        starts = [*np.searchsorted(combined.state.h, _BORDERS).tolist(), len(table)]
        with pa.ipc.new_file(str(path), table.schema) as out:
            for start, end in pairwise(starts):  # a batch a range of hashes, be it empty
                out.write_batch(batch.slice(start, end - start))
        self._runs.append(path)
        self._blocks, self._held = [], 0
        del combined, table, batch
        give_back()

    def tables(self) -> Iterator[pa.Table]:
        """The findings; words as dictionaries. In the order of the file when all fitted, else of their hash."""
        if self._runs and self._held:
            self._aggregate(most=0)
        if not self._runs:
            if self._held:
                yield _finished(_aggregated(self._blocks), dropped=self._dropped)
            return
        # Read, not mapped: what is mapped counts as memory that is in use.
        runs = [pa.ipc.open_file(pa.OSFile(str(path))) for path in self._runs]
        for place in range(_RANGES):
            parts = [pa.Table.from_batches([run.get_batch(place)]) for run in runs]
            if parts := [p for p in parts if len(p)]:
                yield _finished(_aggregated([_of_run(p) for p in parts]), dropped=self._dropped)


def _of_run(part: pa.Table) -> _Block:
    columns = (part[name].combine_chunks().to_numpy(zero_copy_only=False) for name in _STATE)
    return _Block(part.select([*_KEPT, _MACHINE]), np.arange(len(part)), _State(*columns))


def _aggregated(blocks: Sequence[_Block], sort_above: int | None = None) -> _Block:
    """One row a hash: of the rows with the same, the first of all blocks. In the order of the file; in that of the hashes
    where there are more than `sort_above`."""
    state = _State.joined([block.state for block in blocks])
    offsets = np.cumsum([0, *(len(block.table) for block in blocks)])
    rows = np.concatenate([block.rows + offset for block, offset in zip(blocks, offsets, strict=False)])
    at, combined = _combined(state)
    if sort_above is not None and len(at) > sort_above:
        order = np.argsort(combined.h)
        at, combined = at[order], combined.take(order)
    table = pa.concat_tables([block.table for block in blocks]).unify_dictionaries()
    return _Block(_taken(table, pa.array(rows[at])), np.arange(len(at)), combined)


def _taken(table: pa.Table, rows: Any) -> pa.Table:
    """Some rows of a table in one piece; a third of its columns say nothing at all, and are not looked at."""
    columns = [
        pa.nulls(len(rows), column.type) if column.null_count == len(column) else column.take(rows).combine_chunks()
        for column in table.columns
    ]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _combined(state: _State) -> tuple[Longs, _State]:
    """Of each hash its first row, in their order, and what the rows with it come to, which is written into
    `state`. Most hashes have one row, and that stays as it is."""
    order, starts = groups(state.h)
    sizes = np.diff(np.append(starts, len(order)))
    is_many = sizes > 1
    many, sizes = order[np.repeat(is_many, sizes)], sizes[is_many]
    if not len(many):
        return np.arange(len(order)), state
    begin = np.cumsum(sizes) - sizes
    first = many[begin]
    stays = np.ones(len(order), np.bool_)
    stays[many] = False
    stays[first] = True
    state.first[first] = np.minimum.reduceat(state.first[many], begin)
    state.last[first] = np.maximum.reduceat(state.last[many], begin)
    state.times[first] = np.add.reduceat(state.times[many], begin)
    state.rank[first] = np.minimum.reduceat(state.rank[many], begin)
    at = np.flatnonzero(stays)
    return at, state.take(at)


def _finished(block: _Block, *, dropped: bool) -> pa.Table:
    table, state = block.table, block.state
    moment = FINDING_SCHEMA.field("first").type
    columns: dict[str, Any] = {name: _filled(table[column].combine_chunks()) for name, column in _WORDS.items()}
    columns |= {
        "subject": _subjects(table),
        "ip_hi": table["ip_hi"],
        "ip_lo": table["ip_lo"],
        "port": pc.fill_null(table["finding_port"], 0),
        "severity": pa.DictionaryArray.from_arrays(state.rank, pa.array(SEVERITIES, pa.string())),
        "first": pa.array(state.first, mask=state.first == _NEVER).cast(moment),
        "last": pa.array(state.last, mask=state.last == -_NEVER).cast(moment),
        "times": state.times,
        "detail": _joined(table),
        "machine": pc.fill_null(table[_MACHINE], ""),
        "dropped": pa.array(np.full(len(table), dropped)),
    }
    return pa.table({name: columns[name] for name in FINDING_SCHEMA.names})


def _filled(column: Any) -> pa.DictionaryArray:
    """Words, with "" where there is none."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    words = column.dictionary.to_pylist()
    if "" not in words:
        words.append("")
    codes = pc.fill_null(column.indices, words.index(""))
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()), safe=False)


def _joined(table: pa.Table) -> Any:
    """Malware, product and vulnerability ids with a space between. Rows have few different ones: each is put together once."""
    columns = [encoded(table[n].combine_chunks()) for n in _DETAIL if table[n].null_count < len(table)]
    places, occurring = combinations(columns, len(table))
    details = [" ".join(word for word in words if word) for words in occurring]
    return pa.DictionaryArray.from_arrays(pa.array(places.astype(np.int32)), pa.array(details, pa.string()), safe=False)


def _subjects(table: pa.Table) -> Any:
    """The address in its one way to be written, else the name."""
    hi, lo = (table[n].combine_chunks().to_numpy(zero_copy_only=False) for n in ("ip_hi", "ip_lo"))
    has_address = (hi | lo) != 0
    texts = table["source.ip"].cast(pa.string())
    if not has_address.all():
        name = pc.coalesce(*(table[n].cast(pa.string()) for n in _NAMES), pa.scalar("", pa.string()))
        texts = pc.if_else(pa.array(has_address), texts, pc.utf8_slice_codeunits(name, 0, _LONGEST))
    odd = np.flatnonzero(pc.match_substring(texts, ":").to_numpy() & has_address)
    if len(odd):  # a whole network is written as it came
        odd = odd[~pc.match_substring(texts.take(pa.array(odd)), "/").to_numpy(zero_copy_only=False)]
    if len(odd):
        written = pa.array(texts_of(hi[odd], lo[odd]), pa.string())
        mask = np.zeros(len(table), np.bool_)
        mask[odd] = True
        texts = pc.replace_with_mask(
            texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts, mask, written
        )
    return texts


def _ranks(column: Any) -> npt.NDArray[np.int8]:
    """Of each severity its place, worst first; what is not known comes last."""
    unrated = len(SEVERITIES) - 1
    place = {name: i for i, name in enumerate(SEVERITIES)}
    of_word = np.array([*(place.get(w, unrated) for w in column.dictionary.to_pylist()), unrated], np.int8)
    return np.asarray(of_word[pc.fill_null(column.indices, len(of_word) - 1).to_numpy(zero_copy_only=False)])


def _hashes(events: pa.Table, rows: Any) -> Words:
    """64 bits of what makes a finding one."""
    hi, lo = (events[n].combine_chunks().to_numpy(zero_copy_only=False)[rows] for n in ("ip_hi", "ip_lo"))
    port = (
        pc.fill_null(events["finding_port"].combine_chunks(), 0).to_numpy(zero_copy_only=False)[rows].astype(np.uint64)
    )
    h = _mixed(hi ^ _mixed(lo + _ODD))
    for name in ("organisation", "classification.identifier"):
        h = _mixed(h ^ _word_hashes(events[name].combine_chunks())[rows])
    bare = np.flatnonzero((hi | lo) == 0)
    if len(bare):
        names = _subjects(events.select(_KEPT).take(pa.array(rows[bare])))
        names = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
        h[bare] = _mixed(h[bare] ^ _word_hashes(names.dictionary_encode()))
    return _mixed(h ^ (port + _ODD))


def _word_hashes(column: Any) -> Words:
    return hashes_of(column.dictionary)[codes(column)]


def _mixed(x: Words) -> Words:
    x = (x ^ (x >> np.uint64(30))) * _M1
    x = (x ^ (x >> np.uint64(27))) * _M2
    return x ^ (x >> np.uint64(31))
