"""Pages of ambassadors: the roster, one with all that can be done, and the personal link, which is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.errors import Refused
from floreo.core.lists import Listing
from floreo.outreach import presenters
from floreo.outreach.access import get_ambassador_for
from floreo.outreach.actions import roster
from floreo.outreach.logic import days_silent, is_silent
from floreo.outreach.mails import link_address
from floreo.outreach.models import Ambassador, AmbassadorState
from floreo.outreach.queries import kit_of, sessions_of
from floreo.outreach.tables import ROSTER
from floreo.workspace import sending
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.form_page import person
from floreo.workspace.forms import CommandForm
from floreo.workspace.outreach import forms
from floreo.workspace.sending import TWICE, ShowFirst, unless_unseen
from floreo.workspace.verbs import history_of

AREA = "ambassadors"
_RUN = Permission.OUTREACH_RUN

COMMANDS: Mapping[str, Command] = {
    "edit": Command(
        _l("Edit the ambassador"), _l("Edit"), _RUN, over_row(forms.AmbassadorForm), roster.update_ambassador
    ),
    "remind": Command(
        _l("Send a reminder"),
        _l("Send a reminder"),
        _RUN,
        new(CommandForm),
        roster.send_reminder,
        allowed_by(roster.must_be_reachable_by_mail),
        help=_l("An e-mail asks for news. It holds no link."),
        done=_l("The reminder is in the outbox."),
    ),
    "call": Command(
        _l("Record a telephone call"),
        _l("Record telephone call"),
        _RUN,
        new(forms.CallForm),
        roster.record_call,
        allowed_by(roster.must_not_have_left),
    ),
    "leave": Command(
        _l("On leave"),
        _l("On leave"),
        _RUN,
        new(forms.LeaveForm),
        roster.begin_leave,
        allowed_by(roster.must_be_active),
        help=_l("No reminder is sent meanwhile. Active again by itself afterwards."),
    ),
    "back": Command(
        _l("Back from leave"),
        _l("Back from leave"),
        _RUN,
        new(CommandForm),
        roster.end_leave,
        allowed_by(roster.must_be_on_leave),
    ),
    "end-link": Command(
        _l("End the link"),
        _l("End the link"),
        _RUN,
        new(forms.EndLinkForm),
        roster.end_link,
        allowed_by(roster.must_have_a_link),
        help=_l("It opens the page no more. Sessions that wait on the phone still arrive, marked for review."),
        done=_l("The link has ended."),
    ),
    "left": Command(
        _l("The ambassador left"),
        _l("Left"),
        _RUN,
        new(forms.LeftForm),
        roster.leave,
        allowed_by(roster.must_not_have_left),
        help=_l("The link ends, and telephone and e-mail are deleted. Sessions stay."),
    ),
}
NEW: Mapping[str, Command] = {
    "ambassador": Command(
        _l("Add an ambassador"),
        _l("Add"),
        _RUN,
        over_row(forms.AmbassadorForm),
        roster.add_ambassador,
        help=_l("The code follows from the district. Without a certificate it is a candidate."),
        done=_l("Ambassador added."),
    ),
}


def ambassadors(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(ROSTER, request)
    if file := listing.download():
        return file
    today = clock.today()
    rows = [(a, _silence(a, today), presenters.languages_text(a.languages)) for a in listing.rows]
    context = {"workspace_section": AREA, "listing": listing, "rows": rows, "may_run": can(request.user, _RUN)}
    return render(request, "workspace/outreach/ambassadors.html", context | {"today": today})


def _silence(ambassador: Ambassador, today: object) -> int:
    """Days, where it is long; 0 else."""
    if ambassador.state not in (AmbassadorState.ACTIVE, AmbassadorState.ON_LEAVE):
        return 0
    last = getattr(ambassador, "last_on", None)
    days = days_silent(min(last, clock.today()) if last else None, ambassador.certified_on, clock.today())
    return days if days is not None and is_silent(days) else 0


def new_ambassador(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "ambassador", area=AREA, back=reverse("workspace:ambassadors"))


def ambassador(request: HttpRequest, code: str) -> HttpResponse:
    found = get_ambassador_for(request.user, code)
    links = list(found.links.all())
    held = sessions_of(found)
    context = {
        "workspace_section": AREA,
        "ambassador": found,
        "commands": [
            (command, reverse("workspace:ambassador_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "languages": presenters.languages_text(found.languages),
        "link": next((link for link in links if link.is_live), None),
        "ended": [link for link in links if not link.is_live],
        "may_issue": can(request.user, _RUN) and found.state in (AmbassadorState.ACTIVE, AmbassadorState.ON_LEAVE),
        "sessions": [(s, presenters.session_line(s)) for s in held[:20]],
        "number": presenters.sessions_text(len(held)),
        "kit": kit_of(found),
        "is_check_over": found.check_expires_on is not None and found.check_expires_on < clock.today(),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/outreach/ambassador.html", context)


def ambassador_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_ambassador_for(request.user, code), COMMANDS, name, area=AREA)


def issue_link(request: HttpRequest, code: str) -> HttpResponse:
    """Asks first; then shows the link once, to be sent, scanned or copied. Only its hash is stored."""
    found = get_ambassador_for(request.user, code)
    context: dict[str, Any] = {
        "workspace_section": AREA,
        "ambassador": found,
        "has_link": found.links.filter(ended_at=None).exists(),
    }
    if request.method == "POST":
        try:
            user = person(request)
            secret = unless_unseen(
                request,
                lambda: roster.issue_link(found, by=user, by_mail="mail" in request.POST),
                who=user.actor_code,
            )
        except ShowFirst as first:
            title = _("Send the link")
            back = found.workspace_url()
            return sending.page(request, first, title=title, about=str(found), back=back, area=AREA)
        except Refused as refusal:
            if refusal.status != 422:
                raise
            context |= {"refusal": str(refusal.sentence), "status": 422}
        else:
            if secret is TWICE:
                return HttpResponseRedirect(found.workspace_url())
            address = link_address(found, secret)
            context |= {"address": address, "picture": _qr(address), "by_mail": "mail" in request.POST, "status": 200}
    context.setdefault("status", 200)
    response = render(request, "workspace/outreach/link.html", context, status=context["status"])
    response.headers["Cache-Control"] = "no-store"
    return response


def _qr(address: str) -> str:
    """The link as a picture for the camera of the phone."""
    drawn = segno.make(address, error="m").svg_inline(
        border=2, omitsize=True, svgclass="fl-link-qr", lineclass=None, title=_("QR code of the link")
    )
    return mark_safe(drawn)  # noqa: S308 -- drawn here from an address of our own
