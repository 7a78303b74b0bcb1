"""From the answer of a taker to the counts: nothing of a person, nothing lost, nothing twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from floreo.awareness import counting, journal
from floreo.awareness.actions.counting import add_up, forget_old, take_in
from floreo.awareness.models import CountedBatch, ExerciseCount, ExerciseGroup, QuizCount
from floreo.awareness.queries import counts_of, taken_until_yesterday
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.models import AuditEntry
from tests.awareness import making

pytestmark = pytest.mark.usefixtures("isla")
DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def own_spool(settings: Any, tmp_path: Path) -> None:
    settings.SPOOL_ROOT = tmp_path / "spool"


def rows(quiz: Any) -> dict[tuple[int, int], tuple[int, int]]:
    found = QuizCount.objects.filter(quiz=quiz).values_list("question", "option", "number", "right")
    return {(question, option): (number, right) for question, option, number, right in found}


def test_what_was_chosen_is_added_up() -> None:
    quiz = making.quiz()
    counting.count_quiz(quiz.pk, DAY, {1: [2], 2: [1, 3]}, [1, 2])
    counting.count_quiz(quiz.pk, DAY, {1: [1]}, [])
    counting.count_over_limit(quiz.pk, DAY)
    assert take_in(by=SYSTEM) == 3
    counting.count_quiz(quiz.pk, DAY, {1: [2]}, [1])
    assert (take_in(by=SYSTEM), take_in(by=SYSTEM)) == (1, 0)
    assert rows(quiz) == {
        (0, 0): (3, 0),
        (0, 1): (1, 0),
        (1, 0): (3, 2),
        (1, 1): (1, 0),
        (1, 2): (2, 0),
        (2, 0): (1, 1),
        (2, 1): (1, 0),
        (2, 3): (1, 0),
    }
    counts = counts_of(quiz)
    assert (counts.takers, counts.over_limit) == (3, 1)
    assert [(q.answered, q.right_share) for q in counts.questions] == [(3, 67), (1, 100)]


def test_a_file_that_comes_again_is_not_added_again() -> None:
    quiz = making.quiz()
    line = {"k": "q", "i": quiz.pk, "d": "2026-11-24", "a": [[1, [2]]], "r": [1]}
    assert [add_up("one", by=SYSTEM, lines=[line]), add_up("one", by=SYSTEM, lines=[line])] == [1, 0]
    assert rows(quiz)[0, 0] == (1, 0)


def test_what_was_removed_since_is_left_out() -> None:
    quiz = making.quiz()
    counting.count_quiz(quiz.pk + 1000, DAY, {1: [2]}, [1])
    counting.count_exercise(999_999, DAY, 0, [(1, True, True)])
    counting.count_exercise(1, DAY, 999_999, [(1, True, True)])
    assert (take_in(by=SYSTEM), rows(quiz)) == (3, {})


def test_a_group_has_sums_alone() -> None:
    exercise = making.exercise()
    group = making.group(exercise, "Class 9")
    counting.count_exercise(exercise.pk, DAY, group.pk, [(1, True, False), (2, False, True)])
    counting.count_exercise(exercise.pk, DAY, 0, [(1, True, True), (2, False, True)])
    take_in(by=SYSTEM)
    found = ExerciseGroup.objects.get(pk=group.pk)
    assert (found.takers, found.phish_seen, found.phish_recognised, found.real_seen, found.real_recognised) == (
        1,
        1,
        0,
        1,
        1,
    )
    counted = set(ExerciseCount.objects.filter(exercise=exercise).values_list("message", "number", "right"))
    assert counted == {(0, 1, 0), (1, 1, 1), (2, 1, 1)}, "those of the group are not among them"


def test_a_line_holds_nothing_of_a_person(tmp_path: Path) -> None:
    quiz = making.quiz()
    counting.count_quiz(quiz.pk, DAY, {1: [2]}, [1])
    kept: list[dict[str, Any]] = []
    journal.take(counting.folder(), lambda _name, lines: kept.extend(lines))
    assert kept == [{"k": "q", "i": quiz.pk, "d": "2026-11-24", "a": [[1, [2]]], "r": [1]}]


def test_counting_writes_no_entry_of_the_trail() -> None:
    quiz = making.quiz()
    before = AuditEntry.objects.count()
    counting.count_quiz(quiz.pk, DAY, {1: [2]}, [1])
    take_in(by=SYSTEM)
    assert AuditEntry.objects.count() == before


def test_names_of_files_are_forgotten_after_months() -> None:
    CountedBatch.objects.create(name="old", counted_at=clock.now().replace(year=2020))
    CountedBatch.objects.create(name="new", counted_at=clock.now())
    forget_old(by=SYSTEM)
    assert list(CountedBatch.objects.values_list("name", flat=True)) == ["new"]


def test_the_public_sees_only_days_that_are_over_and_no_small_number() -> None:
    quiz = making.quiz()
    QuizCount.objects.create(quiz=quiz, day=clock.today(), question=0, option=0, number=50)
    QuizCount.objects.create(quiz=quiz, day=date(2026, 11, 1), question=0, option=0, number=4)
    assert taken_until_yesterday(quiz) == 0
    QuizCount.objects.create(quiz=quiz, day=date(2026, 11, 2), question=0, option=0, number=4)
    assert taken_until_yesterday(quiz) == 8
