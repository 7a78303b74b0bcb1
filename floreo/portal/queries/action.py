"""Everything the public page of one action shows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from floreo.core.composed import composed
from floreo.core.keys import key
from floreo.evidence.presenters import Piece
from floreo.evidence.queries import open_pieces_of
from floreo.indicators.models import Indicator, Reading
from floreo.indicators.queries import newest_of
from floreo.strategy.logic import Money, Rule, Status, StatusResult, status_of, total
from floreo.strategy.models import Action, BudgetLine, LeadRole, Milestone, Participation, Risk, Update
from floreo.strategy.presenters import actions as words


@dataclass(frozen=True)
class Step:
    """A milestone with its shape and its words."""

    milestone: Milestone
    status: Status
    text: str
    evidence: list[Piece]


@dataclass(frozen=True)
class MoneyTable:
    """The lines of one currency with their total: currencies are never added to each other."""

    currency: str
    lines: list[BudgetLine]
    total: Money


@dataclass(frozen=True)
class LeadLine:
    """A body that leads today, with since when and who led before."""

    part: Participation
    note: str
    successor: str


@dataclass
class ActionPage:
    act: Action
    status_result: StatusResult
    why: str
    by_rule: StatusResult | None  # what the rules give where a person set the status
    rule_why: str
    steps: list[Step]
    reached: str
    updates: list[Update]
    money: list[MoneyTable]
    risks: list[Risk]
    leads: list[LeadLine]
    supports: list[Participation]
    measured_by: list[tuple[Indicator, Reading | None]]
    carried_to: Action | None
    days_late: int
    evidence: list[Piece]


def money_tables(lines: list[BudgetLine]) -> list[MoneyTable]:
    by_currency: dict[str, list[BudgetLine]] = defaultdict(list)
    for line in lines:
        by_currency[line.currency].append(line)
    sums = total(Money(line.currency, line.amount, line.spent) for line in lines)
    return [MoneyTable(currency, rows, sums[currency]) for currency, rows in sorted(by_currency.items())]


def _parts(act: Action, today: date) -> tuple[list[LeadLine], list[Participation]]:
    parts = [p for p in act.participations.all() if p.organisation.is_public]
    now = [
        p for p in parts if (p.starts_on is None or p.starts_on <= today) and (p.ends_on is None or p.ends_on >= today)
    ]
    earlier = [p for p in parts if p.part == LeadRole.LEAD and p.ends_on and p.ends_on < today]
    earlier.sort(key=lambda p: p.ends_on or today, reverse=True)
    leads = [p for p in now if p.part == LeadRole.LEAD]
    lines = [
        LeadLine(p, words.lead_since(p, earlier if p is leads[0] else []), words.successor_text(p.organisation))
        for p in leads
    ]
    return lines, [p for p in now if p.part == LeadRole.SUPPORT]


def _measured_by(act: Action) -> list[tuple[Indicator, Reading | None]]:
    found = _indicators_of(act)
    readings = newest_of(found) if found else {}
    return [(i, readings[i.pk][0] if i.pk in readings else None) for i in found]


@composed
def _indicators_of(act: Action) -> QuerySet[Indicator]:
    return Indicator.objects.visible_to(None).filter(actions=act)


def _others() -> QuerySet[Action]:
    """Public actions, as one that points to them names them."""
    return Action.objects.visible_to(None).select_related("edition").only(*_NAMED)


# Of another action: its name, its address, and of which edition it is.
_NAMED = ("code", "title", "translations", "status", "edition__code", "edition__title", "edition__translations")


@composed
def _carried_to(act: Action) -> QuerySet[Action]:
    return _others().filter(carried_from=act)[:1]


@composed
def _carried_from(before: int) -> QuerySet[Action]:
    return _others().filter(pk=before)[:1]


@composed
def awaited_by(act: Action) -> QuerySet[Action]:
    """What `act` waits for."""
    return _others().filter(awaited_by=act)


@composed
def waiting_for(act: Action) -> QuerySet[Action]:
    """What waits for `act`."""
    return _others().filter(waits_for=act)


def read_around(act: Action) -> None:
    """Reads once what the page and the history of an action both look at."""
    prefetch_related_objects(
        [act],
        "milestones",
        Prefetch("participations", Participation.objects.select_related("organisation__merged_into")),
        "participations__organisation__former_names",
        "updates",
        Prefetch("budget_lines", BudgetLine.objects.select_related("funder")),
        "risks",
    )


def action_page(act: Action, *, today: date) -> ActionPage:
    """In a fixed number of queries, after `read_around`. Facts behind the status count internal updates and risks too, as the rule does;
    their texts never show."""
    milestones = list(act.milestones.all())
    result, by_hand = act.status_result, act.status_result.rule is Rule.SET_BY_HAND
    ruled = status_of(act.facts(), today) if by_hand else None
    leads, supports = _parts(act, today)
    evidence = open_pieces_of([act, *milestones])
    steps = [
        Step(m, words.milestone_status(m, today=today), words.milestone_text(m, today=today), evidence.get(key(m), []))
        for m in milestones
    ]
    return ActionPage(
        act=act,
        status_result=result,
        why=words.why(act, result, milestones, today=today),
        by_rule=ruled,
        rule_why=words.why(act, ruled, milestones, today=today) if ruled else "",
        steps=steps,
        reached=words.reached_text(milestones),
        updates=[u for u in act.updates.all() if u.is_public],
        money=money_tables(list(act.budget_lines.all())),
        risks=[r for r in act.risks.all() if r.is_public],
        leads=leads,
        supports=supports,
        measured_by=_measured_by(act),
        carried_to=_carried_to.first(act),
        days_late=result.days(today) if result.status is Status.LATE and not by_hand else 0,
        evidence=evidence.get(key(act), []),
    )


def carried_from(act: Action) -> Action | None:
    """The action of an earlier edition that this one carries on, where the public may see it."""
    before: Any = act.carried_from_id
    return _carried_from.first(before) if before else None
