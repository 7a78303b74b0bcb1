"""Every write of reviews: the rhythm, opening and closing, answering, deciding."""

from floreo.reviews.actions.answering import mark_opened, save_draft, say_nothing_changed, submit_answer
from floreo.reviews.actions.deciding import Enter, approve_answer, return_answer
from floreo.reviews.actions.opening import (
    ask_again,
    ask_the_rest,
    escalate_now,
    mark_closed,
    move_review,
    open_review,
    remind_now,
)
from floreo.reviews.actions.rhythm import keep_rhythm, set_rhythm

__all__ = [
    "Enter",
    "approve_answer",
    "ask_again",
    "ask_the_rest",
    "escalate_now",
    "keep_rhythm",
    "mark_closed",
    "mark_opened",
    "move_review",
    "open_review",
    "remind_now",
    "return_answer",
    "save_draft",
    "say_nothing_changed",
    "set_rhythm",
    "submit_answer",
]
