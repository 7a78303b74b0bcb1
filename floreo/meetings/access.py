"""Who may see and touch which committee, meeting and decision. A view gets its objects here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.core import clock, links
from floreo.core.access import Permission, can
from floreo.core.errors import Missing, Refused
from floreo.core.keys import key
from floreo.core.policy import Tlp
from floreo.core.wording import MEMBER_BY_LINK
from floreo.evidence.models import Attachment, Evidence, EvidenceKind
from floreo.meetings.models import (
    AgendaItem,
    Committee,
    DateMember,
    DatePoll,
    Decision,
    Meeting,
    ProcedureMember,
    Proposal,
    Seat,
    WrittenProcedure,
)
from floreo.organisations.models import User

VOTE, DATES = "procedure.vote", "poll.dates"
# What a member may have by the link alone. What is marked higher is handed over by whoever gave it.
MARKINGS_BY_LINK = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)


def get_committee_for(viewer: object, code: str) -> Committee:
    """Raises Missing when there is no such committee, or it is not public and the viewer may not read meetings."""
    found = Committee.objects.visible_to(viewer).filter(code=code).select_related("organisation", "edition").first()
    if found is None:
        raise Missing
    return found


def get_seat_for(viewer: object, code: str, pk: int) -> Seat:
    rows = Seat.objects.visible_to(viewer).filter(committee__code=code, pk=pk)
    found = rows.select_related("committee", "organisation__merged_into", "person__organisation__merged_into").first()
    if found is None:
        raise Missing
    return found


def get_meeting_for(viewer: object, committee: str, code: str) -> Meeting:
    """A meeting with all that was said in it: only for who may read meetings."""
    rows = (
        Meeting.objects.filter(committee__code=committee, code=code) if can(viewer, Permission.MEETING_READ) else None
    )
    found = rows.select_related("committee__edition", "approved_in__committee").first() if rows is not None else None
    if found is None:
        raise Missing
    return found


def get_item_for(viewer: object, committee: str, code: str, item: str) -> AgendaItem:
    meeting = get_meeting_for(viewer, committee, code)
    found = AgendaItem.objects.filter(meeting=meeting, code=item).select_related("meeting__committee").first()
    if found is None:
        raise Missing
    return found


def get_decision_for(viewer: object, number: str) -> Decision:
    rows = Decision.objects.visible_to(viewer).filter(number=number)
    found = rows.select_related(
        "edition", "committee", "meeting__committee", "item", "organisation__merged_into", "person"
    ).first()
    if found is None:
        raise Missing
    return found


def get_procedure_for(viewer: object, number: str) -> WrittenProcedure:
    """For whoever may read meetings."""
    rows = WrittenProcedure.objects.select_related("committee", "edition", "organisation", "decision", "proposal")
    found = rows.filter(number=number).first() if can(viewer, Permission.MEETING_READ) else None
    if found is None:
        raise Missing
    return found


def get_procedure_member_for(viewer: object, number: str, pk: int) -> ProcedureMember:
    rows = ProcedureMember.objects.filter(procedure=get_procedure_for(viewer, number), pk=pk)
    found = rows.select_related("procedure__committee", "organisation", "person", "seat").first()
    if found is None:
        raise Missing
    return found


def get_proposal_for(viewer: object, pk: int) -> Proposal:
    rows = Proposal.objects.filter(pk=pk).select_related("committee", "organisation", "person")
    found = rows.first() if can(viewer, Permission.MEETING_READ) else None
    if found is None:
        raise Missing
    return found


def get_poll_for(viewer: object, number: str) -> DatePoll:
    rows = DatePoll.objects.filter(number=number).select_related("committee", "meeting__committee")
    found = rows.first() if can(viewer, Permission.MEETING_READ) else None
    if found is None:
        raise Missing
    return found


def seats_of(user: object, committee: Committee) -> list[Seat]:
    """The seats that an account may speak for: those that it holds in person, and those of its organisation that name nobody."""
    if not isinstance(user, User):
        return []
    seats = committee.seats.on(clock.today()).select_related("organisation__merged_into", "person")
    own = user.organisation_ids()
    return [
        seat
        for seat in seats
        if (seat.person_id is not None and seat.person_id == user.person_id)
        or (seat.person_id is None and seat.organisation.successor().pk in own)
    ]


# --- Members, by their links --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answering:
    """Whoever has the link of one member: may answer for that seat, and nothing else."""

    key: str
    number: int

    @property
    def actor_code(self) -> str:
        return self.key

    @property
    def actor_name(self) -> str:
        return MEMBER_BY_LINK % {"n": self.number}

    def grants(self) -> Iterable[tuple[str, int | None]]:
        return ()


def answering(member: ProcedureMember | DateMember) -> Answering:
    return Answering(key(member), member.pk)


def token_of_member(member: ProcedureMember) -> str:
    return links.sign(VOTE, member.pk, member.link_version)


def token_of_date_member(member: DateMember) -> str:
    return links.sign(DATES, member.pk, member.link_version)


def _signed(purpose: str, token: str) -> tuple[int, int]:
    try:
        return links.signed(purpose, token)
    except Refused as refusal:
        raise Missing(refusal.sentence) from refusal


def _replaced() -> Missing:
    return Missing(_("This link was replaced by a newer one. Open the link in the newest e-mail."))


def procedure_member_of(token: str) -> ProcedureMember:
    """Raises Missing, with a sentence, for a link that opens nothing. One of a member who left still opens, and answers no more."""
    pk, version = _signed(VOTE, token)
    rows = ProcedureMember.objects.select_related("procedure__committee", "procedure__edition", "organisation")
    member = rows.select_related("procedure__organisation", "person", "seat").filter(pk=pk).first()
    if member is None or member.link_version != version:
        raise _replaced()
    return member


def date_member_of(token: str) -> DateMember:
    """The same for a poll of dates."""
    pk, version = _signed(DATES, token)
    rows = DateMember.objects.select_related("poll__committee", "poll__meeting", "organisation", "person", "seat")
    member = rows.filter(pk=pk).first()
    if member is None or member.link_version != version:
        raise _replaced()
    return member


def papers_by_link(procedure: WrittenProcedure) -> list[Evidence]:
    """The files and links on a procedure that its members have by their link."""
    rows = Attachment.objects.filter(thing=key(procedure), evidence__tlp__in=MARKINGS_BY_LINK)
    rows = rows.filter(evidence__withdrawn_on=None, evidence__kind__in=(EvidenceKind.FILE, EvidenceKind.LINK))
    return [each.evidence for each in rows.select_related("evidence").order_by("pk")]
