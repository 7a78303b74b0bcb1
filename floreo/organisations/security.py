"""Notes security events: what sign-in reports, and what answers show of who asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from floreo.core.private_routes import KEY_NAMES
from floreo.core.security_events import Kind, note
from floreo.organisations.models import User

View = Callable[[HttpRequest], HttpResponse]
OF_PROGRAMS = ("/api/", "/scim/")


@receiver(user_logged_in)
def _signed_in(request: HttpRequest | None, user: User, **_more: object) -> None:
    note(Kind.SIGNED_IN, request, who=user.email)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest | None, user: User | None, **_more: object) -> None:
    if user is not None:
        note(Kind.SIGNED_OUT, request, who=user.email)


@receiver(user_login_failed)
def _failed(credentials: Mapping[str, Any], request: HttpRequest | None = None, **_more: object) -> None:
    note(Kind.SIGN_IN_FAILED, request, who=str(credentials.get("email") or ""))


def watch(get_response: View) -> View:
    """Notes what was refused, what was taken as a file by somebody who is signed in, and each use of a key."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = _kind(request, response)
        if kind is not None:
            user = request.user
            who = user.email if isinstance(user, User) else ""
            program = getattr(request, "program", "")  # by which token it came
            what = f"{request.method} {_route(request)} {response.status_code}"
            note(kind, request, who=who, what=f"{what} {program}".strip())
        return response

    return respond


def _route(request: HttpRequest) -> str:
    """The address without what it names: the code of a record may show what it is about to people who may not know of it."""
    found = request.resolver_match
    if found is None:
        return "(no such address)"
    query = "?download" if "download" in request.GET else ""
    return f"/{found.route}{query}"


def _kind(request: HttpRequest, response: HttpResponse) -> Kind | None:
    found, path = request.resolver_match, request.path_info
    if found is not None and not KEY_NAMES.isdisjoint(found.kwargs):
        return Kind.KEY_USED
    if "/account/" in path and response.status_code == 429:
        return Kind.SIGN_IN_LIMITED
    if path.startswith(OF_PROGRAMS) and request.headers.get("Authorization"):
        return Kind.TOKEN_REFUSED if response.status_code in {401, 403} else Kind.TOKEN_USED
    if response.status_code == 403:
        return Kind.REFUSED
    if response.status_code == 200 and isinstance(request.user, User) and _is_file(response):
        return Kind.FILE_TAKEN
    return None


def _is_file(response: HttpResponse) -> bool:
    return not response.headers.get("Content-Type", "").startswith("text/html") and (
        "attachment" in response.headers.get("Content-Disposition", "")
    )
