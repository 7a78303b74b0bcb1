"""The plan of an edition as plain values, loaded once: what a snapshot is gathered from. Public and internal rows are
distinguished on each row, so that both forms come from one reading."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from floreo.organisations.models import Organisation
from floreo.organisations.queries import successors
from floreo.reviews.models import Answer
from floreo.strategy.logic import HIGH, ActionFacts, MilestoneFacts, Rule, Status, StatusResult, facts_on, status_of
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Event,
    LeadRole,
    Milestone,
    Objective,
    Participation,
    Pillar,
    Risk,
    Update,
)

Text = dict[str, str]  # "" as it was written, other languages by their code
CHUNK = 5000


def text(written: str, translations: dict[str, Any] | None, name: str) -> Text:
    """A text with its translations; empty where there is none."""
    if not written:
        return {}
    others = {code: str(words[name]) for code, words in (translations or {}).items() if words.get(name)}
    return {"": written} | others


@dataclass(slots=True)
class ReportedAction:
    """One action with all that hangs on it."""

    values: dict[str, Any]
    facts: ActionFacts
    leads: list[tuple[int, date | None, date | None]] = field(default_factory=list)
    milestones: list[dict[str, Any]] = field(default_factory=list)
    updated_on: list[date] = field(default_factory=list)
    risks: list[tuple[date, date | None]] = field(default_factory=list)

    @property
    def is_public(self) -> bool:
        return bool(self.values["is_public"])

    def settle(self) -> None:
        marks = tuple(MilestoneFacts(m["due_on"], m["reached_on"]) for m in self.milestones)
        self.facts = replace(
            self.facts, updated_on=tuple(self.updated_on), high_risks=tuple(self.risks), milestones=marks
        )

    def status_on(self, day: date) -> StatusResult:
        """As strategy.actions.status_counts.status_result_of gives it, for any day."""
        return self._status_of(self.facts, day)

    def status_at_end(self, day: date) -> StatusResult:
        """On the last day of its edition: what the next one goes on with is carried over, as every list says of it since, though the
        next one begins a day later."""
        carried = self.facts.carried_on
        return self._status_of(replace(self.facts, carried_on=min(carried, day)) if carried else self.facts, day)

    def _status_of(self, facts: ActionFacts, day: date) -> StatusResult:
        override, since = self.values["override"], self.values["override_on"]
        if override and since and since <= day:
            return StatusResult(Status(override), Rule.SET_BY_HAND, since)
        return status_of(facts_on(facts, day), day)

    def led_by(self, day: date) -> list[int]:
        return [pk for pk, since, until in self.leads if (not since or since <= day) and (not until or day <= until)]


_COLUMNS = (
    "pk",
    "code",
    "title",
    "translations",
    "objective_id",
    "objective__pillar_id",
    "starts_on",
    "due_on",
    "expected_on",
    "closed_on",
    "on_hold_since",
    "on_hold_reason",
    "late_reason",
    "is_public",
    "override",
    "override_on",
    "override_reason",
    "carried_from_id",
    "confirmed",
)


class Plan:
    """All of an edition, as plain values."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.rows: dict[int, ReportedAction] = {}
        self.pillars = list(Pillar.everything.filter(edition=edition))
        self.objectives = {o.pk: o for o in Objective.everything.filter(pillar__edition=edition)}
        self.bodies = {o.pk: o for o in Organisation.objects.all()}
        self.successors = successors()
        self.updates: list[dict[str, Any]] = []
        self.risks: list[dict[str, Any]] = []
        self.money: list[dict[str, Any]] = []
        self._actions()
        self._milestones()
        self._updates()
        self._money()
        self.events = list(Event.objects.filter(edition=edition).exclude(on=None).order_by("on", "pk"))
        carried = Action.objects.filter(carried_from__edition=edition).select_related("edition")
        self.carried_to = {a.carried_from_id: (a.edition.code, a.is_public and a.edition.is_public) for a in carried}
        for row in self.rows.values():
            row.settle()

    def body(self, pk: int | None) -> Organisation | None:
        """Who acts for that body today."""
        return self.bodies.get(self.successors.get(pk, pk)) if pk is not None else None

    def _actions(self) -> None:
        rows = Action.objects.filter(edition=self.edition).order_by("position", "pk").values(*_COLUMNS)
        carried = Action.objects.filter(carried_from__edition=self.edition).order_by()
        begins = dict(carried.values_list("carried_from_id", "edition__starts_on"))
        for values in rows.iterator(chunk_size=CHUNK):
            facts = ActionFacts(
                values["starts_on"],
                values["due_on"],
                values["closed_on"],
                values["on_hold_since"],
                values["expected_on"],
                edition_ended_on=self.edition.over_on,
                carried_on=begins.get(values["pk"]),
            )
            self.rows[values["pk"]] = ReportedAction(values, facts)
        parts = Participation.objects.filter(action__edition=self.edition, part=LeadRole.LEAD).order_by("pk")
        for act, body, since, until in parts.values_list("action_id", "organisation_id", "starts_on", "ends_on"):
            self.rows[act].leads.append((body, since, until))

    def _milestones(self) -> None:
        rows = Milestone.objects.filter(action__edition=self.edition).order_by("action_id", "position", "due_on", "pk")
        names = ("action_id", "title", "translations", "due_on", "reached_on", "expected_on")
        for values in rows.values(*names).iterator(chunk_size=CHUNK):
            self.rows[values["action_id"]].milestones.append(values)

    def _updates(self) -> None:
        asked = Answer.objects.filter(update_request__review__edition=self.edition, update__isnull=False).order_by()
        about = {
            pk: days
            for pk, *days in asked.values_list(
                "update", "update_request__review__starts_on", "update_request__review__ends_on"
            )
        }
        names = (
            "action_id",
            "on",
            "done",
            "next",
            "risks",
            "translations",
            "nothing_changed",
            "reported_by",
            "is_public",
        )
        rows = Update.objects.filter(action__edition=self.edition).order_by("on", "pk").values("pk", *names)
        for values in rows.iterator(chunk_size=CHUNK):
            values["about"] = about.get(values["pk"])  # the first and last day that its review asked about
            self.rows[values["action_id"]].updated_on.append(values["on"])
            self.updates.append(values)
        names = (
            "action_id",
            "title",
            "response",
            "translations",
            "likelihood",
            "impact",
            "noted_on",
            "closed_on",
            "is_public",
        )
        for values in Risk.objects.filter(action__edition=self.edition).order_by("pk").values(*names):
            self.risks.append(values)
            if values["likelihood"] * values["impact"] >= HIGH:
                self.rows[values["action_id"]].risks.append((values["noted_on"], values["closed_on"]))

    def _money(self) -> None:
        rows = (
            BudgetLine.objects.filter(action__edition=self.edition)
            .select_related("grant")
            .order_by("fiscal_year", "pk")
        )
        for line in rows.iterator(chunk_size=CHUNK):
            self.money.append(
                {
                    "action_id": line.action_id,
                    "funder_id": line.funder_id,
                    "year": line.fiscal_year,
                    "currency": line.currency,
                    "planned": line.amount,
                    "committed": line.amount if line.is_committed else 0,
                    "spent": line.spent,
                    "confirmed": line.confirmed,
                    "grant": line.grant.code if line.grant else "",
                    "grant_state": line.grant.state if line.grant else "",
                    "grant_of": line.grant.funder_id if line.grant else None,
                }
            )


def by_key(rows: list[dict[str, Any]], name: str) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return dict(found)
