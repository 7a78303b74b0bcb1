"""A stepped start of notices: drafted with its reason, agreed by another person, who lets the order be drawn, and stopped by anybody of
the team at any time. What is urgent never waits."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.comparison import FEWEST
from floreo.core.decisions import is_maker, itself
from floreo.core.errors import Refused
from floreo.core.writing import assign, lock_latest, refuse, require_text, save, save_many
from floreo.feeds import stepped
from floreo.feeds.models import SteppedPlace, SteppedStart, SteppedState

HANDLE = Permission.FINDING_HANDLE
MOST_AHEAD = timedelta(days=180)


class SteppedFacts(TypedDict):
    kind: str
    begins_on: date
    days: int
    steps: int
    reason: str


@action("stepped_start.drafted", needs=HANDLE)
def draft_start(*, by: Actor, **facts: Unpack[SteppedFacts]) -> SteppedStart:
    """Holds nothing back yet."""
    start = SteppedStart(made_by=by.actor_name[:200], made_on=clock.today())
    assign(start, facts)
    start.kind, start.reason = start.kind.strip(), start.reason.replace("\x00", "").strip()[:500]
    if not start.reason:
        raise refuse("reason", _("Give the reason why it is justified that some are notified later."), code="missing")
    _must_begin_later(start)
    _must_be_alone(start)
    _must_have_enough(start)
    return save(start)


def _must_begin_later(start: SteppedStart) -> None:
    today = clock.today()
    if not today <= start.begins_on <= today + MOST_AHEAD:
        raise refuse("begins_on", _("Enter a day from today on, at most half a year ahead."))


def _must_be_alone(start: SteppedStart) -> None:
    others = SteppedStart.objects.filter(kind=start.kind).exclude(pk=start.pk)
    today = clock.today()
    for other in others.filter(state__in=(SteppedState.DRAFT, SteppedState.AGREED)):
        if other.state == SteppedState.DRAFT or other.all_begun_on > today:
            raise refuse(
                "kind", _("There is a stepped start for this kind already. It has to end first."), code="twice"
            )


def _must_have_enough(start: SteppedStart) -> int:
    """How many organisations take part."""
    count = len(stepped.eligible(start.kind))
    if count < max(FEWEST, start.steps):
        sentence = ngettext(
            "%(n)d organisation has open findings of this kind that are not urgent and was never notified of any; "
            "at least %(least)d are needed.",
            "%(n)d organisations have open findings of this kind that are not urgent and were never notified of any; "
            "at least %(least)d are needed.",
            count,
        )
        raise refuse("kind", sentence % {"n": count, "least": max(FEWEST, start.steps)}, code="too_few")
    return count


def must_be_draft(start: SteppedStart) -> None:
    if start.state != SteppedState.DRAFT:
        raise Refused(_("This was decided already. Reload the page."), code="decided")


@action("stepped_start.agreed", needs=HANDLE, decides=itself)
def agree_start(start: SteppedStart, *, by: Actor, shown: str | None = None) -> SteppedStart:
    """Draws the order and says from when each organisation is notified. The seed is drawn here, once, and is in the trail with the
    order: nobody chose who waits."""
    start = lock_latest(start)
    must_be_draft(start)
    if is_maker(start, by):
        raise Refused(_("Whoever drafted it does not agree to it: another person of the team has to."), code="maker")
    _must_begin_later(start)
    _must_have_enough(start)
    by_code = {each.code: each for each in stepped.eligible(start.kind)}
    start.seed = secrets.token_hex(16)
    order = stepped.order_of(start.seed, by_code)
    start.state, start.agreed_by, start.agreed_on = SteppedState.AGREED, by.actor_name[:200], clock.today()
    save(start)
    at = stepped.steps_of(order, start.steps)
    places = [
        SteppedPlace(start=start, organisation=by_code[code], step=at[code], begins_on=start.begins(at[code]))
        for code in order
    ]
    save_many(places, model=SteppedPlace)
    note(seed=start.seed, order=order)
    return start


@action("stepped_start.discarded", needs=HANDLE)
def discard_start(start: SteppedStart, *, by: Actor, reason: str) -> SteppedStart:
    """A draft that is not carried out."""
    start = lock_latest(start)
    must_be_draft(start)
    return _end(start, SteppedState.DISCARDED, by, reason)


def must_hold_back(start: SteppedStart) -> None:
    if start.state != SteppedState.AGREED or start.all_begun_on <= clock.today():
        raise Refused(_("No notice waits for it any more. Reload the page."), code="over")


@action("stepped_start.stopped", needs=HANDLE)
def stop_start(start: SteppedStart, *, by: Actor, reason: str) -> SteppedStart:
    """Nobody waits any more: what is due goes with the next notices. The steps that are over are still compared."""
    start = lock_latest(start)
    must_hold_back(start)
    return _end(start, SteppedState.STOPPED, by, reason)


def _end(start: SteppedStart, state: SteppedState, by: Actor, reason: str) -> SteppedStart:
    start.state = state
    start.stop_reason = require_text(reason, field="reason", sentence=_("Give the reason."))[:500]
    start.stopped_by, start.stopped_on = by.actor_name[:200], clock.today()
    return save(start)
