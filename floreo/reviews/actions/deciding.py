"""What the secretariat does with an answer: approve it, or return it with a note."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.decisions import itself
from floreo.core.errors import Refused
from floreo.core.writing import require_text, save
from floreo.evidence import actions as evidence
from floreo.evidence.models import Evidence
from floreo.reviews.actions.checking import must_be_open, must_wait, restate
from floreo.reviews.letters import Post
from floreo.reviews.logic import AnswerState
from floreo.reviews.models import Answer
from floreo.reviews.queries import is_unchanged
from floreo.strategy.actions.course import expect_action
from floreo.strategy.actions.milestones import expect_milestone, reach_milestone
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Milestone, Update

# Enters one figure of an answer: (figure, by). The workspace hands in the indicators' own action; they are a layer above reviews.
Enter = Callable[[Mapping[str, str], Actor], object]


@action("answer.returned", needs=Permission.REVIEW_DECIDE, decides=itself)
def return_answer(answer: Answer, *, by: Actor, note: str, shown: str | None = None) -> Answer:
    """Gives it back with a note; the lead gets a mail with the note and the link, and finds all that they wrote."""
    review = must_be_open(answer.update_request.review)
    answer = must_wait(answer)
    text = require_text(note, field="note", sentence=_("Enter what is missing, so that the sender can correct it."))
    answer.state, answer.returned_note = AnswerState.RETURNED, text
    answer.decided_by, answer.decided_at = by.actor_name, clock.now()
    save(answer)
    update_request = restate(answer.update_request, clock.today())
    if update_request.address:
        outbox.post(Post(review, clock.today()).returning(answer, text, by.actor_name))
    return answer


def _with_evidence(answer: Answer) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [answer, Evidence.objects.filter(pk__in=answer.evidence)]


@action("answer.approved", needs=Permission.REVIEW_DECIDE, decides=_with_evidence, notes_maker=True)
def approve_answer(answer: Answer, *, by: Actor, enter: Enter | None = None, shown: str | None = None) -> Answer:
    """The plan now says it: an update in the lead's name on the day it was said, milestones ticked with their days, expected dates,
    figures entered through `enter`, evidence attached. All of it, or nothing."""
    must_be_open(answer.update_request.review)
    answer = must_wait(answer)
    update = _write_update(answer, by)
    _expect(answer, by)
    for figure in answer.figures:
        if enter is not None:
            enter(figure, by)
    for each in Evidence.objects.filter(pk__in=answer.evidence):
        evidence.attach(each, by=by, thing=answer.action)
        evidence.attach(each, by=by, thing=update)
    answer.state, answer.update = AnswerState.APPROVED, update
    answer.decided_by, answer.decided_at = by.actor_name, clock.now()
    save(answer)
    restate(answer.update_request, clock.today())
    return answer


def _every(answers: Sequence[Answer]) -> Iterable[models.Model | models.QuerySet[Any]]:
    return list(answers)


@action("answers.approved", needs=Permission.REVIEW_DECIDE, decides=_every)
def approve_unchanged(answers: Sequence[Answer], *, by: Actor, shown: str | None = None) -> int:
    """Approves all of these, which say that nothing changed: each as an act of its own, all or none. Refused when one of them
    was changed, returned or approved after the page that listed them. Returns how many."""
    if not answers:
        raise Refused(_("No update without changes waits for approval."), code="nothing_waits")
    for answer in answers:
        if not is_unchanged(answer):
            raise Refused(
                _("The update on %(action)s says more than that nothing changed. Read it and approve it by itself.")
                % {"action": answer.action.named()},
                code="not_unchanged",
            )
        approve_answer(answer, by=by)
    note(approved=len(answers))
    return len(answers)


def _expect(answer: Answer, by: Actor) -> None:
    """The dates that the lead now expects; of a milestone that was reached meanwhile, none."""
    open_ones = {m.code: m for m in Milestone.objects.filter(action=answer.action, reached_on=None)}
    for code, dates in answer.expected.items():
        day = date.fromisoformat(dates["after"]) if dates["after"] else None
        if not code:
            expect_action(answer.action, by=by, expected_on=day)
        elif code in open_ones:
            expect_milestone(open_ones[code], by=by, expected_on=day)


def _write_update(answer: Answer, by: Actor) -> Update:
    """The update, in the answerer's name and on their day; who let it in is in the trail."""
    act, on = answer.action, answer.reported_on or clock.today()
    open_ones = {m.code: m for m in Milestone.objects.filter(action=act, reached_on=None)}
    reached = {open_ones[code]: date.fromisoformat(day) for code, day in answer.milestones.items() if code in open_ones}
    gone = [code for code in answer.milestones if code not in open_ones]
    if gone:
        note(milestones_left_out=gone)  # ticked or removed by somebody else in the meantime
    done = answer.done
    if not (done or answer.next or answer.risks or reached or answer.nothing_changed):
        done = _("The expected dates changed.") if answer.expected else _("The milestones listed were reached.")
    update = add_update(
        act,
        by=by,
        done=done,
        next=answer.next,
        risks=answer.risks,
        nothing_changed=answer.nothing_changed,
        reached=list(reached),
        on=on,
    )
    for milestone, day in reached.items():
        if day != on:
            reach_milestone(milestone, by=by, on=day)
    update.reported_by, update.translations = answer.reported_by, dict(answer.translations)
    return save(update)
