"""The course of an action: closed, on hold, expected later, or set by hand."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_order, require_past, require_text, save
from floreo.strategy.actions.statuses import recompute_status
from floreo.strategy.models import Action, StatusChoice

# What an action of the plan must be for each step; the page asks the same before it offers the step.


def must_not_be_closed(act: Action) -> None:
    if act.closed_on is not None:
        raise Refused(_("The action is closed. Open it again first."), code="already_closed")


def must_be_closed(act: Action) -> None:
    if act.closed_on is None:
        raise Refused(_("It is already open."), code="not_closed")


def must_be_on_hold(act: Action) -> None:
    if act.on_hold_since is None:
        raise Refused(_("It is not on hold."), code="not_held")


def must_be_overridden(act: Action) -> None:
    if not act.override:
        raise Refused(_("There is no status override here."), code="no_override")


@action("action.closed", needs=Permission.PLAN_EDIT)
def close_action(
    act: Action, *, by: Actor, on: date | None = None, name: str = "", version: int | None = None
) -> Action:
    """It is done, on a day, by somebody's word. Every milestone is reached or removed first, so that "done" holds."""
    act, on = lock_latest(act, version), on or clock.today()
    must_not_be_closed(act)
    require_past(on, field="on")
    require_order(act.starts_on, on, field="on", named=(_("The start date"), _("the closing date")))
    if open_titles := list(act.milestones.filter(reached_on=None).values_list("title", flat=True)):
        sentence = _(
            "Milestones not reached: %(titles)s. Enter the date of each, or remove it, then close the action."
        ) % {"titles": "; ".join(f"“{t}”" for t in open_titles)}
        raise Refused(sentence, code="open_milestones")
    act.closed_on, act.closed_by = on, name.strip() or by.actor_name
    _take_off_hold(act)
    _lift(act)
    save(act, at={"closed_by": "name"})
    recompute_status(act)
    return act


@action("action.reopened", needs=Permission.PLAN_EDIT)
def reopen_action(act: Action, *, by: Actor, reason: str) -> Action:
    act = lock_latest(act)
    must_be_closed(act)
    note(reason=require_text(reason, field="reason", sentence=_("Give the reason for opening it again.")))
    act.closed_on, act.closed_by = None, ""
    save(act)
    recompute_status(act)
    return act


@action("action.held", needs=Permission.PLAN_EDIT)
def hold_action(
    act: Action, *, by: Actor, reason: str, since: date | None = None, version: int | None = None
) -> Action:
    """It rests, for a reason that the public reads. Also changes the reason or the day of a hold."""
    act, since = lock_latest(act, version), since or clock.today()
    must_not_be_closed(act)
    require_past(since, field="since")
    sentence = _("Give the reason for the hold. It is public.")
    act.on_hold_since = since
    act.set_text("on_hold_reason", require_text(reason, field="reason", sentence=sentence))
    save(act, at={"on_hold_reason": "reason"})
    recompute_status(act)
    return act


@action("action.resumed", needs=Permission.PLAN_EDIT)
def resume_action(act: Action, *, by: Actor) -> Action:
    act = lock_latest(act)
    must_be_on_hold(act)
    _take_off_hold(act)
    save(act)
    recompute_status(act)
    return act


@action("action.expected", needs=Permission.PLAN_UPDATE)
def expect_action(
    act: Action, *, by: Actor, expected_on: date | None, late_reason: str | None = None, version: int | None = None
) -> Action:
    """When its lead now expects it, and why it is late, in the lead's words; without words, the reason stays as it is. The due date
    stays as it was planned."""
    act = lock_latest(act, version)
    must_not_be_closed(act)
    require_order(act.starts_on, expected_on, field="expected_on", named=(_("The start date"), _("the expected date")))
    act.expected_on = expected_on
    if late_reason is not None:
        act.set_text("late_reason", late_reason.strip())
    save(act)
    recompute_status(act)
    return act


@action("action.overridden", needs=Permission.PLAN_OVERRIDE)
def set_override(
    act: Action, *, by: Actor, status: str, reason: str, name: str = "", version: int | None = None
) -> Action:
    """A status set by hand. It is beside the rule with a name, a reason and a date, until it is lifted."""
    act = lock_latest(act, version)
    if status not in StatusChoice.values:
        sentence = _("Choose a status.")
        raise Refused(sentence, code="unknown_status", fields={"status": sentence})
    must_not_be_closed(act)
    sentence = _("Give the reason. It is shown to the public beside the status.")
    act.override = status
    act.set_text("override_reason", require_text(reason, field="reason", sentence=sentence))
    act.override_by, act.override_on = name.strip() or by.actor_name, clock.today()
    save(act, at={"override_reason": "reason", "override_by": "name"})
    recompute_status(act)
    return act


def _lift(act: Action) -> None:
    act.override, act.override_by, act.override_on = "", "", None
    act.set_text("override_reason", "")


def _take_off_hold(act: Action) -> None:
    act.on_hold_since = None
    act.set_text("on_hold_reason", "")


@action("action.override_lifted", needs=Permission.PLAN_OVERRIDE)
def lift_override(act: Action, *, by: Actor) -> Action:
    """The rules decide again."""
    act = lock_latest(act)
    must_be_overridden(act)
    _lift(act)
    save(act)
    recompute_status(act)
    return act
