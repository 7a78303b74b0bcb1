"""Pages of initiatives: the list, and one with what can be done to it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.lists import Listing
from floreo.initiatives import presenters
from floreo.initiatives.access import get_initiative_for
from floreo.initiatives.actions import registering as acts
from floreo.initiatives.models import Initiative, InitiativeState
from floreo.initiatives.tables import WORKSPACE_INITIATIVES
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row, starting_with
from floreo.workspace.forms import CommandForm
from floreo.workspace.initiatives import forms
from floreo.workspace.verbs import history_of

AREA = "initiatives"
_RUN = Permission.INITIATIVE_RUN

COMMANDS: Mapping[str, Command] = {
    "publish": Command(
        _l("Publish the initiative"),
        _l("Publish"),
        _RUN,
        new(CommandForm),
        acts.publish_initiative,
        allowed_by(acts.must_not_be_published),
        help=_l("Everybody sees it. How to reach its sender stays here."),
        done=_l("The initiative is published."),
    ),
    "decline": Command(
        _l("Do not publish the initiative"),
        _l("Do not publish"),
        _RUN,
        new(forms.DeclineForm),
        acts.decline_initiative,
        lambda each, _viewer: each.state != InitiativeState.DECLINED,
        help=_l("It is not shown, or no longer. How to reach its sender is erased."),
        done=_l("It is not published."),
    ),
    "edit": Command(
        _l("Edit the initiative"), _l("Edit"), _RUN, over_row(forms.InitiativeForm), acts.update_initiative
    ),
    "end": Command(
        _l("The initiative ends"),
        _l("It ends"),
        _RUN,
        starting_with(forms.EndForm, ends_on=lambda each: each.ends_on),
        acts.end_initiative,
        allowed_by(acts.must_be_published),
        done=_l("Recorded."),
    ),
    "remove": Command(
        _l("Remove the initiative"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        acts.remove_initiative,
        help=_l("For advertising, and for what was entered by mistake."),
        done=_l("Removed."),
        back=lambda _each: reverse("workspace:initiatives"),
    ),
}
NEW: Mapping[str, Command] = {
    "initiative": Command(
        _l("Enter an initiative"),
        _l("Publish"),
        _RUN,
        new(forms.InitiativeForm),
        acts.enter_initiative,
        help=_l("It is public at once."),
    ),
}


def initiatives(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(WORKSPACE_INITIATIVES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(each, presenters.state_text(each), presenters.where_text(each)) for each in listing.rows],
        "unread": Initiative.objects.filter(state=InitiativeState.WAITING).count(),
    }
    return render(request, "workspace/initiatives/initiatives.html", context)


def new_initiative(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "initiative", area=AREA, back=reverse("workspace:initiatives"))


def initiative(request: HttpRequest, code: str) -> HttpResponse:
    found = get_initiative_for(request.user, code)
    context = {
        "workspace_section": AREA,
        "initiative": found,
        "state": presenters.state_text(found),
        "where": presenters.where_text(found),
        "when": presenters.when_text(found),
        "commands": [
            (command, reverse("workspace:initiative_command", args=[code, name]), name)
            for name, command in commands_for(request.user, found, COMMANDS).items()
        ],
        "main": "publish" if found.state == InitiativeState.WAITING else "edit",
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/initiatives/initiative.html", context)


def initiative_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_initiative_for(request.user, code), COMMANDS, name, area=AREA)
