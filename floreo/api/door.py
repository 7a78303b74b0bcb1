"""What every call to the API passes: it is a stranger's, it only reads, it has a limit, its errors have one shape.

No cookie is looked at, so any site may read it (CORS `*`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page

from floreo.api.errors import broken, not_allowed, not_found, of_refusal
from floreo.core.errors import Slower
from floreo.core.throttle import address_of, spend

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]

BURST, PER_HOUR = 120, 3600
ALLOW = "GET, HEAD, OPTIONS"
FRESH_SECONDS = 60


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Allow"] = ALLOW
    response.headers["Access-Control-Allow-Methods"] = ALLOW
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if request.method == "OPTIONS":
        return _preflight()
    if request.method not in {"GET", "HEAD"}:
        return not_allowed(ALLOW)
    try:
        spend("api", address_of(request), capacity=BURST, per_hour=PER_HOUR)
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


def public(view: View) -> View:
    """`view` behind this door. Marked as public: the API has no private part."""

    @wraps(view, assigned=("__doc__",))
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _answer(view, request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        good = response.status_code == 200
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}" if good else "no-store"
        return response

    run.csrf_exempt = True  # type: ignore[attr-defined]  # Django looks for it; nothing here writes, and 405 is the answer
    return login_not_required(conditional_page(run))


@public
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Any address under the API that is none."""
    return not_found()
