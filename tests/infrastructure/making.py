"""What tests of essential services are made of: a small country with three services in a row."""

from __future__ import annotations

from datetime import date
from typing import Any

from floreo.core.access import SYSTEM
from floreo.infrastructure.actions import designating, registering
from floreo.infrastructure.models import CriteriaSet, Criterion, Dependency, Designation, Service
from floreo.organisations.actions.sectors import add_sector
from floreo.organisations.models import NationalSector, Organisation


def body(code: str = "power-company", name: str = "Power Company") -> Organisation:
    return Organisation.objects.create(code=code, name=name, kind="operator")


def a_sector(name: str = "Energy", **facts: Any) -> NationalSector:
    return NationalSector.objects.filter(name=name).first() or add_sector(by=SYSTEM, name=name, broad="energy", **facts)


def a_service(name: str, operator: Organisation | None = None, **facts: Any) -> Service:
    return registering.add_service(by=SYSTEM, name=name, operator=operator, sector=a_sector(), **facts)


def a_dependency(service: Service, needs: Service, **facts: Any) -> Dependency:
    return registering.add_dependency(service, by=SYSTEM, needs=needs, **{"kind": "power"} | facts)


def criteria() -> CriteriaSet:
    made = CriteriaSet.objects.create(code="act", title="Criteria of the Act", threshold=60)
    for number, code in enumerate(("people", "harm")):
        levels = [{"points": n, "word": f"Level {n}"} for n in range(4)]
        Criterion.objects.create(criteria=made, code=code, title=code.title(), levels=levels, position=number)
    return made


def proposed(service: Service, by: Any = SYSTEM, **facts: Any) -> Designation:
    given: dict[str, Any] = {
        "criteria": CriteriaSet.objects.first() or criteria(),
        "on": date(2026, 1, 5),
        "text": "It reaches the threshold.",
    }
    return designating.propose(service, by=by, **given | facts)
