"""The procedure of designation: proposal, scores, hearing, decision, review, withdrawal. Only the decision designates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Refused
from floreo.core.wording import day_text
from floreo.core.writing import lock_latest, refuse, require_past, require_text, save
from floreo.evidence.models import Evidence
from floreo.infrastructure.logic import Scored, Stage, may_follow, score_of
from floreo.infrastructure.models import (
    EDIT,
    CriteriaSet,
    Criterion,
    Designation,
    DesignationScore,
    DesignationStep,
    Service,
    StepKind,
)

DECIDE = Permission.DESIGNATION_DECIDE


def _about(designation: Designation) -> Iterable[models.Model | models.QuerySet[Any]]:
    """A decision is about the procedure with its scores and steps, and about the service."""
    yield designation
    yield designation.service
    yield DesignationScore.objects.filter(designation=designation)
    yield DesignationStep.objects.filter(designation=designation)


def must_be_open(designation: Designation) -> None:
    if not designation.is_open:
        raise Refused(_("This procedure is decided."), code="decided")


def must_be_proposed(designation: Designation) -> None:
    if designation.stage != Stage.PROPOSED:
        raise Refused(_("The hearing has begun, or the procedure is decided."), code="stage")


def must_have_a_hearing(designation: Designation) -> None:
    """The operator has a hearing before anything is decided."""
    if designation.stage != Stage.HEARING:
        raise Refused(_("The hearing of the operator is missing. Record it first."), code="not_heard")


def must_be_in_force(designation: Designation) -> None:
    if not designation.is_in_force:
        raise Refused(_("This service is not designated."), code="not_designated")


def _must_not_be_the_proposer(designation: Designation, by: Actor) -> None:
    if by.actor_code == designation.proposed_code and by.actor_code != "system":
        raise Refused(
            _("You proposed this designation. Another person decides on it."),
            code="own_proposal",
        )


def scored(designation: Designation) -> list[Scored]:
    given = dict(designation.scores.values_list("criterion", "points"))
    return [Scored(each.weight, each.most, given.get(each.pk)) for each in designation.criteria.criteria.all()]


def _next_code() -> str:
    year = clock.today().year
    numbers = [
        int(code.rpartition("-")[2])
        for code in Designation.objects.filter(code__startswith=f"DES-{year}-").values_list("code", flat=True)
        if code.rpartition("-")[2].isdigit()
    ]
    return f"DES-{year}-{max(numbers, default=0) + 1:03d}"


def _step(
    designation: Designation, kind: StepKind, *, by: Actor, on: date, text: str, document: Evidence | None
) -> DesignationStep:
    require_past(on, field="on")
    last = designation.steps.order_by("-on", "-pk").first()
    if last is not None and on < last.on:
        sentence = _("The step before was on %(day)s. This one cannot be earlier.") % {"day": day_text(last.on)}
        raise refuse("on", sentence, code="order")
    words = require_text(text, field="text", sentence=_("Give the reasons."))
    return save(
        DesignationStep(
            designation=designation, kind=kind, on=on, text=words, document=document, by=by.actor_name[:200]
        )
    )


def _go_on(designation: Designation, then: Stage) -> Designation:
    if not may_follow(Stage(designation.stage), then):
        raise Refused(_("This step does not follow the one before."), code="stage")
    designation.stage = then
    return save(designation)


@action("designation.proposed", needs=EDIT)
def propose(
    service: Service,
    *,
    by: Actor,
    criteria: CriteriaSet,
    on: date,
    text: str,
    document: Evidence | None = None,
) -> Designation:
    """The procedure begins. Nothing is shown to the public by it."""
    if not service.is_current:
        raise Refused(_("This service is not in the register."), code="not_current")
    if service.operator is None:
        raise Refused(_("This service has no operator in the register, so no hearing is possible."), code="no_operator")
    made = save(
        Designation(
            service=service,
            criteria=criteria,
            code=_next_code(),
            proposed_by=by.actor_name[:200],
            proposed_code=by.actor_code[:120],
        )
    )
    _step(made, StepKind.PROPOSAL, by=by, on=on, text=text, document=document)
    return made


@action("designation.scored", needs=EDIT)
def score(designation: Designation, *, by: Actor, points: Mapping[Criterion, tuple[int, str]]) -> Designation:
    """Points for criteria, each with its reason. Those that are not named stay as they are."""
    fresh = lock_latest(designation)
    must_be_open(fresh)
    held = {row.criterion_id: row for row in fresh.scores.all()}
    for criterion, (given, reason) in points.items():
        if criterion.criteria_id != fresh.criteria_id:
            raise refuse(f"points_{criterion.code}", _("This criterion is of another set."), code="other_set")
        if given not in {int(level["points"]) for level in criterion.levels}:
            raise refuse(f"points_{criterion.code}", _("Choose one of its levels."), code="no_level")
        row = held.get(criterion.pk) or DesignationScore(designation=fresh, criterion=criterion)
        row.points = given
        row.reason = require_text(reason, field=f"reason_{criterion.code}", sentence=_("Give the reason."))
        save(row, at={"reason": f"reason_{criterion.code}"})
    return fresh


@action("designation.heard", needs=EDIT)
def record_hearing(
    designation: Designation, *, by: Actor, on: date, text: str, document: Evidence | None = None
) -> Designation:
    """The hearing of the operator: what it said."""
    fresh = lock_latest(designation)
    must_be_proposed(fresh)
    _step(fresh, StepKind.HEARING, by=by, on=on, text=text, document=document)
    return _go_on(fresh, Stage.HEARING)


@action("designation.decided", needs=DECIDE, decides=_about)
def designate(
    designation: Designation,
    *,
    by: Actor,
    on: date,
    text: str,
    document: Evidence | None = None,
    review_due_on: date | None = None,
    shown: str | None = None,
) -> Designation:
    """From now on the service is designated. Refuses without a full scoring, below the threshold, by who proposed it, and before
    the hearing."""
    fresh = lock_latest(designation)
    must_be_open(fresh)
    must_have_a_hearing(fresh)
    _must_not_be_the_proposer(fresh, by)
    reached = score_of(scored(fresh))
    if reached is None:
        raise Refused(_("Not every criterion is scored."), code="not_scored")
    if reached < fresh.criteria.threshold:
        words = {"score": reached, "threshold": fresh.criteria.threshold}
        raise Refused(
            _("The score is %(score)s %%, below the threshold of %(threshold)d %%.") % words, code="below_threshold"
        )
    if review_due_on is not None and review_due_on <= on:
        raise refuse("review_due_on", _("The review comes after the decision."), code="order")
    _step(fresh, StepKind.DECISION, by=by, on=on, text=text, document=document)
    fresh.review_due_on = review_due_on
    return _go_on(fresh, Stage.DESIGNATED)


@action("designation.declined", needs=DECIDE, decides=_about)
def decline(
    designation: Designation,
    *,
    by: Actor,
    on: date,
    text: str,
    document: Evidence | None = None,
    shown: str | None = None,
) -> Designation:
    fresh = lock_latest(designation)
    must_be_open(fresh)
    _must_not_be_the_proposer(fresh, by)
    _step(fresh, StepKind.REFUSAL, by=by, on=on, text=text, document=document)
    return _go_on(fresh, Stage.DECLINED)


@action("designation.confirmed", needs=DECIDE, decides=_about)
def confirm(
    designation: Designation,
    *,
    by: Actor,
    on: date,
    text: str,
    document: Evidence | None = None,
    review_due_on: date | None = None,
    shown: str | None = None,
) -> Designation:
    """It was reviewed, and it stays."""
    fresh = lock_latest(designation)
    must_be_in_force(fresh)
    if review_due_on is not None and review_due_on <= on:
        raise refuse("review_due_on", _("The next review comes after this one."), code="order")
    _step(fresh, StepKind.REVIEW, by=by, on=on, text=text, document=document)
    fresh.review_due_on = review_due_on
    return save(fresh)


@action("designation.withdrawn", needs=DECIDE, decides=_about)
def withdraw(
    designation: Designation,
    *,
    by: Actor,
    on: date,
    text: str,
    document: Evidence | None = None,
    shown: str | None = None,
) -> Designation:
    fresh = lock_latest(designation)
    must_be_in_force(fresh)
    _step(fresh, StepKind.WITHDRAWAL, by=by, on=on, text=text, document=document)
    fresh.review_due_on = None
    return _go_on(fresh, Stage.WITHDRAWN)
