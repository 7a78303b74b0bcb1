"""The register as the cascade reads it: services, dependencies and people by place. Asked by who may run cascades, and by nobody else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from django.db.models import Q

from floreo.core.executors import executor
from floreo.infrastructure import cascade
from floreo.infrastructure.models import (
    Asset,
    Dependency,
    Service,
    ServicePlace,
    ServiceStateChoice,
    SinglePointsResult,
    WhatIf,
)
from floreo.infrastructure.tables import with_designation
from floreo.organisations.models import NationalSector, Place, PlaceSort

LARGE = 1000  # services; fewer are calculated in less time than a process takes to start
SINGLE_POINT_HOURS = 72  # for so long nothing is repaired when a service fails alone
WHOLE_COUNTRY = "country"  # the place of users who are known for the whole country only


@dataclass(frozen=True)
class Register:
    """What a cascade runs on, with the rows behind its keys. `unknown` are services of which nobody knows how many use them, `unchecked`
    dependencies that nobody has checked with the operator."""

    graph: cascade.Graph
    services: Mapping[str, Service]
    dependencies: Mapping[str, Dependency]
    places: Mapping[str, Place]
    unknown: frozenset[str]
    unchecked: frozenset[str]


def _users(service: Service, served: list[ServicePlace], districts: list[Place]) -> dict[str, int]:
    """People by district. A number for the whole country is spread over the districts where it is delivered, by their population, since
    places must not overlap; where no population is known, it counts for the whole country."""
    known = {row.place.code: row.users for row in served if row.users is not None}
    if known or service.users is None:
        return {code: users for code, users in known.items() if users}
    chosen = [row.place for row in served if row.place.kind == PlaceSort.DISTRICT] or districts
    people = sum(place.population or 0 for place in chosen)
    if not people:
        return {WHOLE_COUNTRY: service.users}
    return _shared(service.users, [(place.code, place.population or 0) for place in chosen])


def _shared(number: int, weights: list[tuple[str, int]]) -> dict[str, int]:
    """`number` in whole parts by weight: what rounding leaves goes to the largest remainders, so that the sum stays."""
    total = sum(weight for _code, weight in weights)
    parts = {code: number * weight // total for code, weight in weights}
    left = number - sum(parts.values())
    by_remainder = sorted(weights, key=lambda each: (-(number * each[1] % total), each[0]))
    for code, _weight in by_remainder[:left]:
        parts[code] += 1
    return {code: users for code, users in parts.items() if users}


def _places_of(services: Iterable[Service]) -> dict[int, set[str]]:
    """Where a service can be hit: places of its assets and, without any, the one place to which it is delivered."""
    found: dict[int, set[str]] = {}
    rows = Asset.objects.exclude(place=None).values_list("service", "place__code", "place__parent__code")
    for service, code, above in rows:
        found.setdefault(service, set()).update(each for each in (code, above) if each)
    for service, code in ServicePlace.objects.values_list("service", "place__code"):
        found.setdefault(service, set())
        if code:
            found[service].add(f"served:{code}")
    for each in services:
        places = found.get(each.pk, set())
        served = {code.removeprefix("served:") for code in places if code.startswith("served:")}
        places -= {f"served:{code}" for code in served}
        found[each.pk] = places or (served if len(served) == 1 else set())
    return found


def the_register() -> Register:
    """Five queries. Services that are withdrawn or wait for a review are not in it, nor what hangs on them."""
    rows = list(Service.objects.filter(state=ServiceStateChoice.CURRENT).select_related("operator", "sector"))
    served: dict[int, list[ServicePlace]] = {}
    for place_row in ServicePlace.objects.select_related("place"):
        served.setdefault(place_row.service_id, []).append(place_row)
    districts = list(Place.objects.filter(kind=PlaceSort.DISTRICT))
    places_of = _places_of(rows)
    nodes = [
        cascade.Service(
            each.code,
            _users(each, served.get(each.pk, []), districts),
            each.stops_at / 100,
            tuple(sorted(places_of.get(each.pk, ()))),
        )
        for each in rows
    ]
    needs = list(Dependency.objects.current().select_related("service__operator", "needs__operator").order_by("pk"))
    edges = [
        cascade.Dependency(
            str(each.pk),
            each.service.code,
            each.needs.code,
            each.kind,
            each.hours,
            each.share / 100,
            each.fallback_hours,
            each.group,
        )
        for each in needs
    ]
    populations = {place.code: place.population for place in districts if place.population is not None}
    used = {code for node in nodes for code in node.users}
    graph = cascade.Graph(nodes, edges, {code: n for code, n in populations.items() if code in used})
    return Register(
        graph,
        {each.code: each for each in rows},
        {str(each.pk): each for each in needs},
        {place.code: place for place in Place.objects.filter(Q(code__in=used) | Q(kind=PlaceSort.DISTRICT))},
        frozenset(node.key for node in nodes if not node.users),
        frozenset(str(each.pk) for each in needs if each.checked_on is None),
    )


@dataclass(frozen=True)
class Ran:
    """A what-if that ran: on which register, with the failures that were left out because their service is no longer in it."""

    register: Register
    cascade: cascade.Cascade
    left_out: tuple[Service, ...]


def run_what_if(what_if: WhatIf, register: Register | None = None) -> Ran:
    """The cascade of that what-if on the register as it is now, with its changes."""
    base = register or the_register()
    graph = base.graph
    changes = what_if.changes.select_related("dependency")
    for change in changes:
        if (name := str(change.dependency_id)) in base.dependencies:
            share = None if change.share is None else change.share / 100
            graph = graph.changed(cascade.DependencyChanged(name, fallback=change.fallback_hours, share=share))
    failures, gone = list[cascade.Failure](), list[Service]()
    for each in what_if.failures.select_related("service"):
        if each.service.code in base.services:
            failures.append(cascade.Failure(each.service.code, each.from_hour, each.share / 100))
        else:
            gone.append(each.service)
    if what_if.place is not None:
        named = {failure.service for failure in failures}
        failures += [each for each in graph.failures_of_place(what_if.place.code) if each.service not in named]
    return Ran(base, cascade.run(graph, failures, what_if.hours), tuple(gone))


@dataclass(frozen=True)
class SectorLine:
    """How many published services a sector has, and how many of them are designated."""

    sector: NationalSector
    services: int
    designated: int


def public_sectors() -> list[SectorLine]:
    """Sectors with a published service, in their own order. Two queries."""
    counts: dict[int, list[int]] = {}
    for each in with_designation(Service.objects.visible_to(None)):
        line = counts.setdefault(each.sector_id, [0, 0])
        line[0] += 1
        line[1] += bool(each.is_designated)  # type: ignore[attr-defined]  # annotated
    sectors = NationalSector.objects.filter(pk__in=counts)
    return [SectorLine(each, *counts[each.pk]) for each in sectors]


def points_of(register: Register, hours: int) -> tuple[cascade.SinglePoint, ...]:
    """What follows when each service fails alone, the most first. A large register is calculated in processes of their own."""
    if len(register.services) < LARGE:
        return cascade.single_points(register.graph, hours)
    with executor("pool", has_processes=True) as pool:
        return cascade.single_points(register.graph, hours, executor=pool)


def digest_of(register: Register) -> str:
    """SHA-256 of all that a cascade reads: equal hashes give equal results."""
    graph = register.graph
    rows = [
        sorted((each.key, sorted(each.users.items()), each.threshold) for each in graph.services),
        [astuple(each) for each in graph.dependencies],
        sorted(graph.populations.items()),
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def is_large(register: Register) -> bool:
    """Whether its single points take longer than a page may: a job calculates them."""
    return len(register.services) >= LARGE


def newest_result(day: date | None = None) -> SinglePointsResult | None:
    """The last stored result, or the one that held on `day`."""
    rows = SinglePointsResult.objects.all() if day is None else SinglePointsResult.objects.filter(on__lte=day)
    return rows.order_by("-on").first()


def points_in(result: SinglePointsResult) -> Sequence[cascade.SinglePoint]:
    """The single points of failure of a stored result."""
    return [
        cascade.SinglePoint(rank, service, stopped, hit, weight, cascade.Bounds(least, most))
        for rank, service, stopped, hit, weight, least, most in result.points
    ]


def as_rows(points: Iterable[cascade.SinglePoint]) -> list[list[int | str]]:
    """Those that hit another service, as a stored result holds them."""
    return [
        [each.rank, each.service, each.stopped, each.hit, each.person_hours, *each.people_hours]
        for each in points
        if each.hit
    ]
