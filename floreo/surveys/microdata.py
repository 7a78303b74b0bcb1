"""Single answers that leave: for staff all of them, for everybody only where each is like at least four others."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floreo.core.figures import SMALL
from floreo.core.tables import safe_text
from floreo.surveys import logic
from floreo.surveys.models import VARIABLES, Question, QuestionKind, Wave
from floreo.surveys.queries import questions_of, weights_of

K = SMALL  # each public row is like so many in what describes people
MOST_CHANGED = 0.2  # share of rows that may lose a value or be left out; with more of them the file would mislead
# One text or one number may reveal who somebody is.
_NOT_PUBLIC = (QuestionKind.TEXT, QuestionKind.NUMBER)


@dataclass(frozen=True)
class PublicRows:
    """Rows as they may leave: group values, weight and answers."""

    names: tuple[str, ...]  # of the group variables
    questions: tuple[Question, ...]
    rows: tuple[tuple[tuple[str, ...], float, dict[str, Any]], ...]
    blanked: int
    dropped: int


def _own_weights(wave: Wave, rows: Sequence[tuple[Any, ...]]) -> list[float]:
    """The weight of each answer by its cell; `rows` begin with the answers, then VARIABLES."""
    weights, places = weights_of(wave), [VARIABLES.index(name) for name in wave.weighted_by if name in VARIABLES]
    return [weights.of.get(tuple(row[1 + place] for place in places), 1.0) for row in rows]


def _mean_weights(rows: Iterable[tuple[str, ...] | None], weights: Iterable[float]) -> Mapping[tuple[str, ...], float]:
    """Of each row that is shown the mean of all that are shown alike."""
    shared: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for shown, weight in zip(rows, weights, strict=True):
        if shown is not None:
            shared[shown].append(weight)
    return {shown: round(sum(held) / len(held), 4) for shown, held in shared.items()}


def public_rows(wave: Wave) -> PublicRows:
    """Without texts, numbers, times, ways and languages, in an order that says nothing. The weight is the mean of those who are alike in
    what is shown: that of a single cell would reveal the values that were taken out."""
    questions = tuple(q for q in questions_of(wave.instrument) if q.kind not in _NOT_PUBLIC and not q.variable)
    asked = {q.variable for q in questions_of(wave.instrument)}
    names = tuple(name for name in VARIABLES if name in asked)
    found = list(wave.responses.order_by("uuid").values_list("answers", *VARIABLES))
    groups = [tuple(str(dict(zip(VARIABLES, row[1:], strict=True))[name]) for name in names) for row in found]
    made = logic.k_anonymous(groups, K)
    mean = _mean_weights(made.rows, _own_weights(wave, found))
    keys = [q.key for q in questions]
    rows = [
        (shown, mean[shown], {key: row[0][key] for key in keys if key in row[0]})
        for shown, row in zip(made.rows, found, strict=True)
        if shown is not None
    ]
    rows.sort(key=lambda each: (each[0], sorted((k, str(v)) for k, v in each[2].items())))
    return PublicRows(names, questions, tuple(rows), made.blanked, made.dropped)


def public_csv(wave: Wave) -> Iterator[str]:
    made = public_rows(wave)
    lines = _Lines()
    yield lines.row([*made.names, "weight", *(q.key for q in made.questions)], mark=True)
    for groups, weight, answers in made.rows:
        yield lines.row([*groups, weight, *(_cell(answers.get(q.key)) for q in made.questions)])


def staff_csv(wave: Wave) -> Iterator[str]:
    """Every answer with its groups and weight, for who may see single answers. No interviewer, and no minute."""
    questions = questions_of(wave.instrument)
    own = [q for q in questions if not q.variable]
    weights, places = weights_of(wave), [VARIABLES.index(name) for name in wave.weighted_by if name in VARIABLES]
    lines = _Lines()
    yield lines.row(["mode", "language", *VARIABLES, "weight", *(q.key for q in own)], mark=True)
    rows = wave.responses.order_by("uuid").values_list("answers", "mode", "language", *VARIABLES)
    for answers, mode, language, *groups in rows.iterator(chunk_size=2000):
        weight = weights.of.get(tuple(groups[place] for place in places), 1.0)
        yield lines.row([mode, language, *groups, round(weight, 4), *(_cell(answers.get(q.key)) for q in own)])


def _cell(answer: Any) -> str:
    if answer is None:
        return ""
    return safe_text(";".join(str(each) for each in answer) if isinstance(answer, list) else str(answer))


class _Lines:
    """Lines of CSV, one at a time."""

    def __init__(self) -> None:
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer)

    def row(self, cells: Sequence[Any], *, mark: bool = False) -> str:
        self._writer.writerow(cells)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return f"\ufeff{text}" if mark else text
