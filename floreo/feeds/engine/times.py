"""Text to time, a column at a time: milliseconds since 1970, UTC. What names no zone is UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Millis = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NONE = np.iinfo(np.int64).min  # no time, or none that can be read
_SAMPLE, _FEW = (
    1000,
    0.25,
)  # rows by which a column is taken for one that repeats itself, and the share of them that may differ
_WIDTH = 19  # of 2026-11-24 00:00:11
_DASHES, _SPACE, _COLONS = (4, 7), 10, (13, 16)
_EPOCH = re.compile(r"^-?\d+(\.\d*)?$")
_BEHIND = re.compile(
    r"^(?:\.([0-9]{1,6}))?(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))?\Z"
)  # what may be behind the seconds
_ZONE = re.compile(r"^(.*\d) ?(?:UTC|GMT|Z)$", re.IGNORECASE)


def parse_times(column: Any) -> Millis:
    """Of every text of a column (string, or dictionary of it); NONE where it is none or null."""
    if pa.types.is_dictionary(column.type):
        distinct = np.append(parse_times(column.dictionary), NONE)
        places = pc.fill_null(column.indices, len(column.dictionary)).to_numpy(zero_copy_only=False)
        return np.asarray(distinct[places], np.int64)
    if _repeats(column):
        return parse_times(column.dictionary_encode())
    out = np.full(len(column), NONE, np.int64)
    if not len(column):
        return out
    plain = _plain(column, out)
    rest = np.flatnonzero(~plain & column.is_valid().to_numpy(zero_copy_only=False))
    if len(rest):
        encoded = column.take(pa.array(rest)).dictionary_encode()
        each = np.array([one(text) for text in encoded.dictionary.to_pylist()], np.int64)
        out[rest] = each[encoded.indices.to_numpy()]
    return out


def _repeats(column: Any) -> bool:
    """Whether so few of its first rows differ that looking each time up costs less than reading all: a night's file is often in the order of
    time, some rows a second."""
    return len(column) > _SAMPLE and len(column.slice(0, _SAMPLE).unique()) <= _SAMPLE * _FEW


def _plain(column: Any, out: Millis) -> Flags:
    """Fills in whatever is written as 2026-11-24 00:00:11 (or with a T), perhaps with a fraction and a zone behind: nearly all, and quick.
    Returns which those are."""
    _, starts, data = column.buffers()
    offsets = np.frombuffer(starts, np.int32, len(column) + 1, column.offset * 4)
    done = np.zeros(len(column), np.bool_)
    lengths = np.diff(offsets)
    rows = np.flatnonzero(lengths >= _WIDTH)
    if not len(rows) or data is None:
        return done
    flat = np.frombuffer(data, np.uint8)
    letters = flat[offsets[rows][:, None] + np.arange(_WIDTH, dtype=np.int32)].T  # one line a place
    digits = letters - np.uint8(48)
    fits = (letters[_SPACE] == ord(" ")) | (letters[_SPACE] == ord("T"))
    for place in range(_WIDTH):
        if place in _DASHES:
            fits &= letters[place] == ord("-")
        elif place in _COLONS:
            fits &= letters[place] == ord(":")
        elif place != _SPACE:
            fits &= digits[place] <= 9
    number = digits.astype(np.int32)

    def two(at: int) -> Any:
        return number[at] * 10 + number[at + 1]

    year, month, day = two(0) * 100 + two(2), two(5), two(8)
    hour, minute, second = two(11), two(14), two(17)
    fits &= (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    fits &= days < following
    millis = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
    behind = np.flatnonzero(fits & (lengths[rows] > _WIDTH))
    if len(behind):
        more = _behind(column.take(pa.array(rows[behind])))
        fits[behind[more == NONE]] = False
        millis[behind] += more
    done[rows[fits]] = True
    out[rows[fits]] = millis[fits]
    return done


def _behind(column: Any) -> Millis:
    """What a fraction of a second adds and a zone takes away; NONE where something else is behind the seconds."""
    encoded = pc.utf8_slice_codeunits(column, _WIDTH).dictionary_encode()
    distinct = np.array([_shift(text) for text in encoded.dictionary.to_pylist()], np.int64)
    return np.asarray(distinct[encoded.indices.to_numpy()], np.int64)


def _shift(text: str) -> int:
    found = _BEHIND.match(text)
    if not found:
        return int(NONE)
    fraction, sign, hours, minutes = found.groups(default="")
    away = (int(hours) * 60 + int(minutes)) * 60_000 if sign else 0
    return int(fraction.ljust(6, "0")[:3] or 0) + (away if sign == "-" else -away)


def one(text: str) -> int:
    """One time in any of the ways that reports write it: ISO 8601, seconds or milliseconds since 1970, as mail does."""
    text = text.strip()
    if _EPOCH.match(text) and not (len(text) == 8 and text.isdigit()):
        return _epoch(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        zoned = _ZONE.match(text)
        try:
            found = datetime.fromisoformat(zoned[1]) if zoned else parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return int(NONE)
    return millis_of(found)


def _epoch(text: str) -> int:
    whole = text.lstrip("-").split(".")[0]
    if len(whole) > 19:
        return int(NONE)
    # By the number of digits: up to 10 are seconds, 13 milliseconds, 16 and 19 finer.
    per_second = {13: 3, 16: 6, 19: 9}.get(len(whole), 0)
    if len(whole) > 10 and not per_second:
        return int(NONE)
    return int(float(text) * 1000) if not per_second else int(text.split(".", maxsplit=1)[0]) * 1000 // 10**per_second


def millis_of(when: datetime) -> int:
    """A time as milliseconds since 1970."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    passed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000
