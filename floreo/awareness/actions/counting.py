"""Adds up what takers of quizzes and exercises left on the disk. Tables of counts are attested by no entry (models/quizzes.py says why), so these
writes make none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F

from floreo.awareness import counting, journal
from floreo.awareness.models import CountedBatch, Exercise, ExerciseCount, ExerciseGroup, Quiz, QuizCount
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action

RUN = Permission.AWARENESS_RUN  # the worker has it
KEPT = timedelta(days=120)  # names of files that were added up: longer than any backup that somebody restores
_SUMS = ("takers", "phish_seen", "phish_recognised", "real_seen", "real_recognised")
Key = tuple[Any, ...]


class Sums:
    """What one file adds to each row: two numbers a key."""

    def __init__(self) -> None:
        self.quiz, self.quiz_right = Counter[Key](), Counter[Key]()
        self.exercise, self.exercise_right = Counter[Key](), Counter[Key]()
        self.group: dict[int, Counter[str]] = {}

    def add(self, line: Mapping[str, Any]) -> None:
        day = date.fromisoformat(line["d"])
        if line["k"] == counting.QUIZ:
            self._add_quiz(line["i"], day, line)
        elif line["k"] == counting.OVER_LIMIT:
            self.quiz[line["i"], day, 0, 1] += 1
        elif line["k"] == counting.EXERCISE:
            self._add_exercise(line, day)

    def _add_quiz(self, quiz: int, day: date, line: Mapping[str, Any]) -> None:
        self.quiz[quiz, day, 0, 0] += 1
        right = set(line["r"])
        for question, options in line["a"]:
            self.quiz[quiz, day, question, 0] += 1
            self.quiz_right[quiz, day, question, 0] += question in right
            for option in options:
                self.quiz[quiz, day, question, option] += 1

    def _add_exercise(self, line: Mapping[str, Any], day: date) -> None:
        if line["g"]:
            group = self.group.setdefault(line["g"], Counter())
            group["takers"] += 1
            for _message, is_phish, is_right in line["m"]:
                group["phish_seen" if is_phish else "real_seen"] += 1
                group["phish_recognised" if is_phish else "real_recognised"] += bool(is_right)
            return
        self.exercise[line["i"], day, 0] += 1
        for message, _is_phish, is_right in line["m"]:
            self.exercise[line["i"], day, message] += 1
            self.exercise_right[line["i"], day, message] += bool(is_right)


@action("quiz.counted", needs=RUN, quiet=True)
def add_up(name: str, *, by: Actor, lines: list[dict[str, Any]]) -> int:
    """Adds the lines of one file to the counts, once: a file that comes again is known by its name. Lines of what was removed since
    are left out. Returns how many lines there were."""
    try:
        with transaction.atomic():
            CountedBatch.objects.create(name=name, counted_at=clock.now())
    except IntegrityError:
        return 0
    sums = Sums()
    for line in lines:
        sums.add(line)
    _put(QuizCount, ("quiz_id", "day", "question", "option"), sums.quiz, sums.quiz_right, _ids(Quiz, sums.quiz))
    ids = _ids(Exercise, sums.exercise)
    _put(ExerciseCount, ("exercise_id", "day", "message"), sums.exercise, sums.exercise_right, ids)
    for group, added in sums.group.items():
        ExerciseGroup.objects.filter(pk=group).update(**{field: F(field) + added[field] for field in _SUMS})
    return len(lines)


def _ids(model: type[models.Model], counted: Counter[Key]) -> set[int]:
    wanted = {key[0] for key in counted}
    return set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))


def _put(
    model: type[models.Model], names: tuple[str, ...], numbers: Counter[Key], right: Counter[Key], there: set[int]
) -> None:
    for key, number in sorted(numbers.items()):
        if key[0] not in there:
            continue
        found = model._default_manager.filter(**dict(zip(names, key, strict=True)))
        if not found.update(number=F("number") + number, right=F("right") + right[key]):
            row = model(**dict(zip(names, key, strict=True)), number=number, right=right[key])
            row.save(force_insert=True)


def take_in(*, by: Actor) -> int:
    """Adds up every file that waits, each in a transaction of its own, and lets go of old names. Returns how many lines."""
    count = journal.take(counting.folder(), lambda name, lines: add_up(name, by=by, lines=lines))
    if count:
        forget_old(by=by)
    return count


@action("quiz.names_forgotten", needs=RUN, quiet=True)
def forget_old(*, by: Actor) -> None:
    """Removes the names of files that were added up long ago."""
    CountedBatch.objects.filter(counted_at__lt=clock.now() - KEPT).delete()
