"""The cascade engine on a country far larger than a small state: 10,000 services, 100,000 dependencies, 72 hours by one.

.venv/bin/python -m benchmarks.cascade [--services 10000] [--dependencies 100000] [--seed 7] [--workers 2]

The graph is random and made to spread: a few base services (power, lines) that a seventh of all dependencies lead to, the others mostly to
services nearer the base, some the other way, so that there are cycles. It says how far cascades go in it."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from floreo.core.executors import executor
from floreo.infrastructure.cascade import Dependency, Failure, Graph, Service, run, single_points, what_helps

T = TypeVar("T")
LEVELS = (0.01, 0.04, 0.10, 0.20, 0.30, 0.35)  # shares of the services, from the base to what people use
HUBS, TO_HUBS, BACKWARDS, IN_GROUPS = 30, 0.15, 0.03, 0.5
PLACES, POPULATION = 40, 100_000


def country(services: int, dependencies: int, seed: int) -> Graph:
    """Half of the dependencies count in full, the others by 10 to 95 %; two of five have no hours until impact, two of five no fallback,
    the others up to 24 hours of each; half are in groups of alternatives."""
    chance = np.random.default_rng(seed)
    level = np.sort(chance.choice(len(LEVELS), size=services, p=LEVELS))
    begins = np.searchsorted(level, np.arange(len(LEVELS) + 1))
    target = chance.integers(0, services, size=dependencies)
    nearer = np.where(level[target] == 0, begins[1], begins[level[target]])
    source = chance.integers(0, np.maximum(nearer, 2))
    source = np.where(chance.random(dependencies) < TO_HUBS, chance.integers(0, HUBS, dependencies), source)
    source = np.where(chance.random(dependencies) < BACKWARDS, chance.integers(0, services, dependencies), source)
    source = np.where(source == target, (source + 1) % services, source)
    in_part = chance.integers(10, 96, dependencies) / 100
    share = np.where(chance.random(dependencies) < 0.5, 1.0, in_part)
    hours = np.where(chance.random(dependencies) < 0.4, 0, chance.integers(1, 25, dependencies))
    fallback = np.where(chance.random(dependencies) < 0.4, 0, chance.integers(1, 25, dependencies))
    group = np.where(chance.random(dependencies) < IN_GROUPS, chance.integers(1, 4, dependencies), 0)
    users = zip(
        chance.integers(0, PLACES, (services, 3)).tolist(),
        chance.integers(10, 5000, (services, 3)).tolist(),
        strict=True,
    )
    rows = zip(*(column.tolist() for column in (target, source, hours, share, fallback, group)), strict=True)
    return Graph(
        [Service(f"s{i:05}", {f"p{p:02}": n for p, n in zip(*one, strict=True)}) for i, one in enumerate(users)],
        [
            Dependency(f"d{i:06}", f"s{t:05}", f"s{s:05}", "", h, part, f, f"g{g}" if g else "")
            for i, (t, s, h, part, f, g) in enumerate(rows)
        ],
        {f"p{i:02}": POPULATION for i in range(PLACES)},
    )


def timed(name: str, work: Callable[[], T]) -> T:
    began, used = time.perf_counter(), time.process_time()
    result = work()
    print(f"{name}: processor {time.process_time() - used:.2f} s, clock {time.perf_counter() - began:.2f} s")
    return result


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cascades(graph: Graph, seed: int) -> None:
    """Single failures: of hubs, which go furthest, and of any service."""
    n = len(graph.services)
    any_of = np.random.default_rng(seed).choice(n, 100, replace=False).tolist()
    for name, those in (("hubs", range(min(HUBS, n))), ("any service", any_of)):
        taken, hit, stopped, last = list[float](), list[int](), list[int](), list[int]()
        for i in those:
            used = time.process_time()
            cascade = run(graph, [Failure(graph.services[i].key)])
            taken.append(time.process_time() - used)
            hours = [h.hit_at for h in cascade.hits]
            hit.append(len(hours))
            stopped.append(len(cascade.stopped))
            last.append(max(hours))
        print(
            f"one failure of {name}, {len(taken)} runs with causes: processor median {statistics.median(taken):.3f} s, most {max(taken):.3f} s; "
            f"services hit: median {statistics.median(hit):.0f}, mean {statistics.mean(hit):.0f}, most {max(hit)}; "
            f"stopped: median {statistics.median(stopped):.0f}, most {max(stopped)}; last hit at hour {statistics.median(last):.0f} (median)"
        )


def ranked(graph: Graph, workers: int) -> None:
    began, before = time.perf_counter(), children()
    with executor("pool", workers=workers, has_processes=True) as pool:
        points = single_points(graph, executor=pool)
    took = time.perf_counter() - began
    used = children() - before
    print(
        f"single points of {len(points)} services, {workers} processes: processor {used:.1f} s of them, clock {took:.1f} s"
    )
    hit = sorted(point.hit for point in points)
    print(
        f"others hit by one failure: median {hit[len(hit) // 2]}, mean {statistics.mean(hit):.0f}, 90 of 100 at most {hit[len(hit) * 9 // 10]}, most {hit[-1]}"
    )
    print("first:", *points[:3], sep="\n  ")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--services", type=int, default=10_000)
    asked.add_argument("--dependencies", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--workers", type=int, default=2)
    given: Any = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    graph = timed("rows checked and sorted", lambda: country(given.services, given.dependencies, given.seed))
    timed("arrays", lambda: graph.arrays)
    cascades(graph, given.seed)
    hub = [Failure(graph.services[0].key)]
    cascade = run(graph, hub)
    timed(
        "losses by hour, hits, causes and people of the first hub's",
        lambda: (cascade.loss, cascade.hits, cascade.people),
    )
    small = country(500, 2_000, given.seed)
    found = timed(
        "what helps, 500 services and 2,000 dependencies, one hub fails", lambda: what_helps(small, [Failure("s00000")])
    )
    print(
        f"  {len(found.cascade.hits)} services hit, {len(found.dependencies)} dependencies and {len(found.services)} services would help"
    )
    ranked(graph, given.workers)


if __name__ == "__main__":  # processes of the pool read this file, too
    main()
