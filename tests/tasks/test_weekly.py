"""The weekly e-mail: one message, worst first, once a week, in the reader's language; none when nothing waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.core.tasks import Task
from floreo.organisations.models import Country, Organisation, Person, User
from floreo.strategy.models import Edition
from floreo.tasks import letters
from floreo.tasks.actions import post_weekly, set_weekly
from floreo.tasks.models import WeeklyMail
from floreo.tasks.weekly import send_weekly
from tests.factories import strategy as make

MONDAY = date(2026, 11, 23)


@pytest.fixture
def monday(country: Country) -> Iterator[None]:
    with clock.pinned_day(day=MONDAY), time_machine.travel("2026-11-23T06:30:00+00:00", tick=False):
        yield


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_one_message_worst_first(busy: Edition, lead: User) -> None:
    assert send_weekly(by=SYSTEM) == 1
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.kind, mail.is_secret) == (lead.email, "weekly_mail.sent", False)
    assert mail.subject == "Your tasks, Testland cybersecurity strategy: 2 overdue"
    assert mail.text == (
        "Good morning Test lead,\n\n"
        "These are your tasks on 23 November 2026. Two overdue, longest first.\n\n"
        "OVERDUE\n\n"
        "- 53 days late (1 Oct 2026): 1.1.1 Action 1.1.1\n"
        "  It was due on 1 October 2026 and is not closed.\n"
        f"  http://localhost:8000/workspace/plan/{busy.code}/actions/1.1.1/\n"
        "- 3 days late (20 Nov 2026): 1.1.2 Action 1.1.2\n"
        "  It was due on 20 November 2026 and is not closed.\n"
        f"  http://localhost:8000/workspace/plan/{busy.code}/actions/1.1.2/\n\n"
        "LATER\n\n"
        "- In 7 days (30 Nov 2026): Line open\n"
        "  Milestone of 1.1.3 Action 1.1.3\n"
        f"  http://localhost:8000/workspace/plan/{busy.code}/actions/1.1.3/#milestones\n\n"
        "All tasks: http://localhost:8000/workspace/\n"
        "Change the day, or stop this e-mail: http://localhost:8000/workspace/weekly/\n"
    )


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_once_a_week_however_often_the_job_runs(busy: Edition, lead: User) -> None:
    assert [send_weekly(by=SYSTEM) for _n in range(4)] == [1, 0, 0, 0]
    set_weekly(lead, by=lead, weekday=2, is_on=True)
    with clock.pinned_day(day=date(2026, 11, 25)):  # the day was changed, but this week's mail has gone
        assert send_weekly(by=SYSTEM) == 0
    with clock.pinned_day(day=date(2026, 12, 2)):
        assert send_weekly(by=SYSTEM) == 1


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_not_before_the_morning_of_the_country(busy: Edition, lead: User, country: Country) -> None:
    country.zone = "America/Belize"
    country.save()
    assert send_weekly(by=SYSTEM) == 0  # half past midnight there
    with time_machine.travel("2026-11-23T12:05:00+00:00", tick=False):
        assert send_weekly(by=SYSTEM) == 1


@pytest.mark.usefixtures("monday")
def test_no_task_no_mail_that_week(edition: Edition, lead: User, csirt: Organisation) -> None:
    assert send_weekly(by=SYSTEM) == 0
    assert not OutboxMail.objects.exists()
    assert WeeklyMail.objects.get(user=lead).last_on == MONDAY
    assert not AuditEntry.objects.filter(verb="weekly_mail.sent").exists()


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_who_wants_none_gets_none(busy: Edition, lead: User) -> None:
    set_weekly(lead, by=lead, weekday=0, is_on=False)
    assert send_weekly(by=SYSTEM) == 0


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_a_closed_account_gets_none(busy: Edition, lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert send_weekly(by=SYSTEM) == 0


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_in_the_readers_language(busy: Edition, lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(language="es")
    send_weekly(by=SYSTEM)
    mail = OutboxMail.objects.get()
    assert mail.language == "es"
    assert "http://localhost:8000/es/workspace/" in mail.text


@pytest.mark.long
@pytest.mark.usefixtures("monday")
def test_two_workers_settle_a_week_once(busy: Edition, lead: User) -> None:
    text = letters.Text("Subject", "Text")
    done = [post_weekly(lead, by=SYSTEM, slot=MONDAY, text=text, language="en") for _n in range(2)]
    assert done == [True, False]
    assert OutboxMail.objects.count() == 1


@pytest.mark.long
def test_one_sets_only_ones_own(busy: Edition, lead: User, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        set_weekly(lead, by=administrator, weekday=0, is_on=False)
    with pytest.raises(Refused, match="Choose a day of the week"):
        set_weekly(lead, by=lead, weekday=7, is_on=True)


def test_links_that_answer_make_a_mail_secret(country: Country) -> None:
    item = Task("x:1", "update", "Say", "Why", "/workspace/", answer="/answer/17-1~abc/")
    text = letters.weekly("Ana", [item], make.TODAY, country="Testland", has_workspace=False)
    assert text.is_secret
    assert "Answer without signing in: http://localhost:8000/answer/17-1~abc/" in text.text
    assert "/workspace/" not in text.text


def test_a_mail_of_a_thousand_things_is_cut_and_says_so(country: Country) -> None:
    items = [Task(f"x:{n}", "update", f"Thing {n}", "Why", "/workspace/") for n in range(1000)]
    text = letters.weekly("Ana", items, make.TODAY, country="Testland", has_workspace=True).text
    assert text.count("Thing ") == letters.AT_MOST
    assert "960 more are on the page.\n" in text


@pytest.mark.usefixtures("isla")
def test_people_without_an_account_get_it_only_while_a_review_asks(user_with: Callable[..., User]) -> None:
    with clock.pinned_day(day=MONDAY), time_machine.travel("2026-11-23T18:00:00+00:00", tick=False):
        send_weekly(by=SYSTEM)
    accounts = {email.lower() for email in User.objects.values_list("email", flat=True)}
    others = OutboxMail.objects.filter(kind="weekly_mail.sent").exclude(to__in=accounts)
    assert others.exists()
    for mail in others:
        assert mail.is_secret
        assert "/answer/" in mail.text
        assert Person.objects.filter(email__iexact=mail.to).exists()
