"""Advisories: the list with its feed, each under an address that stays, subscriptions by e-mail, and the team's profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.advisories import feed as rss
from floreo.advisories import provider
from floreo.advisories.access import CONFIRM, UNSUBSCRIBE, get_public, own_team, public_versions, subscriber_of
from floreo.advisories.actions.subscribing import VISITOR, confirm, subscribe, unsubscribe
from floreo.advisories.logic import lines_of
from floreo.advisories.models import Advisory, Subscriber, Team
from floreo.advisories.presenters import product_states, scores_of
from floreo.advisories.rfc2350 import profile_of
from floreo.advisories.tables import ADVISORIES
from floreo.core import throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.lists import Listing
from floreo.core.sectors import Sector
from floreo.core.ui.forms import refuse_on
from floreo.core.ui.locale import language
from floreo.core.ui.rss import MEDIA_TYPE, NEWEST
from floreo.core.wording import number_figures
from floreo.open_data.files import list_file
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import Crumb, country_of, page, public_page

# Each subscription sends a mail to an address that somebody typed: few from one caller, few to one address, and not
# many in all, so that nobody makes this site write to people who did not ask.
FORMS, FORMS_PER_HOUR = 10, 10
TO_ONE, TO_ONE_PER_HOUR = 3, 0.25
IN_ALL, IN_ALL_PER_HOUR = 300, 300
PRESSES, PRESSES_PER_HOUR = 30, 60


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Advisories"), reverse("portal:advisories")),)


@login_not_required
@public_page
def advisories(request: HttpRequest) -> HttpResponseBase:
    """Everything that is public, newest first."""
    listing = Listing(ADVISORIES, request, rows=Advisory.objects.out().numbered())
    if file := list_file(listing, whole=True):
        return file
    total = listing.total
    text = ngettext("%(number)s advisory", "%(number)s advisories", total) % {"number": number_figures(total)}
    return page(
        request,
        "portal/advisories.html",
        section="advisories",
        title=text if total else _("Advisories"),  # the page says below that there are none
        listing=listing,
        rows=listing.rows,
        description=_("Weaknesses and threats that concern the country, and what to do."),
    )


@login_not_required
@public_page
def feed(request: HttpRequest) -> HttpResponseBase:
    """The newest as RSS, in the language of its address."""
    country = country_of(request)
    title = _("%(country)s: advisories") % {"country": country.in_language("name") if country else "Floreo"}
    addresses = {"list_address": reverse("portal:advisories"), "feed_address": reverse("portal:advisories_feed")}
    text = rss.feed_of(Advisory.objects.out().numbered()[:NEWEST], title=title, **addresses)
    return HttpResponse(text, content_type=MEDIA_TYPE)


@login_not_required
@public_page
def advisory(request: HttpRequest, code: str) -> HttpResponseBase:
    """One advisory as it is, with its versions; or the sentence that it was withdrawn."""
    found = get_public(code)
    if found.is_gone:
        return _withdrawn(request, found)
    assert found.published_at is not None
    versions = public_versions(found)  # newest first; readers count those that they may read
    is_own = found.language == language()
    return page(
        request,
        "portal/advisory.html",
        section="advisories",
        title=found.in_language("title"),
        description=found.in_language("summary"),
        crumbs=_crumbs(),
        advisory=found,
        products=product_states(found),
        scores=scores_of(found),
        versions=versions,
        earlier=[(number, each) for number, each in zip(range(len(versions), 0, -1), versions, strict=True)][1:],
        csaf=provider.ROOT + provider.FOLDER + provider.path_of(found.code, found.published_at),
        text=found.in_language("text"),
        text_language="" if is_own or found.language_of("text") else found.language,
        advice=found.in_language("advice"),
        advice_language="" if is_own or found.language_of("advice") else found.language,
    )


def _withdrawn(request: HttpRequest, found: Advisory) -> HttpResponseBase:
    """Gone, and said so: 410. Neither its title nor its text is repeated, since they may be why it was withdrawn."""
    title = _("This advisory was withdrawn")
    response = page(
        request, "portal/advisory_withdrawn.html", section="advisories", title=title, crumbs=_crumbs(), advisory=found
    )
    response.status_code = 410
    return response


@login_not_required
@public_page
def team(request: HttpRequest) -> HttpResponseBase:
    """The profile of the team that runs this installation (RFC 2350), and the other teams of the country."""
    own = own_team()
    others = list(Team.objects.filter(is_own=False).select_related("organisation"))
    title = own.in_language("name") if own else _("Response teams")
    description = _("Who responds to incidents, for whom, and how to reach them.")
    return page(
        request,
        "portal/team.html",
        section="advisories",
        title=title,
        description=description,
        crumbs=_crumbs(),
        team=own,
        sections=profile_of(own) if own else [],
        others=others,
    )


# --- Subscriptions ------------------------------------------------------------------------------------------------


class SubscribeForm(forms.Form):
    email = forms.EmailField(
        label=_l("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _l("Enter an e-mail address, for example name@example.org."),
            "invalid": _l("Enter an e-mail address, for example name@example.org."),
        },
    )
    sectors = forms.MultipleChoiceField(
        label=_l("Sectors"), required=False, choices=Sector.choices, widget=forms.CheckboxSelectMultiple
    )
    products = forms.CharField(
        label=_l("Products"),
        required=False,
        max_length=3100,
        help_text=_l("Vendors or products that you use, one a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# No cookie gives any right here: whoever fills in the form proves nothing before the link of the mail is used.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe_page(request: HttpRequest) -> HttpResponseBase:
    """The form, and after it the same sentence for every address, so that it reveals to nobody who is subscribed."""
    if request.method != "POST":
        asked = "asked" in request.GET
        return _subscribe(request, SubscribeForm(), asked=asked)
    form = SubscribeForm(request.POST)
    refusal: Refused | None = None
    if form.is_valid():
        try:
            _spend(request, form.cleaned_data["email"])
            subscribe(
                by=VISITOR,
                email=form.cleaned_data["email"],
                sectors=form.cleaned_data["sectors"],
                products=lines_of(form.cleaned_data["products"]),
                language=language(),
            )
        except Refused as no:
            refusal = no
            refuse_on(form, no)
        else:
            return HttpResponseRedirect(f"{reverse('portal:advisory_subscribe')}?asked=1")
    response = _subscribe(request, form, status=refusal.status if refusal else 422)
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _spend(request: HttpRequest, email: str) -> None:
    throttle.spend("subscribe", throttle.address_of(request), capacity=FORMS, per_hour=FORMS_PER_HOUR)
    throttle.spend("subscribe-to", email.strip().lower(), capacity=TO_ONE, per_hour=TO_ONE_PER_HOUR)
    throttle.spend("subscribe-all", "all", capacity=IN_ALL, per_hour=IN_ALL_PER_HOUR)


def _subscribe(request: HttpRequest, form: forms.Form, *, asked: bool = False, status: int = 200) -> HttpResponseBase:
    response = page(
        request,
        "portal/advisory_subscribe.html",
        section="advisories",
        title=_("Receive advisories by e-mail"),
        crumbs=_crumbs(),
        form=form,
        asked=asked,
        status=status,
    )
    response.status_code = status
    return response


def _subscriber(request: HttpRequest, purpose: str, token: str) -> Subscriber | None:
    try:
        return subscriber_of(purpose, token)
    except Missing:
        count_guess(request, purpose)
        raise


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link of the first mail. To open it does nothing: programs open links before people do."""
    found = _subscriber(request, CONFIRM, token)
    context: dict[str, Any] = {"title": _("Confirm your subscription"), "found": found, "kind": "confirm"}
    if found is None:
        return _by_link(request, context, done=False, status=410)
    if request.method != "POST":
        return _by_link(request, context, done=found.confirmed_at is not None)
    try:
        throttle.spend(CONFIRM, str(found.pk), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        confirm(found, by=VISITOR)
    except Refused as refusal:
        return _by_link(request, context | {"refusal": refusal}, done=False, status=refusal.status)
    return _by_link(request, context, done=True)


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """RFC 8058: a mail program posts here, without a cookie, and that is all; a person who opens it finds a button."""
    found = _subscriber(request, UNSUBSCRIBE, token)
    context: dict[str, Any] = {"title": _("Stop receiving advisories"), "found": found, "kind": "unsubscribe"}
    if found is not None and request.method == "POST":
        unsubscribe(found, by=VISITOR)
        found = None
    return _by_link(request, context, done=found is None)


def _by_link(request: HttpRequest, context: dict[str, Any], *, done: bool, status: int = 200) -> HttpResponse:
    return render(request, "portal/advisory_by_link.html", context | {"done": done, "status": status}, status=status)
