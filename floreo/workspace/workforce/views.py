"""Pages of the workforce: gaps, the numbers behind them, and the organisations that were asked."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import Permission
from floreo.core.lists import Listing
from floreo.core.sectors import Sector
from floreo.core.whole import whole
from floreo.workforce import presenters
from floreo.workforce.access import get_need_for, get_request_for
from floreo.workforce.actions import needs as acts
from floreo.workforce.models import NeedsRequest
from floreo.workforce.queries import BY_BODY, BY_SECTOR, gaps_for, role_items
from floreo.workforce.tables import WORKFORCE_NEEDS
from floreo.workspace.commands import Command, allowed_by, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.verbs import history_of
from floreo.workspace.workforce import forms

AREA = "workforce"
_RUN = Permission.WORKFORCE_RUN
LISTED = 200

OF_NEED: Mapping[str, Command] = {
    "edit": Command(_l("Correct the numbers"), _l("Edit"), _RUN, over_row(forms.NeedForm), acts.update_need),
    "remove": Command(
        _l("Remove the numbers"),
        _l("Remove"),
        _RUN,
        new(CommandForm),
        acts.remove_need,
        help=_l("Only if they were entered by mistake. Newer numbers are recorded beside older ones."),
        done=_l("Removed."),
        back=lambda _need: reverse("workspace:workforce_needs"),
    ),
}
NEW: Mapping[str, Command] = {
    "need": Command(
        _l("Record how many people are needed"),
        _l("Save"),
        _RUN,
        new(forms.NeedForm),
        acts.record_need,
        help=_l("Numbers of one organisation are seen by you and by it. The public sees sums of sectors."),
    ),
    "request": Command(
        _l("Ask an organisation for its numbers"),
        _l("Send the link"),
        _RUN,
        new(forms.RequestForm),
        acts.request_needs,
        help=_l("Its personal link is sent by e-mail. Only a hash of it is stored here, so nobody can look it up."),
        done=_l("The e-mail is in the outbox."),
    ),
}
OF_REQUEST: Mapping[str, Command] = {
    "remind": Command(
        _l("Send a reminder"),
        _l("Send a reminder"),
        _RUN,
        new(CommandForm),
        acts.remind,
        allowed_by(acts.must_be_unanswered),
        help=_l("A new link is sent. The one before works no more."),
        done=_l("The reminder is in the outbox."),
    ),
    "end": Command(
        _l("End the link"),
        _l("End the link"),
        _RUN,
        new(CommandForm),
        acts.end_request,
        allowed_by(acts.must_have_link),
        help=_l("The link works no more. What was answered stays."),
        done=_l("The link is ended."),
    ),
}


def workforce(request: HttpRequest) -> HttpResponse:
    """Needed, in post, trained here and missing, by sector or organisation and role; and who trains next."""
    by = BY_BODY if request.GET.get("by") == BY_BODY else BY_SECTOR
    sector = request.GET.get("sector", "")
    sector = sector if sector in Sector.values else ""
    roles = [(str(item.pk), presenters.role_words(item)) for item in role_items()]
    role = whole(request.GET.get("role", ""))
    role = role if str(role) in dict(roles) else None
    found = gaps_for(request.user, by=by, sector=sector, role=role)
    context = {
        "workspace_section": AREA,
        "by": by,
        "gaps": found,
        "missing": found.needed - found.filled,
        "lines": [(line, presenters.role_words(line.role)) for line in found.lines],
        "sectors": Sector.choices,
        "sector": sector,
        "roles": roles,
        "role": str(role or ""),
        "asked": _asked(),
    }
    return render(request, "workspace/workforce/workforce.html", context)


def _asked() -> dict[str, int]:
    """Of the newest year, how many organisations were asked and how many answered."""
    newest = NeedsRequest.objects.order_by("-year").values_list("year", flat=True).first()
    rows = NeedsRequest.objects.filter(year=newest) if newest is not None else NeedsRequest.objects.none()
    return {"year": newest or 0, "all": rows.count(), "answered": rows.exclude(answered_on=None).count()}


def needs(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(WORKFORCE_NEEDS, request)
    if file := listing.download():
        return file
    rows = [(need, presenters.role_words(need.role)) for need in listing.rows]
    return render(
        request, "workspace/workforce/needs.html", {"workspace_section": AREA, "listing": listing, "rows": rows}
    )


def new_need(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "need", area=AREA, back=reverse("workspace:workforce_needs"))


def need(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_need_for(request.user, pk)
    context = {
        "workspace_section": AREA,
        "need": found,
        "role": presenters.role_words(found.role),
        "commands": [
            (command, reverse("workspace:need_command", args=[pk, name]))
            for name, command in commands_for(request.user, found, OF_NEED).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/workforce/need.html", context)


def need_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    return command_view(request, get_need_for(request.user, pk), OF_NEED, name, area=AREA)


def requests(request: HttpRequest) -> HttpResponse:
    """Who was asked, who answered, and what can be done."""
    rows = [
        (asked, presenters.request_text(asked), list(commands_for(request.user, asked, OF_REQUEST).items()))
        for asked in NeedsRequest.objects.select_related("organisation")[:LISTED]
    ]
    return render(request, "workspace/workforce/requests.html", {"workspace_section": AREA, "rows": rows})


def new_request(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "request", area=AREA, back=reverse("workspace:needs_requests"))


def request_command(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    found = get_request_for(request.user, pk)
    return command_view(request, found, OF_REQUEST, name, area=AREA, back=reverse("workspace:needs_requests"))
