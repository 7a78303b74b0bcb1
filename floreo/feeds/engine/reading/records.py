"""Where rows of CSV end: quotes may hold line ends, and may be stray. The exact answer, for blocks in which not every line is
a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from floreo.feeds.engine.line_ends import Ints, line_places

LONGEST = 1 << 20  # a row over several lines that is longer is a quote somebody forgot to close
_QUOTE, _LF, _CR = 34, 10, 13


@dataclass(frozen=True)
class Records:
    """Rows of a block: where they begin and end, and on which line of the block (0 is the first). Blank lines are none."""

    starts: Ints
    ends: Ints
    lines: Ints
    end: int  # of what was understood: what follows is a row not yet whole
    broken: tuple[tuple[int, bytes], ...] = ()  # number and text of lines that are no row


@cache
def pattern(delimiter: str) -> re.Pattern[bytes]:
    """One row with its end, as every reader of CSV takes it: a quote quotes only at the beginning of a cell."""
    d = re.escape(delimiter.encode())
    cell = rb'(?:"(?:[^"]++|"")*+"[^%b\r\n]*+|[^"%b\r\n][^%b\r\n]*+|)' % (d, d, d)
    return re.compile(rb"%b(?:%b%b)*+(\r\n|\n|\r|\Z)" % (cell, d, cell))


def is_whole(line: bytes, delimiter: str) -> bool:
    """Whether a row that begins here ends here too, all its quotes closed."""
    found = pattern(delimiter).match(line)
    return bool(found and found.end() == len(line))


def records(data: bytes, delimiter: str, *, last: bool) -> Records:
    """Every row of the block."""
    found = _regular(data, delimiter)
    starts, ends, lines, end = found if found is not None else _irregular(data, delimiter)
    if last and end < len(data) and is_whole(data[end:], delimiter):
        line = _line_of(data, end)
        starts, ends, lines = np.append(starts, end), np.append(ends, len(data)), np.append(lines, line)
        end = len(data)
    letters = np.frombuffer(data, np.uint8)
    there = (letters[starts] != _LF) & (letters[starts] != _CR) if len(starts) else np.zeros(0, bool)
    return Records(starts[there], ends[there], lines[there], end)


def lines(data: bytes, delimiter: str, *, last: bool) -> Records:
    """Every line as a row, for files whose quotes mean nothing: those that are not whole by themselves are broken."""
    whole = data if last else data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]
    starts, ends, rows, broken, place = [], [], [], [], 0
    for number, line in enumerate(whole.splitlines(keepends=True)):
        end = place + len(line)
        if bare := line.rstrip(b"\r\n"):
            if is_whole(bare, delimiter):
                starts.append(place)
                ends.append(end)
                rows.append(number)
            else:
                broken.append((number, bare))
        place = end
    return Records(np.array(starts, np.int64), np.array(ends, np.int64), np.array(rows, np.int64), place, tuple(broken))


def _line_of(data: bytes, place: int) -> int:
    return int(np.searchsorted(line_places(data), place))


Found = tuple[Ints, Ints, Ints, int]


def _regular(data: bytes, delimiter: str) -> Found | None:
    """By parity of quotes; None when one of them is where it proves nothing."""
    letters = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(letters == _QUOTE)
    if len(quotes):
        borders = np.array([ord(delimiter), _LF, _CR, _QUOTE], np.uint8)
        opening, closing = quotes[0::2], quotes[1::2]
        before = letters[opening[opening > 0] - 1]
        after = letters[closing[closing < len(letters) - 1] + 1]
        if not (np.isin(before, borders).all() and np.isin(after, borders).all()):
            return None
    line_ends = line_places(data)
    outside = np.flatnonzero(np.searchsorted(quotes, line_ends) % 2 == 0)
    ends: Any = line_ends[outside] + 1
    starts = np.concatenate([np.zeros(min(1, len(ends)), np.int64), ends[:-1]])
    lines = np.concatenate([np.zeros(min(1, len(ends)), np.int64), outside[:-1] + 1])
    return starts, ends, lines, int(ends[-1]) if len(ends) else 0


def _irregular(data: bytes, delimiter: str) -> Found:
    """Row by row."""
    match, place = pattern(delimiter).match, 0
    starts, ends = [], []
    while place < len(data):
        found = match(data, place)
        if not found or not found[1]:
            break
        starts.append(place)
        place = found.end()
        ends.append(place)
    begun = np.array(starts, np.int64)
    lines = np.searchsorted(line_places(data), begun)
    return begun, np.array(ends, np.int64), lines, place
