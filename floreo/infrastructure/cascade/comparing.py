"""Two cascades beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from floreo.infrastructure.cascade.graph import GraphError, Problem
from floreo.infrastructure.cascade.people import Bounds
from floreo.infrastructure.cascade.running import Cascade


@dataclass(frozen=True)
class Difference:
    """A service that goes another way in the second cascade: hours of its first loss and of its stop, None for never, and its loss at
    the end. `exists` says in which of the two graphs it is."""

    service: str
    hit_at: tuple[int | None, int | None]
    stopped_at: tuple[int | None, int | None]
    loss: tuple[float, float]
    exists: tuple[bool, bool]


class PeopleAt(NamedTuple):
    """People without at least one service at the hour, in the first and in the second."""

    hour: int
    first: Bounds
    second: Bounds


@dataclass(frozen=True)
class Comparison:
    """`services` by the earliest hour at which they are hit in either. `people` has every hour at which one of the numbers changes.
    `person_hours` are of all services added, `people_hours` of people without at least one."""

    hours: int
    services: tuple[Difference, ...]
    people: tuple[PeopleAt, ...]
    person_hours: tuple[int, int]
    people_hours: tuple[Bounds, Bounds]

    @property
    def saved(self) -> int:
        """Person-hours of all services that the second has fewer; negative where it has more."""
        return self.person_hours[0] - self.person_hours[1]


def compare(first: Cascade, second: Cascade) -> Comparison:
    """Raises GraphError where their horizons differ."""
    if first.hours != second.hours:
        raise GraphError([Problem("different-hours", "", "hours")])
    keys = sorted({*first.graph.index, *second.graph.index})
    differences = [_difference(key, first, second) for key in keys]
    found = [d for d in differences if any(a != b for a, b in (d.hit_at, d.stopped_at, d.loss))]
    every = [PeopleAt(h, first.people.at(h), second.people.at(h)) for h in range(first.hours + 1)]
    people = [p for p in every if not p.hour or every[p.hour - 1][1:] != p[1:]]
    return Comparison(
        first.hours,
        tuple(sorted(found, key=lambda d: (min(h for h in d.hit_at if h is not None), d.service))),
        tuple(people),
        (first.people.of_services, second.people.of_services),
        (first.people.person_hours(), second.people.person_hours()),
    )


def _difference(key: str, first: Cascade, second: Cascade) -> Difference:
    both = [c if key in c.graph.index else None for c in (first, second)]
    hit, stopped = ([getattr(c, name)(key) if c else None for c in both] for name in ("hit_at", "stopped_at"))
    loss = [c.loss_of(key, c.hours) if c else 0.0 for c in both]
    return Difference(
        key, (hit[0], hit[1]), (stopped[0], stopped[1]), (loss[0], loss[1]), (bool(both[0]), bool(both[1]))
    )
