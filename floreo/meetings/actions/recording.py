"""Writing what happens at a meeting: who came, what was said, what was decided. Two people may record at once: what
each did not touch stays as the other wrote it, and where both wrote, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.core.access import Actor, Permission
from floreo.core.action import action
from floreo.core.errors import Changed, Refused
from floreo.core.wording import day_text
from floreo.core.writing import delete, lock_latest, save
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.calling import must_not_be_cancelled, must_not_be_frozen
from floreo.meetings.actions.decisions import take_decision
from floreo.meetings.drawing import edition_of
from floreo.meetings.logic import MeetingState, fingerprint
from floreo.meetings.models import AgendaItem, Attendance, Meeting, Seat
from floreo.organisations.logic import Presence
from floreo.organisations.models import Organisation


@dataclass(frozen=True)
class SeatTaken:
    """How one seat was taken. `was` is the print of what the form showed when it was opened; None asks for no comparing."""

    seat: int
    presence: str  # "" while nothing is known
    substitute: str = ""
    was: str | None = None

    @property
    def now(self) -> tuple[str, str]:
        return self.presence, self.substitute.strip()


@dataclass(frozen=True)
class ItemMinutes:
    """What the minutes say of one point."""

    item: int
    minutes: str
    internal: str = ""
    was: str | None = None

    @property
    def now(self) -> tuple[str, str]:
        return text_of(self.minutes), text_of(self.internal)


@dataclass(frozen=True)
class Decided:
    """A decision noted under a point while the meeting runs."""

    item: int
    title: str
    organisation: Organisation | None = None
    due_on: date | None = None
    is_public: bool = False


@dataclass(frozen=True)
class Recorded:
    """All that one form says of a meeting. `guests` None leaves them as they are."""

    seats: Sequence[SeatTaken] = ()
    guests: Sequence[str] | None = None
    items: Sequence[ItemMinutes] = ()
    decisions: Sequence[Decided] = ()
    new_title: str = ""  # a point that was not on the agenda
    new_minutes: str = ""
    new_internal: str = ""


@dataclass
class _Others:
    """What others recorded in the meantime where this form says otherwise: "item-17" -> (minutes, internal)."""

    found: dict[str, object] = field(default_factory=dict)

    def is_to_be_kept(self, name: str, *, was: str | None, now: tuple[str, str], mine: tuple[str, str]) -> bool:
        """Whether `mine` is to be written: it is new, and nobody else wrote there."""
        if mine == now or was == fingerprint(*mine):
            return False
        if was is not None and was != fingerprint(*now):
            self.found[name] = now
            return False
        return True


def text_of(text: str) -> str:
    """A text as it is kept: a browser sends its line ends as two characters, and they are one."""
    return text.replace("\r\n", "\n").strip()


@action("meeting.recorded", needs=Permission.MEETING_RUN, quiet=True)
def record_meeting(meeting: Meeting, *, by: Actor, recorded: Recorded) -> Meeting:
    """Keeps all of it or nothing. Raises Changed where somebody else wrote otherwise since the form was opened: `theirs`
    then holds what they wrote, and the form still holds what was typed."""
    meeting, others = _recordable(meeting), _Others()
    _seats(meeting, recorded.seats, others)
    _items(meeting, recorded.items, others)
    if others.found:
        raise Changed(
            _("Somebody else recorded this meeting at the same time. Your text is not lost: compare, and save again."),
            theirs=others.found,
        )
    if recorded.guests is not None:
        _guests(meeting, recorded.guests)
    _new_point(meeting, recorded, by)
    for one in recorded.decisions:
        _decide(meeting, one, by)
    _held(meeting, recorded)
    return meeting


def _recordable(meeting: Meeting) -> Meeting:
    meeting = lock_latest(meeting)
    must_not_be_cancelled(meeting)
    must_not_be_frozen(meeting)
    if meeting.on > clock.today():
        raise Refused(
            _("The meeting is on %(day)s. You can record it from that day.") % {"day": day_text(meeting.on)},
            code="not_yet",
        )
    return meeting


def _held(meeting: Meeting, recorded: Recorded) -> None:
    """A meeting of which anything is recorded was held."""
    has_minutes = any(any(i.now) for i in recorded.items) or recorded.new_title.strip() or recorded.decisions
    if meeting.state == MeetingState.PLANNED and (has_minutes or Attendance.objects.filter(meeting=meeting).exists()):
        meeting.state = MeetingState.HELD
        save(meeting)


def _seats(meeting: Meeting, seats: Iterable[SeatTaken], others: _Others) -> None:
    there = {s.pk: s for s in Seat.objects.filter(committee=meeting.committee).select_related("organisation", "person")}
    rows = {(a.organisation_id, a.person_id): a for a in Attendance.objects.filter(meeting=meeting, is_guest=False)}
    for taken in seats:
        seat = there.get(taken.seat)
        if seat is None:
            raise Refused(
                _("One of these seats was removed. Copy what you typed, and reload the page."), code="no_seat"
            )
        if taken.presence and taken.presence not in set(Presence):
            raise Refused(_("Choose for each seat: present, apologies or absent."), code="bad_presence")
        row = rows.get((seat.organisation_id, seat.person_id))
        now = (row.presence, row.substitute) if row else ("", "")
        if others.is_to_be_kept(f"seat-{seat.pk}", was=taken.was, now=now, mine=taken.now):
            _take(meeting, seat, row, taken)


def _take(meeting: Meeting, seat: Seat, row: Attendance | None, taken: SeatTaken) -> None:
    if not taken.presence:
        if row is not None:
            delete(row)
        return
    row = row or Attendance(meeting=meeting, organisation=seat.organisation, person=seat.person)
    row.presence, row.substitute = taken.now
    save(row)


def _guests(meeting: Meeting, names: Iterable[str]) -> None:
    wanted = list(dict.fromkeys(n.strip()[:200] for n in names if n.strip()))
    for row in Attendance.objects.filter(meeting=meeting, is_guest=True):
        if row.name in wanted:
            wanted.remove(row.name)
        else:
            delete(row)
    for name in wanted:
        save(Attendance(meeting=meeting, name=name, is_guest=True))


def _items(meeting: Meeting, items: Iterable[ItemMinutes], others: _Others) -> None:
    there = {i.pk: i for i in AgendaItem.objects.filter(meeting=meeting)}
    for recorded in items:
        item = there.get(recorded.item)
        if item is None:
            if not any(recorded.now):
                continue
            sentence = _("One of these items was removed from the agenda. Copy what you wrote, and reload the page.")
            raise Refused(sentence, code="no_item")
        now = (text_of(item.minutes), text_of(item.minutes_internal))
        if others.is_to_be_kept(f"item-{item.pk}", was=recorded.was, now=now, mine=recorded.now):
            minutes, item.minutes_internal = recorded.now
            item.set_text("minutes", minutes)
            save(item)


def _new_point(meeting: Meeting, recorded: Recorded, by: Actor) -> None:
    if not (recorded.new_title.strip() or recorded.new_minutes.strip() or recorded.new_internal.strip()):
        return
    if not recorded.new_title.strip():
        sentence = _("Enter a title for the new item.")
        raise Refused(sentence, code="missing", fields={"new_title": sentence})
    item = add_item(meeting, by=by, title=recorded.new_title)
    item.minutes, item.minutes_internal = text_of(recorded.new_minutes), text_of(recorded.new_internal)
    save(item)


def _decide(meeting: Meeting, one: Decided, by: Actor) -> None:
    """A form sent twice does not decide twice: the same words under the same point are the same decision."""
    item = AgendaItem.objects.filter(meeting=meeting, pk=one.item).select_related("meeting__committee").first()
    edition = edition_of(meeting)
    if item is None or edition is None:
        raise Refused(_("No strategy exists yet for this decision to belong to."), code="no_edition")
    if item.decisions.filter(title=one.title.strip()).exists():
        return
    take_decision(
        edition,
        by=by,
        item=item,
        title=one.title,
        organisation=one.organisation,
        due_on=one.due_on,
        is_public=one.is_public,
    )
