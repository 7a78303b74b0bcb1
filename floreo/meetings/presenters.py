"""What pages, mails and documents say of meetings and decisions, in words of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock
from floreo.core.wording import capital, colon, day_text, days_text, number_word, sentences, short_day
from floreo.meetings.logic import (
    DecisionState,
    MeetingState,
    MinutesState,
    agenda_due,
    came,
    hours,
    minutes_due,
)
from floreo.meetings.models import Attendance, Decision, DecisionStateChoice, Meeting, Seat
from floreo.organisations.logic import Presence


def title(meeting: Meeting) -> str:
    """ "Steering committee, meeting 3"."""
    return _("%(committee)s, meeting %(number)d") % {
        "committee": meeting.committee.in_language("name"),
        "number": meeting.number,
    }


def when(meeting: Meeting) -> str:
    """ "3 December 2026, 14:00–16:00"."""
    time = hours(meeting.starts_at, meeting.ends_at)
    return f"{day_text(meeting.on)}, {time}" if time else day_text(meeting.on)


def facts(meeting: Meeting, *, internal: bool) -> list[tuple[str, str]]:
    """Pairs of a word and what it is. How to join from afar is only for those who sit there."""
    found = [(_("When"), when(meeting))]
    if meeting.place:
        found.append((_("Where"), meeting.in_language("place")))
    if internal and meeting.online_url:
        found.append((_("Remote"), meeting.online_url))
    if meeting.state == MeetingState.CANCELLED:
        found.append((_("Cancelled"), meeting.cancelled_reason))
    return found


def facts_text(meeting: Meeting) -> str:
    return "\n".join(f"{name}{colon()} {value}" for name, value in facts(meeting, internal=True))


def workspace_address(meeting: Meeting) -> str:
    return f"{settings.SITE_ADDRESS}{meeting.workspace_url()}"


def stage(meeting: Meeting) -> str:
    """The status of the meeting, and what comes next, in a sentence."""
    today = clock.today()
    if meeting.state == MeetingState.CANCELLED:
        return _("Cancelled.")
    if meeting.state == MeetingState.PLANNED:
        return _planned(meeting, today)
    if meeting.minutes_state == MinutesState.APPROVED:
        return _("Held. Its minutes are approved.")
    if meeting.minutes_state == MinutesState.CIRCULATED:
        return _("Held. The minutes have been circulated and are waiting for approval.")
    due = minutes_due(meeting.on)
    text = _("Held. The minutes are due by %(day)s.") % {"day": day_text(due)}
    late = _("%(days)s late.") % {"days": days_text((today - due).days)} if due < today else ""
    return sentences(text, late)


def _planned(meeting: Meeting, today: date) -> str:
    if meeting.on < today:
        return _("The date has passed. Record attendance and notes.")
    if meeting.agenda_sent_on:
        return _("Upcoming. The agenda was sent on %(day)s.") % {"day": day_text(meeting.agenda_sent_on)}
    due = agenda_due(meeting.on)
    text = _("Upcoming. The agenda is due by %(day)s.") % {"day": day_text(due)}
    return sentences(text, _("%(days)s late.") % {"days": days_text((today - due).days)} if due < today else "")


def attendance_text(rows: Iterable[Attendance]) -> str:
    """ "9 of 12 seats taken"."""
    taken, seats = came(a.presence for a in rows if not a.is_guest)
    return ngettext("%(taken)d of %(seats)d seat taken", "%(taken)d of %(seats)d seats taken", seats) % {
        "taken": taken,
        "seats": seats,
    }


def attended(row: Attendance, *, names: bool) -> str:
    """Who it was: the body, with the person where people may be named, and who came instead."""
    body = row.organisation.in_language("name") if row.organisation else ""
    person = row.person.name if row.person else row.name
    if not names:
        return body or _("a guest")
    who = person
    if row.presence == Presence.PRESENT and row.substitute:
        instead = {"name": row.substitute, "person": person}
        who = _("%(name)s for %(person)s") % instead if person else row.substitute
    return ", ".join(filter(None, [body, who])) or _("a guest")


def seat_name(seat: Seat) -> str:
    body = seat.organisation.in_language("name")
    return f"{body}, {seat.person.name}" if seat.person else body


def decision_state(state: str) -> str:
    return str(DecisionStateChoice(state).label)


def owner_text(decision: Decision, *, names: bool) -> str:
    """Who carries it out."""
    if decision.organisation is None:
        return decision.in_language("addressed_to") or _("nobody named")
    body = decision.organisation.label
    return f"{body}, {decision.person.name}" if names and decision.person else body


def waits(decision: Decision) -> str:
    """Why it is still open: asked of whom since when, or to be carried out by whom by when."""
    if decision.state == DecisionState.ASKED:
        words = {"whom": decision.in_language("addressed_to"), "day": day_text(decision.asked_on or clock.today())}
        text = _("Requested from %(whom)s on %(day)s; no answer yet.") % words
    else:
        text = _("Carried out by: %(who)s.") % {"who": owner_text(decision, names=False)}
    return sentences(text, due_text(decision))


def waiting_headline(waiting: Sequence[Decision]) -> str:
    """What waits, in one sentence: "Two decisions wait for an answer from the Minister; three are to be carried out, one of them late"."""
    asked = [d for d in waiting if d.state == DecisionState.ASKED]
    taken = [d for d in waiting if d.state != DecisionState.ASKED]
    parts = list(filter(None, [_asked_text(asked), _taken_text(taken)]))
    return capital("; ".join(parts)) if parts else _("No decision is waiting")


def _asked_text(asked: Sequence[Decision]) -> str:
    if not asked:
        return ""
    of = {d.in_language("addressed_to") for d in asked}
    if len(of) == 1 and (whom := next(iter(of))):
        text = ngettext(
            "%(number)s decision is waiting for a reply from: %(whom)s",
            "%(number)s decisions are waiting for a reply from: %(whom)s",
            len(asked),
        )
        return text % {"number": number_word(len(asked)), "whom": whom}
    text = ngettext(
        "%(number)s decision is waiting for a reply", "%(number)s decisions are waiting for a reply", len(asked)
    )
    return text % {"number": number_word(len(asked))}


def _taken_text(taken: Sequence[Decision]) -> str:
    if not taken:
        return ""
    today = clock.today()
    late = sum(d.due_on is not None and d.due_on < today for d in taken)
    text = ngettext("%(number)s is to be carried out", "%(number)s are to be carried out", len(taken))
    first = text % {"number": number_word(len(taken))}
    if not late:
        return first
    more = ngettext("%(number)s is late", "%(number)s are late", late) % {"number": number_word(late)}
    return f"{first}, {more}"


def due_text(decision: Decision) -> str:
    """ "Due 30 Nov 2026, 12 days late." """
    if decision.due_on is None or not decision.is_open:
        return ""
    late = (clock.today() - decision.due_on).days
    words = {"day": short_day(decision.due_on), "days": days_text(late)}
    return (_("Due %(day)s, %(days)s late.") if late > 0 else _("Due %(day)s.")) % words


def history_text(decision: Decision, state: str = "") -> str:
    """What became of it so far, with its days. `state`: its status in the plan, where that is ahead of the record."""
    text = {
        DecisionState.ASKED: (_("Requested on %(day)s"), decision.asked_on),
        DecisionState.TAKEN: (_("Taken on %(day)s"), decision.taken_on),
        DecisionState.REFUSED: (_("Refused on %(day)s"), decision.taken_on),
        DecisionState.CARRIED_OUT: (_("Carried out on %(day)s"), decision.done_on),
        DecisionState.DROPPED: (_("Discarded on %(day)s"), decision.done_on),
    }
    if state and state != decision.state:
        return decision_state(state)
    sentence, day = text[DecisionState(decision.state)]
    return sentence % {"day": short_day(day)} if day else decision_state(decision.state)
