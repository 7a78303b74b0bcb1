"""What of the plan leaves: the public's rows and columns, keys that distinguish rows, and what stays inside."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from floreo.core.access import SYSTEM
from floreo.core.tables import as_csv, as_json, records
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.actions.money import add_budget_line
from floreo.strategy.actions.risks import add_risk
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, Edition
from floreo.strategy.tables import TABLES
from tests.factories import strategy as make

STRANGER = AnonymousUser()


@pytest.fixture
def full(edition: Edition, act: Action, secretariat: User) -> Action:
    """A public edition with a bit of everything, some of it internal."""
    publish_edition(edition, by=secretariat)
    ana = make.make_person("ana-duarte", post="Head of operations", email="ana@example.org")
    update_action(act, by=SYSTEM, internal_notes="SECRET note", person=ana)
    hidden = make.make_action(edition, "1.1.9")
    update_action(hidden, by=SYSTEM, is_public=False, title="SECRET action")
    add_update(act, by=SYSTEM, done="Opened")
    add_update(act, by=SYSTEM, done="SECRET update", is_public=False)
    add_risk(act, by=SYSTEM, title="SECRET risk", likelihood=2, impact=2)
    add_risk(act, by=SYSTEM, title="Known risk", likelihood=2, impact=2, is_public=True)
    donor = Organisation.objects.create(code="hidden-donor", name="SECRET donor", kind="donor", is_public=False)
    add_budget_line(act, by=SYSTEM, amount=Decimal("1200.50"), currency="USD", fiscal_year=2026, funder=donor)
    return act


@pytest.mark.guards("no internal column is in a public file")
@pytest.mark.parametrize("name", TABLES)
def test_a_strangers_file_holds_nothing_internal(full: Action, name: str) -> None:
    table = TABLES[name]
    text = "".join(as_json(table, table.ordered(STRANGER), STRANGER))
    assert "SECRET" not in text
    assert "ana@example.org" not in text
    assert "Ana Duarte" not in text
    assert "internal_notes" not in text
    assert isinstance(json.loads(text), list)


@pytest.mark.guards("an unpublished plan is in no file")
@pytest.mark.parametrize("name", TABLES)
def test_an_unpublished_edition_is_not_in_a_strangers_files(full: Action, name: str) -> None:
    draft = make.make_edition("2029-2032")
    make.make_action(draft, "7.7.7", milestones=1)
    table = TABLES[name]
    assert "2029-2032" not in "".join(as_csv(table, table.ordered(STRANGER), STRANGER))
    if name in {"editions", "pillars", "objectives", "actions", "milestones"}:
        assert "2029-2032" in "".join(as_csv(table, table.ordered(SYSTEM), SYSTEM))


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("name", TABLES)
def test_keys_tell_rows_apart_and_find_them_again(full: Action, name: str) -> None:
    make.make_edition("2029-2032")
    table = TABLES[name]
    keys = [str(r[table.key]) for r in records(table, table.ordered(SYSTEM), SYSTEM)]
    assert len(keys) == len(set(keys))
    assert table.lookup is not None
    for key in keys:
        assert table.lookup(table.rows(SYSTEM), key).count() == 1
    for nonsense in ("", "no such", "999999999999999999999", "a:b:c"):
        assert not table.lookup(table.rows(SYSTEM), nonsense).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_words_and_a_name_that_a_machine_can_take(name: str) -> None:
    names = [c.name for c in TABLES[name].columns]
    assert len(names) == len(set(names))
    for column in TABLES[name].columns:
        assert column.name.isidentifier()
        assert column.name == column.name.lower()
        assert str(column.title)
        assert str(column.help)


@pytest.mark.long
def test_an_action_says_who_leads_it_by_code(full: Action) -> None:
    table = TABLES["actions"]
    (row,) = records(table, table.ordered(STRANGER), STRANGER)
    assert (row["key"], row["leads"], row["person_post"], row["status"]) == (
        "2025-2028:1.1.1",
        ["csirt"],
        "Head of operations",
        "on_track",
    )


@pytest.mark.long
def test_a_funder_that_is_not_public_is_not_named_but_its_money_counts(full: Action) -> None:
    table = TABLES["budget_lines"]
    (row,) = records(table, table.ordered(STRANGER), STRANGER)
    assert (row["funder"], row["amount"], row["currency"]) == (None, Decimal("1200.50"), "USD")
