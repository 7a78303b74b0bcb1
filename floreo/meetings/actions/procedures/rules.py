"""In which state a written procedure may be changed, and what its steps share: ballots, and asking its members."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Permission
from floreo.core.errors import Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.writing import refuse
from floreo.meetings import between_mails
from floreo.meetings.models import (
    ProcedureMember,
    WrittenProcedure,
)
from floreo.meetings.voting import (
    SHORTEST,
    ProcedureState,
)

RUN = Permission.MEETING_RUN


def must_be_draft(procedure: WrittenProcedure) -> None:
    if procedure.state != ProcedureState.DRAFT:
        raise Refused(_("This procedure has been opened already."), code="opened")


def must_be_changeable(procedure: WrittenProcedure) -> None:
    """While nobody has answered: an answer is an answer to these words."""
    must_be_open_or_draft(procedure)
    if procedure.members.exclude(answered_at=None).exists():
        raise Refused(
            _(
                "A member has answered already, so question, options and closing date cannot change. Withdraw this procedure, and open"
                " another one."
            ),
            code="answered",
        )


def must_be_open_or_draft(procedure: WrittenProcedure) -> None:
    if procedure.state == ProcedureState.WITHDRAWN:
        raise Refused(_("This procedure was withdrawn."), code="withdrawn")
    if procedure.state == ProcedureState.CLOSED:
        raise Refused(_("This procedure is closed. Its result stays."), code="closed")


def check_period(procedure: WrittenProcedure) -> None:
    if procedure.closes_at < clock.now() + SHORTEST:
        raise refuse("closes_at", _("Leave the members at least 24 hours: choose a later closing date."), code="short")


def ballot_key(member: ProcedureMember) -> str:
    """By which a member's own ballot is found. Nobody makes it without the installation's secret."""
    text = f"floreo.ballot|{member.procedure_id}|{member.pk}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def ask_members(
    procedure: WrittenProcedure, members: Sequence[ProcedureMember], *, asked: int = 0, is_reminder: bool = False
) -> None:
    number = asked or len(members)
    for member in members:
        member.procedure = procedure
    outbox.post_all(between_mails.asked(m, members=number, is_reminder=is_reminder) for m in members)


def must_be_open(procedure: WrittenProcedure) -> None:
    if not procedure.is_open:
        raise Refused(_("This procedure is not open."), code="not_open")


def discard_requests(members: Iterable[ProcedureMember]) -> None:
    names = [key(member) for member in members]
    waiting = OutboxMail.objects.filter(state=MailState.WAITING, kind=between_mails.ASKED, about__in=names)
    outbox.discard(waiting, why="The written procedure is over.")


def left_text() -> str:
    return _("This link was sent to a member who has left the committee. It votes no more.")
