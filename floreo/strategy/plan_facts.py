"""All that the plan's measures look at, loaded once: `with plan_facts():` many figures read the plan one time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils import translation

from floreo.core import languages
from floreo.core.figures import Filters, Reading
from floreo.strategy.logic import (
    HIGH,
    ActionFacts,
    MilestoneFacts,
    Rule,
    Status,
    StatusResult,
    facts_on,
    status_of,
)
from floreo.strategy.models import (
    Action,
    BudgetLine,
    EditionState,
    LeadRole,
    Milestone,
    Participation,
    Pillar,
    Risk,
    Update,
)


@lru_cache(maxsize=1 << 16)
def address(name: str, *args: str) -> str:
    """A page's address without the reader's language, as it is kept with a reading."""
    with translation.override(languages.home()):
        return reverse(name, args=args)


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    title: str
    due_on: date | None
    reached_on: date | None


@dataclass(slots=True)
class ActionRow:
    """One public action with its facts, as plain values."""

    pk: int
    code: str
    title: str
    edition_code: str
    edition_starts: date | None
    pillar_id: int
    objective_id: int
    has_person: bool
    override: str
    override_on: date | None
    facts: ActionFacts
    milestones: list[MilestoneRow] = field(default_factory=list)
    updated_on: list[date] = field(default_factory=list)
    leads: list[tuple[date | None, date | None]] = field(default_factory=list)
    has_money: bool = False
    _status_then: dict[date, StatusResult] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def address(self) -> str:
        return address("portal:action", self.edition_code, self.code)

    def is_begun(self, day: date) -> bool:
        """Whether its edition had begun; one without a date counts as begun."""
        return self.edition_starts is None or self.edition_starts <= day

    def is_led(self, day: date) -> bool:
        return any((s is None or s <= day) and (u is None or day <= u) for s, u in self.leads)

    def status_on(self, day: date) -> StatusResult:
        """As status_counts.status_result_of gives it, for any day: what a person set by hand counts from that day on."""
        if day not in self._status_then:
            if self.override and self.override_on and self.override_on <= day:
                self._status_then[day] = StatusResult(Status(self.override), Rule.SET_BY_HAND, self.override_on)
            else:
                self._status_then[day] = status_of(facts_on(self.facts, day), day)
        return self._status_then[day]


class PlanFacts:
    """The public actions of one edition, or of all public ones, with the pillars in their order."""

    def __init__(self, edition_id: int | None) -> None:
        self.edition_id = edition_id
        self.pillars: dict[int, str] = {}
        self._all: list[ActionRow] = []
        self._by_pillar: dict[int, list[ActionRow]] = defaultdict(list)
        self._by_objective: dict[int, list[ActionRow]] = defaultdict(list)
        self._load()

    def actions(self, filters: Filters) -> list[ActionRow]:
        if filters.objective_id is not None:
            return self._by_objective.get(filters.objective_id, [])
        if filters.pillar_id is not None:
            return self._by_pillar.get(filters.pillar_id, [])
        return self._all

    def _load(self) -> None:
        pillars = Pillar.everything.filter(**self._of("edition")).order_by("edition_id", "position", "pk")
        self.pillars = {pk: f"{code} {title}" for pk, code, title in pillars.values_list("pk", "code", "title")}
        rows = {row.pk: row for row in self._load_actions()}
        for row in rows.values():
            self._all.append(row)
            self._by_pillar[row.pillar_id].append(row)
            self._by_objective[row.objective_id].append(row)
        self._load_what_hangs_on(rows)

    def _of(self, path: str) -> dict[str, object]:
        return {f"{path}__is_public": True} if self.edition_id is None else {f"{path}_id": self.edition_id}

    def _load_actions(self) -> Iterator[ActionRow]:
        columns = (
            "pk",
            "code",
            "title",
            "edition__code",
            "edition__starts_on",
            "objective__pillar_id",
            "objective_id",
            "person_id",
            "override",
            "override_on",
            "starts_on",
            "due_on",
            "closed_on",
            "on_hold_since",
            "expected_on",
            "edition__state",
            "edition__ends_on",
            "carried_to__edition__starts_on",
        )
        actions = Action.objects.filter(is_public=True, **self._of("edition")).order_by("position", "pk")
        for (
            pk,
            code,
            title,
            edition,
            begins,
            pillar,
            objective,
            person,
            override,
            set_on,
            *dates,
        ) in actions.values_list(*columns).iterator(chunk_size=5000):
            starts, due, closed, hold, expected, state, ends, carried = dates
            over = ends if state == EditionState.ENDED else None
            facts = ActionFacts(starts, due, closed, hold, expected, edition_ended_on=over, carried_on=carried)
            yield ActionRow(
                pk, code, title, edition, begins, pillar, objective, person is not None, override, set_on, facts
            )

    def _load_what_hangs_on(self, rows: dict[int, ActionRow]) -> None:
        of = {"action__is_public": True, **self._of("action__edition")}
        milestones = Milestone.objects.filter(**of).order_by("action_id", "position", "due_on", "pk")
        for pk, title, due, reached in milestones.values_list("action_id", "title", "due_on", "reached_on").iterator(
            chunk_size=5000
        ):
            rows[pk].milestones.append(MilestoneRow(title, due, reached))
        for pk, on in Update.objects.filter(**of).order_by().values_list("action_id", "on").iterator(chunk_size=5000):
            rows[pk].updated_on.append(on)
        for pk, starts_on, ends_on in Participation.objects.filter(part=LeadRole.LEAD, **of).values_list(
            "action_id", "starts_on", "ends_on"
        ):
            rows[pk].leads.append((starts_on, ends_on))
        for pk in BudgetLine.objects.filter(amount__gt=0, **of).order_by().values_list("action_id", flat=True):
            rows[pk].has_money = True
        risks: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        columns = ("action_id", "noted_on", "closed_on", "likelihood", "impact")
        for pk, noted, closed, likelihood, impact in Risk.objects.filter(**of).values_list(*columns):
            if likelihood * impact >= HIGH:
                risks[pk].append((noted, closed))
        for row in rows.values():
            marks = tuple(MilestoneFacts(m.due_on, m.reached_on) for m in row.milestones)
            row.facts = replace(
                row.facts, updated_on=tuple(row.updated_on), high_risks=tuple(risks.get(row.pk, ())), milestones=marks
            )


@dataclass
class Remembered:
    """What has been loaded and worked out within one `with plan_facts():`."""

    plans: dict[int | None, PlanFacts] = field(default_factory=dict)
    readings: dict[tuple[str, date, Filters], Reading] = field(default_factory=dict)

    def plan(self, filters: Filters) -> PlanFacts:
        key = _edition_of(filters)
        if key not in self.plans:
            self.plans[key] = PlanFacts(key)
        return self.plans[key]


def _edition_of(filters: Filters) -> int | None:
    if filters.edition_id is not None:
        return filters.edition_id
    if filters.pillar_id is not None:
        edition: int = Pillar.everything.values_list("edition_id", flat=True).get(pk=filters.pillar_id)
        return edition
    if filters.objective_id is not None:
        found: int = Pillar.everything.values_list("edition_id", flat=True).get(objectives=filters.objective_id)
        return found
    return None


_remembered: ContextVar[Remembered | None] = ContextVar("plan_facts", default=None)


def remembered() -> Remembered:
    """What is shared now; outside `with plan_facts():` nothing is, and every measure loads afresh."""
    return _remembered.get() or Remembered()


@contextmanager
def plan_facts() -> Iterator[Remembered]:
    """Within it the plan is read once. Nothing that writes to the plan may run inside."""
    token = _remembered.set(Remembered())
    try:
        yield remembered()
    finally:
        _remembered.reset(token)
