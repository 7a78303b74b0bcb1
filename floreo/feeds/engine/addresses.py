"""Text to addresses, a column at a time: two 64-bit words each, IPv4 mapped into IPv6, and why a text is none."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.events import Reject

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[Any]

MAPPED = np.uint64(0xFFFF << 32)  # the low word of ::ffff:0.0.0.0
_32 = np.uint64(32)
FINE, BAD, NETWORK, UNSPECIFIED, SCOPED, MISSING = range(6)
# What a code of `Addresses.why` is as a reject. A missing address is none by itself: the row may have a name.
REASONS: tuple[Reject | None, ...] = (
    None,
    Reject.BAD_ADDRESS,
    Reject.ADDRESS_IS_NETWORK,
    Reject.ADDRESS_UNSPECIFIED,
    Reject.ADDRESS_SCOPED,
    None,
)
_DOT, _ZERO = 46, 48


_NOTHING = bytes(16)
_V6_LETTERS = r"^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$"
_to_v6 = partial(socket.inet_pton, socket.AF_INET6)
_v6_text = partial(socket.inet_ntop, socket.AF_INET6)


@dataclass(frozen=True)
class Addresses:
    """One entry a row. `hi` and `lo` are 0 where `ok` is false; `why` is an index into REASONS."""

    hi: Words
    lo: Words
    ok: Flags
    why: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.hi)

    def take(self, rows: Ints) -> Addresses:
        return Addresses(self.hi[rows], self.lo[rows], self.ok[rows], self.why[rows])


def parse_addresses(column: Any) -> Addresses:
    """Every text of a column (string, large string, binary, dictionary; chunked or not) as an address, as strictly as
    Python's `ipaddress` does: no spaces, no leading zeros, no digits but ASCII's."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if pa.types.is_dictionary(column.type):
        return _spread(parse_addresses(column.dictionary), column.indices)
    column = _as_bytes(column)
    hi = np.zeros(len(column), np.uint64)
    lo = np.zeros(len(column), np.uint64)
    why = np.full(len(column), BAD, np.int8)
    if len(column):
        rows, values = _dotted(column)
        lo[rows] = values.astype(np.uint64) | MAPPED
        why[rows] = FINE
        _others(column, hi, lo, why)
        why[(why == FINE) & (hi == 0) & ((lo == 0) | (lo == MAPPED))] = UNSPECIFIED
        lo[why == UNSPECIFIED] = 0
    return Addresses(hi, lo, why == FINE, why)


def text_of(hi: int, lo: int) -> str:
    """The address as people write it."""
    raw = (int(hi) << 64 | int(lo)).to_bytes(16, "big")
    if raw[:12] == b"\0" * 10 + b"\xff\xff":
        return socket.inet_ntop(socket.AF_INET, raw[12:])
    return socket.inet_ntop(socket.AF_INET6, raw)


def texts_of(hi: Words, lo: Words) -> list[str]:
    """Many addresses as people write them."""
    mapped = (hi == 0) & (lo >> _32 == np.uint64(0xFFFF))
    if mapped.any():
        return [text_of(int(high), int(low)) for high, low in zip(hi, lo, strict=True)]
    return list(map(_v6_text, np.stack([hi, lo], axis=1).astype(">u8").view("V16").ravel().tolist()))


def words_of(text: str) -> tuple[int, int] | None:
    """One address as its two words; None where it is none."""
    found = parse_addresses(pa.array([text]))
    return (int(found.hi[0]), int(found.lo[0])) if found.ok[0] else None


def _as_bytes(column: Any) -> Any:
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return column
    return column.cast(pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary())


def _spread(distinct: Addresses, indices: Any) -> Addresses:
    """Of each row what its distinct value came to; a null is missing."""
    nothing = np.zeros(1, np.uint64)
    all_of_them = Addresses(
        np.append(distinct.hi, nothing),
        np.append(distinct.lo, nothing),
        np.append(distinct.ok, False),
        np.append(distinct.why, np.int8(MISSING)),
    )
    places = pc.fill_null(indices.cast(pa.int64()), len(distinct)).to_numpy(zero_copy_only=False)
    return all_of_them.take(places)


def _buffers(column: Any) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Where each text begins and ends in the flat bytes, and the bytes; a slice's own, counted from 0."""
    wide = pa.types.is_large_binary(column.type)
    _, starts, data = column.buffers()
    kind = np.dtype(np.int64 if wide else np.int32)
    offsets = np.frombuffer(starts, kind, len(column) + 1, column.offset * kind.itemsize)
    flat = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return offsets.astype(np.int64) - offsets[0], flat[offsets[0] : offsets[-1]]


def _dotted(column: Any) -> tuple[Ints, npt.NDArray[np.uint32]]:
    """Rows that are an IPv4 address, and its value. All bytes are looked at together: where the dots are says where each
    number ends, and its digits are the up to three bytes before."""
    offsets, flat = _buffers(column)
    begin, end = offsets[:-1], offsets[1:]
    length = end - begin
    is_dot = flat == _DOT
    digits = flat - np.uint8(_ZERO)  # wraps around: whatever is no digit comes to more than 9
    fits = (length >= 7) & (length <= 15)
    if column.null_count:
        fits &= column.is_valid().to_numpy(zero_copy_only=False)
    dots = np.flatnonzero(is_dot)
    dots_before = np.zeros(len(flat) + 1, np.int32)
    np.cumsum(is_dot, out=dots_before[1:])
    first_dot = dots_before[begin]
    fits &= (dots_before[end] - first_dot) == 3
    rows = np.flatnonzero(fits)
    at = first_dot[rows]
    if not len(rows):
        return rows, np.zeros(0, np.uint32)
    borders = [begin[rows] - 1, dots[at], dots[at + 1], dots[at + 2], end[rows]]
    values, good = _octets(digits, borders)
    return (rows, values) if good.all() else (rows[good], values[good])


def _octets(digits: npt.NDArray[np.uint8], borders: list[Ints]) -> tuple[npt.NDArray[np.uint32], Flags]:
    """Four numbers between five borders as one, and whether each is a number up to 255 without a leading zero."""
    # Three more in front, so that three bytes before any always exist.
    padded = np.concatenate([np.zeros(3, np.uint8), digits])
    values = np.zeros(len(borders[0]), np.uint32)
    good = np.ones(len(values), np.bool_)
    for left, right in pairwise(borders):
        length = (right - left - 1).astype(np.uint8)  # of at most fifteen characters
        has_tens, has_hundreds = length > 1, length > 2
        units = padded[2:].take(right)
        tens = padded[1:].take(right) * has_tens
        hundreds = padded.take(right) * has_hundreds
        number = units + np.uint16(10) * tens + np.uint16(100) * hundreds
        good &= (length >= 1) & (length <= 3) & (np.maximum(np.maximum(units, tens), hundreds) <= 9) & (number < 256)
        good &= ~(has_tens & (np.where(has_hundreds, hundreds, tens) == 0))
        values = (values << np.uint32(8)) | number.astype(np.uint32)
    return values, good


def _others(column: Any, hi: Words, lo: Words, why: npt.NDArray[np.int8]) -> None:
    """Whatever is no IPv4 address: IPv6, or a reason; each distinct text once."""
    rest = np.flatnonzero(why == BAD)
    if not len(rest):
        return
    encoded = column.take(pa.array(rest)).dictionary_encode()
    distinct = encoded.dictionary
    words = np.zeros((len(distinct) + 1, 2), ">u8")
    codes = np.full(len(distinct) + 1, MISSING, np.int8)
    looks_right = np.asarray(pc.match_substring_regex(distinct, _V6_LETTERS))
    odd = np.flatnonzero(~looks_right)
    try:  # all at once: what only looks like an address is rare
        likely = np.flatnonzero(looks_right)
        raw = b"".join(map(_to_v6, distinct.take(pa.array(likely)).cast(pa.string()).to_pylist()))
        words[likely], codes[likely] = np.frombuffer(raw, ">u8").reshape(-1, 2), FINE
    except OSError:
        odd = np.arange(len(distinct))
    for place, text in zip(odd.tolist(), distinct.take(pa.array(odd)).to_pylist(), strict=True):
        codes[place], address = _one(text)
        words[place] = np.frombuffer(address, ">u8")
    places = pc.fill_null(encoded.indices.cast(pa.int64()), len(distinct)).to_numpy(zero_copy_only=False)
    hi[rest] = words[places, 0]
    lo[rest] = words[places, 1]
    why[rest] = codes[places]


def _one(text: bytes) -> tuple[int, bytes]:
    if b":" in text:
        try:
            return FINE, socket.inet_pton(socket.AF_INET6, text.decode("ascii"))
        except (OSError, ValueError):  # a NUL and characters beyond ASCII are a ValueError
            pass
    if not text:
        return MISSING, _NOTHING
    address, slash, _ = text.partition(b"/")
    if slash and _is_address(address):
        return NETWORK, _NOTHING
    address, percent, _ = text.partition(b"%")
    if percent and b":" in address and _is_address(address):
        return SCOPED, _NOTHING
    return BAD, _NOTHING


def _is_address(text: bytes) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6 if b":" in text else socket.AF_INET, text.decode("ascii"))
    except (OSError, ValueError):
        return False
    return True
