"""Addresses of the first steps, of the rows to check and of the documents that they quote."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.checking import document_views, first_steps_views, views

_ROW = "check/<slug:kind>/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("first-steps/", first_steps_views.first_steps, name="first_steps"),
    path("first-steps/<slug:task>/", first_steps_views.command, name="site_command"),
    path("documents/", document_views.documents, name="documents"),
    path("documents/<slug:code>/add/", document_views.add_document, name="add_document"),
    path("check/", views.queue, name="checking"),
    path(f"{_ROW}accept/", views.accept, name="check_row"),
    path(f"{_ROW}doubt/", views.doubt, name="doubt_row"),
    path(f"{_ROW}translate/", views.translate, name="translate_row"),
]

NEEDS = {
    Permission.ACCOUNT_MANAGE: "first_steps",
    Permission.PLAN_PUBLISH: "site_command",
    Permission.PLAN_EDIT: "checking check_row doubt_row translate_row documents add_document",
}
