"""Writing polls of dates: asked by e-mail, answered by link, and the chosen date becomes the meeting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import NamedTuple

from django.utils.translation import gettext as _

from floreo.core import clock, outbox
from floreo.core.access import Actor, Permission
from floreo.core.action import action, note
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.models import MailState, OutboxMail
from floreo.core.wording import day_text
from floreo.core.writing import lock_latest, refuse, save
from floreo.meetings import between_mails
from floreo.meetings.access import Answering
from floreo.meetings.actions.calling import call_meeting
from floreo.meetings.letters import address_of
from floreo.meetings.logic import next_number
from floreo.meetings.models import Committee, DateAnswer, DateMember, DatePoll, DateSlot, Meeting, PollState
from floreo.meetings.voting import MOST_SLOTS, DateChoice

RUN = Permission.MEETING_RUN


class When(NamedTuple):
    """One date that is asked about."""

    on: date
    starts_at: time | None = None
    ends_at: time | None = None


@action("poll.opened", needs=RUN)
def open_poll(
    committee: Committee, *, by: Actor, dates: Sequence[When], closes_on: date, place: str = "", note_: str = ""
) -> DatePoll:
    """Asks every seat, also those that do not vote. Who has no address is named in the trail and on the page."""
    committee = lock_latest(committee)
    wanted = sorted(set(dates), key=lambda each: (each.on, each.starts_at or time.min))
    _check(committee, wanted, closes_on)
    number = next_number(DatePoll.objects.values_list("number", flat=True), clock.today().year, "P")
    poll = save(
        DatePoll(
            number=number,
            committee=committee,
            note=note_.strip(),
            place=place.strip(),
            closes_on=closes_on,
            opened_on=clock.today(),
        ),
        at={"note": "note_"},
    )
    for each in wanted:
        save(DateSlot(poll=poll, on=each.on, starts_at=each.starts_at, ends_at=each.ends_at))
    _ask(poll)
    return poll


def _check(committee: Committee, wanted: Sequence[When], closes_on: date) -> None:
    if not 2 <= len(wanted) <= MOST_SLOTS:
        raise refuse("dates", _("Enter from 2 to %(most)d different dates.") % {"most": MOST_SLOTS})
    if closes_on < clock.today():
        raise refuse("closes_on", _("%(day)s is in the past.") % {"day": day_text(closes_on)})
    for each in wanted:
        if each.on <= closes_on:
            sentence = _("%(day)s is not after the last day for answers. Change one of them.")
            raise refuse("dates", sentence % {"day": day_text(each.on)})
        if each.ends_at and (each.starts_at is None or each.ends_at <= each.starts_at):
            raise refuse(
                "dates", _("On %(day)s the end time is not after the start time.") % {"day": day_text(each.on)}
            )
        if committee.ends_on is not None and each.on > committee.ends_on:
            raise refuse("dates", _("The committee was dissolved on %(day)s.") % {"day": day_text(committee.ends_on)})


def _ask(poll: DatePoll) -> None:
    seats = poll.committee.seats.on(clock.today()).select_related("organisation__merged_into", "person")
    members, without = [], []
    for seat in seats:
        address, language = address_of(seat)
        if not address:
            without.append(seat.organisation.label)
            continue
        facts = {"organisation": seat.organisation, "person": seat.person, "address": address, "language": language}
        members.append(save(DateMember(poll=poll, seat=seat, **facts)))
    if not members:
        raise Refused(
            _("No seat of this committee has an e-mail address in the register, so nobody can be asked."),
            code="no_address",
        )
    outbox.post_all(between_mails.dates(member) for member in members)
    note(asked=len(members), **({"no_address": without} if without else {}))


def must_be_open(poll: DatePoll) -> None:
    if poll.state != PollState.OPEN:
        raise Refused(_("This poll is over."), code="over")


@action("poll.answered", needs=None, quiet=True)
def answer_dates(member: DateMember, *, by: Actor, answers: Mapping[int, str]) -> DateMember:
    """For each date whether the member can come; may change until the date is chosen or the last day has passed."""
    poll = lock_latest(member.poll)
    member = lock_latest(member)
    if not isinstance(by, Answering) or by.key != key(member):
        raise NotAllowed
    if poll.state != PollState.OPEN or poll.closes_on < clock.today():
        raise Refused(_("This poll of dates is over. Your answer was not recorded."), code="closed")
    if not member.holds_on(clock.today()):
        raise Refused(_("This link was sent to a member who has left the committee."), code="left")
    slots = {slot.pk: slot for slot in poll.slots.all()}
    missing = [pk for pk in slots if answers.get(pk) not in set(DateChoice)]
    if missing:
        sentence = _("Answer for each date.")
        raise Refused(sentence, code="missing", fields={f"slot-{pk}": sentence for pk in missing})
    there = {each.slot_id: each for each in member.answers.all()}
    changed = False
    for pk, slot in slots.items():
        row = there.get(pk) or DateAnswer(member=member, slot=slot)
        if row.answer != answers[pk]:
            row.answer, changed = answers[pk], True
            save(row)
    if changed:
        member.answered_at = clock.now()
        save(member)
    return member


def _discard_requests(poll: DatePoll) -> None:
    names = [key(member) for member in poll.members.all()]
    waiting = OutboxMail.objects.filter(state=MailState.WAITING, kind=between_mails.DATES, about__in=names)
    outbox.discard(waiting, why="The poll of dates is over.")


@action("poll.date_chosen", needs=RUN)
def choose_date(poll: DatePoll, *, by: Actor, slot: DateSlot) -> Meeting:
    """The date becomes the meeting, and every seat gets it with a file for the calendar."""
    poll = lock_latest(poll)
    must_be_open(poll)
    if slot.poll_id != poll.pk:
        raise refuse("slot", _("Choose one of the dates of this poll."))
    meeting = call_meeting(
        poll.committee, by=by, on=slot.on, starts_at=slot.starts_at, ends_at=slot.ends_at, place=poll.place, notify=True
    )
    poll.state, poll.meeting = PollState.CHOSEN, meeting
    save(poll)
    _discard_requests(poll)
    return meeting


@action("poll.cancelled", needs=RUN)
def cancel_poll(poll: DatePoll, *, by: Actor) -> DatePoll:
    """No date is chosen by it. Who opens the link reads so."""
    poll = lock_latest(poll)
    must_be_open(poll)
    poll.state = PollState.CANCELLED
    save(poll)
    _discard_requests(poll)
    return poll
