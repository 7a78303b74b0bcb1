"""Reads of meetings and decisions used more than once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Model, Q

from floreo.core import clock
from floreo.core.keys import key, things_of
from floreo.meetings.logic import DecisionState, MeetingState, may_become
from floreo.meetings.models import Decision, Meeting
from floreo.strategy.models import Action, Edition, Milestone


def done_on(thing: Model) -> date | None:
    """The day on which what a decision became was done."""
    if isinstance(thing, Action):
        return thing.closed_on
    return thing.reached_on if isinstance(thing, Milestone) else None


@dataclass(frozen=True)
class DecisionShown:
    """A decision with the things it names: what it is about, and what it became. A thing that is gone is None."""

    decision: Decision
    about: Model | None = None
    became: Model | None = None

    @property
    def act(self) -> Action | None:
        """The action that it moves, or that it became part of."""
        for thing in (self.became, self.about):
            if isinstance(thing, Action):
                return thing
            if isinstance(thing, Milestone):
                return thing.action
        return None

    @property
    def state(self) -> str:
        """As it is now: what became part of the plan is carried out as soon as that is done."""
        state = self.decision.state
        if self.became is not None and done_on(self.became) and may_become(state, DecisionState.CARRIED_OUT):
            return DecisionState.CARRIED_OUT
        return state


def shown(decisions: Iterable[Decision]) -> list[DecisionShown]:
    """Each with the things it names, in one query a kind of thing."""
    rows = list(decisions)
    things = things_of(k for d in rows for k in (d.about, d.became) if k)
    acts = {t.action_id for t in things.values() if isinstance(t, Milestone)}
    known = {
        a.pk: a
        for a in Action.objects.filter(
            pk__in=acts | {t.pk for t in things.values() if isinstance(t, Action)}
        ).select_related("edition")
    }
    for name, thing in list(things.items()):
        if isinstance(thing, Milestone):
            thing.action = known[thing.action_id]
        elif isinstance(thing, Action):
            things[name] = known[thing.pk]
    return [DecisionShown(d, things.get(d.about), things.get(d.became)) for d in rows]


def decisions_asked(edition: Edition, viewer: object) -> list[Decision]:
    """Decisions asked of somebody outside and not answered yet, the oldest first."""
    rows = Decision.objects.visible_to(viewer).filter(edition=edition, state=DecisionState.ASKED)
    return list(rows.exclude(addressed_to="").select_related("item", "organisation").order_by("asked_on", "pk"))


def meetings_to_come(edition: Edition, viewer: object, *, days: int | None = None) -> list[Meeting]:
    """Planned meetings of the edition's committees from today on, the next first."""
    today = clock.today()
    rows = Meeting.objects.visible_to(viewer).filter(state=MeetingState.PLANNED, on__gte=today)
    rows = rows.filter(Q(committee__edition=edition) | Q(committee__edition=None)).select_related("committee")
    if days is not None:
        rows = rows.filter(on__lte=today + timedelta(days=days))
    return list(rows.order_by("on", "starts_at", "pk"))


def decisions_about(things: Sequence[Model], viewer: object) -> list[DecisionShown]:
    """Decisions that are about any of these things, or became one of them. The newest first."""
    keys = [key(thing) for thing in things]
    rows = Decision.objects.visible_to(viewer).filter(Q(about__in=keys) | Q(became__in=keys))
    return shown(rows.select_related("edition", "organisation", "committee", "meeting"))


def earlier_meeting(meeting: Meeting) -> Meeting | None:
    """The meeting of the same committee before this one."""
    rows = Meeting.objects.filter(committee=meeting.committee, on__lt=meeting.on).exclude(state=MeetingState.CANCELLED)
    return rows.order_by("-on", "-pk").first()
