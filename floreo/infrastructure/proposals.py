"""What organisations may propose of their essential services, of what these use, and of what they need. Whoever reviews proposals need not
be one who may read dependencies: proposals about them are for those who may, and for the operator's own people."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Actor, Permission
from floreo.core.proposals import ProposalKind
from floreo.infrastructure.actions import registering as acts
from floreo.infrastructure.models import Asset, Dependency, Service, ServiceStateChoice
from floreo.organisations.models import NationalSector, Organisation, Place


def _services(organisation: Organisation) -> QuerySet[Service]:
    return Service.objects.filter(operator=organisation, state=ServiceStateChoice.CURRENT)


def _assets(organisation: Organisation) -> QuerySet[Asset]:
    return Asset.objects.filter(service__in=_services(organisation)).select_related("service")


def _dependencies(organisation: Organisation) -> QuerySet[Dependency]:
    rows = Dependency.objects.current().filter(service__in=_services(organisation))
    return rows.select_related("service", "needs")


def _named_by(organisation: Organisation) -> QuerySet[Service]:
    """What it may name as needed: services that everybody may read of, and its own."""
    return Service.objects.current().filter(Q(is_public=True) | Q(operator=organisation))


def _add_service(organisation: Organisation, *, by: Actor, **facts: Any) -> Service:
    return acts.add_service(by=by, operator=organisation, **facts)


def _add_asset(_organisation: Organisation, *, by: Actor, service: Service, **facts: Any) -> Asset:
    return acts.add_asset(service, by=by, **facts)


def _add_dependency(_organisation: Organisation, *, by: Actor, service: Service, **facts: Any) -> Dependency:
    return acts.add_dependency(service, by=by, **facts)


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
    ProposalKind(
        "dependency",
        _l("What a service needs"),
        Dependency,
        ("service", "needs", "kind", "hours", "share", "fallback", "fallback_hours", "group"),
        rows=_dependencies,
        add=_add_dependency,
        update=acts.update_dependency,
        remove=acts.withdraw_dependency,
        check=acts.check_is_new,
        choices={"service": _services, "needs": _named_by},
        typed={"needs": Service.objects.current},
        read_with=Permission.DEPENDENCY_READ,
        decide_with=Permission.DEPENDENCY_EDIT,
    ),
)
