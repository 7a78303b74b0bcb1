"""Small plans for tests: an edition with pillars, objectives and actions, made through the same actions people use."""

from __future__ import annotations

from datetime import date

from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, Kind, Organisation, Person
from floreo.strategy.actions.actions import add_action
from floreo.strategy.actions.editions import create_edition
from floreo.strategy.actions.milestones import add_milestone
from floreo.strategy.actions.objectives import add_objective
from floreo.strategy.actions.participations import add_participation
from floreo.strategy.actions.pillars import add_pillar
from floreo.strategy.models import Action, Edition, LeadRole

TODAY = date(2026, 11, 24)


def make_country() -> Country:
    return Country.objects.create(
        code="XP", name="Testland", languages=["en", "es"], zone="UTC", currency="PRD", pack="test", calendar_day=TODAY
    )


def make_organisation(code: str, name: str = "", **facts: object) -> Organisation:
    given = {"name": name or code.title(), "kind": Kind.AGENCY} | facts
    return Organisation.objects.create(code=code, **given)


def make_person(code: str, organisation: Organisation | None = None, **facts: object) -> Person:
    return Person.objects.create(code=code, name=code.replace("-", " ").title(), organisation=organisation, **facts)


def make_edition(code: str = "2025-2028") -> Edition:
    """One pillar, one objective, no action."""
    edition = create_edition(
        by=SYSTEM, code=code, title=f"Strategy {code}", starts_on=date(2025, 1, 1), ends_on=date(2028, 12, 31)
    )
    pillar = add_pillar(edition, by=SYSTEM, code="1", title="Law")
    add_objective(pillar, by=SYSTEM, code="1.1", title="A cybercrime law in force")
    return edition


def make_action(
    edition: Edition,
    code: str = "1.1.1",
    *,
    lead: Organisation | None = None,
    milestones: int = 0,
    starts_on: date | None = date(2026, 9, 1),
    due_on: date | None = date(2027, 6, 30),
) -> Action:
    """On track by its dates, with milestones due at the end of each month from January 2027."""
    objective = edition.pillars.get(code="1").objectives.get(code="1.1")
    act = add_action(objective, by=SYSTEM, code=code, title=f"Action {code}", starts_on=starts_on, due_on=due_on)
    if lead is not None:
        add_participation(act, by=SYSTEM, organisation=lead, part=LeadRole.LEAD, starts_on=date(2026, 1, 1))
    for number in range(1, milestones + 1):
        add_milestone(act, by=SYSTEM, title=f"Step {number}", due_on=date(2027, number, 28))
    return act
