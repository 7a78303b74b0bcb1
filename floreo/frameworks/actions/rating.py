"""Rating an item, and reviewing what the raters said."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Changed, Refused
from floreo.core.writing import save
from floreo.frameworks.actions.assessing import must_be_held, state_of
from floreo.frameworks.logic import Rule, counted_stage, disagree
from floreo.frameworks.models import Answer, Assessment, Rating, Version

Given = str | int | Decimal | None


def _refuse(field: str, sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={field: sentence})


def _number(given: Given) -> Decimal | None:
    try:
        return Decimal(str(given))
    except InvalidOperation:
        return None


def _on_scale(version: Version, given: Given) -> Decimal:
    level = _number(given)
    if level is None or level not in version.scale.values:
        raise _refuse("level", _("Choose a level of this framework."), "not_on_scale")
    return level


def _levels(version: Version, level: Given, held: Iterable[Given]) -> tuple[Decimal, list[str]]:
    """The level that counts, and the stages said to hold where the rule asks for each of them."""
    if version.rule != Rule.ALL_BELOW:
        return _on_scale(version, level), []
    stages = sorted({_on_scale(version, stage) for stage in held})
    return counted_stage(stages, version.scale), [str(stage) for stage in stages]


def _open(answer: Answer) -> Answer:
    """The answer as it is now, its assessment held so that it cannot close in between. Refused when it has closed."""
    assessment = Assessment.objects.select_for_update().select_related("in_version").get(pk=answer.assessment_id)
    if assessment.is_closed:
        sentence = _("This assessment is closed, so its ratings cannot change. Reopen it first, with a reason.")
        raise Refused(sentence, code="closed")
    fresh = Answer.objects.select_for_update().select_related("item").get(pk=answer.pk)
    fresh.assessment = assessment
    return fresh


@action("item.rated", needs=Permission.FRAMEWORK_ASSESS)
def rate(answer: Answer, *, by: Actor, reason: str, level: Given = None, held: Iterable[Given] = ()) -> Rating:
    """What one person says of an item. Rating again replaces what the same person said before; nobody rates for others.

    Raises Refused for a level that is not on the scale, without a reason, and once the assessment is closed."""
    fresh = _open(answer)
    must_be_held(fresh.assessment.in_version)
    counts, stages = _levels(fresh.assessment.in_version, level, held)
    if not reason.strip():
        raise _refuse("reason", _("Give the reason. The reviewer and later raters will need it."), "missing")
    mine = fresh.ratings.filter(rater=by.actor_code).first() or Rating(answer=fresh, rater=by.actor_code)
    mine.rater_name, mine.level, mine.held = by.actor_name, counts, stages
    mine.reason, mine.rated_on = reason.strip(), clock.today()
    note(item=fresh.item.code)
    return save(mine)


@action("item.reviewed", needs=Permission.FRAMEWORK_REVIEW)
def review_answer(
    answer: Answer,
    *,
    by: Actor,
    level: Given = None,
    held: Iterable[Given] = (),
    reason: str = "",
    version: int | None = None,
) -> Answer:
    """The level that counts. The reviewer is not the only rater, and gives a reason where raters disagree or the level is
    none of their levels. Raises Changed when another reviewer decided in between."""
    fresh = _open(answer)
    must_be_held(fresh.assessment.in_version)
    if version is not None and version != fresh.version:
        sentence = _(
            "%(who)s reviewed this item while you had it open. Read the review, and review the item again if"
            " you disagree."
        )
        raise Changed(
            sentence % {"who": fresh.reviewed_by or _("Somebody")},
            theirs={"level": fresh.level, "reason": fresh.reason, "version": fresh.version},
        )
    ratings = list(fresh.ratings.all())
    if not ratings:
        raise Refused(
            _("This item has not been rated yet. Rate it first. Another person then reviews it."), code="unrated"
        )
    if all(rating.rater == by.actor_code for rating in ratings):
        sentence = _(
            "You are the only person who rated this item. Ask another person to review it, or a second "
            "person to rate it."
        )
        raise Refused(sentence, code="own_rating")
    counts, stages = _levels(fresh.assessment.in_version, level, held)
    text = {rating.level for rating in ratings}
    if not reason.strip() and (disagree(text) or counts not in text):
        sentence = _("The ratings differ, or none gave this level. Give the reason for choosing this level.")
        raise _refuse("reason", sentence, "missing")
    fresh.level, fresh.held = counts, stages
    fresh.set_text("reason", reason.strip() or ratings[0].reason)
    fresh.reviewed_by, fresh.reviewed_on = by.actor_name, clock.today()
    save(fresh)
    _restate(fresh.assessment)
    return fresh


@action("item.review_taken_back", needs=Permission.FRAMEWORK_REVIEW)
def take_back_review(answer: Answer, *, by: Actor) -> Answer:
    """The item waits for a review again; its ratings stay."""
    fresh = _open(answer)
    if fresh.level is None:
        raise Refused(_("This item has not been reviewed."), code="not_reviewed")
    fresh.level, fresh.held, fresh.reviewed_by, fresh.reviewed_on = None, [], "", None
    fresh.set_text("reason", "")
    save(fresh)
    _restate(fresh.assessment)
    return fresh


def _restate(assessment: Assessment) -> None:
    assessment.state = state_of(assessment)
    save(assessment)
