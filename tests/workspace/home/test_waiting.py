"""Waiting for others: the list, its filters, one-click reminders; one's own calendar address and weekly e-mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.core.models import OutboxMail
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.actions.milestones import add_milestone
from floreo.strategy.models import Action, Edition
from floreo.tasks.models import FeedKey, Reminder, WeeklyMail
from tests.factories import strategy as make

Browser = Callable[[User], Client]
OTHERS = "/workspace/waiting/"


@pytest.fixture
def busy(edition: Edition, csirt: Organisation, police: Organisation) -> Edition:
    """The CSIRT has a late action and a milestone on Friday, the police a late action; both have an address."""
    publish_edition(edition, by=SYSTEM)
    for body in (csirt, police):
        body.email = f"{body.code}@example.org"
        body.save()
    late = make.make_action(edition, "1.1.1", lead=csirt, due_on=date(2026, 10, 1))
    add_milestone(late, by=SYSTEM, title="Line open", due_on=date(2026, 11, 27))
    make.make_action(edition, "1.1.2", lead=police, due_on=date(2026, 11, 1))
    Action.objects.update(confirmed=True)
    return edition


@pytest.fixture
def browser(busy: Edition, secretariat: User, browser_of: Browser) -> Client:
    return browser_of(secretariat)


def press(browser: Client, what: str, code: str, **more: object) -> HttpResponse:
    answer = browser.post(reverse(f"workspace:{what}", args=["organisation", code]), more, follow=True)
    assert isinstance(answer, HttpResponse)
    return answer


def titles(page: Any) -> list[str]:
    return [part.split("</a>")[0].split(">")[-1] for part in page.content.decode().split('class="fl-title"')[1:]]


@pytest.mark.long
def test_one_click_reminds_and_the_page_says_so(browser: Client) -> None:
    page = press(browser, "send_reminder", "csirt")
    assert page.redirect_chain == [("/workspace/#others", 302)]  # type: ignore[attr-defined]  # of the test client
    text = page.content.decode()
    assert "A reminder will be sent to: National CSIRT." in text
    assert "24 Nov" in text
    (reminder,) = Reminder.objects.all()
    assert len(reminder.keys) == 1  # what is overdue; the milestone is still in time
    assert OutboxMail.objects.get().to == "csirt@example.org"


@pytest.mark.long
def test_a_second_click_is_refused_with_a_sentence(browser: Client) -> None:
    press(browser, "send_reminder", "csirt", back="others")
    page = press(browser, "send_reminder", "csirt", back="others")
    assert page.redirect_chain == [("/workspace/waiting/#others", 302)]  # type: ignore[attr-defined]  # as above
    assert "less than two days ago" in page.content.decode()
    assert OutboxMail.objects.count() == 1


def test_after_two_reminders_the_deputy_is_offered(browser: Client, csirt: Organisation) -> None:
    assert "Escalate" not in browser.get("/workspace/").content.decode()
    keys = [f"strategy.action:{Action.objects.get(code='1.1.1').pk}"]
    for day in (date(2026, 11, 10), date(2026, 11, 20)):
        Reminder.objects.create(organisation=csirt, to_name="CSIRT", keys=keys, text="", on=day, sent_by="x")
    page = browser.get("/workspace/").content.decode()
    assert "two reminders sent, last 20 Nov" in page
    assert reverse("workspace:escalate", args=["organisation", "csirt"]) in page
    assert (
        "No person is named for the open tasks of National CSIRT. Name one on the action&#x27;s page, with a deputy."
        in press(browser, "escalate", "csirt").content.decode()
    )


@pytest.mark.long
def test_who_has_no_task_cannot_be_reminded(browser: Client) -> None:
    make.make_organisation("idle")
    for code in ("idle", "unknown"):
        assert press(browser, "send_reminder", code).status_code == 404
    assert browser.get(reverse("workspace:send_reminder", args=["organisation", "csirt"])).status_code == 405


def test_keys_of_others_things_reach_nobody(browser: Client) -> None:
    """A form that names somebody else's things sends none of them."""
    other = f"strategy.action:{Action.objects.get(code='1.1.2').pk}"
    page = press(browser, "send_reminder", "csirt", key=other)
    assert "National CSIRT has no open tasks." in page.content.decode()
    assert not OutboxMail.objects.exists()


@pytest.mark.long
def test_the_list_is_narrowed_by_day_kind_and_body(browser: Client) -> None:
    assert titles(browser.get(OTHERS)) == ["1.1.1 Action 1.1.1", "1.1.2 Action 1.1.2"]
    assert titles(browser.get(f"{OTHERS}?when=week")) == ["Line open"]
    assert titles(browser.get(f"{OTHERS}?when=all&who=csirt")) == ["1.1.1 Action 1.1.1", "Line open"]
    assert titles(browser.get(f"{OTHERS}?when=all&kind=milestone")) == ["Line open"]
    assert "No tasks match. Choose “All”, or remove a filter." in browser.get(f"{OTHERS}?when=later").content.decode()
    for odd in ("when=x", "kind=x", "page=x", "page=-1"):
        assert browser.get(f"{OTHERS}?{odd}").status_code == 200
    assert browser.get(f"{OTHERS}?who=%00").status_code == 404


@pytest.mark.long
def test_the_record_of_reminders_is_shown_with_its_tasks(browser: Client) -> None:
    press(browser, "send_reminder", "csirt")
    page = browser.get(OTHERS).content.decode()
    assert "Record of reminders" in page
    assert "to National CSIRT about 1 task, by Test secretariat" in page


@pytest.mark.long
def test_when_nothing_is_waiting_the_list_says_so(country: object, secretariat: User, browser_of: Browser) -> None:
    assert "No tasks are waiting for others" in browser_of(secretariat).get(OTHERS).content.decode()


def test_ones_calendar_address_can_be_read_and_renewed(busy: Edition, lead: User, browser_of: Browser) -> None:
    browser = browser_of(lead)
    page = browser.get(reverse("workspace:my_calendar")).content.decode()
    address = page.split('value="http', 1)[1].split('"', 1)[0]
    assert "/calendar/" in address
    assert browser.get(reverse("workspace:renew_calendar")).status_code == 405
    again = browser.post(reverse("workspace:renew_calendar"), follow=True).content.decode()
    assert "The old one no longer works." in again
    assert address not in again
    assert FeedKey.objects.get(user=lead).link_version == 2


@pytest.mark.long
def test_the_weekly_mail_is_set_and_shown(busy: Edition, lead: User, browser_of: Browser) -> None:
    browser = browser_of(lead)
    assert "Weekly e-mail: Monday" in browser.get("/workspace/").content.decode()
    address = reverse("workspace:weekly")
    assert browser.post(address, {"weekday": "9", "is_on": "on"}).status_code == 422
    assert browser.post(address, {"weekday": "2", "is_on": "on"}).status_code == 302
    assert "Weekly e-mail: Wednesday" in browser.get("/workspace/").content.decode()
    browser.post(address, {"weekday": "2"})
    assert "Weekly e-mail: off" in browser.get("/workspace/").content.decode()
    setting = WeeklyMail.objects.get(user=lead)
    assert (setting.weekday, setting.is_on) == (2, False)
