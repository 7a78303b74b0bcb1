"""A graph in numbers, as the calculation wants it: dependencies in the order of what they need, so that all that need one service are
together, and those without delay first among them. It is written to a file once for the tasks that share it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Arrays:
    """n services and m dependencies. `out[s]` to `out[s + 1]` are the dependencies on s, up to `out_now[s]` those without delay. `row` is
    each one's place in Graph.dependencies. A dependency with alternatives has a `slot`, else -1; the slots of the i-th such group are
    `slots[i]` to `slots[i + 1]`. `users` is (service, place, people); a `population` of -1 is not known."""

    source: Ints  # m
    target: Ints  # m
    share: Floats  # m
    delay: Ints  # m, hours
    group: Ints  # m
    row: Ints  # m
    out: Ints  # n + 1
    out_now: Ints  # n
    slot: Ints  # m
    slots: Ints  # groups with alternatives + 1
    slot_group: Ints  # slots: which of those groups
    slot_edge: Ints  # slots: which dependency
    threshold: Floats  # n
    replaced: Bools  # n
    users: Longs  # k, 3
    population: Longs  # places

    @property
    def n(self) -> int:
        """Number of services."""
        return len(self.threshold)

    @classmethod
    def of(
        cls,
        *,
        source: Ints,
        target: Ints,
        share: Floats,
        delay: Ints,
        group: Ints,
        threshold: Floats,
        replaced: Bools,
        users: Longs,
        population: Longs,
    ) -> Arrays:
        """From one entry for each dependency, in the order of Graph.dependencies."""
        n = len(threshold)
        order = np.lexsort((np.arange(len(source)), delay > 0, source)).astype(np.int32)
        source, target, share, delay, group = source[order], target[order], share[order], delay[order], group[order]
        out = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(np.bincount(source, minlength=n), out=out[1:])
        out_now = out[:-1] + np.bincount(source[delay == 0], minlength=n).astype(np.int32)
        sizes = np.bincount(group)
        among = np.flatnonzero(sizes[group] > 1) if len(group) else np.zeros(0, dtype=np.int64)
        among = among[np.lexsort((order[among], group[among]))]
        slot = np.full(len(source), -1, dtype=np.int32)
        slot[among] = np.arange(len(among))
        _groups, slot_group = np.unique(group[among], return_inverse=True)
        slots = np.zeros(len(_groups) + 1, dtype=np.int32)
        np.cumsum(np.bincount(slot_group, minlength=len(_groups)), out=slots[1:])
        return cls(
            source=source,
            target=target,
            share=share,
            delay=delay,
            group=group,
            row=order,
            out=out,
            out_now=out_now,
            slot=slot,
            slots=slots,
            slot_group=slot_group.astype(np.int32),
            slot_edge=among.astype(np.int32),
            threshold=threshold,
            replaced=replaced,
            users=users,
            population=population,
        )

    def write(self, path: Path) -> None:
        """To a file, in numpy's own format and without pickle."""
        given: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        with path.open("wb") as file:
            np.savez(file, **given)

    @classmethod
    def read(cls, path: Path) -> Arrays:
        with np.load(path, allow_pickle=False) as kept:
            return cls(**{f.name: kept[f.name] for f in fields(cls)})
