"""Services and what they depend on: plain rows in, checked, and arrays for the calculation out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from floreo.infrastructure.cascade.arrays import Arrays

MOST_HOURS = 100_000  # of one dependency, hours and fallback each; more than eleven years
MOST_PEOPLE = 10**11  # of one number; keeps sums of person-hours exact


@dataclass(frozen=True)
class Service:
    """A service. `users` is people by place, in whole numbers; places must not overlap. It stops when its loss reaches `threshold`
    (0 < threshold <= 1). `places` is where it is, for the failure of a place; that says nothing of where its users are."""

    key: str
    users: Mapping[str, int] = field(default_factory=dict)
    threshold: float = 1.0
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dependency:
    """`service` needs `needs`. When `needs` is lost, `service` runs on its fallback for `fallback` hours and is hit `hours` after that,
    by `share` of the loss (0 < share <= 1). Dependencies of one service with the same `group` are alternatives to each other; without
    a group each counts alone. `key` is the row's own name, and `kind` is carried along."""

    key: str
    service: str
    needs: str
    kind: str = ""
    hours: int = 0
    share: float = 1.0
    fallback: int = 0
    group: str = ""

    @property
    def delay(self) -> int:
        """Hours from the loss of what is needed to the loss of the service."""
        return int(self.hours) + int(self.fallback)


@dataclass(frozen=True)
class Failure:
    """`service` loses `share` of what it does from `hour` on."""

    service: str
    hour: int = 0
    share: float = 1.0


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row. `code` is one of CODES; `row` is the key of the service, dependency or failure, and `field` its field."""

    code: str
    row: str
    field: str


CODES = (
    "duplicate-service",
    "duplicate-dependency",
    "unknown-service",
    "unknown-dependency",
    "self-dependency",
    "not-a-number",
    "not-whole",
    "negative",
    "too-large",
    "outside-0-1",
    "different-hours",
)


class GraphError(ValueError):
    """Rows that no calculation can use: `problems` has each, `code` is that of the first. It has no sentence; the caller words it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.code} {p.row} {p.field}" for p in problems))
        self.problems = tuple(problems)

    @property
    def code(self) -> str:
        return self.problems[0].code


def number_problem(value: Any) -> str:
    """The code of what is no finite number, or ""."""
    try:
        is_finite = not isinstance(value, str | bytes) and math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        is_finite = False
    return "" if is_finite else "not-a-number"


def whole_problem(value: Any, most: int) -> str:
    """The code of what is no whole number from 0 to `most`, or ""."""
    if problem := number_problem(value):
        return problem
    if value < 0:
        return "negative"
    if value != int(value):
        return "not-whole"
    return "too-large" if value > most else ""


def share_problem(value: Any) -> str:
    """The code of what does not lie in 0 < value <= 1, or ""."""
    return number_problem(value) or ("" if 0 < value <= 1 and float(value) > 0 else "outside-0-1")


def problems_of(
    services: Iterable[Service], dependencies: Iterable[Dependency], populations: Mapping[str, int] | None = None
) -> tuple[Problem, ...]:
    """All that is wrong with the rows, in their order; empty where a Graph can be made of them."""
    services, dependencies = tuple(services), tuple(dependencies)
    known = {service.key for service in services}
    found = [*_of_services(services), *_of_dependencies(dependencies, known)]
    for place, people in (populations or {}).items():
        found += _named(place, "population", whole_problem(people, MOST_PEOPLE))
    return tuple(found)


def failure_problems(failures: Iterable[Failure], known: Mapping[str, int]) -> tuple[Problem, ...]:
    found = list[Problem]()
    for failure in failures:
        found += _named(failure.service, "service", "" if failure.service in known else "unknown-service")
        found += _named(failure.service, "hour", whole_problem(failure.hour, MOST_HOURS))
        found += _named(failure.service, "share", share_problem(failure.share))
    return tuple(found)


def _named(row: str, where: str, code: str) -> Iterator[Problem]:
    if code:
        yield Problem(code, row, where)


def _of_services(services: Sequence[Service]) -> Iterator[Problem]:
    for key, times in Counter(service.key for service in services).items():
        yield from _named(key, "key", "duplicate-service" if times > 1 else "")
    for service in services:
        yield from _named(service.key, "threshold", share_problem(service.threshold))
        for people in service.users.values():
            yield from _named(service.key, "users", whole_problem(people, MOST_PEOPLE))


def _of_dependencies(dependencies: Sequence[Dependency], known: set[str]) -> Iterator[Problem]:
    for key, times in Counter(row.key for row in dependencies).items():
        yield from _named(key, "key", "duplicate-dependency" if times > 1 else "")
    for row in dependencies:
        for name in ("service", "needs"):
            yield from _named(row.key, name, "" if getattr(row, name) in known else "unknown-service")
        yield from _named(row.key, "needs", "self-dependency" if row.service == row.needs else "")
        for name in ("hours", "fallback"):
            yield from _named(row.key, name, whole_problem(getattr(row, name), MOST_HOURS))
        yield from _named(row.key, "share", share_problem(row.share))


@dataclass(frozen=True)
class Graph:
    """Services, dependencies, people by place (`populations`; a place that is not there has no upper limit), and services with a full
    replacement, which are never lost (`replaced`). Raises GraphError. The order of the rows makes no difference."""

    services: tuple[Service, ...]
    dependencies: tuple[Dependency, ...]
    populations: Mapping[str, int] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()

    def __init__(
        self,
        services: Iterable[Service],
        dependencies: Iterable[Dependency],
        populations: Mapping[str, int] | None = None,
        replaced: Iterable[str] = (),
    ) -> None:
        services, dependencies, replaced = tuple(services), tuple(dependencies), frozenset(replaced)
        problems = [*problems_of(services, dependencies, populations)]
        known = {service.key for service in services}
        problems += [Problem("unknown-service", key, "replaced") for key in sorted(replaced - known)]
        if problems:
            raise GraphError(problems)
        setting = object.__setattr__
        setting(self, "services", tuple(sorted(services, key=lambda s: s.key)))
        setting(self, "dependencies", tuple(sorted(dependencies, key=_order)))
        setting(self, "populations", dict(populations or {}))
        setting(self, "replaced", replaced)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Where each service is in `services` and in every array."""
        return {service.key: i for i, service in enumerate(self.services)}

    @cached_property
    def by_key(self) -> Mapping[str, Dependency]:
        return {row.key: row for row in self.dependencies}

    def service(self, key: str) -> Service:
        """Raises GraphError where there is none."""
        if key not in self.index:
            raise GraphError([Problem("unknown-service", key, "key")])
        return self.services[self.index[key]]

    def dependency(self, key: str) -> Dependency:
        """Raises GraphError where there is none."""
        if key not in self.by_key:
            raise GraphError([Problem("unknown-dependency", key, "key")])
        return self.by_key[key]

    def alternatives_of(self, key: str) -> tuple[Dependency, ...]:
        """The dependencies of the same group, itself among them; itself alone where it has no group."""
        row = self.dependency(key)
        if not row.group:
            return (row,)
        return tuple(d for d in self.dependencies if d.service == row.service and d.group == row.group)

    def failures_of_place(self, place: str, hour: int = 0, share: float = 1.0) -> tuple[Failure, ...]:
        """The failure of every service that is in the place."""
        return tuple(Failure(s.key, hour, share) for s in self.services if place in s.places)

    @cached_property
    def arrays(self) -> Arrays:
        """The same in numbers."""
        at, rows = self.index, self.dependencies
        groups: dict[tuple[str, str], int] = {}
        group = [groups.setdefault((d.service, f"g{d.group}" if d.group else f"k{d.key}"), len(groups)) for d in rows]
        places = sorted({place for s in self.services for place in s.users})
        users = [(at[s.key], places.index(p), int(n)) for s in self.services for p, n in sorted(s.users.items()) if n]
        people = np.array(users, dtype=np.int64).reshape(-1, 3)
        return Arrays.of(
            source=np.array([at[d.needs] for d in rows], dtype=np.int32),
            target=np.array([at[d.service] for d in rows], dtype=np.int32),
            share=np.array([float(d.share) for d in rows], dtype=np.float64),
            delay=np.array([d.delay for d in rows], dtype=np.int32),
            group=np.array(group, dtype=np.int32),
            threshold=np.array([float(s.threshold) for s in self.services], dtype=np.float64),
            replaced=np.array([s.key in self.replaced for s in self.services], dtype=bool),
            users=people,
            population=np.array([int(self.populations.get(p, -1)) for p in places], dtype=np.int64),
        )

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Places with users, in the order of every array."""
        return tuple(sorted({place for s in self.services for place in s.users}))

    def changed(self, *changes: Change) -> Graph:
        """The graph with the changes, one after another. Raises GraphError."""
        graph = self
        for change in changes:
            graph = change.applied(graph)
        return graph


def _order(row: Dependency) -> tuple[str, str, str, str]:
    return row.service, row.group, row.needs, row.key


@dataclass(frozen=True)
class DependencyChanged:
    """Hours, fallback hours or share of one dependency; None leaves it as it is."""

    dependency: str
    fallback: int | None = None
    share: float | None = None
    hours: int | None = None

    def applied(self, graph: Graph) -> Graph:
        row = graph.dependency(self.dependency)
        given = {"fallback": self.fallback, "share": self.share, "hours": self.hours}
        new = replace(row, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        rows = [new if d.key == row.key else d for d in graph.dependencies]
        return Graph(graph.services, rows, graph.populations, graph.replaced)


@dataclass(frozen=True)
class AlternativeAdded:
    """An alternative to one dependency. `needs` is a service of the graph, on the terms given; "" is something outside it that is always
    there in full, so that nothing is lost by this dependency or its group."""

    dependency: str
    needs: str = ""
    hours: int = 0
    share: float = 1.0
    fallback: int = 0

    def applied(self, graph: Graph) -> Graph:
        row = graph.dependency(self.dependency)
        if not self.needs:
            gone = {d.key for d in graph.alternatives_of(row.key)}
            rows = [d for d in graph.dependencies if d.key not in gone]
        else:
            group = row.group or f"with {row.key}"
            taken = set(graph.by_key)
            key = next(k for k in (f"{row.key} or {n}" for n in range(1, len(taken) + 2)) if k not in taken)
            added = Dependency(key, row.service, self.needs, row.kind, self.hours, self.share, self.fallback, group)
            rows = [replace(d, group=group) if d.key == row.key else d for d in graph.dependencies] + [added]
        return Graph(graph.services, rows, graph.populations, graph.replaced)


@dataclass(frozen=True)
class ServiceReplaced:
    """A full replacement for one service, at once: its users and those that depend on it lose nothing."""

    service: str

    def applied(self, graph: Graph) -> Graph:
        return Graph(graph.services, graph.dependencies, graph.populations, graph.replaced | {self.service})


Change = DependencyChanged | AlternativeAdded | ServiceReplaced
