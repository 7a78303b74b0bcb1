"""Members answer by their links."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.ui import locale
from floreo.core.writing import lock_latest, refuse, require_text, save
from floreo.meetings.access import Answering
from floreo.meetings.actions.procedures.rules import ballot_key, left_text
from floreo.meetings.models import (
    Ballot,
    ProcedureMember,
    WrittenProcedure,
)
from floreo.meetings.voting import (
    NEEDS_REASON,
    ProcedureState,
    choices_of,
)


def _closed_text(procedure: WrittenProcedure) -> str:
    if procedure.state == ProcedureState.WITHDRAWN:
        return _("This written procedure was withdrawn: %(reason)s") % {"reason": procedure.withdrawn_reason}
    words = {"moment": locale.moment(procedure.closed_at or procedure.closes_at)}
    return _("This written procedure closed on %(moment)s. Your answer was not recorded.") % words


@action("procedure.answered", needs=None, quiet=True)
def vote(member: ProcedureMember, *, by: Actor, choice: str, reason: str = "") -> ProcedureMember:
    """Whoever holds the link of the member answers, or answers otherwise until it closes. The procedure is held until the end: it
    closes before this answer or after it, never between. The trail says that they answered, and not how."""
    procedure = lock_latest(member.procedure)
    member = lock_latest(member)
    if not isinstance(by, Answering) or by.key != key(member):
        raise NotAllowed
    if not procedure.is_open:
        raise Refused(_closed_text(procedure), code="closed")
    if not member.holds_on(clock.today()):
        raise Refused(left_text(), code="left")
    if choice not in choices_of(procedure.kind, procedure.options.count()):
        raise refuse("choice", _("Choose one of the answers."), code="no_choice")
    reason = _reason(procedure, choice, reason)
    mine = Ballot.objects.filter(key=ballot_key(member), procedure__state=ProcedureState.OPEN)
    if mine.filter(choice=choice, reason=reason).exists():  # pressed twice: the same answer
        return member
    if not mine.update(choice=choice, reason=reason):
        raise Refused(_closed_text(procedure), code="closed")
    member.answered_at = clock.now()
    return save(member)


def own_ballot(member: ProcedureMember) -> dict[str, str]:
    """What a member answered so far, for their own page; nothing of a secret ballot, since whoever gets the link would read it."""
    if member.procedure.is_secret:
        return {}
    ballot = Ballot.objects.filter(key=ballot_key(member)).exclude(choice="").first()
    return {"choice": ballot.choice, "reason": ballot.reason} if ballot else {}


def _reason(procedure: WrittenProcedure, choice: str, reason: str) -> str:
    """Only an objection has one: in a secret vote it would say whose it is."""
    if choice not in NEEDS_REASON:
        return ""
    reason = require_text(
        reason, field="reason", sentence=_("Say what you object to, so that the committee can discuss it.")
    )
    if len(reason) > 2_000:
        raise refuse("reason", _("Shorten it to at most 2,000 characters."), code="too_long")
    return reason.replace("\x00", "")
