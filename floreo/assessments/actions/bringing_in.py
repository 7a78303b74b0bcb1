"""Answers of an organisation from a file of OSCAL assessment results, as they were shown before."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.assessments.actions.answering import ANSWER, count_answers, locked_for_answers, write_rating
from floreo.assessments.models import Participant, SelfRating
from floreo.assessments.oscal.reading import Upload, plan_of
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Changed, Refused
from floreo.core.writing import save
from floreo.frameworks.models import Answer


@action("self_rating.brought_in", needs=ANSWER)
def bring_in(participant: Participant, *, by: Actor, upload: Upload, seen: str, is_confirmed: bool = False) -> int:
    """Writes what the dry run with the hash `seen` showed. Levels that come from "satisfied" and "not satisfied" alone are written only
    where that was confirmed. An item with a reviewer's level stays as it is. How many were written.

    Raises Changed where the answers, or what was reviewed, changed since; Refused where nothing is to be written, and while no answers are
    taken."""
    fresh = locked_for_answers(participant)
    assessment = fresh.assessment
    assert assessment is not None
    plan = plan_of(fresh, upload.answers)
    if plan.digest != seen:
        raise Changed(_("The answers changed since this was shown. See what would change now."), theirs={})
    rows = [row for row in plan.rows if is_confirmed or not row.by_status]
    if not rows:
        raise Refused(_("Nothing is to be written from this file."), code="nothing")
    answers = {answer.item_id: answer for answer in assessment.answers.all()}
    for row in rows:
        rating = row.own
        if rating is None:
            answer = answers.get(row.item.pk) or save(Answer(assessment=assessment, item=row.item))
            rating = SelfRating(answer=answer)
        write_rating(rating, (row.level, row.applies, row.text), by=by)
    facts = {"file": upload.name, "sha256": upload.sha256, "written": len(rows)}
    note(**facts, by_status=sum(row.by_status for row in rows))
    count_answers(fresh)
    return len(rows)
