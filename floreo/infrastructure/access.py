"""How a view gets a service and what hangs on it."""

from __future__ import annotations

from typing import Any

from django.db import models

from floreo.core.access import can
from floreo.core.errors import Missing
from floreo.infrastructure.models import (
    READ,
    Asset,
    Dependency,
    Designation,
    RecoveryPlan,
    Service,
    WhatIf,
    WhatIfChange,
    WhatIfFailure,
)
from floreo.organisations.models import NationalSector


def _one(rows: models.QuerySet[Any]) -> Any:
    found = rows.first()
    if found is None:
        raise Missing
    return found


def get_sector_for(viewer: object, code: str) -> NationalSector:
    found: NationalSector = _one(NationalSector.objects.visible_to(viewer).select_related("parent").filter(code=code))
    return found


def get_service_for(viewer: object, code: str) -> Service:
    """For the workspace: what is public of others' services is on the public site."""
    found: Service = _one(
        Service.objects.visible_to(viewer).select_related("operator", "sector__parent").filter(code=code)
    )
    if not can(viewer, READ, found):
        raise Missing
    return found


def get_public_service(code: str) -> Service:
    found: Service = _one(Service.objects.visible_to(None).select_related("operator", "sector").filter(code=code))
    return found


def _of_service(model: type[models.Model], viewer: object, service: str, pk: int) -> Any:
    rows: Any = model._default_manager.get_queryset()
    return _one(rows.visible_to(viewer).select_related("service__operator").filter(service__code=service, pk=pk))


def get_asset_for(viewer: object, service: str, pk: int) -> Asset:
    found: Asset = _of_service(Asset, viewer, service, pk)
    return found


def get_plan_for(viewer: object, service: str, pk: int) -> RecoveryPlan:
    found: RecoveryPlan = _of_service(RecoveryPlan, viewer, service, pk)
    return found


def get_dependency_for(viewer: object, service: str, pk: int) -> Dependency:
    rows = Dependency.objects.visible_to(viewer).select_related("service__operator", "needs")
    found: Dependency = _one(rows.filter(service__code=service, pk=pk))
    return found


def get_designation_for(viewer: object, code: str) -> Designation:
    rows = Designation.objects.visible_to(viewer).select_related("service__operator", "service__sector", "criteria")
    found: Designation = _one(rows.filter(code=code))
    return found


def get_what_if_for(viewer: object, code: str) -> WhatIf:
    rows = WhatIf.objects.visible_to(viewer).select_related("place", "like")
    found: WhatIf = _one(rows.filter(code=code))
    return found


def get_failure_for(viewer: object, code: str, pk: int) -> WhatIfFailure:
    rows = WhatIfFailure.objects.visible_to(viewer).select_related("what_if", "service")
    found: WhatIfFailure = _one(rows.filter(what_if__code=code, pk=pk))
    return found


def get_change_for(viewer: object, code: str, pk: int) -> WhatIfChange:
    rows = WhatIfChange.objects.visible_to(viewer).select_related("what_if", "dependency__service", "dependency__needs")
    found: WhatIfChange = _one(rows.filter(what_if__code=code, pk=pk))
    return found
