"""Everything that can be internal has a rule, and search and pages keep to it where the table of who sees what says nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import reverse

from floreo.core.access import SYSTEM, Permission
from floreo.core.models import SearchEntry
from floreo.core.policy import has_rule, ruled
from floreo.core.state import chained_models
from floreo.organisations.models import Country, User
from floreo.strategy.models import Action
from tests.contracts.planted_inside import ACTION, EDITION, WORDS, plant
from tests.portal.test_leaks_of_reviews import text_of

pytestmark = pytest.mark.one_database


@pytest.fixture
def planted(isla: Country) -> Country:
    plant(by=SYSTEM)
    return isla


def test_every_kind_that_can_be_internal_has_a_rule() -> None:
    """A kind with `is_public`, or with fields that are internal, says itself who sees it: the trail and the search ask."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("floreo.") and m is not SearchEntry]
    marked = [m for m in ours if any(f.name == "is_public" for f in m._meta.concrete_fields)]
    assert [m._meta.label for m in marked if not has_rule(m)] == []
    inside = [m for m in ours if getattr(m, "internal_fields", ())]
    assert {m._meta.label for m in inside} == {
        "advisories.Advisory",
        "incidents.Case",
        "infrastructure.Service",
        "legislation.Instrument",
        "obligations.Notification",
        "outreach.Ambassador",
        "organisations.Organisation",
        "strategy.Action",
        "strategy.Edition",
        "strategy.Objective",
        "strategy.Payment",
        "strategy.Pillar",
    }
    assert [m._meta.label for m in ours if _has_notes(m) and m not in inside] == []


def _has_notes(model: type[models.Model]) -> bool:
    return any(f.name == "internal_notes" for f in model._meta.concrete_fields)


@pytest.mark.long
def test_the_lead_of_an_action_reads_what_is_internal_of_it(
    planted: Country, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    act = Action.objects.get(edition__code=EDITION, code=ACTION)
    lead = act.participations.filter(part="lead", ends_on=None)[0].organisation
    user = user_with("lead", organisation=lead, email="own@example.org")
    text = text_of(browser_of(user), act.workspace_url()).lower()
    word = WORDS[Permission.PLAN_INTERNAL]
    assert [expected for expected in (f"{word} note", f"{word} said", f"{word} risk") if expected not in text] == []
    assert WORDS[Permission.EVIDENCE_RED] not in text


@pytest.mark.guards("what has no rule is found by nobody")
def test_a_kind_that_no_rule_names_is_found_by_nobody(
    planted: Country, administrator: User, browser_of: Callable[[User], Client]
) -> None:
    for is_public in (True, False):
        SearchEntry.objects.create(
            key=f"fruit.plum:{int(is_public)}",
            kind="plum",
            title=f"Plumword {is_public}",
            address="/x/",
            is_public=is_public,
        )
    text = text_of(browser_of(administrator), f"{reverse('workspace:search')}?q=plumword")
    assert "Plumword" not in text


@pytest.mark.long
def test_every_row_of_the_trail_has_a_rule(planted: Country) -> None:
    """A row's own, or that of what it hangs on. What has none is shown to nobody, so a kind that is forgotten is missing where
    it should be read."""
    rows = [row for model in chained_models() if (row := model._default_manager.first()) is not None]
    assert len(rows) > 50
    assert [row._meta.label for row in rows if ruled(row) is None] == []
