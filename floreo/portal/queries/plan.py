"""The plan as the public reads it: branches, filters and the timeline, however long the plan is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from floreo.core import clock
from floreo.core.composed import composed
from floreo.core.ui.charts import Span, SpanAxis, TimelineRow
from floreo.core.wording import month_span
from floreo.organisations.models import Organisation
from floreo.portal.queries.home import leads_of
from floreo.strategy.logic import Status, tally
from floreo.strategy.models import Action, Edition, LeadRole, Milestone, Objective, Participation, Pillar
from floreo.strategy.presenters.actions import status_note
from floreo.strategy.queries import (
    OPEN_AT_MOST,
    counts_by_pillar,
    in_order,
    public_counts_by_pillar,
    quarter_before,
)


@dataclass(frozen=True)
class ListedAction:
    """One action in a list: who leads, its status, when it runs, and its bar on the timeline."""

    act: Action
    lead: str
    note: str
    runs: str
    bar: Span
    next_milestone: Milestone | None  # the first that has a date and is not reached, where it was asked for


@dataclass
class Branch:
    """An objective with its rows."""

    objective: Objective
    rows: list[ListedAction]
    holds: bool = False  # whether it has parts, so that no row is right under it


@dataclass
class PillarBranch:
    """A pillar with its tally, and its objectives where it is open."""

    pillar: Pillar
    counts: dict[Status, int]
    branches: list[Branch]
    is_open: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def drawn(self) -> list[ListedAction]:
        """Every row under it, for the timeline."""
        return [row for branch in self.branches for row in branch.rows]


def actions_for(viewer: object, edition: Edition) -> QuerySet[Action]:
    return Action.objects.visible_to(viewer).filter(edition=edition)


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of the calendar quarter that holds `day`."""
    first = quarter_before(day) + timedelta(days=1)
    return first, quarter_before(first + timedelta(days=95))


def _open_milestone(first: date, last: date) -> Exists:
    return Exists(Milestone.objects.filter(action=OuterRef("pk"), reached_on=None, due_on__range=(first, last)))


def late_or_stalled(actions: QuerySet[Action]) -> QuerySet[Action]:
    return actions.filter(status__in=[Status.LATE, Status.STALLED])


def due_this_quarter(actions: QuerySet[Action], day: date) -> QuerySet[Action]:
    return _due_within(actions, *quarter_of(day))


def _due_within(actions: QuerySet[Action], first: date, last: date) -> QuerySet[Action]:
    return actions.filter(Q(due_on__range=(first, last)) | _open_milestone(first, last), closed_on=None)


def led_by(actions: QuerySet[Action], organisation: Organisation, day: date) -> QuerySet[Action]:
    """Those that a body, or one that was merged into it, leads or supports today."""
    parts = Participation.objects.filter(action=OuterRef("pk")).exclude(ends_on__lt=day).exclude(starts_on__gt=day)
    return actions.filter(
        Exists(parts.filter(Q(organisation=organisation) | Q(organisation__merged_into=organisation)))
    )


def due_in_quarter(edition: Edition, actions: QuerySet[Action] | None, day: date) -> int:
    """How many of these, or of all public ones of the edition, are due this quarter or have a milestone that is."""
    if actions is None:
        return number_in(_public_due.first(edition, *quarter_of(day)))
    return due_this_quarter(actions, day).count()


@composed
def _public_due(edition: Edition, first: date, last: date) -> QuerySet[Action, tuple[int]]:
    return numbered(_due_within(actions_for(None, edition), first, last))


def numbered(actions: QuerySet[Action]) -> QuerySet[Action, tuple[int]]:
    """How many there are of one edition, as the only row; no row where there are none."""
    return actions.order_by().values("edition").annotate(n=Count("pk")).values_list("n")[:1]


def number_in(row: tuple[int] | None) -> int:
    return row[0] if row else 0


def leads_in(edition: Edition, actions: QuerySet[Action] | None, day: date) -> list[Organisation]:
    """Public bodies that lead any of these today, or any public action of the edition, by name, each with `number`."""
    numbers = dict(_public_lead_numbers(edition, day) if actions is None else _lead_numbers(actions, day))
    found = _named_bodies(list(numbers))
    for organisation in found:
        organisation.number = numbers[organisation.pk]  # type: ignore[attr-defined]  # for the chip
    return found


def _lead_numbers(actions: QuerySet[Action], day: date) -> QuerySet[Participation, tuple[int, int]]:
    parts = Participation.objects.filter(action__in=actions.order_by().values("pk"), part=LeadRole.LEAD)
    current = parts.exclude(ends_on__lt=day).exclude(starts_on__gt=day)
    return current.order_by().values_list("organisation").annotate(n=Count("action", distinct=True))


@composed
def _public_lead_numbers(edition: Edition, day: date) -> QuerySet[Participation, tuple[int, int]]:
    return _lead_numbers(actions_for(None, edition), day)


@composed
def _named_bodies(organisations: list[int]) -> QuerySet[Organisation]:
    bodies = Organisation.objects.visible_to(None).filter(pk__among=organisations)
    return bodies.only("code", "name", "translations").order_by("name", "pk")


def axis_of(edition: Edition, actions: QuerySet[Action], today: date) -> SpanAxis:
    """The stretch that bars are drawn on: the edition's own, or as far as its actions reach."""
    first, last = edition.starts_on, edition.ends_on
    if first is None or last is None:
        found = actions.order_by().aggregate(first=Min("starts_on"), due=Max("due_on"), begun=Min("due_on"))
        first = first or found["first"] or found["begun"] or today
        last = last or found["due"] or first + timedelta(days=365)
    return SpanAxis(first, max(last, first + timedelta(days=31)), today)


def span_of(act: Action, points: Iterable[Point]) -> Span:
    """What a bar shows of an action and its milestones."""
    return Span(
        status=act.status,
        starts_on=act.starts_on,
        due_on=act.due_on,
        closed_on=act.closed_on,
        late_since=act.status_since if act.status == Status.LATE else None,
        milestones=tuple((p.due_on, p.reached_on) for p in points),
    )


class Point(NamedTuple):
    """A milestone as a bar shows it. Plans have ten times as many milestones as actions, so no more of it is read."""

    pk: int
    action_id: int
    due_on: date | None
    reached_on: date | None


def points_of(actions: Iterable[Action]) -> dict[int, list[Point]]:
    """The milestones of these actions, in order, by the action's id."""
    found: dict[int, list[Point]] = {}
    for values in _points([a.pk for a in actions]):
        point = Point(*values)
        found.setdefault(point.action_id, []).append(point)
    return found


@composed
def _points(actions: list[int]) -> QuerySet[Milestone, tuple[int, int, date | None, date | None]]:
    rows = Milestone.objects.filter(action__pk__among=actions).order_by("position", "due_on", "pk")
    return rows.values_list(*Point._fields)


def _next_of(points: dict[int, list[Point]]) -> dict[int, Milestone]:
    """The next milestone of each action that has one to come, by the action's id."""
    waiting = {key: [p for p in rows if p.due_on and p.reached_on is None] for key, rows in points.items()}
    first = {key: min(rows, key=lambda p: p.due_on or date.max).pk for key, rows in waiting.items() if rows}
    milestones = {each.pk: each for each in _named_milestones(list(first.values()))}
    return {key: milestones[pk] for key, pk in first.items()}


@composed
def _named_milestones(milestones: list[int]) -> QuerySet[Milestone]:
    return Milestone.objects.filter(pk__among=milestones).only("title", "translations", "due_on")


# What a row shows; long texts stay in the database.
_SHOWN = (
    "code",
    "title",
    "translations",
    "position",
    "status",
    "status_rule",
    "status_since",
    "starts_on",
    "due_on",
    "closed_on",
    "confirmed",
    "read_on",
    "doubt",
    "edition",
    "objective",
)


def rows_of(actions: QuerySet[Action], *, edition: Edition | None = None) -> list[ListedAction]:
    """In the plan's order: a fixed number of queries however many there are. `edition` is that of all of them, where they have one."""
    if edition is not None:
        return _rows(edition, list(_in_order(actions)))
    return _rows(None, list(_in_order(actions).select_related("edition").only(*_SHOWN, "edition__code")))


def _in_order(actions: QuerySet[Action]) -> QuerySet[Action]:
    return actions.order_by("position", "pk").only(*_SHOWN)


@composed
def _all_public(edition: Edition) -> QuerySet[Action]:
    return _in_order(actions_for(None, edition))


def _rows(edition: Edition | None, acts: list[Action], *, with_next: bool = False) -> list[ListedAction]:
    """`with_next`: also the milestone to come."""
    if edition is not None:
        for act in acts:
            act.edition = edition
    today, leads, points = clock.today(), leads_of(acts), points_of(acts)
    coming = _next_of(points) if with_next else {}
    return [
        ListedAction(
            act,
            leads.get(act.pk, ""),
            status_note(act, today=today),
            month_span(act.starts_on, act.due_on),
            span_of(act, points.get(act.pk, [])),
            coming.get(act.pk),
        )
        for act in acts
    ]


def branches(objectives: Iterable[Objective], rows: Iterable[ListedAction]) -> list[Branch]:
    by_objective: dict[int, list[ListedAction]] = {}
    for row in rows:
        by_objective.setdefault(row.act.objective_id, []).append(row)
    ordered = in_order(objectives)
    holders = {o.above_id for o in ordered if o.above_id}
    return [Branch(o, by_objective.get(o.pk, []), o.pk in holders) for o in ordered]


def _pillars_with_objectives(edition: Edition) -> tuple[list[Pillar], Mapping[int, list[Objective]]]:
    """In two queries: each pillar knows its edition, each objective its pillar."""
    pillars, objectives = list(_pillars(edition)), defaultdict[int, list[Objective]](list)
    for pillar in pillars:
        pillar.edition = edition
    by_id = {pillar.pk: pillar for pillar in pillars}
    for objective in _objectives(edition):
        objective.pillar = by_id[objective.pillar_id]
        objectives[objective.pillar_id].append(objective)
    return pillars, objectives


def tree(
    edition: Edition, actions: QuerySet[Action] | None, *, opened: str, narrowed: bool, with_next: bool = False
) -> list[PillarBranch]:
    """The pillars with their tallies; rows only for those that are open. A long plan opens one pillar at a time. No `actions` means
    all public ones: what nearly everybody asks for, composed once."""
    counts = public_counts_by_pillar(edition) if actions is None else counts_by_pillar(actions)
    total = sum(sum(c.values()) for c in counts.values())
    pillars, objectives = _pillars_with_objectives(edition)
    open_ids = [p.pk for p in pillars if total <= OPEN_AT_MOST or p.code == opened]
    under = None if len(open_ids) == len(pillars) else open_ids
    rows = _rows(edition, _actions_under(edition, actions, under), with_next=with_next) if total else []
    found = []
    for pillar in pillars:
        mine = branches(objectives[pillar.pk], rows) if pillar.pk in open_ids else []
        if narrowed:
            above = {b.objective.above_id for b in mine if b.rows}
            mine = [b for b in mine if b.rows or b.objective.pk in above]
        if not narrowed or pillar.pk in counts:
            found.append(PillarBranch(pillar, counts.get(pillar.pk, tally([])), mine, is_open=pillar.pk in open_ids))
    return found


def _actions_under(edition: Edition, actions: QuerySet[Action] | None, pillars: list[int] | None) -> list[Action]:
    """Those under some pillars, or under all of them."""
    if actions is None and pillars is None:
        return _all_public(edition)
    found = actions_for(None, edition) if actions is None else actions
    return list(_in_order(found if pillars is None else found.filter(objective__pillar__in=pillars)))


@composed
def _pillars(edition: Edition) -> QuerySet[Pillar]:
    return Pillar.everything.filter(edition=edition)


@composed
def _objectives(edition: Edition) -> QuerySet[Objective]:
    return Objective.everything.filter(pillar__edition=edition)


def counts_of_rows(rows: Iterable[ListedAction]) -> dict[Status, int]:
    """How many of these actions have which status, zeros included, in the order of every bar."""
    return tally(row.act.status for row in rows)


def counts_in(tree: Iterable[PillarBranch]) -> dict[Status, int]:
    """How many actions of these pillars have which status, zeros included, in the order of every bar."""
    branches = list(tree)
    return {status: sum(branch.counts[status] for branch in branches) for status in tally([])}


def timeline_rows(tree: Iterable[PillarBranch]) -> list[TimelineRow]:
    """Every open pillar as a heading over its actions, for one chart of the whole plan."""
    lines: list[TimelineRow] = []
    for branch in tree:
        if branch.drawn and branch.pillar.is_implied:
            lines += [_line(row.act, row.bar) for row in branch.drawn]
        elif branch.drawn:
            title = f"{branch.pillar.code} {branch.pillar.in_language('title')}"
            lines.append(TimelineRow(title, None, branch.pillar.get_absolute_url()))
            lines += [_line(row.act, row.bar) for row in branch.drawn]
    return lines


def _line(act: Action, bar: Span) -> TimelineRow:
    return TimelineRow(f"{act.code} {act.in_language('title')}", bar, act.get_absolute_url())
