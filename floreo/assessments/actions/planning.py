"""The action plan of an organisation: what it does about each gap, by whom and by when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from floreo.assessments.models import RUN, LineState, Participant, PlanLine
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, refuse, require_past, require_text, save
from floreo.frameworks.models import Item
from floreo.strategy.actions.actions import add_action
from floreo.strategy.models import Action, Objective

ANSWER = Permission.ASSESSMENT_ANSWER


def must_be_accepted(participant: Participant) -> None:
    if not participant.is_accepted:
        raise Refused(
            _("The plan is made once the assessment is accepted: before that its gaps may still change."),
            code="not_accepted",
        )


def must_go_on(line: PlanLine) -> None:
    if line.state != LineState.OPEN:
        raise Refused(_("This line of the plan has ended."), code="ended")


def must_have_no_action(line: PlanLine) -> None:
    must_go_on(line)
    if line.action_id is not None:
        raise Refused(_("An action of the national plan does this already."), code="has_action")


@action("plan_line.added", needs=ANSWER)
def add_line(participant: Participant, *, by: Actor, item: Item, title: str, owner: str, due_on: date) -> PlanLine:
    """One thing that is done about a gap. Refuses a due date that has passed, and an item that is not of the assessment."""
    fresh = lock_latest(participant)
    must_be_accepted(fresh)
    if item.in_version_id != fresh.campaign.in_version_id or not item.is_rated:
        raise refuse("item", _("This item belongs to another framework."), code="another_framework")
    made = PlanLine(participant=fresh, item=item, due_on=due_on)
    assign(made, {"title": title, "owner": owner})
    _require_sound(made)
    if fresh.accepted_on is not None and due_on < fresh.accepted_on:
        raise refuse("due_on", _("This day is before the assessment was accepted. Enter a later one."), code="past")
    return save(made)


def _require_sound(line: PlanLine) -> None:
    require_text(line.title, field="title", sentence=_("Say what is done."))
    require_text(line.owner, field="owner", sentence=_("Say who does it: a post or a unit."))


@action("plan_line.updated", needs=ANSWER)
def update_line(line: PlanLine, *, by: Actor, version: int | None = None, **facts: Any) -> PlanLine:
    """Another owner, another day. The trail keeps the one before."""
    fresh = lock_latest(line, version)
    must_go_on(fresh)
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


@action("plan_line.done", needs=ANSWER)
def finish_line(line: PlanLine, *, by: Actor, on: date) -> PlanLine:
    """It is done, on a day that has been."""
    fresh = lock_latest(line)
    must_go_on(fresh)
    require_past(on, field="on")
    fresh.state, fresh.ended_on = LineState.DONE, on
    return save(fresh, at={"ended_on": "on"})


@action("plan_line.dropped", needs=ANSWER)
def give_up_line(line: PlanLine, *, by: Actor, on: date, reason: str) -> PlanLine:
    """It is not done, and why. It counts as not closed in time."""
    fresh = lock_latest(line)
    must_go_on(fresh)
    require_past(on, field="on")
    fresh.reason = require_text(reason, field="reason", sentence=_("Say why it is given up."))
    fresh.state, fresh.ended_on = LineState.DROPPED, on
    return save(fresh, at={"ended_on": "on"})


@action("plan_line.given_action", needs=RUN)
def give_action(line: PlanLine, *, by: Actor, act: Action) -> PlanLine:
    """An action of the national plan does it: the line is done when that action is closed."""
    fresh = lock_latest(line)
    must_have_no_action(fresh)
    fresh.action = act
    return save(fresh)


@action("plan_line.action_made", needs=RUN)
def make_action(line: PlanLine, *, by: Actor, objective: Objective, code: str, title: str) -> PlanLine:
    """A new action of the national plan, which is not public: what an organisation lacks is nobody else's to read."""
    fresh = lock_latest(line)
    must_have_no_action(fresh)
    fresh.action = add_action(objective, by=by, code=code, title=title, due_on=fresh.due_on, is_public=False)
    return save(fresh)
