"""What the reviewer says: a level of its own with a reason, returned, or accepted."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.assessments import logic
from floreo.assessments.access import ForReview, may_review
from floreo.assessments.actions.preparing import must_be_open, require_level
from floreo.assessments.logic import CampaignPhase
from floreo.assessments.mails import returned_mail
from floreo.assessments.models import REVIEW, AssessmentCampaign, Participant, ParticipantState, SelfRating
from floreo.assessments.queries import questionnaire
from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Changed, Missing, NotAllowed, Refused
from floreo.core.writing import lock_latest, require_text, save
from floreo.frameworks.logic import Rule
from floreo.frameworks.models import Answer, AssessmentState, Item


def must_be_submitted(participant: Participant) -> None:
    must_be_open(participant.campaign)
    if participant.state != ParticipantState.SUBMITTED:
        raise Refused(_("It is not submitted, so there is nothing to review yet."), code="not_submitted")


def _locked(campaign: AssessmentCampaign, participant: Participant, by: Actor) -> Participant:
    fresh = lock_latest(participant)
    if fresh.campaign_id != campaign.pk:
        raise Missing
    if not may_review(by, fresh):
        raise NotAllowed(_("Nobody reviews what their own organisation answered."))
    must_be_submitted(fresh)
    return fresh


@action("assessment.item_reviewed", needs=REVIEW)
def review_item(
    campaign: AssessmentCampaign,
    *,
    by: Actor,
    participant: Participant,
    item: Item,
    level: Decimal,
    reason: str = "",
    version: int | None = None,
) -> Answer:
    """The level that counts. One that differs from what the organisation says needs a reason. Raises Changed where another reviewer saved
    since the form was opened at `version`."""
    fresh = _locked(campaign, participant, by)
    rating = SelfRating.objects.filter(answer__assessment=fresh.assessment_id, answer__item=item).first()
    if rating is None or not rating.is_answered:
        raise Missing(_("The organisation has not answered this item."))
    answer = lock_latest(rating.answer)
    if version is not None and version != answer.version:
        sentence = _(
            "%(who)s reviewed this item while you had it open. Read the review, and review it again if you disagree."
        )
        facts = {"level": answer.level, "reason": answer.reason, "version": answer.version}
        raise Changed(sentence % {"who": answer.reviewed_by or _("Somebody")}, theirs=facts)
    counts = require_level(fresh.campaign.in_version, level)
    if counts != rating.level:
        require_text(reason, field="reason", sentence=_("Your level differs from theirs. Give the reason."))
    return _reviewed(answer, counts, reason.strip(), by=by)


def _reviewed(answer: Answer, level: Decimal, reason: str, *, by: Actor) -> Answer:
    version = answer.item.in_version
    answer.level = level
    stages = version.scale.values[1:] if version.rule == Rule.ALL_BELOW else ()
    answer.held = [str(value) for value in stages if value <= level]
    answer.set_text("reason", reason)
    answer.reviewed_by, answer.reviewed_on = by.actor_name[:200], clock.today()
    return save(answer)


def _whole(review: ForReview) -> Iterable[models.Model | models.QuerySet[Any]]:
    """What a reviewer judges: the organisation in its campaign, what it says, and the levels that count."""
    whole = review.participant.assessment_id
    ratings = SelfRating.objects.filter(answer__assessment=whole)
    return [review.participant, ratings, Answer.objects.filter(assessment=whole)]


@action("assessment.returned", needs=REVIEW, decides=_whole)
def return_to(review: ForReview, *, by: Actor, text: str, shown: str | None = None) -> Participant:
    """Back to the organisation, with what is to be corrected. Levels that the reviewer gave stay until the answer under them changes."""
    fresh = _locked(review.participant.campaign, review.participant, by)
    if fresh.campaign.phase is not CampaignPhase.OPEN:
        raise Refused(
            _("The last day of the campaign has passed. Move it first, so that they can correct it."), code="over"
        )
    fresh.return_note = require_text(text, field="text", sentence=_("Say what is to be corrected."))
    fresh.state = ParticipantState.RETURNED
    saved = save(fresh, at={"return_note": "text"})
    outbox.post_all([returned_mail(r) for r in saved.respondents.filter(ended_on=None).exclude(link_hash="")])
    return saved


@action("assessment.accepted", needs=REVIEW, decides=_whole)
def accept(review: ForReview, *, by: Actor, shown: str | None = None) -> Participant:
    """From now on it does not change, and its results count. Where the reviewer gave no level of its own, that of the organisation is
    confirmed."""
    fresh = _locked(review.participant.campaign, review.participant, by)
    assessment = fresh.assessment
    assert assessment is not None
    rows = SelfRating.objects.filter(answer__assessment=assessment).select_related("answer__item__in_version")
    asked, own, counted, confirmed = questionnaire(assessment.in_version), dict[str, Decimal](), dict[str, Decimal](), 0
    for rating in rows:
        answer = rating.answer
        if rating.level is None:
            continue
        own[answer.item.code] = rating.level
        if answer.level is None:
            _reviewed(answer, rating.level, "", by=by)
            confirmed += 1
        counted[answer.item.code] = answer.level if answer.level is not None else rating.level
    scale = assessment.in_version.scale
    fresh.results = {c: str(v) for c, v in logic.branch_means(asked.tree, counted, scale).items()}
    fresh.self_results = {c: str(v) for c, v in logic.branch_means(asked.tree, own, scale).items()}
    fresh.state, fresh.accepted_on, fresh.accepted_by = ParticipantState.ACCEPTED, clock.today(), by.actor_name[:200]
    note(confirmed=confirmed)
    saved = save(fresh)
    assessment.state, assessment.closed_on = AssessmentState.CLOSED, clock.today()
    save(assessment)
    return saved
