"""People without a service lie between the least and the most that is said of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.infrastructure.cascade import Dependency, Failure, Graph, Service, run
from tests.infrastructure.cascade.graphs import HOURS, cases

person = st.tuples(st.sampled_from(["north", "south"]), st.frozensets(st.sampled_from(["s0", "s1", "s2"])))


@settings(deadline=None)
@given(st.lists(person, max_size=30), st.lists(st.integers(0, HOURS + 1), min_size=3, max_size=3))
def test_whoever_uses_what_the_truth_lies_between(people: list[tuple[str, frozenset[str]]], fails: list[int]) -> None:
    keys = [f"s{i}" for i in range(3)]
    places = {place for place, _uses in people}
    used = {k: {p: sum(where == p and k in uses for where, uses in people) for p in places} for k in keys}
    population = {p: sum(where == p for where, _uses in people) for p in places}
    cascade = run(
        Graph([Service(k, used[k]) for k in keys], [], population),
        [Failure(k, hour) for k, hour in zip(keys, fails, strict=True)],
        HOURS,
    )
    hours = 0
    for hour in range(HOURS + 1):
        gone = {k for k, at in zip(keys, fails, strict=True) if at <= hour}
        without = [place for place, uses in people if uses & gone]
        for place in cascade.people.places:
            found = cascade.people.at(hour, place)
            assert found.least <= without.count(place) <= found.most
        assert cascade.people.at(hour).least <= len(without) <= cascade.people.at(hour).most
        hours += len(without) if hour < HOURS else 0
    found = cascade.people.person_hours()
    assert found.least <= hours <= found.most
    assert hours <= cascade.people.of_services


@pytest.mark.long
@settings(deadline=None)
@given(cases(least=1))
def test_least_and_most_are_those_of_the_definition(case: tuple[Graph, tuple[Failure, ...]]) -> None:
    graph, failures = case
    cascade = run(graph, failures, HOURS)
    for place in graph.places:
        limit = graph.populations.get(place, 10**9)
        for hour in range(HOURS + 1):
            users = [s.users.get(place, 0) for s in graph.services if cascade.loss_of(s.key, hour) == 1]
            assert cascade.people.at(hour, place) == (min(max(users, default=0), limit), min(sum(users), limit))
    every = range(HOURS)
    assert cascade.people.person_hours() == tuple(sum(cascade.people.at(hour)[i] for hour in every) for i in (0, 1))
    stops = {s.key: cascade.stopped_at(s.key) for s in graph.services}
    hours = {key: HOURS - at for key, at in stops.items() if at is not None}
    expected = {s.key: hours[s.key] * sum(s.users.values()) for s in graph.services if s.key in hours}
    assert cascade.people.by_service == {key: n for key, n in expected.items() if n}


def test_numbers_of_a_whole_country_stay_exact() -> None:
    """A float would round them."""
    many = 9_007_199_254_740_993 // 10**6
    graph = Graph([Service("a", {"x": many}), Service("b", {"x": 1})], [Dependency("1", "b", "a", hours=1)])
    assert run(graph, [Failure("a")], 8784).people.person_hours() == (8784 * many, 8784 * many + 8783)


def test_what_lies_outside_is_said() -> None:
    people = run(Graph([Service("a", {"x": 3})], []), [Failure("a", 2)], 4).people
    assert [people.at(h) for h in range(5)] == [(0, 0), (0, 0), (3, 3), (3, 3), (3, 3)]
    assert (people.at(2).is_exact, people.person_hours("x")) == (True, (6, 6))
    for hour in (-1, 5):
        with pytest.raises(IndexError):
            people.at(hour)
    with pytest.raises(ValueError, match="nowhere"):
        people.at(0, "nowhere")
