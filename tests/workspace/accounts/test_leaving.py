"""What somebody who leaves had goes to a colleague by one press on the page of their account."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from floreo.assignments import actions as acts
from floreo.assignments.models import Assignment, BulkStep
from floreo.assignments.queries import Item, left_with
from floreo.core.access import SYSTEM, Permission
from floreo.organisations.actions.accounts import deactivate_account
from floreo.organisations.models import Country, User
from floreo.tasks.queries import gathered, queue_of, recipient_of
from floreo.workspace.ownership import items_of
from tests.pages import squeezed

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
UserWith = Callable[..., User]
OF_INCIDENTS = Item("incidents.case:7/clock", str(Permission.INCIDENT_HANDLE), name="A call for help")


@pytest.fixture
def colleague(user_with: UserWith) -> User:
    found = user_with("secretariat", email="eva@example.org")
    found.name = "Eva Sand"
    found.save()
    return found


@pytest.fixture
def things(isla: Country, secretariat: User, colleague: User) -> list[Item]:
    """Two tasks of the secretariat, which one of them has."""
    tasks = gathered(recipient_of(secretariat), viewer=secretariat)
    held = queue_of(tasks, secretariat).held
    keys = [task.key for task in tasks if held[task.key].may_be_assigned][:2]
    found = list(items_of(secretariat, keys).values())
    assert len(found) == 2
    for item in found:
        acts.assign(item, by=secretariat, to=secretariat)
    return found


def page_of(browser: Client, user: User) -> str:
    return squeezed(browser.get(reverse("workspace:account", args=[user.pk])).content.decode())


def hand_over(browser: Client, user: User, to: User) -> BulkStep:
    page = page_of(browser, user)
    picks = re.findall(r'name="pick" value="([^"]+)"', page)
    facts = {"pick": picks, "to": "colleague", "colleague": str(to.pk), "back": "/workspace/accounts/"}
    browser.post(reverse("workspace:assign_many"), facts)
    return BulkStep.objects.latest("pk")


def owners() -> list[str]:
    return sorted(each.user.email for each in Assignment.objects.filter(ends_at=None) if each.user)


@pytest.mark.long
def test_what_a_leaver_had_is_shown_and_goes_to_a_colleague_by_one_press(
    things: list[Item], secretariat: User, colleague: User, administrator: User, browser_of: Browser
) -> None:
    browser = browser_of(administrator)
    before = page_of(browser, secretariat)
    for item in things:
        assert item.name in before
    assert "It waits for the whole team until somebody takes it." not in before  # the account is in use
    deactivate_account(secretariat, by=administrator)
    acts.hand_back_what_may_not_be_kept(by=SYSTEM)
    after = page_of(browser, secretariat)
    assert "It waits for the whole team until somebody takes it." in after
    assert (">Eva Sand</option>" in after, after.count('name="pick"'), after.count(" checked")) == (True, 2, 2)
    step = hand_over(browser, secretariat, colleague)
    assert [line["is_done"] for line in step.lines] == [True, True]
    assert owners() == ["eva@example.org", "eva@example.org"]
    assert "Assigned to this person" not in page_of(browser, secretariat)
    browser.post(reverse("workspace:undo_step", args=[step.pk]))
    assert owners() == []  # they wait for the team, as before the step


def test_it_is_handed_over_before_they_leave_or_before_the_worker_notes_it(
    things: list[Item], secretariat: User, colleague: User, administrator: User, browser_of: Browser
) -> None:
    deactivate_account(secretariat, by=administrator)
    step = hand_over(browser_of(administrator), secretariat, colleague)
    assert [line["is_done"] for line in step.lines] == [True, True]
    assert owners() == ["eva@example.org", "eva@example.org"]
    assert left_with(secretariat) == []


@pytest.mark.long
def test_what_a_colleague_took_meanwhile_stays_theirs(
    things: list[Item], secretariat: User, colleague: User, administrator: User, browser_of: Browser
) -> None:
    deactivate_account(secretariat, by=administrator)
    acts.hand_back_what_may_not_be_kept(by=SYSTEM)
    browser = browser_of(administrator)
    picks = re.findall(r'name="pick" value="([^"]+)"', page_of(browser, secretariat))
    acts.assign(things[0], by=colleague, to=colleague)
    assert things[0].name not in page_of(browser, secretariat)
    browser.post(reverse("workspace:assign_many"), {"pick": picks, "to": "me"})
    lines = BulkStep.objects.latest("pk").lines
    assert sorted(line["is_done"] for line in lines) == [False, True]
    assert "Eva Sand has had this since" in str(lines)


@pytest.mark.long
def test_work_of_a_team_that_the_viewer_does_not_see_is_counted_and_not_named(
    user_with: UserWith, administrator: User, browser_of: Browser
) -> None:
    ana = user_with("responder", email="ana@example.org")
    acts.assign(OF_INCIDENTS, by=ana, to=ana)
    deactivate_account(ana, by=administrator)
    page = page_of(browser_of(administrator), ana)
    assert "1 more assignment is of a team whose work you do not see." in page
    assert ("A call for help" in page, 'name="pick"' in page) == (False, False)
