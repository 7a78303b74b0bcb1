"""What a contact answers by a link: that it is still right, and that it got a drill. To open the page does nothing; a press does."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from floreo.contact_drills.access import Answering, confirmation_of, recipient_of
from floreo.contact_drills.actions.confirming import confirm_contact, report_wrong
from floreo.contact_drills.actions.drills import answer_drill
from floreo.contact_drills.models import DrillState
from floreo.contact_drills.presenters import answer_text
from floreo.core import clock, throttle
from floreo.core.errors import Missing, Refused, Slower
from floreo.core.keys import key
from floreo.portal.views.by_link import count_guess

SECTION = "organisations"
PRESSES, PRESSES_PER_HOUR = 20, 60  # by one link


def _slow(response: HttpResponse, refusal: Refused | None) -> HttpResponse:
    if isinstance(refusal, Slower):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


@login_not_required
@csrf_exempt  # the address itself gives the right
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One press: the contact is right; or it is not."""
    try:
        asked = confirmation_of(token)
    except Missing:
        count_guess(request, "contact-confirmation")
        raise
    refusal: Refused | None = None
    if request.method == "POST":
        by = Answering(key(asked), asked.address)
        try:
            throttle.spend("contact-confirmation", str(asked.pk), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
            if request.POST.get("do") == "wrong":
                report_wrong(asked, by=by)
            else:
                confirm_contact(asked, by=by)
            return HttpResponseRedirect(request.path)
        except Refused as wrong:
            refusal = wrong
    status = refusal.status if refusal is not None else 200
    context = {
        "asked": asked,
        "contact": asked.contact,
        "organisation": asked.contact.organisation,
        "refusal": refusal,
        "is_over": asked.confirmed_at is None and asked.closed_on is not None,
        "section": SECTION,
        "status": status,
    }
    return _slow(render(request, "portal/register/confirm_contact.html", context, status=status), refusal)


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def drill(request: HttpRequest, token: str) -> HttpResponse:
    """One press answers the drill; after its end it is noted and does not count."""
    try:
        recipient = recipient_of(token)
    except Missing:
        count_guess(request, "contact-drill")
        raise
    refusal: Refused | None = None
    if request.method == "POST":
        by = Answering(key(recipient), recipient.address)
        try:
            throttle.spend("contact-drill", str(recipient.pk), capacity=PRESSES, per_hour=PRESSES_PER_HOUR)
            answer_drill(recipient, by=by)
            return HttpResponseRedirect(request.path)
        except Refused as wrong:
            refusal = wrong
    found = recipient.drill
    status = refusal.status if refusal is not None else 200
    context = {
        "recipient": recipient,
        "drill": found,
        "organisation": recipient.organisation,
        "answer": answer_text(recipient, clock.now()) if recipient.pressed_at else "",
        "is_late": recipient.pressed_at is not None and not recipient.asked().is_in_time(),
        "is_cancelled": found.state == DrillState.CANCELLED,
        "has_ended": found.has_ended,
        "ended_text": _("This drill has ended. Your press is noted, and does not count any more."),
        "refusal": refusal,
        "section": SECTION,
        "status": status,
    }
    return _slow(render(request, "portal/register/drill.html", context, status=status), refusal)
