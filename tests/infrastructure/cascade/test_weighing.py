"""Single points and what helps: the same as one cascade after another, wherever they are calculated."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.executors import executor
from floreo.infrastructure.cascade import (
    Bounds,
    Cascade,
    Dependency,
    DependencyChanged,
    Failure,
    Graph,
    GraphError,
    Saving,
    Service,
    ServiceReplaced,
    SinglePoint,
    run,
    single_points,
    weighing,
    what_helps,
)
from tests.examples import drawn
from tests.infrastructure.cascade.graphs import HOURS, cases, graphs

T = TypeVar("T")


@pytest.mark.long
@settings(deadline=None)
@given(graphs(), st.integers(0, HOURS))
def test_single_points_are_cascades_of_one_failure_each(graph: Graph, hours: int) -> None:
    found = {point.service: point for point in single_points(graph, hours)}
    assert found.keys() == graph.index.keys()
    for key, point in found.items():
        cascade = run(graph, [Failure(key)], hours)
        others = [hit for hit in cascade.hits if hit.service != key]
        assert (point.hit, point.stopped) == (len(others), sum(hit.stopped_at is not None for hit in others))
        assert point.person_hours == cascade.people.of_services
        assert point.people_hours == cascade.people.person_hours()


def test_single_points_are_ranked_by_person_hours_and_equals_share_a_rank() -> None:
    services = [
        Service("big", {"x": 9}),
        Service("twin", {"x": 9}),
        Service("root"),
        Service("none"),
        Service("less", {"x": 4}),
    ]
    found = single_points(Graph(services, [Dependency("1", "big", "root", fallback=1)]), 10)
    assert found == (
        SinglePoint(1, "big", 0, 0, 90, Bounds(90, 90)),
        SinglePoint(1, "twin", 0, 0, 90, Bounds(90, 90)),
        SinglePoint(3, "root", 1, 1, 81, Bounds(81, 81)),
        SinglePoint(4, "less", 0, 0, 40, Bounds(40, 40)),
        SinglePoint(5, "none", 0, 0, 0, Bounds(0, 0)),
    )


@pytest.mark.long
@settings(max_examples=drawn(150, in_the_gate=40), deadline=None)
@given(cases(least=1), st.integers(1, 4))
def test_what_helps_is_what_a_cascade_with_the_change_saves(case: Any, extra: int) -> None:
    """Of every dependency and every service: what is not named saves nothing."""
    graph, failures = case
    found = what_helps(graph, failures, HOURS, extra)
    before = run(graph, failures, HOURS)
    dependencies = {one.dependency.key: (one.to_the_end, one.more) for one in found.dependencies}
    for row in graph.dependencies:
        changes = [
            DependencyChanged(row.key, fallback=HOURS + 1),
            DependencyChanged(row.key, fallback=row.fallback + extra),
        ]
        after = [run(graph.changed(change), failures, HOURS) for change in changes]
        expected = tuple(saving(before, each) for each in after)
        assert dependencies.get(row.key, (NOTHING, NOTHING)) == expected
    services = {one.service: one.saving for one in found.services}
    for service in graph.services:
        after_it = run(graph.changed(ServiceReplaced(service.key)), failures, HOURS)
        assert services.get(service.key, NOTHING) == saving(before, after_it)
    for other in found.services:
        assert saving(before, run(graph.changed(other.change), failures, HOURS)) == other.saving
    weights = [one.to_the_end.person_hours for one in found.dependencies]
    assert weights == sorted(weights, reverse=True)
    assert [s.saving.person_hours for s in found.services] == sorted(
        (s.saving.person_hours for s in found.services), reverse=True
    )


NOTHING = Saving(0, 0, 0, 0)


def saving(before: Cascade, after: Cascade) -> Saving:
    low, high = (b - a for b, a in zip(before.people.person_hours(), after.people.person_hours(), strict=True))
    return Saving(
        before.people.of_services - after.people.of_services, low, high, len(before.stopped) - len(after.stopped)
    )


def test_what_helps_asks_for_hours_more() -> None:
    for extra, code in ((0, "negative"), (-1, "negative"), (1.5, "not-whole")):
        with pytest.raises(GraphError) as refused:
            what_helps(Graph([Service("a")], []), [], 4, extra)  # type: ignore[arg-type]
        assert refused.value.code == code


def ladder(n: int) -> Graph:
    services = [Service(f"s{i:03}", {f"p{i % 3}": i}) for i in range(n)]
    rows = [
        Dependency(f"{i}-{k}", f"s{i:03}", f"s{i // k:03}", hours=i % 3, share=1 / k)
        for i in range(2, n)
        for k in (2, 3)
    ]
    return Graph(services, rows)


class Counted:
    """Runs here, and counts the bytes that a task would take to another process."""

    def __init__(self) -> None:
        self.bytes: list[int] = []

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        self.bytes.append(len(pickle.dumps((function, argument))))
        with executor("inline") as here:
            return here.submit(function, argument)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass


def test_a_task_carries_no_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph, runner = ladder(200), Counted()
    monkeypatch.setattr(weighing, "_MOST", 8)
    assert single_points(graph, executor=runner, folder=tmp_path) == single_points(graph)
    whole = len(pickle.dumps(graph.arrays))
    assert len(runner.bytes) == 25
    assert max(runner.bytes) < 1000 < whole
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_a_pool_of_processes_gives_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = ladder(60)
    monkeypatch.setattr(weighing, "_MOST", 16)
    failures = [Failure("s001"), Failure("s007", 2)]
    with executor("pool", workers=2, has_processes=True) as pool:
        assert single_points(graph, executor=pool) == single_points(graph)
        helped = what_helps(graph, failures, executor=pool)
    assert helped.dependencies == what_helps(graph, failures).dependencies
    assert helped.services
