"""Each request knows its country, and its days and times are that country's."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from floreo.core import full
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


def sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Notes where people are signed in, as the library does; reading goes on where there is no room for that."""
    note = UserSessionsMiddleware(lambda _request: HttpResponse())

    def respond(request: HttpRequest) -> HttpResponse:
        try:
            note(request)
        except DatabaseError as problem:
            if not full.is_full(problem):
                raise
        return get_response(request)

    return respond
