"""Opening a written procedure, asking its members, and withdrawing it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_text, save, save_many
from floreo.meetings import between_mails
from floreo.meetings.actions.procedures.rules import (
    RUN,
    ask_members,
    ballot_key,
    check_period,
    discard_requests,
    left_text,
    must_be_draft,
    must_be_open,
    must_be_open_or_draft,
)
from floreo.meetings.letters import address_of
from floreo.meetings.models import (
    Ballot,
    Committee,
    ProcedureMember,
    ProposalState,
    WrittenProcedure,
)
from floreo.meetings.voting import (
    LEAST_VOTERS,
    ProcedureState,
)


@action("procedure.opened", needs=RUN)
def open_procedure(procedure: WrittenProcedure, *, by: Actor) -> WrittenProcedure:
    """Every voting seat is asked by e-mail. Refuses a committee of one, and one with a member who has no address: who cannot be asked
    cannot agree."""
    procedure = lock_latest(procedure)
    must_be_draft(procedure)
    check_period(procedure)
    committee = lock_latest(procedure.committee)
    procedure.state, procedure.opened_at = ProcedureState.OPEN, clock.now()
    procedure.ballot, procedure.quorum = committee.ballot, committee.quorum
    save(procedure)
    members = _seat_members(procedure, committee)
    _make_ballots(procedure, members)
    ask_members(procedure, members)
    note(asked=len(members))
    return procedure


def _seat_members(procedure: WrittenProcedure, committee: Committee) -> list[ProcedureMember]:
    rows = committee.seats.on(clock.today()).voting().select_related("organisation__merged_into", "person")
    seats = list(rows)
    if len(seats) < LEAST_VOTERS:
        raise Refused(
            _(
                "This committee has fewer than two voting seats today, so it cannot decide in writing. Add its seats first."
            ),
            code="too_few",
        )
    found, without = [], []
    for seat in seats:
        address, language = address_of(seat)
        if not address:
            without.append(seat.organisation.label)
        member = ProcedureMember(
            procedure=procedure,
            seat=seat,
            organisation=seat.organisation,
            person=seat.person,
            address=address,
            language=language,
        )
        found.append(member)
    if without:
        sentence = _("These members have no e-mail address in the register, so they cannot be asked: %(names)s.")
        raise Refused(sentence % {"names": ", ".join(without)}, code="no_address")
    return [save(member) for member in found]


def _make_ballots(procedure: WrittenProcedure, members: Sequence[ProcedureMember]) -> None:
    """All at once and in the order of their keys, so that their numbers say nothing."""
    named = {ballot_key(member): member for member in members}
    rows = [
        Ballot(procedure=procedure, key=name, member=None if procedure.is_secret else named[name])
        for name in sorted(named)
    ]
    save_many(rows, model=Ballot)


@action("procedure.reminded", needs=RUN)
def remind_members(procedure: WrittenProcedure, *, by: Actor) -> WrittenProcedure:
    """Asks those again who have not answered."""
    procedure = lock_latest(procedure)
    must_be_open(procedure)
    everybody = list(procedure.members.select_related("organisation", "person", "seat"))
    waiting = [m for m in everybody if m.answered_at is None and m.holds_on(clock.today())]
    if not waiting:
        raise Refused(_("Every member has answered."), code="all_answered")
    procedure.reminded_at = clock.now()
    save(procedure)
    ask_members(procedure, waiting, asked=len(everybody), is_reminder=True)
    note(reminded=len(waiting))
    return procedure


@action("procedure.link_sent", needs=RUN)
def send_new_link(member: ProcedureMember, *, by: Actor) -> ProcedureMember:
    """A new link to the address that the register has now; the old one opens nothing any more."""
    must_be_open(lock_latest(member.procedure))
    member = lock_latest(member)
    if member.seat is None or not member.holds_on(clock.today()):
        raise Refused(left_text(), code="left")
    address, language = address_of(member.seat)
    if not address:
        raise Refused(_("This member has no e-mail address in the register. Add one first."), code="no_address")
    member.address, member.language, member.link_version = address, language, member.link_version + 1
    save(member)
    ask_members(member.procedure, [member], asked=member.procedure.members.count())
    return member


def must_be_withdrawable(procedure: WrittenProcedure) -> None:
    must_be_open_or_draft(procedure)


@action("procedure.withdrawn", needs=RUN)
def withdraw_procedure(procedure: WrittenProcedure, *, by: Actor, reason: str) -> WrittenProcedure:
    """Nothing is decided. Whoever was asked reads why; votes that were given are discarded."""
    procedure = lock_latest(procedure)
    must_be_withdrawable(procedure)
    was_open = procedure.state == ProcedureState.OPEN
    procedure.withdrawn_reason = require_text(reason, field="reason", sentence=_("Give the reason."))
    procedure.state = ProcedureState.WITHDRAWN
    save(procedure, at={"withdrawn_reason": "reason"})
    if was_open:
        members = list(procedure.members.select_related("organisation", "person"))
        discard_requests(members)
        for member in members:
            member.procedure = procedure
        outbox.post_all(between_mails.withdrawn(members))
        procedure.ballots.all().delete()
    if procedure.proposal is not None:  # it waits again for what becomes of it
        proposal = lock_latest(procedure.proposal)
        proposal.state = ProposalState.NEW
        save(proposal)
    return procedure
