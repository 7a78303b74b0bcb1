"""Questions and answers of quizzes, typed in or from a GIFT file. Once somebody answered a question, its number is used for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from floreo.awareness.actions.publishing import must_be_draft
from floreo.awareness.gift import GiftQuestion, Kind
from floreo.awareness.logic import MOST_OPTIONS, MOST_QUESTIONS
from floreo.awareness.models import Option, Question, QuestionKind, Quiz
from floreo.core import languages
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete, lock_latest, refuse, require_text, save

RUN = Permission.AWARENESS_RUN


def must_not_be_counted(question: Question) -> None:
    must_be_draft(question.quiz)
    if question.quiz.counts.filter(question=question.number).exists():
        sentence = _(
            "Answers to this question were counted: with other words they would mean something else. Add a new question instead."
        )
        raise Refused(sentence, code="counted")


def must_be_removable(question: Question) -> None:
    must_be_draft(question.quiz)


def must_take_more(quiz: Quiz) -> None:
    must_be_draft(quiz)
    if quiz.questions.count() >= MOST_QUESTIONS:
        raise _full(0)


def _full(found: int) -> Refused:
    words = {"most": MOST_QUESTIONS, "found": found}
    if not found:
        return Refused(_("A quiz has at most %(most)d questions. Prepare another quiz.") % words, code="full")
    sentence = _(
        "A quiz has at most %(most)d questions, and these would be %(found)d. Choose one category, or split the file."
    )
    return Refused(sentence % words, code="full")


def _next_number(quiz: Quiz) -> int:
    """Never that of a question which was removed and had been answered."""
    used = [quiz.questions.aggregate(last=Max("number"))["last"], quiz.counts.aggregate(last=Max("question"))["last"]]
    return max(number or 0 for number in used) + 1


def _require_question(question: Question) -> None:
    require_text(question.text, field="text", sentence=_("Enter the question."))
    if question.kind not in QuestionKind.values:
        raise refuse("kind", _("Choose the kind of question."), code="missing")
    if question.importance is None or not 1 <= question.importance <= 5:
        raise refuse("importance", _("Enter a number from 1 to 5."), code="bad_number")


@action("quiz_question.added", needs=RUN)
def add_question(quiz: Quiz, *, by: Actor, **facts: Any) -> Question:
    """A question without answers yet; one that is true or false gets its two."""
    fresh = lock_latest(quiz)
    must_take_more(fresh)
    made = Question(quiz=fresh, number=_next_number(fresh))
    assign(made, facts)
    _require_question(made)
    save(made)
    if made.kind == QuestionKind.TRUE_FALSE:
        _add_truth(made, is_true=True)
    return made


def _add_truth(question: Question, *, is_true: bool, feedback: tuple[str, str] = ("", "")) -> None:
    for number, word in enumerate((pgettext_lazy("answer", "True"), pgettext_lazy("answer", "False")), 1):
        texts = languages.in_each(word)
        option = Option(question=question, number=number, text=texts.pop(languages.first()))
        option.is_right, option.explanation = (number == 1) == is_true, feedback[number - 1]
        option.translations = {code: {"text": text} for code, text in texts.items()}
        save(option)


@action("quiz_question.updated", needs=RUN)
def update_question(question: Question, *, by: Actor, version: int | None = None, **facts: Any) -> Question:
    fresh = lock_latest(question, version)
    must_not_be_counted(fresh)
    assign(fresh, facts)
    _require_question(fresh)
    return save(fresh)


@action("quiz_question.removed", needs=RUN)
def remove_question(question: Question, *, by: Actor) -> None:
    """What was counted of it stays; its number is not used again."""
    must_be_removable(question)
    delete(lock_latest(question))


def _require_option(option: Option) -> None:
    require_text(option.text, field="text", sentence=_("Enter the answer."))
    if option.missing is None or not 0 <= option.missing <= 100:
        raise refuse("missing", _("Enter a number from 0 to 100."), code="bad_number")


@action("quiz_option.added", needs=RUN)
def add_option(question: Question, *, by: Actor, **facts: Any) -> Option:
    fresh = lock_latest(question)
    must_not_be_counted(fresh)
    last = fresh.options.aggregate(last=Max("number"))["last"] or 0
    if fresh.options.count() >= MOST_OPTIONS:
        raise Refused(_("A question has at most %(most)d answers.") % {"most": MOST_OPTIONS}, code="full")
    made = Option(question=fresh, number=last + 1)
    assign(made, facts)
    _require_option(made)
    return save(made)


@action("quiz_option.updated", needs=RUN)
def update_option(option: Option, *, by: Actor, version: int | None = None, **facts: Any) -> Option:
    fresh = lock_latest(option, version)
    must_not_be_counted(fresh.question)
    assign(fresh, facts)
    _require_option(fresh)
    return save(fresh)


@action("quiz_option.removed", needs=RUN)
def remove_option(option: Option, *, by: Actor) -> None:
    must_not_be_counted(option.question)
    delete(lock_latest(option))


@action("quiz_questions.imported", needs=RUN)
def import_questions(quiz: Quiz, *, by: Actor, questions: Iterable[GiftQuestion], file_name: str = "") -> int:
    """Adds the questions of a GIFT file. Returns how many."""
    fresh = lock_latest(quiz)
    must_be_draft(fresh)
    given = list(questions)
    if not given:
        raise Refused(_("The file has no question that can be imported."), code="no_questions")
    together = fresh.questions.count() + len(given)
    if together > MOST_QUESTIONS:
        raise _full(together)
    number = _next_number(fresh)
    for at, each in enumerate(given):
        _import_one(fresh, number + at, each)
    note(file=file_name[:200], questions=len(given))
    return len(given)


def _import_one(quiz: Quiz, number: int, given: GiftQuestion) -> None:
    question = Question(quiz=quiz, number=number, kind=given.kind.value, text=given.text)
    question.explanation, question.category = given.feedback, given.category
    save(question)
    if given.kind is Kind.TRUE_FALSE:
        true, false = given.answers
        _add_truth(question, is_true=true.is_right, feedback=(true.feedback, false.feedback))
        return
    for at, answer in enumerate(given.answers, 1):
        option = Option(question=question, number=at, text=answer.text, is_right=answer.is_right)
        option.explanation = answer.feedback
        save(option)


def imported_text(number: int) -> str:
    return ngettext("%(n)d question imported.", "%(n)d questions imported.", number) % {"n": number}
