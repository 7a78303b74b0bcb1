"""Notifications: each kind as often as the person chose, one e-mail at a time, none when there is nothing to report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from floreo.core import clock
from floreo.core.access import ROLES, SYSTEM
from floreo.core.errors import NotAllowed
from floreo.core.models import OutboxMail
from floreo.core.tasks import News, Task
from floreo.discussion.actions import add_comment
from floreo.organisations.models import Membership, User
from floreo.strategy.models import Action, Edition
from floreo.tasks import notifications
from floreo.tasks.actions import set_notifications
from floreo.tasks.models import NewsChoice, NotificationChoice, NotificationState, RhythmChoice
from floreo.tasks.notifications import send_notifications
from floreo.tasks.notifying import EVERYBODY, Rhythm, defaults, fresh, notified_after
from floreo.tasks.queries import rhythms_of
from floreo.tasks.weekly import send_weekly

TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)
NOBODY: frozenset[int] = frozenset()


@pytest.fixture(autouse=True)
def nothing_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "_looked_at", ("", None, False))


@pytest.fixture
def morning(busy: Edition) -> Iterator[None]:
    with clock.pinned_day(day=TODAY), time_machine.travel(MORNING, tick=False):
        yield


def mails(user: User) -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(to=user.email, kind="notifications.sent").order_by("pk"))


def task(key: str, **facts: object) -> Task:
    given = {"kind": "milestone", "title": key, "why": "", "href": "/workspace/"} | facts
    return Task(key=key, **given)  # type: ignore[arg-type]


# --- What is new --------------------------------------------------------------------------------------------------


def news_in(items: list[Task], notified: dict[str, int], today: date = TODAY) -> list[tuple[str, str]]:
    found = fresh(items, notified, people=NOBODY, users=NOBODY, today=today)
    return [(each.item.key, each.news) for each in found]


def test_what_was_told_is_told_again_only_when_there_is_more_of_it() -> None:
    few, many = task("a", size=2, news=News.FINDING), task("a", size=3, news=News.FINDING)
    assert news_in([few], {}) == [("a", "finding")]
    assert (news_in([few], {"a": 2}), news_in([many], {"a": 2})) == ([], [("a", "finding")])


def test_a_deadline_is_told_when_it_comes_near_and_not_of_what_is_told_as_new() -> None:
    far, near = task("a", due=TODAY + timedelta(days=4)), task("b", due=TODAY + timedelta(days=3))
    assert news_in([far, near], {}) == [("a", "other"), ("b", "other")]
    notified = notified_after({}, [far, near], fresh([far, near], {}, people=NOBODY, users=NOBODY, today=TODAY), TODAY)
    assert news_in([far, near], notified) == []
    assert news_in([far, near], notified, TODAY + timedelta(days=1)) == [("a", "deadline")]


def test_a_near_deadline_of_what_is_left_to_the_weekly_e_mail_is_told_as_a_deadline() -> None:
    near = task("a", due=TODAY)
    found = fresh([near], {}, people=NOBODY, users=NOBODY, today=TODAY)
    notified = notified_after({}, [near], [], TODAY, quiet=found)
    assert news_in([near], notified) == [("a", "deadline")]
    deadline = fresh([near], notified, people=NOBODY, users=NOBODY, today=TODAY)
    assert news_in([near], notified_after(notified, [near], [], TODAY, quiet=deadline)) == []
    assert news_in([near], notified_after(notified, [near], deadline, TODAY)) == []


def test_one_more_is_news_although_there_were_as_many_before() -> None:
    many, fewer = task("a", size=3, news=News.HELD), task("a", size=2, news=News.HELD)
    notified = notified_after({"a": 3}, [fewer], [], TODAY)
    assert (news_in([fewer], notified), news_in([many], notified)) == ([], [("a", "held")])


def test_what_is_no_task_any_more_is_forgotten_and_news_when_it_comes_back() -> None:
    assert notified_after({"a": 0, "b": 0}, [task("b")], [], TODAY) == {"b": 0}


def test_a_task_that_names_somebody_is_assigned_to_them() -> None:
    found = fresh(
        [task("a", person=1), task("b", user=2), task("c", person=3)],
        {},
        people=frozenset({1}),
        users=frozenset({2}),
        today=TODAY,
    )
    assert [each.news for each in found] == [News.ASSIGNED, News.ASSIGNED, News.OTHER]


def test_every_kind_and_rhythm_has_words_and_every_role_its_usual_ones() -> None:
    assert set(NewsChoice.values) == set(News) == set(EVERYBODY)
    assert set(RhythmChoice.values) == set(Rhythm)
    assert all(set(defaults([role])) == set(News) for role in ROLES)
    assert defaults(["lead", "responder"])[News.ANSWER] is Rhythm.NOW


# --- E-mails ------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_what_was_there_before_is_no_news(lead: User) -> None:
    assert [send_notifications(by=SYSTEM) for _turn in range(2)] == [0, 0]
    assert NotificationState.objects.get(user=lead).notified != {}


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_a_mention_is_told_within_minutes_and_once_and_without_its_words(lead: User, secretariat: User) -> None:
    send_notifications(by=SYSTEM)
    act = Action.objects.get(code="1.1.1")
    add_comment(act, by=secretariat, text="The contract was cancelled.", mentions=[lead])
    assert [send_notifications(by=SYSTEM) for _turn in range(3)] == [1, 0, 0]
    mail = mails(lead)[0]
    assert mail.subject == f"{secretariat.name} mentions you"
    assert "A COLLEAGUE MENTIONS ME" in mail.text
    assert "1.1.1 Action 1.1.1" in mail.text
    assert "contract" not in mail.text


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_nobody_is_told_of_what_they_may_not_see_any_more(lead: User, secretariat: User) -> None:
    send_notifications(by=SYSTEM)
    add_comment(Action.objects.get(code="1.1.1"), by=secretariat, text="Please.", mentions=[lead])
    Membership.objects.filter(user=lead).update(role="observer", organisation=None)
    send_notifications(by=SYSTEM)
    assert mails(lead) == []


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_daily_is_one_e_mail_in_the_morning_and_none_when_nothing_is_new(lead: User, secretariat: User) -> None:
    set_notifications(lead, by=lead, rhythms={News.MENTION: Rhythm.DAILY})
    send_notifications(by=SYSTEM)
    acts = [Action.objects.get(code=code) for code in ("1.1.1", "1.1.2")]
    for act in acts:
        add_comment(act, by=secretariat, text="Please.", mentions=[lead])
    assert send_notifications(by=SYSTEM) == 0  # this morning's has been settled
    for day, hour, sent in ((25, 5, 0), (25, 7, 1), (25, 9, 0), (26, 7, 0)):
        with clock.pinned_day(day=date(2026, 11, day)), time_machine.travel(datetime(2026, 11, day, hour, tzinfo=UTC)):
            send_notifications(by=SYSTEM)
        assert len(mails(lead)) == (1 if (day, hour) >= (25, 7) else 0), (day, hour, sent)
    assert mails(lead)[0].subject == "2 new tasks, Testland"


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_in_the_list_only_is_in_no_e_mail_of_either_kind(lead: User, secretariat: User) -> None:
    set_notifications(lead, by=lead, rhythms=dict.fromkeys(News, Rhythm.LIST))
    send_notifications(by=SYSTEM)
    add_comment(Action.objects.get(code="1.1.1"), by=secretariat, text="Please.", mentions=[lead])
    send_notifications(by=SYSTEM)
    with clock.pinned_day(day=date(2026, 11, 30)), time_machine.travel("2026-11-30T07:00:00+00:00", tick=False):
        send_weekly(by=SYSTEM)
    assert not OutboxMail.objects.filter(to=lead.email).exists()


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_an_account_that_is_switched_off_is_told_nothing(lead: User, secretariat: User) -> None:
    send_notifications(by=SYSTEM)
    add_comment(Action.objects.get(code="1.1.1"), by=secretariat, text="Please.", mentions=[lead])
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert send_notifications(by=SYSTEM) == 0


@pytest.mark.long
@pytest.mark.usefixtures("morning")
def test_while_nothing_is_written_nothing_is_asked(
    lead: User, django_assert_max_num_queries: Callable[..., object]
) -> None:
    send_notifications(by=SYSTEM)
    send_notifications(by=SYSTEM)
    with django_assert_max_num_queries(3):  # type: ignore[attr-defined]  # a context manager
        assert send_notifications(by=SYSTEM) == 0


# --- Choosing -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_chosen_as_the_role_has_it_is_not_kept(secretariat: User) -> None:
    usual = rhythms_of(secretariat)
    set_notifications(secretariat, by=secretariat, rhythms=usual | {News.VOTE: Rhythm.NOW})
    assert [(c.news, c.rhythm) for c in NotificationChoice.objects.all()] == [("vote", "now")]
    assert rhythms_of(secretariat) == usual | {News.VOTE: Rhythm.NOW}
    set_notifications(secretariat, by=secretariat, rhythms=usual)
    assert not NotificationChoice.objects.exists()


@pytest.mark.django_db
def test_nobody_chooses_for_another(secretariat: User, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        set_notifications(secretariat, by=administrator, rhythms={})
