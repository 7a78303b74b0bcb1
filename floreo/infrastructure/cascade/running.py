"""One cascade: what fails, what it takes along, when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from floreo.infrastructure.cascade.arrays import Floats, Ints, Longs
from floreo.infrastructure.cascade.graph import (
    Dependency,
    Failure,
    Graph,
    GraphError,
    Problem,
    failure_problems,
    whole_problem,
)
from floreo.infrastructure.cascade.people import People, by_place, hours_without, users_of
from floreo.infrastructure.cascade.spreading import NEVER, NOBODY, Failed, Scenarios, Spread, Step, Steps, spread

MOST_HORIZON = 8784  # hours: a year


@dataclass(frozen=True)
class Cause:
    """Why the loss of `service` grew to `loss` at `hour`. `dependency` is None where it failed by itself. Otherwise what it needs was lost
    at `lost_at`, the fallback lasted to `fallback_ended` (equal to `lost_at` where there is none), and the impact came the dependency's
    hours later, at `hour`."""

    service: str
    hour: int
    loss: float
    dependency: Dependency | None = None
    lost_at: int | None = None
    fallback_ended: int | None = None


@dataclass(frozen=True)
class Hit:
    """A service that loses something within the horizon. `stopped_at` is None where it works in part to the end. `loss` is that at the
    end; `cause` is that of the first loss, `stop_cause` that of the stop."""

    service: str
    hit_at: int
    stopped_at: int | None
    loss: float
    cause: Cause
    stop_cause: Cause | None


@dataclass(frozen=True)
class Cascade:
    """What `run` gives back. Hours go from 0 to `hours`, both counted."""

    graph: Graph
    failures: tuple[Failure, ...]
    hours: int
    spread: Spread = field(repr=False, compare=False)

    @cached_property
    def loss(self) -> Floats:
        """Loss between 0 and 1 of each service at the end of each hour: (hours + 1, services), services as in `graph.services`."""
        loss, steps = np.zeros((self.hours + 1, len(self.graph.services))), self.spread.steps
        np.maximum.at(loss, (steps.hour, steps.service), steps.loss)
        return np.maximum.accumulate(loss, axis=0)

    def loss_of(self, service: str, hour: int) -> float:
        return float(self.loss[hour, self.graph.index[service]])

    def hit_at(self, service: str) -> int | None:
        """The hour of its first loss, or None."""
        return _hour(self.spread.hit[0, self.graph.index[service]])

    def stopped_at(self, service: str) -> int | None:
        """The hour at which it stops, or None."""
        return _hour(self.spread.stop[0, self.graph.index[service]])

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        """Every service that loses something, by the hour of its first loss, then of its stop, then by key."""
        found = []
        for i in np.flatnonzero(self.spread.hit[0] != NEVER).tolist():
            first, stop = self._first_step[i], self._stop_step.get(i)
            cause = None if stop is None else self._cause(stop)
            loss = float(self.loss[-1, i])
            key = self.graph.services[i].key
            found.append(Hit(key, first.hour, stop.hour if stop else None, loss, self._cause(first), cause))
        return tuple(
            sorted(found, key=lambda h: (h.hit_at, NEVER if h.stopped_at is None else h.stopped_at, h.service))
        )

    @property
    def stopped(self) -> tuple[Hit, ...]:
        """Those that stop, by the hour of the stop, then by key."""
        those = [hit for hit in self.hits if hit.stopped_at is not None]
        return tuple(sorted(those, key=lambda hit: (hit.stopped_at, hit.service)))

    def chain(self, service: str) -> tuple[Cause, ...]:
        """From the stop of a service (its first loss, where it does not stop) back to a failure; empty where it loses nothing. The hour
        of each cause is the `lost_at` of the one before."""
        i = self.graph.index[service]
        step: Step | None = self._stop_step.get(i) or self._first_step.get(i)
        found = []
        while step is not None:
            found.append(self._cause(step))
            step = None if step.parent == NOBODY else self.spread.steps[step.parent]
        return tuple(found)

    def largest_cause(self, service: str) -> Cause | None:
        """Why it loses as much as it does at the end, or None where it loses nothing."""
        step = self._last_step.get(self.graph.index[service])
        return None if step is None else self._cause(step)

    @cached_property
    def people(self) -> People:
        """People without at least one service: those whose service has stopped. One that works in part does not count."""
        return self._people(self.spread.stop)

    def _people(self, lost_at: Ints) -> People:
        arrays = self.graph.arrays
        least, most = by_place(arrays, lost_at, self.hours)
        hours = (hours_without(lost_at, self.hours)[0] * users_of(arrays)).tolist()
        by_service: Mapping[str, int] = {s.key: n for s, n in zip(self.graph.services, hours, strict=True) if n}
        return People(self.graph.places, least[0], most[0], by_service)

    @cached_property
    def _first_step(self) -> dict[int, Step]:
        return _first_of_each(self.spread.steps, np.arange(len(self.spread.steps)))

    @cached_property
    def _stop_step(self) -> dict[int, Step]:
        return _first_of_each(self.spread.steps, np.flatnonzero(self.spread.steps.loss == 1.0))

    @cached_property
    def _last_step(self) -> dict[int, Step]:
        """Losses only grow, so the last step of a service is its largest."""
        return _first_of_each(self.spread.steps, np.arange(len(self.spread.steps))[::-1])

    def _cause(self, step: Step) -> Cause:
        key = self.graph.services[step.service].key
        if step.row == NOBODY:
            return Cause(key, step.hour, step.loss)
        row = self.graph.dependencies[step.row]
        lost_at = int(self.spread.steps.hour[step.parent])
        return Cause(key, step.hour, step.loss, row, lost_at, lost_at + int(row.fallback))


def run(graph: Graph, failures: Iterable[Failure], hours: int = 72) -> Cascade:
    """The cascade of these failures from hour 0 to `hours`. Raises GraphError for a failure that cannot be calculated."""
    failures = checked(graph, failures, hours)
    given = [Failed(0, graph.index[f.service], int(f.hour), float(f.share)) for f in failures]
    return Cascade(graph, failures, hours, spread(graph.arrays, hours, Scenarios(1, given), with_steps=True))


def checked(graph: Graph, failures: Iterable[Failure], hours: int) -> tuple[Failure, ...]:
    """The failures, in an order of their own. Raises GraphError."""
    failures = tuple(failures)
    problems = failure_problems(failures, graph.index)
    if code := whole_problem(hours, MOST_HORIZON):
        problems = (*problems, Problem(code, "", "hours"))
    if problems:
        raise GraphError(problems)
    return tuple(sorted(failures, key=lambda f: (f.hour, f.service, -f.share)))


def _first_of_each(steps: Steps, those: Longs) -> dict[int, Step]:
    services, at = np.unique(steps.service[those], return_index=True)
    return {service: steps[i] for service, i in zip(services.tolist(), those[at].tolist(), strict=True)}


def _hour(hour: int) -> int | None:
    return None if hour == NEVER else int(hour)
