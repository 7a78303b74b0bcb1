"""Opening, closing and publishing an assessment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, can
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.writing import save, save_many
from floreo.evidence.actions import attach
from floreo.evidence.queries import evidence_of
from floreo.frameworks.models import Answer, Assessment, AssessmentState, Version
from floreo.organisations.models import Organisation

FIRST_YEAR = 1990


def _code(version: Version, year: int, organisation: Organisation | None) -> str:
    """cmm-2026, cmm-2026-csirt, and cmm-2026-2 where that is taken."""
    base = slugify(f"{version.framework.code}-{year}-{organisation.code if organisation else ''}")[:70].rstrip("-")
    code, number = base, 1
    while Assessment.objects.filter(code=code).exists():
        number += 1
        code = f"{base}-{number}"
    return code


def _refuse(field: str, sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, fields={field: sentence})


def must_be_held(version: Version) -> None:
    """Nothing is rated against a framework that is only known: less than nine tenths of its items are here."""
    if not version.is_held:
        sentence = _(
            "%(title)s is known, but not held: too few of its items are in this system to rate the country against it."
        )
        raise Refused(sentence % {"title": version.in_language("title")}, code="not_held")


@action("assessment.opened", needs=Permission.FRAMEWORK_REVIEW)
def open_assessment(
    version: Version,
    *,
    by: Actor,
    year: int,
    as_of: date | None = None,
    organisation: Organisation | None = None,
    note_text: str = "",
    before: Assessment | None = None,
) -> Assessment:
    """A new assessment with every item to be rated. From `before` it takes the evidence that is still valid, item by item;
    levels are never copied, since somebody has to look again."""
    must_be_held(version)
    as_of = as_of or clock.today()
    if not FIRST_YEAR <= year <= clock.today().year + 1:
        raise _refuse(
            "year", _("Enter the year of the assessment, for example %(year)d.") % {"year": clock.today().year}, "year"
        )
    if before is not None and before.in_version.framework_id != version.framework_id:
        raise _refuse("before", _("This assessment belongs to another framework."), "another_framework")
    same = Assessment.objects.outside_campaigns().filter(in_version=version, organisation=organisation, year=year)
    if same.exclude(state="closed").exists():
        sentence = _("There is already an open assessment for %(year)d. Continue it, or close it first.")
        raise _refuse("year", sentence % {"year": year}, "open_already")
    made = save(
        Assessment(
            code=_code(version, year, organisation),
            in_version=version,
            organisation=organisation,
            year=year,
            as_of=as_of,
            opened_on=clock.today(),
            opened_by=by.actor_name,
            note=note_text.strip(),
            before=before,
        )
    )
    _complete(made)
    if before is not None:
        note(evidence_taken_over=_take_evidence_over(made, before, by=by))
    return made


def _complete(assessment: Assessment) -> int:
    """Answers for the items that have none yet. How many were made."""
    have = set(assessment.answers.values_list("item_id", flat=True))
    items = assessment.in_version.items.filter(is_rated=True).exclude(pk__in=have)
    missing = [Answer(assessment=assessment, item=item) for item in items]
    return save_many(missing, model=Answer) if missing else 0


@action("assessments.completed", needs=None, quiet=True)
def complete_assessments(*, by: Actor) -> int:
    """Gives open assessments the items that their framework gained since. Run after loading; it changes no fact."""
    still_open = (
        Assessment.objects.outside_campaigns().exclude(state=AssessmentState.CLOSED).select_related("in_version")
    )
    return sum(_complete(assessment) for assessment in still_open)


def _take_evidence_over(made: Assessment, before: Assessment, *, by: Actor) -> int:
    """Evidence of the same item last time, where it is still valid and has not run out."""
    if not can(by, Permission.EVIDENCE_KEEP):
        return 0
    old = {answer.item.code: answer for answer in before.answers.select_related("item")}
    found, today, count = evidence_of([key(answer) for answer in old.values()], by), clock.today(), 0
    for answer in made.answers.select_related("item"):
        then = old.get(answer.item.code)
        for attachment in found.get(key(then), []) if then else []:
            until = attachment.evidence.valid_until
            if until is None or until >= today:
                attach(attachment.evidence, by=by, thing=answer, note=attachment.note)
                count += 1
    return count


def must_not_be_closed(assessment: Assessment) -> None:
    if assessment.is_closed:
        raise Refused(_("This assessment is already closed."), code="closed")


def must_be_closed(assessment: Assessment) -> None:
    if not assessment.is_closed:
        raise Refused(_("This assessment is open."), code="open")


def must_not_be_public(assessment: Assessment) -> None:
    if assessment.is_public:
        raise Refused(_("This assessment is public. Remove it from the public site first."), code="public")


def _with_answers(assessment: Assessment) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [assessment, assessment.answers.all()]


@action("assessment.closed", needs=Permission.FRAMEWORK_REVIEW, decides=_with_answers)
def close_assessment(assessment: Assessment, *, by: Actor, note_text: str = "", shown: str | None = None) -> Assessment:
    """From now on nothing in it changes. What was not reviewed stays without a level, and counts as not answered."""
    fresh = Assessment.objects.select_for_update().get(pk=assessment.pk)
    must_not_be_closed(fresh)
    if not fresh.answers.exclude(level=None).exists():
        raise Refused(
            _("No item has been reviewed yet. Review at least one item before you close the assessment."), code="empty"
        )
    fresh.state, fresh.closed_on = AssessmentState.CLOSED, clock.today()
    fresh.note = note_text.strip() or fresh.note
    return save(fresh)


@action("assessment.reopened", needs=Permission.FRAMEWORK_REVIEW)
def reopen_assessment(assessment: Assessment, *, by: Actor, reason: str) -> Assessment:
    """Opens a closed assessment again, with the reason. Refused while the public sees it."""
    fresh = Assessment.objects.select_for_update().get(pk=assessment.pk)
    must_be_closed(fresh)
    must_not_be_public(fresh)
    if not reason.strip():
        raise _refuse("reason", _("Give the reason for reopening it. The audit chain will show it."), "missing")
    note(reason=reason.strip())
    fresh.closed_on = None
    fresh.state = state_of(fresh)
    return save(fresh)


def state_of(assessment: Assessment) -> str:
    """Open, or reviewed when every item has a reviewed level."""
    waits = assessment.answers.filter(level=None).exists()
    return AssessmentState.OPEN if waits else AssessmentState.REVIEWED


@action("assessment.published", needs=Permission.FRAMEWORK_REVIEW, decides=_with_answers)
def publish_assessment(assessment: Assessment, *, by: Actor, shown: str | None = None) -> Assessment:
    """Shows its reviewed levels and reasons to the public. What raters said stays here."""
    if not can(by, Permission.PLAN_PUBLISH):
        raise NotAllowed
    fresh = Assessment.objects.select_for_update().get(pk=assessment.pk)
    must_be_held(fresh.in_version)
    if not fresh.is_closed:
        raise Refused(_("Close the assessment first. A published assessment cannot change."), code="open")
    fresh.is_public = True
    return save(fresh)


@action("assessment.unpublished", needs=Permission.FRAMEWORK_REVIEW)
def unpublish_assessment(assessment: Assessment, *, by: Actor) -> Assessment:
    """Takes it from the public site."""
    fresh = Assessment.objects.select_for_update().get(pk=assessment.pk)
    fresh.is_public = False
    return save(fresh)
