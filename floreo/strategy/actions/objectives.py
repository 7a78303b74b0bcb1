"""Writing objectives."""

from __future__ import annotations

from typing import Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete_unless_used,
    last_position,
    lock_latest,
    move_among,
    require_free_code,
    require_text,
    save,
)
from floreo.strategy.actions.ordering import renumber
from floreo.strategy.actions.pillars import BranchFacts
from floreo.strategy.models import Objective, Pillar


@action("objective.added", needs=Permission.PLAN_EDIT)
def add_objective(pillar: Pillar, *, by: Actor, code: str, **facts: Unpack[BranchFacts]) -> Objective:
    """An objective at the end of its pillar. Its code is free in the whole edition: its address names no pillar."""
    taken = Objective.objects.filter(pillar__edition_id=pillar.edition_id)
    position = last_position(Objective.objects.filter(pillar=pillar))
    objective = Objective(pillar=pillar, code=require_free_code(taken, code), position=position)
    assign(objective, facts)
    objective.title = require_text(objective.title, field="title", sentence=_("Enter a title for the objective."))
    return save(objective)


@action("objective.updated", needs=Permission.PLAN_EDIT)
def update_objective(
    objective: Objective, *, by: Actor, version: int | None = None, **facts: Unpack[BranchFacts]
) -> Objective:
    objective = lock_latest(objective, version)
    assign(objective, facts)
    objective.title = require_text(objective.title, field="title", sentence=_("Enter a title for the objective."))
    return save(objective)


@action("objective.moved", needs=Permission.PLAN_EDIT, quiet=True)
def move_objective(objective: Objective, *, by: Actor, up: bool) -> Objective:
    """One place up or down in its pillar."""
    objective = lock_latest(objective)
    move_among(objective, Objective.objects.filter(pillar_id=objective.pillar_id), up=up)
    renumber(objective.pillar.edition)
    return objective


@action("objective.removed", needs=Permission.PLAN_EDIT)
def remove_objective(objective: Objective, *, by: Actor) -> None:
    """Removes an objective that holds no action."""
    objective = lock_latest(objective)
    if objective.actions.exists():
        raise Refused(_("This objective has actions. Move them to another objective first."), code="not_empty")
    delete_unless_used(objective, _("An indicator or another record is linked to this objective. Change that first."))
