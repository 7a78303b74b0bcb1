"""Each request knows its country, and its days and times are that country's."""

from collections.abc import Callable
from contextlib import nullcontext
from hashlib import sha256
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from allauth.usersessions.middleware import UserSessionsMiddleware
from django.core.cache import caches
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from floreo.core import full, once
from floreo.organisations import queries

_HEALTH = "/health/"  # answers also when the database is away


def country(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        if request.path_info == _HEALTH:
            return get_response(request)
        is_look = request.method in {"GET", "HEAD"}
        with once.reading() if is_look else nullcontext(), queries.in_the_country() as here:
            request.country = here  # type: ignore[attr-defined]  # read through organisations.context
            if here is None:
                return get_response(request)
            with timezone.override(ZoneInfo(here.zone)):
                return get_response(request)

    return respond


NOTED_FOR = 60  # seconds


def sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Notes where people are signed in, as the library does, but once a minute and not with each request: each note is a write
    that waits for the disk. Reading goes on where there is no room for it."""
    note = UserSessionsMiddleware(lambda _request: HttpResponse())

    def respond(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _is_due(request):
            try:
                note(request)
            except DatabaseError as problem:
                if not full.is_full(problem):
                    raise
        return get_response(request)

    return respond


def _is_due(request: HttpRequest) -> bool:
    """Whether this session was not noted in the last minute from the same address with the same browser."""
    address, browser = get_adapter().get_client_ip(request), request.headers.get("User-Agent", "")
    seen = sha256(f"{request.session.session_key} {address} {browser}".encode()).hexdigest()
    return caches["process"].add(f"session-{seen}", 1, NOTED_FOR)
