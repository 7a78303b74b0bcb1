"""Addresses of this area of the workspace."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.drafts import outline_views, row_views, views

urlpatterns: list[URLPattern] = [
    path("imports/", views.imports, name="imports"),
    path("imports/<slug:code>/", row_views.one_import, name="import"),
    path("imports/<slug:code>/file/", views.download, name="import_file"),
    path("imports/<slug:code>/read/", views.read, name="import_read"),
    path("imports/<slug:code>/drop/", views.discard, name="import_discard"),
    path("imports/<slug:code>/accept/", views.accept_many, name="import_accept"),
    path("imports/<slug:code>/take/", views.take, name="import_take"),
    path("imports/<slug:code>/finish/", views.finish, name="import_finish"),
    path("imports/<slug:code>/outline/", outline_views.outline, name="import_outline"),
    path("imports/<slug:code>/outline/mark/", outline_views.mark, name="import_mark"),
    path("imports/<slug:code>/outline/split/<int:place>/", outline_views.split, name="import_split"),
    path("imports/<slug:code>/outline/terms/", outline_views.terms, name="import_terms"),
    path("imports/<slug:code>/outline/undo/", outline_views.undo, name="import_mark_undo"),
    path("imports/<slug:code>/outline/use/", outline_views.use, name="import_marks_use"),
    path("imports/<slug:code>/outline/marks.toml", outline_views.profile, name="import_marks"),
    path("imports/<slug:code>/rows/<int:number>/", row_views.decide, name="import_row"),
]

NEEDS = {
    Permission.IMPORT_REVIEW: (
        "imports import import_file import_read import_discard import_accept import_take import_finish "
        "import_row import_outline import_mark import_split import_terms import_mark_undo import_marks_use import_marks"
    ),
}
