"""Addresses of saved views."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.saved_views import views

urlpatterns: list[URLPattern] = [
    path("views/new/", views.new_view, name="new_view"),
    path("views/<int:pk>/edit/", views.edit_view, name="edit_view"),
    path("views/<int:pk>/remove/", views.remove_view, name="remove_view"),
]

NEEDS = {Permission.WORKSPACE_OPEN: "new_view edit_view remove_view"}
