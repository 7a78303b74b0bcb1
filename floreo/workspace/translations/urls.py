"""Addresses of the texts that wait for a translation."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.translations import views

urlpatterns: list[URLPattern] = [
    path("translations/", views.overview, name="translations"),
    path("translations/import/<int:pk>/undo/", views.undo, name="undo_translations"),
    path("translations/texts-<slug:language>.po", views.file, name="translations_file"),
    path("translations/<slug:kind>/<int:pk>/", views.translate, name="translate_texts"),
    path("translations/<slug:kind>/<slug:language>/", views.waiting, name="translations_waiting"),
]

NEEDS = {
    Permission.PLAN_EDIT: "translations undo_translations translations_file translate_texts translations_waiting",
}
