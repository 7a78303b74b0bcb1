"""Recording a meeting: one form, two people at once, and minutes that become final."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection

from floreo.core.access import SYSTEM
from floreo.core.errors import Changed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.meetings.actions.agenda import add_item, draw_agenda, update_item
from floreo.meetings.actions.calling import move_meeting
from floreo.meetings.actions.decisions import take_decision, update_decision
from floreo.meetings.actions.minutes import approve_minutes, circulate_minutes, correct_minutes
from floreo.meetings.actions.recording import (
    Decided,
    ItemMinutes,
    Recorded,
    SeatTaken,
    record_meeting,
)
from floreo.meetings.logic import fingerprint
from floreo.meetings.models import AgendaItem, Attendance, Committee, Decision, Meeting
from floreo.organisations.models import Organisation
from floreo.strategy.models import Edition
from tests.factories.strategy import TODAY
from tests.meetings.making import held, record_attendance, record_minutes, to_come


@pytest.fixture
def meeting(committee: Committee) -> Meeting:
    return held(committee)  # called for today, not yet recorded


@pytest.fixture
def item(meeting: Meeting) -> AgendaItem:
    return add_item(meeting, by=SYSTEM, title="Targets")


def came(meeting: Meeting) -> list[tuple[str, str]]:
    return [(a.organisation.name if a.organisation else a.name, a.presence) for a in meeting.attendances.all()]


def test_who_came_is_recorded_seat_by_seat_and_the_meeting_is_then_held(meeting: Meeting) -> None:
    police, justice, _csirt = meeting.committee.seats.all()
    record_attendance(
        meeting,
        guests=["Greta, Fund", "", "Greta, Fund"],
        seats=[SeatTaken(police.pk, "present", "Ada"), SeatTaken(justice.pk, "apologies"), SeatTaken(_csirt.pk, "")],
    )
    assert came(meeting) == [("Police", "present"), ("Justice", "apologies"), ("Greta, Fund", "present")]
    assert Attendance.objects.get(organisation__code="police").substitute == "Ada"
    meeting.refresh_from_db()
    assert meeting.state == "held"
    record_attendance(meeting, seats=[SeatTaken(justice.pk, "")], guests=[])
    assert came(meeting) == [("Police", "present")]


def test_nothing_is_recorded_before_the_day(committee: Committee) -> None:
    with pytest.raises(Refused, match="You can record it from that day"):
        record_attendance(to_come(committee), seats=[])


def test_saving_nothing_says_nothing(meeting: Meeting, item: AgendaItem) -> None:
    before = AuditEntry.objects.count()
    record_meeting(meeting, by=SYSTEM, recorded=Recorded(items=[ItemMinutes(item.pk, "")], guests=[]))
    meeting.refresh_from_db()
    assert (AuditEntry.objects.count(), meeting.state) == (before, "planned")


def test_two_who_record_different_points_keep_both(meeting: Meeting, item: AgendaItem) -> None:
    other, blank = add_item(meeting, by=SYSTEM, title="Money"), fingerprint("", "")
    record_minutes(meeting, ItemMinutes(item.pk, "Mine", was=blank), ItemMinutes(other.pk, "", was=blank))
    record_minutes(meeting, ItemMinutes(item.pk, "", was=blank), ItemMinutes(other.pk, "Yours", was=blank))
    assert [i.minutes for i in meeting.items.all()] == ["Mine", "Yours"]


def test_two_who_record_one_point_see_each_other_and_nothing_is_kept_until_they_agree(
    meeting: Meeting, item: AgendaItem
) -> None:
    other, blank = add_item(meeting, by=SYSTEM, title="Money"), fingerprint("", "")
    record_minutes(meeting, ItemMinutes(item.pk, "Theirs", "Quietly", was=blank))
    mine = [ItemMinutes(item.pk, "Mine", was=blank), ItemMinutes(other.pk, "More", was=blank)]
    with pytest.raises(Changed, match="at the same time") as changed:
        record_minutes(meeting, *mine)
    assert changed.value.theirs == {f"item-{item.pk}": ("Theirs", "Quietly")}
    assert [i.minutes for i in meeting.items.all()] == ["Theirs", ""]
    again = [ItemMinutes(item.pk, "Both", was=fingerprint("Theirs", "Quietly")), mine[1]]
    record_minutes(meeting, *again)
    assert [i.minutes for i in meeting.items.all()] == ["Both", "More"]


def test_two_who_record_one_seat_otherwise_see_each_other(meeting: Meeting) -> None:
    seat, blank = meeting.committee.seats.all()[0], fingerprint("", "")
    record_attendance(meeting, seats=[SeatTaken(seat.pk, "present", was=blank)])
    with pytest.raises(Changed) as changed:
        record_attendance(meeting, seats=[SeatTaken(seat.pk, "absent", was=blank)])
    assert changed.value.theirs == {f"seat-{seat.pk}": ("present", "")}
    record_attendance(meeting, seats=[SeatTaken(seat.pk, "present", was=blank)])  # both say the same


@pytest.mark.parametrize(
    ("recorded", "sentence"),
    [
        (Recorded(seats=[SeatTaken(999_999, "present")]), "seats was removed"),
        (
            Recorded(items=[ItemMinutes(999_999, "Words")]),
            "One of these items was removed from the agenda. Copy what you wrote, and reload the page.",
        ),
        (Recorded(new_minutes="Words without a title"), "Enter a title for the new item."),
    ],
)
def test_what_is_gone_is_named_and_nothing_is_saved(meeting: Meeting, recorded: Recorded, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        record_meeting(meeting, by=SYSTEM, recorded=recorded)
    assert not meeting.attendances.exists()


def test_a_presence_that_nobody_knows_is_refused(meeting: Meeting) -> None:
    seat = meeting.committee.seats.all()[0]
    with pytest.raises(Refused, match="present, apologies or absent"):
        record_attendance(meeting, seats=[SeatTaken(seat.pk, "asleep")])


def test_minutes_that_change_lose_their_translation(meeting: Meeting, item: AgendaItem) -> None:
    record_minutes(meeting, ItemMinutes(item.pk, "Set"))
    AgendaItem.objects.filter(pk=item.pk).update(translations={"es": {"minutes": "Fijadas", "title": "Metas"}})
    record_minutes(meeting, ItemMinutes(item.pk, "Not set\r\nafter all"))
    item.refresh_from_db()
    assert (item.minutes, item.translations) == ("Not set\nafter all", {"es": {"title": "Metas"}})


def test_a_form_sent_twice_decides_once(meeting: Meeting, item: AgendaItem) -> None:
    body = Organisation.objects.get(code="police")
    text = Recorded(
        decisions=[Decided(item.pk, "Hire two", body, date(2026, 12, 1), is_public=True)], new_title="Aside"
    )
    record_meeting(meeting, by=SYSTEM, recorded=text)
    record_meeting(meeting, by=SYSTEM, recorded=Recorded(decisions=text.decisions))
    decision = Decision.objects.get()
    assert (
        decision.number,
        decision.meeting,
        decision.item,
        decision.taken_on,
        decision.organisation,
        decision.is_public,
    ) == (
        "D-2026-01",
        meeting,
        item,
        TODAY,
        body,
        True,
    )
    assert [i.title for i in meeting.items.all()] == ["Targets", "Aside"]


@pytest.fixture
def approved(meeting: Meeting, item: AgendaItem) -> Meeting:
    record_minutes(meeting, ItemMinutes(item.pk, "Set"))
    circulate_minutes(meeting, by=SYSTEM)
    return approve_minutes(meeting, by=SYSTEM)


def test_minutes_go_out_to_every_seat_without_their_internal_text(meeting: Meeting, item: AgendaItem) -> None:
    record_minutes(meeting, ItemMinutes(item.pk, "Targets were set.", "He laughed."))
    sent = circulate_minutes(meeting, by=SYSTEM)
    assert (sent.minutes_state, sent.circulated_on) == ("circulated", TODAY)
    texts = list(OutboxMail.objects.filter(kind="meeting.minutes").values_list("text", flat=True))
    assert len(texts) == 3
    assert all("Targets were set." in t and "He laughed." not in t for t in texts)


def test_minutes_that_say_nothing_do_not_go_out(meeting: Meeting, item: AgendaItem) -> None:
    with pytest.raises(Refused, match="Nothing is recorded yet"):
        circulate_minutes(meeting, by=SYSTEM)
    seat = meeting.committee.seats.all()[0]
    record_attendance(meeting, seats=[SeatTaken(seat.pk, "present")])
    with pytest.raises(Refused, match="The minutes are empty"):
        circulate_minutes(meeting, by=SYSTEM)


def test_minutes_are_approved_after_they_went_out_by_a_later_meeting(
    committee: Committee, meeting: Meeting, item: AgendaItem
) -> None:
    with pytest.raises(Refused, match="Circulate the minutes first"):
        approve_minutes(meeting, by=SYSTEM)
    record_minutes(meeting, ItemMinutes(item.pk, "Set"))
    circulate_minutes(meeting, by=SYSTEM)
    for other in (held(committee, TODAY - timedelta(days=1)), to_come(committee)):
        with pytest.raises(Refused, match="Choose a later meeting"):
            approve_minutes(meeting, by=SYSTEM, at=other)
    done = approve_minutes(meeting, by=SYSTEM)
    assert (done.minutes_state, done.approved_on, done.approved_by) == ("approved", TODAY, "Floreo")


FROZEN: list[Callable[[Meeting, AgendaItem, Edition], object]] = [
    lambda m, i, e: record_minutes(m, ItemMinutes(i.pk, "Otherwise")),
    lambda m, i, e: record_attendance(m, seats=[]),
    lambda m, i, e: update_item(i, by=SYSTEM, title="Otherwise"),
    lambda m, i, e: add_item(m, by=SYSTEM, title="Late"),
    lambda m, i, e: draw_agenda(m, by=SYSTEM),
    lambda m, i, e: take_decision(e, by=SYSTEM, item=i, title="Late"),
    lambda m, i, e: circulate_minutes(m, by=SYSTEM),
    lambda m, i, e: approve_minutes(m, by=SYSTEM),
]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("act", FROZEN)
def test_approved_minutes_never_change(
    approved: Meeting, item: AgendaItem, edition: Edition, act: Callable[[Meeting, AgendaItem, Edition], object]
) -> None:
    with pytest.raises(Refused, match="These minutes are approved and cannot change") as refused:
        act(approved, item, edition)
    assert refused.value.code == "approved"
    item.refresh_from_db()
    assert (item.title, item.minutes, Decision.objects.count()) == ("Targets", "Set", 0)


def test_a_held_meeting_is_not_moved(approved: Meeting) -> None:
    with pytest.raises(Refused, match="This meeting has already been held"):
        move_meeting(approved, by=SYSTEM, on=TODAY)


@pytest.mark.long
def test_a_correction_is_shown_with_them(approved: Meeting, item: AgendaItem) -> None:
    with pytest.raises(Refused, match="Describe the error"):
        correct_minutes(approved, by=SYSTEM, text="\n")
    row = correct_minutes(approved, by=SYSTEM, text="It was 500")
    assert (row.on, row.reported_by) == (TODAY, "Floreo")
    item.refresh_from_db()
    assert item.minutes == "Set"


def test_what_is_not_approved_is_changed_not_corrected(meeting: Meeting) -> None:
    with pytest.raises(Refused, match="These minutes are not approved yet"):
        correct_minutes(meeting, by=SYSTEM, text="It was 500")


def test_the_words_of_a_decision_in_approved_minutes_stay_and_its_day_may_move(
    meeting: Meeting, item: AgendaItem, edition: Edition
) -> None:
    decision = take_decision(edition, by=SYSTEM, item=item, title="Hire two")
    circulate_minutes(record_minutes(meeting, ItemMinutes(item.pk, "Set")), by=SYSTEM)
    approve_minutes(meeting, by=SYSTEM)
    with pytest.raises(
        Refused,
        match="The minutes with this decision are approved, so its text cannot change",
    ):
        update_decision(decision, by=SYSTEM, title="Hire three")
    assert update_decision(decision, by=SYSTEM, title="Hire two", due_on=TODAY).due_on == TODAY


def test_the_database_knows_whose_name_is_under_approved_minutes(approved: Meeting) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=approved.pk).update(approved_by="")
    assert connection.is_usable()
