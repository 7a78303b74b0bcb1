"""What laws ask, for everybody; and one thing that is due, by the link of a reminder."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused
from floreo.core.lists import Listing
from floreo.core.ui.forms import refuse_on
from floreo.obligations import presenters
from floreo.obligations.access import Answering, due_of_token
from floreo.obligations.actions.dues import must_wait_for_operator, submit_due
from floreo.obligations.models import ObligationDue
from floreo.obligations.tables import OBLIGATIONS
from floreo.open_data.files import list_file
from floreo.organisations.sender import sender
from floreo.portal.notify_forms import SubmitDueForm
from floreo.portal.views.by_link import count_guess
from floreo.portal.views.page import page, public_page

SECTION = "infrastructure"
PAGE = 40
PRESSES, PRESSES_PER_HOUR = 60, 120


@login_not_required
@public_page
def obligations(request: HttpRequest) -> HttpResponseBase:
    """What each section asks of whom. Who fulfilled it is not published."""
    listing = Listing(OBLIGATIONS, request, page=PAGE)
    if file := list_file(listing, whole=False):
        return file
    return page(
        request,
        "portal/obligations/obligations.html",
        title=_("Obligations"),
        description=_("What laws ask of operators of essential services, and how often."),
        section=SECTION,
        listing=listing,
        rows=[
            (each, presenters.law_text(each), presenters.rhythm_text(each), presenters.binds_text(each))
            for each in listing.rows
        ],
    )


def _due(request: HttpRequest, token: str) -> ObligationDue:
    try:
        return due_of_token(token)
    except Missing:
        count_guess(request, "obligation-link")
        raise


# No cookie gives any right here, only the address itself; and with no referrer sent, a browser names no origin either.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def own_obligation(request: HttpRequest, token: str) -> HttpResponse:
    """What is due, and the form that submits it. Afterwards it shows what was submitted."""
    found = _due(request, token)
    form, status = SubmitDueForm(request.POST or None, due=found), 200
    if request.method == "POST":
        throttle.spend("obligation", f"due:{found.pk}", capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
        status = 422
        if form.is_valid():
            try:
                submit_due(found, by=Answering(found), **form.cleaned_data)
                return HttpResponseRedirect(f"{request.path}?done=1")
            except Refused as refusal:
                refuse_on(form, refusal)
    try:
        must_wait_for_operator(found)
        is_open = True
    except Refused:
        is_open = False
    context = {
        "section": SECTION,
        "due": found,
        "law": presenters.law_text(found.obligation),
        "state": presenters.due_state_text(found, clock.today()),
        "form": form,
        "is_open": is_open,
        "status": status,
        "done": "done" in request.GET and status == 200,
        "team": sender(),
    }
    return render(request, "portal/obligations/own.html", context, status=status)
