"""Pages of campaigns: the list, the calendar, one campaign with its channels, links and reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.awareness import presenters
from floreo.awareness.access import get_campaign_for, get_channel_for, get_link_for, get_reach_for
from floreo.awareness.actions import campaigns as actions
from floreo.awareness.models import Campaign
from floreo.awareness.queries import reach_by_unit, running
from floreo.awareness.tables import CAMPAIGNS
from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.lists import Listing
from floreo.core.ui.locale import day
from floreo.evidence.models import Evidence
from floreo.workspace.awareness import forms
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of

AREA = "campaigns"
_RUN = Permission.AWARENESS_RUN
MONTHS = 12


def _reach_commands(request: HttpRequest) -> Mapping[str, Command]:
    """Of one viewer: a form that offers only documents that they may know of."""
    return {
        "edit": Command(
            _l("Edit reach"),
            _l("Edit"),
            _RUN,
            lambda data, r: forms.ReachForm(data, campaign=r.campaign, viewer=request.user, instance=r),
            actions.update_reach,
        ),
        "remove": Command(_l("Remove the number"), _l("Remove"), _RUN, new(CommandForm), actions.remove_reach),
    }


def _commands(request: HttpRequest) -> Mapping[str, Command]:
    return {
        "publish": Command(
            _l("Publish the campaign"),
            _l("Publish"),
            _RUN,
            new(CommandForm),
            actions.publish_campaign,
            allowed_by(actions.must_not_be_public),
            help=_l("Everybody sees it with its channels, partners and reach."),
            done=_l("Published."),
        ),
        "reach": Command(
            _l("Enter reach"),
            _l("Enter reach"),
            _RUN,
            lambda data, c: forms.ReachForm(data, campaign=c, viewer=request.user),
            actions.enter_reach,
            allowed_by(actions.must_have_begun),
            help=_l("One number, what it counts, and who counted it. Numbers of different units are never added."),
            done=_l("Reach entered."),
        ),
        "channel": Command(_l("Add a channel"), _l("Add a channel"), _RUN, new(forms.ChannelForm), actions.add_channel),
        "link": Command(
            _l("Add a partner, site or initiative"),
            _l("Add a partner, site or initiative"),
            _RUN,
            new(forms.LinkForm),
            actions.add_link,
        ),
        "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.CampaignForm), actions.update_campaign),
        "withdraw": Command(
            _l("Withdraw from the public site"),
            _l("Withdraw"),
            _RUN,
            new(CommandForm),
            actions.withdraw_campaign,
            allowed_by(actions.must_be_public),
            done=_l("Nobody outside the workspace sees it any more."),
        ),
        "remove": Command(
            _l("Remove the campaign"),
            _l("Remove"),
            _RUN,
            new(CommandForm),
            actions.remove_campaign,
            allowed_by(actions.must_be_removable),
            done=_l("Removed."),
            back=lambda _c: reverse("workspace:campaigns"),
        ),
    }


NEW: Mapping[str, Command] = {
    "campaign": Command(
        _l("Prepare a campaign"),
        _l("Save draft"),
        _RUN,
        new(forms.NewCampaignForm),
        actions.prepare_campaign,
        help=_l("Nobody outside the workspace sees it until you publish it."),
        done=_l("Draft saved."),
    ),
}
OF_CHANNEL: Mapping[str, Command] = {
    "placed": Command(_l("It was placed"), _l("It was placed"), _RUN, new(forms.PlacedForm), actions.place_channel),
    "edit": Command(_l("Edit the channel"), _l("Edit"), _RUN, over_row(forms.ChannelForm), actions.update_channel),
    "remove": Command(_l("Remove the channel"), _l("Remove"), _RUN, new(CommandForm), actions.remove_channel),
}
OF_LINK: Mapping[str, Command] = {
    "edit": Command(_l("Edit"), _l("Edit"), _RUN, over_row(forms.LinkForm), actions.update_link),
    "remove": Command(_l("Remove"), _l("Remove"), _RUN, new(CommandForm), actions.remove_link),
}


def campaigns(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(CAMPAIGNS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": AREA,
        "listing": listing,
        "rows": [(c, presenters.phase_text(c), presenters.audiences_text(c)) for c in listing.rows],
        "may_prepare": can(request.user, _RUN),
    }
    return render(request, "workspace/awareness/campaigns.html", context)


def calendar(request: HttpRequest) -> HttpResponse:
    """Twelve months from this one on: which campaigns run, and what is placed when."""
    months = presenters.months(clock.today(), MONTHS)
    found = running(request.user, months[0][0], months[-1][1])
    rows = []
    for first, last in months:
        here = [c for c in found if c.starts_on <= last and c.ends_on >= first]
        placings = [
            (ch, c) for c in here for ch in c.channels.all() if first <= (ch.placed_on or ch.planned_on) <= last
        ]
        rows.append(
            (day(first, "month"), here, sorted(placings, key=lambda pair: pair[0].placed_on or pair[0].planned_on))
        )
    context = {"workspace_section": AREA, "months": rows, "is_empty": not found}
    return render(request, "workspace/awareness/calendar.html", context)


def new_campaign(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "campaign", area=AREA, back=reverse("workspace:campaigns"))


def campaign(request: HttpRequest, code: str) -> HttpResponse:
    found = get_campaign_for(request.user, code)
    reach = list(found.reach.select_related("channel", "document"))
    seen = set(Evidence.objects.visible_to(request.user).filter(campaign_reach__in=reach).values_list("pk", flat=True))
    context = {
        "workspace_section": AREA,
        "campaign": found,
        "phase": presenters.phase_text(found),
        "audiences": presenters.audiences_text(found),
        "commands": _links(request, found),
        "main": _main(found, has_reach=bool(reach)),
        "channels": list(found.channels.all()),
        "links": list(found.links.select_related("organisation", "initiative")),
        "totals": presenters.reach_text(reach_by_unit(reach)),
        "reach": [(r, presenters.reach_line(r.unit, r.number), r.document_id in seen) for r in reach],
        "may_run": can(request.user, _RUN),
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/awareness/campaign.html", context)


def _links(request: HttpRequest, found: Campaign) -> list[tuple[Command, str, str]]:
    named = commands_for(request.user, found, _commands(request))
    return [(c, reverse("workspace:campaign_command", args=[found.code, name]), name) for name, c in named.items()]


def _main(found: Campaign, *, has_reach: bool) -> str:
    """The one thing that comes next."""
    if not found.is_public:
        return "publish"
    return "reach" if found.starts_on <= clock.today() and not has_reach else ""


def _back(code: str) -> str:
    return reverse("workspace:campaign", args=[code])


def campaign_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_campaign_for(request.user, code), _commands(request), name, area=AREA)


def _part(request: HttpRequest, thing: Any, commands: Mapping[str, Command], name: str, code: str) -> HttpResponse:
    return command_view(request, thing, commands, name, area=AREA, back=_back(code))


def channel_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    return _part(request, get_channel_for(request.user, code, pk), OF_CHANNEL, name, code)


def link_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    return _part(request, get_link_for(request.user, code, pk), OF_LINK, name, code)


def reach_command(request: HttpRequest, code: str, pk: int, name: str) -> HttpResponse:
    return _part(request, get_reach_for(request.user, code, pk), _reach_commands(request), name, code)
