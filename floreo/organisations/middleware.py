"""Each request knows its country, and its days and times are that country's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from floreo.organisations import queries

_HEALTH = "/health/"  # answers also when the database is away


def country(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        if request.path_info == _HEALTH:
            return get_response(request)
        with queries.in_the_country() as here:
            request.country = here  # type: ignore[attr-defined]  # read through organisations.context
            if here is None:
                return get_response(request)
            with timezone.override(ZoneInfo(here.zone)):
                return get_response(request)

    return respond
