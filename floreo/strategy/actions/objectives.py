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
from floreo.strategy.levels import Level, has_level, levels_of, many, one
from floreo.strategy.models import Objective, Pillar


@action("objective.added", needs=Permission.PLAN_EDIT)
def add_objective(
    pillar: Pillar, *, by: Actor, code: str, above: Objective | None = None, **facts: Unpack[BranchFacts]
) -> Objective:
    """An objective at the end of its pillar, or the last part of the objective `above` it in a plan of four levels. Its code is free in
    the whole edition: its address names no pillar."""
    must_have_objectives(pillar, above)
    taken = Objective.objects.filter(pillar__edition_id=pillar.edition_id)
    position = last_position(Objective.objects.filter(pillar=pillar))
    objective = Objective(pillar=pillar, above=above, code=require_free_code(taken, code), position=position)
    assign(objective, facts)
    objective.title = require_text(objective.title, field="title", sentence=_("Enter a title."))
    return save(objective)


@action("sub_objective.added", needs=Permission.PLAN_EDIT, quiet=True)
def add_sub_objective(above: Objective, *, by: Actor, code: str, **facts: Unpack[BranchFacts]) -> Objective:
    """A part of an objective, in a plan of four levels."""
    return add_objective(above.pillar, by=by, code=code, above=above, **facts)


def must_have_objectives(pillar: Pillar, above: Objective | None) -> None:
    """Raises Refused where the plan has no such level, or what it would be a part of is elsewhere or is a part itself."""
    edition = pillar.edition
    if not has_level(edition, Level.SUB_OBJECTIVE if above else Level.OBJECTIVE):
        sentence = _("This plan has these levels: %(levels)s.") % {
            "levels": ", ".join(one(level, edition) for level in levels_of(edition))
        }
        raise Refused(sentence, code="no_such_level")
    if above is not None and (above.pillar_id != pillar.pk or above.above_id or above.is_implied):
        sentence = _("Choose what it is a part of: %(level)s.") % {"level": one(Level.OBJECTIVE, edition)}
        raise Refused(sentence, code="other_branch", fields={"above": sentence})


@action("objective.updated", needs=Permission.PLAN_EDIT)
def update_objective(
    objective: Objective, *, by: Actor, version: int | None = None, **facts: Unpack[BranchFacts]
) -> Objective:
    objective = lock_latest(objective, version)
    assign(objective, facts)
    objective.title = require_text(objective.title, field="title", sentence=_("Enter a title."))
    return save(objective)


@action("objective.moved", needs=Permission.PLAN_EDIT, quiet=True)
def move_objective(objective: Objective, *, by: Actor, up: bool) -> Objective:
    """One place up or down in its pillar."""
    objective = lock_latest(objective)
    move_among(objective, Objective.objects.filter(pillar_id=objective.pillar_id, above_id=objective.above_id), up=up)
    renumber(objective.pillar.edition)
    return objective


@action("objective.removed", needs=Permission.PLAN_EDIT)
def remove_objective(objective: Objective, *, by: Actor) -> None:
    """Removes an objective that holds no action."""
    objective = lock_latest(objective)
    must_hold_nothing(objective)
    delete_unless_used(objective, _("An indicator or another record is linked to it. Change that first."))


def must_hold_nothing(objective: Objective) -> None:
    """Raises Refused while something is under it."""
    edition = objective.pillar.edition
    for held, level in ((objective.below, Level.SUB_OBJECTIVE), (objective.actions, Level.ACTION)):
        if held.exists():
            sentence = _("Not empty: it has %(levels)s. Move or remove them first.") % {"levels": many(level, edition)}
            raise Refused(sentence, code="not_empty")
