"""Parts, milestones, updates, money and risks of an action."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from floreo.core import audit
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry
from floreo.organisations.models import Organisation, User
from floreo.strategy.actions import milestones, money, participations, risks
from floreo.strategy.actions.updates import add_update
from floreo.strategy.models import Action, BudgetLine, Edition, Participation, Risk, Update
from tests.factories import strategy as make


def lead_part(act: Action) -> Participation:
    return act.participations.get(part="lead")


def test_the_lead_is_handed_over_from_a_day_and_nothing_is_overwritten(
    act: Action, police: Organisation, csirt: Organisation, secretariat: User
) -> None:
    participations.hand_over_lead(lead_part(act), by=secretariat, to=police, on=date(2026, 11, 1))
    rows = act.participations.order_by("starts_on").values_list("organisation__code", "part", "starts_on", "ends_on")
    assert list(rows) == [
        ("csirt", "lead", date(2026, 1, 1), date(2026, 10, 31)),
        ("police", "lead", date(2026, 11, 1), None),
    ]
    assert Action.objects.get(pk=act.pk).owner_ids() == {police.pk}


@pytest.mark.long
def test_who_led_speaks_no_more_and_who_leads_does(
    act: Action, police: Organisation, lead: User, other_lead: User, secretariat: User
) -> None:
    add_update(act, by=lead, done="Form drafted")
    participations.hand_over_lead(lead_part(act), by=secretariat, to=police, on=date(2026, 11, 1))
    fresh = Action.objects.get(pk=act.pk)
    with pytest.raises(NotAllowed):
        add_update(fresh, by=lead, done="Still ours")
    assert add_update(fresh, by=other_lead, done="Ours now").pk


def test_ownership_survives_a_rename_and_a_merger(
    act: Action, csirt: Organisation, police: Organisation, other_lead: User
) -> None:
    csirt.name = "National Cyber Centre"
    csirt.save()
    assert Action.objects.get(pk=act.pk).owner_ids() == {csirt.pk}
    csirt.merged_into, csirt.ends_on = police, date(2026, 11, 1)
    csirt.save()
    fresh = Action.objects.get(pk=act.pk)
    assert fresh.owner_ids() == {police.pk}
    assert add_update(fresh, by=other_lead, nothing_changed=True).reported_by == other_lead.name


def test_a_body_that_was_merged_takes_no_new_part(
    act: Action, csirt: Organisation, police: Organisation, secretariat: User
) -> None:
    police.merged_into, police.ends_on = csirt, date(2026, 6, 30)
    police.save()
    with pytest.raises(Refused) as refused:
        participations.add_participation(act, by=secretariat, organisation=police, starts_on=date(2026, 7, 1))
    assert refused.value.fields == {"organisation": "National Police is now part of National CSIRT. Choose that one."}


def test_nobody_has_the_same_part_twice_at_a_time(
    act: Action, csirt: Organisation, police: Organisation, secretariat: User
) -> None:
    with pytest.raises(Refused) as refused:
        participations.add_participation(act, by=secretariat, organisation=csirt, part="lead")
    assert refused.value.code == "part_taken"
    part = participations.add_participation(act, by=secretariat, organisation=police, starts_on=date(2026, 2, 1))
    with pytest.raises(Refused):
        participations.end_participation(part, by=secretariat, ends_on=date(2026, 1, 31))
    ended = participations.end_participation(part, by=secretariat, ends_on=date(2026, 5, 31))
    assert ended.ends_on == date(2026, 5, 31)
    participations.add_participation(act, by=secretariat, organisation=police, starts_on=date(2026, 9, 1))


def test_a_milestone_takes_the_next_free_code(act: Action, secretariat: User) -> None:
    assert milestones.add_milestone(act, by=secretariat, title="Third").code == "1.1.1.3"
    with pytest.raises(Refused):
        milestones.add_milestone(act, by=secretariat, title="  ")


@pytest.mark.long
def test_a_missed_milestone_makes_the_action_late_and_ticking_it_corrects_that(
    act: Action, secretariat: User, lead: User
) -> None:
    late = milestones.add_milestone(act, by=secretariat, title="Missed", due_on=date(2026, 11, 1))
    assert Action.objects.get(pk=act.pk).status == "late"
    milestones.reach_milestone(late, by=lead, on=date(2026, 11, 20))
    assert Action.objects.get(pk=act.pk).status == "on_track"
    entry = AuditEntry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.verb, entry.subject) == ("milestone.reached", audit.key(act)), "it shows in the action's history"


def test_an_update_says_something_and_ticks_what_was_reached(act: Action, lead: User) -> None:
    for nothing in ({}, {"nothing_changed": True, "done": "But this did"}):
        with pytest.raises(Refused):
            add_update(act, by=lead, **nothing)  # type: ignore[arg-type]  # as a form would give it
    first = act.milestones.first()
    assert first is not None
    update = add_update(act, by=lead, done=" Opened ", reached=[first], on=date(2026, 11, 20))
    assert (update.done, update.reported_by, update.on) == ("Opened", lead.name, date(2026, 11, 20))
    first.refresh_from_db()
    assert first.reached_on == date(2026, 11, 20)


def test_an_update_ticks_no_milestone_of_another_action(edition: Edition, act: Action, lead: User) -> None:
    other = make.make_action(edition, "1.1.2", milestones=1)
    with pytest.raises(Refused) as refused:
        add_update(act, by=lead, done="x", reached=list(other.milestones.all()))
    assert refused.value.code == "other_action"
    assert Update.objects.count() == 0


@pytest.mark.long
@pytest.mark.parametrize(("given", "kept"), [("usd", "USD"), (" EUR ", "EUR"), ("PRD", "PRD")])
def test_a_known_currency_is_taken_and_the_countrys_own(act: Action, secretariat: User, given: str, kept: str) -> None:
    line = money.add_budget_line(act, by=secretariat, amount=Decimal(10), currency=given, fiscal_year=2026)
    assert line.currency == kept


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("currency", ["", "DOLLARS", "XXZ", "$"])
def test_an_unknown_currency_is_refused_with_a_sentence(act: Action, secretariat: User, currency: str) -> None:
    with pytest.raises(Refused) as refused:
        money.add_budget_line(act, by=secretariat, amount=Decimal(10), currency=currency, fiscal_year=2026)
    assert refused.value.fields == {
        "currency": f"“{currency}” is not a currency. Use a code of three letters, for example USD or EUR."
    }
    assert BudgetLine.objects.count() == 0


def test_money_is_not_negative_and_its_year_can_be_meant(act: Action, secretariat: User) -> None:
    for facts in ({"amount": Decimal(-1), "fiscal_year": 2026}, {"amount": Decimal(1), "fiscal_year": 26}):
        with pytest.raises(Refused):
            money.add_budget_line(act, by=secretariat, currency="USD", **facts)  # type: ignore[arg-type]  # bad on purpose


def test_a_high_risk_puts_what_is_due_soon_at_risk(edition: Edition, csirt: Organisation, lead: User) -> None:
    act = make.make_action(edition, "1.1.5", lead=csirt, due_on=date(2026, 12, 10))
    risk = risks.add_risk(act, by=lead, title="No operator", likelihood=4, impact=4)
    assert Action.objects.get(pk=act.pk).status_rule == "due_soon_with_risk"
    risks.close_risk(risk, by=lead)
    assert Action.objects.get(pk=act.pk).status == "on_track"
    with pytest.raises(Refused):
        risks.update_risk(Risk.objects.get(), by=lead, likelihood=6)


def test_a_lead_of_another_body_and_an_observer_say_nothing_here(act: Action, other_lead: User, observer: User) -> None:
    milestone = act.milestones.first()
    assert milestone is not None
    for user in (other_lead, observer):
        for refusal in (
            lambda user=user: add_update(act, by=user, done="x"),
            lambda user=user: milestones.reach_milestone(milestone, by=user),
            lambda user=user: risks.add_risk(act, by=user, title="x", likelihood=1, impact=1),
        ):
            with pytest.raises(NotAllowed):
                refusal()


def test_the_same_update_sent_twice_is_one(act: Action, lead: User) -> None:
    """A double click: an update is public at once and can never be changed."""
    first = add_update(act, by=lead, done="Form drafted")
    assert add_update(act, by=lead, done=" Form drafted ").pk == first.pk
    add_update(act, by=lead, done="Form sent")
    assert add_update(act, by=lead, done="Form drafted").pk != first.pk  # said again later, it is said again
    assert Update.objects.count() == 3
    assert AuditEntry.objects.filter(verb="update.added").count() == 3
