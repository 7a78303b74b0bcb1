"""How losses spread, hour by hour, in several scenarios at once.

Only what changes is looked at: a service whose loss grew passes it on, once, to the hour at which it arrives. Within one hour, dependencies
without delay are followed round by round until nothing grows. Losses only grow and each is at most the loss that caused it, or 1 where a
service stops, so the rounds end, in cycles too, and what they end with is the least solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from floreo.infrastructure.cascade.arrays import Arrays, Bools, Floats, Ints, Longs

NEVER = 2**31 - 1  # the hour of what does not happen within the horizon
NOBODY = -1  # no service, dependency, group or step
ROUNDING = 1e-9  # more than the error of a product of a million shares


class Failed(NamedTuple):
    """A failure in one scenario: which, index of the service, hour, share."""

    scenario: int
    service: int
    hour: int
    share: float


@dataclass(frozen=True)
class Scenarios:
    """What fails in each of `count` scenarios, and the one change of each, by index (NOBODY for none): the service that is replaced in
    full, the group of dependencies by which nothing is lost, the dependency that lasts `extra` hours more."""

    count: int
    failed: Sequence[Failed]
    replaced: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    dropped: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    slower: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    extra: int = 0


class Step(NamedTuple):
    """The loss of a service grew: to what, at which hour, by which dependency (index into Graph.dependencies), and the step of the needed
    service that caused it. Both are NOBODY where the service itself failed. Several steps of one service in one hour are possible."""

    service: int
    hour: int
    loss: float
    row: int
    parent: int


@dataclass(frozen=True)
class Steps:
    """Steps as columns, in the order in which they happened."""

    service: Ints
    hour: Ints
    loss: Floats
    row: Ints
    parent: Ints

    def __len__(self) -> int:
        return len(self.service)

    def __getitem__(self, i: int) -> Step:
        row = (int(self.service[i]), int(self.hour[i]), float(self.loss[i]), int(self.row[i]), int(self.parent[i]))
        return Step(*row)


_NO_INTS: Ints = np.zeros(0, dtype=np.int32)
NO_STEPS = Steps(_NO_INTS, _NO_INTS, np.zeros(0), _NO_INTS, _NO_INTS)


@dataclass(frozen=True)
class Spread:
    """Hours (scenario, service) at which each service is hit and stops, NEVER where not, and the steps where they were asked for."""

    hit: Ints
    stop: Ints
    steps: Steps = NO_STEPS


class _Arrivals(NamedTuple):
    """Losses that arrive over dependencies: index of each, its scenario, the loss, and the step that sent it."""

    edge: Ints
    scenario: Ints
    loss: Floats
    step: Ints


class _Offers(NamedTuple):
    """Losses that services are offered: scenario times n plus service, the loss, the dependency, the step behind it."""

    flat: Ints
    loss: Floats
    edge: Ints
    step: Ints


def spread(arrays: Arrays, hours: int, scenarios: Scenarios, *, with_steps: bool = False) -> Spread:
    """From hour 0 to `hours`, both counted. Steps are for one scenario alone."""
    if with_steps and scenarios.count != 1:
        raise ValueError("steps of one scenario")
    return _Spreading(arrays, hours, scenarios, with_steps=with_steps).run()


class _Spreading:
    def __init__(self, arrays: Arrays, hours: int, scenarios: Scenarios, *, with_steps: bool) -> None:
        self.a, self.hours, self.scenarios, self.with_steps = arrays, hours, scenarios, with_steps
        n, count = arrays.n, scenarios.count
        self.loss = np.where(np.tile(arrays.replaced, count), np.inf, 0.0)
        if len(scenarios.replaced):
            (those,) = np.nonzero(scenarios.replaced != NOBODY)
            self.loss[those * n + scenarios.replaced[those]] = np.inf  # nothing is more, so nothing reaches it
        self.limit = arrays.threshold - ROUNDING
        self.row = np.append(arrays.row, np.int32(NOBODY))  # that of NOBODY, counted from the end, is NOBODY
        self.hit = np.full(count * n, NEVER, dtype=np.int32)
        self.stop = np.full(count * n, NEVER, dtype=np.int32)
        self.slots = len(arrays.slot_edge)
        self.groups = len(arrays.slots) - 1
        self.arrived = np.zeros(count * self.slots)  # the loss by each alternative
        self.arrived_step = np.full(self.slots if with_steps else 0, NOBODY, dtype=np.int32)
        self.coming: list[list[_Arrivals]] = [[] for _ in range(hours + 1)]
        self.failing: list[list[Failed]] = [[] for _ in range(hours + 1)]
        for failed in scenarios.failed:
            if failed.hour <= hours:
                self.failing[failed.hour].append(failed)
        self.last_step = np.full(n if with_steps else 0, NOBODY, dtype=np.int32)
        self.steps: list[Steps] = []
        self.n_steps = 0

    def run(self) -> Spread:
        for hour in range(self.hours + 1):
            if self.coming[hour] or self.failing[hour]:
                self._hour(hour)
                self.coming[hour] = []
        shape = (self.scenarios.count, self.a.n)
        steps = Steps(*map(np.concatenate, zip(*map(_columns, self.steps), strict=True))) if self.steps else NO_STEPS
        return Spread(self.hit.reshape(shape), self.stop.reshape(shape), steps)

    def _hour(self, hour: int) -> None:
        offers = [self._failures(hour)] if self.failing[hour] else []
        if self.coming[hour]:
            parts = self.coming[hour]
            offers += self._offers(_Arrivals(*map(np.concatenate, zip(*parts, strict=True))))
        grown = list[Ints]()
        while offers:
            together = _Offers(*map(np.concatenate, zip(*offers, strict=True))) if len(offers) > 1 else offers[0]
            flat = self._take(together, hour)
            if not len(flat):
                break
            grown.append(flat)
            offers = self._offers(self._passed_on(flat, at_once=True))
        if grown:
            self._send(grown[0] if len(grown) == 1 else _distinct(np.concatenate(grown)), hour)

    def _failures(self, hour: int) -> _Offers:
        failing, n = self.failing[hour], self.a.n
        nobody = np.full(len(failing), NOBODY, dtype=np.int32)
        flat = np.array([f.scenario * n + f.service for f in failing], dtype=np.int32)
        return _Offers(flat, np.array([f.share for f in failing]), nobody, nobody)

    def _take(self, offers: _Offers, hour: int) -> Ints:
        """Where a loss grows, takes the largest; of equal ones a failure of its own first, then the first dependency by the graph's
        order. Gives back which grew."""
        keep = offers.loss > self.loss[offers.flat]
        if not keep.any():
            return offers.flat[:0]
        flat, loss, edge, step = offers.flat[keep], offers.loss[keep], offers.edge[keep], offers.step[keep]
        by_row = (self.row[edge],) if self.with_steps else ()
        order = np.lexsort((*by_row, -loss, flat))
        flat, loss = flat[order], loss[order]
        first = np.ones(len(flat), dtype=bool)
        first[1:] = flat[1:] != flat[:-1]
        flat, loss = flat[first], loss[first]
        loss[loss >= self.limit[flat % self.a.n]] = 1.0
        self.loss[flat] = loss
        new = flat[self.hit[flat] == NEVER]
        self.hit[new] = hour
        stopping = flat[loss == 1.0]
        self.stop[stopping[self.stop[stopping] == NEVER]] = hour
        if self.with_steps:
            self._note(flat, loss, edge[order][first], step[order][first], hour)
        return flat

    def _note(self, services: Ints, losses: Floats, edges: Ints, parents: Ints, hour: int) -> None:
        rows = self.row[edges]
        self.steps.append(Steps(services, np.full(len(services), hour, dtype=np.int32), losses, rows, parents))
        self.last_step[services] = np.arange(self.n_steps, self.n_steps + len(services))
        self.n_steps += len(services)

    def _passed_on(self, flat: Ints, *, at_once: bool) -> _Arrivals:
        """What these services pass on over dependencies without delay, or over the others."""
        a, scenarios = self.a, self.scenarios
        scenario, service = np.divmod(flat, np.int32(a.n))
        watch = scenarios.extra > 0 and len(scenarios.slower) > 0
        first = a.out[service] if at_once or watch else a.out_now[service]
        counts = (a.out_now[service] if at_once else a.out[service + 1]) - first
        total = int(counts.sum())
        edge = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(total, dtype=np.int32)
        which = np.repeat(np.arange(len(flat)), counts)
        scenario = scenario[which]
        loss = a.share[edge] * self.loss[flat][which]
        step = self.last_step[service][which] if self.with_steps else scenario
        found = _Arrivals(edge.astype(np.int32, copy=False), scenario, loss, step)
        if watch:
            slower = edge == scenarios.slower[scenario]
            found = _those(found, ~slower if at_once else slower | (a.delay[edge] > 0))
        if len(scenarios.dropped):
            found = _those(found, a.group[found.edge] != scenarios.dropped[found.scenario])
        return found

    def _offers(self, arrivals: _Arrivals) -> list[_Offers]:
        """What arrives over dependencies, as what services lose by it. An alternative by which a service would lose no more than it has
        lost already is left out, since its group loses no more than that either."""
        target = arrivals.scenario * np.int32(self.a.n) + self.a.target[arrivals.edge]
        arrivals = _those(arrivals, arrivals.loss > self.loss[target])
        if not len(arrivals.edge):
            return []
        if not self.slots:
            return [self._single(arrivals)]
        alone = self.a.slot[arrivals.edge] < 0
        offers = [self._single(_those(arrivals, alone))] if alone.any() else []
        if not alone.all():
            offers += self._of_groups(_those(arrivals, ~alone))
        return offers

    def _single(self, arrivals: _Arrivals) -> _Offers:
        flat = arrivals.scenario * np.int32(self.a.n) + self.a.target[arrivals.edge]
        return _Offers(flat, arrivals.loss, arrivals.edge, arrivals.step)

    def _of_groups(self, arrivals: _Arrivals) -> list[_Offers]:
        """A group loses what its best alternative loses. The cause is the alternative that was best until now: it has grown, or the
        group would lose no more than before."""
        a, slot = self.a, self.a.slot[arrivals.edge]
        at = arrivals.scenario * np.int32(self.slots) + slot
        group = _distinct(arrivals.scenario * np.int32(self.groups) + a.slot_group[slot])
        scenario, group = np.divmod(group, np.int32(self.groups))
        first = a.slots[group]
        counts = a.slots[group + 1] - first
        starts = np.cumsum(counts) - counts
        member = np.repeat(first - starts, counts) + np.arange(int(counts.sum()), dtype=np.int32)
        member_at = np.repeat(scenario, counts) * self.slots + member
        before = self.arrived[member_at]
        least_before = np.minimum.reduceat(before, starts)
        self.arrived[at] = np.maximum(self.arrived[at], arrivals.loss)
        loss = np.minimum.reduceat(self.arrived[member_at], starts)
        best = starts
        if self.with_steps:
            self.arrived_step[slot] = arrivals.step
            (those,) = np.nonzero(before == np.repeat(least_before, counts))
            best = those[np.searchsorted(those, starts)]
        grown = loss > least_before
        if not grown.any():
            return []
        edge = a.slot_edge[member[best[grown]]]
        step = self.arrived_step[member[best[grown]]] if self.with_steps else edge
        return [_Offers(scenario[grown] * np.int32(a.n) + a.target[edge], loss[grown], edge, step)]

    def _send(self, flat: Ints, hour: int) -> None:
        """What grew in this hour, to the later hours at which it arrives within the horizon."""
        a, scenarios = self.a, self.scenarios
        sent = self._passed_on(flat, at_once=False)
        left_hours = self.hours - hour
        delay = a.delay[sent.edge]
        if scenarios.extra > 0 and len(scenarios.slower):
            delay = delay + scenarios.extra * (sent.edge == scenarios.slower[sent.scenario])
        target = sent.scenario * np.int32(a.n) + a.target[sent.edge]
        keep = (delay <= left_hours) & (sent.loss > self.loss[target])
        sent, delay = _those(sent, keep), delay[keep].astype(np.int16 if left_hours < 2**15 else np.int32)
        if not len(delay):
            return
        order = np.argsort(delay, kind="stable")
        sent, delay = _those(sent, order), delay[order]
        cuts = np.flatnonzero(delay[1:] != delay[:-1]) + 1
        starts = [0, *cuts.tolist()]
        for start, end, later in zip(starts, [*starts[1:], len(delay)], delay[starts].tolist(), strict=True):
            self.coming[hour + later].append(_those(sent, slice(start, end)))


def _distinct(values: Ints) -> Ints:
    """Sorted; quicker than np.unique for what is nearly sorted already."""
    values = np.sort(values, kind="stable")
    first = np.ones(len(values), dtype=bool)
    first[1:] = values[1:] != values[:-1]
    return values[first]


def _columns(steps: Steps) -> tuple[Ints, Ints, Floats, Ints, Ints]:
    return steps.service, steps.hour, steps.loss, steps.row, steps.parent


def _those(arrivals: _Arrivals, keep: Bools | Longs | slice) -> _Arrivals:
    return _Arrivals(arrivals.edge[keep], arrivals.scenario[keep], arrivals.loss[keep], arrivals.step[keep])
