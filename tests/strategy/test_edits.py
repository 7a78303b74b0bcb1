"""Changing what is in the plan: what is different afterwards, what the chain says of it, and who is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core.errors import Changed, NotAllowed, Refused
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import milestones, money, objectives, participations, pillars
from floreo.strategy.models import Action, BudgetLine, Edition, Grant, Milestone, Objective, Participation, Pillar
from tests.factories.trail import last_entry, recorded


@pytest.fixture
def milestone(act: Action) -> Milestone:
    return act.milestones.order_by("pk")[0]


def test_a_pillar_is_renamed_and_needs_a_title(edition: Edition, act: Action, secretariat: User, lead: User) -> None:
    pillar = Pillar.objects.get(edition=edition)
    before = pillar.title
    changed = pillars.update_pillar(pillar, by=secretariat, title=" Governance and law ")
    assert changed.title == "Governance and law"
    assert recorded("pillar.updated", secretariat.name) == {"title": [before, "Governance and law"]}
    with pytest.raises(Refused) as refused:
        pillars.update_pillar(pillar, by=secretariat, title="  ")
    assert refused.value.fields == {"title": "Enter a title."}
    with pytest.raises(Changed):
        pillars.update_pillar(pillar, by=secretariat, version=pillar.version, title="Older")
    with pytest.raises(NotAllowed):
        pillars.update_pillar(pillar, by=lead, title="Ours")


def test_an_objective_is_renamed_and_needs_a_title(edition: Edition, act: Action, secretariat: User) -> None:
    objective = Objective.objects.get(pillar__edition=edition)
    before = objective.title
    assert objectives.update_objective(objective, by=secretariat, title="Laws that hold").title == "Laws that hold"
    assert recorded("objective.updated", secretariat.name) == {"title": [before, "Laws that hold"]}
    with pytest.raises(Refused) as refused:
        objectives.update_objective(objective, by=secretariat, title="")
    assert refused.value.fields == {"title": "Enter a title."}


def test_an_objective_moves_one_place_and_no_further(edition: Edition, act: Action, secretariat: User) -> None:
    pillar = Pillar.objects.get(edition=edition)
    objectives.add_objective(pillar, by=secretariat, code="1.2", title="Second")

    def titles() -> list[str]:
        return list(pillar.objectives.order_by("position").values_list("title", flat=True))

    first, second = titles()
    objectives.move_objective(pillar.objectives.get(title=second), by=secretariat, up=True)
    assert titles() == [second, first]
    number = last_entry().number
    objectives.move_objective(pillar.objectives.get(title=second), by=secretariat, up=True)
    assert (titles(), last_entry().number) == ([second, first], number)  # nothing changed, so nothing is written


def test_a_milestone_is_changed_by_who_plans(milestone: Milestone, secretariat: User, lead: User) -> None:
    before = milestone.due_on
    changed = milestones.update_milestone(milestone, by=secretariat, due_on=date(2027, 3, 31))
    assert changed.due_on == date(2027, 3, 31)
    assert {"due_on": [str(before), "2027-03-31"]}.items() <= recorded("milestone.updated", secretariat.name).items()
    with pytest.raises(NotAllowed):
        milestones.update_milestone(changed, by=lead, due_on=date(2028, 1, 1))


def test_a_lead_says_when_a_milestone_is_expected_until_it_is_reached(
    milestone: Milestone, lead: User, other_lead: User
) -> None:
    milestones.expect_milestone(milestone, by=lead, expected_on=date(2027, 1, 31), note=" The vendor is late ")
    assert recorded("milestone.expected", lead.name) == {
        "expected_on": [None, "2027-01-31"],
        "note": ["", "The vendor is late"],
    }
    with pytest.raises(NotAllowed):
        milestones.expect_milestone(milestone, by=other_lead, expected_on=None)
    milestones.reach_milestone(milestone, by=lead, on=date(2026, 11, 1))
    with pytest.raises(Refused) as refused:
        milestones.expect_milestone(milestone, by=lead, expected_on=date(2027, 2, 1))
    assert refused.value.code == "already_reached"


def test_a_part_that_never_was_is_removed_with_its_reason(act: Action, police: Organisation, secretariat: User) -> None:
    part = participations.add_participation(act, by=secretariat, organisation=police, part="support")
    with pytest.raises(Refused) as refused:
        participations.remove_participation(part, by=secretariat, reason=" ")
    assert refused.value.fields == {"reason": "Give the reason for removing it."}
    participations.remove_participation(part, by=secretariat, reason="Entered by mistake")
    assert not Participation.objects.filter(organisation=police).exists()
    entry = last_entry()
    assert (entry.verb, entry.detail["reason"]) == ("participation.removed", "Entered by mistake")
    assert [c["what"] for c in entry.detail["changes"]] == ["removed"]


def test_a_line_stands_on_a_grant_of_its_currency_which_then_stays(
    act: Action, police: Organisation, secretariat: User
) -> None:
    grant = money.add_grant("g-1", by=secretariat, title="A grant", funder=police, amount=Decimal(500), currency="USD")
    line = money.add_budget_line(act, by=secretariat, amount=Decimal(100), currency="USD", fiscal_year=2026)
    other = money.add_budget_line(act, by=secretariat, amount=Decimal(100), currency="EUR", fiscal_year=2026)
    line = money.place_on_grant(line, by=secretariat, grant=grant)
    assert "grant" in recorded("grant.placed", secretariat.name)
    with pytest.raises(Refused):
        money.place_on_grant(other, by=secretariat, grant=grant)
    with pytest.raises(Refused, match="This agreement has budget lines"):
        money.remove_grant(grant, by=secretariat, reason="It ended")
    money.place_on_grant(line, by=secretariat, grant=None)
    with pytest.raises(Refused) as refused:
        money.remove_grant(grant, by=secretariat, reason="")
    assert set(refused.value.fields) == {"reason"}
    money.remove_grant(grant, by=secretariat, reason="It was never signed")
    assert last_entry().detail["reason"] == "It was never signed"
    assert (Grant.objects.count(), BudgetLine.objects.filter(grant=None).count()) == (0, 2)
