"""Findings of exercises: the list, and one with what becomes of it. Whoever sees only their own organisation's sees the recommendations to
it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.tabletops import presenters
from floreo.tabletops.access import get_finding_for
from floreo.tabletops.actions import evaluating
from floreo.tabletops.models import FINDING, READ, RUN
from floreo.tabletops.queries import action_of
from floreo.tabletops.tables import FINDINGS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new
from floreo.workspace.forms import CommandForm
from floreo.workspace.tabletops import forms
from floreo.workspace.verbs import history_of

AREA = "tabletop_findings"

COMMANDS: Mapping[str, Command] = {
    "close": Command(
        _l("Close the finding"),
        _l("Close"),
        FINDING,
        new(forms.CloseForm),
        evaluating.close_finding,
        allowed_by(evaluating.must_be_closable),
        help=_l("What was recommended is done."),
        done=_l("The finding is closed."),
    ),
    "action": Command(
        _l("Make it an action of the plan"),
        _l("Make it an action"),
        Permission.PLAN_EDIT,
        lambda data, f: forms.BecomeActionForm(
            data,
            initial={
                "title": f.title,
                "due_on": f.due_on,
                "organisation": f.organisation.code if f.organisation else None,
            },
        ),
        evaluating.become_action,
        allowed_by(evaluating.must_be_free),
        help=_l("It is added to the plan and not public at first. The finding is closed when the action is done."),
        done=_l("It is now an action of the plan."),
    ),
    "edit": Command(
        _l("Edit the finding"),
        _l("Edit"),
        RUN,
        lambda data, f: forms.FindingForm(data, tabletop=f.tabletop, instance=f),
        evaluating.update_finding,
        allowed_by(evaluating.must_be_free),
    ),
    "reopen": Command(
        _l("Open the finding again"),
        _l("Open again"),
        RUN,
        new(forms.WhyForm),
        evaluating.reopen_finding,
        allowed_by(evaluating.must_be_reopenable),
    ),
    "remove": Command(
        _l("Remove the finding"),
        _l("Remove"),
        RUN,
        new(CommandForm),
        evaluating.remove_finding,
        allowed_by(evaluating.must_be_removable),
        done=_l("Removed."),
        back=lambda f: f"{f.tabletop.workspace_url()}#findings",
    ),
}


def findings(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(FINDINGS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.finding_text(each)) for each in listing.rows],
    }
    return render(request, "workspace/tabletops/findings.html", context)


def finding(request: HttpRequest, code: str, number: int) -> HttpResponse:
    found = get_finding_for(request.user, code, number)
    context = {
        "workspace_section": AREA,
        "finding": found,
        "state": presenters.finding_text(found),
        "action": action_of(found) if can(request.user, Permission.PLAN_READ) else None,
        "may_read": can(request.user, READ),
        "commands": [
            (command, reverse("workspace:tabletop_finding_command", args=[code, number, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "history": history_of(found, viewer=request.user) if can(request.user, READ) else [],
    }
    return render(request, "workspace/tabletops/finding.html", context)


def finding_command(request: HttpRequest, code: str, number: int, name: str) -> HttpResponse:
    return command_view(request, get_finding_for(request.user, code, number), COMMANDS, name, area=AREA)
