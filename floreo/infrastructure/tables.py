"""Essential services as open data and as lists of the workspace; what is internal is for the team and for the operator itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from floreo.core import clock
from floreo.core.access import Permission, reach
from floreo.core.columns import CHANGED, ID, SOURCED, by_id, column, day
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
        column("code", _("Code"), _("Part of its address")),
        column("name", _("Name"), _("As the country names it")),
        in_each_language("name", _("Where there is one"), _("Name"), has_first=False),
        Column("parent", _("Part of"), _("Code of the sector above"), lambda s: s.parent.code if s.parent else None),
        column("broad", _("General sector"), _("energy, transport, finance and others")),
        column("summary", _("What belongs to it"), _("In plain words")),
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
    column("code", _("Code"), _("Part of its address")),
    column("name", _("Service"), _("What people would be without")),
    in_each_language("name", _("Where there is one"), _("Service"), has_first=False),
    column("summary", _("What it does"), _("In plain words")),
    Column("operator", _("Operator"), _("Code of the organisation that runs it"), _operator),
    Column("sector", _("Sector"), _("Code of the sector"), lambda s: s.sector.code),
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
        column("state", _("State"), _("proposed, current or withdrawn")),
        column("users", _("People who use it"), _("In the whole country, where it is known"), CellKind.WHOLE),
        column("users_basis", _("How that was counted"), _("Source and year")),
        column("rto_hours", _("RTO, hours"), _("Within how many hours it is to work again"), CellKind.WHOLE),
        column(
            "mtpd_hours", _("MTPD, hours"), _("After how many hours the harm can no longer be borne"), CellKind.WHOLE
        ),
        Column("places", _("Delivered in"), _("Codes of places"), _places, CellKind.LIST),
        column("is_public", _("Public"), _("Whether its name is published"), CellKind.FLAG),
        day("reviewed_on", _("Last reviewed on"), _("By the team")),
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
        column("code", _("Code"), _("Identifies it")),
        column("name", _("Name"), _("As its operator calls it")),
        column("kind", _("Kind"), _("site, system, control, network, data or other")),
        Column("service", _("Service"), _("Code of the service that uses it"), lambda a: a.service.code),
        Column(
            "owner", _("Owner"), _("Code; empty for the operator itself"), lambda a: a.owner.code if a.owner else None
        ),
        Column("place", _("Place"), _("Code of the place"), lambda a: a.place.code if a.place else None),
        column("vendor", _("Manufacturer"), _("Of the product that runs there")),
        column("product", _("Product"), _("That runs there")),
        column("product_version", _("Version"), _("Of the product")),
        column("note", _("Note"), _("Internal")),
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
        Column("service", _("Service"), _("Code of the service that needs another"), lambda d: d.service.code),
        Column("needs", _("Needs"), _("Code of the service that it needs"), lambda d: d.needs.code),
        column("kind", _("What it needs of it"), _("power, water, telecom and others")),
        column("hours", _("Hours until it is felt"), _("0: at once"), CellKind.WHOLE),
        column("share", _("Share lost, per cent"), _("100: it stops"), CellKind.WHOLE),
        column("fallback", _("Fallback"), _("What bridges it")),
        column(
            "fallback_hours",
            _("Hours that the fallback lasts"),
            _("On top of the hours until it is felt"),
            CellKind.WHOLE,
        ),
        column("group", _("Alternatives"), _("Dependencies of one group are alternatives")),
        day("checked_on", _("Checked on"), _("With the operator, by the team")),
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
        column("code", _("Number"), _("Of the procedure")),
        Column("service", _("Service"), _("Code"), lambda d: d.service.code),
        Column("operator", _("Operator"), _("Code"), lambda d: d.service.operator.code if d.service.operator else None),
        Column("criteria", _("Criteria"), _("Code of the set"), lambda d: d.criteria.code),
        column("stage", _("Stage"), _("proposed, hearing, designated, declined or withdrawn")),
        Column("proposed_by", _("Proposed by"), _("Name"), lambda d: who_text(d.proposed_by)),
        day("review_due_on", _("To be reviewed by"), _("By when it is looked at again")),
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
        column("code", _("Code"), _("Identifies it")),
        column("title", _("Title"), _("Of the plan")),
        Column("service", _("Service"), _("Code"), lambda p: p.service.code),
        column("owner", _("Responsible"), _("The post")),
        column("hours", _("Works again within, hours"), _("As the plan says"), CellKind.WHOLE),
        Column(
            "rto_hours", _("RTO, hours"), _("What the service asks for"), lambda p: p.service.rto_hours, CellKind.WHOLE
        ),
        day("last_test_on", _("Last test"), _("The newest")),
        column("last_result", _("Result"), _("passed, partly or failed")),
        day("next_test_on", _("Next test"), _("Planned")),
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
        column("code", _("Code"), _("Part of its address")),
        column("title", _("What fails"), _("In words")),
        column("hours", _("Hours to look ahead"), _("The horizon"), CellKind.WHOLE),
        Column("place", _("Place that is hit"), _("Code"), lambda w: w.place.code if w.place else None),
        column("tlp", _("Marking"), _("TLP 2.0")),
        CHANGED,
    ),
    order=("-pk",),
    needs=Permission.CASCADE_RUN,
    search=("title", "code"),
    lookup=lambda rows, key: rows.filter(code=key),
)

TABLES = {table.name: table for table in (SECTORS, ESSENTIAL_SERVICES)}  # of everybody
