"""Writing proposals: what members ask their committee to decide."""

from __future__ import annotations

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission, can, must
from floreo.core.action import action
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.writing import lock_latest, require_text, save
from floreo.meetings.access import seats_of
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.logic import ItemKind, MeetingState
from floreo.meetings.models import Committee, Meeting, Proposal, ProposalState, Seat
from floreo.strategy.models import Action


def must_be_new(proposal: Proposal) -> None:
    if proposal.state != ProposalState.NEW:
        raise Refused(_("This proposal has been dealt with already."), code="dealt_with")


@action("committee_proposal.made", needs=Permission.MEETING_READ)
def make_proposal(
    committee: Committee, *, by: Actor, title: str, text: str = "", seat: Seat | None = None, act: Action | None = None
) -> Proposal:
    """By a member of the committee. The secretariat enters those of members without an account, and names the `seat`."""
    committee = lock_latest(committee)
    if committee.ends_on is not None and committee.ends_on < clock.today():
        raise Refused(_("This committee is dissolved."), code="dissolved")
    seat = _seat(committee, seat, by)
    title = require_text(title, field="title", sentence=_("Enter the proposal in a few words."))
    made = Proposal(
        committee=committee,
        title=title,
        text=text.strip(),
        about=key(act),
        organisation=seat.organisation,
        person=seat.person,
        proposed_on=clock.today(),
    )
    return save(made)


def _seat(committee: Committee, seat: Seat | None, by: Actor) -> Seat:
    own = seats_of(by, committee)
    if seat is None:
        if not own:
            must(by, Permission.MEETING_RUN)
            sentence = _("Choose the member who proposes it.")
            raise Refused(sentence, code="no_seat", fields={"seat": sentence})
        return own[0]
    holds = seat.committee_id == committee.pk and committee.seats.on(clock.today()).filter(pk=seat.pk).exists()
    if not holds or (seat not in own and not can(by, Permission.MEETING_RUN)):
        raise NotAllowed(_("Only members of the committee make proposals to it."))
    return seat


@action("committee_proposal.put_on_agenda", needs=Permission.MEETING_RUN)
def put_on_agenda(proposal: Proposal, *, by: Actor, meeting: Meeting) -> Proposal:
    """It becomes a point of the agenda of a meeting to come, to be decided there."""
    proposal = lock_latest(proposal)
    must_be_new(proposal)
    if meeting.committee_id != proposal.committee_id or meeting.state != MeetingState.PLANNED:
        sentence = _("Choose a planned meeting of the same committee.")
        raise Refused(sentence, code="other_meeting", fields={"meeting": sentence})
    who = _("Proposed by %(who)s.") % {"who": proposal.organisation.in_language("name")}
    text = "\n\n".join(part for part in (proposal.text, who) if part)
    item = add_item(meeting, by=by, title=proposal.title, text=text, kind=ItemKind.DECISION, thing=proposal.about)
    proposal.state, proposal.item = ProposalState.AGENDA, item
    return save(proposal)


@action("committee_proposal.declined", needs=Permission.MEETING_RUN)
def decline_proposal(proposal: Proposal, *, by: Actor, reason: str) -> Proposal:
    """Not taken up, for a reason that the members read on the committee's page."""
    proposal = lock_latest(proposal)
    must_be_new(proposal)
    proposal.reason = require_text(reason, field="reason", sentence=_("Give the reason."))
    proposal.state = ProposalState.DECLINED
    return save(proposal)
