"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.tabletops import finding_views as findings
from floreo.workspace.tabletops import part_views as parts
from floreo.workspace.tabletops import views

_T = "tabletops/<slug:code>/"
_F = f"{_T}findings/<int:number>/"
urlpatterns: list[URLPattern] = [
    path("tabletops/", views.tabletops, name="tabletops"),
    path("new-tabletop/", views.new_tabletop, name="new_tabletop"),
    path("tabletop-scenarios/", views.scenarios, name="tabletop_scenarios"),
    path("tabletop-scenarios/<slug:code>/", views.scenario, name="tabletop_scenario"),
    path("tabletop-findings/", findings.findings, name="tabletop_findings"),
    path(_T, views.tabletop, name="tabletop"),
    path(f"{_T}do/<slug:name>/", views.tabletop_command, name="tabletop_command"),
    path(f"{_T}observe/", views.observe, name="tabletop_observe"),
    path(f"{_T}report/", views.report, name="tabletop_report"),
    path(f"{_T}report.<str:kind>", views.report_file, name="tabletop_report_file"),
    path(f"{_T}injects/<int:number>/do/<slug:name>/", parts.inject_command, name="inject_command"),
    path(f"{_T}expected/<int:pk>/do/<slug:name>/", parts.expected_command, name="expected_command"),
    path(f"{_T}objectives/<int:pk>/do/<slug:name>/", parts.objective_command, name="tabletop_objective_command"),
    path(f"{_T}evaluation/<int:pk>/do/<slug:name>/", parts.point_command, name="evaluation_point_command"),
    path(
        f"{_T}participants/<int:number>/do/<slug:name>/", parts.participant_command, name="tabletop_participant_command"
    ),
    path(f"{_T}participants/<int:number>/link/", parts.participant_link, name="tabletop_participant_link"),
    path(_F, findings.finding, name="tabletop_finding"),
    path(f"{_F}do/<slug:name>/", findings.finding_command, name="tabletop_finding_command"),
]

NEEDS = {
    Permission.TABLETOP_READ: "tabletops tabletop tabletop_scenarios tabletop_scenario tabletop_report tabletop_report_file",
    Permission.TABLETOP_RUN: "new_tabletop tabletop_command tabletop_observe inject_command expected_command"
    " tabletop_objective_command evaluation_point_command tabletop_participant_command tabletop_participant_link",
    Permission.TABLETOP_FINDING: "tabletop_findings tabletop_finding tabletop_finding_command",
}
# These show their own to whoever may see only their own organisation's.
NARROWED = "tabletop_findings tabletop_finding"
