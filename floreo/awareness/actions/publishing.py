"""Materials, quizzes and exercises: prepared, published, withdrawn; and the review of materials."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from floreo.awareness.models import Exercise, Material, Option, Published, Quiz, Spot
from floreo.awareness.queries import why_not_playable, why_not_takeable
from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.writing import assign, delete_unless_used, free_code, lock_latest, refuse, require_text, save

RUN = Permission.AWARENESS_RUN


def must_be_public(thing: Published) -> None:
    if not thing.is_public:
        raise Refused(_("It is not published."), code="not_public")


def must_be_draft(thing: Published) -> None:
    """What people take part in does not change under them."""
    if thing.is_public:
        raise Refused(_("It is published. Withdraw it first."), code="public")


def must_be_unused(thing: Published) -> None:
    must_be_draft(thing)
    if isinstance(thing, Quiz | Exercise) and thing.counts.exists():
        raise Refused(_("Answers to it were counted, so it cannot be removed."), code="counted")


def _require_sound(thing: Published) -> None:
    require_text(thing.title, field="title", sentence=_("Enter a title."))
    if not isinstance(thing, Material):
        return
    require_text(thing.body, field="body", sentence=_("Enter the text."))
    thing.licence = require_text(
        thing.licence,
        field="licence",
        sentence=_("Enter the licence under which others may use it, for example CC BY 4.0."),
    )
    thing.source = require_text(
        thing.source, field="source", sentence=_("Enter the source: who wrote it, or from which document it is.")
    )


def _publish(thing: Published) -> None:
    must_be_draft(thing)
    thing.is_public, thing.published_on = True, thing.published_on or clock.today()


def _withdraw(thing: Published) -> None:
    must_be_public(thing)
    thing.is_public = False


Rows = Iterable[Model | QuerySet[Any]]


def whole_material(material: Material) -> Rows:
    return [material]


def whole_quiz(quiz: Quiz) -> Rows:
    return [quiz, quiz.questions.all(), Option.objects.filter(question__quiz=quiz)]


def whole_exercise(exercise: Exercise) -> Rows:
    return [exercise, exercise.messages.all(), Spot.objects.filter(message__exercise=exercise)]


# --- Materials ----------------------------------------------------------------------------------------------------


@action("material.prepared", needs=RUN)
def prepare_material(*, by: Actor, title: str, code: str = "", **facts: Any) -> Material:
    made = Material(code=free_code(Material, title, wanted=code.strip()))
    assign(made, {"title": title, **facts})
    _require_sound(made)
    return save(made)


@action("material.updated", needs=RUN)
def update_material(material: Material, *, by: Actor, version: int | None = None, **facts: Any) -> Material:
    fresh = lock_latest(material, version)
    assign(fresh, facts)
    _require_sound(fresh)
    fresh.is_generic = False  # written for the country from now on
    return save(fresh)


@action("material.published", needs=RUN, decides=whole_material, notes_maker=True)
def publish_material(material: Material, *, by: Actor, shown: str | None = None) -> Material:
    fresh = lock_latest(material)
    _publish(fresh)
    return save(fresh)


@action("material.withdrawn", needs=RUN)
def withdraw_material(material: Material, *, by: Actor) -> Material:
    fresh = lock_latest(material)
    _withdraw(fresh)
    return save(fresh)


@action("material.reviewed", needs=RUN)
def review_material(material: Material, *, by: Actor, review_on: date, version: int | None = None) -> Material:
    """Somebody read it: it is still right. The next time by that day."""
    fresh = lock_latest(material, version)
    if review_on <= clock.today():
        raise refuse("review_on", _("Enter a day in the future."), code="not_to_come")
    fresh.review_on = review_on
    return save(fresh)


@action("material.removed", needs=RUN)
def remove_material(material: Material, *, by: Actor) -> None:
    fresh = lock_latest(material)
    must_be_draft(fresh)
    delete_unless_used(fresh, _("It is in use, so it cannot be removed."))


# --- Quizzes ------------------------------------------------------------------------------------------------------


@action("quiz.prepared", needs=RUN)
def prepare_quiz(*, by: Actor, title: str, code: str = "", **facts: Any) -> Quiz:
    made = Quiz(code=free_code(Quiz, title, wanted=code.strip()))
    assign(made, {"title": title, **facts})
    _require_sound(made)
    return save(made)


@action("quiz.updated", needs=RUN)
def update_quiz(quiz: Quiz, *, by: Actor, version: int | None = None, **facts: Any) -> Quiz:
    fresh = lock_latest(quiz, version)
    if facts.get("kind", fresh.kind) != fresh.kind and (fresh.is_public or fresh.counts.exists()):
        raise refuse("kind", _("It was answered already, so its kind cannot change."), code="counted")
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


@action("quiz.published", needs=RUN, decides=whole_quiz, notes_maker=True)
def publish_quiz(quiz: Quiz, *, by: Actor, shown: str | None = None) -> Quiz:
    fresh = lock_latest(quiz)
    _publish(fresh)
    if sentence := why_not_takeable(fresh):
        raise Refused(sentence, code="not_whole")
    return save(fresh)


@action("quiz.withdrawn", needs=RUN)
def withdraw_quiz(quiz: Quiz, *, by: Actor) -> Quiz:
    fresh = lock_latest(quiz)
    _withdraw(fresh)
    return save(fresh)


@action("quiz.removed", needs=RUN)
def remove_quiz(quiz: Quiz, *, by: Actor) -> None:
    fresh = lock_latest(quiz)
    must_be_unused(fresh)
    delete_unless_used(fresh, _("It is in use, so it cannot be removed."))


# --- Exercises ----------------------------------------------------------------------------------------------------


@action("exercise.prepared", needs=RUN)
def prepare_exercise(*, by: Actor, title: str, code: str = "", **facts: Any) -> Exercise:
    made = Exercise(code=free_code(Exercise, title, wanted=code.strip()))
    assign(made, {"title": title, **facts})
    _require_sound(made)
    return save(made)


@action("exercise.updated", needs=RUN)
def update_exercise(exercise: Exercise, *, by: Actor, version: int | None = None, **facts: Any) -> Exercise:
    fresh = lock_latest(exercise, version)
    assign(fresh, facts)
    _require_sound(fresh)
    return save(fresh)


@action("exercise.published", needs=RUN, decides=whole_exercise, notes_maker=True)
def publish_exercise(exercise: Exercise, *, by: Actor, shown: str | None = None) -> Exercise:
    fresh = lock_latest(exercise)
    _publish(fresh)
    if sentence := why_not_playable(fresh):
        raise Refused(sentence, code="not_whole")
    return save(fresh)


@action("exercise.withdrawn", needs=RUN)
def withdraw_exercise(exercise: Exercise, *, by: Actor) -> Exercise:
    fresh = lock_latest(exercise)
    _withdraw(fresh)
    return save(fresh)


@action("exercise.removed", needs=RUN)
def remove_exercise(exercise: Exercise, *, by: Actor) -> None:
    fresh = lock_latest(exercise)
    must_be_unused(fresh)
    delete_unless_used(fresh, _("Groups take it, so it cannot be removed."))
