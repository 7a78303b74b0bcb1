"""A decision is refused when what it is about was changed since the page was made, whoever changed it and however."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from floreo.core import clock, links
from floreo.core.access import SYSTEM
from floreo.core.decisions import as_shown
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import User
from floreo.strategy.actions import milestones
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.actions.pillars import update_pillar
from floreo.strategy.models import Action, Edition, Milestone, Pillar
from tests.factories.strategy import make_action, make_country, make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def act() -> Action:
    make_country()
    return make_action(make_edition(), milestones=1)


def refused(edition: Edition, shown: str) -> str:
    with pytest.raises(Refused) as caught:
        publish_edition(edition, by=SYSTEM, shown=shown)
    assert caught.value.code == "changed_since"
    return str(caught.value.sentence)


@pytest.mark.long
def test_what_hangs_on_a_thing_counts_and_what_does_not_leaves_it(act: Action) -> None:
    edition, read = act.edition, as_shown()
    other = make_edition("2029-2032")
    update_pillar(other.pillars.get(), by=SYSTEM, title="Elsewhere")
    milestone = milestones.add_milestone(act, by=SYSTEM, code="m9", title="One more")
    assert "It was changed after you opened it" in refused(edition, read)
    read = as_shown()
    milestones.remove_milestone(
        milestone, by=SYSTEM, reason="Twice"
    )  # what is gone can no longer be asked where it belonged
    assert str(act) in refused(edition, read)
    read = as_shown()
    update_pillar(other.pillars.get(), by=SYSTEM, title="Far away")
    published = publish_edition(edition, by=SYSTEM, shown=read)
    assert published.is_public
    assert AuditEntry.objects.get(verb="edition.published").detail["shown"] == read


@pytest.mark.long
def test_many_changes_are_counted_not_listed(act: Action) -> None:
    read = as_shown()
    for number in range(5):
        update_pillar(Pillar.objects.get(), by=SYSTEM, title=f"Title {number}")
        milestones.add_milestone(act, by=SYSTEM, code=f"x{number}", title="One more")
    text = refused(act.edition, read)
    assert "and 7 more" in text


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "shown", ["", "0", "1-", "999999999-0123456789abcdef", "1-ffffffffffffffff", "²-0123456789abcdef", "x" * 9000]
)
def test_what_is_no_head_of_this_chain_decides_nothing(act: Action, shown: str) -> None:
    assert (
        refused(act.edition, shown) == "This page does not say what you read. Go back, open it again, and decide then."
    )


def test_a_program_shows_nothing_and_is_asked_nothing(act: Action) -> None:
    assert publish_edition(act.edition, by=SYSTEM).is_public


@pytest.mark.long
def test_a_form_that_is_sent_twice_is_done_once(
    act: Action, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    browser = browser_of(secretariat)
    address = reverse("workspace:action_command", args=[act.edition.code, act.code, "new-milestone"])
    facts = {"title": "The form is open", "once": "a-key-of-this-form"}
    for _ in range(3):
        assert browser.post(address, facts).status_code == 302
    assert Milestone.objects.count() == 2  # and the one that was there
    assert browser.post(address, facts | {"title": "It is closed"}).status_code == 302  # gone back to, and sent again
    assert browser.post(address, facts | {"once": "another form"}).status_code == 302
    assert browser.post(address, {"title": "The form is open"}).status_code == 302  # a program, which carries no key
    assert Milestone.objects.count() == 5


def test_what_was_refused_can_be_sent_again(
    act: Action, secretariat: User, browser_of: Callable[[User], Client]
) -> None:
    browser, address = browser_of(secretariat), reverse("workspace:new_pillar", args=[act.edition.code])
    facts = {"code": "1", "title": "Another first", "once": "a key"}
    assert browser.post(address, facts).status_code == 422
    Pillar.objects.update(code="8")
    assert browser.post(address, facts).status_code == 302
    assert Pillar.objects.get(code="1").title == "Another first"


def test_the_same_form_much_later_is_another_act(act: Action, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    assert [links.spend_form("k", subject="a", content="") for _ in range(2)] == [True, False]
    assert links.spend_form("k", subject="b", content="")
    monkeypatch.setattr(clock, "now", lambda: now + links._SAME_FORM * 2)
    assert [links.spend_form("k", subject="a", content="") for _ in range(2)] == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.two_databases
def test_five_clicks_at_once_make_one(secretariat: User, browser_of: Callable[[User], Client]) -> None:
    make_country()
    act = make_action(make_edition())
    address = reverse("workspace:action_command", args=[act.edition.code, act.code, "new-milestone"])
    browsers, answers = [browser_of(secretariat) for _ in range(5)], list[int]()

    def click(browser: Client) -> None:
        try:
            answers.append(browser.post(address, {"title": "The form is open", "once": "one form"}).status_code)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click, args=[browser]) for browser in browsers]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert answers == [302] * 5
    assert Milestone.objects.count() == 1
