"""Exact de-duplication: every key that was seen, in sorted runs that are merged as they grow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from floreo.feeds.engine.addresses import Flags

Keys = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.uint32]

# Runs of this many are left as they are: merging them would need as much memory again.
_LARGE = 1 << 22
_MARKS, _SHIFT = 1 << 24, np.uint64(64 - 24)  # sixteen megabytes of marks, and how far a key is shifted to its own
_WORTH = 1 << 17  # keys from which on marks are kept: to make them costs what looking up so many does


@dataclass(frozen=True)
class Sightings:
    """`first` says of each row whether its key was not seen before. `key`, `more`: keys of this file that came again, and
    how often; not those of files before it."""

    first: Flags
    key: Keys
    more: Counts


class SeenKeys:
    """Keys of one window. `before` are those of its files that are stored already."""

    def __init__(self, before: Iterable[Keys] = ()) -> None:
        self._before: list[Keys] = []
        self._runs: list[Keys] = []
        self._marks: npt.NDArray[np.bool_] | None = None  # where one of `_runs` may be; nothing is where no mark is
        for keys in before:
            _insert(self._before, np.unique(keys))

    def add(self, keys: Keys) -> Sightings:
        order, starts = groups(keys)
        distinct, times = keys[order[starts]], np.diff(np.append(starts, len(keys)))
        at = order[starts]  # of each key its first row
        is_old = _holds(self._before, distinct)
        is_ours = self._is_ours(distinct)
        is_new = ~(is_old | is_ours)
        first = np.zeros(len(keys), np.bool_)
        first[at[is_new]] = True
        self._take(distinct[is_new])
        more = np.where(is_old, 0, times - is_new)
        again = more > 0
        return Sightings(first, distinct[again], more[again].astype(np.uint32))

    def _is_ours(self, keys: Keys) -> Flags:
        """Which of these were seen in this file. Nearly all are new, and most of those are recognised by a look at their mark."""
        if self._marks is None:
            return _holds(self._runs, keys)
        found = self._marks[_mark_of(keys)]
        likely = np.flatnonzero(found)
        found[likely] = _holds(self._runs, keys[likely])
        return found

    def _take(self, new: Keys) -> None:
        _insert(self._runs, new)
        if self._marks is not None:
            self._marks[_mark_of(new)] = True
        elif len(self) > _WORTH:
            self._marks = np.zeros(_MARKS, np.bool_)
            for run in self._runs:
                self._marks[_mark_of(run)] = True

    def following(self) -> SeenKeys:
        """For the next file of the window: all that was seen up to here is before it."""
        after = SeenKeys()
        after._before = [*self._before, *self._runs]
        return after

    def __len__(self) -> int:
        return sum(map(len, self._runs))


def groups(keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """An order of the rows in which equal keys are together, each key's rows in theirs, and where each key begins in it; keys ascend.

    Numbers are sorted in half of the time that finding their order takes: so the last bits of each key give way to the number of its
    row, and what is sorted shows the order. Keys that differ in those bits alone, which hashes hardly ever do, are sorted as they are."""
    last = np.uint64((1 << max(len(keys) - 1, 0).bit_length()) - 1)
    packed = np.sort((keys & ~last) | np.arange(len(keys), dtype=np.uint64))
    order = (packed & last).astype(np.int64)
    ordered = keys[order]
    differs = ordered[1:] != ordered[:-1]
    if (differs & ((packed[1:] ^ packed[:-1]) <= last)).any():
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        differs = ordered[1:] != ordered[:-1]
    return order, np.flatnonzero(np.concatenate([np.ones(min(len(keys), 1), np.bool_), differs]))


def _mark_of(keys: Keys) -> npt.NDArray[np.int64]:
    return (keys >> _SHIFT).view(np.int64)


def _holds(runs: list[Keys], wanted: Keys) -> Flags:
    found = np.zeros(len(wanted), np.bool_)
    for run in runs:
        place = np.searchsorted(run, wanted)
        place[place == len(run)] = 0
        found |= run[place] == wanted
    return found


def _insert(runs: list[Keys], new: Keys) -> None:
    """Runs stay at least twice as long as the next one, so there are few, and each key is moved only a few times."""
    if not len(new):
        return
    while runs and len(runs[-1]) <= 2 * len(new) and len(runs[-1]) < _LARGE:
        new = np.concatenate([runs.pop(), new])
        new.sort(
            kind="stable"
        )  # it finds the two ordered halves, and takes a tenth of the time of a sort that does not look for them
    runs.append(new)
