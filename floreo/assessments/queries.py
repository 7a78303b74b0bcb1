"""Reads of assessments used more than once: the form of an organisation, what it said last time, results, gaps, the heat map and the
benchmark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q

from floreo.assessments import logic
from floreo.assessments.logic import Benchmark, Gap
from floreo.assessments.models import (
    AssessmentCampaign,
    CampaignState,
    Participant,
    ParticipantState,
    PlanLine,
    SelfRating,
    TargetLevel,
)
from floreo.core.keys import key
from floreo.evidence.models import Attachment, Evidence
from floreo.evidence.queries import evidence_of
from floreo.frameworks.logic import Tree
from floreo.frameworks.models import Answer, Assessment, Item, Version
from floreo.frameworks.queries import links_between, ordered, tree_of

EVERYTHING = "all"  # the section of items that hang under nothing


@dataclass(frozen=True)
class Questionnaire:
    """A version in the order in which it is asked: its items with their depth, and which of them hang together in one section."""

    version: Version
    items: tuple[tuple[Item, int], ...]
    tree: Tree

    @property
    def rated(self) -> list[Item]:
        return [item for item, _depth in self.items if item.is_rated]

    @property
    def by_code(self) -> dict[str, Item]:
        return {item.code: item for item, _depth in self.items}

    @property
    def tops(self) -> list[Item]:
        return [item for item, depth in self.items if depth == 0]

    def sections(self) -> dict[str, list[Item]]:
        """The rated items by what they hang under, in order."""
        codes = {item.pk: item.code for item, _depth in self.items}
        found: dict[str, list[Item]] = {}
        for item in self.rated:
            found.setdefault(codes.get(item.parent_id or 0, EVERYTHING), []).append(item)
        return found

    def section_name(self, code: str) -> str:
        item = self.by_code.get(code)
        if item is None:
            return self.version.in_language("title")
        return item.in_language("title") or item.code


def questionnaire(version: Version) -> Questionnaire:
    items = tuple(ordered(version))
    return Questionnaire(version, items, tree_of(item for item, _depth in items))


@dataclass(frozen=True)
class Before:
    """What the organisation answered in its assessment before: of another version, through the mappings."""

    item: Item
    level: Decimal | None  # as reviewed
    self_level: Decimal | None
    applies: bool
    text: str
    answer: Answer
    evidence: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class AssessedItem:
    """One item for one organisation: what it says, what the reviewer says, what it said before, its evidence and its target."""

    item: Item
    answer: Answer | None = None
    own: SelfRating | None = None
    before: tuple[Before, ...] = ()
    evidence: tuple[Attachment, ...] = ()
    hidden_evidence: int = 0  # pieces whose marking the reader may not read
    target: Decimal | None = None

    @property
    def is_answered(self) -> bool:
        return self.own is not None and self.own.is_answered

    @property
    def reviewed(self) -> Decimal | None:
        return self.answer.level if self.answer is not None else None

    @property
    def counts(self) -> Decimal | None:
        """The level that counts: the reviewer's, and before there is one the organisation's."""
        if self.own is not None and not self.own.applies:
            return None
        own = self.own.level if self.own is not None else None
        return own if self.reviewed is None else self.reviewed

    @property
    def differs(self) -> bool:
        return self.own is not None and self.reviewed is not None and self.reviewed != self.own.level


def ratings_of(assessments: Iterable[Assessment | int]) -> dict[int, dict[int, SelfRating]]:
    """What organisations said, by assessment and item: with their answers."""
    found: dict[int, dict[int, SelfRating]] = defaultdict(dict)
    rows = SelfRating.objects.filter(answer__assessment__in=assessments).select_related("answer", "respondent")
    for rating in rows:
        found[rating.answer.assessment_id][rating.answer.item_id] = rating
    return found


def lines_of(
    participant: Participant, asked: Questionnaire, viewer: object, *, only: Sequence[Item] | None = None
) -> list[AssessedItem]:
    """Every rated item, or those of `only`, with all that is beside it: eight queries, however many."""
    assessment = participant.assessment
    wanted = asked.rated if only is None else list(only)
    if assessment is None:
        return [AssessedItem(item) for item in wanted]
    answers = {a.item_id: a for a in assessment.answers.filter(item__in=wanted)}
    own = ratings_of([assessment.pk]).get(assessment.pk, {})
    before = before_of(assessment, wanted, viewer)
    names = [key(answer) for answer in answers.values()]
    seen, every = evidence_of(names, viewer), _attached(names)
    targets = logic.targets_of(asked.tree, targets_given(participant))
    found = []
    for item in wanted:
        answer = answers.get(item.pk)
        if answer is not None:
            answer.assessment, answer.item = assessment, item
        name = key(answer) if answer is not None else ""
        pieces = tuple(seen.get(name, ()))
        found.append(
            AssessedItem(
                item,
                answer,
                own.get(item.pk),
                tuple(before.get(item.code, ())),
                pieces,
                every.get(name, 0) - len(pieces),
                targets.get(item.code),
            )
        )
    return found


def _attached(names: Sequence[str]) -> dict[str, int]:
    current = Evidence.objects.not_withdrawn()
    rows = Attachment.objects.filter(thing__in=names, evidence__in=current).order_by()
    return dict(rows.values_list("thing").annotate(Count("pk")))


def before_of(assessment: Assessment, items: Sequence[Item], viewer: object) -> dict[str, list[Before]]:
    """By item now: what was answered then to it, or to the items that it is mapped to."""
    then = assessment.before
    if then is None:
        return {}
    links = links_between(then.in_version, assessment.in_version)
    codes = {code for item in items for code in links.get(item.code, ())}
    rows = then.answers.filter(item__code__in=codes).select_related("item__in_version", "self_rating")
    answers = {row.item.code: row for row in rows}
    pieces = evidence_of([key(row) for row in answers.values()], viewer)
    found: dict[str, list[Before]] = {}
    for item in items:
        for code in links.get(item.code, ()):
            if (row := answers.get(code)) is not None:
                found.setdefault(item.code, []).append(_before(row, tuple(pieces.get(key(row), ()))))
    return found


def _before(row: Answer, pieces: tuple[Attachment, ...]) -> Before:
    own: SelfRating | None = getattr(row, "self_rating", None)
    if own is None:
        return Before(
            row.item, row.level, None, applies=True, text=row.in_language("reason"), answer=row, evidence=pieces
        )
    return Before(row.item, row.level, own.level, own.applies, own.text, row, pieces)


def targets_given(participant: Participant) -> dict[str, Decimal]:
    """Of the campaign, and over them those of this organisation."""
    rows = TargetLevel.objects.filter(campaign=participant.campaign_id)
    rows = rows.filter(Q(participant=None) | Q(participant=participant)).select_related("item")
    pairs = sorted(rows, key=lambda row: row.participant_id is not None)
    return {row.item.code: row.level for row in pairs}


def levels_counted(lines: Iterable[AssessedItem]) -> dict[str, Decimal]:
    return {line.item.code: line.counts for line in lines if line.counts is not None}


def self_levels(lines: Iterable[AssessedItem]) -> dict[str, Decimal]:
    return {line.item.code: line.own.level for line in lines if line.own is not None and line.own.level is not None}


def gaps(asked: Questionnaire, lines: Sequence[AssessedItem]) -> list[Gap]:
    targets = {line.item.code: line.target for line in lines if line.target is not None}
    return logic.gaps_of(asked.tree, levels_counted(lines), targets, asked.version.scale)


# --- All of several organisations, for a file ----------------------------------------------------------------------


@dataclass(frozen=True)
class Whole:
    """All that one organisation says in a campaign, with its plan. Evidence and the assessment before are not part of it."""

    participant: Participant
    asked: Questionnaire
    lines: list[AssessedItem]
    plan: list[PlanLine]
    changed_at: datetime  # when anything of it was last saved


def wholes_of(campaign: AssessmentCampaign, rows: Iterable[Participant]) -> list[Whole]:
    """Those of `rows`, organisations of that campaign, that have an assessment: the same number of queries, however many."""
    asked = questionnaire(campaign.in_version)
    found = [row for row in rows if row.assessment is not None]
    works = {row.assessment_id for row in found}
    answers: dict[int, dict[int, Answer]] = defaultdict(dict)
    for answer in Answer.objects.filter(assessment__in=works):
        answers[answer.assessment_id][answer.item_id] = answer
    own = ratings_of(pk for pk in works if pk is not None)
    targets: dict[int | None, list[TargetLevel]] = defaultdict(list)
    for given in TargetLevel.objects.filter(campaign=campaign).select_related("item"):
        targets[given.participant_id].append(given)
    plans: dict[int, list[PlanLine]] = defaultdict(list)
    for line in PlanLine.objects.filter(participant__in=found).select_related("item__in_version", "action__edition"):
        plans[line.participant_id].append(line)
    made = []
    for row in found:
        assert row.assessment_id is not None
        row.campaign = campaign
        given_here = [*targets[None], *targets[row.pk]]  # its own come later, and win
        wanted = logic.targets_of(asked.tree, {each.item.code: each.level for each in given_here})
        held, ratings = answers[row.assessment_id], own.get(row.assessment_id, {})
        lines = [
            AssessedItem(item, held.get(item.pk), ratings.get(item.pk), target=wanted.get(item.code))
            for item in asked.rated
        ]
        saved = [campaign, row, *given_here, *held.values(), *ratings.values(), *plans[row.pk]]
        made.append(Whole(row, asked, lines, plans[row.pk], max(each.changed_at for each in saved)))
    return made


# --- A whole campaign ---------------------------------------------------------------------------------------------


def state_counts(campaign: AssessmentCampaign, viewer: object) -> dict[str, int]:
    rows = Participant.objects.visible_to(viewer).filter(campaign=campaign)
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: found[state] for state in ParticipantState.values if state in found}


def number_asked(version: Version) -> int:
    return version.items.filter(is_rated=True).count()


def results_by_top(rows: Sequence[Participant], asked: Questionnaire) -> dict[int, tuple[Mapping[str, Decimal], bool]]:
    """By participant: per cent of each top branch and of the whole, and whether it was accepted. Of those that are not, what they
    answered so far: three columns for each answer, whatever its text."""
    tops = [logic.WHOLE, *(item.code for item in asked.tops)]
    found: dict[int, tuple[Mapping[str, Decimal], bool]] = {}
    live: dict[int, int] = {}
    for row in rows:
        if row.is_accepted:
            found[row.pk] = ({code: Decimal(row.results[code]) for code in tops if code in row.results}, True)
        elif row.assessment_id is not None:
            live[row.assessment_id] = row.pk
    codes = {item.pk: item.code for item in asked.rated}
    levels: dict[int, dict[str, Decimal]] = defaultdict(dict)
    given = SelfRating.objects.filter(answer__assessment__in=live, level__isnull=False).order_by()
    for assessment, item, level, reviewed in given.values_list(
        "answer__assessment", "answer__item", "level", "answer__level"
    ):
        counts = level if reviewed is None else reviewed
        if item in codes and counts is not None:
            levels[assessment][codes[item]] = counts
    for assessment, pk in live.items():
        found[pk] = (logic.branch_means(asked.tree, levels[assessment], asked.version.scale, only=tops), False)
    return found


def benchmark_for(participant: Participant, tops: Sequence[str]) -> Benchmark | None:
    """What others reached, for one organisation: once the campaign is closed, so that no mean changes by one organisation at a time."""
    if participant.campaign.state != CampaignState.CLOSED or not participant.is_accepted:
        return None
    rows = participant.campaign.participants.filter(state=ParticipantState.ACCEPTED)
    pairs = [
        (sector, {code: Decimal(value) for code, value in results.items()})
        for sector, results in rows.values_list("sector", "results")
    ]
    return logic.benchmark(pairs, participant.sector, [logic.WHOLE, *tops])


def newest_before(organisation: int, version: Version) -> Assessment | None:
    """The last assessment of that organisation against any version of that framework that was finished."""
    rows = Assessment.objects.filter(organisation=organisation, state="closed")
    return rows.filter(in_version__framework=version.framework_id).order_by("-as_of", "-pk").first()


def written_by_ended(participant: Participant) -> list[tuple[str, int]]:
    """Links that were ended, and how many of the answers as they are now were last written by each."""
    rows = participant.respondents.exclude(ended_on=None).annotate(number=Count("wrote"))
    return [(row.name, row.number) for row in rows if row.number]


def open_lines(participant: Participant) -> list[PlanLine]:
    rows = participant.plan_lines.select_related("item__in_version", "action__edition")
    found = list(rows)
    for row in found:
        row.participant = participant
    return found
