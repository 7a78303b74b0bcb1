"""Which services are single points of failure: each fails alone, and they are ranked by what follows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from floreo.core.executors import Executor
from floreo.infrastructure.cascade.graph import Graph
from floreo.infrastructure.cascade.people import Bounds
from floreo.infrastructure.cascade.running import checked
from floreo.infrastructure.cascade.spreading import Failed, Scenarios
from floreo.infrastructure.cascade.weighing import weigh_all


@dataclass(frozen=True)
class SinglePoint:
    """What follows when `service` alone fails at hour 0. `stopped` and `hit` count the other services: those that stop, and those that
    lose something. `person_hours` are of all services added, its own users among them; `people_hours` are of people without at least one
    service. Equals share a rank."""

    rank: int
    service: str
    stopped: int
    hit: int
    person_hours: int
    people_hours: Bounds


def single_points(
    graph: Graph, hours: int = 72, *, executor: Executor | None = None, folder: Path | None = None
) -> tuple[SinglePoint, ...]:
    """Every service, by person-hours of all services, then by services stopped, then hit, then by key. Raises GraphError for hours that are
    none. `executor` and `folder` as in weighing.weigh_all."""
    checked(graph, (), hours)

    def alone(those: range) -> Scenarios:
        return Scenarios(len(those), [Failed(i, service, 0, 1.0) for i, service in enumerate(those)])

    found = weigh_all(graph.arrays, hours, len(graph.services), alone, executor=executor, folder=folder)
    columns = (column.tolist() for column in (found.of_services, found.stopped, found.hit, found.least, found.most))
    keys = (service.key for service in graph.services)
    rows = sorted(
        (-weight, -stopped, -hit, key, low, high)
        for key, weight, stopped, hit, low, high in zip(keys, *columns, strict=True)
    )
    points, rank = list[SinglePoint](), 0
    for i, (weight, stopped, hit, key, low, high) in enumerate(rows):
        if not i or rows[i - 1][:3] != rows[i][:3]:
            rank = i + 1
        itself = 0 if key in graph.replaced else 1
        points.append(SinglePoint(rank, key, -stopped - itself, -hit - itself, -weight, Bounds(low, high)))
    return tuple(points)
