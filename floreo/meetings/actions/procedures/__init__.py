"""Writing written procedures: prepared, opened, answered by the link of each member, closed by their rule."""

from floreo.meetings.actions.procedures.answering import own_ballot, vote
from floreo.meetings.actions.procedures.closing import (
    close_early,
    close_procedure,
    discuss_procedure,
    must_be_answered_by_all,
    must_have_failed,
    run_procedures,
)
from floreo.meetings.actions.procedures.opening import (
    must_be_withdrawable,
    open_procedure,
    remind_members,
    send_new_link,
    withdraw_procedure,
)
from floreo.meetings.actions.procedures.preparing import prepare_procedure, update_procedure
from floreo.meetings.actions.procedures.rules import must_be_changeable, must_be_draft, must_be_open

__all__ = [
    "close_early",
    "close_procedure",
    "discuss_procedure",
    "must_be_answered_by_all",
    "must_be_changeable",
    "must_be_draft",
    "must_be_open",
    "must_be_withdrawable",
    "must_have_failed",
    "open_procedure",
    "own_ballot",
    "prepare_procedure",
    "remind_members",
    "run_procedures",
    "send_new_link",
    "update_procedure",
    "vote",
    "withdraw_procedure",
]
