"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.infrastructure import cascade_views as cascades
from floreo.workspace.infrastructure import designation_views as designations
from floreo.workspace.infrastructure import list_views as lists
from floreo.workspace.infrastructure import service_views as services

_S = "services/<slug:code>/"
_W = "cascades/<slug:code>/"
urlpatterns: list[URLPattern] = [
    path("sectors/", lists.sectors, name="sectors"),
    path("new-sector/", lists.new_sector, name="new_sector"),
    path("sectors/<slug:code>/", lists.sector, name="sector"),
    path("sectors/<slug:code>/do/<slug:name>/", lists.sector_command, name="sector_command"),
    path("services/", lists.services, name="services"),
    path("new-service/", services.new_service, name="new_service"),
    path(_S, services.service, name="service"),
    path(f"{_S}do/<slug:name>/", services.service_command, name="service_command"),
    path(f"{_S}assets/<int:pk>/do/<slug:name>/", services.asset_command, name="asset_command"),
    path(f"{_S}plans/<int:pk>/do/<slug:name>/", services.plan_command, name="plan_command"),
    path(f"{_S}needs/<int:pk>/do/<slug:name>/", services.dependency_command, name="dependency_command"),
    path("assets/", lists.assets, name="assets"),
    path("recovery-plans/", lists.plans, name="recovery_plans"),
    path("dependencies/", lists.dependencies, name="dependencies"),
    path("designations/", designations.designations, name="designations"),
    path("designations/<slug:code>/", designations.designation, name="designation"),
    path("designations/<slug:code>/do/<slug:name>/", designations.designation_command, name="designation_command"),
    path("cascades/", cascades.what_ifs, name="what_ifs"),
    path("new-cascade/", cascades.new_what_if, name="new_what_if"),
    path("single-points/", cascades.single_points, name="single_points"),
    path(_W, cascades.what_if, name="what_if"),
    path(f"{_W}paper.<str:kind>", cascades.what_if_paper, name="what_if_paper"),
    path(f"{_W}do/<slug:name>/", cascades.what_if_command, name="what_if_command"),
    path(f"{_W}failures/<int:pk>/do/<slug:name>/", cascades.failure_command, name="failure_command"),
    path(f"{_W}changes/<int:pk>/do/<slug:name>/", cascades.change_command, name="change_command"),
]

NEEDS = {
    Permission.SERVICE_READ: "sectors sector services service assets recovery_plans designations designation",
    Permission.SERVICE_EDIT: "new_sector sector_command new_service service_command asset_command plan_command"
    " designation_command",
    Permission.DEPENDENCY_EDIT: "dependency_command",
    Permission.DEPENDENCY_READ: "dependencies",
    Permission.CASCADE_RUN: "what_ifs new_what_if single_points what_if what_if_paper what_if_command failure_command change_command",
}
# These show their own to whoever may see only their own organisation's.
NARROWED = "sectors sector services service assets recovery_plans designations designation dependencies"
