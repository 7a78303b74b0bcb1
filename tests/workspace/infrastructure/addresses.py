"""Examples for the addresses of essential services."""

from __future__ import annotations

from floreo.infrastructure.models import Asset, Dependency, RecoveryPlan, WhatIfChange, WhatIfFailure
from floreo.organisations.models import Country, User

SERVICE = "power-transmission"
WHAT_IF = "cable-and-substation-with-fuel"


def examples(country: Country, user: User) -> dict[str, list[object]]:
    dependency = Dependency.objects.filter(service__code=SERVICE).order_by("pk")[0]
    asset = Asset.objects.get(code="substation-b")
    plan = RecoveryPlan.objects.get(code="power-pe-plan")
    failure = WhatIfFailure.objects.filter(what_if__code=WHAT_IF).order_by("pk")[0]
    change = WhatIfChange.objects.filter(what_if__code=WHAT_IF).order_by("pk")[0]
    return {
        "sector": ["energy"],
        "sector_command": ["energy", "edit"],
        "service": [SERVICE],
        "service_command": [SERVICE, "edit"],
        "asset_command": [SERVICE, asset.pk, "edit"],
        "plan_command": ["power-pe", plan.pk, "test"],
        "dependency_command": [SERVICE, dependency.pk, "edit"],
        "designation": ["DES-2026-010"],
        "designation_command": ["DES-2026-010", "score"],
        "what_if": [WHAT_IF],
        "what_if_paper": [WHAT_IF, "csv"],
        "what_if_command": [WHAT_IF, "edit"],
        "failure_command": [WHAT_IF, failure.pk, "remove"],
        "change_command": [WHAT_IF, change.pk, "remove"],
    }
