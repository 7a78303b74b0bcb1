"""Writing milestones."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import (
    assign,
    delete,
    last_position,
    lock_latest,
    require_free_code,
    require_past,
    require_text,
    save,
)
from floreo.strategy.actions.course import must_not_be_closed
from floreo.strategy.actions.statuses import recompute_status
from floreo.strategy.logic import next_code
from floreo.strategy.models import Action, Milestone


class MilestoneFacts(TypedDict, total=False):
    """What the plan says of a milestone."""

    title: str
    due_on: date | None
    note: str
    evidence_url: str
    translations: dict[str, dict[str, str]]
    source: str
    source_url: str
    confirmed: bool
    doubt: str


def require_milestone_title(milestone: Milestone) -> str:
    return require_text(milestone.title, field="title", sentence=_("Enter a short description of what is reached."))


@action("milestone.added", needs=Permission.PLAN_EDIT)
def add_milestone(act: Action, *, by: Actor, code: str = "", **facts: Unpack[MilestoneFacts]) -> Milestone:
    """A milestone at the end; without a code it takes the next free one under the action's."""
    must_not_be_closed(lock_latest(act))
    siblings = Milestone.objects.filter(action=act)
    code = code.strip() or next_code(act.code, list(siblings.values_list("code", flat=True)))
    milestone = Milestone(action=act, code=require_free_code(siblings, code), position=last_position(siblings))
    assign(milestone, facts)
    milestone.title = require_milestone_title(milestone)
    save(milestone)
    recompute_status(act)
    return milestone


@action("milestone.updated", needs=Permission.PLAN_EDIT)
def update_milestone(
    milestone: Milestone, *, by: Actor, version: int | None = None, **facts: Unpack[MilestoneFacts]
) -> Milestone:
    milestone = lock_latest(milestone, version)
    assign(milestone, facts)
    milestone.title = require_milestone_title(milestone)
    save(milestone)
    recompute_status(milestone.action)
    return milestone


@action("milestone.reached", needs=Permission.PLAN_UPDATE)
def reach_milestone(
    milestone: Milestone, *, by: Actor, on: date | None = None, note: str = "", evidence_url: str = ""
) -> Milestone:
    """It is reached, on a day. Also corrects the day of one that was."""
    milestone, on = lock_latest(milestone), on or clock.today()
    require_past(on, field="on")
    milestone.reached_on, milestone.expected_on = on, None
    milestone.note = note.strip() or milestone.note
    milestone.evidence_url = evidence_url.strip() or milestone.evidence_url
    save(milestone)
    recompute_status(milestone.action)
    return milestone


def must_be_reached(milestone: Milestone) -> None:
    if milestone.reached_on is None:
        raise Refused(_("It is not marked as reached."), code="not_reached")
    must_not_be_closed(milestone.action)


def must_not_be_reached(milestone: Milestone) -> None:
    if milestone.reached_on is not None:
        raise Refused(_("It is reached, so it cannot have an expected date."), code="already_reached")


@action("milestone.not_reached", needs=Permission.PLAN_UPDATE)
def unreach_milestone(milestone: Milestone, *, by: Actor, reason: str) -> Milestone:
    """It was ticked too early: it is open again, for a reason."""
    milestone = lock_latest(milestone)
    must_be_reached(milestone)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason why it is not reached.")))
    milestone.reached_on = None
    save(milestone)
    recompute_status(milestone.action)
    return milestone


@action("milestone.expected", needs=Permission.PLAN_UPDATE)
def expect_milestone(
    milestone: Milestone, *, by: Actor, expected_on: date | None, note: str | None = None, version: int | None = None
) -> Milestone:
    """When its lead now expects it, with a word that the public reads; without one, that word stays as it is."""
    milestone = lock_latest(milestone, version)
    must_not_be_reached(milestone)
    milestone.expected_on = expected_on
    if note is not None:
        milestone.note = note.strip()
    save(milestone)
    return milestone


@action("milestone.removed", needs=Permission.PLAN_EDIT)
def remove_milestone(milestone: Milestone, *, by: Actor, reason: str) -> None:
    """Takes a milestone out of the plan, for a reason; the trail keeps what it said."""
    milestone = lock_latest(milestone)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for removing it from the plan.")))
    act = milestone.action
    delete(milestone)
    recompute_status(act)
