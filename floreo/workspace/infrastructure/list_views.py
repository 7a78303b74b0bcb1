"""Lists of this area, and the pages of sectors."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _l

from floreo.core.access import can
from floreo.core.lists import Listing
from floreo.infrastructure import presenters
from floreo.infrastructure.access import get_sector_for
from floreo.infrastructure.models import EDIT, Service, ServiceStateChoice
from floreo.infrastructure.tables import ASSETS, DEPENDENCIES, PLANS, SECTORS, WORKSPACE_SERVICES
from floreo.organisations.actions import sectors as acts
from floreo.organisations.models import Organisation
from floreo.organisations.queries import with_parts
from floreo.workspace.commands import Command, command_view, commands_for, new, over_row
from floreo.workspace.forms import CommandForm
from floreo.workspace.infrastructure import forms
from floreo.workspace.verbs import history_of

SECTOR_COMMANDS: Mapping[str, Command] = {
    "edit": Command(_l("Edit the sector"), _l("Edit"), EDIT, over_row(forms.SectorForm), acts.update_sector),
    "remove": Command(
        _l("Remove the sector"),
        _l("Remove"),
        EDIT,
        new(CommandForm),
        acts.remove_sector,
        done=_l("Removed."),
        back=lambda _each: reverse("workspace:sectors"),
    ),
}
NEW: Mapping[str, Command] = {
    "sector": Command(_l("Add a sector"), _l("Add sector"), EDIT, new(forms.SectorForm), acts.add_sector),
}


def sectors(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(SECTORS, request)
    if file := listing.download():
        return file
    seen = _services_seen(request)
    context = {
        "workspace_section": "sectors",
        "listing": listing,
        "rows": [(each, seen.get(each.pk, 0)) for each in listing.rows],
        "may_edit": can(request.user, EDIT),
    }
    return render(request, "workspace/infrastructure/sectors.html", context)


def _services_seen(request: HttpRequest) -> dict[int, int]:
    """How many services of each sector this person may see: an operator counts its own."""
    rows = WORKSPACE_SERVICES.rows(request.user).order_by().values("sector").annotate(n=Count("pk"))
    return {row["sector"]: row["n"] for row in rows}


def new_sector(request: HttpRequest) -> HttpResponse:
    return command_view(request, None, NEW, "sector", area="sectors", back=reverse("workspace:sectors"))


def sector(request: HttpRequest, code: str) -> HttpResponse:
    found = get_sector_for(request.user, code)
    whole = with_parts([found.pk])
    rows = WORKSPACE_SERVICES.rows(request.user).filter(sector__in=whole).order_by("name", "pk")
    context = {
        "workspace_section": "sectors",
        "sector": found,
        "parts": found.parts.all(),
        "services": [(each, presenters.team_designation_text(each)) for each in rows],
        "bodies": Organisation.objects.visible_to(request.user).filter(sector__in=whole, merged_into=None),
        "commands": [
            (command, reverse("workspace:sector_command", args=[code, name]))
            for name, command in commands_for(request.user, found, SECTOR_COMMANDS).items()
        ],
        "history": history_of(found, viewer=request.user),
    }
    return render(request, "workspace/infrastructure/sector.html", context)


def sector_command(request: HttpRequest, code: str, name: str) -> HttpResponse:
    return command_view(request, get_sector_for(request.user, code), SECTOR_COMMANDS, name, area="sectors")


def services(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(WORKSPACE_SERVICES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": "services",
        "listing": listing,
        "rows": [
            (
                each,
                presenters.team_designation_text(each),
                presenters.users_text(each),
                presenters.places_text(each.served.all()),
            )
            for each in listing.rows
        ],
        "may_edit": can(request.user, EDIT),
        "proposed": Service.objects.filter(state=ServiceStateChoice.PROPOSED).count() if can(request.user, EDIT) else 0,
    }
    return render(request, "workspace/infrastructure/services.html", context)


def assets(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(ASSETS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": "assets",
        "listing": listing,
        "rows": listing.rows,
        "may_edit": can(request.user, EDIT),
    }
    return render(request, "workspace/infrastructure/assets.html", context)


def plans(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(PLANS, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": "recovery_plans",
        "listing": listing,
        "rows": [(each, presenters.plan_state_text(each), presenters.plan_hours_text(each)) for each in listing.rows],
    }
    return render(request, "workspace/infrastructure/plans.html", context)


def dependencies(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(DEPENDENCIES, request)
    if file := listing.download():
        return file
    context = {
        "workspace_section": "dependencies",
        "listing": listing,
        "rows": [
            (each, presenters.effect_text(each), presenters.fallback_text(each), presenters.checked_text(each))
            for each in listing.rows
        ],
    }
    return render(request, "workspace/infrastructure/dependencies.html", context)
