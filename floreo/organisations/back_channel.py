"""The directory signs somebody out here (OpenID Connect Back-Channel Logout 1.0): it posts a signed logout token, and the sessions of that person end.

Anybody can send anything to this address. What a token states about itself (issuer, audience, algorithm) is looked at before its keys are asked for
at the directory, keys are kept for minutes, and calls are limited."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import requests
from allauth.account.signals import user_logged_in
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from floreo.core import clock, links
from floreo.core.access import SYSTEM
from floreo.core.errors import Busy, Missing, Refused, Slower
from floreo.core.security_events import Kind, note
from floreo.core.throttle import address_of, charge
from floreo.organisations.actions.leavers import sign_out_by_directory
from floreo.organisations.models import User

log = logging.getLogger(__name__)
EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Signatures with a key pair only: none, and no shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
OLDEST, AHEAD = timedelta(minutes=10), timedelta(minutes=2)  # of the moment in a token
KEYS_KEPT, ASKED_AGAIN = 600, 30  # seconds
LARGEST = 16 * 1024  # bytes of a token
SID = "outside_sid"  # in a session: under which number the directory knows it
_WELL_KNOWN = "/.well-known/"


@dataclass(frozen=True)
class Logout:
    """Who is signed out: a person of the directory, a session of it, or both; and the number of the token."""

    issuer: str
    number: str
    sub: str
    sid: str


@receiver(user_logged_in)
def remember_session(request: HttpRequest, sociallogin: Any = None, **_more: object) -> None:
    """Whoever came from the directory: its number of that session, for when it ends it."""
    if sociallogin is None:
        return
    sid = (sociallogin.account.extra_data.get("id_token") or {}).get("sid")
    if isinstance(sid, str) and 0 < len(sid) <= 200:
        request.session[SID] = sid


@csrf_exempt  # the directory has none of our cookies: the signature says who it is
@login_not_required
@never_cache
@require_POST
def back_channel_logout(request: HttpRequest, provider_id: str) -> HttpResponse:
    """200 where the token holds, whether or not somebody was signed in; else 400 with a sentence."""
    try:
        charge("back-channel logout", address_of(request), capacity=60, per_hour=1200)
        _signed_out(request, provider_id)
    except SocialApp.DoesNotExist as missing:
        raise Missing from missing
    except Slower as refusal:
        return _answer(refusal, "slow_down", status=429)
    except requests.RequestException:
        log.warning("The outside sign-in service does not answer", exc_info=True)
        return _answer(Busy(_("The keys of the directory cannot be had now."), seconds=60), "server_error", status=503)
    except Refused as refusal:
        note(Kind.DIRECTORY_REFUSED, request, what=f"logout token: {refusal.code}")
        return _answer(refusal, "invalid_request", status=400)
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})


def _answer(refusal: Refused, code: str, *, status: int) -> HttpResponse:
    body = {"error": code, "error_description": str(refusal.sentence)}
    response = JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
    if isinstance(refusal, Slower | Busy):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _signed_out(request: HttpRequest, provider_id: str) -> None:
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused(_("Send the logout token as a form field named logout_token."), code="no_form")
    logout = read(request, provider_id, request.POST.get("logout_token", ""))
    with transaction.atomic():
        _use(logout)
        users = _people(logout, provider_id)
        for user in users:
            count = sign_out_by_directory(user, by=SYSTEM)
            note(Kind.SESSIONS_ENDED, request, who=user.email, what=f"{count} sessions")


def read(request: HttpRequest, provider_id: str, token: str) -> Logout:
    """What a logout token says. Raises Refused for one that does not hold, by section 2.6 of the specification."""
    provider = get_adapter(request).get_provider(request, provider_id)
    issuer = provider.server_url.partition(_WELL_KNOWN)[0].rstrip("/")
    header, claims = _unchecked(token)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise Refused(_("The logout token is not signed with a key of the directory."), code="algorithm")
    if str(claims.get("iss", "")).rstrip("/") != issuer:
        raise Refused(_("The logout token is of another directory."), code="issuer")
    if provider.app.client_id not in _audience(claims):
        raise Refused(_("The logout token is meant for another program."), code="audience")
    key = _key(request, provider_id, header)
    try:
        checked: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[algorithm],
            audience=provider.app.client_id,
            options={"require": ["iat", "jti", "iss", "aud"], "verify_iat": False},
        )
    except jwt.PyJWTError as problem:
        raise Refused(
            _("The signature of the logout token does not hold, or it is over."), code="signature"
        ) from problem
    return _claims(checked, issuer)


def _unchecked(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims as the token says them, believed by nobody yet."""
    if len(token) > LARGEST:
        raise Refused(_("The logout token is too large."), code="too_large")
    try:
        return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as problem:
        raise Refused(_("This is no logout token."), code="no_token") from problem


def _audience(claims: dict[str, Any]) -> list[Any]:
    given = claims.get("aud")
    return given if isinstance(given, list) else [given]


def _claims(claims: dict[str, Any], issuer: str) -> Logout:
    now, at = clock.machine().timestamp(), claims["iat"]
    if not isinstance(at, int | float) or not now - OLDEST.total_seconds() <= at <= now + AHEAD.total_seconds():
        raise Refused(_("The logout token is too old, or of a moment that is to come."), code="too_old")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Refused(_("The token does not say that it signs somebody out."), code="no_event")
    if "nonce" in claims:
        raise Refused(_("A logout token has no nonce: this one was made for something else."), code="nonce")
    sub, sid, number = (claims.get(name) or "" for name in ("sub", "sid", "jti"))
    if not all(isinstance(each, str) for each in (sub, sid, number)) or not number or not (sub or sid):
        raise Refused(_("The logout token does not say who is signed out."), code="nobody")
    return Logout(issuer, number, sub, sid)


def _key(request: HttpRequest, provider_id: str, header: dict[str, Any]) -> Any:
    """The directory's key of that number. Asked for at the directory when it is not known, and then not again for a while."""
    cache, name = caches["process"], f"directory-keys-{provider_id}"
    held = cache.get(name)
    if held is None or (_chosen(held, header) is None and cache.add(f"{name}-asked-again", 1, ASKED_AGAIN)):
        held = _fetched(request, provider_id)
        cache.set(name, held, KEYS_KEPT)
    found = _chosen(held, header)
    if found is None:
        raise Refused(_("The directory has no key of this number."), code="key")
    return found


def _fetched(request: HttpRequest, provider_id: str) -> str:
    address = OpenIDConnectOAuth2Adapter(request, provider_id).openid_config["jwks_uri"]
    with get_adapter(request).get_requests_session() as session:
        answer = session.get(address)
        answer.raise_for_status()
        return json.dumps(answer.json())


def _chosen(held: str, header: dict[str, Any]) -> Any:
    """By its number; without one, where the directory has a single key that fits."""
    try:
        keys = jwt.PyJWKSet.from_json(held).keys
    except (jwt.PyJWTError, ValueError):
        return None
    wanted = header.get("kid")
    fitting = [k for k in keys if k.public_key_use in (None, "sig") and (wanted is None or k.key_id == wanted)]
    return fitting[0].key if len(fitting) == 1 else None


def _use(logout: Logout) -> None:
    """Raises Refused for a token that was used before. Within the transaction of what it does."""
    if not links.use_number("logout token", f"{logout.issuer}\n{logout.number}"):
        raise Refused(_("This logout token was used before."), code="used")


def _people(logout: Logout, provider_id: str) -> list[User]:
    """By the identity; where only a session is named, whose it is."""
    known = SocialAccount.objects.filter(provider=provider_id)
    if logout.sub:
        return list(User.objects.filter(pk__in=known.filter(uid=logout.sub).values("user")))
    sessions = UserSession.objects.filter(user__in=known.values("user"))
    found = {s.user_id for s in sessions if SessionStore(s.session_key).get(SID) == logout.sid}
    return list(User.objects.filter(pk__in=found))
