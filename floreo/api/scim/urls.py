"""Addresses of SCIM, under /scim/v2/."""

from __future__ import annotations

from django.urls import URLPattern, path

from floreo.api.scim import views

app_name = "scim"
urlpatterns: list[URLPattern] = [
    path("ServiceProviderConfig", views.service_provider, name="service_provider"),
    path("ResourceTypes", views.resource_types, name="resource_types"),
    path("ResourceTypes/<str:name>", views.resource_types, name="resource_type"),
    path("Schemas", views.schemas, name="schemas"),
    path("Schemas/<str:name>", views.schemas, name="schema"),
    path("Users", views.users, name="users"),
    path("Users/<str:pk>", views.user, name="user"),
    path("", views.no_such),
    path("<path:rest>", views.no_such, name="unknown"),
]
