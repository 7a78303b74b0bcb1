"""Writing actions: what one is, who answers for it, and where it is in the plan."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete_unless_used,
    last_position,
    lock_latest,
    move_among,
    require_free_code,
    require_order,
    require_text,
    save,
)
from floreo.organisations.models import Person
from floreo.strategy.actions.ordering import renumber
from floreo.strategy.actions.own import put_due_of_term, put_own
from floreo.strategy.actions.statuses import recompute_status
from floreo.strategy.levels import Level, has_level, one
from floreo.strategy.models import Action, Objective


class ActionFacts(TypedDict, total=False):
    """What may be said of an action, apart from its code and its place. Its status is worked out, so it is not here."""

    title: str
    official_wording: str
    official_place: str
    public_text: str
    internal_notes: str
    starts_on: date | None
    due_on: date | None
    person: Person | None
    is_public: bool
    term: str
    own: dict[str, object]  # values of the country's own fields by their codes
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def _assign(act: Action, facts: ActionFacts) -> None:
    own = facts.pop("own", {})
    assign(act, facts)
    put_own(act, own)


def check_action(act: Action) -> None:
    """Raises Refused unless it has a title, its days run forwards, its term is known and its person is somebody still there."""
    put_due_of_term(act)
    act.title = require_text(act.title, field="title", sentence=_("Enter a title for the action."))
    require_order(act.starts_on, act.due_on, field="due_on", named=(_("The start date"), _("the due date")))
    if act.person is not None and not act.person.is_active:
        sentence = _("%(name)s is no longer responsible for anything. Choose somebody else.") % {
            "name": act.person.name
        }
        raise Refused(sentence, code="person_gone", fields={"person": sentence})


def must_hold_actions(objective: Objective) -> None:
    """Raises Refused where the plan has a level between this one and its actions."""
    edition = objective.pillar.edition
    if has_level(edition, Level.SUB_OBJECTIVE) and not objective.above_id:
        sentence = _("Choose the level above it: %(level)s.") % {"level": one(Level.SUB_OBJECTIVE, edition)}
        raise Refused(sentence, code="wrong_level", fields={"objective": sentence})


@action("action.added", needs=Permission.PLAN_EDIT)
def add_action(objective: Objective, *, by: Actor, code: str, **facts: Unpack[ActionFacts]) -> Action:
    """An action at the end of its objective."""
    edition = objective.pillar.edition
    must_hold_actions(objective)
    code = require_free_code(Action.objects.filter(edition=edition), code)
    position = last_position(Action.objects.filter(objective=objective))
    act = Action(edition=edition, objective=objective, code=code, position=position)
    _assign(act, facts)
    check_action(act)
    save(act)
    renumber(edition)
    recompute_status(act)
    return act


@action("action.updated", needs=Permission.PLAN_EDIT)
def update_action(act: Action, *, by: Actor, version: int | None = None, **facts: Unpack[ActionFacts]) -> Action:
    """Raises Changed when somebody saved since the form was opened at `version`."""
    act = lock_latest(act, version)
    before = act.person_id
    _assign(act, facts)
    if act.person_id == before and act.person is not None and not act.person.is_active:
        act.person = None  # whoever left cannot be kept by a form that only changed something else
    check_action(act)
    save(act)
    recompute_status(act)
    return act


@action("action.moved", needs=Permission.PLAN_EDIT, quiet=True)
def move_action(act: Action, *, by: Actor, up: bool | None = None, objective: Objective | None = None) -> Action:
    """One place up or down, or to the end of another objective of the edition. Its code stays: it is its address."""
    act = lock_latest(act)
    if objective is not None and objective.pk != act.objective_id:
        if objective.pillar.edition_id != act.edition_id:
            sentence = _("That is in another edition. Carry it over with the next edition instead.")
            raise Refused(sentence, code="other_edition", fields={"objective": sentence})
        must_hold_actions(objective)
        act.objective = objective
        act.position = last_position(Action.objects.filter(objective=objective))
        save(act)
    elif up is not None:
        move_among(act, Action.objects.filter(objective_id=act.objective_id), up=up)
    renumber(act.edition)
    return act


@action("action.removed", needs=Permission.PLAN_EDIT)
def remove_action(act: Action, *, by: Actor, reason: str) -> None:
    """Removes an action entered by mistake. What has been reported on stays: it is closed or put on hold instead."""
    act = lock_latest(act)
    if act.updates.exists() or act.milestones.exclude(reached_on=None).exists():
        sentence = _("This action is in a report, so it cannot be removed. Put it on hold and give the reason.")
        raise Refused(sentence, code="has_history")
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for removing it.")))
    edition = act.edition
    delete_unless_used(act, _("The next edition carried this action over. Remove it there first."))
    renumber(edition)
