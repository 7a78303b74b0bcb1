"""Reads of the plan used more than once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from floreo.core import clock
from floreo.core.composed import composed
from floreo.strategy.logic import Status, tally
from floreo.strategy.models import Action, Edition, EditionState, Objective, Participation, Pillar, StatusCount

OPEN_AT_MOST = 120  # a page that shows more actions than this keeps pillars closed until one is asked for


def current_edition(viewer: object) -> Edition | None:
    """The edition in force; else the newest one that the viewer may see."""
    if viewer is None:  # what the head of each public page asks
        return _in_force.first() or Edition.objects.visible_to(None).first()
    visible = Edition.objects.visible_to(viewer)
    return visible.filter(state=EditionState.IN_FORCE).first() or visible.first()


@composed
def _in_force() -> QuerySet[Edition]:
    return Edition.objects.visible_to(None).filter(state=EditionState.IN_FORCE)[:1]


def counts_of(actions: QuerySet[Action]) -> dict[Status, int]:
    """How many actions have which status, zeros included, in the order of every bar."""
    counts = tally([])
    for status, number in actions.order_by().values_list("status").annotate(n=Count("pk")):
        counts[Status(status)] = number
    return counts


def counts_by_edition(editions: Iterable[Edition]) -> dict[int, dict[Status, int]]:
    """The tally of each of these, by its id, in one query."""
    found = {edition.pk: tally([]) for edition in editions}
    rows = Action.objects.filter(edition__in=found).order_by().values_list("edition", "status")
    for key, status, number in rows.annotate(n=Count("pk")):
        found[key][Status(status)] = number
    return found


def counts_on(edition: Edition, day: date) -> dict[Status, int] | None:
    """The public tally as it was on the newest counted day not after `day`, or None."""
    row = _counted_until.first(edition, day)
    return {s: int(row.counts.get(s, 0)) for s in Status} if row else None


@composed
def _counted_until(edition: Edition, day: date) -> QuerySet[StatusCount]:
    return StatusCount.objects.filter(edition=edition, on__lte=day).order_by("-on")[:1]


def quarter_before(day: date) -> date:
    """The last day of the calendar quarter before the one that holds `day`."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)


def counts_by_pillar(actions: QuerySet[Action]) -> dict[int, dict[Status, int]]:
    """The tally of each pillar that has any of these, by its id."""
    return _by_pillar(_numbers(actions))


def public_counts_by_pillar(edition: Edition) -> dict[int, dict[Status, int]]:
    """The same of an edition's public actions."""
    return _by_pillar(_public_numbers(edition))


Numbers = tuple[int, str, int]  # of a pillar's id, a status


def _by_pillar(rows: Iterable[Numbers]) -> dict[int, dict[Status, int]]:
    found: dict[int, dict[Status, int]] = {}
    for key, status, number in rows:
        found.setdefault(key, tally([]))[Status(status)] = number
    return found


def _numbers(actions: QuerySet[Action]) -> QuerySet[Action, Numbers]:
    return actions.order_by().values_list("objective__pillar", "status").annotate(n=Count("pk", distinct=True))


@composed
def _public_numbers(edition: Edition) -> QuerySet[Action, Numbers]:
    return _numbers(Action.objects.visible_to(None).filter(edition=edition))


def places_for_actions(edition: Edition | None = None) -> QuerySet[Objective]:
    """What actions can be under, in the order of the plan: the lowest level above them, seen or not; of all editions without one."""
    lowest = Q(is_implied=True) | Q(pillar__edition__levels=3) | Q(above__isnull=False)
    rows: QuerySet[Objective] = Objective.everything.filter(lowest).select_related("pillar__edition")
    if edition is not None:
        rows = rows.filter(pillar__edition=edition)
    return rows.order_by("-pillar__edition__starts_on", "pillar__position", "pillar_id", "position", "pk")


def in_order(objectives: Iterable[Objective]) -> list[Objective]:
    """Each objective of a pillar followed by its parts, where the plan has four levels."""
    every = list(objectives)
    parts: dict[int, list[Objective]] = {}
    for objective in every:
        if objective.above_id:
            parts.setdefault(objective.above_id, []).append(objective)
    return [each for top in every if not top.above_id for each in (top, *parts.get(top.pk, []))]


@dataclass
class PlanPillar:
    """A pillar with its objectives and their actions, and its tally: one branch of the plan's tree. Without its
    objectives while it is closed."""

    pillar: Pillar
    objectives: list[tuple[Objective, list[Action]]]
    counts: dict[Status, int]
    is_open: bool = True

    @property
    def own_actions(self) -> list[Action]:
        """Those right under it, in a plan without objectives."""
        return [act for objective, acts in self.objectives if objective.is_implied for act in acts]

    @property
    def shown_objectives(self) -> list[tuple[Objective, list[Action]]]:
        return [(objective, acts) for objective, acts in self.objectives if not objective.is_implied]

    @property
    def actions(self) -> list[Action]:
        return [a for _o, acts in self.objectives for a in acts]


# What is shown of who leads an action, and of the body it was merged into.
_OF_BODY = tuple(
    f"organisation__{f}" for f in ("code", "name", "short_name", "translations", "is_public", "merged_into")
)


def with_leads(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Actions with edition, objective and today's participations, ready to show."""
    today = clock.today()
    current = (
        Participation.objects.exclude(ends_on__lt=today)
        .exclude(starts_on__gt=today)
        .select_related("organisation__merged_into")
        .only("action", "part", *_OF_BODY, *(name.replace("__", "__merged_into__", 1) for name in _OF_BODY))
    )
    return actions.select_related("edition", "objective__pillar").prefetch_related(
        Prefetch("participations", queryset=current, to_attr="current_parts")
    )


def plan_tree(
    edition: Edition,
    viewer: object,
    *,
    actions: QuerySet[Action] | None = None,
    most: int | None = None,
    opened: str = "",
) -> list[PlanPillar]:
    """The plan of an edition for `viewer`, in order, in a fixed number of queries. With more actions than `most`, only
    the pillar with the code `opened` has its objectives."""
    visible = Action.objects.visible_to(viewer).filter(edition=edition) if actions is None else actions
    counts = counts_by_pillar(visible)
    is_long = most is not None and sum(sum(c.values()) for c in counts.values()) > most
    pillars = list(Pillar.everything.filter(edition=edition).select_related("edition").prefetch_related("objectives"))
    open_ids = [p.pk for p in pillars if not is_long or p.code == opened]
    by_objective: dict[int, list[Action]] = {}
    for act in with_leads(visible.filter(objective__pillar__in=open_ids)).order_by("position", "pk"):
        by_objective.setdefault(act.objective_id, []).append(act)
    tree = []
    for pillar in pillars:
        is_open = pillar.pk in open_ids
        branches = [(o, by_objective.get(o.pk, [])) for o in in_order(pillar.objectives.all())] if is_open else []
        tree.append(PlanPillar(pillar, branches, counts.get(pillar.pk, tally([])), is_open))
    return tree
