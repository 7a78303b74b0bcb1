"""The public history of an action: which public fields changed on which day, and nothing about who or what is internal."""

from __future__ import annotations

from datetime import date

from django.test import Client

from floreo.core.action import action
from floreo.core.writing import save
from floreo.organisations.models import Country, User
from floreo.strategy.models import Action, Milestone, Risk, Update
from tests.portal.crawl import body, words

ADDRESS = "/strategy/2025-2028/actions/2.1.1/history/"


@action("history.changed", needs=None)
def change(act: Action, *, by: User, **fields: object) -> Action:
    for name, value in fields.items():
        setattr(act, name, value)
    return save(act)


@action("history.added", needs=None)
def add(thing: Milestone | Risk | Update, *, by: User) -> None:
    save(thing)


def the_action() -> Action:
    return Action.objects.get(edition__code="2025-2028", code="2.1.1")


def test_nothing_changed_is_said(isla: Country, stranger: Client) -> None:
    assert "No changes since it was entered." in body(stranger, ADDRESS)
    assert "Unchanged since it was entered" in body(stranger, "/strategy/2025-2028/actions/2.1.1/")


def test_a_changed_date_shows_both_days(isla: Country, stranger: Client, secretariat: User) -> None:
    change(the_action(), by=secretariat, due_on=date(2027, 3, 31), public_text="New text of it")
    text = words(body(stranger, ADDRESS))
    assert "The action: explanation for the public, due date (31 Mar 2027, before 31 Dec 2026)" in text
    assert "New text of it" not in text
    assert secretariat.name not in text


def test_internal_changes_are_not_mentioned(isla: Country, stranger: Client, secretariat: User) -> None:
    change(the_action(), by=secretariat, internal_notes="A word for us")
    add(
        Risk(action=the_action(), title="A quiet risk", likelihood=3, impact=3, noted_on=date(2026, 11, 1)),
        by=secretariat,
    )
    add(
        Update(action=the_action(), on=date(2026, 11, 1), done="For us", reported_by="B. Person", is_public=False),
        by=secretariat,
    )
    text = words(body(stranger, ADDRESS))
    assert "No changes since it was entered." in text
    assert not [w for w in ("word for us", "quiet risk", "For us", "Person") if w in text]


def test_what_happened_while_an_action_was_internal_stays_untold(
    isla: Country, stranger: Client, secretariat: User
) -> None:
    change(the_action(), by=secretariat, is_public=False)
    change(the_action(), by=secretariat, due_on=date(2027, 3, 31))
    change(the_action(), by=secretariat, is_public=True)
    change(the_action(), by=secretariat, due_on=date(2027, 6, 30))
    text = words(body(stranger, ADDRESS))
    assert "due date (30 Jun 2027, before 31 Mar 2027)" in text
    assert "before 31 Dec 2026" not in text


def test_what_hangs_on_it_is_called_as_it_is_today(isla: Country, stranger: Client, secretariat: User) -> None:
    milestone = the_action().milestones.get(title="Line open at all hours")
    milestone.expected_on = date(2027, 4, 1)
    add(milestone, by=secretariat)
    Milestone.objects.filter(pk=milestone.pk).update(title="Line open day and night")
    text = words(body(stranger, ADDRESS))
    assert "Milestone “Line open day and night”: expected (1 Apr 2027, before 31 Mar 2027)" in text
