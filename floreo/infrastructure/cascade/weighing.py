"""How heavy many scenarios are, in tasks of some scenarios each. The graph goes to a file once, which each process reads once; a task
carries the file's name."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from floreo.core.executors import Executor
from floreo.infrastructure.cascade.arrays import Arrays, Longs
from floreo.infrastructure.cascade.people import person_hours
from floreo.infrastructure.cascade.spreading import NEVER, Scenarios, spread

_CELLS = 6_000_000  # scenarios times services and alternatives in one calculation: some hundred MB at most
_MOST = 256  # scenarios in one calculation
_WAITING = 64  # tasks submitted and not collected: they are small, but a cluster need not hold all


class Weights(NamedTuple):
    """Of each scenario: services that stop, services that lose something, person-hours without at least one service (the least and the
    most), and person-hours of all services added."""

    stopped: Longs
    hit: Longs
    least: Longs
    most: Longs
    of_services: Longs


@dataclass(frozen=True)
class ScenarioBatch:
    """One task: scenarios over the arrays of a file, or over these."""

    arrays: Arrays | str
    hours: int
    scenarios: Scenarios


def weigh(part: ScenarioBatch) -> Weights:
    """Runs anywhere."""
    arrays = _read(part.arrays) if isinstance(part.arrays, str) else part.arrays
    found = spread(arrays, part.hours, part.scenarios)
    stopped, hit = (np.count_nonzero(lost != NEVER, axis=1).astype(np.int64) for lost in (found.stop, found.hit))
    return Weights(stopped, hit, *person_hours(arrays, found.stop, part.hours))


@lru_cache(maxsize=2)
def _read(path: str) -> Arrays:
    return Arrays.read(Path(path))


def weigh_all(
    arrays: Arrays,
    hours: int,
    count: int,
    scenarios: Callable[[range], Scenarios],
    *,
    executor: Executor | None = None,
    folder: Path | None = None,
) -> Weights:
    """Of `count` scenarios; `scenarios` makes those of a range. Without an executor they are calculated here. `folder` is where the file
    of the graph is while it is needed: on a cluster, one that all machines see under the same name."""
    size = min(max(_CELLS // max(arrays.n + len(arrays.slot_edge), 1), 1), _MOST)
    ranges = [range(begin, min(begin + size, count)) for begin in range(0, count, size)]
    if executor is None:
        return _together(weigh(ScenarioBatch(arrays, hours, scenarios(part))) for part in ranges)
    with tempfile.TemporaryDirectory(prefix="cascade-", dir=folder) as shared:
        file = Path(shared) / "graph.npz"
        arrays.write(file)
        parts = (ScenarioBatch(str(file), hours, scenarios(part)) for part in ranges)
        return _together(_submitted(executor, parts))


def _submitted(executor: Executor, parts: Iterator[ScenarioBatch]) -> Iterator[Weights]:
    running: deque[Future[Weights]] = deque()
    for part in parts:
        running.append(executor.submit(weigh, part))
        if len(running) > _WAITING:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()


def _together(found: Iterator[Weights]) -> Weights:
    columns = list(zip(*found, strict=True))
    if not columns:
        return Weights(*(np.zeros(0, dtype=np.int64) for _ in Weights._fields))
    return Weights(*(np.concatenate(column) for column in columns))
