"""What the mails of a meeting say, each in the language of who gets it. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.documents.text import as_text
from floreo.core.keys import key
from floreo.core.models import HeldBecause, OutboxMail
from floreo.core.outbox import Attachment, held, letter
from floreo.core.wording import day_text
from floreo.meetings import calendar, documents, presenters
from floreo.meetings.models import Meeting, Seat


@dataclass(frozen=True)
class Message:
    """A mail's subject and text, in the language that is active; with the meeting for a calendar, where it has a date to announce."""

    kind: str
    subject: str
    text: str
    invitation: bool = False


Words = Callable[[Meeting], Message]


def address_of(seat: Seat) -> tuple[str, str]:
    """(address, language) of who sits there: the person, else the body."""
    if seat.person is not None and seat.person.is_active and seat.person.email:
        return seat.person.email, seat.person.language
    return seat.organisation.successor().email, ""


def to_seats(meeting: Meeting, words: Words) -> tuple[list[OutboxMail], list[str]]:
    """A mail to every address that sits on the committee on the day of the meeting, one that is held back for each seat without an
    address, and the bodies of those."""
    own = languages.first()
    seats = meeting.committee.seats.on(meeting.on).select_related("organisation__merged_into", "person")
    mails: dict[str, OutboxMail] = {}
    unreached = []
    for seat in seats:
        address, language = address_of(seat)
        if not address:
            name = seat.person.name if seat.person is not None and seat.person.is_active else seat.organisation.label
            unreached.append(seat.organisation.label)
            mails[f"{seat.pk}"] = _held(meeting, words, name)
        elif address.lower() not in mails:
            mails[address.lower()] = _mail(meeting, words, address, language or own)
    return list(mails.values()), unreached


def _held(meeting: Meeting, words: Words, name: str) -> OutboxMail:
    sentence = words(meeting)
    return held(name=name, subject=sentence.subject, kind=sentence.kind, about=key(meeting), why=HeldBecause.NO_ADDRESS)


def _mail(meeting: Meeting, words: Words, address: str, language: str) -> OutboxMail:
    with translation.override(language):
        sentence = words(meeting)
        foot = _(
            "You receive this because you are a member of this committee. Reply to the secretariat, not to "
            "this address."
        )
        text = f"{sentence.text}\n\n{presenters.workspace_address(meeting)}\n\n{foot}\n"
    return letter(
        to=address,
        subject=sentence.subject,
        text=text,
        kind=sentence.kind,
        about=key(meeting),
        language=language,
        attachment=_calendar(meeting) if sentence.invitation else None,
    )


def _calendar(meeting: Meeting) -> Attachment:
    """What a calendar program takes in, changes and takes out again: members without an account have no other way to it."""
    return Attachment(f"meeting-{meeting.code}.ics", calendar.invitation(meeting).decode("utf-8"), "text/calendar")


def called(meeting: Meeting) -> Message:
    subject = _("%(meeting)s: %(day)s") % {"meeting": presenters.title(meeting), "day": day_text(meeting.on)}
    text = _("You are invited to this meeting. The agenda will follow.") + "\n\n" + presenters.facts_text(meeting)
    return Message("meeting.called", subject, text, invitation=True)


def moved(before: date) -> Words:
    def words(meeting: Meeting) -> Message:
        now = {"meeting": presenters.title(meeting), "day": day_text(meeting.on)}
        subject = _("Moved: %(meeting)s, now on %(day)s") % now
        text = _("The details of the meeting scheduled for %(day)s have changed:") % {"day": day_text(before)}
        return Message("meeting.moved", subject, text + "\n\n" + presenters.facts_text(meeting), invitation=True)

    return words


def cancelled(meeting: Meeting) -> Message:
    words = {"meeting": presenters.title(meeting), "day": day_text(meeting.on)}
    text = _("The meeting of %(day)s is cancelled.") % words + "\n\n" + meeting.cancelled_reason
    return Message("meeting.cancelled", _("Cancelled: %(meeting)s, %(day)s") % words, text, invitation=True)


def agenda(meeting: Meeting) -> Message:
    words = {"meeting": presenters.title(meeting), "day": day_text(meeting.on)}
    return Message("meeting.agenda", _("Agenda: %(meeting)s, %(day)s") % words, as_text(documents.agenda(meeting)))


def minutes(meeting: Meeting) -> Message:
    words = {"meeting": presenters.title(meeting), "day": day_text(meeting.on)}
    text = _("These minutes are a draft until the next meeting approves them. Send any corrections now.")
    return Message(
        "meeting.minutes",
        _("Minutes: %(meeting)s, %(day)s") % words,
        text + "\n\n" + as_text(documents.minutes(meeting, notes=False)),
    )
