"""Reads of initiatives and competitions used more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from floreo.core import clock
from floreo.initiatives.logic import Score, result_of
from floreo.initiatives.models import (
    Competition,
    CompetitionEntry,
    CompetitionState,
    Criterion,
    EntryState,
    Initiative,
    InitiativeDistrict,
    InitiativeState,
    JuryConflict,
    JuryMember,
    JuryScore,
)


def with_districts() -> Prefetch[Any]:
    """The districts of initiatives, in one query however many there are."""
    return Prefetch("in_districts", InitiativeDistrict.objects.select_related("place"))


def running_initiatives(today: date | None = None) -> QuerySet[Initiative]:
    """Published ones that go on: what campaigns build on."""
    day = today or clock.today()
    rows = Initiative.objects.filter(state=InitiativeState.PUBLISHED)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gte=day)).select_related("organisation")


def open_competitions(today: date | None = None) -> QuerySet[Competition]:
    """Those that take entries on that day, the one that closes first before the others."""
    day = today or clock.today()
    rows = Competition.objects.filter(state=CompetitionState.PUBLISHED, opens_on__lte=day, closes_on__gte=day)
    return rows.order_by("closes_on", "pk")


@dataclass(frozen=True)
class ResultLine:
    """One entry in the result of its category."""

    entry: CompetitionEntry
    points: Decimal
    members: int
    place: int


@dataclass(frozen=True)
class Results:
    ranked: tuple[ResultLine, ...]
    unjudged: tuple[CompetitionEntry, ...]


def results_of(competition: Competition) -> Results:
    """What the points of the jury come to now, category by category. Four queries."""
    entries = list(competition.entries.filter(state=EntryState.ENTERED, is_erased=False).order_by("reference"))
    weights = dict(competition.criteria.values_list("pk", "weight"))
    scores = JuryScore.objects.filter(entry__competition=competition).values_list(
        "member", "entry", "criterion", "points"
    )
    given = [Score(*row) for row in scores]
    conflicts = list(JuryConflict.objects.filter(entry__competition=competition).values_list("member", "entry"))
    rows = {entry.pk: entry for entry in entries}
    groups: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        groups[entry.category].append(entry.pk)
    ranked, unjudged = list[ResultLine](), list[CompetitionEntry]()
    for category in sorted(groups, key=lambda name: _order(competition, name)):
        found, left = result_of(groups[category], given, weights, conflicts)
        ranked += [ResultLine(rows[each.entry], each.points, each.members, each.place) for each in found]
        unjudged += [rows[pk] for pk in left]
    return Results(tuple(ranked), tuple(unjudged))


def _order(competition: Competition, category: str) -> tuple[int, str]:
    names = competition.category_names()
    return (names.index(category) if category in names else len(names), category)


def published_entries(competition: Competition) -> dict[str, list[CompetitionEntry]]:
    """The published result by category, best first."""
    rows = competition.entries.exclude(rank=None).select_related("competition", "place").order_by("rank", "reference")
    found: dict[str, list[CompetitionEntry]] = defaultdict(list)
    for entry in rows if competition.has_ended else ():
        found[entry.category].append(entry)
    return {name: found[name] for name in sorted(found, key=lambda name: _order(competition, name))}


@dataclass(frozen=True)
class ToJudge:
    """One entry as a member of the jury has it in the list."""

    entry: CompetitionEntry
    given: int
    wanted: int
    is_conflict: bool

    @property
    def is_done(self) -> bool:
        return self.is_conflict or self.given >= self.wanted


def to_judge(member: JuryMember) -> list[ToJudge]:
    """Every entry that the jury may read: nothing that waits for a guardian. Four queries."""
    competition = member.competition
    entries = list(
        competition.entries.filter(state=EntryState.ENTERED, is_erased=False).order_by("category", "reference")
    )
    wanted = set(competition.criteria.values_list("pk", flat=True))
    given: dict[int, set[int]] = defaultdict(set)
    for entry, criterion in member.scores.values_list("entry", "criterion"):
        given[entry].add(criterion)
    conflicts = set(member.conflicts.values_list("entry", flat=True))
    return [ToJudge(e, len(given[e.pk] & wanted), len(wanted), e.pk in conflicts) for e in entries]


def points_of(member: JuryMember, entry: CompetitionEntry) -> Mapping[int, int]:
    return dict(JuryScore.objects.filter(member=member, entry=entry).values_list("criterion", "points"))


def criteria_of(competition: Competition) -> list[Criterion]:
    return list(competition.criteria.all())
