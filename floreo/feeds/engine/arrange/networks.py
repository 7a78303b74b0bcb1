"""Whole networks that a source lists, matched to those of the register that they touch. No network is ever spread out into addresses."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.addresses import text_of
from floreo.feeds.engine.constituency import Constituency
from floreo.feeds.engine.prefixes import Prefix, parse_prefix

MOST_TOUCHED = 10_000  # how many of our networks one listed network may touch
_WIDEST_4, _WIDEST_6 = 96 + 8, 16  # a network that is wider is a mistake, not a listing
_MAPPED_FIRST, _MAPPED_LENGTH = 0xFFFF << 32, 96
_LOW = (1 << 64) - 1
Longs = npt.NDArray[np.int64]


class Networks:
    """Which of our networks a listed one touches."""

    def __init__(self, owners: Constituency) -> None:
        self._owners = owners

    @cached_property
    def _starts(self) -> list[int]:
        table = self._owners.prefixes
        return [hi << 64 | lo for hi, lo in zip(table.hi.tolist(), table.lo.tolist(), strict=True)]

    @cached_property
    def _holders(self) -> list[int]:
        return [int(holder) for holder in self._owners.prefixes.holder.tolist()]

    def touched(self, listed: Prefix) -> list[tuple[str, str]] | None:
        """Of each of our networks that it touches: an address of the part, by which it is attributed, and what is listed of it: all of
        our network, or the listed network where that lies within. A network of nobody's is one part. None for too many, or too wide a one."""
        first, length = listed
        is_4 = length >= _MAPPED_LENGTH and first >> 32 == 0xFFFF
        if length < (_WIDEST_4 if is_4 else _WIDEST_6):
            return None
        end = first + (1 << (128 - length))
        place = bisect_right(self._starts, first) - 1
        parts = dict[int, int]()
        while place < len(self._starts) and self._starts[place] < end:
            holder = self._holders[place]
            if holder >= 0:
                parts.setdefault(holder, max(first, self._starts[place]))
                if len(parts) > MOST_TOUCHED:
                    return None
            place += 1
        if not parts:
            return [(_address(first), _written(listed))]
        return [(_address(at), self._part(holder, listed)) for holder, at in parts.items()]

    def _part(self, holder: int, listed: Prefix) -> str:
        ours = self._owners.networks[holder].as_py()
        own = parse_prefix(ours)
        return ours if own is not None and own[1] > listed[1] else _written(listed)

    def matched(self, found: pa.Table, column: str, network: str) -> tuple[Longs, pa.Table, Longs]:
        """The rows with networks taken apart: of each row of the result its place in `found`; the rows, with the listed network in a
        column of its own; and the rows that touch too much, which are left out."""
        texts = found[column].combine_chunks().cast(pa.string())
        like = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring(texts, "/"), fill_value=False)))
        taken: dict[int, list[tuple[str, str]]] = {}
        many = list[int]()
        for place, text in zip(like.tolist(), texts.take(pa.array(like)).to_pylist(), strict=True):
            if (listed := parse_prefix(text)) is None:
                continue  # the engine says why it is none
            parts = self.touched(listed)
            if parts is None:
                many.append(place)
            else:
                taken[place] = parts
        counts = np.ones(len(found), np.int64)
        counts[many] = 0
        for place, parts in taken.items():
            counts[place] = len(parts)
        places = np.repeat(np.arange(len(found), dtype=np.int64), counts)
        rows = found.take(pa.array(places))
        addresses: list[Any] = rows[column].to_pylist()
        named: list[Any] = [None] * len(places)
        starts = np.cumsum(counts) - counts
        for place, parts in taken.items():
            for n, (address, part) in enumerate(parts, int(starts[place])):
                addresses[n], named[n] = address, part if "/" in part else None
        rows = rows.set_column(rows.column_names.index(column), column, pa.array(addresses, pa.string()))
        return places, rows.append_column(network, pa.array(named, pa.string())), np.array(many, np.int64)


def _address(number: int) -> str:
    return text_of(number >> 64, number & _LOW)


def _written(prefix: Prefix) -> str:
    """One address is written as one."""
    first, length = prefix
    address = _address(first)
    if length == 128:
        return address
    return f"{address}/{length if ':' in address else length - 96}"
