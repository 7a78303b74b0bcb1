"""The service worker of the pages that work on a phone without a signal: one script for all of them."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from floreo.core.errors import Missing

NAME = "offline-worker.js"


@cache
def _script() -> bytes:
    try:
        return bytes((settings.PACKAGE / "static_built" / "js" / NAME).read_bytes())
    except FileNotFoundError:
        raise Missing from None


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """May serve scopes above its own folder (https://www.w3.org/TR/service-workers/#service-worker-allowed): each page names its own,
    and it keeps pages of that scope only. A browser asks for it again each time, so that a corrected one arrives."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response
