"""Tasks of meetings: agendas to send, minutes to write and to send, decisions to carry out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from floreo.core.access import Permission, can
from floreo.core.keys import key
from floreo.core.tasks import Recipient, Task
from floreo.meetings import presenters
from floreo.meetings.logic import PREPARE_DAYS, DecisionState, MeetingState, MinutesState, agenda_due, minutes_due
from floreo.meetings.models import Decision, Meeting

RUN = Permission.MEETING_RUN


def waiting_tasks(recipient: Recipient, *, viewer: object, today: date) -> list[Task]:
    """In two queries, whatever there is."""
    found: list[Task] = []
    if recipient.everybody or RUN in recipient.permissions:
        found += _of_meetings(today)
    return [*found, *_of_decisions(recipient, viewer)]


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
