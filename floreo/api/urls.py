"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from floreo.api.guard import for_programs, public, unknown
from floreo.api.operations import make_api, openapi_view
from floreo.api.programs import ALLOW
from floreo.strategy.levels import plainly

app_name = "api"
OPENAPI = "openapi-json"
COSTS = {"plan_of_edition": 10, "districts_geojson": 5}  # a whole plan, every outline


def _behind_the_guard() -> list[URLPattern]:
    with plainly():
        api = make_api()
    described = openapi_view(api)
    found = [each for each in api.urls[0] if isinstance(each, URLPattern)]
    for each in found:
        name = each.name or ""
        allow = ALLOW.get(name)
        view = described if name == OPENAPI else each.callback
        each.callback = for_programs(view, allow) if allow else public(view, cost=COSTS.get(name, 1))
    return found


urlpatterns: list[URLPattern] = [*_behind_the_guard(), path("<path:rest>", unknown, name="unknown")]
