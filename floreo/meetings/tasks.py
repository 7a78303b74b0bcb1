"""Tasks of meetings: agendas to send, minutes to write and to send, decisions to carry out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Permission, can
from floreo.core.keys import key
from floreo.core.tasks import News, Recipient, Task
from floreo.meetings import between_mails, between_text, presenters
from floreo.meetings.logic import PREPARE_DAYS, DecisionState, MeetingState, MinutesState, agenda_due, minutes_due
from floreo.meetings.models import (
    DateMember,
    DatePoll,
    Decision,
    Meeting,
    PollState,
    ProcedureMember,
    Proposal,
    ProposalState,
)
from floreo.meetings.voting import ProcedureState

RUN = Permission.MEETING_RUN


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> list[Task]:
    """In a few queries, whatever there is."""
    found: list[Task] = []
    if recipient.everybody or RUN in recipient.permissions:
        found += _of_meetings(today)
        found += _of_proposals()
        found += _of_polls(today)
    return [*found, *_of_decisions(recipient, viewer), *_of_members(recipient)]


def _of_meetings(today: date) -> Iterator[Task]:
    soon = Q(state=MeetingState.PLANNED, agenda_sent_on=None, on__lte=today + timedelta(days=PREPARE_DAYS))
    past = Q(state=MeetingState.PLANNED, on__lt=today)
    held = Q(state=MeetingState.HELD, minutes_state=MinutesState.DRAFT)
    for meeting in Meeting.objects.filter(soon | past | held).select_related("committee").order_by("on", "pk"):
        is_over = meeting.on < today or meeting.state == MeetingState.HELD
        yield Task(
            key=f"{key(meeting)}:{'minutes' if is_over else 'agenda'}",
            kind="agenda",
            title=_minutes_title(meeting) if is_over else _agenda_title(meeting),
            why=presenters.stage(meeting),
            href=meeting.workspace_url(),
            due=minutes_due(meeting.on) if is_over else agenda_due(meeting.on),
            since=meeting.on if is_over else None,
            needs=RUN,
        )


def _agenda_title(meeting: Meeting) -> str:
    return _("Send the agenda: %(meeting)s") % {"meeting": presenters.title(meeting)}


def _minutes_title(meeting: Meeting) -> str:
    return _("Send the minutes: %(meeting)s") % {"meeting": presenters.title(meeting)}


def _owner(rows: QuerySet[Decision], recipient: Recipient) -> QuerySet[Decision]:
    if recipient.everybody:
        return rows
    mine = Q(person__in=recipient.people) | Q(organisation__in=recipient.organisations)
    if RUN in recipient.permissions:  # nobody carries it out yet, or an answer from outside is awaited
        mine |= Q(person=None, organisation=None)
    return rows.filter(mine)


def _of_decisions(recipient: Recipient, viewer: object) -> Iterator[Task]:
    """What became part of the plan is a task there, and not twice."""
    rows = _owner(Decision.objects.open().filter(became=""), recipient).select_related(
        "edition", "committee", "organisation"
    )
    reads = can(viewer, Permission.MEETING_READ)
    for decision in rows.order_by("due_on", "pk"):
        if not reads and not (decision.is_public and decision.edition.is_public):
            continue
        is_asked = decision.state == DecisionState.ASKED
        yield Task(
            key=key(decision),
            kind="decision",
            title=f"{decision.number} {decision.in_language('title')}",
            why=presenters.waits(decision),
            href=decision.workspace_url() if reads else decision.get_absolute_url(),
            due=decision.due_on,
            since=decision.asked_on if is_asked else decision.taken_on,
            person=decision.person_id,
            organisation=decision.organisation_id,
            needs="" if decision.person_id or decision.organisation_id else RUN,
        )


def _of_proposals() -> Iterator[Task]:
    """What members propose waits for whoever prepares the meetings."""
    for proposal in Proposal.objects.filter(state=ProposalState.NEW).select_related("committee"):
        yield Task(
            key=key(proposal),
            kind="proposal",
            title=_("Decide what becomes of the proposal: %(title)s") % {"title": proposal.title},
            why=_("Proposed to: %(committee)s.") % {"committee": proposal.committee.in_language("name")},
            href=proposal.committee.workspace_url(),
            since=proposal.proposed_on,
            needs=RUN,
        )


def _of_polls(today: date) -> Iterator[Task]:
    """Polls whose last day has passed, or that everybody answered."""
    rows = DatePoll.objects.filter(state=PollState.OPEN).select_related("committee")
    for poll in rows.annotate(silent=Count("members", filter=Q(members__answered_at=None))):
        if poll.closes_on < today or not poll.silent:
            yield Task(
                key=f"{key(poll)}:choose",
                kind="agenda",
                title=_("Choose the date: %(committee)s") % {"committee": poll.committee.in_language("name")},
                why=_("The members have answered when they can come."),
                href=poll.workspace_url(),
                due=poll.closes_on,
                needs=RUN,
            )


def _asked(rows: QuerySet[Any], recipient: Recipient) -> QuerySet[Any]:
    """Members of whom an answer is awaited: a person, or an organisation whose seat names nobody."""
    waiting = rows.filter(answered_at=None).select_related("organisation", "person", "seat")
    if recipient.everybody:
        return waiting
    return waiting.filter(Q(person__in=recipient.people) | Q(person=None, organisation__in=recipient.organisations))


def _of_members(recipient: Recipient) -> Iterator[Task]:
    """Votes and dates that are awaited of members, each with the link that answers without an account."""
    if not (recipient.everybody or recipient.people or recipient.organisations):
        return
    votes = ProcedureMember.objects.filter(procedure__state=ProcedureState.OPEN, procedure__closes_at__gt=clock.now())
    for member in _asked(votes, recipient).select_related("procedure__committee"):
        if member.holds_on(clock.today()):
            yield _of_member(
                member,
                kind="vote",
                title=_("Vote: %(title)s") % {"title": member.procedure.in_language("title")},
                why=between_text.title(member.procedure),
                due=clock.day_of(member.procedure.closes_at),
                since=clock.day_of(member.procedure.opened_at) if member.procedure.opened_at else None,
                path=between_mails.vote_path(member),
            )
    dates = DateMember.objects.filter(poll__state=PollState.OPEN, poll__closes_on__gte=clock.today())
    for each in _asked(dates, recipient).select_related("poll__committee"):
        if each.holds_on(clock.today()):
            yield _of_member(
                each,
                kind="vote",
                title=_("Say when you can come: %(committee)s")
                % {"committee": each.poll.committee.in_language("name")},
                why=_("A date for the next meeting is looked for."),
                due=each.poll.closes_on,
                since=each.poll.opened_on,
                path=between_mails.dates_path(each),
            )


def _of_member(
    member: ProcedureMember | DateMember, *, kind: str, title: str, why: str, due: date, since: date | None, path: str
) -> Task:
    return Task(
        key=key(member),
        kind=kind,
        title=title,
        why=why,
        href=member.procedure.workspace_url() if isinstance(member, ProcedureMember) else member.poll.workspace_url(),
        due=due,
        since=since,
        person=member.person_id,
        organisation=None if member.person_id else member.organisation_id,
        answer=path,
        news=News.VOTE,
    )
