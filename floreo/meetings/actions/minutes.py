"""How minutes become final: sent to who was there, approved, and from then on only corrected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import Refused
from floreo.core.writing import lock_latest, require_text, save
from floreo.meetings import letters
from floreo.meetings.actions.calling import must_not_be_cancelled, must_not_be_frozen
from floreo.meetings.actions.notifying import notify_seats
from floreo.meetings.logic import MeetingState, MinutesState
from floreo.meetings.models import Correction, Meeting


def must_be_recorded(meeting: Meeting) -> None:
    must_not_be_cancelled(meeting)
    must_not_be_frozen(meeting)
    if meeting.state != MeetingState.HELD:
        raise Refused(_("Nothing is recorded yet. Record attendance and notes first."), code="not_held")


def must_be_circulated(meeting: Meeting) -> None:
    must_not_be_frozen(meeting)
    if meeting.minutes_state != MinutesState.CIRCULATED:
        raise Refused(_("Circulate the minutes first, so that attendees can correct them."), code="not_out")


def must_be_approved(meeting: Meeting) -> None:
    if not meeting.is_frozen:
        raise Refused(_("These minutes are not approved yet. Edit them directly."), code="not_approved")


def _minutes(meeting: Meeting) -> Iterable[models.Model | models.QuerySet[Any]]:
    return [meeting, meeting.items.all(), meeting.attendances.all(), meeting.decisions.all()]


@action("meeting.minutes_circulated", needs=Permission.MEETING_RUN, decides=_minutes)
def circulate_minutes(meeting: Meeting, *, by: Actor, shown: str | None = None) -> Meeting:
    """The minutes go to every seat, in its language. They may go out again after a change, until they are approved."""
    meeting = lock_latest(meeting)
    must_be_recorded(meeting)
    if not meeting.items.exclude(minutes="").exists() and not meeting.decisions.exists():
        raise Refused(_("The minutes are empty. Write notes under at least one item first."), code="no_minutes")
    meeting.minutes_state, meeting.circulated_on = MinutesState.CIRCULATED, clock.today()
    save(meeting)
    note(**notify_seats(meeting, letters.minutes))
    return meeting


@action("meeting.minutes_approved", needs=Permission.MEETING_RUN, decides=_minutes)
def approve_minutes(meeting: Meeting, *, by: Actor, at: Meeting | None = None, shown: str | None = None) -> Meeting:
    """The next meeting approved them (`at`), or they were approved in writing. From now on they never change."""
    meeting = lock_latest(meeting)
    must_be_circulated(meeting)
    if at is not None and (at.committee_id != meeting.committee_id or at.on <= meeting.on or at.on > clock.today()):
        sentence = _("Choose a later meeting of the same committee that has taken place.")
        raise Refused(sentence, code="other_meeting", fields={"at": sentence})
    meeting.minutes_state, meeting.approved_in = MinutesState.APPROVED, at
    meeting.approved_on, meeting.approved_by = at.on if at else clock.today(), by.actor_name
    return save(meeting)


@action("meeting.minutes_corrected", needs=Permission.MEETING_RUN)
def correct_minutes(meeting: Meeting, *, by: Actor, text: str) -> Correction:
    """A word beside approved minutes. Before they are approved they are simply changed."""
    meeting = lock_latest(meeting)
    must_be_approved(meeting)
    text = require_text(text, field="text", sentence=_("Describe the error and the correct version."))
    return save(Correction(meeting=meeting, on=clock.today(), text=text, reported_by=by.actor_name))
