"""Programmes, courses, cohorts and sessions: made, changed, removed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from icalendar import Calendar

from floreo.core.access import SYSTEM
from floreo.core.errors import Missing, NotAllowed, Refused
from floreo.core.models import OutboxMail
from floreo.frameworks.models import Framework, Item, Version
from floreo.organisations.models import User
from floreo.training import calendar, moments, presenters
from floreo.training.access import get_cohort_for, get_course_for, get_enrolment_for, get_programme_for, get_session_for
from floreo.training.actions import running
from floreo.training.models import Cohort, Course, Programme, Session
from tests.training.making import CODE, cohort, course, entered, programme, signed_up

pytestmark = pytest.mark.django_db


def test_a_programme_with_courses_and_a_course_with_cohorts_stay() -> None:
    made = cohort()
    with pytest.raises(Refused):
        running.remove_programme(made.course.programme, by=SYSTEM)
    with pytest.raises(Refused):
        running.remove_course(made.course, by=SYSTEM)
    running.remove_cohort(made, by=SYSTEM)
    running.remove_course(made.course, by=SYSTEM)
    running.remove_programme(Programme.objects.get(), by=SYSTEM)
    assert not Programme.objects.exists()


def test_titles_are_needed_and_codes_are_free() -> None:
    one = programme()
    with pytest.raises(Refused):
        running.update_programme(one, by=SYSTEM, title=" ")
    assert running.update_programme(one, by=SYSTEM, title="Port skills").title == "Port skills"
    of = course(one)
    with pytest.raises(Refused) as refusal:
        course(one)
    assert "code" in refusal.value.fields
    with pytest.raises(Refused):
        running.update_course(of, by=SYSTEM, title="")
    with pytest.raises(Refused) as refusal:
        running.update_course(of, by=SYSTEM, hours=Decimal(-1))
    assert list(refusal.value.fields) == ["hours"]


def test_modules_are_added_moved_and_removed() -> None:
    of = course()
    first = running.add_module(of, by=SYSTEM, title="Messages", hours=Decimal("1.5"))
    second = running.add_module(of, by=SYSTEM, title="Passwords")
    running.move_module(second, by=SYSTEM, up=True)
    assert [m.title for m in of.modules.all()] == ["Passwords", "Messages"]
    running.update_module(first, by=SYSTEM, title="False messages")
    running.remove_module(second, by=SYSTEM)
    assert [m.title for m in of.modules.all()] == ["False messages"]


def test_a_course_prepares_for_exactly_the_roles_that_are_chosen() -> None:
    of = course()
    framework = Framework.objects.create(code="skills", title="Skills", short_title="Skills", publisher="Somebody")
    version = Version.objects.create(framework=framework, code="skills-1", title="Skills 1", rule="none")
    one, two = (Item.objects.create(in_version=version, code=c, kind="role", title=c) for c in ("R1", "R2"))
    running.set_roles(of, by=SYSTEM, roles=[one])
    running.set_roles(of, by=SYSTEM, roles=[two])
    assert [item.code for item in of.roles.all()] == ["R2"]


def test_dates_and_times_are_in_order() -> None:
    made = cohort()
    today = moments.now().date()
    for facts, field in (
        ({"starts_on": today, "ends_on": today - timedelta(days=1)}, "ends_on"),
        (
            {"sign_up_opens_at": moments.now(), "sign_up_closes_at": moments.now() - timedelta(days=1)},
            "sign_up_closes_at",
        ),
        ({"pass_mark": Decimal(101)}, "pass_mark"),
        ({"min_attendance": 0}, "min_attendance"),
        ({"capacity": 0}, "capacity"),
    ):
        with pytest.raises(Refused) as refusal:
            running.update_cohort(made, by=SYSTEM, **facts)
        assert list(refusal.value.fields) == [field]
    at = moments.now()
    with pytest.raises(Refused) as refusal:
        running.add_session(made, by=SYSTEM, starts_at=at, ends_at=at)
    assert list(refusal.value.fields) == ["ends_at"]


def test_a_cohort_for_which_people_signed_up_is_cancelled_and_they_are_told() -> None:
    made = cohort()
    signed_up(made)
    entered(made, "Without Address")
    OutboxMail.objects.all().delete()
    with pytest.raises(Refused):
        running.remove_cohort(made, by=SYSTEM)
    with pytest.raises(Refused):
        running.cancel_cohort(made, by=SYSTEM, reason="")
    running.cancel_cohort(made, by=SYSTEM, reason="The hall is flooded.")
    assert list(OutboxMail.objects.values_list("to", flat=True)) == ["ana.abalone@example.org"]
    assert "METHOD:CANCEL" in calendar.of_cohort(Cohort.objects.get()).decode()
    with pytest.raises(Refused) as refusal:
        signed_up(made, "Bruno Brisa")
    assert refusal.value.code == "cohort_cancelled"


def test_a_session_to_which_nobody_came_is_removed() -> None:
    made = cohort(sessions=2)
    running.remove_session(made.sessions.get(number=2), by=SYSTEM)
    assert [s.number for s in Session.objects.all()] == [1]


def test_the_calendar_holds_every_session() -> None:
    made = cohort(sessions=2)
    text = calendar.of_cohort(made).decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert "SUMMARY:Harbour security\\, first cohort" in text
    assert f"/training/cohorts/{CODE}/" in text.replace("\r\n ", "")


def test_who_may_not_read_training_finds_only_what_is_public(user_with, secretariat: User) -> None:  # type: ignore[no-untyped-def]
    made = cohort(is_public=False)
    found = signed_up_in(made)
    for get in (
        lambda who: get_cohort_for(who, CODE),
        lambda who: get_session_for(who, CODE, 1),
        lambda who: get_enrolment_for(who, CODE, found),
    ):
        assert get(secretariat) is not None
        for who in (None, user_with("responder", email=f"{get.__code__.co_firstlineno}@example.org")):
            with pytest.raises(Missing):
                get(who)
    assert get_course_for(None, made.course.code) == made.course
    running.update_programme(made.course.programme, by=SYSTEM, is_public=False)
    for get_public, code in ((get_course_for, made.course.code), (get_programme_for, made.course.programme.code)):
        with pytest.raises(Missing):
            get_public(None, code)
    assert list(Course.objects.visible_to(None)) == []


def signed_up_in(made: Cohort) -> int:
    return entered(made, "Ana Abalone").number


def test_only_who_runs_training_changes_anything(observer: User) -> None:
    made = cohort()
    for act in (
        lambda: running.make_programme(by=observer, title="x"),
        lambda: running.update_cohort(made, by=observer, title="x"),
        lambda: running.add_session(made, by=observer, starts_at=moments.now(), ends_at=moments.now()),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_cancelled_cohort_leaves_the_calendar_of_who_had_a_seat_and_of_nobody_else() -> None:
    made = cohort(capacity=1)
    signed_up(made, "Ana Abalone")
    signed_up(made, "Bea Bonito")
    sent = Calendar.from_ical(OutboxMail.objects.get(to="ana.abalone@example.org", kind="training.state").attachment)
    running.cancel_cohort(made, by=SYSTEM, reason="Hurricane")
    mails = {
        m.to: m.attachment for m in OutboxMail.objects.filter(kind="training.state", subject__startswith="Cancelled")
    }
    assert mails["bea.bonito@example.org"] == ""
    found = Calendar.from_ical(mails["ana.abalone@example.org"])
    before: Any
    after: Any
    before, after = sent.walk("VEVENT")[0], found.walk("VEVENT")[0]
    assert (found["method"], after["status"], after["uid"]) == ("CANCEL", "CANCELLED", before["uid"])
    assert after["sequence"] > before["sequence"]  # else a calendar program takes it for something older


@pytest.mark.parametrize(
    ("hours", "words"), [("1", "1 hour"), ("1.5", "1.5 hours"), ("0.5", "0.5 hours"), ("2", "2 hours")]
)
def test_only_one_hour_is_one_hour(hours: str, words: str) -> None:
    assert presenters.hours_text(Decimal(hours)) == words
