"""What is wrong with an answer, and where a survey and its waves are."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from floreo.core import clock, languages
from floreo.core.wording import (
    capital,
    day_text,
    month_text,
    number_figures,
)
from floreo.surveys.models import Question, QuestionKind, ResponseMode, Survey, Wave
from floreo.surveys.questions import LONGEST, Phase, Wrong

_WRONG = {
    Wrong.UNKNOWN_OPTION: _l("That is none of the answers to choose from."),
    Wrong.NOT_A_NUMBER: _l("Enter a whole number, with digits only."),
    Wrong.MISSING: _l("This question has to be answered."),
    Wrong.NOT_ANSWERS: _l("These are no answers to this survey."),
}


def wrong_sentence(why: Wrong, question: Question | None, key: str) -> str:
    match why:
        case Wrong.UNKNOWN_QUESTION:
            return _("This survey has no question “%(key)s”.") % {"key": key[:40]}
        case Wrong.OUT_OF_RANGE:
            return _range_sentence(question)
        case Wrong.TOO_LONG:
            return _("At most %(n)s characters fit.") % {"n": number_figures(LONGEST)}
        case _:
            return str(_WRONG[why])


def _range_sentence(question: Question | None) -> str:
    low = question.low if question is not None and question.low is not None else 0
    if question is not None and question.kind == QuestionKind.SCALE:
        low, high = question.bounds()
        return _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
    if question is not None and question.high is not None:
        words = {"low": number_figures(low), "high": number_figures(question.high)}
        return _("Enter a number from %(low)s to %(high)s.") % words
    return _("Enter a number of at least %(low)s.") % {"low": number_figures(low)}


def differing_sentence(questions: Sequence[Question]) -> str:
    words = "; ".join(f"“{q.called}”" for q in questions)
    return _("The two typings differ at: %(questions)s. Look at the paper.") % {"questions": words}


def phase_text(wave: Wave) -> str:
    words = {"first": day_text(wave.starts_on), "last": day_text(wave.ends_on)}
    match wave.phase:
        case Phase.DRAFT:
            return _("Draft")
        case Phase.WAITING:
            return _("Opens on %(first)s") % words
        case Phase.OPEN:
            return _("Open until %(last)s") % words
        case Phase.CLOSED:
            return _("Closed, results are to come")
        case _:
            on = clock.calendar_day(wave.published_at) if wave.published_at else wave.ends_on
            return _("Results published on %(day)s") % {"day": day_text(on)}


def mode_word(value: str) -> str:
    return str(ResponseMode(value).label) if value in ResponseMode.values else value


def next_wave_text(survey: Survey) -> str:
    return capital(month_text(survey.next_wave_on)) if survey.next_wave_on else ""


def language_word(code: str) -> str:
    return str(languages.named(code))
