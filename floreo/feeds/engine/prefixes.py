"""Which prefix an address falls under: prefixes flattened once into disjoint intervals, then binary search."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from floreo.feeds.engine.addresses import MAPPED, Words

Places = npt.NDArray[np.int32]
Prefix = tuple[int, int]  # first address as 128 bits (IPv4 mapped), length of 0 to 128

_LOW = (1 << 64) - 1
_END = 1 << 128
_MAPPED_FIRST = 0xFFFF << 32
_32 = np.uint64(32)
_MOST_STEPS = 5  # more of them take longer than one search in all


def parse_prefix(text: str) -> Prefix | None:
    """`192.0.2.0/24`, `2001:db8::/32` or one address; None for anything else, also where bits beyond the length are set."""
    address, slash, length_text = text.strip().partition("/")
    is_v6 = ":" in address
    try:
        raw = socket.inet_pton(socket.AF_INET6 if is_v6 else socket.AF_INET, address)
    except (OSError, ValueError):
        return None
    bits = 128 if is_v6 else 32
    if slash and not (length_text.isascii() and length_text.isdigit() and len(length_text) <= 3):
        return None
    length = int(length_text) if slash else bits
    first = int.from_bytes(raw, "big") | (0 if is_v6 else _MAPPED_FIRST)
    whole = length + 128 - bits
    if length > bits or first & ((1 << (128 - whole)) - 1):
        return None
    return first, whole


def flatten(prefixes: Sequence[Prefix]) -> tuple[list[int], list[int]]:
    """Where each interval begins, ascending, and which prefix holds there (its place, -1 for none): the most specific, and
    of equal ones the first. Prefixes are nested or apart, so a stack of those that are open is enough."""
    starts: list[int] = [0]
    holders: list[int] = [-1]

    def holds_from(start: int, holder: int) -> None:
        if starts[-1] == start:
            holders[-1] = holder
        elif holders[-1] != holder:
            starts.append(start)
            holders.append(holder)

    is_open: list[tuple[int, int]] = []
    # Of equal prefixes the first comes last, and so holds.
    for place in sorted(range(len(prefixes)), key=lambda i: (*prefixes[i], -i)):
        start, length = prefixes[place]
        while is_open and is_open[-1][0] <= start:
            end, _ = is_open.pop()
            holds_from(end, is_open[-1][1] if is_open else -1)
        holds_from(start, place)
        is_open.append((start + (1 << (128 - length)), place))
    while is_open:
        end, _ = is_open.pop()
        if end < _END:
            holds_from(end, is_open[-1][1] if is_open else -1)
    return starts, holders


@dataclass(frozen=True)
class PrefixTable:
    """Disjoint intervals in one order. IPv4 is in a table of its own: 32 bits are searched twice as fast."""

    v4: npt.NDArray[np.uint32]  # begins with 0
    v4_holder: Places
    hi: Words  # begins with 0, 0
    lo: Words
    holder: Places

    @staticmethod
    def of(prefixes: Sequence[Prefix]) -> PrefixTable:
        starts, holders = flatten(prefixes)
        words = b"".join(start.to_bytes(16, "big") for start in starts)
        both = np.frombuffer(words, ">u8").astype(np.uint64).reshape(-1, 2)
        hi, lo = np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
        holder = np.array(holders, np.int32)
        # What holds at ::ffff:0.0.0.0 may have begun before it.
        first = _last_not_after(hi, lo, np.zeros(1, np.uint64), np.array([MAPPED]))[0]
        inside = np.flatnonzero((hi == 0) & (lo > MAPPED) & (lo < MAPPED + (np.uint64(1) << _32)))
        v4 = np.concatenate([np.zeros(1, np.uint32), lo[inside].astype(np.uint32)])
        return PrefixTable(v4, np.concatenate([holder[first : first + 1], holder[inside]]), hi, lo, holder)

    def lookup(self, hi: Words, lo: Words) -> Places:
        """The place of the longest prefix that holds each address; -1 for none."""
        is_v4 = (hi == 0) & ((lo >> _32) == np.uint64(0xFFFF))
        if is_v4.all():
            return self._of_v4(lo)
        found = np.full(len(hi), -1, np.int32)
        rows = np.flatnonzero(is_v4)
        found[rows] = self._of_v4(lo[rows])
        rows = np.flatnonzero(~is_v4)
        found[rows] = self.holder[_last_not_after(self.hi, self.lo, hi[rows], lo[rows])]
        return found

    def _of_v4(self, lo: Words) -> Places:
        wanted = lo.astype(np.uint32)
        begins, steps = self._by_half
        if steps > _MOST_STEPS:
            place = np.searchsorted(self.v4, wanted, side="right") - 1
            return np.asarray(self.v4_holder[place], np.int32)
        half = (wanted >> np.uint32(16)).astype(np.int64)
        low, high = begins.take(half), begins.take(half + 1)  # the answer is one of these, or between them
        for _ in range(steps):
            middle = (low + high + 1) >> 1
            is_not_after = self.v4.take(middle) <= wanted
            low, high = np.where(is_not_after, middle, low), np.where(is_not_after, high, middle - 1)
        return np.asarray(self.v4_holder.take(low), np.int32)

    @cached_property
    def _by_half(self) -> tuple[npt.NDArray[np.int64], int]:
        """The place at the first address of each /16, one more at the end, and in how many halvings any place between two of them is found:
        few, where a country's prefixes are not close together."""
        firsts = np.arange(1 << 16, dtype=np.uint32) << np.uint32(16)
        begins = np.append(np.searchsorted(self.v4, firsts, side="right") - 1, len(self.v4) - 1)
        return begins, int(np.diff(begins).max()).bit_length()

    def __len__(self) -> int:
        return len(self.hi)


def _last_not_after(hi: Words, lo: Words, want_hi: Words, want_lo: Words) -> npt.NDArray[np.int64]:
    """Of 128-bit starts in order, the last that is not after each wanted address. By the high word first; where several
    starts share it (prefixes longer than /64), the low word is searched among those, for all rows at once."""
    left = np.searchsorted(hi, want_hi, side="left")
    right = np.searchsorted(hi, want_hi, side="right")
    rows = np.flatnonzero(right > left)
    low, high = left[rows], right[rows]  # the answer is the last place in [low - 1, high - 1] that is not after
    wanted = want_lo[rows]
    while len(rows) and (high > low).any():
        middle = (low + high) // 2
        is_after = lo[np.minimum(middle, len(lo) - 1)] > wanted
        going = high > low
        high = np.where(going & is_after, middle, high)
        low = np.where(going & ~is_after, middle + 1, low)
    left[rows] = low
    return np.asarray(left - 1, np.int64)
