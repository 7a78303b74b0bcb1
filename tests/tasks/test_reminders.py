"""Reminders: whom they reach, what they say, and that nobody is nagged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from floreo.core import clock
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.organisations.models import Organisation, Person, User
from floreo.strategy.models import Action, Edition
from floreo.tasks.actions import escalate, send_reminder
from floreo.tasks.models import Reminder, ReminderKind
from floreo.tasks.queries import Group, group_for
from tests.factories import strategy as make


def waiting_tasks(user: User, code: str = "csirt") -> Group:
    found = group_for(user, "organisation", code)
    assert found is not None
    found.items = [i for i in found.items if i.days_late(clock.today())]
    return found


def later(days: int) -> object:
    return clock.pinned_day(day=make.TODAY + timedelta(days=days))


@pytest.mark.long
def test_the_person_is_reminded_and_the_organisation_of_the_rest(
    busy: Edition, csirt: Organisation, secretariat: User
) -> None:
    sent = send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    assert sorted((n.to_name, len(n.keys), n.kind, n.sent_by) for n in sent) == [
        ("Ana", 1, "reminder", "Test secretariat"),
        ("National CSIRT", 1, "reminder", "Test secretariat"),
    ]
    mails = {m.to: m for m in OutboxMail.objects.all()}
    assert set(mails) == {"ana@csirt.example.org", "office@example.org"}
    hers = mails["ana@csirt.example.org"]
    assert hers.subject == "Reminder: 1.1.1 Action 1.1.1 (54 days late)"
    assert "Test secretariat sends you a reminder about" in hers.text
    assert (
        "- 54 days late (1 Oct 2026): 1.1.1 Action 1.1.1\n  It was due on 1 October 2026 and is not closed."
        in hers.text
    )
    assert "/workspace/" not in hers.text  # she has no account, and a link that asks for one would lead nowhere
    assert hers.headers == {"Reply-To": "secretariat@example.org"}
    entry = AuditEntry.objects.filter(verb="reminder.sent").get()
    assert entry.subject == f"organisations.organisation:{csirt.pk}"


@pytest.mark.long
def test_the_same_is_not_said_twice_within_two_days(busy: Edition, csirt: Organisation, secretariat: User) -> None:
    send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    for days in (0, 1):
        with later(days), pytest.raises(Refused) as refusal:  # type: ignore[attr-defined]  # a context manager
            send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        assert str(refusal.value.sentence) == (
            "A reminder was sent to National CSIRT less than two days ago. Send the next one from 26 November 2026."
        )
    with later(2):  # type: ignore[attr-defined]  # as above
        send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    assert waiting_tasks(secretariat).times == 2


@pytest.mark.long
def test_what_is_new_is_said_though_the_rest_was_just_said(
    busy: Edition, csirt: Organisation, secretariat: User
) -> None:
    send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items[:1])
    (second,) = send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    assert second.keys == [waiting_tasks(secretariat).items[1].key]


@pytest.mark.long
def test_who_has_an_account_gets_links_and_their_own_language(
    busy: Edition, csirt: Organisation, ana: Person, secretariat: User, user_with: Callable[..., User]
) -> None:
    user_with("lead", organisation=csirt, email=ana.email)
    Person.objects.filter(pk=ana.pk).update(language="es")
    act = Action.objects.get(code="1.1.1")
    Action.objects.filter(pk=act.pk).update(translations={"es": {"title": "Una medida"}})
    send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    text = OutboxMail.objects.get(to=ana.email).text
    assert "Una medida" in text
    assert f"http://localhost:8000/es/workspace/plan/{busy.code}/actions/1.1.1/" in text


@pytest.mark.long
def test_without_an_address_the_sentence_says_what_to_do(
    busy: Edition, csirt: Organisation, ana: Person, secretariat: User
) -> None:
    csirt.email = ""
    csirt.save()
    Person.objects.update(email="")
    with pytest.raises(Refused) as refusal:
        send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    assert str(refusal.value.sentence) == "Ana has no e-mail address in the register. Add one, then send a reminder."
    assert not Reminder.objects.exists()
    assert not OutboxMail.objects.exists()


def test_who_can_be_reached_is_reminded_though_others_cannot(
    busy: Edition, csirt: Organisation, secretariat: User
) -> None:
    csirt.email = ""
    csirt.save()
    sent = send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    assert [n.to_name for n in sent] == ["Ana"]


def test_only_who_may_remind_does(busy: Edition, csirt: Organisation, secretariat: User, lead: User) -> None:
    items = waiting_tasks(secretariat).items
    for act in (send_reminder, escalate):
        with pytest.raises(NotAllowed):
            act(csirt, by=lead, items=items)


@pytest.mark.long
def test_no_task_nothing_sent(busy: Edition, csirt: Organisation, secretariat: User) -> None:
    with pytest.raises(Refused, match="has no open tasks"):
        send_reminder(csirt, by=secretariat, items=[])


@pytest.mark.long
class TestTheDeputy:
    def test_is_told_after_a_reminder_in_their_language(
        self, busy: Edition, csirt: Organisation, secretariat: User
    ) -> None:
        send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        (entries,) = escalate(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        assert (entries.kind, entries.to_name, len(entries.keys)) == (ReminderKind.ESCALATION, "Bela", 1)
        mail = OutboxMail.objects.get(to="bela@csirt.example.org")
        assert mail.language == "es"
        assert "Ana" in mail.text
        assert AuditEntry.objects.filter(verb="reminder.escalated").count() == 1

    def test_is_not_told_before_a_reminder(self, busy: Edition, csirt: Organisation, secretariat: User) -> None:
        with pytest.raises(Refused, match="Send a reminder first; notify the deputy only if there is no answer"):
            escalate(csirt, by=secretariat, items=waiting_tasks(secretariat).items)

    def test_is_not_told_twice_within_two_days(self, busy: Edition, csirt: Organisation, secretariat: User) -> None:
        send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        escalate(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        with pytest.raises(Refused, match="was notified less than two days ago"):
            escalate(csirt, by=secretariat, items=[i for i in waiting_tasks(secretariat).items if i.person])

    def test_who_has_none_is_named(self, busy: Edition, csirt: Organisation, ana: Person, secretariat: User) -> None:
        Person.objects.filter(pk=ana.pk).update(deputy=None)
        send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        with pytest.raises(Refused) as refusal:
            escalate(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
        assert str(refusal.value.sentence) == (
            "Ana has no deputy with an e-mail address. Add one on their page in the register."
        )

    def test_where_no_person_is_named_that_is_said(
        self, busy: Edition, police: Organisation, secretariat: User
    ) -> None:
        send_reminder(police, by=secretariat, items=waiting_tasks(secretariat, "police").items)
        with pytest.raises(Refused, match="No person is named for the open tasks of National Police"):
            escalate(police, by=secretariat, items=waiting_tasks(secretariat, "police").items)


@pytest.mark.long
def test_a_reminder_outlives_what_it_was_about(busy: Edition, csirt: Organisation, secretariat: User) -> None:
    send_reminder(csirt, by=secretariat, items=waiting_tasks(secretariat).items)
    Action.objects.filter(code__in=["1.1.1", "1.1.2"]).update(closed_on=date(2026, 11, 24), closed_by="x")
    group = group_for(secretariat, "organisation", "csirt")
    assert group is not None
    assert group.reminders == []
    assert Reminder.objects.count() == 2
