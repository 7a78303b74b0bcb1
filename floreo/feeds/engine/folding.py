"""Events of one report folded into findings: one row per organisation, address or name, kind and port; in flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.addresses import Flags, Words, texts_of
from floreo.feeds.engine.events import FINDING_SCHEMA, SEVERITIES
from floreo.feeds.engine.texts import digest

_MEMORY = 200_000  # rows held before they are folded, and findings held before they go to disk
_LONGEST = 255  # letters of a subject, as the register keeps it
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
_STATE = ("h", "first", "last", "times", "rank")
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Findings:
    """Blocks of events go in, one table of findings comes out. Of a finding's rows the first in the file says what it is;
    the times and the worst severity are those of all. What does not fit waits in `folder`, as runs sorted by the hash of
    what makes a finding one."""

    def __init__(self, folder: Path | None, memory: int = _MEMORY) -> None:
        self._folder, self._memory = folder, memory
        self._blocks: list[pa.Table] = []
        self._held = 0
        self._runs: list[Path] = []

    def add(self, events: pa.Table, is_first: Flags) -> None:
        """`is_first`: which rows count as an event; the others only say that it was seen again."""
        rows = np.flatnonzero(events["organisation"].combine_chunks().is_valid().to_numpy(zero_copy_only=False))
        if not len(rows):
            return
        block = events.select(_KEPT)
        times = events["time.source"].combine_chunks().cast(pa.int64())
        rank = _ranks(events["severity"].combine_chunks())
        if len(rows) < len(events):
            taken = pa.array(rows)
            block, times, rank, is_first = block.take(taken), times.take(taken), rank[rows], is_first[rows]
        state = [pa.array(_hashes(block)), times, times, pa.array(is_first.astype(np.uint32)), pa.array(rank)]
        for name, column in zip(_STATE, state, strict=True):
            block = block.append_column(name, column)
        self._blocks.append(block)
        self._held += len(block)
        if self._held > self._memory:
            self._fold()

    def _fold(self) -> None:
        folded = _folded(self._blocks)
        self._blocks, self._held = [folded], len(folded)
        if self._folder is not None and self._held > self._memory * 3 // 4:
            path = self._folder / f"findings-{len(self._runs)}.arrow"
            plain = _plain(folded)
            with pa.ipc.new_file(str(path), plain.schema) as out:
                out.write_table(plain)
            self._runs.append(path)
            self._blocks, self._held = [], 0

    def tables(self) -> Iterator[pa.Table]:
        """The findings, in the order of their hash."""
        rest = _plain(_folded(self._blocks)) if self._blocks else None
        if not self._runs:
            if rest is not None:
                yield _finished(rest)
            return
        runs = [pa.ipc.open_file(pa.memory_map(str(path))).read_all() for path in self._runs]
        runs += [rest] if rest is not None else []
        hashes = [run["h"].combine_chunks().to_numpy(zero_copy_only=False) for run in runs]
        steps = len(runs) + 1  # each range holds about as much as one run
        borders = [np.uint64(i * ((1 << 64) // steps)) for i in range(steps)]
        starts = [[int(np.searchsorted(h, b)) for b in borders] + [len(h)] for h in hashes]
        for step in range(steps):
            parts = [run.slice(s[step], s[step + 1] - s[step]) for run, s in zip(runs, starts, strict=True)]
            if parts := [p for p in parts if len(p)]:
                yield _finished(_folded(parts))


def _folded(blocks: Sequence[pa.Table]) -> pa.Table:
    """One row a hash, in their order: of the rows with the same, the first of all blocks."""
    table = pa.concat_tables(blocks) if len(blocks) > 1 else blocks[0]
    state = {n: table[n].combine_chunks().to_numpy(zero_copy_only=False) for n in ("h", "times", "rank")}
    first, last = (table[n].combine_chunks() for n in ("first", "last"))
    order = np.argsort(state["h"], kind="stable")
    h = state["h"][order]
    starts = np.flatnonzero(np.concatenate([[True], h[1:] != h[:-1]]))
    low = pc.fill_null(first, np.iinfo(np.int64).max).to_numpy(zero_copy_only=False)[order]
    high = pc.fill_null(last, np.iinfo(np.int64).min).to_numpy(zero_copy_only=False)[order]
    low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    folded = table.select(_KEPT).unify_dictionaries().take(pa.array(order[starts])).combine_chunks()
    return (
        folded.append_column("h", pa.array(h[starts]))
        .append_column("first", pa.array(low, mask=low == np.iinfo(np.int64).max))
        .append_column("last", pa.array(high, mask=high == np.iinfo(np.int64).min))
        .append_column("times", pa.array(np.add.reduceat(state["times"][order], starts).astype(np.uint32)))
        .append_column("rank", pa.array(np.minimum.reduceat(state["rank"][order], starts)))
    )


def _finished(table: pa.Table) -> pa.Table:
    columns: dict[str, Any] = {
        name: pc.fill_null(table[column].cast(pa.string()), "") for name, column in _WORDS.items()
    }
    moment = FINDING_SCHEMA.field("first").type
    severities = pa.array(SEVERITIES, pa.string())
    columns |= {
        "subject": _subjects(table),
        "ip_hi": table["ip_hi"],
        "ip_lo": table["ip_lo"],
        "port": pc.fill_null(table["finding_port"], 0),
        "severity": severities.take(table["rank"].combine_chunks()),
        "first": table["first"].cast(moment),
        "last": table["last"].cast(moment),
        "times": table["times"],
        "detail": _joined(table),
    }
    return pa.table([columns[name] for name in FINDING_SCHEMA.names], schema=FINDING_SCHEMA)


def _joined(table: pa.Table) -> Any:
    """Malware, product and vulnerability ids with a space between."""
    words = [table[name].combine_chunks().cast(pa.string()) for name in _DETAIL]
    nothing = pa.scalar(None, pa.string())
    said = [pc.if_else(pc.equal(column, ""), nothing, column) for column in words]
    # A row in which all are null would be left out of the result: an empty text in front keeps it.
    front = pa.array([""] * len(table), pa.string())
    joined = pc.binary_join_element_wise(front, *said, pa.scalar(" ", pa.string()), null_handling="skip")
    return pc.utf8_ltrim(joined, " ")


def _subjects(table: pa.Table) -> Any:
    """The address in its one way to be written, else the name."""
    name = pc.coalesce(*(table[n].cast(pa.string()) for n in _NAMES), pa.scalar("", pa.string()))
    hi, lo = (table[n].combine_chunks().to_numpy(zero_copy_only=False) for n in ("ip_hi", "ip_lo"))
    has_address = (hi | lo) != 0
    texts = pc.if_else(
        pa.array(has_address), table["source.ip"].cast(pa.string()), pc.utf8_slice_codeunits(name, 0, _LONGEST)
    )
    odd = np.flatnonzero(pc.match_substring(texts, ":").to_numpy() & has_address)
    if len(odd):
        written = pa.array(texts_of(hi[odd], lo[odd]), pa.string())
        mask = np.zeros(len(table), np.bool_)
        mask[odd] = True
        texts = pc.replace_with_mask(
            texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts, mask, written
        )
    return texts


def _plain(table: pa.Table) -> pa.Table:
    """Without dictionaries: runs then need not agree on theirs."""
    schema = pa.schema(
        [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    )
    return table.cast(schema).combine_chunks()


def _ranks(column: Any) -> npt.NDArray[np.int8]:
    """Of each severity its place, worst first; what is not known comes last."""
    unrated = len(SEVERITIES) - 1
    place = {name: i for i, name in enumerate(SEVERITIES)}
    of_word = np.array([*(place.get(w, unrated) for w in column.dictionary.to_pylist()), unrated], np.int8)
    return np.asarray(of_word[pc.fill_null(column.indices, len(of_word) - 1).to_numpy(zero_copy_only=False)])


def _hashes(block: pa.Table) -> Words:
    """64 bits of what makes a finding one."""
    hi, lo = (block[n].combine_chunks().to_numpy(zero_copy_only=False) for n in ("ip_hi", "ip_lo"))
    port = pc.fill_null(block["finding_port"].combine_chunks(), 0).to_numpy(zero_copy_only=False).astype(np.uint64)
    h = _mixed(hi ^ _mixed(lo + _ODD))
    for name in ("organisation", "classification.identifier"):
        h = _mixed(h ^ _word_hashes(block[name].combine_chunks()))
    bare = np.flatnonzero((hi | lo) == 0)
    if len(bare):
        names = _subjects(block.take(pa.array(bare)))
        names = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
        h[bare] = _mixed(h[bare] ^ _word_hashes(names.dictionary_encode()))
    return _mixed(h ^ (port + _ODD))


def _word_hashes(column: Any) -> Words:
    words = column.dictionary.to_pylist()
    of_word = np.array([*(digest(w or "") for w in words), 0], np.uint64)
    return np.asarray(of_word[pc.fill_null(column.indices, len(words)).to_numpy(zero_copy_only=False)])


def _mixed(x: Words) -> Words:
    x = (x ^ (x >> np.uint64(30))) * _M1
    x = (x ^ (x >> np.uint64(27))) * _M2
    return x ^ (x >> np.uint64(31))
