"""One Command: what the page offers is what the action takes; what is not possible is answered, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.organisations.models import User
from floreo.publications.actions.publishing import publish
from floreo.publications.actions.writing import write_publication
from floreo.publications.models import Publication
from floreo.strategy.actions.course import close_action, hold_action
from floreo.strategy.models import Edition
from floreo.workspace.commands import commands_for
from floreo.workspace.plan.commands import commands_of_action
from floreo.workspace.publications.views import COMMANDS
from tests.factories.strategy import make_action
from tests.infrastructure.making import a_service
from tests.meetings.conftest import edition, today

__all__ = ["edition", "today"]

Browser = Callable[[User], Client]


@pytest.fixture
def draft(today: None) -> Publication:
    return write_publication("first", by=SYSTEM, kind="press", title="Notice", text="It is out.")


def test_what_is_offered_follows_the_state(draft: Publication, secretariat: User) -> None:
    assert list(commands_for(secretariat, draft, COMMANDS)) == ["publish", "schedule", "hand-over", "edit", "remove"]
    out = publish(draft, by=SYSTEM)
    assert list(commands_for(secretariat, out, COMMANDS)) == ["correct", "withdraw"]


def test_what_is_not_offered_is_refused_by_the_action_too(draft: Publication, secretariat: User) -> None:
    out = publish(draft, by=SYSTEM)
    offered = commands_for(secretariat, out, COMMANDS)
    plain = ("publish", "hand-over", "take-back", "edit", "take-file", "remove")
    assert [name for name in plain if name in offered] == []
    for name in plain:
        with pytest.raises(Refused):
            COMMANDS[name].function(out, by=secretariat)


def test_of_a_closed_action_nothing_is_offered_that_it_would_refuse(edition: Edition, secretariat: User) -> None:
    act = make_action(edition)
    before = commands_of_action(secretariat, act)
    closed = close_action(act, by=SYSTEM)
    after = commands_of_action(secretariat, closed)
    assert before - after == {"close", "hold", "expect", "override", "new-milestone"}
    assert after - before == {"reopen"}
    with pytest.raises(Refused):
        hold_action(closed, by=SYSTEM, reason="Too late")


def test_a_command_that_came_too_late_keeps_what_was_typed(
    draft: Publication, secretariat: User, browser_of: Browser
) -> None:
    address = reverse("workspace:publication_command", args=[draft.code, "withdraw"])
    response = browser_of(secretariat).post(address, {"reason": "It named a person"})
    assert (response.status_code, "It named a person" in response.content.decode()) == (422, True)
    assert "Change it, or cancel its publication." in response.content.decode()


def test_a_command_that_is_not_in_the_table_is_no_page(
    draft: Publication, secretariat: User, browser_of: Browser
) -> None:
    address = reverse("workspace:publication_command", args=[draft.code, "shred"])
    assert browser_of(secretariat).get(address).status_code == 404


def test_an_answer_with_errors_has_its_place_where_the_form_is_a_page_of_its_own(
    today: None, secretariat: User, browser_of: Browser
) -> None:
    """The script of the page puts it there; without the place nothing would be seen to happen."""
    client, address = browser_of(secretariat), f"{a_service('Water').workspace_url()}do/new-asset/"
    page = client.get(address).content.decode()
    answer = client.post(address, {"name": ""}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert f'id="{answer["HX-Retarget"].removeprefix("#")}"' in page


def test_a_number_out_of_bounds_is_named_by_its_field(today: None, secretariat: User, browser_of: Browser) -> None:
    address = f"{a_service('Water').workspace_url()}do/new-dependency/"
    page = browser_of(secretariat).post(address, {"hours": "-3", "share": "100"}).content.decode()
    assert "“Hours until it is felt” has to be at least 0." in page
