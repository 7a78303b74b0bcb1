"""What the register of essential services offers to the rest of the product."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils.translation import gettext_lazy as _

from floreo.core.access import SYSTEM, Permission
from floreo.core.figures import Direction, Measure
from floreo.core.offers import INFRASTRUCTURE, Job, MenuItem, Offers, PackFile, SearchKind
from floreo.infrastructure import measures, pack
from floreo.infrastructure.actions.single_points import calculate_single_points
from floreo.infrastructure.importing import TARGETS
from floreo.infrastructure.proposals import KINDS
from floreo.infrastructure.tables import TABLES
from floreo.infrastructure.tasks import waiting_tasks

_READ = Permission.SERVICE_READ
_NEED = _READ.value
_DESIGNATED = _("with a designation in force at the end of the period")
_INVENTED = "of a real country it is entered in the workspace: everybody would read it in a file that is published"

OFFERS = Offers(
    import_targets=TARGETS,
    tables=TABLES,
    licences={"sectors": "sectors.toml", "essential_services": "services.toml"},
    measures={
        "operators_designated": Measure(
            measures.operators_designated,
            _("Designated operators"),
            "operators",
            _("operators with a designated service"),
            _("operators with a designated service"),
            records_need=_NEED,
        ),
        "operators_designated_in_sector": Measure(
            measures.operators_designated_in_sector,
            _("Designated operators of one sector"),
            "operators",
            _("operators with a designated service of the sector"),
            _("operators with a designated service of the sector"),
            records_need=_NEED,
            choices=measures.sectors,
        ),
        "services_designated": Measure(
            measures.services_designated,
            _("Designated services"),
            "services",
            _DESIGNATED,
            _DESIGNATED,
            records_need=_NEED,
        ),
        "share_of_plans_tested": Measure(
            measures.share_of_plans_tested,
            _("Share of designated services with a tested recovery plan"),
            "%",
            _("with a plan that passed a test within twelve months"),
            _DESIGNATED,
            knows_past=False,
            records_need=_NEED,
        ),
        "dependencies_checked": Measure(
            measures.dependencies_checked,
            _("Share of dependencies checked with the operator"),
            "%",
            _("dependencies that were checked"),
            _("dependencies in the register"),
            knows_past=False,
            records_need=Permission.CASCADE_RUN.value,
        ),
        "services_in_register": Measure(
            measures.services_in_register,
            _("Essential services in the register"),
            "services",
            _("services in the register now"),
            _("services in the register now"),
            knows_past=False,
            records_need=_NEED,
        ),
        "single_points_of_failure": Measure(
            measures.single_points_of_failure,
            _("Single points of failure"),
            "services",
            _("services whose failure alone hits another"),
            _("services whose failure alone hits another"),
            direction=Direction.DOWN,
            records_need=Permission.CASCADE_RUN.value,
        ),
        "people_behind_largest_single_point": Measure(
            measures.people_behind_largest_single_point,
            _("People behind the largest single point of failure"),
            "people",
            _("people without at least one service, to two digits"),
            _("people without at least one service, to two digits"),
            direction=Direction.DOWN,
            records_need=Permission.CASCADE_RUN.value,
            choices=measures.bounds,
        ),
    },
    tasks=waiting_tasks,
    task_kinds={
        "service": _("Essential services"),
        "designation": _("Designations"),
        "recovery_plan": _("Recovery plans"),
    },
    pack_shapes=pack.SHAPES,
    pack_files=(
        PackFile("services.toml", pack.FILES["services.toml"]),
        PackFile("dependencies.csv", pack.FILES["dependencies.csv"]),
        PackFile("criteria.toml", pack.FILES["criteria.toml"]),
        PackFile("designations.toml", pack.FILES["designations.toml"], only_sample=_INVENTED),
        PackFile("what_ifs.toml", pack.FILES["what_ifs.toml"]),
    ),
    proposal_kinds=KINDS,
    jobs=(Job("single_points", partial(calculate_single_points, by=SYSTEM), timedelta(hours=6)),),
    search_kinds=(SearchKind("service", _("Essential service"), _READ),),
    verbs={
        "service.added": _("added the service"),
        "service.updated": _("changed the service"),
        "service.reviewed": _("took the service into the register"),
        "service.withdrawn": _("withdrew the service"),
        "service.restored": _("put the service back into the register"),
        "asset.added": _("added an asset"),
        "asset.updated": _("changed an asset"),
        "asset.removed": _("removed an asset"),
        "dependency.added": _("added a dependency"),
        "dependency.updated": _("changed a dependency"),
        "dependency.checked": _("checked a dependency"),
        "dependency.withdrawn": _("withdrew a dependency"),
        "recovery_plan.added": _("added a recovery plan"),
        "recovery_plan.updated": _("changed a recovery plan"),
        "recovery_plan.tested": _("recorded the test of a recovery plan"),
        "recovery_plan.removed": _("removed a recovery plan"),
        "designation.proposed": _("proposed the designation"),
        "designation.scored": _("scored the criteria"),
        "designation.heard": _("recorded the hearing"),
        "designation.decided": _("designated the service"),
        "designation.declined": _("decided not to designate the service"),
        "designation.confirmed": _("reviewed the designation: it stays"),
        "designation.withdrawn": _("withdrew the designation"),
        "single_points.calculated": _("calculated the single points of failure"),
        "what_if.added": _("added the what-if"),
        "what_if.updated": _("changed the what-if"),
        "what_if.copied": _("copied the what-if"),
        "what_if.removed": _("removed the what-if"),
        "what_if.failure_added": _("added a failure to the what-if"),
        "what_if.failure_removed": _("removed a failure of the what-if"),
        "what_if.change_added": _("added a change to the what-if"),
        "what_if.change_removed": _("removed a change of the what-if"),
    },
    menu=(
        MenuItem(INFRASTRUCTURE, _("Essential services"), "workspace:services", _READ, 10, "services"),
        MenuItem(INFRASTRUCTURE, _("Designations"), "workspace:designations", _READ, 20, "designations"),
        MenuItem(
            INFRASTRUCTURE, _("Dependencies"), "workspace:dependencies", Permission.DEPENDENCY_READ, 30, "dependencies"
        ),
        MenuItem(INFRASTRUCTURE, _("Cascades"), "workspace:what_ifs", Permission.CASCADE_RUN, 40, "what_ifs"),
        MenuItem(
            INFRASTRUCTURE,
            _("Single points of failure"),
            "workspace:single_points",
            Permission.CASCADE_RUN,
            45,
            "single_points",
        ),
        MenuItem(INFRASTRUCTURE, _("Recovery plans"), "workspace:recovery_plans", _READ, 50, "recovery_plans"),
        MenuItem(INFRASTRUCTURE, _("Assets"), "workspace:assets", _READ, 55, "assets"),
        MenuItem(INFRASTRUCTURE, _("Sectors"), "workspace:sectors", _READ, 60, "sectors"),
    ),
)
