"""Addresses of assigning, and of steps over many things."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.assignments import views

urlpatterns: list[URLPattern] = [
    path("assign/", views.assign_one, name="assign"),
    path("assign/many/", views.assign_many, name="assign_many"),
    path("steps/<int:pk>/", views.step, name="bulk_step"),
    path("steps/<int:pk>/undo/", views.undo, name="undo_step"),
]

NEEDS = {Permission.WORKSPACE_OPEN: "assign assign_many bulk_step undo_step"}
