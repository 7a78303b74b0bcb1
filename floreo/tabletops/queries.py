"""Reads of exercises that are used more than once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from floreo.core.keys import thing_of
from floreo.strategy.models import Action
from floreo.tabletops.logic import InjectState, ParticipantState, Score, agreed, score_of
from floreo.tabletops.models import (
    ExpectedAction,
    Inject,
    Participant,
    Response,
    Tabletop,
    TabletopFinding,
    TabletopObjective,
)


def counted_expected(tabletop: Tabletop) -> list[ExpectedAction]:
    """Expected actions of the injects that were sent: those that count."""
    rows = ExpectedAction.objects.filter(inject__tabletop=tabletop, inject__state=InjectState.SENT)
    return list(rows.select_related("inject__tabletop", "objective").prefetch_related("observations"))


@dataclass(frozen=True)
class ObjectiveScore:
    objective: TabletopObjective | None  # None: expected actions without one
    score: Score


def verdict_now(expected: ExpectedAction) -> str:
    """What was settled; before that, what all observers agree on."""
    return expected.verdict or agreed([each.verdict for each in expected.observations.all()])


def total_score(rows: Iterable[ExpectedAction]) -> Score:
    return score_of(verdict_now(each) for each in rows)


def scores_by_objective(tabletop: Tabletop, rows: Iterable[ExpectedAction]) -> list[ObjectiveScore]:
    """In the order of the objectives; expected actions without one come last, where there are any."""
    groups: dict[int | None, list[ExpectedAction]] = {}
    for each in rows:
        groups.setdefault(each.objective_id, []).append(each)
    found = [ObjectiveScore(o, total_score(groups[o.pk])) for o in tabletop.objectives.all() if o.pk in groups]
    return found + ([ObjectiveScore(None, total_score(groups[None]))] if None in groups else [])


def organisations_in(tabletop: Tabletop) -> int:
    """How many organisations took part: those with somebody who accepted, each once, also under a name that the register does not have."""
    return organisation_counts([tabletop])[tabletop.pk]


def organisation_counts(tabletops: Iterable[Tabletop]) -> dict[int, int]:
    ids = [each.pk for each in tabletops]
    found: dict[int, set[str]] = {pk: set() for pk in ids}
    rows = Participant.objects.filter(tabletop__in=ids, accepted_at__isnull=False)
    for pk, body, name in rows.values_list("tabletop", "organisation", "organisation_name"):
        found[pk].add(str(body) if body else name.casefold())
    return {pk: len(names) for pk, names in found.items()}


def sent_injects(participant: Participant) -> QuerySet[Inject]:
    """What a participant sees: injects that were sent, newest first."""
    return participant.tabletop.injects.filter(state=InjectState.SENT).order_by("-sent_at", "-number")


def responses_of(participant: Participant) -> QuerySet[Response]:
    return participant.responses.select_related("inject")


def accepted(tabletop: Tabletop) -> QuerySet[Participant]:
    return tabletop.participants.filter(state=ParticipantState.ACCEPTED)


def action_of(finding: TabletopFinding) -> Action | None:
    found = thing_of(finding.became) if finding.became else None
    return found if isinstance(found, Action) else None
