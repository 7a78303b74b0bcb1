"""Pages for who comes with a one-time link: the first administrator, and the invited."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from floreo.core import links, throttle
from floreo.core.access import ROLES
from floreo.core.errors import Refused
from floreo.core.ui.forms import refuse_on
from floreo.organisations.access import Guest
from floreo.organisations.actions import accept_invitation, make_first_administrator
from floreo.organisations.actions.invitations import FIRST_ADMIN, LOCKED_OUT, invitation_of
from floreo.organisations.forms import JoinForm, WelcomeForm
from floreo.organisations.models import User

# A link has 256 random bits: this is only to keep an attacker from being a nuisance.
TRIES, TRIES_PER_HOUR = 20, 60


def _slow_down(request: HttpRequest) -> None:
    throttle.spend("one-time-link", throttle.address_of(request), capacity=TRIES, per_hour=TRIES_PER_HOUR)


def _enter(request: HttpRequest, user: User, form: JoinForm) -> HttpResponse:
    """Signs in whoever spent the link, and leads those who chose a passkey to adding it."""
    get_adapter().login(request, user)
    record_authentication(request, user, method="link", reauthenticated=True)
    return redirect("workspace:home" if form.chosen_password else "mfa_add_webauthn")


def _is_about_the_form(refusal: Refused, form: JoinForm) -> bool:
    return any(name in form.fields for name in refusal.fields)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The first administrator's way in."""
    _slow_down(request)
    link = links.peek(FIRST_ADMIN, token)
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            user = make_first_administrator(
                token, by=Guest(given["name"]), email=given["email"], password=form.chosen_password
            )
            return _enter(request, user, form)
        except Refused as refusal:
            if not _is_about_the_form(refusal, form):
                raise
            refuse_on(form, refusal)
    context = {"form": form, "title": _("Welcome to Floreo"), "is_rescue": link.subject == LOCKED_OUT}
    return render(request, "account/welcome.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invited person's way in."""
    _slow_down(request)
    invited = invitation_of(token)
    form = JoinForm(request.POST or None, initial={"name": invited.name})
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(token, by=Guest(form.cleaned_data["name"]), password=form.chosen_password)
            return _enter(request, user, form)
        except Refused as refusal:
            if not _is_about_the_form(refusal, form):
                raise
            refuse_on(form, refusal)
    role = ROLES[invited.role]
    context = {"form": form, "invited": invited, "role": role, "title": _("You are invited")}
    return render(request, "account/invitation.html", context, status=422 if form.errors else 200)
