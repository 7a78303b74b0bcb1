"""The form of a survey: the same questions on the public site, for typing in from paper and on an interviewer's phone. No account, no
script. What is wrong with an answer, surveys/questions.py says."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from floreo.core.errors import Refused
from floreo.surveys.models import Question, QuestionKind, Wave
from floreo.surveys.papers import condition_text, kind_text
from floreo.surveys.queries import questions_of

PREFIX = "q_"
MOST_CHARACTERS = 100_000  # of all answers together


@dataclass(frozen=True)
class Choice:
    key: str
    words: str
    is_chosen: bool
    id: str


@dataclass(frozen=True)
class Item:
    """One question as it is on a form, with what was given and what is wrong with it."""

    question: Question
    place: int
    name: str
    id: str
    hint: str
    condition: str
    choices: tuple[Choice, ...]
    value: str
    error: str
    shown: tuple[str, ...]  # what was answered, in words

    @property
    def is_choice(self) -> bool:
        return self.question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.SCALE)

    @property
    def type(self) -> str:
        return "checkbox" if self.question.kind == QuestionKind.MULTIPLE else "radio"

    @property
    def is_row(self) -> bool:
        return self.question.kind == QuestionKind.SCALE

    @property
    def needs(self) -> str:
        """For the script that hides what is not asked: "q_internet=daily,weekly"."""
        if not self.question.if_key:
            return ""
        return f"{PREFIX}{self.question.if_key}={','.join(str(each) for each in self.question.if_options)}"


@dataclass(frozen=True)
class SurveyForm:
    wave: Wave
    items: tuple[Item, ...]
    once: str
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """(sentence, id of the field) of what is wrong, for the box on top."""
        by_key = {item.question.key: item.id for item in self.items}
        return [(sentence, by_key.get(key, "")) for key, sentence in self.errors.items()]


def given_in(data: QueryDict, wave: Wave) -> dict[str, Any]:
    """What a form says, by question; strange fields too, so that they are refused and not dropped unseen."""
    if sum(len(value) for name in data for value in data.getlist(name)) > MOST_CHARACTERS:
        return {"": "too long"}
    kinds = {q.key: q.kind for q in questions_of(wave.instrument)}
    found: dict[str, Any] = {}
    for name in data:
        if not name.startswith(PREFIX):
            continue
        key, values = name.removeprefix(PREFIX), [v.replace("\x00", " ") for v in data.getlist(name)]
        if kinds.get(key) == QuestionKind.MULTIPLE:
            found[key] = [value for value in values if value]
        else:
            found[key] = values[-1] if values else ""
    return found


def form_of(
    wave: Wave, given: Mapping[str, Any] | None = None, *, once: str = "", refusal: Refused | None = None
) -> SurveyForm:
    answers = dict(given or {})
    errors = {key: str(sentence) for key, sentence in refusal.fields.items()} if refusal is not None else {}
    if refusal is not None and not errors:
        errors = {"": str(refusal.sentence)}
    questions = questions_of(wave.instrument)
    places = {q.key: place for place, q in enumerate(questions, 1)}
    by_key = {q.key: q for q in questions}
    items = tuple(_item(q, places, by_key, answers.get(q.key), errors.get(q.key, "")) for q in questions)
    return SurveyForm(wave, items, once or str(uuid.uuid4()), errors)


def _item(question: Question, places: dict[str, int], by_key: dict[str, Question], answer: Any, error: str) -> Item:
    several = answer if isinstance(answer, list) else [answer]
    chosen = [str(each) for each in several if each is not None]
    name = f"{PREFIX}{question.key}"
    options = question.choices()
    choices = tuple(Choice(key, words, key in chosen, f"{name}-{n}") for n, (key, words) in enumerate(options))
    words = dict(options)
    is_choice = question.kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.SCALE)
    shown = tuple(words.get(each, each)[:500] for each in chosen if each)
    hint = " ".join(filter(None, [question.in_language("hint"), kind_text(question)]))
    return Item(
        question,
        places[question.key],
        name,
        f"{name}-0" if is_choice else name,
        hint,
        condition_text(question, places, by_key),
        choices,
        "" if is_choice or not chosen else chosen[0][:5000],
        error,
        shown,
    )
