"""What every call to the API passes: it comes without an account, it only reads, it has a limit, its errors have one shape.

No cookie is looked at, so any site may read it (CORS `*`). Programs that speak for an account have an interface of their own: a
token opens it, and what it says is kept nowhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page

from floreo.api.errors import broken, not_allowed, not_by_http, not_found, of_refusal, token_in_address, too_much
from floreo.api.schemas import MOST
from floreo.core.errors import Slower
from floreo.core.security_events import Kind, note
from floreo.core.throttle import address_of, charge
from floreo.organisations.actions.tokens import PREFIX, end_exposed
from floreo.organisations.security import OF_PROGRAMS

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]

BURST, PER_HOUR = 120, 3600
ALLOW = "GET, HEAD, OPTIONS"
FRESH_SECONDS = 60
WORDS_COST = 4
WITH_FILES = "/programs/evidence/files"
PROGRAM_BURST, PROGRAM_PER_HOUR = 1200, 72_000


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Allow"] = ALLOW
    response.headers["Access-Control-Allow-Methods"] = ALLOW
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def cost_of(request: HttpRequest, usual: float) -> float:
    """What a call costs of the caller's share: words are looked for in every row, and long pages take as long as many
    short ones."""
    limit = request.GET.get("limit", "")
    rows = min(int(limit), MOST) if limit.isascii() and limit.isdecimal() and len(limit) < 5 else 0
    return usual + rows / 100 + (WORDS_COST if request.GET.get("q") else 0)


def _answer(view: View, request: HttpRequest, cost: float, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return _preflight()
    if request.method not in {"GET", "HEAD"}:
        return not_allowed(ALLOW)
    try:
        charge("api", address_of(request), cost=cost_of(request, cost), capacity=BURST, per_hour=PER_HOUR)
    except Slower as refusal:
        return of_refusal(refusal)
    if "\x00" in request.path_info:
        return not_found()
    request.method = "GET"  # the server leaves the body of an answer to HEAD away
    request.user = AnonymousUser()
    try:
        return view(request, *args, **kwargs)
    except Exception:  # what ninja did not catch; it is logged, and its text stays here
        log.exception("api %s failed", request.path)
        return broken()


def public(view: View, *, cost: float = 1) -> View:
    """`view` behind this guard. Marked as public: what is said here, anybody may know."""

    @wraps(view, assigned=("__doc__",))
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer(view, request, cost, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        good = response.status_code == 200
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}" if good else "no-store"
        return response

    run.csrf_exempt = True  # type: ignore[attr-defined]  # Django looks for it; nothing here writes, and 405 is the answer
    return login_not_required(conditional_page(run))


def _answer_program(view: View, request: HttpRequest, allow: str, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method not in allow.split(", "):
        return not_allowed(allow)
    try:
        charge("api programs", address_of(request), capacity=PROGRAM_BURST, per_hour=PROGRAM_PER_HOUR)
    except Slower as refusal:
        return of_refusal(refusal)
    if "\x00" in request.path_info:
        return not_found()
    if int(request.META.get("CONTENT_LENGTH") or 0) > _largest(request):
        return too_much()
    request.user = AnonymousUser()  # no cookie is looked at: the token says who asks
    try:
        return view(request, *args, **kwargs)
    except Exception:  # as above
        log.exception("api %s failed", request.path)
        return broken()


def _largest(request: HttpRequest) -> int:
    """Bytes of a call: as much as a form without files, or a file that is kept as evidence with the form round it."""
    has_file = request.path_info.endswith(WITH_FILES)
    return settings.UPLOAD_LARGEST + 64 * 1024 if has_file else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def for_programs(view: View, allow: str) -> View:
    """`view` behind a guard that asks for a token: what it says is for its owner alone, and kept by nobody on the way."""

    @wraps(view, assigned=("__doc__",))
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer_program(view, request, allow, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        if getattr(request, "is_replayed", False):
            response.headers["Idempotency-Replayed"] = "true"
        return response

    run.csrf_exempt = True  # type: ignore[attr-defined]  # a token is no cookie: no other site can send it
    return login_not_required(run)


def only_by_https(get_response: View) -> View:
    """The middleware. Where the site answers by https alone, a call by http is refused and nothing of it is looked at; pages are
    redirected (Django's SecurityMiddleware). A token that came so is noted, since others may have read it. One that is in the address is
    revoked: logs on the way hold addresses."""

    def respond(request: HttpRequest) -> HttpResponse:
        if PREFIX in request.META.get("QUERY_STRING", "") or PREFIX in request.path_info:
            return _with_token_in_address(request)
        if not settings.SECURE_SSL_REDIRECT or request.is_secure() or not request.path_info.startswith(OF_PROGRAMS):
            return get_response(request)
        if request.headers.get("Authorization"):
            place = "/".join(request.path_info.split("/")[:4])  # without the code of a record
            note(Kind.TOKEN_EXPOSED, request, what=f"{request.method} {place}")
        return not_by_http()

    return respond


def _with_token_in_address(request: HttpRequest) -> HttpResponse:
    token = end_exposed(f"{request.path_info} {request.META.get('QUERY_STRING', '')}")
    who, name = (token.user.email, token.name) if token is not None else ("", "")
    note(Kind.TOKEN_EXPOSED, request, who=who, what=f"{request.method} (in the address) {name}".strip())
    return token_in_address()


@public
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any address under the API that is none."""
    return not_found()
