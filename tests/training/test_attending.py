"""Who came: by the code at the door, by list, from paper, and who walked in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.organisations.models import User
from floreo.training import moments
from floreo.training.access import ANYBODY, Participant, Trainer, session_of_link, token_of
from floreo.training.actions import attending, reminding, running
from floreo.training.actions.attending import Ticked
from floreo.training.logic import check_in_code, step_of
from floreo.training.models import Cohort, Session
from floreo.training.presenters import crowding_text
from floreo.training.queries import check_in_key, list_of, named_alike
from tests.training.making import begun, cohort, entered, held, signed_up

pytestmark = pytest.mark.django_db


@contextmanager
def during(of: Cohort, minutes: int = 5) -> Iterator[Session]:
    found = of.sessions.get(number=1)
    with time_machine.travel(begun(found, minutes), tick=False):
        yield found


def code_now(of: Session) -> str:
    return check_in_code(check_in_key(), of.pk, step_of(moments.now()))


def came(of: Cohort) -> list[tuple[str, str]]:
    rows = of.sessions.get(number=1).attendances.order_by("pk")
    return [(a.enrolment.name if a.enrolment else a.name, a.how) for a in rows]


class TestCode:
    def test_by_ones_own_link_and_the_code_on_the_wall(self) -> None:
        made = cohort()
        one = signed_up(made)
        with during(made) as session:
            attending.come_by_link(one, by=Participant(one), session=session, code=code_now(session))
            again = attending.come_by_link(one, by=Participant(one), session=session, code=code_now(session))
        assert came(made) == [("Ana Abalone", "qr")]
        assert again.recorded_by == "Participant"

    def test_by_name_and_address(self) -> None:
        made = cohort()
        signed_up(made, "José Pérez Náñez", mail="jose@example.org")
        with during(made) as session:
            attending.come_by_name(
                session, by=ANYBODY, name="perez nanez  jose", mail="JOSE@example.org", code=code_now(session)
            )
        assert came(made) == [("José Pérez Náñez", "qr")]

    def test_a_photograph_of_the_code_is_worth_two_minutes_and_marks_nobody_who_is_not_enrolled(self) -> None:
        made = cohort()
        one = signed_up(made)
        with during(made) as session:
            photographed = code_now(session)
            with pytest.raises(Refused) as refusal:
                attending.come_by_name(
                    session, by=ANYBODY, name="A Friend", mail="friend@example.org", code=photographed
                )
            assert refusal.value.code == "not_enrolled"
        with during(made, minutes=7) as session, pytest.raises(Refused) as refusal:
            attending.come_by_link(one, by=Participant(one), session=session, code=photographed)
        assert refusal.value.code == "code_expired"
        assert came(made) == []

    @pytest.mark.first_cases(2)
    @pytest.mark.parametrize(
        ("name", "mail"),
        [
            ("Bruno Brisa", "ana.abalone@example.org"),
            ("Ana Abalone", "bruno@example.org"),
            ("Ana", "ana.abalone@example.org"),
            ("", "ana.abalone@example.org"),
            ("Ana Abalone", ""),
        ],
    )
    def test_name_and_address_must_both_be_those_of_one_participant(self, name: str, mail: str) -> None:
        made = cohort()
        signed_up(made)
        with during(made) as session, pytest.raises(Refused) as refusal:
            attending.come_by_name(session, by=ANYBODY, name=name, mail=mail, code=code_now(session))
        assert refusal.value.code == "not_enrolled"

    def test_the_refusal_is_the_same_for_who_waits_and_for_who_is_unknown(self) -> None:
        made = cohort(capacity=1)
        signed_up(made)
        signed_up(made, "Bruno Brisa")
        said = []
        with during(made) as session:
            for name, mail in (("Bruno Brisa", "bruno.brisa@example.org"), ("Nobody", "nobody@example.org")):
                with pytest.raises(Refused) as refusal:
                    attending.come_by_name(session, by=ANYBODY, name=name, mail=mail, code=code_now(session))
                said.append(refusal.value.sentence)
        assert said[0] == said[1]

    @pytest.mark.parametrize(("minutes", "code"), [(-31, "too_early"), (3 * 60 + 31, "over")])
    def test_the_door_is_closed_before_and_after(self, minutes: int, code: str) -> None:
        made = cohort()
        one = signed_up(made)
        with during(made, minutes) as session, pytest.raises(Refused) as refusal:
            attending.come_by_link(one, by=Participant(one), session=session, code=code_now(session))
        assert refusal.value.code == code

    @pytest.mark.long
    def test_a_link_of_another_cohort_or_of_another_person_marks_nobody(self) -> None:
        made = cohort()
        one, other = signed_up(made), signed_up(made, "Bruno Brisa")
        elsewhere = cohort(made.course, code="elsewhere", title="Elsewhere")
        stranger = signed_up(elsewhere, "Celia Caracol")
        with during(made) as session:
            with pytest.raises(NotAllowed):
                attending.come_by_link(one, by=Participant(other), session=session, code=code_now(session))
            with pytest.raises(Refused) as refusal:
                attending.come_by_link(stranger, by=Participant(stranger), session=session, code=code_now(session))
        assert refusal.value.code == "no_seat"
        assert came(made) == []


class TestList:
    def test_who_is_ticked_came_and_who_is_not_did_not(self) -> None:
        made = held(3)
        session = made.sessions.get()
        attending.record_list(session, by=SYSTEM, ticked=Ticked(frozenset(), frozenset({1, 2})))
        assert came(made) == [("Person A", "list"), ("Person B", "list")]
        attending.record_list(session, by=SYSTEM, ticked=Ticked(frozenset({1, 2}), frozenset({2, 3}), "paper"))
        assert came(made) == [("Person B", "list"), ("Person C", "paper")]
        assert Session.objects.get().recorded_on is not None

    def test_a_list_that_was_opened_before_does_not_undo_what_the_door_recorded(self) -> None:
        made = cohort()
        one = signed_up(made)
        signed_up(made, "Bruno Brisa")
        with during(made) as session:
            attending.come_by_link(one, by=Participant(one), session=session, code=code_now(session))
            attending.record_list(session, by=SYSTEM, ticked=Ticked(frozenset(), frozenset({2})))
        assert came(made) == [("Ana Abalone", "qr"), ("Bruno Brisa", "list")]

    def test_a_list_of_nobody_says_that_nobody_came(self) -> None:
        made = held(2)
        attending.record_list(made.sessions.get(), by=SYSTEM, ticked=Ticked(frozenset(), frozenset()))
        assert came(made) == []
        assert Session.objects.get().recorded_on is not None

    @pytest.mark.long
    def test_neither_an_unknown_number_nor_one_without_a_seat_is_recorded(self) -> None:
        made = held(1, capacity=1)
        entered(made, "Late")
        session = made.sessions.get()
        for number, code in ((9, "unknown_number"), (2, "no_seat")):
            with pytest.raises(Refused) as refusal:
                attending.record_list(session, by=SYSTEM, ticked=Ticked(frozenset(), frozenset({1, number})))
            assert refusal.value.code == code
        assert came(made) == []

    def test_nothing_is_recorded_before_the_session(self) -> None:
        made = cohort()
        signed_up(made)
        with pytest.raises(Refused) as refusal:
            attending.record_list(made.sessions.get(), by=SYSTEM, ticked=Ticked(frozenset(), frozenset({1})))
        assert refusal.value.code == "too_early"

    def test_the_trainer_records_by_the_link_of_that_session_alone(self) -> None:
        made = held(2, sessions=2)
        first, second = made.sessions.order_by("number")
        ticked = Ticked(frozenset(), frozenset({1}))
        attending.record_list_at_check_in(first, by=Trainer(session_of_link(token_of(first))), ticked=ticked)
        assert came(made) == [("Person A", "list")]
        for by in (Trainer(second), ANYBODY):
            with pytest.raises(NotAllowed):
                attending.record_list_at_check_in(first, by=by, ticked=ticked)
            with pytest.raises(NotAllowed):
                attending.add_walk_in_at_check_in(first, by=by, name="Ana")

    def test_a_trainers_link_is_sent_and_ended(self) -> None:
        made = cohort()
        session = running.send_check_in_link(made.sessions.get(), by=SYSTEM, mail="trainer.private@example.org")
        assert token_of(session) in OutboxMail.objects.get(kind="training.trainer").text
        assert "trainer.private" not in str(list(AuditEntry.objects.values_list("detail")))
        running.end_check_in_link(session, by=SYSTEM)
        with pytest.raises(Missing):
            session_of_link(token_of(session))


class TestWalkIns:
    def test_somebody_without_a_telephone_is_written_down_and_enrolled_later_with_all_their_sessions(self) -> None:
        made = held(1, sessions=2)
        first, second = made.sessions.order_by("number")
        row = attending.add_walk_in(
            first, by=SYSTEM, name="Rosa Resaca", organisation_name="Fish market", sector="food"
        )
        attending.add_walk_in_at_check_in(second, by=Trainer(second), name="rosa resaca")
        with pytest.raises(Refused):
            attending.add_walk_in(first, by=SYSTEM, name="ROSA RESACA")
        enrolled = attending.enrol_from_walk_in(row, by=SYSTEM)
        assert (enrolled.name, enrolled.organisation_name, enrolled.sector, enrolled.channel) == (
            "Rosa Resaca",
            "Fish market",
            "food",
            "door",
        )
        assert enrolled.attendances.count() == 2
        assert not any(a.is_guest or a.name for a in enrolled.attendances.all())
        assert [line.is_present for line in list_of(first)] == [False, True]

    def test_there_is_no_seat_for_a_walk_in_where_all_are_taken(self) -> None:
        made = held(1, capacity=1)
        row = attending.add_walk_in(made.sessions.get(), by=SYSTEM, name="Rosa Resaca")
        with pytest.raises(Refused) as refusal:
            attending.enrol_from_walk_in(row, by=SYSTEM)
        assert (refusal.value.code, made.enrolments.count()) == ("no_seat", 1)
        attending.remove_walk_in(row, by=SYSTEM)
        assert came(made) == []

    def test_the_name_of_who_walked_in_is_not_in_the_trail(self) -> None:
        made = held(1)
        attending.add_walk_in(made.sessions.get(), by=SYSTEM, name="Rosa Private", organisation_name="Private house")
        assert "rivate" not in str(list(AuditEntry.objects.values_list("detail", "rows")))


def test_reminders_go_out_once_before_a_session() -> None:
    made = cohort(days=1, sessions=2)
    signed_up(made)
    entered(made, "Without Address")
    OutboxMail.objects.all().delete()
    assert reminding.remind_due(by=SYSTEM) == 1
    assert reminding.remind_due(by=SYSTEM) == 0
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.kind, mail.is_secret) == ("ana.abalone@example.org", "training.reminder", True)
    assert mail.not_after == made.sessions.get(number=1).starts_at
    session = made.sessions.get(number=1)
    running.update_session(session, by=SYSTEM, starts_at=session.starts_at + timedelta(hours=1))
    assert reminding.remind(Session.objects.get(pk=session.pk), by=SYSTEM) == 1


def test_more_people_than_the_room_of_a_session_holds_are_pointed_out(secretariat: User, client: Client) -> None:
    made = held(4)
    session = made.sessions.get()
    assert crowding_text(session) == ""  # nobody entered the seats of the room
    running.update_session(session, by=SYSTEM, capacity=3)
    words = "4 people have a seat in the cohort, and the room of this session has 3."
    assert crowding_text(made.sessions.get()) == words
    client.force_login(secretariat)
    assert words in client.get(session.workspace_url()).content.decode()
    running.update_session(session, by=SYSTEM, capacity=4)
    assert crowding_text(made.sessions.get()) == ""


def test_names_are_compared_without_accents_case_and_order() -> None:
    assert named_alike("José Pérez", "PEREZ  jose")
    assert not named_alike("José Pérez", "José")
    assert not named_alike("", "")
