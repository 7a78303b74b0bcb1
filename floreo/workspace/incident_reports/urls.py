"""Addresses of triage."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.incident_reports import views

urlpatterns: list[URLPattern] = [
    path("incidents/", views.inbox, name="incident_reports"),
    path("incidents/reports/new/", views.new_report, name="new_incident_report"),
    path("incidents/reports/bulk/", views.bulk, name="incident_reports_bulk"),
    path("incidents/reports/<slug:reference>/", views.report, name="incident_report"),
    path("incidents/reports/<slug:reference>/accept/", views.accept_report, name="accept_incident_report"),
    path("incidents/reports/<slug:reference>/do/<slug:name>/", views.report_command, name="incident_report_command"),
    path("incidents/reports/<slug:reference>/files/<int:pk>/", views.report_file, name="incident_report_file"),
]

NEEDS = {
    Permission.INCIDENT_HANDLE: "incident_reports new_incident_report incident_reports_bulk incident_report"
    " accept_incident_report incident_report_command incident_report_file"
}
