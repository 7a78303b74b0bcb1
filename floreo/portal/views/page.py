"""What every public page shares: it only reads, may be cached for a minute, and says who it is to machines."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from floreo.organisations.models import Country
from floreo.strategy.models import Edition
from floreo.strategy.queries import current_edition

Args = ParamSpec("Args")
View = Callable[Concatenate[HttpRequest, Args], HttpResponseBase]


@dataclass(frozen=True)
class Crumb:
    """One step of the way to a page."""

    words: str
    href: str


def public_page(view: View[Args]) -> View[Args]:
    """For pages of the public site: GET and HEAD only; a visitor's copy may be kept for a minute."""

    @functools.wraps(view)
    def respond(request: HttpRequest, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if not request.user.is_authenticated and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=60)
        patch_vary_headers(response, ["Cookie"])
        return response

    return cast(View[Args], require_safe(respond))


def page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    description: str = "",
    crumbs: tuple[Crumb, ...] = (),
    section: str = "about",
    **context: Any,
) -> HttpResponseBase:
    """Renders a page with its title, what it answers in a sentence, the way to it, and its place in the menu."""
    about = {
        "title": title,
        "description": description or title,
        "steps": crumbs,
        "canonical": settings.SITE_ADDRESS + request.path,
        "section": section,
        "masthead_edition": edition_of(request),
    }
    return render(request, template, about | context)


def edition_of(request: HttpRequest) -> Edition | None:
    """The edition in force; else the newest that is public. Read once a request: the head of each page names it."""
    if not hasattr(request, "edition_shown"):
        request.edition_shown = current_edition(None)  # type: ignore[attr-defined]  # read here alone
    found: Edition | None = request.edition_shown  # type: ignore[attr-defined]  # as above
    return found


def country_of(request: HttpRequest) -> Country | None:
    country: Country | None = getattr(request, "country", None)
    return country


def eyes(request: HttpRequest, edition: Edition) -> object:
    """Whose rights a page of an edition is seen with. A public one shows everybody what the public sees, so that nobody
    takes an internal row for published; one that is not public yet shows itself to who may read it."""
    return None if edition.is_public else request.user


__all__ = ["Crumb", "country_of", "edition_of", "eyes", "page", "public_page"]
