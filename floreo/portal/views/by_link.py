"""What pages opened by a private link share: never kept by a cache, never told to other sites, and guesses are counted."""

from __future__ import annotations

from functools import wraps
from typing import Protocol

from django.http import HttpRequest, HttpResponseBase

from floreo.core import throttle

# Per address, for whoever tries links that are none. A signature cannot be guessed; this only keeps nuisance out.
GUESSES, GUESSES_PER_HOUR = 30, 120
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class View(Protocol):
    def __call__(self, request: HttpRequest, token: str) -> HttpResponseBase: ...


def private(view: View) -> View:
    """The address is the key: it goes to nobody else, and nothing of the page stays anywhere."""

    @wraps(view)
    def respond(request: HttpRequest, token: str) -> HttpResponseBase:
        response = view(request, token)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return respond


def count_guess(request: HttpRequest, purpose: str) -> None:
    """One link that is none, from there. Raises Slower when there were too many."""
    throttle.spend(purpose, throttle.address_of(request), capacity=GUESSES, per_hour=GUESSES_PER_HOUR)
