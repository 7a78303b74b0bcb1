"""The way to an outside sign-in service (OpenID Connect), and back.

A page of this site sends forms to this site alone (`form-action 'self'`), and Chromium holds each redirect that follows a form to that
rule: a form that is answered with the redirect to the service goes nowhere. So the form, which its token protects, is answered with a
page of this site, and that page goes on by itself, with or without script. Whatever the service redirects to is then no concern of this site."""

from __future__ import annotations

import logging

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect import views as library
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from floreo.core.errors import Busy, Missing
from floreo.core.middleware import refusal_page

log = logging.getLogger(__name__)
WAIT = 60  # seconds, until somebody should try again


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """The button (GET), or the page that leads to the service (POST)."""
    try:
        name = get_adapter(request).get_provider(request, provider_id).name
        answer: HttpResponse = library.login(request, provider_id)
    except SocialApp.DoesNotExist as missing:
        raise Missing from missing
    except requests.RequestException:
        return _unreachable(request)
    if "Location" not in answer.headers:
        return answer
    return render(request, "socialaccount/leaving.html", {"name": name, "address": answer.headers["Location"]})


@login_not_required
@never_cache
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """With the answer of the service, which is checked with the service itself."""
    try:
        answer: HttpResponseBase = library.callback(request, provider_id)
    except SocialApp.DoesNotExist as missing:
        raise Missing from missing
    except requests.RequestException:
        return _unreachable(request)
    return answer


def _unreachable(request: HttpRequest) -> HttpResponse:
    log.warning("The outside sign-in service does not answer", exc_info=True)
    sentence = _(
        "The sign-in service of your institution does not answer. Try again in a minute, or sign in with a password."
    )
    return refusal_page(request, Busy(sentence, seconds=WAIT))
