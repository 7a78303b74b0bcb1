"""Addresses of what leaves a case for machines, and comes in from them."""

from django.urls import URLPattern, path

from floreo.core.access import Permission
from floreo.workspace.case_sharing import views

urlpatterns: list[URLPattern] = [
    path("incidents/cases/<slug:reference>/share/", views.share_case, name="share_case"),
    path("incidents/cases/<slug:reference>/take-in/", views.take_in_case, name="take_in_case"),
]

NEEDS = {Permission.INCIDENT_HANDLE: "share_case take_in_case"}
