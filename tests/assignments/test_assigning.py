"""Assigning, handing back, leaving; and undoing a step over many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections

from floreo.assignments import actions as acts
from floreo.assignments.models import Assignment, AssignmentEnd, BulkStep
from floreo.assignments.queries import Accounts, Item, history_of, open_assignments
from floreo.core import audit, clock
from floreo.core.access import SYSTEM, Permission
from floreo.core.errors import NotAllowed, Refused
from floreo.core.keys import key
from floreo.evidence.models import Evidence
from floreo.offers import jobs
from floreo.organisations.actions.accounts import deactivate_account
from floreo.organisations.models import Membership, Organisation, User
from tests.factories import strategy as make

UserWith = Callable[..., User]
ITEM = Item("feeds.answer:need_help:7", str(Permission.FINDING_HANDLE), name="A call for help")


@pytest.fixture
def ana(user_with: UserWith) -> User:
    return user_with("responder", email="ana@example.org")


@pytest.fixture
def ben(user_with: UserWith) -> User:
    return user_with("responder", email="ben@example.org")


def who_has(item: Item) -> str:
    found = open_assignments([item.key], Accounts()).get(item.key)
    return found.user.email if found and found.user else ""


def refused(do: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        do()
    return str(caught.value.sentence)


def test_one_person_has_it_until_they_hand_it_back(ana: User, ben: User) -> None:
    acts.assign(ITEM, by=ana, to=ana)
    assert who_has(ITEM) == "ana@example.org"
    acts.assign(ITEM, by=ana, to=ben)
    assert who_has(ITEM) == "ben@example.org"
    acts.hand_back(ITEM, by=ben)
    assert who_has(ITEM) == ""
    assert [(each.user_name, each.end) for each in history_of(ITEM.key)] == [
        ("Test responder", AssignmentEnd.HANDED_BACK),
        ("Test responder", AssignmentEnd.REASSIGNED),
    ]
    assert refused(lambda: acts.hand_back(ITEM, by=ben)) == "Nobody has this: it waits for the whole team."


def test_who_takes_what_another_took_since_is_told_who(ana: User, ben: User) -> None:
    acts.assign(ITEM, by=ana, to=ana, was=acts.NOBODY)
    with clock.pinned_day():
        sentence = refused(lambda: acts.assign(ITEM, by=ben, to=ben, was=acts.NOBODY))
    assert sentence.startswith("Test responder has had this since ")
    assert sentence.endswith("Agree with them first, or reload the page and assign it again.")
    assert who_has(ITEM) == "ana@example.org"
    now = Assignment.objects.get(ends_at=None)
    acts.assign(ITEM, by=ben, to=ben, was=now.pk)  # having seen it, they may
    assert who_has(ITEM) == "ben@example.org"


def test_taking_what_one_has_already_changes_nothing(ana: User) -> None:
    first = acts.assign(ITEM, by=ana, to=ana)
    assert acts.assign(ITEM, by=ana, to=ana, was=acts.NOBODY) == first
    assert Assignment.objects.count() == 1


def test_it_goes_to_nobody_who_may_not_do_it(ana: User, user_with: UserWith) -> None:
    observer = user_with("observer")
    assert refused(lambda: acts.assign(ITEM, by=ana, to=observer)) == (
        "Test observer may not do this, so it cannot be assigned to them. Choose somebody of the team."
    )
    with pytest.raises(NotAllowed):
        acts.assign(ITEM, by=observer, to=ana)
    with pytest.raises(NotAllowed):
        acts.hand_back(ITEM, by=observer)
    assert not Assignment.objects.exists()


def test_it_goes_to_nobody_who_may_not_see_the_thing(secretariat: User, user_with: UserWith) -> None:
    analyst = user_with("analyst")  # who keeps evidence, but does not read what is marked RED
    secret = Evidence.objects.create(
        code="secret", kind="link", title="Secret", url="https://x.example/", kept_by="X", tlp="RED"
    )
    item = Item(key(secret), str(Permission.EVIDENCE_KEEP))
    assert refused(lambda: acts.assign(item, by=secretariat, to=analyst)) == (
        "Test analyst may not see this, so it cannot be assigned to them."
    )
    Evidence.objects.update(tlp="GREEN")
    acts.assign(item, by=secretariat, to=analyst)
    assert who_has(item) == "analyst@example.org"


def test_who_is_switched_off_has_nothing_any_more(ana: User, ben: User, administrator: User) -> None:
    acts.assign(ITEM, by=ana, to=ben)
    deactivate_account(ben, by=administrator)
    assert who_has(ITEM) == ""  # at once, on every page
    acts.assign(ITEM, by=ana, to=ana, was=acts.NOBODY)  # and anybody may take it
    assert who_has(ITEM) == "ana@example.org"


def test_who_loses_the_permission_hands_back_what_they_have(ana: User, ben: User) -> None:
    acts.assign(ITEM, by=ana, to=ben)
    Membership.objects.filter(user=ben).update(role="observer")
    assert who_has(ITEM) == ""
    assert jobs()["hand_back"].run() == 1
    [ended] = history_of(ITEM.key)
    assert (ended.end, ended.ended_by) == (AssignmentEnd.MAY_NOT, "Floreo")
    assert acts.hand_back_what_may_not_be_kept(by=SYSTEM) == 0


def test_what_waits_for_an_organisation_goes_to_whoever_speaks_for_it(user_with: UserWith) -> None:
    make.make_country()
    csirt = make.make_organisation("csirt", "National CSIRT")
    police = make.make_organisation("police", "National Police")
    one, two = (user_with("lead", organisation=csirt, email=f"{n}@csirt.example") for n in "ab")
    other = user_with("lead", organisation=police, email="c@police.example")
    item = Item("strategy.action:1", str(Permission.PLAN_EDIT), csirt.pk)
    accounts = Accounts()
    assert accounts.team(item.needs, csirt.pk) == {one.pk, two.pk}
    item = Item("tasks:of-csirt", str(Permission.PLAN_EDIT), csirt.pk)
    acts.assign(item, by=one, to=two)
    assert "may not do this" in refused(lambda: acts.assign(item, by=one, to=other))
    Organisation.objects.filter(pk=csirt.pk).update(merged_into=police)
    assert Accounts().team(item.needs, csirt.pk) == {one.pk, two.pk, other.pk}


def test_administrators_are_the_team_only_where_nobody_else_is(ana: User, administrator: User) -> None:
    assert Accounts().team(ITEM.needs, None) == {ana.pk}
    Membership.objects.filter(user=ana).update(role="observer")
    assert Accounts().team(ITEM.needs, None) == {administrator.pk}


def test_an_assignment_is_seen_by_the_team_alone(ana: User, ben: User, user_with: UserWith) -> None:
    acts.assign(ITEM, by=ana, to=ben)
    seen = {user: Assignment.objects.visible_to(user).count() for user in (ana, user_with("observer"))}
    assert list(seen.values()) == [1, 0]
    assert Assignment.objects.visible_to(None).count() == 0


# --- Steps --------------------------------------------------------------------------------------------------------


def step_of(user: User, *items: Item) -> BulkStep:
    after = audit.head().number
    lines = []
    for item in items:
        acts.assign(item, by=user, to=user)
        lines.append({"key": item.key, "name": item.name, "href": "", "is_done": True, "sentence": "", "before": 0})
    return acts.record_step(user, by=user, command="assign", back="/workspace/", lines=lines, after=after)


def hand_it_back(line: Mapping[str, Any], by: User) -> None:
    acts.restore(Item(line["key"], ITEM.needs), by=by, to=None)


OTHER = Item("feeds.answer:need_help:8", ITEM.needs)


def test_a_step_is_undone_whole(ana: User) -> None:
    step = step_of(ana, ITEM, OTHER)
    acts.undo_step(step, by=ana, undo=hand_it_back, shown=step.head)
    assert not Assignment.objects.filter(ends_at=None).exists()
    assert refused(lambda: acts.undo_step(step, by=ana, undo=hand_it_back, shown=step.head)) == (
        "This step was undone already."
    )


def test_a_step_is_not_undone_after_somebody_changed_one_of_them(ana: User, ben: User) -> None:
    step = step_of(ana, ITEM, OTHER)
    acts.assign(ITEM, by=ben, to=ben)
    sentence = refused(lambda: acts.undo_step(step, by=ana, undo=hand_it_back, shown=step.head))
    assert sentence.startswith("It was changed after you opened it:")
    assert "Test responder" in sentence
    assert who_has(OTHER) == "ana@example.org"  # nothing of it was undone


def test_only_ones_own_last_step_is_undone(ana: User, ben: User) -> None:
    first = step_of(ana, ITEM)
    step_of(ana, OTHER)
    assert refused(lambda: acts.undo_step(first, by=ana, undo=hand_it_back, shown=first.head)) == (
        "Only your last step can be undone, and you have done another since."
    )
    with pytest.raises(NotAllowed):
        acts.undo_step(first, by=ben, undo=hand_it_back, shown=first.head)
    with pytest.raises(NotAllowed):
        acts.record_step(ana, by=ben, command="assign", back="", lines=[], after=0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_has_it_and_the_other_is_told(user_with: UserWith) -> None:
    users = [user_with("responder", email=f"{n}@example.org") for n in "ab"]
    both, answers = Barrier(2), dict[str, str]()

    def take(user: User) -> None:
        try:
            both.wait(timeout=20)
            acts.assign(ITEM, by=user, to=user, was=acts.NOBODY)
            answers[user.email] = "has it"
        except Refused as refusal:
            answers[user.email] = refusal.code
        finally:
            connections.close_all()

    threads = [Thread(target=take, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(answers.values()) == ["has it", acts.TAKEN], connection.vendor
    assert Assignment.objects.filter(key=ITEM.key, ends_at=None).count() == 1
    assert Assignment.objects.get().starts_at <= clock.now() + timedelta(seconds=1)
