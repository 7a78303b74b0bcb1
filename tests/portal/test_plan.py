"""The plan, its filters and the pages of pillars, objectives and actions."""

from __future__ import annotations

import gzip
from datetime import date, timedelta

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.organisations.models import Country
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.models import Action, Edition, LeadRole, Milestone, Objective, Participation, Pillar
from tests.portal.crawl import body, words

PLAN = "/strategy/2025-2028/"


def test_the_plan_is_a_tree_with_lead_status_and_dates(isla: Country, stranger: Client) -> None:
    text = words(body(stranger, PLAN))
    assert "23 months in: 14 of 24 actions are on schedule. Three are late and one is stalled." in text
    assert (
        "2.1.1 Open the national reporting form and line Lead: National CSIRT Late 40 days Jan 2026 to Dec 2026" in text
    )
    assert "1.1.1 Pass the Cybercrime (Amendment) Act Lead: Attorney General’s Office Done Aug 2026" in text
    assert "All 24 Late or stalled 4" in text


def test_filters_narrow_the_plan(isla: Country, stranger: Client) -> None:
    late = body(stranger, PLAN + "?show=late")
    assert late.count('class="fl-action-line"') == 4
    body_only = body(stranger, PLAN + "?organisation=national-csirt")
    assert "2.1.1" in words(body_only)
    assert "1.1.2 Train prosecutors" not in words(body_only)
    csv = body(stranger, PLAN + "?show=late&download=csv").splitlines()
    assert len(csv) == 5
    both = body(stranger, PLAN + "?show=late&organisation=national-csirt")
    assert both.count('class="fl-action-line"') == 1
    assert "No actions match." in body(stranger, PLAN + "?show=late&organisation=port-authority")


def test_nonsense_in_the_address_is_the_whole_plan(isla: Country, stranger: Client) -> None:
    assert body(stranger, PLAN + "?show=x&organisation=x&open=x").count('class="fl-action-line"') == 24


def test_editions_follow_one_another(isla: Country, stranger: Client) -> None:
    text = words(body(stranger, PLAN))
    assert "Follows National Cybersecurity Strategy 2021–2024 3 actions are carried over from it" in text
    before = words(body(stranger, "/strategy/2021-2024/"))
    assert "Followed by National Cybersecurity Strategy 2025–2028" in before
    assert "Carried over from 2.1.2" in words(body(stranger, PLAN + "actions/2.1.1/"))
    assert "Carried over to 2.1.1" in words(body(stranger, "/strategy/2021-2024/actions/2.1.2/"))


def test_an_action_says_why_it_has_its_status(isla: Country, stranger: Client) -> None:
    text = words(body(stranger, PLAN + "actions/2.1.1/"))
    assert (
        "Late by 40 days The milestone “Line answers in three minutes” was due on 15 October 2026 and has not been reached."
        " The action is due on 31 December 2026." in text
    )
    assert "since 1 Jun 2026; previously Computer Services Office" in text
    assert "Milestones 2 of 4 reached" in text
    assert "Form open to the public Reached 30 Mar 2026, 1 day early" in text
    assert "Person responsible Head of operations" in text
    assert "Period 1 Jan to 31 Dec 2026" in text
    assert "Total 180,000 106,450" in text
    assert (
        "Measured by Reports triaged within 24 hours 82 %, Q4 2026 so far, as of 24 Nov 2026, target 95 % by 31 Dec 2027"
        in text
    )


def test_who_takes_part_in_an_action_shows_another_source_than_the_action_s(isla: Country, stranger: Client) -> None:
    act = Action.objects.get(edition__code="2025-2028", code="2.1.1")
    parts = Participation.objects.filter(action=act)
    assert parts.filter(part=LeadRole.SUPPORT).exists()
    parts.update(source=act.source, source_url="https://example.org/same")
    assert "https://example.org/same" not in body(stranger, act.get_absolute_url())
    parts.update(source="A decree", source_url="https://example.org/decree", confirmed=False, doubt="A copy was read.")
    page = body(stranger, act.get_absolute_url())
    named = parts.filter(ends_on=None).count()
    assert page.count("https://example.org/decree") == page.count('title="A copy was read."') == named


def test_money_of_two_currencies_is_never_added(isla: Country, stranger: Client) -> None:
    act = Action.objects.get(edition__code="2025-2028", code="2.1.1")
    act.budget_lines.create(amount=1000, spent=1, currency="USD", fiscal_year=2026)
    text = words(body(stranger, act.get_absolute_url()))
    assert "Total 180,000 106,450" in text
    assert "Total 1,000 1" in text
    assert "Amounts in different currencies are never added together" in text


def test_a_status_set_by_hand_shows_who_why_and_what_the_rules_say(isla: Country, stranger: Client) -> None:
    act = Action.objects.get(edition__code="2025-2028", code="2.1.1")
    Action.objects.filter(pk=act.pk).update(
        override="at_risk",
        override_reason="The line opens next week.",
        override_by="A. Person",
        override_on=date(2026, 11, 2),
        status="at_risk",
        status_rule="set_by_hand",
        status_since=date(2026, 11, 2),
    )
    text = words(body(stranger, act.get_absolute_url()))
    assert (
        "A. Person set the status “At risk” by override on 2 November 2026. Reason: The line opens next week." in text
    )
    assert "Status according to the rules: Late The milestone “Line answers in three minutes” was due" in text


def test_a_lead_merged_away_points_to_its_heir(isla: Country, stranger: Client) -> None:
    act = Action.objects.get(edition__code="2025-2028", code="1.1.2")
    office = act.participations.get(part=LeadRole.LEAD).organisation.__class__.objects.get(
        code="computer-services-office"
    )
    Participation.objects.filter(action=act, part=LeadRole.LEAD).update(
        organisation=office, starts_on=None, ends_on=None
    )
    assert "Computer Services Office now part of National CSIRT" in words(body(stranger, act.get_absolute_url()))


def big_edition(number: int) -> Edition:
    """An edition with `number` actions under ten pillars."""
    edition = Edition.objects.create(
        code="big",
        title="Big",
        is_public=True,
        starts_on=date(2025, 1, 1),
        ends_on=date(2028, 12, 31),
        state="in_force",
    )
    objectives = []
    for n in range(10):
        pillar = Pillar.objects.create(edition=edition, code=str(n), title=f"Pillar {n}", position=n)
        objectives.append(Objective.objects.create(pillar=pillar, code=f"{n}.1", title=f"Objective {n}"))
    acts = Action.objects.bulk_create(
        Action(
            edition=edition,
            objective=objectives[n % 10],
            code=f"{n % 10}.1.{n}",
            title=f"Do thing number {n} well",
            starts_on=date(2025, 1, 1),
            due_on=date(2026, 1, 1) + timedelta(days=n),
            position=n,
        )
        for n in range(number)
    )
    Milestone.objects.bulk_create(Milestone(action=a, code="m", title="Half way", due_on=a.due_on) for a in acts)
    refresh_statuses(by=SYSTEM, editions=Edition.objects.filter(pk=edition.pk), always=True)
    return edition


@pytest.mark.long
def test_a_long_plan_opens_one_pillar_at_a_time(isla: Country, stranger: Client) -> None:
    address = big_edition(400).get_absolute_url()
    html = body(stranger, address)
    assert html.count('class="fl-action-line"') == 0
    assert html.count("?open=") == 10
    assert len(gzip.compress(html.encode())) < 20_000
    opened = body(stranger, address + "?open=3")
    assert opened.count('class="fl-action-line"') == 40
    assert body(stranger, address + "pillars/3/").count('class="fl-action-line"') == 40
    timeline = body(stranger, address + "timeline/")
    assert "This plan is long. Choose what to show:" in timeline
    assert "33 late, 7 stalled" in words(html)
