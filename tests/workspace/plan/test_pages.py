"""Pages of the plan's workspace: who opens them, what they hold, how many queries they ask, and both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from floreo.core.access import SYSTEM
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Edition
from floreo.workspace.plan.commands import ACTION_COMMANDS, CHILD_COMMANDS
from tests.factories import strategy as make
from tests.pages import squeezed

Browser = Callable[[User], Client]


def pages(edition: Edition, act: Action) -> list[str]:
    own = [edition.code, act.code]
    named = [
        ("home", []),
        ("search", []),
        ("editions", []),
        ("new_edition", []),
        ("plan", own[:1]),
        ("actions", own[:1]),
        ("edit_edition", own[:1]),
        ("publish_edition", own[:1]),
        ("next_edition", own[:1]),
        ("import_workbook", own[:1]),
        ("new_pillar", own[:1]),
        ("action", own),
        ("edit_pillar", [edition.code, "1"]),
        ("new_objective", [edition.code, "1"]),
        ("edit_objective", [edition.code, "1.1"]),
        ("new_action", [edition.code, "1.1"]),
    ]
    found = [reverse(f"workspace:{name}", args=args) for name, args in named]
    return found + [reverse("workspace:action_command", args=[*own, task]) for task in ACTION_COMMANDS]


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_opens_in_both_languages(
    edition: Edition, act: Action, secretariat: User, browser_of: Browser, language: str
) -> None:
    browser = browser_of(secretariat)
    with translation.override(language):
        for address in pages(edition, act):
            response = browser.get(address)
            assert response.status_code == 200, address
            assert f'<html lang="{language}"' in response.content.decode(), address


def test_a_stranger_is_asked_to_sign_in_everywhere(edition: Edition, act: Action, stranger: Client) -> None:
    for address in [*pages(edition, act), reverse("workspace:plan_workbook", args=[edition.code])]:
        response = stranger.get(address)
        assert response.status_code == 302, address
        assert "/account/login/" in response["Location"]


@pytest.mark.long
def test_an_observer_reads_and_finds_no_way_to_change(
    edition: Edition, act: Action, observer: User, browser_of: Browser
) -> None:
    browser = browser_of(observer)
    for name, args in (("plan", [edition.code]), ("action", [edition.code, act.code]), ("actions", [edition.code])):
        page = browser.get(reverse(f"workspace:{name}", args=args))
        text = page.content.decode()
        assert page.status_code == 200
        assert "/do/" not in text
        assert "/edit/" not in text
        assert 'name="codes"' not in text
    for task in ACTION_COMMANDS:
        address = reverse("workspace:action_command", args=[edition.code, act.code, task])
        assert browser.post(address, {"done": "x"}).status_code == 403
    for name in ("edit_edition", "new_pillar", "import_workbook", "plan_workbook", "bulk_actions"):
        assert browser.get(reverse(f"workspace:{name}", args=[edition.code])).status_code == 403


def test_a_lead_sees_only_what_they_may_press(edition: Edition, act: Action, lead: User, browser_of: Browser) -> None:
    other = make.make_action(edition, "1.1.2")
    browser = browser_of(lead)
    mine = browser.get(act.workspace_url()).content.decode()
    assert "/do/update/" in mine
    assert "/do/close/" not in mine
    assert "/do/update/" not in browser.get(other.workspace_url()).content.decode()
    denied = reverse("workspace:action_command", args=[edition.code, other.code, "update"])
    assert browser.post(denied, {"done": "x", "on": "2026-11-24"}).status_code == 403


def count(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


@pytest.mark.long
@pytest.mark.parametrize(("name", "queries"), [("plan", 17), ("actions", 15)])
def test_the_number_of_queries_does_not_grow_with_the_rows(  # noqa: PLR0917 -- given by name
    edition: Edition, csirt: Organisation, secretariat: User, browser_of: Browser, name: str, queries: int
) -> None:
    address = reverse(f"workspace:{name}", args=[edition.code])
    browser = browser_of(secretariat)
    make.make_action(edition, "1.1.1", lead=csirt, milestones=1)
    assert count(browser, address) == queries
    for code in ("1.1.2", "1.1.3"):
        make.make_action(edition, code, lead=csirt, milestones=1)
    assert count(browser, address) == queries


def test_internal_text_is_marked_as_such(edition: Edition, act: Action, secretariat: User, browser_of: Browser) -> None:
    update_action(act, by=SYSTEM, internal_notes="The minister asked", public_text="For everybody")
    page = browser_of(secretariat).get(act.workspace_url()).content.decode()
    marked = page.split("Internal. Not published", 1)[1].split("</div>", 1)[0]
    assert "The minister asked" in marked
    assert "For everybody" not in marked


@pytest.mark.long
def test_the_history_says_who_did_what_in_text(
    edition: Edition, act: Action, secretariat: User, lead: User, browser_of: Browser
) -> None:
    update_action(act, by=secretariat, title="New title", person=make.make_person("ana-duarte"))
    add_update(act, by=lead, done="Form opened")
    page = browser_of(secretariat).get(act.workspace_url()).content.decode()
    history = squeezed(page.split('id="history"', 1)[1])
    for words in (
        "Test lead</b> gave an update",
        "Test secretariat</b> changed the action",
        "Person responsible",
        "Ana Duarte",
        "<del>Action 1.1.1</del> → New title",
    ):
        assert words in history
    assert "action.updated" not in history


def test_who_may_not_see_people_reads_posts_and_no_name(
    edition: Edition, act: Action, csirt: Organisation, user_with: Callable[..., User], browser_of: Browser
) -> None:
    """The page and its history say what the table says: a name needs people.read, for that very person."""
    ana, ben = make.make_person("ana-duarte", csirt, post="Head of operations"), make.make_person("ben-lopez")
    for person in (ben, ana):
        update_action(act, by=SYSTEM, person=person)
    police = make.make_organisation("police")
    seen = {}
    for role, body in (
        ("lead", csirt),
        ("lead", police),
        ("observer", police),
        ("analyst", police),
        ("auditor", police),
    ):
        user = user_with(role, organisation=body, email=f"{role}@{body.code}.example")
        page = browser_of(user).get(act.workspace_url()).content.decode()
        assert "Head of operations" in page
        seen[role, body.code] = ("Ana Duarte" in page, "Ben Lopez" in page)
    assert seen == {
        ("lead", "csirt"): (True, False),
        ("lead", "police"): (False, False),
        ("observer", "police"): (False, False),
        ("analyst", "police"): (False, False),
        ("auditor", "police"): (True, True),
    }


def test_filters_narrow_the_tree_and_the_download(
    edition: Edition, csirt: Organisation, secretariat: User, browser_of: Browser
) -> None:
    make.make_action(edition, "1.1.1", lead=csirt)
    make.make_action(edition, "1.1.2")
    address = reverse("workspace:plan", args=[edition.code])
    browser = browser_of(secretariat)
    page = browser.get(address, {"lead": "csirt"}).content.decode()
    assert "Action 1.1.1" in page
    assert "Action 1.1.2" not in page
    body = b"".join(browser.get(address, {"lead": "csirt", "download": "csv"})).decode()
    assert ("1.1.1" in body, "1.1.2" in body) == (True, False)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("kind", CHILD_COMMANDS)
@pytest.mark.parametrize("key", ["0", "nothing", "99999999999999999999"])
def test_what_is_not_there_is_not_found(  # noqa: PLR0917 -- given by name
    edition: Edition, act: Action, secretariat: User, browser_of: Browser, kind: str, key: str
) -> None:
    browser = browser_of(secretariat)
    task = next(iter(CHILD_COMMANDS[kind]))
    kwargs = {"edition": edition.code, "code": act.code, "kind": kind, "child": key, "task": task}
    assert browser.get(reverse("workspace:child_command", kwargs=kwargs)).status_code == 404
    assert browser.get(reverse("workspace:child_command", kwargs=kwargs | {"task": "fly"})).status_code == 404
    assert browser.get(reverse("workspace:action_command", args=[edition.code, act.code, "fly"])).status_code == 404


def test_a_child_of_another_action_is_not_found_here(
    edition: Edition, act: Action, secretariat: User, browser_of: Browser
) -> None:
    other = make.make_action(edition, "1.1.2", milestones=1)
    part = act.participations.get()
    kwargs = {"edition": edition.code, "code": other.code, "kind": "parts", "child": str(part.pk), "task": "remove"}
    assert (
        browser_of(secretariat).post(reverse("workspace:child_command", kwargs=kwargs), {"reason": "x"}).status_code
        == 404
    )
    assert act.participations.count() == 1
