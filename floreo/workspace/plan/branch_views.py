"""Pages that add, change, move and remove pillars and objectives, and add actions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from floreo.core.access import must
from floreo.strategy.access import get_objective_for, get_pillar_for
from floreo.strategy.actions import objectives, pillars
from floreo.workspace.commands import command_view
from floreo.workspace.form_page import person
from floreo.workspace.plan.edition_commands import (
    EDIT,
    OBJECTIVE_COMMANDS,
    PILLAR_COMMANDS,
    objective_address,
    plan_address,
)


def pillar_command(request: HttpRequest, edition: str, code: str, name: str) -> HttpResponse:
    pillar = get_pillar_for(request.user, edition, code)
    return command_view(request, pillar, PILLAR_COMMANDS, name, area="plan", back=plan_address(pillar.edition))


def objective_command(request: HttpRequest, edition: str, code: str, name: str) -> HttpResponse:
    objective = get_objective_for(request.user, edition, code)
    return command_view(request, objective, OBJECTIVE_COMMANDS, name, area="plan", back=plan_address(objective.edition))


@require_POST
def move_pillar(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, EDIT)
    pillar = get_pillar_for(request.user, edition, code)
    pillars.move_pillar(pillar, by=person(request), up=request.POST.get("way") == "up")
    return HttpResponseRedirect(plan_address(pillar.edition, f"pillar-{pillar.code}"))


@require_POST
def move_objective(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    must(request.user, EDIT)
    objective = get_objective_for(request.user, edition, code)
    objectives.move_objective(objective, by=person(request), up=request.POST.get("way") == "up")
    return HttpResponseRedirect(objective_address(objective))
