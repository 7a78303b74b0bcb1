"""The one shape of every error: {"error": {"code", "message", "fields"}}. Exception text never leaves."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from floreo.core.errors import Busy, Missing, Refused, Slower

log = logging.getLogger(__name__)


class ErrorDetail(Schema):
    """`code` is stable for programs, `message` is a sentence for people, `fields` ties sentences to parameters."""

    code: str
    message: str
    fields: dict[str, str]


class ErrorBody(Schema):
    error: ErrorDetail


STATUSES = frozenset({400, 404, 405, 422, 429, 500})
PROGRAM_STATUSES = STATUSES | {401, 403, 409, 413, 503}


def error_response(status: int, code: str, message: str, *, fields: Mapping[str, object] | None = None) -> HttpResponse:
    text = {name: str(sentence) for name, sentence in (fields or {}).items()}
    return JsonResponse({"error": {"code": code, "message": str(message), "fields": text}}, status=status)


def of_refusal(refusal: Refused) -> HttpResponse:
    status = 400 if refusal.code == "bad_cursor" else refusal.status
    response = error_response(status, refusal.code, str(refusal.sentence), fields=refusal.fields)
    if isinstance(refusal, Slower | Busy):
        response.headers["Retry-After"] = str(refusal.seconds)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def not_found() -> HttpResponse:
    return of_refusal(Missing())


def not_allowed(allow: str) -> HttpResponse:
    response = error_response(405, "method_not_allowed", _("Use one of these methods: %(allow)s.") % {"allow": allow})
    response.headers["Allow"] = allow
    return response


def too_much() -> HttpResponse:
    return error_response(413, "too_much", _("The request is too large. Split it into smaller requests."))


def not_by_http() -> HttpResponse:
    sentence = _("This API answers by https only. End a token that was sent by http, and create a new one.")
    return error_response(403, "https_only", sentence)


def token_in_address() -> HttpResponse:
    sentence = _(
        "This address contains a token, and logs keep addresses. The token was revoked. Send tokens as “Authorization: Bearer …” only."
    )
    response = error_response(400, "token_in_address", sentence)
    response.headers["Cache-Control"] = "no-store"
    return response


def no_token() -> HttpResponse:
    response = error_response(
        401, "no_token", _("Send a valid token as “Authorization: Bearer …”. Tokens are created in the workspace.")
    )
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def broken() -> HttpResponse:
    return error_response(
        500, "broken", _("Something went wrong on our side. The error was recorded. Try again later.")
    )


def _invalid(errors: list[dict[str, Any]]) -> HttpResponse:
    fields = {str(error["loc"][-1]): str(error["msg"]) for error in errors if error.get("loc")}
    return error_response(422, "invalid", _("Some parameters are not valid."), fields=fields)


def declare_errors(api: NinjaAPI) -> None:
    """Every exception that an operation may raise becomes the one shape."""

    def refused(_request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
        return of_refusal(error) if isinstance(error, Refused) else not_found()

    def invalid(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
        return _invalid(error.errors if isinstance(error, ValidationError) else [])

    def http_error(_request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
        status = error.status_code if isinstance(error, HttpError) else 400
        if status == 401:
            return no_token()
        return error_response(status, "bad_request", _("The request could not be read."))

    def missing(_request: HttpRequest, _error: Http404 | type[Http404]) -> HttpResponse:
        return not_found()

    def unforeseen(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        log.error("api %s failed", request.path, exc_info=error if isinstance(error, Exception) else None)
        return broken()

    api.add_exception_handler(Refused, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(HttpError, http_error)
    api.add_exception_handler(Http404, missing)
    api.add_exception_handler(Exception, unforeseen)
