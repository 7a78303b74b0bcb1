"""How sure the program must be of who is there: sessions end where nobody is, and roles that write for all need a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import ROLES
from floreo.core.middleware import wants_part
from floreo.core.security_events import Kind, note
from floreo.organisations.models import User

View = Callable[[HttpRequest], HttpResponse]
_SEEN = "seen_at"  # in the session: seconds since 1970
_ARRIVED = "signed_in_at"
_EVERY = 300  # seconds: how exact that is; each change is a write to the database


def idle(get_response: View) -> View:
    """Ends a session in which nothing was asked for FLOREO_IDLE_MINUTES, and each when its time is up."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, seen = time.time(), request.session.get(_SEEN)
            if _is_over(now, seen, request.session.get(_ARRIVED)):
                note(Kind.IDLE, request, who=getattr(request.user, "email", ""))
                logout(request)
                return _to_sign_in(request)
            if seen is None or now - seen > _EVERY:
                request.session[_SEEN] = int(now)
        return get_response(request)

    return respond


def _is_over(now: float, seen: float | None, arrived: float | None) -> bool:
    """The library begins the time of a session again each time that it is saved, so the hours are counted here."""
    is_idle = seen is not None and now - seen > settings.IDLE_MINUTES * 60
    return is_idle or (arrived is not None and now - arrived > settings.SESSION_COOKIE_AGE)


@receiver(user_logged_in)
def _arrived(request: HttpRequest | None, **_more: object) -> None:
    if request is not None:
        request.session[_SEEN] = request.session[_ARRIVED] = int(time.time())


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    address = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponse(headers={"HX-Redirect": address}) if wants_part(request) else HttpResponseRedirect(address)


@dataclass(frozen=True)
class Missing:
    """A second factor that somebody's role needs and the account does not have: until when they may go on without."""

    until: date

    @property
    def is_over(self) -> bool:
        return clock.today() > self.until


def missing_factor(user: object, *, is_sample: bool) -> Missing | None:
    """Nothing for a sample country, whose passwords are printed on a screen."""
    if not isinstance(user, User) or is_sample:
        return None
    names = {role for role, _organisation in user.grants() if role in ROLES and ROLES[role].needs_second_factor}
    if not names or is_mfa_enabled(user):
        return None
    since = min(user.memberships.filter(role__in=names).values_list("created_at", flat=True))
    return Missing(clock.day_of(since) + timedelta(days=settings.SECOND_FACTOR_DAYS))


_REASON = _l(
    "Your role needs a second factor beside the password, and the days to set one up are over. Add a security key or passkey, or "
    "activate an authenticator app. Then you can go on."
)


def second_factor(get_response: View) -> View:
    """Who needs a second factor and has none is reminded of it, and after some days led to where it is set up."""

    def respond(request: HttpRequest) -> HttpResponse:
        country = getattr(request, "country", None)
        if "/workspace/" not in request.path_info or country is None:
            return get_response(request)
        missing = missing_factor(request.user, is_sample=country.is_sample)
        request.missing_factor = missing  # type: ignore[attr-defined]  # shown by ui/second_factor.html
        if missing is not None and missing.is_over:
            messages.warning(request, _REASON)
            address = reverse("mfa_index")
            return (
                HttpResponse(headers={"HX-Redirect": address}) if wants_part(request) else HttpResponseRedirect(address)
            )
        return get_response(request)

    return respond
