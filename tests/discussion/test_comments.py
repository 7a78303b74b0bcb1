"""Comments: who reads and writes them, whom they mention, what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.audit import key
from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.discussion.access import may_discuss, readers_of
from floreo.discussion.actions import add_comment, edit_comment, remove_comment, see_mention, see_mentions
from floreo.discussion.logic import mentioned
from floreo.discussion.models import Comment, Mention
from floreo.discussion.queries import discussion_of, mentions_with
from floreo.feeds.models import Finding
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action
from floreo.tasks.notifications import send_notifications
from floreo.tasks.queries import board_of, tasks_of
from tests.factories import strategy as make

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(db: None) -> Iterator[None]:
    make.make_country()
    with clock.at(NOON):
        yield


@pytest.fixture
def act() -> Action:
    """A public action, led by the police."""
    edition = make.make_edition()
    edition.is_public = True
    edition.save()
    return make.make_action(edition, lead=make.make_organisation("police", "Police"))


@pytest.fixture
def lead(act: Action, user_with: Callable[..., User]) -> User:
    return user_with("lead", organisation=Organisation.objects.get(code="police"), email="lead@example.org")


@pytest.fixture
def other_lead(act: Action, user_with: Callable[..., User]) -> User:
    """A colleague of another organisation: sees the public action, and none of its internal side."""
    return user_with("lead", organisation=make.make_organisation("bank"), email="bank@example.org")


def sentence(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return str(refusal.value.sentence)


def mention_tasks(user: User) -> list[str]:
    return [f"{task.title}: {task.why}" for task in tasks_of(user) if task.kind == "mention"]


# --- Who reads ----------------------------------------------------------------------------------------------------


def test_a_comment_is_read_by_who_sees_what_is_internal_of_its_record_and_by_no_stranger(
    act: Action, lead: User, other_lead: User, secretariat: User, observer: User
) -> None:
    add_comment(act, by=lead, text="We wait for the ministry.")
    readers = {who: Comment.objects.visible_to(who).count() for who in (lead, secretariat, other_lead, observer, None)}
    assert readers == {lead: 1, secretariat: 1, other_lead: 0, observer: 0, None: 0}
    assert discussion_of(act, other_lead) is None
    assert {user.email for user in readers_of(act)} == {lead.email, secretariat.email}


def test_who_may_not_read_comments_writes_none(act: Action, other_lead: User, observer: User) -> None:
    for by in (other_lead, observer, SYSTEM):
        with pytest.raises(NotAllowed):
            add_comment(act, by=by, text="Hello")


def test_a_kind_that_no_app_offers_is_not_discussed(act: Action, secretariat: User) -> None:
    assert not may_discuss(secretariat, secretariat)
    with pytest.raises(NotAllowed):
        add_comment(Organisation(code="x", pk=999_999), by=secretariat, text="Hello")


def test_comments_on_a_finding_are_of_the_team_and_not_of_the_operator(
    act: Action, user_with: Callable[..., User]
) -> None:
    from tests.feeds.notices_made import make_finding

    body = make.make_organisation("port")
    finding = make_finding(body)
    operator, responder = user_with("operator", organisation=body), user_with("responder")
    assert list(Finding.objects.visible_to(operator)) == [finding]
    assert (may_discuss(operator, finding), may_discuss(responder, finding)) == (False, True)


def test_what_somebody_wrote_goes_with_the_right_to_its_record(act: Action, lead: User) -> None:
    add_comment(act, by=lead, text="We wait.")
    lead.memberships.all().delete()
    fresh = User.objects.get(pk=lead.pk)
    assert Comment.objects.visible_to(fresh).count() == 0


# --- What is written ----------------------------------------------------------------------------------------------


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write something first."),
        (" \n ", "Write something first."),
        ("a\x00b", "The text holds a character that cannot be kept. Copy it again from where it comes."),
        (
            "x" * 2_000_000,
            "A comment has at most 5,000 characters; this one has 2,000,000. Shorten it, or attach a file.",
        ),
    ],
)
def test_a_text_that_cannot_be_kept(text: str, said: str, act: Action, lead: User) -> None:
    with pytest.raises(Refused) as refusal:
        add_comment(act, by=lead, text=text)
    assert (sentence(refusal), Comment.objects.count()) == (said, 0)
    assert set(refusal.value.fields) == {"text"}


def test_the_trail_says_who_commented_and_not_what(act: Action, lead: User) -> None:
    comment = add_comment(act, by=lead, text="Between us: the contract is late.")
    remove_comment(comment, by=lead)
    entries = AuditEntry.objects.filter(subject=key(comment))
    assert [entry.verb for entry in entries] == ["discussion.commented", "discussion.removed"]
    assert "Between us" not in "".join(f"{entry.detail}{entry.subject_name}" for entry in AuditEntry.objects.all())


def test_it_is_edited_by_its_author_for_some_minutes(act: Action, lead: User, secretariat: User) -> None:
    comment = add_comment(act, by=lead, text="We wiat.")
    with pytest.raises(NotAllowed) as refusal:
        edit_comment(comment, by=secretariat, text="We wait.")
    assert sentence(refusal) == "Only its author edits a comment."
    with clock.at(NOON + timedelta(minutes=14)):
        edited = edit_comment(comment, by=lead, text="We wait.")
    assert (edited.text, edited.edited_at) == ("We wait.", NOON + timedelta(minutes=14))
    with clock.at(NOON + timedelta(minutes=15)), pytest.raises(Refused) as late:
        edit_comment(edited, by=lead, text="We waited.")
    assert sentence(late) == "A comment can be edited for 15 minutes. Write another one, or remove it."


def test_of_two_windows_that_edit_one_comment_the_second_sees_what_the_first_wrote(act: Action, lead: User) -> None:
    comment = add_comment(act, by=lead, text="One")
    edit_comment(comment, by=lead, text="Two", version=comment.version)
    with pytest.raises(Changed) as refusal:
        edit_comment(comment, by=lead, text="Three", version=comment.version)
    assert refusal.value.theirs["text"] == "Two"
    assert Comment.objects.get().text == "Two"


@pytest.mark.long
def test_what_is_removed_is_gone_and_leaves_a_trace(
    act: Action, lead: User, secretariat: User, administrator: User, user_with: Callable[..., User]
) -> None:
    comment = add_comment(act, by=lead, text="Wrong place.", mentions=[secretariat])
    colleague = user_with("lead", organisation=Organisation.objects.get(code="police"), email="c@example.org")
    with pytest.raises(NotAllowed):
        remove_comment(comment, by=colleague)
    removed = remove_comment(comment, by=administrator)
    assert (removed.text, removed.removed_by) == ("", administrator.name)
    assert remove_comment(removed, by=lead).removed_by == administrator.name
    shown = discussion_of(act, lead)
    assert shown is not None
    assert [each.comment.author_name for each in shown.comments] == [lead.name]
    assert mention_tasks(secretariat) == []
    with pytest.raises(Refused) as refusal:
        edit_comment(removed, by=lead, text="Again")
    assert sentence(refusal) == "This comment was removed."


# --- Mentions -----------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_mention_is_a_task_until_it_is_seen(act: Action, lead: User, secretariat: User) -> None:
    comment = add_comment(act, by=lead, text="Can you call them?", mentions=[secretariat])
    assert mention_tasks(secretariat) == [f"{lead.name} mentions you: {act.code} {act.title}"]
    assert mention_tasks(lead) == []
    mention = comment.mentions.get()
    with pytest.raises(NotAllowed):
        see_mention(mention, by=lead)
    see_mention(mention, by=secretariat)
    see_mention(mention, by=secretariat)
    assert mention_tasks(secretariat) == []


@pytest.mark.long
def test_a_mention_waits_for_whom_it_names_and_for_nobody_else(act: Action, lead: User, secretariat: User) -> None:
    before = board_of(secretariat).waiting_for
    add_comment(act, by=secretariat, text="Please.", mentions=[lead])
    board = board_of(secretariat)
    assert not any(task.kind == "mention" for task in board.mine)
    assert board.waiting_for == before


def test_a_name_after_an_at_mentions(act: Action, lead: User, secretariat: User) -> None:
    User.objects.filter(pk=secretariat.pk).update(name="María Peña")
    add_comment(act, by=lead, text="@maría peña, can you call? Write to x@example.org.")
    assert [each.user for each in Mention.objects.all()] == [secretariat]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Ana and @Ana María", {1, 2}),
        ("@ana maría", {2}),
        ("@Anabel", set()),
        ("ana@example.org", set()),
        ("@@Ana", set()),
        ("@", set()),
        ("@Ana\u00a0María!", {2}),
    ],
)
def test_the_longest_name_counts_and_an_address_is_none(text: str, found: set[int]) -> None:
    assert mentioned(text, {"Ana": 1, "Ana María": 2}) == found


def test_nobody_is_mentioned_who_may_not_see_it(act: Action, lead: User, other_lead: User) -> None:
    User.objects.filter(pk=other_lead.pk).update(name="Otto Banco")
    by_name = {"text": "@Otto Banco, look."}
    chosen = {"text": "Look.", "mentions": [other_lead]}
    for facts in (by_name, chosen):
        with pytest.raises(Refused) as refusal:
            add_comment(act, by=lead, **facts)
        assert sentence(refusal) == "Otto Banco may not see this, so cannot be mentioned here."
    assert (Comment.objects.count(), Mention.objects.count(), OutboxMail.objects.count()) == (0, 0, 0)


def test_who_loses_the_right_loses_the_task(act: Action, lead: User, secretariat: User) -> None:
    add_comment(act, by=secretariat, text="Please.", mentions=[lead])
    lead.memberships.all().delete()
    assert mention_tasks(User.objects.get(pk=lead.pk)) == []


def test_an_answer_on_the_same_record_is_a_mention_seen(act: Action, lead: User, secretariat: User) -> None:
    add_comment(act, by=secretariat, text="Please.", mentions=[lead])
    add_comment(act, by=lead, text="Done.")
    assert mention_tasks(lead) == []


@pytest.mark.long
def test_an_account_without_an_entry_in_the_register_is_mentioned_too(
    act: Action, lead: User, administrator: User
) -> None:
    assert administrator.person is None
    add_comment(act, by=lead, text="Please.", mentions=[administrator])
    assert len(mention_tasks(administrator)) == 1


# --- One comment on many records ----------------------------------------------------------------------------------


@pytest.fixture
def acts(act: Action) -> list[Action]:
    police = Organisation.objects.get(code="police")
    return [act, *(make.make_action(act.edition, f"1.1.{number}", lead=police) for number in (2, 3, 4))]


def on_many(acts: list[Action], by: User, mentions: list[User]) -> list[Mention]:
    for each in acts:
        add_comment(each, by=by, text="Please ring them.", mentions=mentions, batch="one-step")
    return list(Mention.objects.order_by("pk"))


@pytest.mark.long
def test_a_comment_on_many_records_is_one_task_and_one_mail(acts: list[Action], lead: User, secretariat: User) -> None:
    send_notifications(by=SYSTEM)
    mentions = on_many(acts, lead, [secretariat])
    codes = [each.code for each in acts]
    (task,) = (each for each in tasks_of(secretariat) if each.kind == "mention")
    assert task.title == f"{lead.name} mentions you on 4 records"
    assert (codes[0] in task.why, codes[1] in task.why, codes[2] in task.why) == (True, True, False)
    assert task.why.endswith(" and 2 more")
    assert "ring" not in task.why
    send_notifications(by=SYSTEM)
    assert OutboxMail.objects.filter(to=secretariat.email, subject=task.title).count() == 1
    see_mention(mentions[0], by=secretariat)
    (fewer,) = (each for each in tasks_of(secretariat) if each.kind == "mention")
    assert (fewer.key, fewer.title) == (task.key, f"{lead.name} mentions you on 3 records")
    see_mentions(mentions[1:3], by=secretariat)
    (last,) = (each for each in tasks_of(secretariat) if each.kind == "mention")
    assert (last.key, last.title) == (task.key, f"{lead.name} mentions you")
    assert last.href.startswith(f"/workspace/discussion/{key(acts[3])}/")
    send_notifications(by=SYSTEM)
    assert OutboxMail.objects.filter(to=secretariat.email).count() == 1
    assert see_mentions(mentions, by=secretariat) == 1
    assert mention_tasks(secretariat) == []


def test_of_a_comment_on_many_only_what_one_may_read_is_named(
    acts: list[Action], lead: User, secretariat: User
) -> None:
    first, *_others = on_many(acts, secretariat, [lead])
    acts[0].participations.update(organisation=make.make_organisation("bank"))
    lead = User.objects.get(pk=lead.pk)
    (task,) = (each for each in tasks_of(lead) if each.kind == "mention")
    assert (task.title, acts[0].code in task.why) == (f"{secretariat.name} mentions you on 3 records", False)
    assert [each.comment.thing for each in mentions_with(first, lead)] == [key(each) for each in acts[1:]]


@pytest.mark.long
def test_nobody_else_sees_mentions_for_them_and_another_comment_is_another_task(
    acts: list[Action], lead: User, secretariat: User, administrator: User
) -> None:
    mentions = on_many(acts[:2], lead, [secretariat])
    with pytest.raises(NotAllowed):
        see_mentions(mentions, by=administrator)
    assert Mention.objects.filter(seen_at=None).count() == 2
    add_comment(acts[2], by=lead, text="Please ring them.", mentions=[secretariat])
    assert len(mention_tasks(secretariat)) == 2
    remove_comment(mentions[0].comment, by=lead)
    assert [each.comment for each in mentions_with(mentions[1], secretariat)] == [mentions[1].comment]
