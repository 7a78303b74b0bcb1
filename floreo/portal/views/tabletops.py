"""Tabletop exercises: for everybody, that one was held; and by the link of a participant the injects, what they write, and what observers
note. No account, no cookie, no script; a link acts only on a press."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.core.wording import number_figures
from floreo.open_data.files import list_file
from floreo.portal.tabletop_forms import AcceptForm, AddressForm, ResponseForm
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import page, public_page
from floreo.tabletops import calendar, presenters
from floreo.tabletops.access import Guest, address_of_link, participant_of_link
from floreo.tabletops.actions import joining, playing
from floreo.tabletops.forms import ObservationsForm
from floreo.tabletops.logic import FORGET_AFTER, State
from floreo.tabletops.models import Participant, Tabletop
from floreo.tabletops.queries import counted_expected, organisation_counts, responses_of, sent_injects
from floreo.tabletops.recipients import is_recipient
from floreo.tabletops.tables import TABLETOPS

PRESSES, PRESSES_PER_HOUR = 60, 240  # by one link
OF_ADDRESS, OF_ADDRESS_PER_DAY = 3, 6  # requests to confirm an address, by one link
REFRESH_SECONDS = 20
_NO_STORE = "no-store"


# --- For everybody ------------------------------------------------------------------------------------------------


@login_not_required
@public_page
def tabletops(request: HttpRequest) -> HttpResponseBase:
    """Which exercises were held: when, with which scenario, and how many organisations took part. Nothing else of them."""
    listing = Listing(TABLETOPS, request)
    if file := list_file(listing, whole=False):
        return file
    rows = list(listing.rows)
    counts = organisation_counts(rows)
    total = Tabletop.objects.published().count()
    answer = ngettext("%(n)s exercise was held and published.", "%(n)s exercises were held and published.", total)
    return page(
        request,
        "portal/tabletops/held.html",
        title=_("Exercises held"),
        description=_("Tabletop exercises in cybersecurity that were held, and how many organisations took part."),
        section="infrastructure",
        listing=listing,
        answer=answer % {"n": number_figures(total)} if total else _("No exercise has been published yet."),
        rows=[(each.held_on, each.scenario, presenters.organisations_text(counts[each.pk])) for each in rows],
    )


# --- By the participant's own link --------------------------------------------------------------------------------


def _own(request: HttpRequest, token: str) -> Participant:
    try:
        return participant_of_link(token)
    except Missing:
        count_guess(request, "tabletop")
        raise


def _is_over(tabletop: Tabletop) -> bool:
    """Whether the link shows nothing of the exercise any more: evaluated, cancelled, or ended a month ago."""
    if tabletop.state in (State.EVALUATED, State.CANCELLED):
        return True
    return tabletop.ended_at is not None and tabletop.ended_at + FORGET_AFTER < clock.now()


def _slowed(response: HttpResponse, refusal: Refused) -> HttpResponse:
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _spend(participant: Participant) -> None:
    throttle.spend("tabletop-link", f"participant:{participant.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)


def _spend_address(participant: Participant, mail: str) -> None:
    """One more e-mail that asks an address, where it is another than that of the invitation."""
    if mail and mail.casefold() != participant.invited_mail.casefold():
        throttle.spend(
            "tabletop-address",
            f"participant:{participant.pk}",
            capacity=OF_ADDRESS,
            per_hour=OF_ADDRESS_PER_DAY / 24,
        )


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, token: str) -> HttpResponse:
    """Where a participant is: accepts or declines; then the injects that were sent, and what they wrote."""
    found = _own(request, token)
    if request.method != "POST":
        return _own_page(request, found)
    do = request.POST.get("do", "")
    accept = AcceptForm(request.POST if do == "accept" else None, found)
    address = AddressForm(request.POST if do == "address" else None)
    try:
        _spend(found)
        for form in (accept, address):
            if form.is_bound and not form.is_valid():
                return _own_page(request, found, accept=accept, address=address, status=422)
        _press(found, do, accept, address)
    except Refused as refusal:
        for form in (accept, address):
            if form.is_bound and form.is_valid():
                refuse_on(form, refusal)
        shown = None if accept.is_bound or address.is_bound else refusal
        again = _own(request, token)
        answer = _own_page(request, again, accept=accept, address=address, refusal=shown, status=refusal.status)
        return _slowed(answer, refusal)
    if do in {"leave", "report"}:
        return _gone_page(request, found, do)
    return HttpResponseRedirect(f"{request.path}?done={do if do in DONE else ''}")


DONE = {"accept", "decline", "address"}


def _press(found: Participant, do: str, accept: AcceptForm, address: AddressForm) -> None:
    """One of the buttons of the page; anything else does nothing."""
    by = Guest(found)
    match do:
        case "accept":
            _spend_address(found, accept.cleaned_data["mail"])
            joining.accept(found, by=by, **accept.cleaned_data)
        case "decline":
            joining.decline(found, by=by)
        case "leave":
            joining.leave(found, by=by)
        case "report":
            joining.report_link(found, by=by)
        case "address":
            _spend_address(found, address.cleaned_data["mail"])
            joining.give_address(found, by=by, mail=address.cleaned_data["mail"])


def _gone_page(request: HttpRequest, found: Participant, do: str) -> HttpResponse:
    """After a press that ended the link."""
    context = {"do": do, "has_mail": bool(found.mail or found.invited_mail), "section": "infrastructure"}
    return _private(render(request, "portal/tabletops/gone.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = _NO_STORE
    return response


def _own_page(
    request: HttpRequest,
    found: Participant,
    *,
    accept: AcceptForm | None = None,
    address: AddressForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    tabletop = found.tabletop
    is_over = _is_over(tabletop)
    may_accept = found.state == "invited" and tabletop.is_open
    shows = found.is_in and not is_over
    refreshes = shows and tabletop.is_on and status == 200 and request.GET.get("still") != "1"
    responses = list(responses_of(found)) if shows else []
    injects = list(sent_injects(found)) if shows else []
    context: dict[str, Any] = {
        "participant": found,
        "tabletop": tabletop,
        "token": request.path,
        "when": presenters.when_text(tabletop),
        "state": presenters.state_text(tabletop),
        "is_over": is_over,
        "may_accept": may_accept,
        "accept": (accept or AcceptForm(None, found)) if may_accept else None,
        "address": (address or AddressForm()) if shows and not found.mail and tabletop.is_open else None,
        "gets_mail": is_recipient(found),
        "injects": [
            (each, [one for one in responses if one.inject_id == each.pk], presenters.inject_text(each))
            for each in injects
        ],
        "others": [one for one in responses if one.inject_id is None],
        "may_write": shows and tabletop.state in (State.RUNNING, State.ENDED),
        "may_observe": shows and found.is_observer and bool(injects),
        "may_leave": shows and tabletop.is_open,
        "refreshes": refreshes,
        "seconds": REFRESH_SECONDS,
        "done": request.GET.get("done", "") if status == 200 else "",
        "refusal": refusal,
        "status": status,
        "section": "infrastructure",
    }
    response = _private(render(request, "portal/tabletops/own.html", context, status=status))
    if refreshes:  # without script; the page has no field, so nothing that was typed is lost
        response.headers["Refresh"] = f"{REFRESH_SECONDS}; url={request.path}"
    return response


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, token: str) -> HttpResponse:
    """What a participant does upon an inject. A page of its own, which never loads again by itself."""
    found = _own(request, token)
    back = reverse("portal:tabletop_own", args=[token])
    if not found.is_in or _is_over(found.tabletop):
        return HttpResponseRedirect(back)
    rows = sent_injects(found)
    form = ResponseForm(
        request.POST if request.method == "POST" else None, rows, initial={"inject": request.GET.get("inject", "")}
    )
    status, refused = 200, None
    if form.is_bound:
        status = 422
        try:
            _spend(found)
            if form.is_valid():
                playing.respond(found, by=Guest(found), **form.cleaned_data)
                return HttpResponseRedirect(f"{back}?done=write")
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
            status, refused = refusal.status, refusal
    context = {
        "participant": found,
        "tabletop": found.tabletop,
        "state": presenters.state_text(found.tabletop),
        "form": form,
        "back": back,
        "status": status,
        "section": "infrastructure",
    }
    answer = _private(render(request, "portal/tabletops/write.html", context, status=status))
    return _slowed(answer, refused) if refused else answer


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def observe(request: HttpRequest, token: str) -> HttpResponse:
    """By the link of an observer: of each expected action, whether it was met."""
    found = _own(request, token)
    back = reverse("portal:tabletop_own", args=[token])
    if not (found.is_in and found.is_observer) or _is_over(found.tabletop):
        raise Missing
    by = Guest(found)
    form = ObservationsForm(
        request.POST if request.method == "POST" else None,
        counted_expected(found.tabletop),
        by_code=by.actor_code,
    )
    status, refused = 200, None
    if form.is_bound:
        status = 422
        try:
            _spend(found)
            if form.is_valid():
                with transaction.atomic():
                    for each in form.changed():
                        playing.observe_by_link(
                            each.expected,
                            by=by,
                            participant=found,
                            verdict=each.verdict,
                            minute=each.minute,
                            note=each.note,
                        )
                return HttpResponseRedirect(f"{back}?done=observe")
        except Refused as refusal:
            form.is_valid()
            refuse_on(form, refusal)
            status, refused = refusal.status, refusal
    context = {
        "participant": found,
        "tabletop": found.tabletop,
        "state": presenters.state_text(found.tabletop),
        "form": form,
        "back": back,
        "status": status,
        "section": "infrastructure",
    }
    answer = _private(render(request, "portal/tabletops/observe.html", context, status=status))
    return _slowed(answer, refused) if refused else answer


@login_not_required
@require_safe
def own_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The exercise for a calendar program, for who accepted."""
    found = _own(request, token)
    if not found.is_in or _is_over(found.tabletop):
        raise Missing
    response = HttpResponse(calendar.of_tabletop(found.tabletop), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.tabletop.code}.ics"'
    return _private(response)


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has an address that was given presses the button: from then on the e-mails of the exercise go there."""
    try:
        holder = address_of_link(token)
    except Missing:
        count_guess(request, "tabletop")
        raise
    context: dict[str, Any] = {"address": holder.address, "section": "infrastructure", "done": False}
    if request.method == "POST":
        _spend(holder.participant)
        joining.confirm_address(holder.participant, by=holder)
        context["done"] = True
    return _private(render(request, "portal/tabletops/confirm.html", context))
