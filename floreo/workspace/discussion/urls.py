"""Addresses of comments."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.discussion import views

urlpatterns: list[URLPattern] = [
    path("discussion/<str:name>/", views.discussion, name="discussion"),
    path("comments/<int:pk>/edit/", views.edit, name="edit_comment"),
    path("comments/<int:pk>/remove/", views.remove, name="remove_comment"),
    path("comments/mentions/<int:pk>/seen/", views.seen, name="see_mention"),
]

NEEDS = {Permission.WORKSPACE_OPEN: "discussion edit_comment remove_comment see_mention"}
