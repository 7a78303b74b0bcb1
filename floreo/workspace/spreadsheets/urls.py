"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.spreadsheets import views

urlpatterns: list[URLPattern] = [
    path("spreadsheets/", views.spreadsheets, name="spreadsheets"),
    path("spreadsheets/<int:pk>/", views.columns, name="spreadsheet"),
    path("spreadsheets/<int:pk>/tables/", views.tables, name="spreadsheet_tables"),
    path("spreadsheets/<int:pk>/values/", views.values, name="spreadsheet_values"),
    path("spreadsheets/<int:pk>/check/", views.check, name="spreadsheet_check"),
    path("spreadsheets/<int:pk>/rows.csv", views.rows_file, name="spreadsheet_rows"),
    path("spreadsheets/<int:pk>/profile.toml", views.profile, name="spreadsheet_profile"),
    path("spreadsheets/<int:pk>/do/<slug:name>/", views.import_command, name="spreadsheet_command"),
]

NEEDS = {
    Permission.REGISTER_EDIT: "spreadsheets spreadsheet spreadsheet_tables spreadsheet_values spreadsheet_check spreadsheet_rows"
    " spreadsheet_profile spreadsheet_command"
}
