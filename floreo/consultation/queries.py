"""Reads of consultations used more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, QuerySet
from django.utils.text import Truncator

from floreo.consultation import moments
from floreo.consultation.logic import CHANGED, clusters, tally
from floreo.consultation.models import (
    COMMENT_PARTS,
    Comment,
    CommentState,
    Consultation,
    ConsultationState,
    Event,
    Point,
    Respondent,
    Topic,
    out_at,
)
from floreo.core import search
from floreo.core.composed import composed
from floreo.legislation.models import LawProvision, LawVersion

SECTION = "section"
MOST_NARROWED = 1000  # comments that may have the words; of more the texts are read in their order


def clauses_of(version: LawVersion | None) -> list[LawProvision]:
    """The sections of a text, in order: what people comment on."""
    return list(version.provisions.filter(kind=SECTION).defer("words", "lines")) if version is not None else []


def provision_of(version: LawVersion | None, eid: str) -> LawProvision | None:
    """The clause that is meant, by its eId or as it is cited; only of that text."""
    if version is None or not eid:
        return None
    return version.provisions.filter(eid=eid).first() or version.provisions.filter(label=eid).first()


def open_now(most: int) -> list[Consultation]:
    """What anybody can comment on at this moment, the one that closes first before the others."""
    return _open_at(moments.now())[:most]


@composed
def _open_at(now: datetime) -> QuerySet[Consultation]:
    rows = Consultation.objects.filter(out_at(now)).exclude(state=ConsultationState.ANSWERED)
    return rows.filter(closes_at__gt=now).order_by("closes_at", "pk")


def points_on(version: LawVersion, viewer: object) -> QuerySet[Point]:
    """Points by which clauses of that text were changed, with what was decided: to be shown beside the clauses."""
    rows = Point.objects.visible_to(viewer).filter(changed_version=version)
    return rows.exclude(clause="").select_related("consultation")


def counted(consultation: Consultation) -> QuerySet[Comment]:
    """The comments that count, published or not."""
    return Comment.objects.filter(consultation=consultation).counted()


@dataclass(frozen=True)
class Answered:
    """One point on its public page: how many comments made it, and of which kinds of respondents."""

    point: Point
    kinds: Mapping[str, int]  # respondent -> comments, most first
    published: int  # of them, that can be read

    @property
    def comments(self) -> int:
        return sum(self.kinds.values())


@dataclass(frozen=True)
class Account:
    """What a consultation came to, counted from its rows: who commented, how, in which language, and what was decided."""

    comments: int
    unpublished: int
    rejected: int  # sent, and no comments: not in `comments`
    respondents: Mapping[str, int]
    languages: Mapping[str, int]
    channels: Mapping[str, int]
    points: tuple[Answered, ...]
    decisions: Mapping[str, int]
    events: tuple[Event, ...] = field(default=())

    @property
    def changed(self) -> int:
        """Points that changed the draft."""
        return sum(number for decision, number in self.decisions.items() if decision in CHANGED)


def _most_first(counts: Counter[str]) -> dict[str, int]:
    order = {value: place for place, value in enumerate(Respondent.values)}
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], order.get(pair[0], 99), pair[0])))


def account_of(consultation: Consultation) -> Account:
    """Three queries, whatever the number of comments."""
    groups = list(
        consultation.comments.exclude(state=CommentState.WITHDRAWN)
        .order_by()
        .values_list("point_id", "respondent", "language", "channel", "state", "is_erased")
        .annotate(number=Count("pk"))
    )
    respondents, languages, channels = Counter[str](), Counter[str](), Counter[str]()
    kinds: dict[int | None, Counter[str]] = {}
    published: Counter[int | None] = Counter()
    unpublished = rejected = 0
    for point, respondent, language, channel, state, is_erased, number in groups:
        if state == CommentState.REJECTED:
            rejected += number
            continue
        respondents[respondent] += number
        languages[language] += number
        channels[channel] += number
        kinds.setdefault(point, Counter())[respondent] += number
        is_read = state == CommentState.PUBLISHED and not is_erased
        published[point] += number if is_read else 0
        unpublished += 0 if is_read else number
    points = list(consultation.points.select_related("changed_version__instrument"))
    return Account(
        comments=respondents.total(),
        unpublished=unpublished,
        rejected=rejected,
        respondents=_most_first(respondents),
        languages=_most_first(languages),
        channels=_most_first(channels),
        points=tuple(Answered(p, _most_first(kinds.get(p.pk, Counter())), published[p.pk]) for p in points),
        decisions=tally(point.decision for point in points),
        events=tuple(consultation.events.all()),
    )


def topics_of(consultation: Consultation) -> list[Topic]:
    return list(consultation.topics.all())


@dataclass(frozen=True)
class Suggestion:
    """Comments that say nearly the same. A suggestion: nothing is grouped without a press."""

    comments: tuple[Comment, ...]

    @property
    def first(self) -> Comment:
        return self.comments[0]

    @property
    def numbers(self) -> list[int]:
        return [each.number for each in self.comments]


def in_no_point(consultation: Consultation) -> QuerySet[Comment]:
    """The comments with words that no point holds yet: among them similar ones are looked for."""
    return counted(consultation).filter(point=None).exclude(text="").order_by("number")


def suggestions_of(consultation: Consultation) -> list[Suggestion]:
    """Groups among the comments that no point holds yet, the largest first."""
    loose = in_no_point(consultation)
    found = _clusters(tuple(loose.values_list("pk", "text")))
    rows = {each.pk: each for each in loose} if found else {}
    held = [[rows[pk] for pk in group if pk in rows] for group in found]
    return [Suggestion(tuple(sorted(group, key=lambda each: each.number))) for group in held if len(group) > 1]


@lru_cache(maxsize=1)
def _clusters(texts: tuple[tuple[int, str], ...]) -> list[list[int]]:
    """Worked out once in a process for the same comments: twenty thousand take seconds."""
    return clusters(dict(texts))


def point_choices(consultation: Consultation) -> list[tuple[int, str]]:
    """Number and words of each point, to choose one from: as they were written, the first 80 characters."""
    found = consultation.points.values_list("number", "title")
    return [
        (number, f"{number}. {title if len(title) <= 80 else Truncator(title).chars(80)}") for number, title in found
    ]


def with_words(consultation: Consultation) -> Callable[[str], list[int] | None]:
    """For a list of its comments (core/lists.py): those that may have the words asked for."""
    return lambda words: search.with_parts(COMMENT_PARTS, consultation.pk, words, most=MOST_NARROWED)
