"""Scheduling, moving and cancelling a meeting: who is notified, in which language, and what is refused."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from icalendar import Calendar

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.meetings import calendar
from floreo.meetings.actions.agenda import add_item
from floreo.meetings.actions.calling import call_meeting, cancel_meeting, move_meeting, send_agenda, update_meeting
from floreo.meetings.actions.committees import update_committee
from floreo.meetings.models import Committee, Meeting
from floreo.organisations.models import Organisation
from tests.factories.strategy import TODAY
from tests.meetings.making import held, to_come


def letters() -> list[tuple[str, str, str]]:
    return sorted(OutboxMail.objects.values_list("to", "language", "kind"))


def test_a_meeting_in_the_past_is_not_called(committee: Committee) -> None:
    with pytest.raises(Refused, match="1 November 2026 is in the past, so nobody can be invited") as refused:
        call_meeting(committee, by=SYSTEM, on=date(2026, 11, 1))
    assert (refused.value.code, list(refused.value.fields)) == ("meeting_past", ["on"])
    assert not Meeting.objects.exists()


def test_one_that_was_held_is_entered_afterwards_and_nobody_is_notified(committee: Committee) -> None:
    meeting = call_meeting(committee, by=SYSTEM, on=date(2026, 11, 1), was_held=True, notify=True)
    assert (meeting.state, meeting.number, meeting.code, letters()) == ("held", 1, "2026-11-01", [])
    with pytest.raises(Refused, match="is in the future, so the meeting has not been held yet"):
        call_meeting(committee, by=SYSTEM, on=TODAY + timedelta(days=1), was_held=True)


def test_every_member_is_notified_in_their_language(committee: Committee) -> None:
    to_come(committee, notify=True, place="Blue room", online_url="https://meet.example.org/x")
    assert letters() == [
        ("justice@example.org", "en", "meeting.called"),
        ("ruben@example.org", "en", "meeting.called"),
        ("tomas@example.org", "es", "meeting.called"),
    ]
    mail = OutboxMail.objects.get(to="ruben@example.org")
    assert mail.subject == "Steering committee, meeting 1: 3 December 2026"
    assert "When: 3 December 2026, 14:00–16:00\nWhere: Blue room\nRemote: https://meet.example.org/x" in mail.text
    assert "/workspace/meetings/steering/2026-12-03/" in mail.text
    assert AuditEntry.objects.latest("number").detail["letters"] == 3


def test_a_body_without_an_address_is_named_in_the_trail(committee: Committee) -> None:
    Organisation.objects.filter(code="justice").update(email="")
    to_come(committee, notify=True)
    detail = AuditEntry.objects.latest("number").detail
    assert (detail["letters"], detail["no_address"]) == (2, ["Justice"])


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "code"),
    [(None, time(16), "no_beginning"), (time(16), time(14), "times_in_order"), (time(14), time(14), "times_in_order")],
)
def test_hours_run_forwards(committee: Committee, starts_at: time | None, ends_at: time, code: str) -> None:
    with pytest.raises(Refused) as refused:
        call_meeting(committee, by=SYSTEM, on=TODAY, starts_at=starts_at, ends_at=ends_at)
    assert refused.value.code == code


def test_a_committee_that_was_dissolved_meets_no_more(committee: Committee) -> None:
    committee = update_committee(committee, by=SYSTEM, ends_on=TODAY)
    with pytest.raises(Refused, match="was dissolved on 24 November 2026"):
        to_come(committee)


def test_two_meetings_on_one_day_have_two_addresses(committee: Committee) -> None:
    assert [to_come(committee).code, to_come(committee).code] == ["2026-12-03", "2026-12-03-2"]


def test_a_moved_meeting_keeps_its_address_and_notifies_its_members(committee: Committee) -> None:
    meeting = to_come(committee)
    moved = move_meeting(meeting, by=SYSTEM, on=date(2026, 12, 10), starts_at=time(9))
    assert (moved.code, moved.on, moved.invitation) == ("2026-12-03", date(2026, 12, 10), 1)
    mail = OutboxMail.objects.get(to="justice@example.org")
    assert mail.subject == "Moved: Steering committee, meeting 1, now on 10 December 2026"
    assert "scheduled for 3 December 2026" in mail.text
    move_meeting(moved, by=SYSTEM, on=date(2026, 12, 10), starts_at=time(9))
    assert OutboxMail.objects.count() == 3  # nothing changed, so nobody is notified again
    with pytest.raises(Refused, match="1 November 2026 is in the past"):
        move_meeting(moved, by=SYSTEM, on=date(2026, 11, 1))


def test_a_meeting_is_cancelled_for_a_reason_that_everybody_reads(committee: Committee) -> None:
    meeting = to_come(committee)
    with pytest.raises(Refused, match="Give the reason"):
        cancel_meeting(meeting, by=SYSTEM, reason="")
    cancel_meeting(meeting, by=SYSTEM, reason="The hurricane")
    assert "The hurricane" in OutboxMail.objects.get(to="tomas@example.org").text
    with pytest.raises(Refused, match="This meeting was cancelled"):
        move_meeting(meeting, by=SYSTEM, on=date(2026, 12, 20))
    with pytest.raises(Refused, match="This meeting was cancelled"):
        send_agenda(meeting, by=SYSTEM)


def test_a_meeting_that_was_held_is_not_cancelled(committee: Committee) -> None:
    with pytest.raises(Refused, match="has already been held"):
        cancel_meeting(held(committee, date(2026, 11, 1)), by=SYSTEM, reason="Too late")


def test_an_empty_agenda_is_not_sent(committee: Committee) -> None:
    meeting = to_come(committee)
    with pytest.raises(Refused, match="The agenda is empty"):
        send_agenda(meeting, by=SYSTEM)
    add_item(meeting, by=SYSTEM, title="Targets", text="A number each")
    assert send_agenda(meeting, by=SYSTEM).agenda_sent_on == TODAY
    assert "1. Targets\n----------\n\nA number each" in OutboxMail.objects.get(to="ruben@example.org").text


def test_a_calendar_program_takes_it_in_changed_and_out_again(committee: Committee) -> None:
    def event(meeting: Meeting) -> tuple[object, ...]:
        found = Calendar.from_ical(calendar.invitation(meeting))
        one = found.walk("VEVENT")[0]
        return (
            str(found["METHOD"]),
            str(one["UID"]),
            int(str(one["SEQUENCE"])),
            str(one["STATUS"]),
            one.decoded("DTSTART").isoformat(),
        )

    meeting = to_come(committee, place="Blue room")
    uid = f"meetings.meeting:{meeting.pk}@localhost"
    assert event(meeting) == ("PUBLISH", uid, 0, "CONFIRMED", "2026-12-03T14:00:00+00:00")
    meeting = update_meeting(meeting, by=SYSTEM, place="Red room")
    meeting = move_meeting(meeting, by=SYSTEM, on=date(2026, 12, 10))
    assert event(meeting) == ("PUBLISH", uid, 2, "CONFIRMED", "2026-12-10")
    assert event(cancel_meeting(meeting, by=SYSTEM, reason="x"))[:4] == ("CANCEL", uid, 3, "CANCELLED")
