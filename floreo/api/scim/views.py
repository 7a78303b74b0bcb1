"""The addresses of SCIM. Each call shows a token that is for accounts of a directory, and acts as the account of that token."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from floreo.api.guard import PROGRAM_BURST, PROGRAM_PER_HOUR
from floreo.api.programs import account_behind
from floreo.api.scim import reading, resources
from floreo.api.scim.reading import Change, ScimRefused
from floreo.core.access import Permission, must
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.security_events import Kind, note
from floreo.core.throttle import address_of, charge
from floreo.organisations.actions.leavers import let_go, note_in_directory, take_back
from floreo.organisations.actions.tokens import TokenRefused, must_be_for
from floreo.organisations.models import DirectoryAccount, Membership, Organisation, User

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
MEDIA_TYPE = "application/scim+json"
TYPES = {MEDIA_TYPE, "application/json"}


# --- Access ----------------------------------------------------------------------------------------------------------


def _json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE)


def _error(refusal: Refused, status: int) -> HttpResponse:
    body: dict[str, Any] = {"schemas": [resources.ERROR], "status": str(status), "detail": str(refusal.sentence)}
    if isinstance(refusal, ScimRefused) and refusal.kind:
        body["scimType"] = refusal.kind
    response = _json(body, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def scim(*allowed: str) -> Callable[[View], View]:
    """A view behind its guard: a token in a header, no cookie; refusals in the shape of SCIM; kept by nobody on the way."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.user = AnonymousUser()  # no cookie is looked at
            response = _guarded(view, allowed, request, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store"
            return response

        run.csrf_exempt = True  # type: ignore[attr-defined]  # a token is no cookie: no other site can send it
        return login_not_required(run)

    return decorate


def _guarded(view: View, allowed: tuple[str, ...], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    try:
        charge("api programs", address_of(request), capacity=PROGRAM_BURST, per_hour=PROGRAM_PER_HOUR)
        by = _account(request)
        if request.method not in allowed:
            words = _("Use one of these methods: %(allow)s.") % {"allow": ", ".join(allowed)}
            response = _error(ScimRefused(words), 405)
            response.headers["Allow"] = ", ".join(allowed)
            return response
        _must_be_readable(request)
        return view(request, by, *args, **kwargs)
    except Refused as refusal:
        if request.method not in {"GET", "HEAD"} and not isinstance(refusal, TokenRefused):
            note(Kind.DIRECTORY_REFUSED, request, what=f"{request.method} {refusal.code}")
        return _error(refusal, 409 if refusal.code in CONFLICTS else refusal.status)
    except Exception:  # it is logged, and its text stays here
        log.exception("scim %s failed", request.path)
        return _error(ScimRefused(_("Something went wrong on our side. The error was recorded. Try again later.")), 500)


CONFLICTS = {"last_administrator", "switched_off_here"}


def _account(request: HttpRequest) -> User:
    kind, _space, word = request.headers.get("Authorization", "").partition(" ")
    by = account_behind(request, word.strip()) if kind.lower() == "bearer" else None
    if by is None:
        raise TokenRefused(
            _("Send a valid token as “Authorization: Bearer …”. Tokens are created in the workspace."), code="no_token"
        )
    must_be_for(request.token, "people")  # type: ignore[attr-defined]  # floreo/api/programs.py
    must(by, Permission.ACCOUNT_MANAGE)
    return by


def _must_be_readable(request: HttpRequest) -> None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 20:
        raise ScimRefused(_("The request is too large. Split it into smaller requests."), status=413, kind="tooMany")
    if request.method in {"POST", "PUT", "PATCH"} and request.content_type not in TYPES:
        raise ScimRefused(_("Send application/scim+json."), status=415)


# --- What it can do -----------------------------------------------------------------------------------------------


@scim("GET", "HEAD")
def service_provider(request: HttpRequest, by: User) -> HttpResponse:
    return _json(resources.service_provider())


@scim("GET", "HEAD")
def resource_types(request: HttpRequest, by: User, name: str = "") -> HttpResponse:
    return _one_or_all([resources.resource_type()], name)


@scim("GET", "HEAD")
def schemas(request: HttpRequest, by: User, name: str = "") -> HttpResponse:
    return _one_or_all([resources.user_schema()], name)


def _one_or_all(rows: list[dict[str, Any]], name: str) -> HttpResponse:
    if not name:
        return _json(resources.list_of(rows, total=len(rows)))
    found = next((row for row in rows if row["id"] == name), None)
    if found is None:
        raise _unknown()
    return _json(found)


@scim("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
def no_such(request: HttpRequest, by: User, rest: str = "") -> HttpResponse:
    raise _unknown()


def _unknown() -> ScimRefused:
    return ScimRefused(str(Missing().sentence), status=404)


# --- Users --------------------------------------------------------------------------------------------------------


def _of_directory(request: HttpRequest) -> Organisation | None:
    """For which organisation the directory speaks; None for all."""
    found: Organisation | None = request.token.organisation  # type: ignore[attr-defined]  # floreo/api/programs.py
    return found


def _accounts(request: HttpRequest) -> QuerySet[User]:
    """Those that the directory may know of. That of one organisation: who acts for it and for no other. What it deleted is gone for it."""
    rows = User.objects.select_related("in_directory", "person").exclude(is_active=False, in_directory__is_removed=True)
    body = _of_directory(request)
    if body is None:
        return rows
    roles = Membership.objects.filter(user=OuterRef("pk"))
    others = roles.filter(Q(organisation=None) | ~Q(organisation=body))
    return rows.filter(Exists(roles.filter(organisation=body)), ~Exists(others))


def _shown(user: User) -> dict[str, Any]:
    return resources.user_of(user, DirectoryAccount.objects.filter(user=user).first())


def _one(request: HttpRequest, pk: str) -> User:
    is_number = pk.isascii() and pk.isdecimal() and len(pk) < 18
    found = _accounts(request).filter(pk=int(pk)).first() if is_number else None
    if found is None:
        raise _unknown()
    return found


@scim("GET", "HEAD", "POST")
def users(request: HttpRequest, by: User) -> HttpResponse:
    return _created(request) if request.method == "POST" else _listed(request)


def _listed(request: HttpRequest) -> HttpResponse:
    rows = _accounts(request).filter(**reading.condition(request.GET.get("filter", ""))).order_by("pk")
    asked, total = reading.page(request.GET.dict()), rows.count()
    part = rows[asked.start - 1 : asked.start - 1 + asked.count] if asked.count else []
    found = [resources.user_of(user, getattr(user, "in_directory", None)) for user in part]
    return _json(resources.list_of(found, total=total, start=asked.start))


def _created(request: HttpRequest) -> HttpResponse:
    """Refused: an account needs a role, which a directory does not know, and a person here who answers for giving it."""
    name = reading.body_of(request.body).get("userName")
    if isinstance(name, str) and "\x00" not in name and _accounts(request).filter(email__iexact=name).exists():
        raise ScimRefused(_("An account already has this address."), status=409, kind="uniqueness")
    raise ScimRefused(
        _("This service opens no accounts. The secretariat invites people, and gives them their role."), status=403
    )


@scim("GET", "HEAD", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, by: User, pk: str) -> HttpResponse:
    found = _one(request, pk)
    if request.method == "DELETE":
        let_go(found, by=by, organisation=_of_directory(request), is_removed=True)
        return HttpResponse(status=204)
    if request.method in {"PUT", "PATCH"}:
        sent, now = reading.body_of(request.body), _shown(found)
        change = reading.replaced(sent, now) if request.method == "PUT" else reading.patched(sent, now)
        _changed(found, change, by=by, body=_of_directory(request))
        found = User.objects.get(pk=found.pk)
    return _json(_shown(found))


def _changed(found: User, change: Change, *, by: User, body: Organisation | None) -> None:
    with transaction.atomic():
        if change.external_id is not None:
            note_in_directory(found, by=by, organisation=body, external_id=change.external_id)
        if change.active is False and found.is_active:
            let_go(found, by=by, organisation=body)
        elif change.active is True and not found.is_active:
            take_back(found, by=by)
