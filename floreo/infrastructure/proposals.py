"""What organisations may propose of their essential services and what these use. Not what a service needs: whoever reviews proposals need
not be one who may read dependencies."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Actor
from floreo.core.proposals import ProposalKind
from floreo.infrastructure.actions import registering as acts
from floreo.infrastructure.models import Asset, Service, ServiceStateChoice
from floreo.organisations.models import NationalSector, Organisation, Place


def _services(organisation: Organisation) -> QuerySet[Service]:
    return Service.objects.filter(operator=organisation, state=ServiceStateChoice.CURRENT)


def _assets(organisation: Organisation) -> QuerySet[Asset]:
    return Asset.objects.filter(service__in=_services(organisation)).select_related("service")


def _add_service(organisation: Organisation, *, by: Actor, **facts: Any) -> Service:
    return acts.add_service(by=by, operator=organisation, **facts)


def _add_asset(_organisation: Organisation, *, by: Actor, service: Service, **facts: Any) -> Asset:
    return acts.add_asset(service, by=by, **facts)


KINDS = (
    ProposalKind(
        "service",
        _l("Essential service"),
        Service,
        ("name", "summary", "sector", "users", "users_basis", "rto_hours", "mtpd_hours"),
        rows=_services,
        add=_add_service,
        update=acts.update_service,
        check=acts.check_hours,
        choices={"sector": lambda _organisation: NationalSector.objects.all()},
    ),
    ProposalKind(
        "asset",
        _l("Asset of a service"),
        Asset,
        ("service", "name", "kind", "place", "vendor", "product", "product_version", "note"),
        rows=_assets,
        add=_add_asset,
        update=acts.update_asset,
        remove=acts.remove_asset,
        check=acts.check_product,
        choices={"service": _services, "place": lambda _organisation: Place.objects.all()},
    ),
)
