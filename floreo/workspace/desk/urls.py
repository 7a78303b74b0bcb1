"""Addresses of the first page of the desk and of its search."""

from django.urls import URLPattern, path

from floreo.workspace.desk import views

urlpatterns: list[URLPattern] = [
    path("", views.desk, name="desk"),
    path("search/", views.search, name="search"),
]
