"""A small country with an advisory, its team, and people who write and publish."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from floreo.advisories.actions.teams import add_team
from floreo.advisories.actions.writing import AdvisoryFacts, write_advisory
from floreo.advisories.models import Advisory
from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.models import Country, User
from tests.conftest import make_user
from tests.factories.strategy import TODAY, make_country

FACTS: AdvisoryFacts = {
    "title": "Marea lets strangers in",
    "summary": "Strangers get in without a password.",
    "text": "A **long** text.",
    "advice": "Update to 4.2.",
    "severity": "critical",
    "cves": ["CVE-1900-10001"],
    "cvss": [{"cve": "", "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "products": [
        {"vendor": "Marea", "product": "Mail", "versions": "< 4.2", "status": "known_affected"},
        {"vendor": "Marea", "product": "Mail", "versions": "4.2", "status": "fixed"},
    ],
    "sectors": ["water"],
    "translations": {"es": {"title": "Marea deja entrar a desconocidos"}},
}


def facts_with(**changes: Any) -> AdvisoryFacts:
    """The same advisory, but for what is given."""
    return cast(AdvisoryFacts, {**FACTS, **changes})


@pytest.fixture
def country(db: None) -> Iterator[Country]:
    with clock.pinned_day(day=TODAY):
        made = make_country()
        add_team(by=SYSTEM, is_own=True, name="National CSIRT", email="info@csirt.example")
        yield made


@pytest.fixture
def writer(country: Country) -> User:
    return make_user("responder", email="writer@example.org")


@pytest.fixture
def second(country: Country) -> User:
    return make_user("responder", email="second@example.org")


@pytest.fixture
def draft(writer: User) -> Advisory:
    return write_advisory("adv-2026-001", by=writer, **FACTS)
