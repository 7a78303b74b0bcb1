"""Rows that cannot be calculated are refused with a code; changes make a new graph."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.infrastructure.cascade import (
    CODES,
    AlternativeAdded,
    Dependency,
    DependencyChanged,
    Failure,
    Graph,
    GraphError,
    Problem,
    Service,
    ServiceReplaced,
    compare,
    problems_of,
    run,
)
from floreo.infrastructure.cascade.arrays import Arrays
from tests.infrastructure.cascade.graphs import HOURS, cases, graphs

TWO = [Service("a"), Service("b")]
ROW = Dependency("1", "a", "b")
NAN = float("nan")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"needs": "a"}, "self-dependency", "needs"),
        ({"needs": "c"}, "unknown-service", "needs"),
        ({"service": "c"}, "unknown-service", "service"),
        ({"hours": -1}, "negative", "hours"),
        ({"fallback": -1}, "negative", "fallback"),
        ({"fallback": 0.5}, "not-whole", "fallback"),
        ({"hours": NAN}, "not-a-number", "hours"),
        ({"hours": float("inf")}, "not-a-number", "hours"),
        ({"hours": "4"}, "not-a-number", "hours"),
        ({"hours": None}, "not-a-number", "hours"),
        ({"hours": 100_001}, "too-large", "hours"),
        ({"share": 0}, "outside-0-1", "share"),
        ({"share": -0.1}, "outside-0-1", "share"),
        ({"share": 1.0001}, "outside-0-1", "share"),
        ({"share": Fraction(1, 10**400)}, "outside-0-1", "share"),
        ({"share": NAN}, "not-a-number", "share"),
        ({"share": Decimal("NaN")}, "not-a-number", "share"),
    ],
)
def test_a_dependency_that_cannot_be_is_refused(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(GraphError) as refused:
        Graph(TWO, [replace(ROW, **change)])
    assert refused.value.problems == (Problem(code, "1", field),)
    assert refused.value.code == code
    assert code in CODES


@pytest.mark.parametrize(
    ("service", "problem"),
    [
        (Service("a"), Problem("duplicate-service", "a", "key")),
        (Service("c", threshold=0), Problem("outside-0-1", "c", "threshold")),
        (Service("c", threshold=NAN), Problem("not-a-number", "c", "threshold")),
        (Service("c", {"x": -1}), Problem("negative", "c", "users")),
        (Service("c", {"x": 10**12}), Problem("too-large", "c", "users")),
    ],
)
def test_a_service_that_cannot_be_is_refused(service: Service, problem: Problem) -> None:
    assert problems_of([*TWO, service], [ROW]) == (problem,)


def test_all_that_is_wrong_is_said_at_once() -> None:
    rows = [ROW, replace(ROW, hours=-1, share=2)]
    assert problems_of(TWO, rows, {"x": -4}) == (
        Problem("duplicate-dependency", "1", "key"),
        Problem("negative", "1", "hours"),
        Problem("outside-0-1", "1", "share"),
        Problem("negative", "x", "population"),
    )
    exact: Any = {"hours": 2.0, "share": Decimal("0.25")}
    assert problems_of(TWO, [replace(ROW, **exact)], {"x": 4}) == ()


@pytest.mark.parametrize(
    ("failure", "hours", "problem"),
    [
        (Failure("c"), 1, Problem("unknown-service", "c", "service")),
        (Failure("a", -1), 1, Problem("negative", "a", "hour")),
        (Failure("a", share=0), 1, Problem("outside-0-1", "a", "share")),
        (Failure("a"), -1, Problem("negative", "", "hours")),
        (Failure("a"), 8785, Problem("too-large", "", "hours")),
    ],
)
def test_a_failure_that_cannot_be_is_refused(failure: Failure, hours: int, problem: Problem) -> None:
    with pytest.raises(GraphError) as refused:
        run(Graph(TWO, [ROW]), [failure], hours)
    assert refused.value.problems == (problem,)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (DependencyChanged("2", fallback=1), Problem("unknown-dependency", "2", "key")),
        (DependencyChanged("1", fallback=-1), Problem("negative", "1", "fallback")),
        (AlternativeAdded("1", "c"), Problem("unknown-service", "1 or 1", "needs")),
        (ServiceReplaced("c"), Problem("unknown-service", "c", "replaced")),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: Any, problem: Problem) -> None:
    with pytest.raises(GraphError) as refused:
        Graph(TWO, [ROW]).changed(change)
    assert refused.value.problems == (problem,)


def test_a_change_leaves_the_graph_as_it_was() -> None:
    graph = Graph([*TWO, Service("c")], [ROW])
    longer = graph.changed(DependencyChanged("1", fallback=4, share=0.5))
    assert (longer.dependencies, graph.dependencies) == ((replace(ROW, fallback=4, share=0.5),), (ROW,))
    with_other = graph.changed(AlternativeAdded("1", "c", hours=2, share=0.75))
    assert with_other.dependencies == (
        replace(ROW, group="with 1"),
        Dependency("1 or 1", "a", "c", hours=2, share=0.75, group="with 1"),
    )
    assert [run(with_other, [Failure("b")], 5).stopped_at("a"), run(graph, [Failure("b")], 5).stopped_at("a")] == [
        None,
        0,
    ]
    both = run(with_other, [Failure("b"), Failure("c", 1)], 5)
    assert [both.loss_of("a", hour) for hour in range(5)] == [0, 0, 0, 0.75, 0.75]
    assert graph.changed(AlternativeAdded("1")).dependencies == ()
    replaced = run(graph.changed(ServiceReplaced("b")), [Failure("b")], 5)
    assert (replaced.stopped_at("b"), replaced.stopped_at("a")) == (None, None)


def test_alternatives_are_those_of_one_service() -> None:
    rows = [
        Dependency("1", "a", "c", group="g"),
        Dependency("2", "a", "d", group="g"),
        Dependency("3", "b", "c", group="g"),
    ]
    graph = Graph([*TWO, Service("c"), Service("d")], rows)
    assert [row.key for row in graph.alternatives_of("1")] == ["1", "2"]
    cascade = run(graph, [Failure("c")], 1)
    assert (cascade.stopped_at("a"), cascade.stopped_at("b")) == (None, 0)


@pytest.mark.long
@settings(deadline=None)
@given(cases(least=1), st.data())
def test_a_fallback_or_an_alternative_more_never_makes_a_loss_larger(case: Any, data: st.DataObject) -> None:
    graph, failures = case
    if not graph.dependencies:
        return
    row = data.draw(st.sampled_from(graph.dependencies))
    others = [s.key for s in graph.services if s.key != row.service]
    changes = [
        DependencyChanged(row.key, fallback=row.fallback + 2),
        DependencyChanged(row.key, share=row.share / 2),
        AlternativeAdded(row.key),
        AlternativeAdded(row.key, data.draw(st.sampled_from(others))),
        ServiceReplaced(row.needs),
    ]
    before = run(graph, failures, HOURS)
    for change in changes:
        assert (run(graph.changed(change), failures, HOURS).loss <= before.loss).all()


@pytest.mark.long
@settings(deadline=None)
@given(graphs())
def test_arrays_are_read_as_they_were_written(graph: Graph) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        graph.arrays.write(path)
        found = Arrays.read(path)
    for name, column in vars(graph.arrays).items():
        assert (getattr(found, name) == column).all()
        assert getattr(found, name).dtype == column.dtype


def test_two_cascades_are_compared() -> None:
    graph = Graph(
        [Service("a", {"x": 10}), Service("b", {"x": 5}), Service("c")], [ROW, Dependency("2", "c", "a", share=0.5)]
    )
    first = run(graph, [Failure("b", 1)], 4)
    second = run(graph.changed(DependencyChanged("1", fallback=2)), [Failure("b", 1)], 4)
    found = compare(first, second)
    assert [(d.service, d.hit_at, d.stopped_at, d.loss) for d in found.services] == [
        ("a", (1, 3), (1, 3), (1.0, 1.0)),
        ("c", (1, 3), (None, None), (0.5, 0.5)),
    ]
    assert [(p.hour, *p.first, *p.second) for p in found.people] == [
        (0, 0, 0, 0, 0),
        (1, 10, 15, 5, 5),
        (3, 10, 15, 10, 15),
    ]
    assert (found.person_hours, found.saved) == ((45, 25), 20)
    assert found.people_hours == ((30, 45), (20, 25))
    assert compare(first, first).services == ()
    gone = compare(first, run(Graph([Service("b", {"x": 5})], []), [Failure("b", 1)], 4))
    assert [(d.service, d.hit_at, d.exists) for d in gone.services] == [
        ("a", (1, None), (True, False)),
        ("c", (1, None), (True, False)),
    ]
    with pytest.raises(GraphError) as refused:
        compare(first, run(graph, [], 5))
    assert refused.value.code == "different-hours"
