"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.drafts import row_views, views

urlpatterns: list[URLPattern] = [
    path("imports/", views.imports, name="imports"),
    path("imports/<slug:code>/", row_views.one_import, name="import"),
    path("imports/<slug:code>/file/", views.download, name="import_file"),
    path("imports/<slug:code>/read/", views.read, name="import_read"),
    path("imports/<slug:code>/drop/", views.discard, name="import_discard"),
    path("imports/<slug:code>/accept/", views.accept_many, name="import_accept"),
    path("imports/<slug:code>/finish/", views.finish, name="import_finish"),
    path("imports/<slug:code>/rows/<int:number>/", row_views.decide, name="import_row"),
]

NEEDS = {
    Permission.IMPORT_REVIEW: (
        "imports import import_file import_read import_discard import_accept import_finish import_row"
    ),
}
