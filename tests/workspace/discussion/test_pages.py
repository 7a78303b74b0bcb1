"""Comments in the workspace: the block on a record's page, the page of a discussion, and what comes back when the answer is no."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core.audit import key
from floreo.discussion.access import may_discuss
from floreo.discussion.actions import add_comment
from floreo.discussion.models import Comment, Mention
from floreo.incidents.models import Case
from floreo.meetings.models import Decision, WrittenProcedure
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action

Browser = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("isla")


@pytest.fixture
def act() -> Action:
    return Action.objects.get(edition__code="2025-2028", code="2.1.1")


@pytest.fixture
def page(act: Action) -> str:
    return reverse("workspace:discussion", args=[key(act)])


@pytest.fixture
def workspace(secretariat: User, browser_of: Browser) -> Client:
    return browser_of(secretariat)


@pytest.mark.long
def test_the_block_is_on_the_pages_of_records_and_its_form_comments(
    act: Action, page: str, workspace: Client, secretariat: User
) -> None:
    for thing in (act, Decision.objects.all()[0], WrittenProcedure.objects.all()[0]):
        assert 'id="comments"' in workspace.get(thing.workspace_url()).content.decode(), thing
    answer = workspace.post(page, {"text": "<script>alert(1)</script> & more", "once": "one"})
    assert (answer.status_code, answer["Location"]) == (302, page)
    shown = workspace.get(act.workspace_url()).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in shown
    assert "<script>alert(1)" not in shown


def test_a_case_has_its_comments_for_the_team(user_with: Callable[..., User], browser_of: Browser) -> None:
    case = Case.objects.filter(is_exercise=False).order_by("pk")[0]
    assert 'id="comments"' in browser_of(user_with("responder")).get(case.get_absolute_url()).content.decode()


def test_sent_twice_it_is_one_comment(page: str, workspace: Client) -> None:
    before = Comment.objects.count()
    for _turn in range(2):
        workspace.post(page, {"text": "Once.", "once": "the-same-form"})
    assert Comment.objects.count() == before + 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "“Comment” is empty. Fill it in."),
        ("a\x00b", "The browser sent something we could not read. Go back and try again."),
        ("x" * 2_000_000, "A comment has at most 5,000 characters; this one has 2,000,000."),
    ],
)
def test_a_text_that_cannot_be_kept_comes_back_with_a_sentence(
    text: str, said: str, page: str, workspace: Client
) -> None:
    before = Comment.objects.count()
    answer = workspace.post(page, {"text": text})
    assert (answer.status_code, Comment.objects.count()) == (422, before)
    assert said in answer.content.decode()


def test_people_are_chosen_from_those_who_may_see_it(
    page: str, workspace: Client, user_with: Callable[..., User]
) -> None:
    csirt = Organisation.objects.get(code="national-csirt")
    lead = user_with("lead", organisation=csirt, email="one@example.org")
    observer = user_with("observer", email="two@example.org")
    shown = workspace.get(page).content.decode()
    assert (f'value="{lead.pk}"' in shown, f'value="{observer.pk}"' in shown) == (True, False)
    workspace.post(page, {"text": "Please look.", "mentions": [str(lead.pk)]})
    assert [each.user for each in Mention.objects.filter(seen_at=None, user=lead)] == [lead]
    before = Comment.objects.count()
    wrong = workspace.post(page, {"text": "Please look.", "mentions": [str(observer.pk)]})
    assert (wrong.status_code, Comment.objects.count()) == (422, before)
    assert "may not see this, so cannot be mentioned here." in wrong.content.decode()


def test_the_one_who_is_mentioned_finds_it_and_presses(
    act: Action, secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    lead = user_with("lead", organisation=Organisation.objects.get(code="national-csirt"))
    comment = add_comment(act, by=secretariat, text="Please look.", mentions=[lead])
    browser, mention = browser_of(lead), comment.mentions.get()
    assert "mentions you" in browser.get("/workspace/").content.decode()
    seen = reverse("workspace:see_mention", args=[mention.pk])
    assert browser.get(seen).status_code == 405
    assert browser_of(secretariat).post(seen).status_code == 404
    assert browser.post(seen).status_code == 302
    assert "mentions you" not in browser.get("/workspace/").content.decode()


def test_a_comment_on_many_records_has_a_page_on_which_one_press_sees_all(
    act: Action, secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    lead = user_with("lead", organisation=Organisation.objects.get(code="national-csirt"))
    decision = Decision.objects.all()[0]
    others = [each for each in Action.objects.exclude(pk=act.pk) if may_discuss(lead, each)][:2]
    for thing in (act, *others):
        add_comment(thing, by=secretariat, text="Please <b>ring</b>.", mentions=[lead], batch="one")
    add_comment(decision, by=secretariat, text="Of another day.")
    browser, first = browser_of(lead), Mention.objects.filter(user=lead, comment__batch="one").order_by("pk")[0]
    page = reverse("workspace:mentions", args=[first.pk])
    assert page in browser.get("/workspace/").content.decode()
    shown = browser.get(page).content.decode()
    assert "mentions you on 3 records" in " ".join(shown.split())
    assert all(f"/workspace/discussion/{key(thing)}/#comment-" in shown for thing in (act, *others))
    assert ("Please &lt;b&gt;ring&lt;/b&gt;." in shown, "Of another day." in shown) == (True, False)
    seen = reverse("workspace:see_mentions", args=[first.pk])
    assert [browser_of(secretariat).get(page).status_code, browser_of(secretariat).post(seen).status_code] == [404, 404]
    assert browser.get(seen).status_code == 405
    assert (browser.post(seen).status_code, Mention.objects.filter(user=lead, seen_at=None).count()) == (302, 0)
    assert "You have seen all of them." in browser.get(page).content.decode()
    assert page not in browser.get("/workspace/").content.decode()


def test_who_may_not_read_them_finds_neither_block_nor_page_nor_comment(
    act: Action, page: str, secretariat: User, observer: User, browser_of: Browser
) -> None:
    comment = add_comment(act, by=secretariat, text="Between us.")
    browser = browser_of(observer)
    addresses = [
        page,
        *(reverse(f"workspace:{name}", args=[comment.pk]) for name in ("edit_comment", "remove_comment")),
    ]
    assert [browser.get(address).status_code for address in addresses] == [404, 404, 404]
    assert "Between us." not in browser.get(act.get_absolute_url()).content.decode()
    for wrong in ("strategy.action:99999999", "core.outboxmail:1", "nothing", "strategy.action:1'"):
        assert browser_of(secretariat).get(f"/workspace/discussion/{wrong}/").status_code == 404


def test_an_edit_in_two_windows_shows_both_texts(act: Action, secretariat: User, workspace: Client) -> None:
    comment = add_comment(act, by=secretariat, text="One")
    edit = reverse("workspace:edit_comment", args=[comment.pk])
    assert workspace.post(edit, {"text": "Two", "version": "1"}).status_code == 302
    answer = workspace.post(edit, {"text": "Three", "version": "1"})
    shown = answer.content.decode()
    assert (answer.status_code, "Two" in shown, "Three" in shown) == (409, True, True)
    assert Comment.objects.get(pk=comment.pk).text == "Two"


def test_removing_asks_first(act: Action, secretariat: User, workspace: Client) -> None:
    comment = add_comment(act, by=secretariat, text="Wrong place.")
    remove = reverse("workspace:remove_comment", args=[comment.pk])
    assert "Its words are deleted for good." in workspace.get(remove).content.decode()
    assert workspace.post(remove).status_code == 302
    shown = workspace.get(act.workspace_url()).content.decode()
    assert ("Wrong place." in shown, f"Removed by {secretariat.name}" in shown) == (False, True)
