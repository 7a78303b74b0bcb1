"""Signing up, the waiting list, organisations that enrol their people, and what a participant does by their link."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.organisations.models import Country, User
from floreo.training import moments
from floreo.training.access import ANYBODY, Inviter, Participant, enrolment_of_link, invitation_of_link, token_of
from floreo.training.actions import enrolling, running
from floreo.training.actions.enrolling import Who
from floreo.training.models import Cohort, Enrolment, Feedback
from floreo.training.queries import feedback_of, seats_of, taken
from tests.factories.strategy import make_organisation
from tests.training.making import asked, cohort, entered, held, signed_up

pytestmark = pytest.mark.django_db


def states(of: Cohort) -> dict[str, str]:
    return dict(of.enrolments.order_by("number").values_list("name", "state"))


def mails(kind: str) -> list[str]:
    return list(OutboxMail.objects.filter(kind=kind, state="waiting").order_by("pk").values_list("to", flat=True))


class TestSigningUp:
    def test_a_seat_is_held_when_the_address_is_confirmed_and_not_before(self) -> None:
        made = cohort()
        found = asked(made)
        assert (found.state, taken(made)) == ("asked", 0)
        assert mails("training.confirm") == ["ana.abalone@example.org"]
        enrolling.confirm(found, by=Participant(found))
        assert (states(made), taken(made)) == ({"Ana Abalone": "confirmed"}, 1)
        mail = OutboxMail.objects.get(kind="training.state")
        assert "BEGIN:VCALENDAR" in mail.attachment
        assert f"/training/mine/{token_of(found)}/" in mail.text
        assert mail.is_secret

    def test_confirming_twice_changes_nothing(self) -> None:
        made = cohort()
        found = signed_up(made)
        before = AuditEntry.objects.count()
        again = enrolling.confirm(found, by=Participant(found))
        assert (again.state, again.entered_at) == ("confirmed", found.entered_at)
        assert AuditEntry.objects.count() == before

    def test_who_signs_up_twice_is_there_once_and_gets_the_link_again(self) -> None:
        made = cohort()
        first = signed_up(made, mail="Ana@Example.org")
        OutboxMail.objects.all().delete()
        second = asked(made, "Somebody Else", mail="ana@example.org")
        assert second.pk == first.pk
        assert states(made) == {"Ana Abalone": "confirmed"}  # what a visitor typed changes nothing
        assert mails("training.state") == ["Ana@Example.org"]
        assert token_of(first) in OutboxMail.objects.get().text

    def test_signing_up_again_before_confirming_sends_one_mail_instead_of_two(self) -> None:
        made = cohort()
        asked(made)
        asked(made)
        assert made.enrolments.count() == 1
        assert mails("training.confirm") == ["ana.abalone@example.org"]

    def test_who_cancelled_may_sign_up_again_and_stands_at_the_end(self) -> None:
        made = cohort(capacity=1)
        first = signed_up(made)
        signed_up(made, "Bruno Brisa")
        enrolling.cancel(first, by=Participant(first))
        signed_up(made)
        assert states(made) == {"Ana Abalone": "waiting", "Bruno Brisa": "confirmed"}

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"sign_up": "closed"}, "sign_up_closed"),
            ({"sign_up": "invited"}, "invited"),
            ({"sign_up_opens_at": timedelta(days=1)}, "sign_up_closed"),
            ({"sign_up_closes_at": timedelta(days=-1)}, "sign_up_closed"),
        ],
    )
    def test_nobody_signs_up_when_it_is_not_open(self, facts: dict[str, Any], code: str) -> None:
        given: dict[str, Any] = {n: moments.now() + v if isinstance(v, timedelta) else v for n, v in facts.items()}
        with pytest.raises(Refused) as refusal:
            asked(cohort(**given))
        assert refusal.value.code == code

    def test_a_name_and_an_address_are_needed(self) -> None:
        made = cohort()
        for who, field in ((Who(name=" ", mail="a@example.org"), "name"), (Who(name="Ana"), "mail")):
            with pytest.raises(Refused) as refusal:
                enrolling.sign_up(made, by=ANYBODY, who=who)
            assert list(refusal.value.fields) == [field]
        assert made.enrolments.count() == 0

    def test_neither_name_nor_address_is_in_the_trail(self) -> None:
        made = cohort()
        found = signed_up(made, "Zacarías Private", mail="zacarias.private@example.org")
        enrolling.cancel(found, by=Participant(found))
        text = str(list(AuditEntry.objects.values_list("detail", "rows", "subject_name", "actor_name"))).lower()
        assert "private" not in text

    def test_a_sign_up_that_nobody_confirms_is_removed_with_its_address(self) -> None:
        made = cohort()
        asked(made)
        signed_up(made, "Bruno Brisa")
        assert enrolling.remove_unconfirmed(by=SYSTEM) == 0
        with time_machine.travel(moments.now() + timedelta(days=5)):
            assert enrolling.remove_unconfirmed(by=SYSTEM) == 1
            assert enrolling.remove_expired([], by=SYSTEM) == 0
        assert set(OutboxMail.objects.values_list("to", flat=True)) == {"bruno.brisa@example.org"}
        assert states(made) == {"Bruno Brisa": "confirmed"}


class TestWaitingList:
    def test_a_seat_that_frees_up_goes_to_the_first_by_itself_with_a_mail(self) -> None:
        made = cohort(capacity=1)
        first = signed_up(made)
        signed_up(made, "Bruno Brisa")
        signed_up(made, "Celia Caracol")
        assert states(made) == {"Ana Abalone": "confirmed", "Bruno Brisa": "waiting", "Celia Caracol": "waiting"}
        OutboxMail.objects.all().delete()
        enrolling.cancel(first, by=Participant(first))
        assert states(made) == {"Ana Abalone": "cancelled", "Bruno Brisa": "confirmed", "Celia Caracol": "waiting"}
        assert mails("training.state") == ["bruno.brisa@example.org"]
        assert OutboxMail.objects.get().text.startswith("A seat has become free, and it is yours")

    def test_more_seats_go_to_the_waiting_list(self) -> None:
        made = cohort(capacity=1)
        for name in ("Ana Abalone", "Bruno Brisa", "Celia Caracol"):
            signed_up(made, name)
        running.update_cohort(made, by=SYSTEM, capacity=2)
        assert list(states(made).values()) == ["confirmed", "confirmed", "waiting"]

    def test_there_are_never_fewer_seats_than_people_who_have_one(self) -> None:
        made = cohort()
        signed_up(made)
        signed_up(made, "Bruno Brisa")
        with pytest.raises(Refused) as refusal:
            running.update_cohort(made, by=SYSTEM, capacity=1)
        assert refusal.value.code == "too_few_seats"

    def test_who_comes_later_does_not_pass_who_waits(self) -> None:
        """A seat that became free after the course began waits for a person; nobody new gets it."""
        made = cohort(capacity=1, days=-1, sessions=5)
        first = entered(made, "Ana Abalone")
        entered(made, "Bruno Brisa")
        enrolling.leave(first, by=SYSTEM)
        entered(made, "Celia Caracol")
        assert states(made) == {"Ana Abalone": "withdrawn", "Bruno Brisa": "waiting", "Celia Caracol": "waiting"}
        assert [e.name for e in enrolling.give_seats(made, by=SYSTEM)] == ["Bruno Brisa"]
        with pytest.raises(Refused):
            enrolling.give_seats(made, by=SYSTEM)

    def test_an_erased_seat_is_given_on(self) -> None:
        made = cohort(capacity=1)
        first = signed_up(made)
        signed_up(made, "Bruno Brisa")
        enrolling.erase(first, by=Participant(first))
        gone = Enrolment.objects.get(pk=first.pk)
        assert (gone.name, gone.mail, gone.mail_key, gone.state, gone.is_erased) == ("", "", "", "cancelled", True)
        assert states(made)["Bruno Brisa"] == "confirmed"


class TestByLink:
    def test_a_link_acts_for_one_person_alone(self) -> None:
        made = cohort()
        one, other = signed_up(made), signed_up(made, "Bruno Brisa")
        for act in (enrolling.cancel, enrolling.erase, enrolling.confirm):
            for by in (Participant(other), ANYBODY):
                with pytest.raises(NotAllowed):
                    act(one, by=by)

    def test_a_forged_or_ended_link_opens_nothing(self) -> None:
        made = cohort()
        found = signed_up(made)
        token = token_of(found)
        assert enrolment_of_link(token).pk == found.pk
        for wrong in ("", "1", token[:-1], token.replace(f"{found.pk}-", f"{found.pk + 1}-", 1), "~", "\x00"):
            with pytest.raises(Missing):
                enrolment_of_link(wrong)
        enrolling.erase(found, by=Participant(found))
        with pytest.raises(Missing):
            enrolment_of_link(token)

    def test_erasing_takes_the_mails_along(self) -> None:
        made = cohort()
        found = signed_up(made)
        signed_up(made, "Bruno Brisa")
        enrolling.erase(found, by=Participant(found))
        assert set(OutboxMail.objects.values_list("to", flat=True)) == {"bruno.brisa@example.org"}

    def test_nothing_is_cancelled_twice_or_after_the_end(self) -> None:
        made = cohort()
        found = signed_up(made)
        with time_machine.travel(moments.now() + timedelta(days=20)), pytest.raises(Refused) as refusal:
            enrolling.cancel(found, by=Participant(found))
        assert refusal.value.code == "over"
        enrolling.cancel(found, by=Participant(found))
        with pytest.raises(Refused) as refusal:
            enrolling.cancel(found, by=Participant(found))
        assert refusal.value.code == "cancelled"

    def test_staff_erase_for_who_has_no_link(self) -> None:
        made = cohort()
        found = entered(made, "Ana Abalone")
        with pytest.raises(Refused):
            enrolling.erase_on_request(found, by=SYSTEM, request=" ")
        enrolling.erase_on_request(found, by=SYSTEM, request="By telephone.")
        assert states(made) == {"": "cancelled"}


class TestByStaff:
    def test_staff_correct_and_cancel(self) -> None:
        made = cohort()
        found = entered(made, "Ana Abalone", "ana@example.org")
        entered(made, "Bruno Brisa", "bruno@example.org")
        with pytest.raises(Refused) as refusal:
            enrolling.update_enrolment(found, by=SYSTEM, mail="BRUNO@example.org")
        assert refusal.value.code == "enrolled"
        enrolling.update_enrolment(found, by=SYSTEM, name="Ana Ancla", mail="ana.ancla@example.org")
        enrolling.cancel_by_staff(found, by=SYSTEM)
        assert states(made) == {"Ana Ancla": "cancelled", "Bruno Brisa": "confirmed"}
        assert OutboxMail.objects.filter(to="ana.ancla@example.org", subject__startswith="Cancelled").count() == 1

    def test_nobody_is_entered_twice(self) -> None:
        made = cohort()
        entered(made, "Ana Abalone", "ana@example.org")
        with pytest.raises(Refused) as refusal:
            entered(made, "Ana", "Ana@example.org")
        assert refusal.value.code == "enrolled"

    def test_only_who_runs_courses_enters_anybody(self, observer: User) -> None:
        made = cohort()
        with pytest.raises(NotAllowed):
            enrolling.enrol(made, by=observer, who=Who(name="Ana"))


class TestByOrganisation:
    def test_an_organisation_enrols_so_many_of_its_people_by_its_link(self) -> None:
        made = cohort(sign_up="invited")
        body = make_organisation("port", "Port Authority")
        invitation = running.invite_organisation(
            made, by=SYSTEM, organisation=body, mail="port@example.org", people=3, sector="transport"
        )
        assert token_of(invitation) in OutboxMail.objects.get(kind="training.group").text
        by = Inviter(invitation_of_link(token_of(invitation)))
        people = [Who(name="Ana", mail="ana@example.org"), Who(name="Bruno"), Who(name="Celia")]
        enrolling.enrol_people(invitation, by=by, people=people)
        assert states(made) == {"Ana": "confirmed", "Bruno": "confirmed", "Celia": "waiting"}
        assert set(made.enrolments.values_list("organisation__code", "sector")) == {("port", "transport")}
        with pytest.raises(Refused) as refusal:
            enrolling.enrol_people(invitation, by=by, people=[Who(name="Dario")])
        assert (refusal.value.code, made.enrolments.count()) == ("too_many", 3)

    def test_one_who_is_there_already_enrols_nobody_and_is_named(self) -> None:
        made = cohort()
        entered(made, "Ana", "ana@example.org")
        body = make_organisation("port")
        invitation = running.invite_organisation(made, by=SYSTEM, organisation=body, mail="port@example.org", people=5)
        with pytest.raises(Refused) as refusal:
            enrolling.enrol_people(
                invitation, by=Inviter(invitation), people=[Who(name="Bruno"), Who(name="Ana", mail="ANA@example.org")]
            )
        assert list(refusal.value.fields) == ["people-1"]
        assert states(made) == {"Ana": "confirmed"}

    def test_a_link_that_was_ended_or_sent_again_does_not_work(self) -> None:
        made = cohort()
        body = make_organisation("port")
        old = running.invite_organisation(made, by=SYSTEM, organisation=body, mail="port@example.org", people=5)
        new = running.invite_organisation(made, by=SYSTEM, organisation=body, mail="port@example.org", people=5)
        assert old.pk == new.pk
        with pytest.raises(Missing):
            invitation_of_link(token_of(old))
        token = token_of(new)
        running.end_invitation(new, by=SYSTEM)
        with pytest.raises(Missing):
            invitation_of_link(token)
        assert OutboxMail.objects.filter(kind="training.group", state="waiting").count() == 0
        with pytest.raises(NotAllowed):
            enrolling.enrol_people(new, by=ANYBODY, people=[Who(name="Ana")])


class TestFeedback:
    def test_an_answer_is_kept_without_who_gave_it_and_shown_from_five_on(self) -> None:
        made = held(6)
        people = list(made.enrolments.all())
        for number, each in enumerate(people[:4]):
            enrolling.give_feedback(made, by=ANYBODY, of=each, rating=5 - number, text=f"Sentence {number}")
        assert feedback_of(made).mean is None
        assert feedback_of(made).texts == ()
        enrolling.give_feedback(made, by=ANYBODY, of=people[4], rating=3)
        found = feedback_of(made)
        assert (found.answers, found.mean) == (5, Decimal("3.4"))
        assert found.texts == ("Sentence 0", "Sentence 1", "Sentence 2", "Sentence 3")
        assert {f.name for f in Feedback._meta.concrete_fields} == {"id", "cohort", "rating", "text"}
        entries = AuditEntry.objects.filter(verb="feedback.given")
        assert set(entries.values_list("subject", flat=True)) == {f"training.cohort:{made.pk}"}
        assert "enrolment" not in str(list(entries.values_list("detail", "rows", "actor_code")))

    def test_everybody_answers_once_at_the_end_with_a_number_from_one_to_five(self) -> None:
        made = held(1)
        one = made.enrolments.get()
        with pytest.raises(Refused):
            enrolling.give_feedback(made, by=ANYBODY, of=one, rating=6)
        with pytest.raises(NotAllowed):
            enrolling.give_feedback(made, by=Participant(one), of=one, rating=5)
        enrolling.give_feedback(made, by=ANYBODY, of=one, rating=5)
        with pytest.raises(Refused) as refusal:
            enrolling.give_feedback(made, by=ANYBODY, of=one, rating=5)
        assert refusal.value.code == "answered"

    def test_nobody_is_asked_before_the_end(self) -> None:
        made = cohort()
        one = signed_up(made)
        with pytest.raises(Refused) as refusal:
            enrolling.give_feedback(made, by=ANYBODY, of=one, rating=5)
        assert refusal.value.code == "too_early"


def test_seats_of_many_cohorts_are_one_query(isla: Country, django_assert_num_queries: Any) -> None:
    rows = list(Cohort.objects.all())
    with django_assert_num_queries(1):
        found = seats_of(rows)
    assert len(rows) == 12
    full = found[next(c.pk for c in rows if c.code == "small-firms-2026-12")]
    assert (full.taken, full.waiting, full.left, full.is_full) == (20, 4, 0, True)


class TestTheLastDay:
    """Of a country that is behind UTC: in its evening it is tomorrow elsewhere."""

    def test_who_signs_up_in_the_evening_of_the_last_day_is_taken(self) -> None:
        zone = ZoneInfo("America/Costa_Rica")
        made = cohort(days=10)
        assert made.ends_on is not None
        evening = datetime.combine(made.ends_on, time(20), tzinfo=zone)
        with time_machine.travel(evening, tick=False), clock.pinned_day(zone=zone.key):
            assert made.takes_sign_ups
        night = evening + timedelta(hours=5)
        with time_machine.travel(night, tick=False), clock.pinned_day(zone=zone.key):
            assert not made.takes_sign_ups

    def test_who_confirms_after_the_course_gets_no_seat_in_it(self) -> None:
        made = cohort()
        found = asked(made)
        yesterday = clock.today() - timedelta(days=1)
        Cohort.objects.filter(pk=made.pk).update(starts_on=yesterday, ends_on=yesterday)
        with pytest.raises(Refused, match="The course is over"):
            enrolling.confirm(found, by=Participant(found))
        assert taken(made) == 0
