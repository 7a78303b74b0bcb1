"""Addresses of this area."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.workforce import catalogue_views, views

urlpatterns: list[URLPattern] = [
    path("workforce/", views.workforce, name="workforce"),
    path("workforce/needs/", views.needs, name="workforce_needs"),
    path("workforce/needs/new/", views.new_need, name="new_need"),
    path("workforce/needs/<int:pk>/", views.need, name="workforce_need"),
    path("workforce/needs/<int:pk>/do/<slug:name>/", views.need_command, name="need_command"),
    path("workforce/asked/", views.requests, name="needs_requests"),
    path("workforce/asked/new/", views.new_request, name="new_needs_request"),
    path("workforce/asked/<int:pk>/do/<slug:name>/", views.request_command, name="needs_request_command"),
    path("catalogue/", catalogue_views.catalogue, name="catalogue"),
    path("catalogue/import/", catalogue_views.imports, name="catalogue_import"),
    path("catalogue/template-<slug:language>.csv", catalogue_views.template, name="catalogue_template"),
    path("catalogue/courses-<slug:language>.csv", catalogue_views.export, name="catalogue_export"),
    path("catalogue/institutions/", catalogue_views.institutions, name="institutions"),
    path("catalogue/institutions/new/", catalogue_views.new_institution, name="new_institution"),
    path("catalogue/institutions/<slug:code>/", catalogue_views.institution, name="institution"),
    path(
        "catalogue/institutions/<slug:code>/do/<slug:name>/",
        catalogue_views.institution_command,
        name="institution_command",
    ),
    path("catalogue/courses/<slug:code>/", catalogue_views.course, name="catalogue_course"),
    path(
        "catalogue/courses/<slug:code>/do/<slug:name>/", catalogue_views.course_command, name="catalogue_course_command"
    ),
]

NEEDS = {
    Permission.WORKFORCE_RUN: "workforce workforce_needs new_need workforce_need need_command needs_requests new_needs_request"
    " needs_request_command catalogue catalogue_import catalogue_template catalogue_export institutions new_institution"
    " institution institution_command catalogue_course catalogue_course_command",
}
