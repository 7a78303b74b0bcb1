"""Pages of requests for an ambassador."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.lists import Listing
from floreo.outreach import presenters
from floreo.outreach.access import get_request_for
from floreo.outreach.actions import requests as acts
from floreo.outreach.queries import candidates_for
from floreo.outreach.tables import REQUESTS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.outreach import forms
from floreo.workspace.verbs import history_of

AREA = "ambassador_requests"
_RUN = Permission.OUTREACH_RUN

COMMANDS: Mapping[str, Command] = {
    "assign": Command(
        _l("Assign an ambassador"),
        _l("Assign ambassador"),
        _RUN,
        forms.AssignForm,
        acts.assign_ambassador,
        allowed_by(acts.must_be_open),
        help=_l(
            "Those of the district and of the language come first. Both sides get an e-mail, where there is an address."
        ),
        done=_l("Assigned."),
    ),
    "plan": Command(
        _l("Day of the session"),
        _l("Enter the day"),
        _RUN,
        forms.PlanForm,
        acts.plan_session,
        allowed_by(acts.must_be_assigned),
        help=_l(
            "It appears among the tasks and in the calendar of who coordinates. The ambassador gets an e-mail with a file for the calendar."
        ),
        done=_l("Saved."),
    ),
    "done": Command(
        _l("The session was held"),
        _l("It was held"),
        _RUN,
        forms.DoneForm,
        acts.finish_request,
        allowed_by(acts.must_be_assigned),
    ),
    "decline": Command(
        _l("Decline the request"),
        _l("Decline"),
        _RUN,
        new(forms.DeclineForm),
        acts.decline_request,
        allowed_by(acts.must_be_open),
        done=_l("Declined."),
    ),
}


def requests(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(REQUESTS, request)
    if file := listing.download():
        return file
    rows = [(r, presenters.late_days(r), presenters.waits_text(r), presenters.request_line(r)) for r in listing.rows]
    context = {"workspace_section": AREA, "listing": listing, "rows": rows}
    return render(request, "workspace/outreach/requests.html", context)


def found(request: HttpRequest, reference: str) -> HttpResponse:
    this = get_request_for(request.user, reference)
    context = {
        "workspace_section": AREA,
        "found": this,
        "late": presenters.late_days(this),
        "waits": presenters.waits_text(this) if this.is_open and this.ambassador_id is None else "",
        "spoken": presenters.language_word(this.language),
        "commands": [
            (command, reverse("workspace:ambassador_request_command", args=[reference, name]), name)
            for name, command in commands_for(request.user, this, COMMANDS).items()
        ],
        "main": "done" if this.state == "assigned" else "assign",
        "candidates": candidates_for(this)[:8] if this.is_open else [],
        "history": history_of(this, viewer=request.user),
    }
    return render(request, "workspace/outreach/request.html", context)


def request_command(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    return command_view(request, get_request_for(request.user, reference), COMMANDS, name, area=AREA)
