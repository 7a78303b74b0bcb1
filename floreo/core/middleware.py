"""What every request passes: response headers, and refusals turned into pages."""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied
from django.db import DatabaseError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render, resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from floreo.core import full, languages
from floreo.core.errors import Busy, Missing, NotAllowed, Refused, Slower
from floreo.core.private_routes import KEY_NAMES, headers_of

View = Callable[[HttpRequest], HttpResponse]
_A_WHILE = 300  # seconds


def wants_part(request: HttpRequest) -> bool:
    """Whether the answer takes the place of a part of the page (htmx), not of the page."""
    return request.headers.get("HX-Request") == "true"


def _sign_in_first(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Somebody whose session ran out while a page was open gets the sign-in page whole, and comes back to that page."""
    login = resolve_url(settings.LOGIN_URL)
    if not isinstance(response, HttpResponseRedirect) or not response.url.startswith(login):
        return response
    try:
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:  # no address: "http://["
        here = urlsplit("")
    back = f"{here.path}?{here.query}" if here.query else here.path
    return HttpResponse(headers={"HX-Redirect": f"{login}?{urlencode({'next': back})}"})


class Sessions(SessionMiddleware):
    """Reading goes on where there is no room to note when somebody was here last."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except DatabaseError as problem:
            if request.method not in {"GET", "HEAD"} or not full.is_full(problem):
                raise
            return response


class Languages(LocaleMiddleware):
    """The language that the address names, else the site's own (core/languages.py). Django's own asks a setting which there are."""

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(languages.from_path(request.path_info) or languages.home())
        request.LANGUAGE_CODE = languages.now()  # as Django's middleware does

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not languages.from_path(request.path_info):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", languages.now())
        return response


class Compress(GZipMiddleware):
    """Compresses pages. It adds random padding, so that a length reveals nothing of a token. Files go as they are: they
    are compressed already, and as whole files the server reads them without one of our threads."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if isinstance(response, FileResponse) else super().process_response(request, response)


def headers(get_response: View) -> View:
    """Headers that no middleware of Django's sets; pages of signed-in people are never kept by a shared cache."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if wants_part(request):
            response = _sign_in_first(request, response)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        if _has_key(request):
            for name, value in headers_of(request.path_info).items():
                response.headers[name] = value
        if getattr(getattr(request, "user", None), "is_authenticated", False):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return respond


def _has_key(request: HttpRequest) -> bool:
    """Whether the address may hold a key: one that leads nowhere may be a key that was copied wrong."""
    found = request.resolver_match
    return found is None or not KEY_NAMES.isdisjoint(found.kwargs)


_FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}


def only_utf_8(get_response: View) -> View:
    """Refuses a form in another alphabet than that of our pages: its words would be misread."""

    def respond(request: HttpRequest) -> HttpResponse:
        alphabet = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type in _FORMS and alphabet.lower() not in {"utf-8", "utf8", "us-ascii"}:
            raise BadRequest("A form is sent as UTF-8.")
        return get_response(request)

    return respond


class _Errors:
    """Refusals become pages with their sentence. Anything unforeseen becomes a plain page without its text."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        is_attempt = ("%00" in query or "\x00" in query) and not request.path_info.startswith(
            "/api/"
        )  # whose shapes say so
        if "\x00" in request.path_info or is_attempt:  # PostgreSQL takes no such text: there is nothing by that name
            return refusal_page(request, Missing())
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: View, _args: tuple[Any, ...], _more: dict[str, Any]
    ) -> HttpResponse | None:
        """Nobody types a NUL, and PostgreSQL takes none: a form that holds one is refused whole, whatever its view reads."""
        if request.method != "POST" or request.path_info.startswith("/api/"):
            return None
        holds_nul = any("\x00" in name or any("\x00" in text for text in texts) for name, texts in request.POST.lists())
        return refusal_page(request, _unreadable()) if holds_nul else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refusal_page(request, exception)
        return None


errors = _Errors


def refusal_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    context: dict[str, Any] = {"refusal": refusal, "status": refusal.status}
    response = render(request, "errors/refused.html", context, status=refusal.status)
    if isinstance(refusal, Slower | Busy):
        response.headers["Retry-After"] = str(refusal.seconds)
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log a 503 as our own error
    if wants_part(request):  # a whole page in the place of one row would help nobody
        for name, value in {"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"}.items():
            response.headers[name] = value
    return response


@login_not_required
def no_such_page(request: HttpRequest) -> HttpResponse:
    """In place of a page that a library would offer and Floreo does not have."""
    return refusal_page(request, Missing())


def page_not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    return refusal_page(request, Missing())


def permission_denied(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    return refusal_page(request, NotAllowed())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    refusal = _unreadable()
    if isinstance(exception, DisallowedHost):  # under that name there is no page here, and none of its addresses holds
        return HttpResponse(str(refusal.sentence), status=400, content_type="text/plain; charset=utf-8")
    return refusal_page(request, refusal)


def _unreadable() -> Refused:
    return Refused(_("The browser sent something we could not read. Go back and try again."), code="unreadable")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = _("This form was open too long or was opened elsewhere. Go back, reload the page and send it again.")
    response = refusal_page(request, Refused(sentence, code="form_expired"))
    response.status_code = 403
    return response


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """Of sign-in, whose library counts in the database and takes a count that could not be written for a full one."""
    if full.takes_nothing():
        return refusal_page(request, full.sentence())
    return refusal_page(request, Slower(_("Too many attempts. Wait a few minutes and try again."), seconds=_A_WHILE))


def server_error(request: HttpRequest) -> HttpResponse:
    """Asked while the error is being handled. A full disk has a sentence, whatever it was that could not be written."""
    if full.is_full(sys.exc_info()[1]):
        return refusal_page(request, full.sentence())
    return render(request, "errors/broken.html", {"status": 500}, status=500)
