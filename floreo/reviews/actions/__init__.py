"""Every write of reviews: the rhythm, opening and closing, answering, deciding."""

from floreo.reviews.actions.answering import mark_opened, report_no_change, save_draft, submit_answer
from floreo.reviews.actions.deciding import Enter, approve_answer, approve_unchanged, return_answer
from floreo.reviews.actions.opening import (
    escalate_now,
    mark_closed,
    move_review,
    open_review,
    remind_now,
    request_the_rest,
    send_again,
)
from floreo.reviews.actions.rhythm import run_rhythm, set_rhythm

__all__ = [
    "Enter",
    "approve_answer",
    "approve_unchanged",
    "escalate_now",
    "mark_closed",
    "mark_opened",
    "move_review",
    "open_review",
    "remind_now",
    "report_no_change",
    "request_the_rest",
    "return_answer",
    "run_rhythm",
    "save_draft",
    "send_again",
    "set_rhythm",
    "submit_answer",
]
