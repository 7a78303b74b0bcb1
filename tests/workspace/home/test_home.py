"""My tasks: what each person's page shows, in which order, and what search finds for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.core.models import SearchEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.course import expect_action
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.actions.milestones import add_milestone
from floreo.strategy.models import Action, Edition
from floreo.tasks.models import Reminder
from floreo.workspace.home.board import home_of
from tests.factories import strategy as make

Browser = Callable[[User], Client]


@pytest.fixture
def busy(edition: Edition, csirt: Organisation, police: Organisation) -> Edition:
    """In force: of the CSIRT two late actions, one at risk, one with a milestone next week; of the police one late."""
    publish_edition(edition, by=SYSTEM)
    make.make_action(edition, "1.1.1", lead=csirt, due_on=date(2026, 11, 20))
    make.make_action(edition, "1.1.2", lead=csirt, due_on=date(2026, 10, 1))
    risky = make.make_action(edition, "1.1.3", lead=csirt)
    expect_action(risky, by=SYSTEM, expected_on=date(2027, 12, 1))
    soon = make.make_action(edition, "1.1.4", lead=csirt)
    add_milestone(soon, by=SYSTEM, title="Line open", due_on=date(2026, 11, 27))
    make.make_action(edition, "1.1.5", lead=police, due_on=date(2026, 11, 1))
    return edition


def rows(user: User) -> dict[str, list[tuple[str, str, str]]]:
    return {s.name: [(r.item.title, r.due_text, r.recipient) for r in s.rows] for s in home_of(user).sections}


@pytest.mark.long
def test_a_lead_sees_their_own_worst_first(busy: Edition, lead: User) -> None:
    assert rows(lead) == {
        "overdue": [
            ("1.1.2 Action 1.1.2", "54 days late", "You"),
            ("1.1.1 Action 1.1.1", "4 days late", "You"),
        ],
        "week": [("Line open", "In 3 days", "You")],
        "later": [("1.1.3 Action 1.1.3", "In 218 days", "You")],
    }


@pytest.mark.long
def test_the_heading_counts_what_is_overdue(busy: Edition, lead: User, other_lead: User, observer: User) -> None:
    text = [home_of(user).heading for user in (lead, other_lead, observer)]
    assert text == ["Two overdue, longest first.", "One overdue.", "You have no tasks."]


@pytest.mark.long
def test_what_comes_later_is_folded_with_the_next_one_said(busy: Edition, lead: User, browser_of: Browser) -> None:
    later = home_of(lead).sections[-1]
    assert later.fold == "One more, on 30 June 2027"
    assert later.next == "Next, on 30 June 2027: 1.1.3 Action 1.1.3."
    assert "<details" in browser_of(lead).get(reverse("workspace:home")).content.decode()


@pytest.mark.long
def test_who_runs_the_plan_sees_the_tasks_of_others(busy: Edition, secretariat: User, browser_of: Browser) -> None:
    workspace = home_of(secretariat)
    assert [(line.group.code, line.items, line.oldest) for line in workspace.others] == [
        ("csirt", 2, "54 days"),
        ("police", 1, "23 days"),
    ]
    assert rows(secretariat) == {"undated": [("Check 5 actions", "No date", "You")]}
    assert workspace.waiting_for == (
        "Every task is assigned. Of 6 open tasks: 1 Secretariat, 4 National CSIRT and 1 National Police."
    )
    page = browser_of(secretariat).get(reverse("workspace:home")).content.decode()
    assert reverse("workspace:send_reminder", args=["organisation", "csirt"]) in page


@pytest.mark.long
def test_a_lead_is_not_shown_the_tasks_of_others(busy: Edition, lead: User, browser_of: Browser) -> None:
    browser = browser_of(lead)
    page = browser.get(reverse("workspace:home")).content.decode()
    assert "Waiting for others" not in page
    assert browser.get(reverse("workspace:waiting")).status_code == 403
    for name in ("send_reminder", "escalate"):
        address = reverse(f"workspace:{name}", args=["organisation", "police"])
        assert browser.post(address).status_code == 403
    assert not Reminder.objects.exists()


@pytest.mark.long
def test_one_filled_button_on_the_worst_that_can_be_pressed(busy: Edition, lead: User, browser_of: Browser) -> None:
    page = browser_of(lead).get(reverse("workspace:home")).content.decode()
    main = page.split("<main", 1)[1]
    assert main.count("btn-primary") == 1
    first_row = main.split("<li class", 2)[1]
    assert "btn-primary" in first_row
    assert "/1.1.2/do/update/" in first_row


@pytest.mark.long
def test_an_observer_has_no_task_and_an_empty_desk_says_so(busy: Edition, observer: User, browser_of: Browser) -> None:
    assert rows(observer) == {}
    page = browser_of(observer).get(reverse("workspace:home"))
    assert page.status_code == 200
    assert "You have no tasks" in page.content.decode()


def test_before_there_is_a_plan_the_desk_says_how_to_begin(
    country: object, secretariat: User, browser_of: Browser
) -> None:
    page = browser_of(secretariat).get(reverse("workspace:home")).content.decode()
    assert "There is no strategy here yet" in page
    assert reverse("workspace:editions") in page


@pytest.mark.long
def test_the_desk_asks_the_same_number_of_queries_for_more_rows(
    busy: Edition, csirt: Organisation, lead: User, browser_of: Browser
) -> None:
    browser = browser_of(lead)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("workspace:home")).status_code == 200
        return len(queries)

    asked()
    before = asked()
    for number in range(6, 9):
        late = make.make_action(busy, f"1.1.{number}", lead=csirt, due_on=date(2026, 11, 10))
        add_milestone(late, by=SYSTEM, title="Soon", due_on=date(2026, 12, 5))
    assert asked() == before


def test_search_finds_what_one_may_open(
    busy: Edition, observer: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    make.make_action(busy, "1.1.9")
    operator = user_with("operator")
    address = reverse("workspace:search")
    found = browser_of(observer).get(address, {"q": "cybercrime law"}).content.decode()
    assert "A cybercrime law in force" in found
    assert "No results" in browser_of(observer).get(address, {"q": "zzz"}).content.decode()
    Edition.objects.update(is_public=False)
    SearchEntry.objects.update(is_public=False)
    assert "A cybercrime law in force" not in browser_of(operator).get(address, {"q": "cybercrime"}).content.decode()
    for odd in ('"', "a AND OR (", "*", "'; drop table"):
        assert browser_of(observer).get(address, {"q": odd}).status_code == 200
    assert Action.objects.exists()
