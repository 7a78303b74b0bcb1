"""A small public plan with things beside it that the public may not know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.indicators.actions import freeze_reading, take_due_readings
from floreo.organisations.models import Contact, FormerName, Network, Organisation, OrganisationRole, Place
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.models import (
    Action,
    BudgetLine,
    Edition,
    Event,
    Milestone,
    Objective,
    Pillar,
    Risk,
    StatedTarget,
    Update,
)
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation, make_person
from tests.indicators.making import aim, enter, make_indicator

SECRET = "Kept inside the house"


def _register() -> Organisation:
    body = make_organisation("csirt", short_name="CSIRT", internal_notes=SECRET, role_text="Answers incidents")
    make_organisation("hidden", name=SECRET, is_public=False)
    FormerName.objects.create(organisation=body, name="Old name", ends_on=date(2020, 1, 1))
    OrganisationRole.objects.create(
        organisation=body, code="coordinates", title="Coordinates", starts_on=date(2025, 1, 1)
    )
    Contact.objects.create(organisation=body, purpose="abuse", email="secret@example.org")
    Network.objects.create(asn=64500, name="Public net", holder=body, prefixes=["192.0.2.0/24"])
    Network.objects.create(asn=64501, name=SECRET, is_public=False)
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    Place.objects.create(code="XP-N", name="North", kind="district", shape=shape, population=1000)
    Place.objects.create(code="town", name="Town", kind="town")
    return body


def _plan(body: Organisation) -> Edition:
    edition = make_edition()
    Edition.objects.filter(pk=edition.pk).update(is_public=True, internal_notes=SECRET)
    Pillar.objects.update(internal_notes=SECRET)
    Objective.objects.update(internal_notes=SECRET)
    act = make_action(edition, "1.1.1", lead=body, milestones=2)
    late = make_action(edition, "1.1.2", due_on=date(2026, 11, 4))
    hidden = make_action(edition, "1.1.3", milestones=1)
    Action.objects.filter(pk=act.pk).update(
        internal_notes=SECRET, person=make_person("ana", body, email="ana@example.org")
    )
    Action.objects.filter(pk=hidden.pk).update(is_public=False, title=SECRET)
    Milestone.objects.filter(action=hidden).update(title=SECRET)
    for each, is_public in ((act, True), (late, False), (hidden, True)):
        text = "Said aloud" if each == act else SECRET
        Update.objects.create(action=each, on=TODAY, reported_by="Ana", done=text, is_public=is_public)
        Risk.objects.create(action=each, title=text, likelihood=2, impact=2, noted_on=TODAY, is_public=is_public)
        BudgetLine.objects.create(
            action=each, amount=100, currency="PRD", fiscal_year=2026, note="" if each != hidden else SECRET
        )
    Event.objects.create(edition=edition, code="law", title="Law passed", on=date(2026, 5, 1))
    Event.objects.create(edition=edition, code="inner", title=SECRET, is_public=False)
    StatedTarget.objects.create(edition=edition, title="30 trained", number=30, unit="people")
    draft = make_edition("2029-2032")
    Edition.objects.filter(pk=draft.pk).update(title=SECRET, follows=edition)
    make_action(draft, "1.1.9")
    return edition


def _figures(edition: Edition, body: Organisation) -> None:
    entered = aim(make_indicator("reports-in-time", answers_for=body), baseline=54, baseline_on=date(2024, 12, 31))
    enter(entered, 77, "2026-2")
    freeze_reading(enter(entered, 81, numerator=47, denominator=58), by=SYSTEM)
    make_indicator("holding", measure="share_actions_on_track", edition=edition)
    enter(make_indicator("people-few", unit="people", about_people=True), 3)
    enter(make_indicator("secret-figure", title=SECRET, is_public=False), 5)
    take_due_readings(by=SYSTEM)


@pytest.fixture
def small_country(db: None) -> Iterator[Edition]:
    cache.clear()
    make_country()
    with clock.pinned_day(day=TODAY):
        body = _register()
        edition = _plan(body)
        _figures(edition, body)
        refresh_statuses(by=SYSTEM, always=True)
        yield edition


@pytest.fixture
def api(small_country: Edition) -> Client:
    return Client()
