"""Many findings at once: selected on the page or by the filters, replied to, ended, commented on, and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from floreo.assignments.models import BulkStep
from floreo.core import clock
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.core.tasks import Recipient
from floreo.discussion.models import Comment, Mention
from floreo.discussion.tasks import waiting_tasks
from floreo.feeds.actions.endings import renew_ending
from floreo.feeds.actions.replies import answer_signed_in, see_to, undo_answers
from floreo.feeds.models import Correction, Finding, FindingEnding, Notice, Reply
from floreo.organisations.models import User
from floreo.saved_views.logic import kept_query
from floreo.workspace.feeds import many_views
from tests.pages import squeezed
from tests.workspace.feeds.conftest import Night
from tests.workspace.feeds.test_feeds import page

Browser = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LIST = "/workspace/findings/"
CHANGED = "It was changed after you opened it:"


@pytest.fixture
def ana(user_with: Callable[..., User]) -> User:
    made = user_with("responder")
    User.objects.filter(pk=made.pk).update(name="Ana Duarte")
    return User.objects.get(pk=made.pk)


@pytest.fixture
def desk(ana: User, browser_of: Browser) -> Client:
    return browser_of(ana)


@pytest.fixture(autouse=True)
def still_seen(request: pytest.FixtureRequest) -> None:
    """The scan of each of these days saw them, so that what is undone is open again."""
    if "night" in request.fixturenames:
        request.getfixturevalue("night")
        days = [[day(-2), day(0)]]
        Finding.objects.update(seen={"shadowserver/scan_rdp": days}, observed="persisting")


def ticks(*findings: Finding) -> dict[str, Any]:
    return {"pick": [f"{key(each)}|0" for each in findings], "back": LIST}


def step_after(browser: Client, name: str, facts: dict[str, Any]) -> str:
    """The text of the page of lines."""
    answer = browser.post(reverse(f"workspace:{name}"), facts)
    assert answer.status_code == 302, answer.content.decode()
    return squeezed(page(browser, answer["Location"]))


def undone(browser: Client) -> str:
    """What the list says after the last step was undone, or was not."""
    step = BulkStep.objects.order_by("pk").last()
    assert step is not None
    return squeezed(browser.post(reverse("workspace:undo_step", args=[step.pk]), follow=True).content.decode())


def states() -> list[tuple[str, str, str]]:
    return list(Finding.objects.order_by("pk").values_list("state", "reply", "claim"))


def day(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


# --- Replies ------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_reply_for_many_is_undone_and_nothing_is_left_of_it(desk: Client, night: Night) -> None:
    before = states()
    both = ticks(night.of_bank, night.of_shop)
    asked = squeezed(desk.post(reverse("workspace:reply_many"), both).content.decode())
    assert ("2 findings are selected." in asked, 'name="reply"' in asked, Reply.objects.count()) == (True, True, 0)
    text = step_after(desk, "reply_many", both | {"reply": "not_ours", "remark": "By telephone"})
    assert "Reply: 2 done." in text
    assert [(r.kind, r.note) for r in Reply.objects.all()] == [("not_ours", "By telephone")] * 2
    assert Correction.objects.count() == 2
    assert not Notice.objects.filter(answered_at=None).exists()
    assert "Undone: everything is as it was before your last step." in undone(desk)
    assert (states(), Reply.objects.count(), Correction.objects.count()) == (before, 0, 0)
    assert (
        Notice.objects.filter(answered_at=None).count() == 2
    )  # so that no published share of answered notices keeps it


@pytest.mark.long
def test_what_was_replied_before_stands_again(desk: Client, ana: User, night: Night) -> None:
    answer_signed_in(night.bank, by=ana, replies={night.of_bank.pk: "fixed"})
    before, answered = states(), Notice.objects.get(pk=night.letter_bank.pk).answered_at
    step_after(desk, "reply_many", ticks(night.of_bank, night.of_shop) | {"reply": "working"})
    undone(desk)
    assert states() == before
    assert Notice.objects.get(pk=night.letter_bank.pk).answered_at == answered
    assert Notice.objects.get(pk=night.letter_shop.pk).answered_at is None


@pytest.mark.long
@pytest.mark.parametrize("how", ["newer", "handled"])
def test_a_reply_is_not_undone_over_what_came_since(how: str, desk: Client, administrator: User, night: Night) -> None:
    step_after(desk, "reply_many", ticks(night.of_bank, night.of_shop) | {"reply": "need_help"})
    if how == "newer":
        answer_signed_in(night.bank, by=administrator, replies={night.of_bank.pk: "fixed"})
        expected = "A finding has a newer reply, so the one before it stays."
    else:
        see_to(Reply.objects.order_by("pk")[0], by=administrator)
        expected = "The team has already dealt with a reply, so it stays."
    before = states()
    text = undone(desk)
    assert expected in text, text[text.find("<main") :][:1500]
    assert (states(), Reply.objects.filter(kind="need_help").count()) == (before, 2)


def test_without_a_reply_the_page_asks_again_and_keeps_what_was_typed(desk: Client, night: Night) -> None:
    answer = desk.post(reverse("workspace:reply_many"), ticks(night.of_bank) | {"remark": "They rang"})
    text = answer.content.decode()
    assert (answer.status_code, "They rang" in text, "feeds.finding:" in text) == (422, True, True)
    assert not Reply.objects.exists()


def test_nobody_takes_back_replies_of_another_organisation(
    ana: User, user_with: Callable[..., User], night: Night
) -> None:
    (made,) = answer_signed_in(night.bank, by=ana, replies={night.of_bank.pk: "working"})
    shopkeeper = user_with("operator", organisation=night.shop)
    with pytest.raises(NotAllowed):
        undo_answers(night.bank, by=shopkeeper, replies=[made.pk])
    with pytest.raises(Refused, match="no longer there"):
        undo_answers(night.shop, by=shopkeeper, replies=[made.pk])
    assert Reply.objects.count() == 1


# --- Endings ------------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_many_end_with_a_line_for_each_and_what_is_refused_is_named(desk: Client, night: Night) -> None:
    Finding.objects.filter(pk=night.of_shop.pk).update(state="fixed", observed="fixed", fixed_on=clock.today())
    facts = {"kind": "accepted", "reason": "Replaced in spring", "ends_on": day(90)}
    text = step_after(desk, "end_many", ticks(night.of_bank, night.of_shop) | facts)
    assert "End findings: 1 done, 1 refused." in text
    assert "198.51.100.9" in text
    assert "It is not open: Fixed." in text
    ending = FindingEnding.objects.get()
    assert (ending.finding, ending.kind, ending.reason) == (night.of_bank, "accepted", "Replaced in spring")
    assert [state for state, _reply, _claim in states()] == ["accepted", "fixed"]
    assert "Undone:" in undone(desk)
    assert [state for state, _reply, _claim in states()] == ["persisting", "fixed"]


def test_an_ending_that_a_colleague_extended_is_not_undone_with_the_others(
    desk: Client, administrator: User, night: Night
) -> None:
    facts = {"kind": "false_alarm", "reason": "A honeypot", "ends_on": day(9)}
    step_after(desk, "end_many", ticks(night.of_bank, night.of_shop) | facts)
    first = FindingEnding.objects.order_by("pk")[0]
    renew_ending(first, by=administrator, ends_on=clock.today() + timedelta(days=30), reason="Still one")
    assert CHANGED in undone(desk)
    assert [state for state, _reply, _claim in states()] == ["false_alarm", "false_alarm"]


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": "2020-01-01"}, "This day has passed. Enter today or a later day."),
        ({"ends_on": "2027-12-31"}, "Enter a day within a year. It can be extended then."),
        ({"ends_on": ""}, "Until"),
        ({"kind": "fixed"}, "fixed"),  # nobody says so: the reports show it
        ({"reason": ""}, "Reason"),
    ],
)
def test_what_no_ending_can_have_is_refused_of_all_and_kept(
    wrong: dict[str, str], sentence: str, desk: Client, night: Night
) -> None:
    facts = {"kind": "accepted", "reason": "Typed at length", "ends_on": day(9)} | wrong
    answer = desk.post(reverse("workspace:end_many"), ticks(night.of_bank, night.of_shop) | facts)
    text = answer.content.decode()
    assert (answer.status_code, sentence in text, 'class="fl-error' in text or "fl-errors" in text) == (422, True, True)
    assert "reason" in wrong or "Typed at length" in text
    assert not FindingEnding.objects.exists()


def test_only_the_team_ends_and_comments_and_an_operator_replies_for_its_own_alone(
    user_with: Callable[..., User], browser_of: Browser, night: Night
) -> None:
    banker = browser_of(user_with("operator", organisation=night.bank))
    both = ticks(night.of_bank, night.of_shop)
    for name in ("end_many", "comment_many"):
        facts = both | {"kind": "accepted", "reason": "x", "ends_on": day(9), "text": "x"}
        assert banker.post(reverse(f"workspace:{name}"), facts).status_code in {403, 404}
    asked = banker.post(reverse("workspace:reply_many"), both).content.decode()
    assert ("192.0.2.7" in asked, "198.51.100.9" in asked) == (True, False)
    assert "Reply: 1 done, 1 refused." in step_after(banker, "reply_many", both | {"reply": "working"})
    assert [r.finding for r in Reply.objects.all()] == [night.of_bank]
    text = page(banker, LIST)
    assert ("End findings" in text, "Assign to me" in text) == (False, False)
    assert "Undone:" in undone(banker)
    assert (FindingEnding.objects.count(), Comment.objects.count(), Reply.objects.count()) == (0, 0, 0)


# --- Comments -----------------------------------------------------------------------------------------------------


def test_a_comment_on_many_mentions_a_colleague_and_is_undone(
    desk: Client, administrator: User, user_with: Callable[..., User], night: Night
) -> None:
    ben = user_with("responder", email="ben@team.example")
    User.objects.filter(pk=ben.pk).update(name="Ben Reef")
    ben = User.objects.get(pk=ben.pk)
    text = step_after(desk, "comment_many", ticks(night.of_bank, night.of_shop) | {"text": "@Ben Reef please ring"})
    assert "Comment: 2 done." in text
    (task,) = list(waiting_tasks(Recipient(everybody=True), viewer=ben, today=clock.today()))
    assert (task.title.endswith(" mentions you on 2 records"), task.size) == (True, 2)
    assert ("192.0.2.7" in task.why, "198.51.100.9" in task.why) == (True, True)
    assert "Undone:" in undone(desk)
    assert list(Comment.objects.values_list("text", flat=True)) == ["", ""]
    assert not Mention.objects.filter(seen_at=None).exists()
    assert list(waiting_tasks(Recipient(everybody=True), viewer=ben, today=clock.today())) == []


def test_who_may_not_read_it_is_not_mentioned_and_the_text_is_kept(
    desk: Client, user_with: Callable[..., User], night: Night
) -> None:
    banker = user_with("operator", organisation=night.bank)
    User.objects.filter(pk=banker.pk).update(name="Bea Bank")
    facts = ticks(night.of_bank, night.of_shop) | {"text": "@Bea Bank look"}
    answer = desk.post(reverse("workspace:comment_many"), facts)
    text = answer.content.decode()
    assert (answer.status_code, "Bea Bank may not see this" in text, "@Bea Bank look" in text) == (422, True, True)
    assert (Comment.objects.count(), BulkStep.objects.count()) == (0, 0)


# --- Which are selected -------------------------------------------------------------------------------------------


def test_all_of_the_page_are_ticked_by_a_link_and_all_that_fit_are_named_by_their_number(
    desk: Client, night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page(desk, LIST).count(" checked>") == 0
    assert page(desk, f"{LIST}?select=page").count(" checked>") == 2
    only = squeezed(page(desk, f"{LIST}?organisation=bank&select=all"))
    assert "1 finding fits the filters, and is selected." in only
    assert only.count(" checked>") == 1
    assert 'name="back" value="/workspace/findings/?organisation=bank"' in only
    monkeypatch.setattr("floreo.core.lists.Listing.rows", property(lambda self: self._fetched[:1]))
    whole = squeezed(page(desk, f"{LIST}?select=all"))
    assert "All 2 findings that fit the filters are selected. 1 of them is on later pages." in whole
    assert f'type="hidden" name="pick" value="{key(night.of_bank)}|0"' in whole
    assert "The 1 finding that this page does not show is meant, too." in whole
    monkeypatch.setattr(many_views, "MOST", 1)
    many = squeezed(page(desk, f"{LIST}?select=all"))
    assert "More than 1 findings fit the filters" in many
    assert 'type="hidden" name="pick"' not in many


def test_what_the_page_does_not_show_is_not_touched_before_somebody_says_so(desk: Client, night: Night) -> None:
    both = ticks(night.of_bank, night.of_shop) | {"beyond": "1", "reply": "working"}
    answer = desk.post(reverse("workspace:reply_many"), both, follow=True).content.decode()
    assert "Confirm that the rows that this page does not show are meant, too. Nothing was changed." in answer
    desk.post(reverse("workspace:assign_many"), both | {"to": "me"})
    assert (Reply.objects.count(), BulkStep.objects.count()) == (0, 0)
    assert "Reply: 2 done." in step_after(desk, "reply_many", both | {"sure": "1"})


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("odd", ["", "x", "feeds.finding:x|0", f"feeds.finding:{'9' * 30}|0", "feeds.finding:0|"])
def test_odd_ticks_change_nothing(odd: str, desk: Client, night: Night) -> None:
    facts = {"kind": "accepted", "reason": "x", "ends_on": day(9), "pick": [odd]}
    answer = desk.post(reverse("workspace:end_many"), facts, follow=True).content.decode()
    assert "0 done, 1 refused." in squeezed(answer)
    assert not FindingEnding.objects.exists()


def test_a_saved_view_keeps_filters_and_no_selection() -> None:
    assert kept_query("state=open&select=all&q=port") == "q=port&state=open"
