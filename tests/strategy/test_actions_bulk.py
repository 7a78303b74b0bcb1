"""One change over many actions, and the next edition."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core import audit
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import bulk
from floreo.strategy.actions.course import close_action, hold_action, set_override
from floreo.strategy.actions.milestones import reach_milestone
from floreo.strategy.actions.money import add_budget_line
from floreo.strategy.actions.next_edition import lineage, start_next_edition
from floreo.strategy.actions.participations import add_participation
from floreo.strategy.actions.risks import add_risk, close_risk
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, BudgetLine, Edition
from tests.factories import strategy as make


@pytest.fixture
def three(edition: Edition, csirt: Organisation) -> list[Action]:
    """1.1.1 led by the CSIRT with two milestones, 1.1.2 led by it, 1.1.3 led by nobody."""
    return [
        make.make_action(edition, "1.1.1", lead=csirt, milestones=2),
        make.make_action(edition, "1.1.2", lead=csirt),
        make.make_action(edition, "1.1.3"),
    ]


CODES = ["1.1.1", "1.1.2", "1.1.3"]


@pytest.mark.long
def test_a_due_date_is_set_for_all_and_each_history_shows_it(
    edition: Edition, three: list[Action], secretariat: User
) -> None:
    assert bulk.bulk_set_due(edition, by=secretariat, codes=[*CODES, "1.1.1"], due_on=date(2027, 9, 30)) == 3
    assert set(Action.objects.values_list("due_on", flat=True)) == {date(2027, 9, 30)}
    for act in three:
        assert next(e.verb for e in audit.history(act)) == "action.updated"
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.verb, entry.detail["actions"]) == ("actions.due_set", CODES)


@pytest.mark.long
def test_all_or_none_and_every_refusal_is_named(edition: Edition, three: list[Action], secretariat: User) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(bulk.RowsRefused) as refused:
        bulk.bulk_set_due(edition, by=secretariat, codes=[*CODES, "9.9.9"], due_on=date(2026, 1, 1))
    assert [row.code for row in refused.value.rows] == ["9.9.9", *CODES]
    assert refused.value.rows[0].sentence == "This action does not exist in this edition."
    assert str(refused.value.sentence) == "Nothing was changed: this change is not possible for 4 of 4 actions."
    assert set(Action.objects.values_list("due_on", flat=True)) == {date(2027, 6, 30)}
    assert AuditEntry.objects.count() == before


def test_dates_move_but_what_began_stays(edition: Edition, three: list[Action], secretariat: User) -> None:
    bulk.bulk_shift(edition, by=secretariat, codes=["1.1.1"], days=10)
    act = Action.objects.get(code="1.1.1")
    assert (act.starts_on, act.due_on) == (date(2026, 9, 1), date(2027, 7, 10))
    assert list(act.milestones.values_list("due_on", flat=True)) == [date(2027, 2, 7), date(2027, 3, 10)]
    for days in (0, 99999):
        with pytest.raises(Refused):
            bulk.bulk_shift(edition, by=secretariat, codes=CODES, days=days)


@pytest.mark.long
def test_a_lead_is_set_where_there_was_one_and_where_there_was_none(
    edition: Edition, three: list[Action], police: Organisation, csirt: Organisation, secretariat: User
) -> None:
    bulk.bulk_set_lead(edition, by=secretariat, codes=CODES, organisation=police)
    assert [act.owner_ids() for act in Action.objects.order_by("code")] == [{police.pk}] * 3
    assert three[0].participations.filter(organisation=csirt, ends_on=date(2026, 11, 23)).exists()


@pytest.mark.long
def test_person_confirmed_and_public_are_set(edition: Edition, three: list[Action], secretariat: User) -> None:
    ana = make.make_person("ana-duarte")
    bulk.bulk_set_person(edition, by=secretariat, codes=CODES, person=ana)
    bulk.bulk_set_confirmed(edition, by=secretariat, codes=CODES, confirmed=True)
    bulk.bulk_set_public(edition, by=secretariat, codes=CODES, is_public=False)
    assert set(Action.objects.values_list("person", "confirmed", "is_public")) == {(ana.pk, True, False)}


@pytest.mark.long
def test_nothing_ticked_and_nobody_else(edition: Edition, three: list[Action], secretariat: User, lead: User) -> None:
    with pytest.raises(Refused) as refused:
        bulk.bulk_set_due(edition, by=secretariat, codes=[], due_on=None)
    assert set(refused.value.fields) == {"codes"}
    with pytest.raises(NotAllowed):
        bulk.bulk_set_due(edition, by=lead, codes=CODES, due_on=None)


@pytest.mark.long
def test_unfinished_work_goes_on_in_the_next_edition(
    edition: Edition, three: list[Action], police: Organisation, secretariat: User, lead: User
) -> None:
    going, done, ended = three
    reach_milestone(going.milestones.all()[0], by=lead, on=date(2026, 11, 1))
    add_participation(going, by=secretariat, organisation=police)
    add_update(going, by=lead, done="Half of it")
    hold_action(going, by=secretariat, reason="No money")
    set_override(going, by=secretariat, status="late", reason="A bid failed")
    add_risk(going, by=lead, title="Open", likelihood=3, impact=3)
    close_risk(add_risk(going, by=lead, title="Gone", likelihood=3, impact=3), by=lead)
    for year in (2026, 2029):
        add_budget_line(going, by=secretariat, amount=Decimal(100), currency="USD", fiscal_year=year)
    close_action(done, by=secretariat)

    following = start_next_edition(
        edition, by=secretariat, code="2029-2032", title="Next", starts_on=date(2029, 1, 1), ends_on=date(2032, 12, 31)
    )

    assert (following.follows, following.is_public, following.state) == (edition, False, "draft")
    assert [p.code for p in following.pillars.all()] == ["1"]
    carried = list(Action.objects.filter(edition=following).order_by("position"))
    assert [a.code for a in carried] == ["1.1.1", "1.1.3"]
    act = carried[0]
    assert lineage(act) == [going]
    assert list(act.milestones.values_list("title", flat=True)) == ["Step 2"]
    assert list(act.risks.values_list("title", flat=True)) == ["Open"]
    assert set(act.participations.values_list("organisation__code", "part")) == {
        ("csirt", "lead"),
        ("police", "support"),
    }
    assert list(act.budget_lines.values_list("fiscal_year", flat=True)) == [2029]
    assert BudgetLine.objects.count() == 2, "money of years to come is moved, so that it is counted once"
    assert (act.on_hold_reason, act.override, act.status, act.confirmed) == ("No money", "", "stalled", False)
    assert act.updates.count() == 0, "reports stay where they were made"
    assert carried[1].carried_from == ended
    assert (act.starts_on, act.due_on) == (date(2026, 9, 1), date(2027, 6, 30)), "its dates stay as promised"
    entry = AuditEntry.objects.get(verb="edition.followed")
    assert entry.detail["carried"] == 2


def test_an_edition_is_followed_once(edition: Edition, secretariat: User) -> None:
    start_next_edition(edition, by=secretariat, code="2029-2032", title="Next")
    with pytest.raises(Refused) as refused:
        start_next_edition(edition, by=secretariat, code="2033-2036", title="After")
    assert refused.value.code == "followed_already"


def test_a_change_is_undone_with_leads_and_milestones_by_who_may_edit_the_plan(
    edition: Edition, three: list[Action], police: Organisation, secretariat: User, observer: User
) -> None:
    act = three[0]
    before = bulk.before_change(act)
    bulk.bulk_shift(edition, by=secretariat, codes=[act.code], days=30)
    bulk.bulk_set_lead(edition, by=secretariat, codes=[act.code], organisation=police, on=date(2026, 11, 24))
    bulk.bulk_set_public(edition, by=secretariat, codes=[act.code], is_public=False)
    assert bulk.before_change(Action.objects.get(pk=act.pk)) != before
    with pytest.raises(NotAllowed):
        bulk.undo_change(Action.objects.get(pk=act.pk), by=observer, before=before)
    bulk.undo_change(Action.objects.get(pk=act.pk), by=secretariat, before=before)
    fresh = Action.objects.get(pk=act.pk)
    assert bulk.before_change(fresh) == before
    assert fresh.owner_ids() == act.owner_ids()


def test_a_person_who_left_meanwhile_is_not_given_back(edition: Edition, secretariat: User) -> None:
    ana = make.make_person("ana")
    act = make.make_action(edition, "1.1.1")
    bulk.bulk_set_person(edition, by=secretariat, codes=[act.code], person=ana)
    before = bulk.before_change(Action.objects.get(pk=act.pk))
    bulk.bulk_set_person(edition, by=secretariat, codes=[act.code], person=None)
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    with pytest.raises(Refused, match="no longer responsible"):
        bulk.undo_change(Action.objects.get(pk=act.pk), by=secretariat, before=before)
