"""The values that surveys offer: (period, filters) -> Reading, from published results alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from floreo.core.figures import Filters, Period, Reading, RecordRef
from floreo.surveys.models import Question, Survey, Variable, Wave
from floreo.surveys.presenters import GROUPING_WORDS
from floreo.surveys.queries import ALL, COUNTED, published_before, questions_of

_HUNDREDTH = Decimal("0.01")
OF = "of"  # which result is meant: "survey/question/answer", and for a group "/district/XP-NP" after it


def share_answering(period: Period, filters: Filters) -> Reading:
    """Per cent that gave an answer, weighted, in the newest published wave that ended in the period; with its 95 % band. What is not
    shown on its page is none here either."""
    code, question, option, group = _parts(dict(filters.extra).get(OF, ""))
    wave = published_before(code, period.end, period.start) if code and question else None
    facts = _facts(wave, question, option, group) if wave is not None else {}
    if wave is None or "share" not in facts:
        return Reading(None, Decimal(0), Decimal(0))
    answers = Decimal(facts["answers"])
    value = _per_cent(facts["share"])
    band = (_per_cent(facts["low"]), _per_cent(facts["high"])) if "low" in facts else None
    numerator = (value * answers / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    records = (RecordRef(str(wave), f"/surveys/{code}/{wave.code}/", counted=True),)
    return Reading(value, numerator, answers, records, band=band)


def _parts(of: str) -> tuple[str, str, str, str]:
    code, _slash, rest = of.partition("/")
    question, _slash, rest = rest.partition("/")
    option, _slash, group = rest.partition("/")
    return code, question, option or COUNTED, group or ALL


def _facts(wave: Wave, question: str, option: str, group: str) -> dict[str, Any]:
    found = wave.results.get("questions", {}).get(question, {})
    facts: dict[str, Any] = found.get("shares", {}).get(option, {}).get(group, {})
    return facts


def _per_cent(share: float) -> Decimal:
    return (Decimal(str(share)) * 100).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)


def choices() -> Iterator[tuple[str, str]]:
    """What an indicator can mean: each result that the newest published wave of each survey shows."""
    rows = Wave.objects.published().filter(survey__is_public=True).select_related("survey", "instrument")
    newest: dict[int, Wave] = {}
    for wave in rows.order_by("starts_on", "pk"):
        newest[wave.survey_id] = wave
    for wave in newest.values():
        for question in questions_of(wave.instrument):
            yield from _of_question(wave.survey, wave, question)


def _of_question(survey: Survey, wave: Wave, question: Question) -> Iterator[tuple[str, str]]:
    shares = wave.results.get("questions", {}).get(question.key, {}).get("shares", {})
    named = f"{survey.in_language('title')}: {question.called}"
    for option, groups in shares.items():
        words = question.in_language("statement") if option == COUNTED else question.option_text(option)
        if "share" in groups.get(ALL, {}):
            yield f"{survey.code}/{question.key}/{option}", f"{named}: {words or question.called}"
        if option == COUNTED:
            for group, facts in groups.items():
                if group != ALL and "share" in facts:
                    yield f"{survey.code}/{question.key}/{option}/{group}", f"{named}: {_group_text(wave, group)}"


def _group_text(wave: Wave, group: str) -> str:
    name, _slash, value = group.partition("/")
    question = next((q for q in questions_of(wave.instrument) if name in (q.variable, f"question.{q.key}")), None)
    shown = question.option_text(value) if question is not None else value
    if name in Variable.values:
        return f"{GROUPING_WORDS[name]}: {shown}"
    title = question.called if question is not None else name
    return f"{title}: {shown}"


def answers_collected(period: Period, filters: Filters) -> Reading:
    """Answers to published waves of public surveys that ended in the period."""
    rows = Wave.objects.published().filter(survey__is_public=True, ends_on__gte=period.start, ends_on__lte=period.end)
    waves = list(rows.select_related("survey").order_by("ends_on", "pk"))
    number = Decimal(sum(int(wave.results.get("answers", 0)) for wave in waves))
    records = tuple(RecordRef(str(w), f"/surveys/{w.survey.code}/{w.code}/", counted=True) for w in waves)
    return Reading(number, number, number, records)
