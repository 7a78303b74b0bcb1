"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from floreo.api.door import public, unknown
from floreo.api.operations import make_api

app_name = "api"


def _behind_the_door() -> list[URLPattern]:
    found = [each for each in make_api().urls[0] if isinstance(each, URLPattern)]
    for each in found:
        each.callback = public(each.callback)
    return found


urlpatterns: list[URLPattern] = [*_behind_the_door(), path("<path:rest>", unknown, name="unknown")]
