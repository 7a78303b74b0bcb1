"""Rules of obligations and of staged notifications, in plain Python: when something is due, what a stage asks, what it takes over from
earlier stages, what changed, and whether an incident is significant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from floreo.core.deadlines import add_months
from floreo.core.language_codes import WRITTEN, by_language
from floreo.core.language_codes import known as language_codes

Answers = Mapping[str, Any]
MOST_PERIODS = 400  # of one obligation
DRAFT_LONGEST = (
    20_000  # characters of one answer that a draft stores; what a question allows is asked when a stage is submitted
)


# --- What is due --------------------------------------------------------------------------------------------------


class Rhythm(StrEnum):
    MONTHS = "months"  # every so many months
    ONCE = "once"
    EVENT = "event"  # so many days after an event


class DueState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"  # it no longer binds them, or was recorded by mistake


WAITS_FOR_OPERATOR = frozenset({DueState.OPEN, DueState.RETURNED})


def due_days(rhythm: Rhythm, first: date, months: int, until: date) -> Iterator[date]:
    """Days on which it is due, from `first` up to the first that is later than `until`. Counted from `first` each time, so that the 31st
    does not become the 28th for good."""
    yield first
    if rhythm is not Rhythm.MONTHS or months < 1:
        return
    day, number = first, 0
    while day <= until and number < MOST_PERIODS:
        number += 1
        day = add_months(first, months * number)
        yield day


def reminders_due(due_on: date, days: Iterable[int], since: date, today: date) -> list[int]:
    """Which reminders fall due after `since` and by `today`: days before the due day, negative ones after it. Nearest to the due day
    last."""
    return sorted((each for each in days if since < due_on - timedelta(days=each) <= today), reverse=True)


# --- Stages -------------------------------------------------------------------------------------------------------


class Stage(StrEnum):
    """As incidents name what is submitted: the same names are in the rules of clocks."""

    EARLY_WARNING = "early_warning"
    NOTIFICATION = "notification"
    PROGRESS = "progress"
    FINAL = "final"


class NoticeKind(StrEnum):
    INCIDENT = "incident"
    NEAR_MISS = "near_miss"
    THREAT = "threat"
    VOLUNTARY = "voluntary"


class StageState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


# Who does not have to notify writes one stage, and may add progress.
STAGES: Mapping[NoticeKind, tuple[Stage, ...]] = {
    NoticeKind.INCIDENT: tuple(Stage),
    NoticeKind.NEAR_MISS: (Stage.NOTIFICATION, Stage.PROGRESS),
    NoticeKind.THREAT: (Stage.NOTIFICATION, Stage.PROGRESS),
    NoticeKind.VOLUNTARY: (Stage.NOTIFICATION, Stage.PROGRESS),
}


def first_stage(kind: NoticeKind) -> Stage:
    return STAGES[kind][0]


def may_begin(kind: NoticeKind, stage: Stage, submitted: Iterable[Stage], begun: Iterable[Stage]) -> bool:
    """Whether a stage may be begun: each single one once, in its order; progress as often as there is something to say, once the first
    stage was submitted, and never after the final report."""
    allowed, sent, there = STAGES[kind], set(submitted), set(begun)
    if stage not in allowed or Stage.FINAL in sent:
        return False
    if stage is Stage.PROGRESS:
        return first_stage(kind) in sent
    if stage in there:
        return False
    before = [each for each in allowed[: allowed.index(stage)] if each is not Stage.PROGRESS]
    return all(each in sent for each in before)


# --- Questions ----------------------------------------------------------------------------------------------------


class QuestionKind(StrEnum):
    TEXT = "text"
    CHOICE = "choice"
    SEVERAL = "several"
    NUMBER = "number"
    MOMENT = "moment"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Question:
    """One question of a form. `fact` names the column of the notification that its answer sets. `needs`: it is asked only where another
    question has one of those answers, and then it is required where the stage requires it."""

    code: str
    kind: QuestionKind
    text: Mapping[str, str]  # language -> words, as it was written under "" and first
    help: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, Mapping[str, str]], ...] = ()
    stages: frozenset[Stage] = frozenset()
    required: frozenset[Stage] = frozenset()
    longest: int = 4000
    least: int | None = None
    most: int | None = None
    fact: str = ""
    needs: tuple[str, tuple[str, ...]] | None = None
    is_inherited: bool = True

    def in_language(self, texts: Mapping[str, str], language: str) -> str:
        return texts.get(language) or next(iter(texts.values()), "")

    def words(self, language: str) -> str:
        return self.in_language(self.text, language)

    def choice_words(self, value: str, language: str) -> str:
        return next((self.in_language(words, language) for code, words in self.choices if code == value), value)


# Of which kind a question is whose answer sets a fact: any other could not be stored there.
FACT_KINDS: Mapping[str, QuestionKind] = {
    "occurred_at": QuestionKind.MOMENT,
    "detected_at": QuestionKind.MOMENT,
    "aware_at": QuestionKind.MOMENT,
    "handled_at": QuestionKind.MOMENT,
    "is_cross_border": QuestionKind.YES_NO,
    "countries": QuestionKind.TEXT,
    "is_malicious": QuestionKind.YES_NO,
    "impact": QuestionKind.CHOICE,
    "people": QuestionKind.NUMBER,
    "hours": QuestionKind.NUMBER,
}
IMPACTS = ("none", "degraded", "stopped")
FACTS = frozenset(FACT_KINDS)
_FIELDS = frozenset(
    [
        "code",
        "kind",
        "text",
        "help",
        "choices",
        "stages",
        "required",
        "longest",
        "least",
        "most",
        "fact",
        "needs",
        "inherited",
    ]
)
_CODE = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


def item_of(data: Mapping[str, Any]) -> Question:
    """A question as a pack writes it: code, kind, text, help, choices = [{ value, text, es = "…" }], stages, required, longest, least, most, fact,
    needs = { question = "x", one_of = ["y"] }, inherited, and other languages as es = { text, help }. Raises ValueError with a sentence."""
    code = str(data.get("code", ""))
    if unknown := set(data) - _FIELDS - language_codes():
        raise ValueError(f"question {code}: unknown field {', '.join(sorted(unknown))}")
    if not _CODE.match(code):
        raise ValueError(f"“{code}” is not a code of a question: small letters, digits and _")
    try:
        kind = QuestionKind(data.get("kind", ""))
        stages = frozenset(Stage(each) for each in data.get("stages", ()))
        required = frozenset(Stage(each) for each in data.get("required", ()))
    except ValueError as error:
        raise ValueError(f"question {code}: {error}") from None
    choices = tuple((str(each["value"]), by_language(each, "text")) for each in data.get("choices", ()))
    if not data.get("text") or not stages:
        raise ValueError(f"question {code}: needs a text and at least one stage")
    if required - stages:
        raise ValueError(f"question {code}: is required in a stage that does not ask it")
    if (kind in {QuestionKind.CHOICE, QuestionKind.SEVERAL}) != bool(choices):
        raise ValueError(f"question {code}: choices are for the kinds choice and several, which need them")
    fact = str(data.get("fact", ""))
    if fact and fact not in FACTS:
        raise ValueError(f"question {code}: “{fact}” is not one of: {', '.join(sorted(FACTS))}")
    if fact and kind is not FACT_KINDS[fact]:
        raise ValueError(f"question {code}: sets {fact}, so its kind is {FACT_KINDS[fact]}")
    if fact == "impact" and {value for value, _words in choices} - set(IMPACTS):
        raise ValueError(f"question {code}: sets impact, so its choices are among: {', '.join(IMPACTS)}")
    needs = data.get("needs")
    return Question(
        code=code,
        kind=kind,
        text=by_language(data, "text"),
        help=by_language(data, "help"),
        choices=choices,
        stages=stages,
        required=required,
        longest=int(data.get("longest", 4000)),
        least=data.get("least"),
        most=data.get("most"),
        fact=fact,
        needs=(str(needs["question"]), tuple(str(each) for each in needs["one_of"])) if needs else None,
        is_inherited=bool(data.get("inherited", True)),
    )


def questions_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    """All questions of a form. Raises ValueError: each has a code of its own, and what one needs is before it."""
    found: dict[str, Question] = {}
    for data in rows:
        each = item_of(data)
        if each.code in found:
            raise ValueError(f"question {each.code} is there twice")
        if each.needs and each.needs[0] not in found:
            raise ValueError(f"question {each.code} needs “{each.needs[0]}”, which does not come before it")
        found[each.code] = each
    return tuple(found.values())


def asked_in(questions: Iterable[Question], stage: Stage) -> tuple[Question, ...]:
    return tuple(each for each in questions if stage in each.stages)


def has_answer(value: object) -> bool:
    return value not in (None, "", [], ())


def is_asked(question: Question, answers: Answers) -> bool:
    """Whether it is asked, given the other answers."""
    if question.needs is None:
        return True
    value = answers.get(question.needs[0])
    held = value if isinstance(value, (list, tuple)) else (value,)
    return any(str(each) in question.needs[1] for each in held if has_answer(each))


# --- Taking over and comparing ------------------------------------------------------------------------------------


def inherited(questions: Iterable[Question], stage: Stage, earlier: Sequence[Answers]) -> dict[str, Any]:
    """What a new stage begins with: of each question that it asks, the newest answer that an earlier stage gave. `earlier` is in the
    order of submission. A question that is answered again each time begins empty."""
    found: dict[str, Any] = {}
    for each in asked_in(questions, stage):
        if not each.is_inherited:
            continue
        for answers in reversed(earlier):
            if has_answer(answers.get(each.code)):
                found[each.code] = answers[each.code]
                break
    return found


@dataclass(frozen=True)
class Difference:
    """One answer that is not what it was. What is empty is None."""

    code: str
    before: Any
    after: Any


def differences(questions: Iterable[Question], before: Answers, after: Answers) -> list[Difference]:
    """What changed between two sets of answers, in the order of the questions."""
    found = []
    for each in questions:
        old, new = before.get(each.code), after.get(each.code)
        old, new = (value if has_answer(value) else None for value in (old, new))
        if old != new:
            found.append(Difference(each.code, old, new))
    return found


def known(questions: Iterable[Question], stages: Sequence[Answers]) -> dict[str, Any]:
    """What is known from all stages together: of each question the newest answer."""
    found: dict[str, Any] = {}
    for each in questions:
        for answers in reversed(stages):
            if has_answer(answers.get(each.code)):
                found[each.code] = answers[each.code]
                break
    return found


# --- Significance -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignificanceRule:
    """An incident is significant where `question` is answered with one of `one_of`, or with a number of `at_least` or more."""

    code: str
    title: Mapping[str, str]
    question: str
    one_of: tuple[str, ...] = ()
    at_least: int | None = None

    def holds(self, answers: Answers) -> bool | None:
        """None where the question is not answered; of several to tick, an empty list is an answer."""
        value = answers.get(self.question)
        if value is None or value == "":
            return None
        if self.at_least is not None:
            return isinstance(value, int) and value >= self.at_least
        held = value if isinstance(value, (list, tuple)) else (value,)
        return any(str(each) in self.one_of for each in held)


def significance_rule_of(data: Mapping[str, Any], codes: Iterable[str]) -> SignificanceRule:
    """Raises ValueError with a sentence."""
    code, question = str(data.get("code", "")), str(data.get("question", ""))
    if question not in set(codes):
        raise ValueError(f"rule {code} asks “{question}”, which is no question of this form")
    if bool(data.get("one_of")) == (data.get("at_least") is not None):
        raise ValueError(f"rule {code}: give either one_of or at_least")
    title = {WRITTEN: ""} | by_language(data, "title")
    return SignificanceRule(
        code, title, question, tuple(str(each) for each in data.get("one_of", ())), data.get("at_least")
    )


def significance(rules: Iterable[SignificanceRule], answers: Answers) -> tuple[bool | None, list[SignificanceRule]]:
    """Whether it is significant, with the rules that hold. False only where every rule could be judged; None where one could not and
    none holds, or where there are no rules."""
    judged = [(rule, rule.holds(answers)) for rule in rules]
    holding = [rule for rule, holds in judged if holds]
    if holding:
        return True, holding
    if not judged or any(holds is None for _rule, holds in judged):
        return None, []
    return False, []


# --- Who must act next --------------------------------------------------------------------------------------------


class WaitingFor(StrEnum):
    OPERATOR = "operator"
    REGULATOR = "regulator"
    NOBODY = "nobody"


class NotificationState(StrEnum):
    DRAFT = "draft"  # nothing was submitted
    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # a false alarm
    REJECTED = "rejected"  # of nobody that the register knows


OPEN_STATES = frozenset({NotificationState.DRAFT, NotificationState.OPEN})


def waiting_for_whom(
    state: NotificationState, stages: Sequence[tuple[Stage, StageState]], *, is_held: bool, is_asked: bool
) -> WaitingFor:
    """Who acts next. The regulator: while a submitted stage waits, or nobody is attached. The operator: while it writes, was sent back
    or asked, and while a later stage is still to come."""
    if state not in OPEN_STATES:
        return WaitingFor.NOBODY
    if any(each is StageState.SUBMITTED for _stage, each in stages):
        return WaitingFor.REGULATOR
    if is_held and state is NotificationState.OPEN:
        return WaitingFor.REGULATOR
    return WaitingFor.OPERATOR if is_asked or any_open(state, stages) else WaitingFor.REGULATOR


def any_open(state: NotificationState, stages: Sequence[tuple[Stage, StageState]]) -> bool:
    """Whether the operator still has something to write: a stage of its own, or the final report that has not come."""
    if state is NotificationState.DRAFT or any(each in {StageState.RETURNED, StageState.DRAFT} for _s, each in stages):
        return True
    names = {stage for stage, _each in stages}
    return Stage.EARLY_WARNING in names and Stage.FINAL not in names
