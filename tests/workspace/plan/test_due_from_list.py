"""A due date is changed from the list of the plan in two presses: the date, and Save."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from floreo.organisations.models import User
from floreo.strategy.models import Action, Edition
from tests.pages import squeezed

Browser = Callable[[User], Client]


def due_of(act: Action) -> str:
    return reverse("workspace:action_command", args=[act.edition.code, act.code, "due"])


@pytest.mark.long
def test_a_due_date_is_changed_from_the_list(
    edition: Edition, act: Action, secretariat: User, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    plan = reverse("workspace:plan", args=[edition.code])
    listed = squeezed(browser.get(plan).content.decode())
    assert f'<a href="{due_of(act)}">' in listed  # the first press
    form = browser.get(due_of(act))
    assert form.context["form"].initial["due_on"] == act.due_on
    facts = {"due_on": "2027-03-31", "version": str(act.version), "once": form.context["once"]}
    answer = browser.post(due_of(act), facts)  # the second
    assert answer["Location"] == f"{plan}#action-{act.code}"
    act.refresh_from_db()
    assert act.due_on == date(2027, 3, 31)


def test_a_day_before_the_start_and_a_change_in_between_are_refused(
    edition: Edition, act: Action, secretariat: User, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    Action.objects.filter(pk=act.pk).update(starts_on=date(2026, 6, 1))
    early = browser.post(due_of(act), {"due_on": "2026-01-01", "version": str(act.version)})
    assert early.status_code == 422
    stale = browser.post(due_of(act), {"due_on": "2027-01-01", "version": str(act.version + 7)})
    assert stale.status_code == 409
    act.refresh_from_db()
    assert act.due_on not in (date(2026, 1, 1), date(2027, 1, 1))


def test_who_may_not_change_the_plan_finds_no_such_link(
    edition: Edition, act: Action, lead: User, browser_of: Browser
) -> None:
    browser = browser_of(lead)
    plan = browser.get(reverse("workspace:plan", args=[edition.code])).content.decode()
    assert due_of(act) not in plan
    assert browser.post(due_of(act), {"due_on": "2027-03-31"}).status_code == 403
