"""Losses in a cascade are those of its definition, and each has its cause."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.infrastructure.cascade import Cascade, Cause, Dependency, Failure, Graph, Service, run
from tests.examples import drawn
from tests.infrastructure.cascade.graphs import HOURS, cases, failures_in, graphs, losses, shares

Case = tuple[Graph, tuple[Failure, ...]]


@pytest.mark.long
@settings(max_examples=drawn(400, in_the_gate=40), deadline=None)
@given(cases())
def test_losses_are_those_of_the_definition(case: Case) -> None:
    graph, failures = case
    cascade = run(graph, failures, HOURS)
    expected = losses(graph, failures, HOURS)
    assert [dict(zip(graph.index, row, strict=True)) for row in cascade.loss.tolist()] == expected
    for key in graph.index:
        assert cascade.hit_at(key) == next((h for h, now in enumerate(expected) if now[key] > 0), None)
        assert cascade.stopped_at(key) == next((h for h, now in enumerate(expected) if now[key] == 1), None)


@pytest.mark.long
@settings(deadline=None)
@given(graphs(), st.integers(0, HOURS))
def test_without_a_failure_nothing_is_lost(graph: Graph, hours: int) -> None:
    cascade = run(graph, (), hours)
    assert not cascade.loss.any()
    assert (cascade.hits, cascade.people.at(hours), cascade.people.by_service) == ((), (0, 0), {})


@pytest.mark.long
@settings(deadline=None)
@given(cases(least=1), st.data())
def test_more_failures_never_make_a_loss_smaller(case: Case, data: st.DataObject) -> None:
    graph, failures = case
    more = (*failures, *data.draw(failures_in(graph, 1)))
    assert (run(graph, more, HOURS).loss >= run(graph, failures, HOURS).loss).all()
    sooner = [
        replace(f, hour=data.draw(st.integers(0, f.hour)), share=data.draw(st.floats(f.share, 1))) for f in failures
    ]
    assert (run(graph, sooner, HOURS).loss >= run(graph, failures, HOURS).loss).all()


@pytest.mark.long
@settings(max_examples=drawn(200, in_the_gate=40), deadline=None)
@given(cases(least=1), st.data())
def test_closer_dependencies_never_make_a_loss_smaller(case: Case, data: st.DataObject) -> None:
    """Fewer hours, less fallback, a larger share, a lower threshold."""
    graph, failures = case
    rows = [
        replace(
            row,
            hours=data.draw(st.integers(0, row.hours)),
            fallback=data.draw(st.integers(0, row.fallback)),
            share=data.draw(st.floats(row.share, 1)),
        )
        for row in graph.dependencies
    ]
    services = [replace(s, threshold=s.threshold * data.draw(st.sampled_from([1.0, 0.5]))) for s in graph.services]
    closer = Graph(services, rows, graph.populations)
    assert (run(closer, failures, HOURS).loss >= run(graph, failures, HOURS).loss).all()


@pytest.mark.long
@settings(deadline=None)
@given(cases(least=1), st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(case: Case, chance: Any) -> None:
    graph, failures = case
    services, rows, given_failures = [*graph.services], [*graph.dependencies], [*failures]
    for part in (services, rows, given_failures):
        chance.shuffle(part)
    cascade, other = run(graph, failures, HOURS), run(Graph(services, rows, graph.populations), given_failures, HOURS)
    assert (other.loss == cascade.loss).all()
    assert other.hits == cascade.hits
    assert [other.chain(key) for key in graph.index] == [cascade.chain(key) for key in graph.index]


@pytest.mark.long
@settings(max_examples=drawn(300, in_the_gate=40), deadline=None)
@given(cases(least=1))
def test_every_loss_has_a_cause_that_leads_back_to_a_failure(case: Case) -> None:
    graph, failures = case
    cascade = run(graph, failures, HOURS)
    for hit in cascade.hits:
        assert (hit.cause.service, hit.cause.hour) == (hit.service, hit.hit_at)
        if hit.cause.dependency:
            assert cascade.hit_at(hit.cause.dependency.needs) == hit.cause.lost_at
        chain = cascade.chain(hit.service)
        assert chain[0] == (hit.stop_cause or hit.cause)
        assert chain[0].hour == (hit.hit_at if hit.stopped_at is None else hit.stopped_at)
        assert [cause.dependency is None for cause in chain] == [False] * (len(chain) - 1) + [True]
        for cause, before in pairwise(chain):
            _must_follow(cascade, cause, before)
        first, limit = chain[-1], graph.service(chain[-1].service).threshold
        own = [f for f in failures if (f.service, f.hour) == (first.service, first.hour)]
        assert first.loss in [1.0 if f.share >= limit - 1e-9 else f.share for f in own]


def _must_follow(cascade: Cascade, cause: Cause, before: Cause) -> None:
    row = cause.dependency
    assert row is not None
    assert (row.service, row.needs, cause.lost_at) == (cause.service, before.service, before.hour)
    assert cause.fallback_ended == before.hour + row.fallback
    assert cause.hour == before.hour + row.fallback + row.hours
    offered = row.share * before.loss
    stops = cascade.graph.service(row.service).threshold - 1e-9
    if not row.group:
        assert cause.loss == (1.0 if offered >= stops else offered)
    else:  # another alternative may leave it more
        assert cause.loss <= offered or cause.loss == 1.0
    was = cascade.loss_of(row.service, cause.hour - 1) if cause.hour else 0.0
    assert was < cause.loss <= cascade.loss_of(row.service, cause.hour)


@pytest.mark.long
@pytest.mark.parametrize(("hours", "horizon", "share"), [(0, 0, 1.0), (1, 2000, 1.0), (0, 3, 0.999)])
def test_a_ring_of_two_thousand_ends(hours: int, horizon: int, share: float) -> None:
    n = 2000
    services = [Service(f"s{i:04}") for i in range(n)]
    rows = [Dependency(f"{i}", f"s{(i + 1) % n:04}", f"s{i:04}", hours=hours, share=share) for i in range(n)]
    cascade = run(Graph(services, rows), [Failure("s0007")], horizon)
    assert cascade.spread.hit[0].tolist() == [(i - 7) % n * hours for i in range(n)]
    expected = [1.0]
    for _i in range(n - 1):
        expected.append(share * expected[-1])
    assert np.roll(cascade.loss[-1], -7).tolist() == expected
    assert len(cascade.chain("s0006")) == n


def test_the_largest_of_several_losses_counts_for_each_that_needs_it() -> None:
    """Three services hang on three losses of which the first is the smallest, in each order of the rows."""
    names = ("some", "more", "most")
    services = [Service(key) for key in (*names, "a", "b", "c")]
    rows = [Dependency(f"{n}{key}", key, n) for key in "abc" for n in (names if key == "a" else names[::-1])]
    failures = [Failure("some", share=0.1), Failure("more", share=0.2), Failure("most", share=0.3)]
    cascade = run(Graph(services, rows), failures, 1)
    assert [cascade.loss_of(key, 1) for key in "abc"] == [0.3, 0.3, 0.3]


def island() -> Graph:
    services = [
        Service("cable"),
        Service("substation", places=("harbour",)),
        Service("pumps", {"harbour": 11_300}, places=("harbour",)),
        Service("internet", {"harbour": 18_000, "hills": 40_000}),
        Service("data centre"),
        Service("emergency line", {"harbour": 18_400, "hills": 77_600}),
    ]
    rows = [
        Dependency("1", "internet", "cable", share=0.8),
        Dependency("2", "pumps", "substation", fallback=6, hours=1),
        Dependency("3", "data centre", "substation", fallback=12),
        Dependency("4", "emergency line", "data centre", group="calls"),
        Dependency("5", "emergency line", "internet", share=0.5, group="calls"),
    ]
    return Graph(services, rows, {"harbour": 18_400, "hills": 77_600})


def test_a_cascade_says_what_is_hit_when_and_by_what() -> None:
    cascade = run(island(), [Failure("cable"), Failure("substation", 3)], 24)
    by_key = island().by_key
    assert [(h.service, h.hit_at, h.stopped_at, h.loss) for h in cascade.hits] == [
        ("cable", 0, 0, 1.0),
        ("internet", 0, None, 0.8),
        ("substation", 3, 3, 1.0),
        ("pumps", 10, 10, 1.0),
        ("data centre", 15, 15, 1.0),
        ("emergency line", 15, None, 0.4),
    ]
    assert cascade.chain("pumps") == (
        Cause("pumps", 10, 1.0, by_key["2"], lost_at=3, fallback_ended=9),
        Cause("substation", 3, 1.0),
    )
    assert cascade.chain("emergency line") == (
        Cause("emergency line", 15, 0.4, by_key["4"], lost_at=15, fallback_ended=15),
        Cause("data centre", 15, 1.0, by_key["3"], lost_at=3, fallback_ended=15),
        Cause("substation", 3, 1.0),
    )
    assert [hit.service for hit in cascade.stopped] == ["cable", "substation", "pumps", "data centre"]
    assert (cascade.people.at(9), cascade.people.at(10)) == ((0, 0), (11_300, 11_300))
    assert cascade.people.by_service == {"pumps": 14 * 11_300}


@pytest.mark.parametrize("last", ["x", "y", "z"])
def test_of_alternatives_the_cause_is_that_which_was_best_until_then(last: str) -> None:
    rows = [Dependency(key, "s", key, hours=2, share=0.5 if key == "y" else 1.0, group="g") for key in "xyz"]
    fails = [Failure(key, 4 if key == last else 1) for key in "xyz"]
    cascade = run(Graph([Service(key) for key in "sxyz"], rows), fails, 9)
    assert cascade.chain("s") == (Cause("s", 6, 0.5, rows["xyz".index(last)], 4, 4), Cause(last, 4, 1.0))


def test_a_place_that_fails_takes_what_stands_there() -> None:
    assert island().failures_of_place("harbour", 2, 0.5) == (Failure("pumps", 2, 0.5), Failure("substation", 2, 0.5))
    assert island().failures_of_place("hills") == ()


@pytest.mark.long
@settings(deadline=None)
@given(shares)
def test_a_service_that_stops_is_lost_entirely_to_those_that_need_it(threshold: float) -> None:
    graph = Graph(
        [Service("a"), Service("b", threshold=threshold), Service("c")],
        [Dependency("1", "b", "a"), Dependency("2", "c", "b")],
    )
    assert run(graph, [Failure("a", share=threshold)], 0).loss_of("c", 0) == 1
