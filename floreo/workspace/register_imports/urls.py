"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.register_imports import views

urlpatterns: list[URLPattern] = [
    path("register-imports/", views.imports, name="register_imports"),
    path("register-imports/<int:pk>/", views.columns, name="register_import"),
    path("register-imports/<int:pk>/layout/", views.layout, name="register_import_layout"),
    path("register-imports/<int:pk>/check/", views.check, name="register_import_check"),
    path("register-imports/<int:pk>/problems.csv", views.problems, name="register_import_problems"),
    path("register-imports/<int:pk>/do/<slug:name>/", views.import_command, name="register_import_command"),
]

NEEDS = {
    Permission.REGISTER_EDIT: "register_imports register_import register_import_layout register_import_check"
    " register_import_problems register_import_command"
}
