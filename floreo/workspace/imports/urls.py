"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.imports import views

urlpatterns: list[URLPattern] = [
    path("imports/", views.imports, name="imports"),
    path("imports/<int:pk>/", views.columns, name="import"),
    path("imports/<int:pk>/tables/", views.tables, name="import_tables"),
    path("imports/<int:pk>/values/", views.values, name="import_values"),
    path("imports/<int:pk>/check/", views.check, name="import_check"),
    path("imports/<int:pk>/rows.csv", views.rows_file, name="import_rows"),
    path("imports/<int:pk>/profile.toml", views.profile, name="import_profile"),
    path("imports/<int:pk>/do/<slug:name>/", views.import_command, name="import_command"),
]

NEEDS = {
    Permission.WORKSPACE_OPEN: "imports import import_tables import_values import_check import_rows import_profile import_command"
}
