"""Counts of quizzes, self-checks and exercises between the answer to a taker and the database: on the disk first, added up by the worker.

A line holds what was chosen and on which day: no address, no cookie, no time, nothing of a person or a browser. `take_in` of
actions/counting.py adds the lines up."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from floreo.awareness.journal import Journal
from floreo.core.uploads import disk_full

QUIZ, OVER_LIMIT, EXERCISE = "q", "o", "e"

_journals: dict[Path, Journal] = {}
_lock = threading.Lock()


def folder() -> Path:
    return Path(settings.SPOOL_ROOT) / "counts"


def _journal() -> Journal:
    here = folder()
    with _lock:
        return _journals.setdefault(here, Journal(here))


def _add(line: Mapping[str, Any]) -> None:
    try:
        _journal().add(line)
    except OSError as error:
        raise disk_full(error) from error


def count_quiz(quiz_id: int, day: date, chosen: Mapping[int, Sequence[int]], right: Sequence[int]) -> None:
    """On the disk when this returns. Raises Refused when there is no room."""
    answers = [[number, list(options)] for number, options in chosen.items()]
    _add({"k": QUIZ, "i": quiz_id, "d": day.isoformat(), "a": answers, "r": list(right)})


def count_over_limit(quiz_id: int, day: date) -> None:
    """One more taker of a network from which enough were counted in this hour: that there was one, and nothing of the answers."""
    _add({"k": OVER_LIMIT, "i": quiz_id, "d": day.isoformat()})


def count_exercise(exercise_id: int, day: date, group_id: int, decisions: Sequence[tuple[int, bool, bool]]) -> None:
    """`decisions`: number of the message, whether it is a phish, whether the taker was right. `group_id` 0: in no group."""
    _add(
        {"k": EXERCISE, "i": exercise_id, "d": day.isoformat(), "g": group_id, "m": [list(each) for each in decisions]}
    )
