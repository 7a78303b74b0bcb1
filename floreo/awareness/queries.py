"""Reads of awareness that are used more than once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.utils.translation import gettext as _

from floreo.awareness.logic import SMALLEST_GROUP, Choices, per_cent, shown_groups
from floreo.awareness.models import (
    Campaign,
    Exercise,
    ExerciseCount,
    ExerciseGroup,
    Message,
    Option,
    Question,
    QuestionKind,
    Quiz,
    QuizCount,
    Reach,
    ReachUnit,
    SimulationResult,
)
from floreo.core import clock

# --- Quizzes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question with its options, ready to be shown and judged."""

    question: Question
    options: tuple[Option, ...]

    @property
    def choices(self) -> Choices:
        numbers = frozenset(option.number for option in self.options)
        right = frozenset(option.number for option in self.options if option.is_right)
        return Choices(self.question.number, numbers, right, self.question.takes_many)

    def missing_of(self, chosen: Sequence[int]) -> int | None:
        """In a self-check: how much is missing by what was chosen."""
        return next((option.missing for option in self.options if option.number in chosen), None)


def questions_of(quiz: Quiz) -> list[Asked]:
    """Two queries."""
    rows = quiz.questions.select_related("material").prefetch_related("options").order_by("number")
    return [Asked(row, tuple(sorted(row.options.all(), key=lambda option: option.number))) for row in rows]


def why_not_takeable(quiz: Quiz) -> str:
    """What is missing before anybody can take it; "" when it is whole."""
    asked = questions_of(quiz)
    if not asked:
        return _("Add a question first.")
    for each in asked:
        number = each.question.number
        right = each.choices.right
        if len(each.options) < 2:
            return _("Question %(number)d has fewer than two answers.") % {"number": number}
        if quiz.is_check:
            if not each.question.advice.strip():
                return _("Question %(number)d does not say what to do where it is missing.") % {"number": number}
            continue
        if not right:
            return _("Question %(number)d has no right answer.") % {"number": number}
        if each.question.kind == QuestionKind.TRUE_FALSE and (len(each.options), len(right)) != (2, 1):
            return _("Question %(number)d is true or false, so it has two answers and one is right.") % {
                "number": number
            }
    return ""


@dataclass(frozen=True)
class OptionShare:
    option: Option
    number: int
    share: int | None  # per cent of those who answered the question


@dataclass(frozen=True)
class QuestionCount:
    asked: Asked
    answered: int
    right_share: int | None
    options: tuple[OptionShare, ...]


@dataclass(frozen=True)
class QuizCounts:
    takers: int
    over_limit: int
    questions: tuple[QuestionCount, ...]


def counts_of(quiz: Quiz, asked: Sequence[Asked] | None = None, *, until: date | None = None) -> QuizCounts:
    """All days together, or those before `until`. Three queries."""
    rows = QuizCount.objects.filter(quiz=quiz)
    rows = rows.filter(day__lt=until) if until else rows
    summed = rows.values_list("question", "option").annotate(Sum("number"), Sum("right"))
    found = {(question, option): (number, right) for question, option, number, right in summed}
    none = (0, 0)
    return QuizCounts(
        takers=found.get((0, 0), none)[0],
        over_limit=found.get((0, 1), none)[0],
        questions=tuple(_question_count(each, found) for each in (questions_of(quiz) if asked is None else asked)),
    )


def _question_count(asked: Asked, found: Mapping[tuple[int, int], tuple[int, int]]) -> QuestionCount:
    number = asked.question.number
    answered, right = found.get((number, 0), (0, 0))
    options = [(option, found.get((number, option.number), (0, 0))[0]) for option in asked.options]
    shares = tuple(OptionShare(option, count, per_cent(count, answered)) for option, count in options)
    return QuestionCount(asked, answered, per_cent(right, answered), shares)


def taken_until_yesterday(quiz: Quiz) -> int:
    """How many took it on days that are over, as the public sees it: of a day that runs, one more would be one person. 0 for fewer than
    a smallest number."""
    rows = QuizCount.objects.filter(quiz=quiz, question=0, option=0, day__lt=clock.today())
    taken = int(rows.aggregate(all=Sum("number"))["all"] or 0)
    return taken if taken >= SMALLEST_GROUP else 0


# --- Exercises ----------------------------------------------------------------------------------------------------


def messages_of(exercise: Exercise) -> list[Message]:
    """With their spots. Two queries."""
    return list(exercise.messages.prefetch_related("spots").order_by("number"))


def why_not_playable(exercise: Exercise) -> str:
    """What is missing before anybody can take it; "" when it is whole."""
    messages = messages_of(exercise)
    if not messages:
        return _("Add a message first.")
    if all(message.is_phish for message in messages) or not any(message.is_phish for message in messages):
        return _("An exercise needs a phish and a real message: else one answer is always right.")
    for message in messages:
        if message.is_phish and not any(spot.is_sign for spot in message.spots.all()):
            return _("Message %(number)d is a phish without a sign by which it can be known.") % {
                "number": message.number
            }
    return ""


@dataclass(frozen=True)
class GroupLine:
    """A group as its results may be shown. `recognised` and the others are None where they may not."""

    group: ExerciseGroup
    is_part: bool
    takers: int | None
    recognised: int | None  # per cent of the decisions on a phish
    trusted: int | None  # per cent of the decisions on a real message
    reason: str = ""
    phish_seen: int = 0  # 0 where it is not shown
    phish_recognised: int = 0

    @property
    def is_shown(self) -> bool:
        return self.takers is not None


@dataclass(frozen=True)
class _Total:
    takers: int
    phish_seen: int
    phish_recognised: int
    real_seen: int
    real_recognised: int


def _sum(groups: Iterable[ExerciseGroup]) -> _Total:
    rows = list(groups)
    return _Total(
        sum(row.takers for row in rows),
        sum(row.phish_seen for row in rows),
        sum(row.phish_recognised for row in rows),
        sum(row.real_seen for row in rows),
        sum(row.real_recognised for row in rows),
    )


def group_lines(groups: Iterable[ExerciseGroup]) -> list[GroupLine]:
    """Each group with its parts below it. A group with parts shows its own takers and theirs together, once all of them are closed."""
    rows = list(groups)
    parts: dict[int, list[ExerciseGroup]] = {}
    for row in rows:
        if row.parent_id is not None:
            parts.setdefault(row.parent_id, []).append(row)
    lines = []
    for row in rows:
        if row.parent_id is None:
            lines += _family(row, parts.get(row.pk, []))
    return lines


def _family(parent: ExerciseGroup, parts: Sequence[ExerciseGroup]) -> list[GroupLine]:
    """The takers of the parent itself are one more part, without a line of its own: hidden whenever that is needed."""
    if not parts:
        may = parent.is_over and parent.takers >= SMALLEST_GROUP
        return [_line(parent, _sum([parent]), is_shown=may, is_part=False, in_family=False)]
    all_over = all(row.is_over for row in (parent, *parts))
    shown = shown_groups([parent.takers, *(part.takers for part in parts)])
    total = shown.total and all_over
    lines = [_line(parent, _sum([parent, *parts]), is_shown=total, is_part=False, waits=not all_over)]
    # A part shows only when all are closed: one that closes later would be the difference of two totals.
    for part, may in zip(parts, shown.groups[1:], strict=True):
        lines.append(_line(part, _sum([part]), is_shown=may and all_over, is_part=True, waits=not all_over))
    return lines


def _line(
    group: ExerciseGroup, total: _Total, *, is_shown: bool, is_part: bool, waits: bool = False, in_family: bool = True
) -> GroupLine:
    if is_shown:
        recognised = per_cent(total.phish_recognised, total.phish_seen)
        trusted = per_cent(total.real_recognised, total.real_seen)
        seen, right = total.phish_seen, total.phish_recognised
        return GroupLine(group, is_part, total.takers, recognised, trusted, "", seen, right)
    return GroupLine(group, is_part, None, None, None, _why_hidden(group, in_family=in_family, waits=waits))


def _why_hidden(group: ExerciseGroup, *, in_family: bool, waits: bool) -> str:
    if not group.is_over or waits:
        return (
            _("Results show when every group of it is closed.")
            if waits
            else _("Results show when the group is closed.")
        )
    if in_family:  # one sentence for all: words that set a small one apart would show how small the other is
        return _("Not shown: this group, or another of the same parent, has fewer than %(n)d takers.") % {
            "n": SMALLEST_GROUP
        }
    return _("Fewer than %(n)d took it.") % {"n": SMALLEST_GROUP}


def shown_family_totals(exercise_ids: Iterable[int] | None = None, *, closed_by: date | None = None) -> list[GroupLine]:
    """The lines that may be counted in figures: groups without parts, parents as a whole, and where a parent may not show, its shown
    parts."""
    rows = ExerciseGroup.objects.select_related("parent", "organisation")
    rows = rows.filter(exercise__in=list(exercise_ids)) if exercise_ids is not None else rows
    found: list[GroupLine] = []
    parent_shown: set[int] = set()
    for line in group_lines(rows):
        if not line.is_shown or (line.is_part and line.group.parent_id in parent_shown):
            continue
        if not line.is_part:
            parent_shown.add(line.group.pk)
        found.append(line)
    return [line for line in found if closed_by is None or ended_on(line.group) <= closed_by]


def ended_on(group: ExerciseGroup) -> date:
    return min(group.closed_on or group.ends_on, group.ends_on)


@dataclass(frozen=True)
class MessageCount:
    message: Message
    decided: int
    right_share: int | None


def message_counts(exercise: Exercise, *, until: date | None = None) -> tuple[int, list[MessageCount]]:
    """Of those who took it in no group: how many, and how many decided rightly on each message. Nothing below the smallest number."""
    rows = ExerciseCount.objects.filter(exercise=exercise)
    rows = rows.filter(day__lt=until) if until else rows
    found = {m: (n, r) for m, n, r in rows.values_list("message").annotate(Sum("number"), Sum("right"))}
    takers = int(found.get(0, (0, 0))[0])
    if takers < SMALLEST_GROUP:
        return 0, []
    counted = [(message, *found.get(message.number, (0, 0))) for message in exercise.messages.order_by("number")]
    return takers, [MessageCount(message, number, per_cent(right, number)) for message, number, right in counted]


@dataclass(frozen=True)
class SimulationLine:
    result: SimulationResult
    opened: int | None
    clicked: int | None
    reported: int | None


def simulation_lines(exercise: Exercise) -> list[SimulationLine]:
    """Per cent of those who were sent a message."""
    rows = SimulationResult.objects.filter(group__exercise=exercise).select_related("group")
    return [
        SimulationLine(r, per_cent(r.opened, r.sent), per_cent(r.clicked, r.sent), per_cent(r.reported, r.sent))
        for r in rows
    ]


# --- Campaigns ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UnitReach:
    """What was counted of one unit, added up within the unit and never beyond it."""

    unit: str
    words: str
    number: int
    sources: int


def reach_by_unit(reach: Iterable[Reach]) -> list[UnitReach]:
    rows = list(reach)
    found = []
    for unit in ReachUnit:
        of_unit = [row for row in rows if row.unit == unit]
        if of_unit:
            sources = len({row.source for row in of_unit})
            found.append(UnitReach(unit.value, str(unit.label), sum(row.number for row in of_unit), sources))
    return found


def running(viewer: object, first: date, last: date) -> list[Campaign]:
    """Campaigns of which a day lies in the stretch, with their channels."""
    rows = Campaign.objects.visible_to(viewer).filter(starts_on__lte=last, ends_on__gte=first)
    return list(rows.prefetch_related("channels").order_by("starts_on", "pk"))
