"""Small random graphs, and the loss in them as the definition says it: slow, and nothing of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from hypothesis import strategies as st

from floreo.infrastructure.cascade import Dependency, Failure, Graph, Service

HOURS = 9  # the horizon of random graphs
shares = st.one_of(st.just(1.0), st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9]), st.floats(0.001, 1.0))
places = st.dictionaries(st.sampled_from(["north", "south"]), st.integers(0, 50), max_size=2)


@st.composite
def graphs(draw: st.DrawFn, most: int = 6) -> Graph:
    n = draw(st.integers(1, most))
    services = [
        Service(f"s{i}", draw(places), draw(st.one_of(st.just(1.0), shares)), draw(st.sampled_from([(), ("here",)])))
        for i in range(n)
    ]
    rows = list[Dependency]()
    if n > 1:
        for i in range(draw(st.integers(0, 3 * n))):
            target = draw(st.integers(0, n - 1))
            source = (target + draw(st.integers(1, n - 1))) % n
            rows.append(
                Dependency(
                    f"d{i:02}",
                    f"s{target}",
                    f"s{source}",
                    hours=draw(st.sampled_from([0, 0, 0, 1, 2, 5])),
                    share=draw(shares),
                    fallback=draw(st.sampled_from([0, 0, 1, 3, 12])),
                    group=draw(st.sampled_from(["", "a", "a", "b"])),
                )
            )
    populations = draw(st.dictionaries(st.sampled_from(["north", "south"]), st.integers(0, 120), max_size=2))
    return Graph(services, rows, populations)


@st.composite
def failures_in(draw: st.DrawFn, graph: Graph, least: int = 0) -> tuple[Failure, ...]:
    keys = st.sampled_from([service.key for service in graph.services])
    one = st.builds(Failure, keys, st.integers(0, HOURS + 1), shares)
    return tuple(draw(st.lists(one, min_size=least, max_size=4)))


@st.composite
def cases(draw: st.DrawFn, least: int = 0) -> tuple[Graph, tuple[Failure, ...]]:
    graph = draw(graphs())
    return graph, draw(failures_in(graph, least))


def losses(graph: Graph, failures: Sequence[Failure], hours: int) -> list[dict[str, float]]:
    """Loss of each service at each hour, from nothing upwards until no equation gives more."""
    course = list[dict[str, float]]()
    for hour in range(hours + 1):
        now = {service.key: 0.0 for service in graph.services}
        course.append(now)
        for _round in count():
            new = {service.key: _loss(graph, service, failures, course, hour) for service in graph.services}
            if new == now:
                break
            now.update(new)
    return course


def _loss(graph: Graph, service: Service, failures: Sequence[Failure], course: Any, hour: int) -> float:
    found = [f.share for f in failures if f.service == service.key and f.hour <= hour]
    groups: dict[str, list[float]] = {}
    for row in graph.dependencies:
        if row.service == service.key:
            then = hour - row.hours - row.fallback
            loss = row.share * course[then][row.needs] if then >= 0 else 0.0
            groups.setdefault(f"group {row.group}" if row.group else f"alone {row.key}", []).append(loss)
    largest = max([0.0, *found, *(min(group) for group in groups.values())])
    return 1.0 if largest >= service.threshold - 1e-9 else largest
