"""Addresses of cases, of the duty rota, and of an organisation's own cases."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.cases import own_views, part_views, sharing_views, team_views, views

_C = "incidents/cases/<slug:reference>/"
urlpatterns: list[URLPattern] = [
    path("incidents/cases/", views.cases, name="cases"),
    path("incidents/cases/bulk/", views.bulk, name="cases_bulk"),
    path("incidents/cases/new/", views.new_case, name="new_case"),
    path("incidents/filters/new/", team_views.new_filter, name="new_case_filter"),
    path("incidents/filters/<int:pk>/remove/", team_views.remove_filter, name="remove_case_filter"),
    path("incidents/duty/", team_views.duty, name="duty"),
    path("incidents/duty/new/", team_views.new_shift, name="new_duty_shift"),
    path("incidents/duty/<int:pk>/remove/", team_views.remove_shift, name="remove_duty_shift"),
    path("incidents/own/", own_views.own_cases, name="own_cases"),
    path("incidents/own/<slug:reference>/", own_views.own_case, name="own_case"),
    path(_C, views.case, name="case"),
    path(f"{_C}share/", sharing_views.share_case, name="share_case"),
    path(f"{_C}take-in/", sharing_views.take_in_case, name="take_in_case"),
    path(f"{_C}log/", views.case_log, name="case_log"),
    path(f"{_C}do/<slug:name>/", views.case_command, name="case_command"),
    path(f"{_C}evidence/new/", part_views.new_evidence, name="new_case_evidence"),
    path(f"{_C}evidence/<int:pk>/file/", part_views.evidence_file, name="case_evidence_file"),
    path(f"{_C}evidence/<int:pk>/custody/", part_views.custody, name="case_custody"),
    path(f"{_C}tasks/<int:pk>/reopen/", part_views.reopen_task, name="reopen_case_task"),
    path(f"{_C}tasks/<int:pk>/<slug:name>/", part_views.task_command, name="case_task_command"),
    path(f"{_C}happened/<int:pk>/<slug:name>/", part_views.happening_command, name="case_happening_command"),
    path(f"{_C}observables/<int:pk>/<slug:name>/", part_views.observable_command, name="case_observable_command"),
    path(f"{_C}organisations/<int:pk>/<slug:name>/", part_views.organisation_press, name="case_organisation_press"),
    path(f"{_C}related/<int:pk>/remove/", part_views.unlink, name="unlink_case"),
    path(f"{_C}merges/<int:pk>/undo/", part_views.undo_merge, name="undo_case_merge"),
    path(f"{_C}reports/<slug:report>/split/", part_views.split, name="split_case_report"),
]

NEEDS = {
    Permission.INCIDENT_HANDLE: (
        "cases cases_bulk new_case new_case_filter remove_case_filter duty new_duty_shift remove_duty_shift case case_log"
        " case_command new_case_evidence case_evidence_file case_custody reopen_case_task case_task_command"
        " case_happening_command case_observable_command case_organisation_press unlink_case undo_case_merge"
        " split_case_report share_case take_in_case"
    ),
    Permission.INCIDENT_READ: "own_cases own_case",
}
NARROWED = "own_cases"
