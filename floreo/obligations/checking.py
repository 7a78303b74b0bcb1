"""Answers as they come from a form: brought into the shape that is stored, and checked when a stage is submitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.ui import locale as ui
from floreo.core.whole import whole
from floreo.core.wording import number_figures
from floreo.obligations.logic import (
    DRAFT_LONGEST,
    Answers,
    Question,
    QuestionKind,
    Stage,
    has_answer,
    is_asked,
)

PREFIX = "q_"  # before the code of a question, as the name of its field
_ORDER = ("occurred_at", "detected_at", "aware_at", "handled_at")
MOST_NUMBER = 2_000_000_000


def moment_of(value: object) -> datetime | None:
    """A moment as answers hold it; None for what is none."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=clock.zone())
    return found if clock.is_sound(found) else None


def stored(question: Question, given: Iterable[str]) -> Any:
    """What was typed, as answers hold it: moments with their zone, numbers as numbers. What cannot be read stays as it was typed, so that
    nothing is lost; it is refused when it is submitted."""
    texts = [each.replace("\x00", " ").replace("\r\n", "\n").strip()[:DRAFT_LONGEST] for each in given]
    if question.kind is QuestionKind.SEVERAL:
        known = [code for code, _words in question.choices]
        return [code for code in known if code in texts]
    text = texts[-1] if texts else ""
    if question.kind is QuestionKind.NUMBER and (number := whole(text)) is not None:
        return number
    if question.kind is QuestionKind.MOMENT and text and (found := moment_of(text)) is not None:
        return found.astimezone(clock.zone()).isoformat(timespec="minutes")
    return text


def collected(questions: Iterable[Question], data: Any) -> dict[str, Any]:
    """Answers from the posted form (a QueryDict)."""
    found = {each.code: stored(each, data.getlist(f"{PREFIX}{each.code}")) for each in questions}
    return {code: value for code, value in found.items() if has_answer(value)}


def sound_answers(
    questions: tuple[Question, ...], stage: Stage, answers: Answers, *, now: datetime, first: datetime | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers that count (of questions that are asked), and a sentence for each that cannot be submitted, by the name of its
    field. `first`: when the notification was first submitted, if it was."""
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for each in questions:
        if not is_asked(each, answers):
            continue
        value = answers.get(each.code)
        if not has_answer(value):
            if stage in each.required:
                wrong[each.code] = _("“%(question)s” is empty. Answer it.") % {"question": each.words(ui.language())}
            continue
        if (sentence := _why_not(each, value, now, first)) is not None:
            wrong[each.code] = sentence
        kept[each.code] = value
    wrong |= _out_of_order(questions, kept)
    return kept, {f"{PREFIX}{code}": sentence for code, sentence in wrong.items()}


def _why_not(question: Question, value: Any, now: datetime, first: datetime | None) -> str | None:
    match question.kind:
        case QuestionKind.TEXT:
            if len(str(value)) > question.longest:
                words = {"number": number_figures(len(str(value))), "most": number_figures(question.longest)}
                return _("The text has %(number)s characters. At most %(most)s fit.") % words
        case QuestionKind.CHOICE:
            if value not in {code for code, _words in question.choices}:
                return _("Choose one of the list.")
        case QuestionKind.YES_NO:
            if value not in {"yes", "no"}:
                return _("Answer with yes or no.")
        case QuestionKind.NUMBER:
            return _why_no_number(question, value)
        case QuestionKind.MOMENT:
            return _why_no_moment(question, value, now, first)
    return None


def _why_no_number(question: Question, value: Any) -> str | None:
    least = question.least if question.least is not None else 0
    most = question.most if question.most is not None else MOST_NUMBER
    if not isinstance(value, int) or not least <= value <= most:
        words = {"least": number_figures(least), "most": number_figures(most)}
        return _("Enter a whole number from %(least)s to %(most)s.") % words
    return None


def _why_no_moment(question: Question, value: Any, now: datetime, first: datetime | None) -> str | None:
    found = moment_of(value)
    if found is None:
        return _("Enter a day and a time, like 2026-12-31 08:30.")
    if question.fact and found > now:
        return _("That time is still to come. Enter when it happened.")
    if question.fact == "aware_at" and first is not None and found > first:
        words = {"first": ui.moment(first)}
        return _("It was first notified on %(first)s: nobody became aware of it later than that.") % words
    return None


def _out_of_order(questions: Iterable[Question], answers: Mapping[str, Any]) -> dict[str, str]:
    """Moments that lie before what must have come first."""
    by_fact = {each.fact: each for each in questions if each.fact in _ORDER and each.code in answers}
    times = [(by_fact[name], moment_of(answers[by_fact[name].code])) for name in _ORDER if name in by_fact]
    known = [(question, at) for question, at in times if at is not None]
    for (first, before), (second, after) in pairwise(known):
        if after < before:
            words = {"first": first.words(ui.language()), "second": second.words(ui.language())}
            return {second.code: _("“%(second)s” is before “%(first)s”. Correct one of the two times.") % words}
    return {}
