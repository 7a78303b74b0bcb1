"""Columns of words: each distinct value is looked at once, whatever the number of rows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.events import WORDS

Hashes = npt.NDArray[np.uint64]
_CVE = re.compile(r"\bcve[-_ ]?(\d{4})[-_ ]?(\d{4,7})\b", re.IGNORECASE)
_M1, _M2, _STEP = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB), np.uint64(0x9E3779B97F4A7C15)


def whole(column: Any) -> Any:
    """One array, however many pieces it came in."""
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return column


def encoded(column: Any) -> Any:
    """The column as a dictionary."""
    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def constant(word: str | None, rows: int) -> Any:
    """One word in every row."""
    if not word:
        return pa.nulls(rows, WORDS)
    return pa.DictionaryArray.from_arrays(first_places(rows), pa.array([word]), safe=False)


@lru_cache(maxsize=4)
def first_places(rows: int) -> pa.Int32Array:
    """The first place of a dictionary, for each row: the same array for all columns of a block that say one thing."""
    return pa.array(np.zeros(rows, np.int32))


def without(column: Any, nulls: Iterable[str]) -> Any:
    """The column with words that mean nothing taken out; `nulls` are in lower case."""
    words = {word for word in nulls if word}
    if not words:
        return column
    if pa.types.is_dictionary(column.type):
        if not pc.any(pc.is_in(pc.utf8_lower(column.dictionary), value_set=pa.array(sorted(words)))).as_py():
            return column
        return recoded(column, lambda v: None if v.lower() in words else v)
    spelt = sorted({s for w in words for s in (w, w.upper(), w.capitalize())})
    shortest = pc.min(pc.binary_length(column)).as_py()
    if shortest is None or shortest > max(len(word.encode()) for word in spelt):
        return column  # addresses and times: recognised without a look at their characters
    gone = pc.is_in(column, value_set=pa.array(spelt, pa.string()))
    return pc.if_else(gone, pa.scalar(None, pa.string()), column) if pc.any(gone).as_py() else column


def recoded(column: Any, change: Callable[[str], str | None]) -> Any:
    """Every word as `change` says it; None takes it out."""
    column = encoded(column)
    changed = [change(v) if v is not None else None for v in column.dictionary.to_pylist()]
    return _of_codes(codes(column), changed)


def codes(column: Any) -> npt.NDArray[np.int32]:
    """Places in the dictionary; its length where there is nothing."""
    found = pc.fill_null(column.indices, len(column.dictionary)).to_numpy(zero_copy_only=False)
    return np.asarray(found, np.int32)


def _of_codes(places: npt.NDArray[np.int32], words: Sequence[str | None]) -> Any:
    """Rows from their places in `words` (one further is nothing); each different word occurs once."""
    distinct: dict[str, int] = {}
    new = [distinct.setdefault(w, len(distinct)) if w else -1 for w in words]
    rows = np.array([*new, -1], np.int32)[places]
    mask = rows < 0
    indices = pa.array(np.where(mask, 0, rows), pa.int32(), mask=mask) if mask.any() else pa.array(rows)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(distinct) or [""], pa.string()), safe=False)


def first_of(columns: Sequence[Any], rows: int, otherwise: str | None = None) -> Any:
    """Row by row the first column that says something, else one word for all."""
    words: list[str | None] = [otherwise or None]
    places = np.zeros(rows, np.int32)
    for column in reversed(columns):
        coded = encoded(column)
        mine = codes(coded)
        here = np.asarray(pc.fill_null(pc.take(coded.dictionary.is_valid(), coded.indices), fill_value=False))
        places = np.where(here, mine + np.int32(len(words)), places).astype(np.int32)
        words += coded.dictionary.to_pylist()
    return _of_codes(places, words)


_LARGEST = 1 << 62  # combination that has a number
Combination = tuple[str | None, ...]


def combinations(columns: Sequence[Any], rows: int) -> tuple[npt.NDArray[np.int64], list[Combination]]:
    """Which words of columns (dictionaries, all of `rows`) are together: of each row its place in the list of what occurs, in the order
    in which it does, and that list. None is where a column has nothing."""
    places = np.zeros(rows, np.int64)
    known: list[Combination] = [()]
    size = 1
    waiting: list[list[str | None]] = []
    for column in columns:
        words = [*column.dictionary.to_pylist(), None]
        if size * len(words) >= _LARGEST:
            places, known = _occurring(places, known, waiting)
            size, waiting = len(known), []
        places = places * len(words) + codes(column)
        size *= len(words)
        waiting.append(words)
    return _occurring(places, known, waiting)


def _occurring(
    numbers: npt.NDArray[np.int64], known: Sequence[Combination], more: Sequence[Sequence[str | None]]
) -> tuple[npt.NDArray[np.int64], list[Combination]]:
    """Numbers that represent one of `known` and a word of each of `more`, as places in the list of those that occur."""
    occurring = pa.array(numbers).dictionary_encode()
    left, columns = occurring.dictionary.to_numpy(), []
    for words in reversed(more):
        left, place = np.divmod(left, len(words))
        columns.append([words[i] for i in place.tolist()])
    listed = [(*known[i], *behind) for i, *behind in zip(left.tolist(), *reversed(columns), strict=True)]
    return occurring.indices.to_numpy().astype(np.int64), listed


def cves(columns: Sequence[Any], rows: int, always: str = "", kept: Sequence[Any] = ()) -> Any:
    """CVE ids that are in columns, with those that always apply, ";" between them. What is in `kept` are ids by itself,
    of whatever register."""
    ids: list[tuple[str, ...]] = [_ids(always)]
    places = np.zeros(rows, np.int64)
    for column, finds in [*((c, _ids) for c in columns), *((c, _all_ids) for c in kept)]:
        coded = encoded(column)
        found = [*(finds(v or "") for v in coded.dictionary.to_pylist()), ()]
        if not any(found):
            continue
        both, places = np.unique(places * len(found) + codes(coded), return_inverse=True)
        ids = [tuple(dict.fromkeys((*ids[b // len(found)], *found[b % len(found)]))) for b in both.tolist()]
    return _of_codes(places.astype(np.int32), [";".join(found) or None for found in ids])


def _ids(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"CVE-{year}-{number}" for year, number in _CVE.findall(text)))


def _all_ids(text: str) -> tuple[str, ...]:
    words = [word for word in re.split(r"[\s,;|]+", text) if word]
    return tuple(dict.fromkeys(found for word in words for found in (_ids(word) or (word,))))


def mixed(words: Hashes) -> Hashes:
    """Every bit of a 64-bit word spread over all the others."""
    words = (words ^ (words >> np.uint64(30))) * _M1
    words = (words ^ (words >> np.uint64(27))) * _M2
    return words ^ (words >> np.uint64(31))


def hashed(column: Any) -> Hashes:
    """A 64-bit word for the value of each row; nothing is a value too."""
    if pa.types.is_integer(column.type):
        there = column.is_valid().to_numpy(zero_copy_only=False)
        return np.where(there, pc.fill_null(column, 0).to_numpy().astype(np.uint64) + np.uint64(1), np.uint64(0))
    if column.null_count == len(column):
        return np.zeros(len(column), np.uint64)
    coded = encoded(column)
    return hashes_of(coded.dictionary)[codes(coded)]


_EMPTY = hashlib.blake2b(digest_size=8)  # its copies are begun in a third of the time
_NOTHING = bytes(8)
_FEW = 4096  # words of a dictionary that is likely to come again in the next block


def _hash_of(text: bytes | None) -> bytes:
    if text is None:
        return _NOTHING
    word = _EMPTY.copy()
    word.update(text)
    return word.digest()


_known_hash_of = lru_cache(maxsize=4 * _FEW)(_hash_of)


def hashes_of(dictionary: Any) -> Hashes:
    """64 bits of each word, and of nothing at the end. Where words are few, the same ones come block after block."""
    hash_of = _known_hash_of if len(dictionary) <= _FEW else _hash_of
    words = map(hash_of, dictionary.cast(pa.binary()).to_pylist())
    return np.frombuffer(b"".join([*words, _NOTHING]), "<u8")


def joined(parts: Iterable[Hashes], rows: int) -> Hashes:
    """One word of several, in their order."""
    out = np.zeros(rows, np.uint64)
    for part in parts:
        out = mixed((out ^ part) + _STEP)
    return out
