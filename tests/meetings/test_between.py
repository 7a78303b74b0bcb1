"""Proposals of members, papers, and dates that are asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import OutboxMail
from floreo.core.tasks import Recipient
from floreo.meetings.access import answering, seats_of
from floreo.meetings.actions.committees import end_seat
from floreo.meetings.actions.dates import When, answer_dates, cancel_poll, choose_date, open_poll
from floreo.meetings.actions.proposals import decline_proposal, make_proposal, put_on_agenda
from floreo.meetings.between_mails import DATES
from floreo.meetings.models import Committee, DateMember, DatePoll, Meeting, Proposal, Seat
from floreo.meetings.tasks import waiting_tasks
from floreo.organisations.models import Organisation, User
from tests.factories.strategy import TODAY
from tests.meetings.making import to_come
from tests.meetings.procedures import OPENED

FIRST, SECOND = When(date(2026, 12, 10), time(9), time(11)), When(date(2026, 12, 11))
LAST_DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def morning(today: None) -> Iterator[None]:
    with clock.at(OPENED):
        yield


@pytest.fixture
def member(committee: Committee, user_with: Callable[..., User]) -> User:
    """An account of the justice ministry, whose seat names nobody."""
    return user_with("lead", organisation=Organisation.objects.get(code="justice"))


def sentence_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return str(refusal.value.sentence)


def members(poll: DatePoll) -> dict[str, DateMember]:
    rows = poll.members.select_related("poll", "organisation", "person", "seat")
    return {each.organisation.code: each for each in rows}


def answer(poll: DatePoll, **choices: tuple[str, str]) -> None:
    slots = list(poll.slots.all())
    for code, given in choices.items():
        asked = members(poll)[code]
        answers = {slot.pk: choice for slot, choice in zip(slots, given, strict=True)}
        answer_dates(asked, by=answering(asked), answers=answers)


# --- Proposals ----------------------------------------------------------------------------------------------------


def test_a_member_proposes_for_the_seat_of_the_organisation(committee: Committee, member: User) -> None:
    made = make_proposal(committee, by=member, title="Meet online", text="It saves a day.")
    assert (made.organisation.code, made.person, made.state, made.proposed_on) == ("justice", None, "new", TODAY)
    assert [seat.organisation.code for seat in seats_of(member, committee)] == ["justice"]


def test_who_has_no_seat_proposes_nothing(committee: Committee, user_with: Callable[..., User]) -> None:
    outsider = user_with("lead", organisation=Organisation.objects.create(code="bank", name="Bank", kind="company"))
    with pytest.raises(NotAllowed):
        make_proposal(committee, by=outsider, title="Meet online")
    with pytest.raises(NotAllowed) as refusal:
        make_proposal(committee, by=outsider, title="Meet online", seat=committee.seats.all()[0])
    assert sentence_of(refusal) == "Only members of the committee make proposals to it."


def test_whose_seat_has_ended_proposes_nothing(committee: Committee, member: User) -> None:
    end_seat(Seat.objects.get(organisation__code="justice"), by=SYSTEM, ends_on=TODAY - timedelta(days=1))
    with pytest.raises(NotAllowed):
        make_proposal(committee, by=member, title="Meet online")


def test_the_secretariat_enters_one_for_a_member_and_names_which(committee: Committee, secretariat: User) -> None:
    with pytest.raises(Refused) as refusal:
        make_proposal(committee, by=secretariat, title="Meet online")
    assert sentence_of(refusal) == "Choose the member who proposes it."
    seat = Seat.objects.get(organisation__code="police")
    made = make_proposal(committee, by=secretariat, title="Meet online", seat=seat)
    assert (made.organisation.code, made.person) == ("police", seat.person)


def test_a_proposal_waits_for_the_secretariat_until_it_is_on_an_agenda_or_declined(
    committee: Committee, member: User, secretariat: User
) -> None:
    made = make_proposal(committee, by=member, title="Meet online", text="It saves a day.")
    rows = [
        t for t in waiting_tasks(Recipient(everybody=True), viewer=secretariat, today=TODAY) if t.kind == "proposal"
    ]
    assert [(t.title, t.why) for t in rows] == [
        ("Decide what becomes of the proposal: Meet online", "Proposed to: Steering committee.")
    ]
    meeting = to_come(committee)
    put_on_agenda(made, by=secretariat, meeting=meeting)
    item = meeting.items.get()
    assert (item.title, item.text, item.kind) == ("Meet online", "It saves a day.\n\nProposed by Justice.", "decision")
    with pytest.raises(Refused) as refusal:
        decline_proposal(made, by=secretariat, reason="Too late.")
    assert sentence_of(refusal) == "This proposal has been dealt with already."
    other = make_proposal(committee, by=member, title="Meet at night")
    decline_proposal(other, by=secretariat, reason="Nobody could come.")
    assert [(p.title, p.state, p.reason) for p in Proposal.objects.order_by("pk")] == [
        ("Meet online", "agenda", ""),
        ("Meet at night", "declined", "Nobody could come."),
    ]


# --- Dates --------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_chosen_date_becomes_the_meeting_with_a_file_for_the_calendar(committee: Committee) -> None:
    poll = open_poll(committee, by=SYSTEM, dates=[SECOND, FIRST], closes_on=LAST_DAY, place="Blue room")
    assert {mail.to for mail in OutboxMail.objects.filter(kind=DATES)} == {
        "ruben@example.org",
        "justice@example.org",
        "tomas@example.org",
    }
    answer(poll, police=("yes", "no"), justice=("if_needed", "yes"))
    meeting = choose_date(poll, by=SYSTEM, slot=poll.slots.all()[0])
    assert (meeting.on, meeting.starts_at, meeting.ends_at, meeting.place) == (*FIRST, "Blue room")
    poll.refresh_from_db()
    assert (poll.state, poll.meeting) == ("chosen", meeting)
    invitation = OutboxMail.objects.filter(kind="meeting.called", to="ruben@example.org").get()
    assert (invitation.attachment_name, invitation.attachment_type) == ("meeting-2026-12-10.ics", "text/calendar")
    assert "DTSTART:20261210T090000Z" in invitation.attachment


def test_an_answer_changes_until_the_date_is_chosen(committee: Committee) -> None:
    poll = open_poll(committee, by=SYSTEM, dates=[FIRST, SECOND], closes_on=LAST_DAY)
    answer(poll, police=("yes", "no"))
    answer(poll, police=("no", "yes"))
    police = members(poll)["police"]
    assert [each.answer for each in police.answers.order_by("slot__on")] == ["no", "yes"]
    cancel_poll(poll, by=SYSTEM)
    with pytest.raises(Refused) as refusal:
        answer(poll, police=("yes", "yes"))
    assert sentence_of(refusal) == "This poll of dates is over. Your answer was not recorded."


def test_an_answer_for_one_date_alone_and_by_who_left(committee: Committee) -> None:
    poll = open_poll(committee, by=SYSTEM, dates=[FIRST, SECOND], closes_on=LAST_DAY)
    police, slots = members(poll)["police"], list(poll.slots.all())
    with pytest.raises(Refused) as refusal:
        answer_dates(police, by=answering(police), answers={slots[0].pk: "yes", slots[1].pk: "perhaps"})
    assert sentence_of(refusal) == "Answer for each date."
    end_seat(Seat.objects.get(organisation__code="police"), by=SYSTEM, ends_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused) as gone:
        answer(poll, police=("yes", "yes"))
    assert sentence_of(gone) == "This link was sent to a member who has left the committee."


@pytest.mark.parametrize(
    ("dates", "closes_on", "sentence"),
    [
        ([FIRST], LAST_DAY, "Enter from 2 to 12 different dates."),
        ([FIRST, FIRST], LAST_DAY, "Enter from 2 to 12 different dates."),
        ([FIRST, SECOND], date(2026, 11, 1), "1 November 2026 is in the past."),
        (
            [FIRST, SECOND],
            date(2026, 12, 10),
            "10 December 2026 is not after the last day for answers. Change one of them.",
        ),
        (
            [FIRST, When(date(2026, 12, 11), time(11), time(9))],
            LAST_DAY,
            "On 11 December 2026 the end time is not after the start time.",
        ),
    ],
)
def test_dates_that_nobody_can_answer(dates: list[When], closes_on: date, sentence: str, committee: Committee) -> None:
    with pytest.raises(Refused) as refusal:
        open_poll(committee, by=SYSTEM, dates=dates, closes_on=closes_on)
    assert sentence_of(refusal) == sentence
    assert not DatePoll.objects.exists()


def test_a_poll_that_all_answered_is_a_task_of_who_runs_meetings(committee: Committee, secretariat: User) -> None:
    poll = open_poll(committee, by=SYSTEM, dates=[FIRST, SECOND], closes_on=LAST_DAY)
    everybody = Recipient(everybody=True)

    def titles() -> set[str]:
        return {task.title for task in waiting_tasks(everybody, viewer=secretariat, today=TODAY)}

    assert titles() == {"Say when you can come: Steering committee"}
    answer(poll, police=("yes", "no"), justice=("yes", "no"), csirt=("yes", "no"))
    assert titles() == {"Choose the date: Steering committee"}
    choose_date(poll, by=SYSTEM, slot=poll.slots.all()[0])
    assert Meeting.objects.count() == 1
