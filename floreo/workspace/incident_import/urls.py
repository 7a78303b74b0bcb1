"""Addresses of the import of old cases."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.incident_import import views

urlpatterns: list[URLPattern] = [
    path("incidents/import/", views.imports, name="case_imports"),
    path("incidents/import/template/<slug:language>/", views.template, name="case_import_template"),
    path("incidents/import/<int:pk>/undo/", views.undo, name="undo_case_import"),
]

NEEDS = {Permission.INCIDENT_HANDLE: "case_imports case_import_template undo_case_import"}
