"""Essential services as open data and as lists of the workspace; what is internal is for the team and for the operator itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission, reach
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column
from floreo.core.tables import Cell, CellKind, Column, Filter, Table, Words, in_each_language
from floreo.core.wording import who_text
from floreo.infrastructure.logic import OPEN_STAGES, Stage
from floreo.infrastructure.models import (
    READ,
    Asset,
    AssetKind,
    Dependency,
    DependencyKind,
    Designation,
    RecoveryPlan,
    Service,
    ServicePlace,
    ServiceStateChoice,
    StageChoice,
    WhatIf,
)
from floreo.organisations.models import NationalSector, Place, PlaceSort


def _sectors(viewer: object) -> QuerySet[NationalSector]:
    return NationalSector.objects.visible_to(viewer).select_related("parent")


SECTORS = Table(
    "sectors",
    _("Sectors"),
    _("The sectors of the country, as a tree, each with the general sector that it is part of."),
    rows=_sectors,
    columns=(
        Column.of(NationalSector, "code", _("Part of its address")),
        Column.of(NationalSector, "name", _("As the country names it")),
        in_each_language("name", _("Where there is one"), _("Name"), has_first=False),
        Column.of(
            NationalSector, "parent", _("Code of the sector above"), value=lambda s: s.parent.code if s.parent else None
        ),
        Column.of(NationalSector, "broad", _("energy, transport, finance and others")),
        Column.of(NationalSector, "summary", _("In plain words")),
        *SOURCED,
        CHANGED,
    ),
    order=("position", "name", "pk"),
    search=("name", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)


def with_designation(rows: QuerySet[Service]) -> QuerySet[Service]:
    """With `is_designated` and `is_in_procedure`: by a decision in force; by a procedure that is open."""
    held = Designation.objects.filter(service=OuterRef("pk"))
    return rows.annotate(
        is_designated=Exists(held.filter(stage=Stage.DESIGNATED)),
        is_in_procedure=Exists(held.filter(stage__in=OPEN_STAGES)),
    )


def _services(viewer: object) -> QuerySet[Service]:
    rows = Service.objects.visible_to(viewer).filter(state=ServiceStateChoice.CURRENT)
    return with_designation(rows.select_related("operator", "sector"))


def _operator(service: Service) -> str | None:
    body = service.operator
    return body.code if body is not None and body.is_public else None


def designation_of(service: Any) -> str:
    """What the public reads of a service: "designated" after a decision alone, else "candidate"."""
    return "designated" if service.is_designated else "candidate"


def _known_sectors() -> Iterable[tuple[str, Words]]:
    return [(sector.code, sector.in_language("name")) for sector in NationalSector.objects.all()]


def in_sector(rows: QuerySet[Any], code: str, path: str = "sector") -> QuerySet[Any]:
    """With those of the sectors under it, two levels down."""
    return rows.filter(
        Q(**{f"{path}__code": code})
        | Q(**{f"{path}__parent__code": code})
        | Q(**{f"{path}__parent__parent__code": code})
    )


SECTOR = Filter("sector", _("Sector"), _known_sectors, in_sector)
DESIGNATION = Filter(
    "designation",
    _("Designation"),
    lambda: [("designated", _("Designated")), ("procedure", _("In a procedure")), ("none", _("Neither"))],
    lambda rows, v: {
        "designated": rows.filter(is_designated=True),
        "procedure": rows.filter(is_in_procedure=True),
    }.get(v, rows.filter(is_designated=False, is_in_procedure=False)),
)
_PUBLIC = (
    Column.of(Service, "code", _("Part of its address")),
    column("name", _("Service"), _("What people would be without")),
    in_each_language("name", _("Where there is one"), _("Service"), has_first=False),
    Column.of(Service, "summary", _("In plain words")),
    Column.of(Service, "operator", _("Code of the organisation that runs it"), value=_operator),
    Column.of(Service, "sector", _("Code of the sector"), value=lambda s: s.sector.code),
    Column("designation", _("Designation"), _("candidate, or designated by a decision"), designation_of),
    *SOURCED,
)

# Of everybody: what of a service is public, and nothing of what it needs or how long it bears an outage.
ESSENTIAL_SERVICES = Table(
    "essential_services",
    _("Essential services"),
    _(
        "Services without which people could not live as usual, and whether they are designated. Only those that are published."
    ),
    rows=lambda _viewer: _services(None),
    columns=(*_PUBLIC, CHANGED),
    order=("name", "pk"),
    search=("name", "operator__name", "sector__name"),
    filters=(SECTOR, DESIGNATION),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _all_services(viewer: object) -> QuerySet[Service]:
    """Those whose inside the viewer may read: their own organisation's, or all."""
    rows = Service.objects.visible_to(viewer).select_related("operator", "sector")
    own = reach(viewer, READ)
    if own is not None:
        rows = rows.filter(operator__in=own)
    served = Prefetch("served", ServicePlace.objects.select_related("place"))
    return with_designation(rows).prefetch_related(served)


def _places(service: Service) -> Cell:
    return [row.place.code for row in service.served.all()]


def _district(rows: QuerySet[Service], code: str) -> QuerySet[Service]:
    return rows.filter(served__place__code=code).distinct()


DISTRICT = Filter(
    "place",
    _("Delivered in"),
    lambda: [(p.code, p.in_language("name")) for p in Place.objects.filter(kind=PlaceSort.DISTRICT)],
    _district,
)
WORKSPACE_SERVICES = Table(
    "services",
    _("Essential services"),
    _("Every service of the register with its recovery targets and its users."),
    rows=_all_services,
    columns=(
        *_PUBLIC,
        Column.of(Service, "state", _("proposed, current or withdrawn")),
        Column.of(Service, "users", _("In the whole country, where it is known"), CellKind.WHOLE),
        Column.of(Service, "users_basis", _("Source and year")),
        column("rto_hours", _("RTO, hours"), _("Within how many hours it is to work again"), CellKind.WHOLE),
        column(
            "mtpd_hours", _("MTPD, hours"), _("After how many hours the harm can no longer be borne"), CellKind.WHOLE
        ),
        Column("places", _("Delivered in"), _("Codes of places"), _places, CellKind.LIST),
        Column.of(Service, "is_public", _("Whether its name is published"), CellKind.FLAG),
        Column.of(Service, "reviewed_on", _("By the team"), CellKind.DATE),
        CHANGED,
    ),
    order=("name", "pk"),
    needs=READ,
    search=("name", "code", "operator__name", "sector__name"),
    filters=(
        SECTOR,
        DESIGNATION,
        Filter("state", _("State"), lambda: ServiceStateChoice.choices, lambda rows, v: rows.filter(state=v)),
        DISTRICT,
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _assets(viewer: object) -> QuerySet[Any]:
    rows: QuerySet[Any] = Asset.objects.visible_to(viewer).select_related("service__operator", "owner", "place")
    return rows


ASSETS = Table(
    "assets",
    _("Assets"),
    _("Sites, systems and lines that the services use, and the products that run there."),
    rows=_assets,
    columns=(
        Column.of(Asset, "code", _("Identifies it")),
        Column.of(Asset, "name", _("As its operator calls it")),
        Column.of(Asset, "kind", _("site, system, control, network, data or other")),
        Column.of(Asset, "service", _("Code of the service that uses it"), value=lambda a: a.service.code),
        Column.of(
            Asset, "owner", _("Code; empty for the operator itself"), value=lambda a: a.owner.code if a.owner else None
        ),
        Column.of(Asset, "place", _("Code of the place"), value=lambda a: a.place.code if a.place else None),
        Column.of(Asset, "vendor", _("Of the product that runs there")),
        Column.of(Asset, "product", _("That runs there")),
        Column.of(Asset, "product_version", _("Of the product")),
        Column.of(Asset, "note", _("Internal")),
        *SOURCED,
        CHANGED,
    ),
    order=("name", "pk"),
    needs=READ,
    search=("name", "code", "vendor", "product", "service__name"),
    filters=(
        Filter("kind", _("Kind"), lambda: AssetKind.choices, lambda rows, v: rows.filter(kind=v)),
        Filter("sector", _("Sector"), _known_sectors, lambda rows, v: in_sector(rows, v, "service__sector")),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _dependencies(viewer: object) -> QuerySet[Dependency]:
    rows = Dependency.objects.visible_to(viewer).filter(withdrawn_on=None)
    return rows.select_related("service__operator", "needs__operator")


def _checked(rows: QuerySet[Dependency], value: str) -> QuerySet[Dependency]:
    return rows.filter(checked_on__isnull=value == "no")


DEPENDENCIES = Table(
    "dependencies",
    _("Dependencies"),
    _("Which service needs which, how long until it is felt, how much is lost, and what bridges it."),
    rows=_dependencies,
    columns=(
        ID,
        Column.of(Dependency, "service", _("Code of the service that needs another"), value=lambda d: d.service.code),
        Column.of(Dependency, "needs", _("Code of the service that it needs"), value=lambda d: d.needs.code),
        Column.of(Dependency, "kind", _("power, water, telecom and others")),
        Column.of(Dependency, "hours", _("0: at once"), CellKind.WHOLE),
        column("share", _("Share lost, per cent"), _("100: it stops"), CellKind.WHOLE),
        Column.of(Dependency, "fallback", _("What bridges it")),
        Column.of(Dependency, "fallback_hours", _("On top of the hours until it is felt"), CellKind.WHOLE),
        Column.of(Dependency, "group", _("Dependencies of one group are alternatives")),
        Column.of(Dependency, "checked_on", _("With the operator, by the team"), CellKind.DATE),
        *SOURCED[:2],
        CHANGED,
    ),
    order=("service__name", "pk"),
    key="id",
    needs=Permission.DEPENDENCY_READ,
    search=("service__name", "needs__name", "fallback"),
    filters=(
        Filter("kind", _("What it needs of it"), lambda: DependencyKind.choices, lambda rows, v: rows.filter(kind=v)),
        Filter("checked", _("Checked"), lambda: [("yes", _("Yes")), ("no", _("No"))], _checked),
    ),
    lookup=by_id,
)


def _designations(viewer: object) -> QuerySet[Designation]:
    return Designation.objects.visible_to(viewer).select_related("service__operator", "service__sector", "criteria")


DESIGNATIONS = Table(
    "designations",
    _("Designations"),
    _("Procedures by which services are designated: who proposed, how far they are, when they are reviewed."),
    rows=_designations,
    columns=(
        Column.of(Designation, "code", _("Of the procedure")),
        Column.of(Designation, "service", _("Code"), value=lambda d: d.service.code),
        Column("operator", _("Operator"), _("Code"), lambda d: d.service.operator.code if d.service.operator else None),
        Column.of(Designation, "criteria", _("Code of the set"), value=lambda d: d.criteria.code),
        Column.of(Designation, "stage", _("proposed, hearing, designated, declined or withdrawn")),
        Column.of(Designation, "proposed_by", _("Name"), value=lambda d: who_text(d.proposed_by)),
        Column.of(Designation, "review_due_on", _("By when it is looked at again"), CellKind.DATE),
        CHANGED,
    ),
    order=("-pk",),
    needs=READ,
    search=("code", "service__name", "service__operator__name"),
    filters=(
        Filter("stage", _("Stage"), lambda: StageChoice.choices, lambda rows, v: rows.filter(stage=v)),
        Filter(
            "due",
            _("Review"),
            lambda: [("late", _("Overdue"))],
            lambda rows, _v: rows.filter(review_due_on__lt=clock.today()),
        ),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)


def _plans(viewer: object) -> QuerySet[Any]:
    rows: QuerySet[Any] = RecoveryPlan.objects.visible_to(viewer).select_related("service__operator")
    return rows


def _tested(rows: QuerySet[RecoveryPlan], value: str) -> QuerySet[RecoveryPlan]:
    match value:
        case "never":
            return rows.filter(last_test_on=None)
        case "failed":
            return rows.filter(last_result="failed")
    return rows.exclude(last_test_on=None).filter(next_test_on__lt=clock.today())


PLANS = Table(
    "recovery_plans",
    _("Recovery plans"),
    _("How each service recovers, within how many hours, and when that was tested."),
    rows=_plans,
    columns=(
        Column.of(RecoveryPlan, "code", _("Identifies it")),
        column("title", _("Title"), _("Of the plan")),
        Column.of(RecoveryPlan, "service", _("Code"), value=lambda p: p.service.code),
        Column.of(RecoveryPlan, "owner", _("The post")),
        column("hours", _("Works again within, hours"), _("As the plan says"), CellKind.WHOLE),
        Column(
            "rto_hours", _("RTO, hours"), _("What the service asks for"), lambda p: p.service.rto_hours, CellKind.WHOLE
        ),
        Column.of(RecoveryPlan, "last_test_on", _("The newest"), CellKind.DATE),
        column("last_result", _("Result"), _("passed, partly or failed")),
        Column.of(RecoveryPlan, "next_test_on", _("Planned"), CellKind.DATE),
        CHANGED,
    ),
    order=("title", "pk"),
    needs=READ,
    search=("title", "service__name", "service__operator__name", "owner"),
    filters=(
        Filter(
            "test",
            _("Test"),
            lambda: [("never", _("Never tested")), ("failed", _("Failed")), ("late", _("Overdue"))],
            _tested,
        ),
    ),
    lookup=lambda rows, key: rows.filter(code=key),
)

WHAT_IFS = Table(
    "what_ifs",
    _("What-ifs"),
    _("What would follow if services failed."),
    rows=lambda viewer: WhatIf.objects.visible_to(viewer).select_related("place"),
    columns=(
        Column.of(WhatIf, "code", _("Part of its address")),
        Column.of(WhatIf, "title", _("In words")),
        Column.of(WhatIf, "hours", _("The horizon"), CellKind.WHOLE),
        Column("place", _("Place that is hit"), _("Code"), lambda w: w.place.code if w.place else None),
        Column.of(WhatIf, "tlp", _("TLP 2.0")),
        CHANGED,
    ),
    order=("-pk",),
    needs=Permission.CASCADE_RUN,
    search=("title", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)

TABLES = {table.name: table for table in (SECTORS, ESSENTIAL_SERVICES)}  # of everybody
