"""What would help: one change at a time, by the person-hours that it saves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from floreo.core.executors import Executor
from floreo.infrastructure.cascade.arrays import Ints
from floreo.infrastructure.cascade.graph import (
    Change,
    Dependency,
    Failure,
    Graph,
    GraphError,
    Problem,
    ServiceReplaced,
    whole_problem,
)
from floreo.infrastructure.cascade.running import MOST_HORIZON, Cascade, run
from floreo.infrastructure.cascade.spreading import NOBODY, Failed, Scenarios
from floreo.infrastructure.cascade.weighing import weigh_all


@dataclass(frozen=True)
class Saving:
    """Person-hours fewer until the horizon, and services fewer that stop. `person_hours` are of all services added. `least` and `most` are
    what the two bounds of people without at least one service go down by; the true number need not lie between them."""

    person_hours: int
    least: int
    most: int
    stopped: int


@dataclass(frozen=True)
class DependencyHelp:
    """What it would save if the fallback of `dependency` lasted beyond the horizon, or `extra` hours more."""

    dependency: Dependency
    hours: int
    extra: int
    to_the_end: Saving
    more: Saving


@dataclass(frozen=True)
class ServiceHelp:
    """What it would save if `service` had a full alternative at once, so that its users and those that depend on it lost nothing."""

    service: str
    saving: Saving

    @property
    def change(self) -> Change:
        """For Graph.changed."""
        return ServiceReplaced(self.service)


@dataclass(frozen=True)
class WhatHelps:
    """The cascade as it is, and every single change that saves something, the largest saving first. Savings of two changes do not add
    up."""

    cascade: Cascade
    dependencies: tuple[DependencyHelp, ...]
    services: tuple[ServiceHelp, ...]


def what_helps(
    graph: Graph,
    failures: Iterable[Failure],
    hours: int = 72,
    extra: int = 24,
    *,
    executor: Executor | None = None,
    folder: Path | None = None,
) -> WhatHelps:
    """Calculates the cascade again for each dependency over which a loss came, and its alternatives (twice), and for each service that loses
    something. Raises GraphError. `executor` and `folder` as in weighing.weigh_all."""
    if (code := whole_problem(extra, MOST_HORIZON)) or not extra:
        raise GraphError([Problem(code or "negative", "", "extra")])
    cascade = run(graph, failures, hours)
    arrays = graph.arrays
    edges = _candidates(cascade)
    hit = np.flatnonzero(cascade.loss[-1] > 0).astype(np.int32)
    groups, which_group = np.unique(arrays.group[edges], return_inverse=True)
    nobody = [np.full(len(part), NOBODY, dtype=np.int32) for part in (groups, edges, hit)]
    dropped = np.concatenate([groups.astype(np.int32), nobody[1], nobody[2], [NOBODY]]).astype(np.int32)
    slower = np.concatenate([nobody[0], edges, nobody[2], [NOBODY]]).astype(np.int32)
    replaced = np.concatenate([nobody[0], nobody[1], hit, [NOBODY]]).astype(np.int32)
    given = [(graph.index[f.service], int(f.hour), float(f.share)) for f in cascade.failures]

    def changed(those: range) -> Scenarios:
        part = slice(those.start, those.stop)
        failed = [Failed(i, *one) for i in range(len(those)) for one in given]
        return Scenarios(len(those), failed, replaced[part], dropped[part], slower[part], extra)

    found = weigh_all(arrays, hours, len(dropped), changed, executor=executor, folder=folder)
    columns = (found.of_services, found.least, found.most, found.stopped)
    savings = [Saving(*saved) for saved in zip(*((column[-1] - column).tolist() for column in columns), strict=True)]
    by_group, by_edge = savings[: len(groups)], savings[len(groups) : len(groups) + len(edges)]
    helps = [
        DependencyHelp(graph.dependencies[row], hours, extra, by_group[group], more)
        for row, group, more in zip(arrays.row[edges].tolist(), which_group.tolist(), by_edge, strict=True)
        if by_group[group] != _NOTHING
    ]
    services = [
        ServiceHelp(graph.services[i].key, saving)
        for i, saving in zip(hit.tolist(), savings[len(groups) + len(edges) :], strict=False)
        if saving != _NOTHING
    ]
    return WhatHelps(
        cascade,
        tuple(sorted(helps, key=lambda h: (*_largest(h.to_the_end), *_largest(h.more), h.dependency.key))),
        tuple(sorted(services, key=lambda s: (*_largest(s.saving), s.service))),
    )


_NOTHING = Saving(0, 0, 0, 0)


def _largest(saving: Saving) -> tuple[int, int, int, int]:
    return -saving.person_hours, -saving.most, -saving.least, -saving.stopped


def _candidates(cascade: Cascade) -> Ints:
    """Dependencies over which a loss came, by index into the arrays, and the alternatives to them. No other one changes anything when it
    lasts longer: every loss came over these."""
    arrays, rows = cascade.graph.arrays, cascade.spread.steps.row
    used = np.isin(arrays.row, rows[rows != NOBODY])
    return np.flatnonzero(np.isin(arrays.group, arrays.group[used])).astype(np.int32)
