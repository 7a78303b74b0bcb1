"""Addresses of this area."""

from django.urls import URLPattern

from floreo.core.access import Permission

urlpatterns: list[URLPattern] = []

NEEDS: dict[Permission, str] = {}
