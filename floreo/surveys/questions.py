"""Questions and answers to them: which answer fits which question, what is asked only after another answer, and what stayed the
same between two versions of an instrument. Plain Python, no Django."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

LONGEST = 500  # characters of a short text
MOST_TEXT = 2000  # characters of one answer that are looked at; more is refused unread
LARGEST = 1_000_000_000
LATE_BY = timedelta(days=14)  # an interview of a wave's last day may arrive so much later
CLOCK_OFF = timedelta(days=2)  # a phone's clock that is so far off is marked
LONGEST_DELAY = timedelta(days=120)  # and an interview that says that it is older


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    SCALE = "scale"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class Asked:
    """What there is to know of a question to judge an answer to it."""

    key: str
    kind: Kind
    options: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    must: bool = False
    if_key: str = ""  # asked only if that question
    if_options: tuple[str, ...] = ()  # was answered by one of these

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        """Whether it is put to somebody who gave those answers."""
        if not self.if_key:
            return True
        given = answers.get(self.if_key)
        chosen = given if isinstance(given, list) else [given]
        return any(str(each) in self.if_options for each in chosen if each is not None)


class Wrong(StrEnum):
    """What is wrong with an answer; the sentence is the presenter's."""

    UNKNOWN_QUESTION = "unknown_question"
    UNKNOWN_OPTION = "unknown_option"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    TOO_LONG = "too_long"
    MISSING = "missing"
    NOT_ANSWERS = "not_answers"


@dataclass(frozen=True)
class Sound:
    """The answers that can be stored, and what is wrong with the others, by question."""

    answers: dict[str, Any]
    wrong: dict[str, Wrong]
    not_asked: tuple[str, ...] = ()  # answered though another answer rules the question out: left out


def sound_answers(questions: Sequence[Asked], given: Any) -> Sound:
    """What of `given` fits the questions. It comes from the public and from phones: it may be anything."""
    if not isinstance(given, Mapping):
        return Sound({}, {"": Wrong.NOT_ANSWERS})
    known = {each.key: each for each in questions}
    wrong = {str(key)[:60]: Wrong.UNKNOWN_QUESTION if key else Wrong.NOT_ANSWERS for key in given if key not in known}
    answers: dict[str, Any] = {}
    not_asked = []
    for each in questions:
        value = given.get(each.key)
        if not each.is_asked(answers):
            if not _is_empty(value):
                not_asked.append(each.key)
            continue
        if _is_empty(value):
            if each.must:
                wrong[each.key] = Wrong.MISSING
            continue
        found = _sound(each, value)
        if isinstance(found, Wrong):
            wrong[each.key] = found
        elif not _is_empty(found):
            answers[each.key] = found
    return Sound(answers, wrong, tuple(not_asked))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list) and not value)


def _sound(question: Asked, value: Any) -> Any:
    if isinstance(value, str) and len(value) > MOST_TEXT:
        return Wrong.TOO_LONG
    match question.kind:
        case Kind.MULTIPLE:
            return _sound_choice(question, value if isinstance(value, list) else [value])
        case Kind.SINGLE:
            return value if isinstance(value, str) and value in question.options else Wrong.UNKNOWN_OPTION
        case Kind.TEXT:
            return _sound_text(value)
        case _:
            return _sound_number(question, value)


def _sound_choice(question: Asked, chosen: list[Any]) -> Any:
    if len(chosen) > 10 * max(len(question.options), 1):
        return Wrong.UNKNOWN_OPTION
    if any(not isinstance(each, str) or each not in question.options for each in chosen):
        return Wrong.UNKNOWN_OPTION
    return [each for each in question.options if each in chosen]


def _sound_text(value: Any) -> Any:
    if not isinstance(value, str):
        return Wrong.NOT_ANSWERS
    whole = value.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf") else " " for c in whole).strip()
    return Wrong.TOO_LONG if len(text) > LONGEST else text


_NUMBER = re.compile(r"-?[0-9]{1,12}")


def _sound_number(question: Asked, value: Any) -> Any:
    if isinstance(value, bool):
        return Wrong.NOT_A_NUMBER
    if isinstance(value, str):
        text = value.strip().replace(",", "").replace(" ", "")
        if not _NUMBER.fullmatch(text):
            return Wrong.NOT_A_NUMBER
        value = int(text)
    if not isinstance(value, int):
        return Wrong.NOT_A_NUMBER
    least, most = (1, 5) if question.kind is Kind.SCALE else (0, LARGEST)
    low = least if question.low is None else question.low
    high = most if question.high is None else question.high
    return value if low <= value <= high else Wrong.OUT_OF_RANGE


def chosen_of(kind: str, answer: Any) -> list[str]:
    """The options that an answer names, as keys: of a scale the number."""
    if answer is None or kind in (Kind.TEXT, Kind.NUMBER):
        return []
    return [str(each) for each in answer] if isinstance(answer, list) else [str(answer)]


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Questions to which the second typing of a paper has another answer than the first."""
    return sorted(key for key in {*first, *second} if first.get(key) != second.get(key))


# --- Waves --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Worded:
    """A question as it was put: what must be the same for two waves to compare."""

    place: int
    kind: str
    texts: tuple[tuple[str, str], ...]  # (language, words)
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]  # (key, (language, words))
    bounds: tuple[int | None, int | None] = (None, None)
    asked_if: tuple[str, tuple[str, ...]] = ("", ())


class Differs(StrEnum):
    """Why the answers of two waves to a question do not compare."""

    NOT_ASKED = "not_asked"
    KIND = "kind"
    WORDS = "words"
    OPTIONS = "options"
    PLACE = "place"
    CONDITION = "condition"


def why_not_comparable(before: Worded | None, after: Worded | None) -> Differs | None:
    """None where the question was put in the same words, with the same options, in the same place and to the same people."""
    if before is None or after is None:
        return Differs.NOT_ASKED
    pairs = (
        (before.kind == after.kind, Differs.KIND),
        (before.texts == after.texts, Differs.WORDS),
        (before.options == after.options and before.bounds == after.bounds, Differs.OPTIONS),
        (before.asked_if == after.asked_if, Differs.CONDITION),
        (before.place == after.place, Differs.PLACE),
    )
    return next((why for is_same, why in pairs if not is_same), None)


class Phase(StrEnum):
    """Where a wave is. Answers by link are taken while it is open."""

    DRAFT = "draft"
    WAITING = "waiting"  # opened, and its first day is still to come
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"


def phase_of(state: str, starts_on: date | None, ends_on: date | None, *, today: date) -> Phase:
    if state in ("draft", "published", "closed"):
        return Phase(state)
    if starts_on is not None and today < starts_on:
        return Phase.WAITING
    return Phase.CLOSED if ends_on is not None and today > ends_on else Phase.OPEN


@dataclass(frozen=True)
class Timed:
    """When an interview was, as far as it can be known."""

    on: date  # the day that counts
    clock_off: bool


def judged_time(
    taken_at: datetime | None,
    received_at: datetime,
    starts_on: date | None,
    zone: Any,
    *,
    sent_at: datetime | None = None,
) -> Timed:
    """The day of an interview by the phone's clock where that can be true, else the day on which it arrived. It cannot be true where
    it is ahead of our own, before the wave, longer ago than answers may travel, or where the phone is wrong about now."""
    arrived = received_at.astimezone(zone).date()
    if taken_at is None:
        return Timed(arrived, clock_off=False)
    try:
        day = taken_at.astimezone(zone).date()
    except OverflowError:
        return Timed(arrived, clock_off=True)
    is_ahead = taken_at > received_at + timedelta(hours=1)
    is_before = starts_on is not None and day < starts_on
    is_old = received_at - taken_at > LONGEST_DELAY
    is_wrong = sent_at is not None and abs(received_at - sent_at) > CLOCK_OFF
    is_off = is_ahead or is_before or is_old or is_wrong
    return Timed(arrived if is_off else day, clock_off=is_off)


def is_in_time(held_on: date, received_on: date, ends_on: date | None) -> bool:
    """Whether an interview counts: it was held by the last day, and arrived not too long after."""
    return ends_on is None or (held_on <= ends_on and received_on <= ends_on + LATE_BY)


def mean_of(values: Iterable[tuple[float, float]]) -> tuple[float, float, float] | None:
    """(weighted mean, deviation, effective number) of (value, weight); None of nothing."""
    pairs = list(values)
    weight = sum(w for _v, w in pairs)
    if weight <= 0:
        return None
    mean = sum(v * w for v, w in pairs) / weight
    spread = math.sqrt(sum(w * (v - mean) ** 2 for v, w in pairs) / weight)
    return mean, spread, weight * weight / sum(w * w for _v, w in pairs)
