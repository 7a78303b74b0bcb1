"""Calling, changing, moving and calling off a meeting; and sending its agenda."""

from __future__ import annotations

from datetime import date, time
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.wording import day_text
from floreo.core.writing import assign, lock_latest, require_text, save
from floreo.meetings import letters
from floreo.meetings.actions.notifying import notify_seats
from floreo.meetings.logic import MeetingState, free_code
from floreo.meetings.models import Committee, Meeting


class MeetingFacts(TypedDict, total=False):
    place: str
    online_url: str
    opening: str
    translations: dict[str, dict[str, str]]


def must_not_be_frozen(meeting: Meeting) -> None:
    if meeting.is_frozen:
        raise Refused(
            _("These minutes are approved and cannot change. Add a correction: it is shown beside them."),
            code="approved",
        )


def must_not_be_cancelled(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting was cancelled. Schedule another one."), code="cancelled")


def must_be_planned(meeting: Meeting) -> None:
    must_not_be_cancelled(meeting)
    if meeting.state == MeetingState.HELD:
        raise Refused(_("This meeting has already been held. Schedule another one."), code="held")


def _must_be_to_come(on: date) -> None:
    if on < clock.today():
        sentence = _(
            "%(day)s is in the past, so nobody can be invited to that meeting. Choose a future date, or "
            "record the meeting as held."
        ) % {"day": day_text(on)}
        raise Refused(sentence, code="meeting_past", fields={"on": sentence})


def _check_hours(starts_at: time | None, ends_at: time | None) -> None:
    if ends_at and not starts_at:
        sentence = _("Enter the start time.")
        raise Refused(sentence, code="no_beginning", fields={"starts_at": sentence})
    if starts_at and ends_at and ends_at <= starts_at:
        sentence = _("The end time is before the start time. Change one of them.")
        raise Refused(sentence, code="times_in_order", fields={"ends_at": sentence})


@action("meeting.called", needs=Permission.MEETING_RUN)
def call_meeting(
    committee: Committee,
    *,
    by: Actor,
    on: date,
    starts_at: time | None = None,
    ends_at: time | None = None,
    was_held: bool = False,
    notify: bool = False,
    **facts: Unpack[MeetingFacts],
) -> Meeting:
    """A meeting of the committee on a day to come; or, with `was_held`, one that was held and is only now entered.
    With `tell`, every seat gets a mail."""
    committee = lock_latest(committee)
    if was_held and on > clock.today():
        sentence = _("%(day)s is in the future, so the meeting has not been held yet.") % {"day": day_text(on)}
        raise Refused(sentence, code="date_to_come", fields={"on": sentence})
    if not was_held:
        _must_be_to_come(on)
    if committee.ends_on is not None and on > committee.ends_on:
        sentence = _("The committee was dissolved on %(day)s.") % {"day": day_text(committee.ends_on)}
        raise Refused(sentence, code="dissolved", fields={"on": sentence})
    _check_hours(starts_at, ends_at)
    others = Meeting.objects.filter(committee=committee)
    code = free_code(on.isoformat(), others.values_list("code", flat=True))
    meeting = Meeting(
        committee=committee,
        code=code,
        number=max(others.values_list("number", flat=True), default=0) + 1,
        on=on,
        starts_at=starts_at,
        ends_at=ends_at,
        state=MeetingState.HELD if was_held else MeetingState.PLANNED,
    )
    assign(meeting, facts)
    save(meeting)
    if notify and not was_held:
        note(**notify_seats(meeting, letters.called))
    return meeting


@action("meeting.updated", needs=Permission.MEETING_RUN)
def update_meeting(
    meeting: Meeting, *, by: Actor, version: int | None = None, **facts: Unpack[MeetingFacts]
) -> Meeting:
    """Where it is, how to join from afar, what the agenda begins with. Day and hours are moved with `move_meeting`."""
    meeting = lock_latest(meeting, version)
    must_not_be_frozen(meeting)
    assign(meeting, facts)
    meeting.invitation += 1
    return save(meeting)


@action("meeting.moved", needs=Permission.MEETING_RUN)
def move_meeting(
    meeting: Meeting,
    *,
    by: Actor,
    on: date,
    starts_at: time | None = None,
    ends_at: time | None = None,
    version: int | None = None,
) -> Meeting:
    """Another day or another hour. Its address stays, and every seat gets a mail."""
    meeting = lock_latest(meeting, version)
    must_be_planned(meeting)
    _must_be_to_come(on)
    _check_hours(starts_at, ends_at)
    before = (meeting.on, meeting.starts_at, meeting.ends_at)
    if before == (on, starts_at, ends_at):
        return meeting
    meeting.on, meeting.starts_at, meeting.ends_at = on, starts_at, ends_at
    meeting.invitation += 1
    save(meeting)
    note(**notify_seats(meeting, letters.moved(before[0])))
    return meeting


@action("meeting.cancelled", needs=Permission.MEETING_RUN)
def cancel_meeting(meeting: Meeting, *, by: Actor, reason: str) -> Meeting:
    """Called off, for a reason that every seat reads in a mail."""
    meeting = lock_latest(meeting)
    must_be_planned(meeting)
    meeting.cancelled_reason = require_text(reason, field="reason", sentence=_("Give the reason for cancelling it."))
    meeting.state = MeetingState.CANCELLED
    meeting.invitation += 1
    save(meeting, at={"cancelled_reason": "reason"})
    note(**notify_seats(meeting, letters.cancelled))
    return meeting


@action("meeting.agenda_sent", needs=Permission.MEETING_RUN)
def send_agenda(meeting: Meeting, *, by: Actor) -> Meeting:
    """The agenda goes to every seat. It may be sent again after a change."""
    meeting = lock_latest(meeting)
    must_be_planned(meeting)
    if not meeting.items.exists():
        raise Refused(_("The agenda is empty. Create it from late items, or add an item."), code="no_agenda")
    meeting.agenda_sent_on = clock.today()
    save(meeting)
    note(**notify_seats(meeting, letters.agenda))
    return meeting
