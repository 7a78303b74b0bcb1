"""Reads of the plan used more than once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, QuerySet

from floreo.core import clock
from floreo.strategy.logic import Status, tally
from floreo.strategy.models import Action, Edition, EditionState, Objective, Participation, Pillar, Standings


def current_edition(viewer: object) -> Edition | None:
    """The edition in force; else the newest one that the viewer may see."""
    visible = Edition.objects.visible_to(viewer)
    return visible.filter(state=EditionState.IN_FORCE).first() or visible.first()


def counts_of(actions: QuerySet[Action]) -> dict[Status, int]:
    """How many actions stand how, zeros included, in the order of every bar."""
    counts = tally([])
    for status, number in actions.order_by().values_list("status").annotate(n=Count("pk")):
        counts[Status(status)] = number
    return counts


def counts_on(edition: Edition, day: date) -> dict[Status, int] | None:
    """The public tally as it was on the newest counted day not after `day`, or None."""
    row = Standings.objects.filter(edition=edition, on__lte=day).order_by("-on").first()
    return {s: int(row.counts.get(s, 0)) for s in Status} if row else None


def quarter_before(day: date) -> date:
    """The last day of the calendar quarter before the one that holds `day`."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


@dataclass
class PlanPillar:
    """A pillar with its objectives and their actions, and its tally: one branch of the plan's tree."""

    pillar: Pillar
    objectives: list[tuple[Objective, list[Action]]]
    counts: dict[Status, int]

    @property
    def actions(self) -> list[Action]:
        return [a for _o, acts in self.objectives for a in acts]


def with_leads(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with edition, objective and today's participations, ready to show."""
    today = clock.today()
    current = (
        Participation.objects.exclude(until__lt=today)
        .exclude(since__gt=today)
        .select_related("organisation__merged_into")
    )
    return actions.select_related("edition", "objective__pillar").prefetch_related(
        Prefetch("participations", queryset=current, to_attr="current_parts")
    )


def plan_tree(edition: Edition, viewer: object, *, actions: QuerySet[Action] | None = None) -> list[PlanPillar]:
    """The whole plan of an edition for `viewer`, in order, in a fixed number of queries."""
    visible = Action.objects.visible_to(viewer).filter(edition=edition) if actions is None else actions
    shown = with_leads(visible).prefetch_related("milestones").order_by("position", "pk")
    by_objective: dict[int, list[Action]] = {}
    for act in shown:
        by_objective.setdefault(act.objective_id, []).append(act)
    pillars = Pillar.objects.filter(edition=edition).select_related("edition").prefetch_related("objectives")
    tree = []
    for pillar in pillars:
        branches = [(o, by_objective.get(o.pk, [])) for o in pillar.objectives.all()]
        statuses = [a.status for _o, acts in branches for a in acts]
        tree.append(PlanPillar(pillar, branches, tally(statuses)))
    return tree
