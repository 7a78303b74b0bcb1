"""What every write of a review asks before it saves."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from floreo.core.errors import Changed, Refused
from floreo.core.writing import lock_latest, save
from floreo.reviews.logic import ANSWERED, AnswerState, RequestState, whole
from floreo.reviews.models import Answer, Review, UpdateRequest
from floreo.reviews.presenters import decided_text, moment_day
from floreo.reviews.queries import reply_address

CLOSED = "review_closed"
__all__ = ["CLOSED", "closed", "lock_latest", "must_be_open", "must_wait", "restate"]


def closed(review: Review) -> Refused:
    """The sentence for whoever comes after the close: when it was, and whom to write to."""
    day = moment_day(review.closed_at) if review.closed_at else ""
    sentence = _("The review was closed on %(day)s, so nothing was changed. Send your text to %(reply)s.") % {
        "day": day,
        "reply": reply_address(review.edition),
    }
    refusal = Refused(sentence, code=CLOSED)
    refusal.status = 409
    return refusal


def must_be_open(review: Review) -> Review:
    """The review as it is now, held until the transaction ends. Raises Refused once it is closed."""
    fresh = lock_latest(review)
    if fresh.is_closed:
        raise closed(fresh)
    return fresh


def must_wait(answer: Answer) -> Answer:
    """The answer as it is now, held, when it still waits for a decision. Raises Changed with who decided what and when."""
    fresh = lock_latest(answer)
    if fresh.state in (AnswerState.APPROVED, AnswerState.RETURNED):
        theirs = {f.name: getattr(fresh, f.name) for f in fresh._meta.concrete_fields}
        sentence = _("Already decided: %(decided)s") % {"decided": decided_text(fresh)}
        raise Changed(sentence, theirs=theirs)
    if fresh.state != AnswerState.SUBMITTED:
        raise Refused(_("It has not been sent yet."), code="not_submitted")
    return fresh


def restate(update_request: UpdateRequest, today: date) -> UpdateRequest:
    """Works out the status of the request as a whole from its newest answers, and keeps it."""
    states: dict[int, AnswerState] = {}
    for act, state in update_request.answers.order_by("number").values_list("action_id", "state"):
        states[act] = AnswerState(state)
    asked = update_request.actions.order_by().values_list("pk", flat=True)
    update_request.state = whole(states, asked, is_opened=update_request.opened_at is not None)
    if RequestState(update_request.state) in ANSWERED and update_request.answered_on is None:
        update_request.answered_on = today
    return save(update_request)
