"""Working out statuses: after every change of an action, and for everything when a new day begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.strategy.logic import Rule, Status, StatusResult, facts_on, quarter_ends, status_of, tally
from floreo.strategy.models import Action, Edition, StatusCount

BATCH = 1000


def with_facts(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with all that their rules look at, in four queries however many there are."""
    return actions.select_related("edition", "carried_to__edition").prefetch_related("milestones", "updates", "risks")


def status_result_of(act: Action, day: date) -> StatusResult:
    """What the rules and, beside them, a person say of `act` on `day`."""
    if act.override and act.override_on and act.override_on <= day:
        return StatusResult(Status(act.override), Rule.SET_BY_HAND, act.override_on)
    return status_of(facts_on(act.facts(), day), day)


def recompute_status(act: Action) -> None:
    """Works out one action's status again, inside the action that changed it. Saves only the kept columns: what a rule
    gives is not a fact of its own, so it is not in the trail."""
    fresh = with_facts(Action.objects.filter(pk=act.pk)).get()
    now = status_result_of(fresh, clock.today())
    Action.objects.filter(pk=act.pk).update(status=now.status, status_rule=now.rule, status_since=now.since)
    act.status, act.status_rule, act.status_since = now.status, now.rule, now.since
    _count_today(Edition.objects.filter(pk=act.edition_id))


def _count_today(editions: Iterable[Edition]) -> None:
    day = clock.today()
    for edition in editions:
        counts = tally(Action.objects.filter(edition=edition, is_public=True).values_list("status", flat=True))
        StatusCount.objects.update_or_create(edition=edition, on=day, defaults={"counts": counts})


def _past_days(edition: Edition, day: date, *, again: bool) -> list[date]:
    """The quarters' ends within the edition's own time that are to be counted: those not counted yet, or all `again`."""
    if edition.starts_on is None:
        return []
    ends = quarter_ends(edition.starts_on, min(day, edition.ends_on or day))
    counted = set() if again else set(edition.status_counts.values_list("on", flat=True))
    return [end for end in ends if end < day and end not in counted]


def _recompute_edition(edition: Edition, day: date, *, again: bool) -> None:
    """Statuses of today, and the tally at every quarter's end that has none yet."""
    past = _past_days(edition, day, again=again)
    tallies: dict[date, list[str]] = {d: [] for d in past}
    actions, last = Action.objects.filter(edition=edition).order_by("pk"), 0
    while batch := list(with_facts(actions.filter(pk__gt=last)[:BATCH])):
        last = batch[-1].pk
        for act in batch:
            now = status_result_of(act, day)
            act.status, act.status_rule, act.status_since = now.status, now.rule, now.since
            if act.is_public:
                for end in past:
                    tallies[end].append(status_result_of(act, end).status)
        Action.objects.bulk_update(batch, ["status", "status_rule", "status_since"], batch_size=200)
    for end, statuses in tallies.items():
        StatusCount.objects.update_or_create(edition=edition, on=end, defaults={"counts": tally(statuses)})
    _count_today([edition])


@action("statuses.refreshed", needs=None, quiet=True)
def refresh_statuses(*, by: Actor, editions: QuerySet[Edition] | None = None, always: bool = False) -> int:
    """Works out every status for today where that has not been done. Called by the worker when the day changes, and after
    a pack is loaded (`always`). Returns how many editions were worked out. May be called by anybody: it changes no fact."""
    day = clock.today()
    due = Edition.objects.all() if editions is None else editions
    if not always:
        due = due.filter(Q(valid_on=None) | ~Q(valid_on=day))
    count = 0
    for edition in due:
        _recompute_edition(edition, day, again=always)
        Edition.objects.filter(pk=edition.pk).update(valid_on=day)
        count += 1
    return count
