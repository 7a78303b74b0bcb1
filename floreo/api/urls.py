"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from floreo.api.guard import for_programs, public, unknown
from floreo.api.operations import make_api
from floreo.api.programs import ALLOW

app_name = "api"


def _behind_the_guard() -> list[URLPattern]:
    found = [each for each in make_api().urls[0] if isinstance(each, URLPattern)]
    for each in found:
        allow = ALLOW.get(each.name or "")
        each.callback = for_programs(each.callback, allow) if allow else public(each.callback)
    return found


urlpatterns: list[URLPattern] = [*_behind_the_guard(), path("<path:rest>", unknown, name="unknown")]
