"""Writing what happened at a meeting: who came, what was said, and how its minutes become final."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action, drop, keep, note
from floreo.core.errors import Changed, Refused
from floreo.meetings import letters
from floreo.meetings.actions.calling import must_not_be_cancelled, must_not_be_frozen
from floreo.meetings.actions.telling import tell_seats
from floreo.meetings.logic import MeetingState, MinutesState, Presence
from floreo.meetings.models import AgendaItem, Attendance, Correction, Meeting, Seat
from floreo.strategy.actions.checking import must_say, newest
from floreo.strategy.presenters.words import day_words


@dataclass(frozen=True)
class SeatTaken:
    """How one seat was taken. `was` is what the form showed when it was opened (presence, substitute): a seat that the
    form did not change is left as others recorded it in the meantime."""

    seat: int
    presence: str  # "" while nothing is known
    substitute: str = ""
    was: tuple[str, str] | None = None

    @property
    def now(self) -> tuple[str, str]:
        return self.presence, self.substitute.strip()


@dataclass(frozen=True)
class ItemMinutes:
    """What the minutes say of one point. `was` is what the form showed when it was opened."""

    item: int
    minutes: str
    internal: str = ""
    was: tuple[str, str] | None = None

    @property
    def now(self) -> tuple[str, str]:
        return said_of(self.minutes), said_of(self.internal)


def said_of(text: str) -> str:
    """A text as it is kept: a browser sends its line ends as two characters, and they are one."""
    return text.replace("\r\n", "\n").strip()


def _recordable(meeting: Meeting) -> Meeting:
    meeting = newest(meeting)
    must_not_be_cancelled(meeting)
    must_not_be_frozen(meeting)
    if meeting.on > clock.today():
        raise Refused(
            _("The meeting is on %(day)s. It can be recorded from that day on.") % {"day": day_words(meeting.on)},
            code="not_yet",
        )
    return meeting


def _held(meeting: Meeting) -> None:
    if meeting.state == MeetingState.PLANNED:
        meeting.state = MeetingState.HELD
        keep(meeting)


def _changed(others: dict[str, object]) -> Changed:
    return Changed(
        _("Somebody else recorded this meeting while you did. Nothing of yours is lost: compare, and save again."),
        theirs=others,
    )


@action("meeting.attendance_recorded", needs=Permission.MEETING_RUN, quiet=True)
def record_attendance(
    meeting: Meeting, *, by: Actor, seats: Sequence[SeatTaken], guests: Sequence[str] | None = None
) -> Meeting:
    """Who came, seat by seat; `guests` are names without a seat, or None to leave them. Raises Changed where somebody
    else recorded a seat otherwise since the form was opened; `theirs` then says how."""
    meeting = _recordable(meeting)
    there = {s.pk: s for s in Seat.objects.filter(committee=meeting.committee).select_related("organisation", "person")}
    rows = {(a.organisation_id, a.person_id): a for a in Attendance.objects.filter(meeting=meeting, is_guest=False)}
    others: dict[str, object] = {}
    for taken in seats:
        seat = there.get(taken.seat)
        if seat is None:
            raise Refused(_("One of these seats was removed. Reload the page."), code="no_seat")
        _must_be_presence(taken)
        row = rows.get((seat.organisation_id, seat.person_id))
        now = (row.presence, row.substitute) if row else ("", "")
        if taken.now in (taken.was, now):
            continue
        if taken.was is not None and now != taken.was:
            others[f"seat-{seat.pk}"] = now
        else:
            _take(meeting, seat, row, taken)
    if others:
        raise _changed(others)
    if guests is not None:
        _guests(meeting, guests)
    if Attendance.objects.filter(meeting=meeting).exists():
        _held(meeting)
    return meeting


def _must_be_presence(taken: SeatTaken) -> None:
    if taken.presence and taken.presence not in set(Presence):
        raise Refused(_("Say of each seat: present, apologies or absent."), code="bad_presence")


def _take(meeting: Meeting, seat: Seat, row: Attendance | None, taken: SeatTaken) -> None:
    if not taken.presence:
        if row is not None:
            drop(row)
        return
    row = row or Attendance(meeting=meeting, organisation=seat.organisation, person=seat.person)
    row.presence, row.substitute = taken.now
    keep(row)


def _guests(meeting: Meeting, names: Iterable[str]) -> None:
    wanted = list(dict.fromkeys(n.strip()[:200] for n in names if n.strip()))
    for row in Attendance.objects.filter(meeting=meeting, is_guest=True):
        if row.name in wanted:
            wanted.remove(row.name)
        elif row.organisation_id is None and row.person_id is None:  # a guest known to the register is not in the form
            drop(row)
    for name in wanted:
        keep(Attendance(meeting=meeting, name=name, is_guest=True))


@action("meeting.minutes_recorded", needs=Permission.MEETING_RUN, quiet=True)
def record_minutes(meeting: Meeting, *, by: Actor, items: Sequence[ItemMinutes]) -> Meeting:
    """What was said, point by point. Points that the form did not change stay as others wrote them; where both wrote,
    raises Changed, and `theirs` holds what the point says now."""
    meeting = _recordable(meeting)
    there = {i.pk: i for i in AgendaItem.objects.filter(meeting=meeting)}
    others: dict[str, object] = {}
    for said in items:
        item = there.get(said.item)
        if item is None:
            if said.was is not None and said.was == said.now:
                continue
            raise Refused(
                _("One of these points was taken off the agenda. Copy what you wrote and reload."), code="no_item"
            )
        now = (said_of(item.minutes), said_of(item.minutes_internal))
        if said.now in (said.was, now):
            continue
        if said.was is not None and now != said.was:
            others[f"item-{item.pk}"] = now
        else:
            _say(item, said)
    if others:
        raise _changed(others)
    if any(any(said.now) for said in items):
        _held(meeting)
    return meeting


def _say(item: AgendaItem, said: ItemMinutes) -> None:
    minutes, item.minutes_internal = said.now
    item.say_anew("minutes", minutes)
    keep(item)


@action("meeting.minutes_circulated", needs=Permission.MEETING_RUN)
def circulate_minutes(meeting: Meeting, *, by: Actor) -> Meeting:
    """The minutes go to every seat, in its language. They may go out again after a change, until they are approved."""
    meeting = newest(meeting)
    must_not_be_cancelled(meeting)
    must_not_be_frozen(meeting)
    if meeting.state != MeetingState.HELD:
        raise Refused(_("Nothing is recorded yet. Record who came and what was said first."), code="not_held")
    if not meeting.items.exclude(minutes="").exists() and not meeting.decisions.exists():
        raise Refused(_("The minutes are empty. Write a line under at least one point first."), code="no_minutes")
    meeting.minutes_state, meeting.circulated_on = MinutesState.CIRCULATED, clock.today()
    keep(meeting)
    note(**tell_seats(meeting, letters.minutes))
    return meeting


@action("meeting.minutes_approved", needs=Permission.MEETING_RUN)
def approve_minutes(meeting: Meeting, *, by: Actor, at: Meeting | None = None) -> Meeting:
    """The next meeting approved them (`at`), or they were approved in writing. From now on they never change."""
    meeting = newest(meeting)
    must_not_be_frozen(meeting)
    if meeting.minutes_state != MinutesState.CIRCULATED:
        raise Refused(
            _("Circulate the minutes first, so that those who were there can say what is wrong."), code="not_out"
        )
    if at is not None and (at.committee_id != meeting.committee_id or at.on <= meeting.on or at.on > clock.today()):
        sentence = _("Choose a later meeting of the same committee that has taken place.")
        raise Refused(sentence, code="other_meeting", fields={"at": sentence})
    meeting.minutes_state, meeting.approved_in = MinutesState.APPROVED, at
    meeting.approved_on, meeting.approved_by = at.on if at else clock.today(), by.actor_name
    return keep(meeting)


@action("meeting.minutes_corrected", needs=Permission.MEETING_RUN)
def correct_minutes(meeting: Meeting, *, by: Actor, text: str) -> Correction:
    """A word beside approved minutes. Before they are approved they are simply changed."""
    meeting = newest(meeting)
    if not meeting.is_frozen:
        raise Refused(_("These minutes are not approved yet: change them where they stand."), code="not_approved")
    text = must_say(text, field="text", sentence=_("Say what is wrong and how it was."))
    return keep(Correction(meeting=meeting, on=clock.today(), text=text, said_by=by.actor_name))
