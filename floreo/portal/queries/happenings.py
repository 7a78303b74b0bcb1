"""What moved and what comes next: events, milestones and closed actions on one timeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from floreo.core.composed import composed
from floreo.core.dates import Precision
from floreo.core.models import Sourced
from floreo.core.wording import lasting_text
from floreo.strategy.models import Action, Edition, Event, Milestone


@dataclass(frozen=True)
class Happening:
    """One dated thing, ready to show. `row` is what it came from, for its source and its doubt."""

    on: date | None
    precision: str
    title: str
    note: str
    address: str
    row: Sourced
    ends_on: date | None = None  # of what lasted longer

    @property
    def when(self) -> str:
        return lasting_text(self.on, self.ends_on, self.precision)

    @property
    def stamp(self) -> str:
        """For <time datetime>: no more exact than it is known."""
        if self.on is None:
            return ""
        exact = {"year": 4, "month": 7, "quarter": 7}.get(str(self.precision), 10)
        return self.on.isoformat()[:exact]


def of_event(event: Event) -> Happening:
    address = event.action.get_absolute_url() if event.action and event.action.is_public else ""
    return Happening(event.on, event.precision, event.in_language("title"), "", address, event, event.ends_on)


def _of_milestone(milestone: Milestone, on: date | None, note: str) -> Happening:
    address = milestone.action.get_absolute_url()
    return Happening(on, Precision.DAY, milestone.in_language("title"), note, address, milestone)


def _of_action(act: Action, on: date | None, note: str) -> Happening:
    return Happening(on, Precision.DAY, act.in_language("title"), note, act.get_absolute_url(), act)


# What a moment says of where it came from; long texts stay in the database.
_SOURCED = ("confirmed", "read_on", "doubt", "source", "source_url")
_OF_ACTION = ("code", "title", "translations", "edition__code", *_SOURCED)
_OF_MILESTONE = ("title", "translations", "action__code", "action__edition__code", *_SOURCED)
_OF_EVENT = (
    "title",
    "translations",
    "on",
    "precision",
    "ends_on",
    "edition",
    "action__code",
    "action__is_public",
    "action__edition__code",
    *_SOURCED,
)


def public_actions(edition: Edition) -> QuerySet[Action]:
    return Action.objects.visible_to(None).filter(edition=edition)


def public_events(edition: Edition) -> QuerySet[Event]:
    return Event.objects.filter(edition=edition, is_public=True).select_related("action__edition").only(*_OF_EVENT)


def events_of(act: Action) -> list[Event]:
    """Public ones of one action."""
    return _events_of(act.edition, act)


@composed
def _events_of(edition: Edition, act: Action) -> QuerySet[Event]:
    return public_events(edition).filter(action=act)


def _dated_actions(edition: Edition, day: str) -> QuerySet[Action]:
    return public_actions(edition).select_related("edition").only(*_OF_ACTION, day)


def _dated_milestones(edition: Edition, day: str) -> QuerySet[Milestone]:
    rows = Milestone.objects.filter(action__edition=edition, action__is_public=True)
    return rows.select_related("action__edition").only(*_OF_MILESTONE, day)


def _newest_first(moments: Iterable[Happening]) -> list[Happening]:
    return sorted(moments, key=lambda m: m.on or date.min, reverse=True)


def _without_repeats(moments: Iterable[Happening]) -> list[Happening]:
    """Without a milestone of an action that has its own line on the same day."""
    rows = list(moments)
    own = {(m.row.pk, m.on) for m in rows if isinstance(m.row, Action)}
    return [m for m in rows if not (isinstance(m.row, Milestone) and (m.row.action_id, m.on) in own)]


def past_and_to_come(events: Iterable[Event], today: date) -> tuple[list[Happening], list[Happening]]:
    """What happened, newest first, and apart from it what is still to come, soonest first; what has no date is to come."""
    rows = list(events)
    past = [of_event(e) for e in rows if e.on is not None and e.on <= today]
    ahead = [of_event(e) for e in rows if e.on is None or e.on > today]
    return _newest_first(past), sorted(ahead, key=lambda m: m.on or date.max)


def moved(edition: Edition, *, today: date, limit: int) -> list[Happening]:
    """What happened, newest first: three queries however much there is."""
    return _newest_first(
        _without_repeats(
            [
                *(of_event(e) for e in _last_events(edition, today, limit=limit)),
                *(
                    _of_milestone(m, m.reached_on, _("Milestone reached"))
                    for m in _last_reached(edition, today, limit=limit)
                ),
                *(_of_action(a, a.closed_on, _("Action done")) for a in _last_closed(edition, today, limit=limit)),
            ]
        )
    )[:limit]


@composed
def _last_events(edition: Edition, today: date, *, limit: int) -> QuerySet[Event]:
    return public_events(edition).filter(on__lte=today).order_by("-on", "-pk")[:limit]


@composed
def _last_reached(edition: Edition, today: date, *, limit: int) -> QuerySet[Milestone]:
    reached = _dated_milestones(edition, "reached_on").filter(reached_on__lte=today)
    return reached.order_by("-reached_on", "-pk")[:limit]


@composed
def _last_closed(edition: Edition, today: date, *, limit: int) -> QuerySet[Action]:
    closed = _dated_actions(edition, "closed_on").filter(closed_on__lte=today)
    return closed.order_by("-closed_on", "-pk")[:limit]


def coming(edition: Edition, *, today: date, limit: int) -> list[Happening]:
    """What has a date to come, soonest first; then what is announced without a date. Three queries."""
    moments = [
        *(of_event(e) for e in _next_events(edition, today, limit=limit)),
        *(_of_milestone(m, m.due_on, _("Milestone due")) for m in _next_milestones(edition, today, limit=limit)),
        *(_of_action(a, a.due_on, _("Action due")) for a in _next_actions(edition, today, limit=limit)),
    ]
    return sorted(_without_repeats(moments), key=lambda m: m.on or date.max)[:limit]


@composed
def _next_events(edition: Edition, today: date, *, limit: int) -> QuerySet[Event]:
    to_come = public_events(edition).filter(Q(on__gt=today) | Q(on=None))
    return to_come.order_by(F("on").asc(nulls_last=True), "pk")[:limit]


@composed
def _next_milestones(edition: Edition, today: date, *, limit: int) -> QuerySet[Milestone]:
    due = _dated_milestones(edition, "due_on").filter(reached_on=None, due_on__gte=today)
    return due.order_by("due_on", "pk")[:limit]


@composed
def _next_actions(edition: Edition, today: date, *, limit: int) -> QuerySet[Action]:
    due = _dated_actions(edition, "due_on").filter(closed_on=None, due_on__gte=today)
    return due.order_by("due_on", "pk")[:limit]
