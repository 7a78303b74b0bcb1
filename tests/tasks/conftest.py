"""The small plan of tests/strategy with late actions, and people who answer for them."""

from __future__ import annotations

from datetime import date

import pytest

from floreo.core.access import SYSTEM
from floreo.organisations.models import Organisation, Person
from floreo.strategy.actions.editions import publish_edition
from floreo.strategy.actions.milestones import add_milestone
from floreo.strategy.models import Action, Edition
from tests.factories import strategy as make
from tests.strategy.conftest import country, csirt, edition, lead, other_lead, police

__all__ = ["country", "csirt", "edition", "lead", "other_lead", "police"]


@pytest.fixture
def ana(csirt: Organisation) -> Person:
    """Responsible for an action of the CSIRT; Bela acts for her."""
    deputy = make.make_person("bela", csirt, email="bela@csirt.example.org", language="es")
    return make.make_person("ana", csirt, email="ana@csirt.example.org", deputy=deputy)


@pytest.fixture
def busy(edition: Edition, csirt: Organisation, police: Organisation, ana: Person) -> Edition:
    """In force. Of the CSIRT two late actions, one of them Ana's, and a milestone next week; of the police one late."""
    publish_edition(edition, by=SYSTEM)
    for body in (csirt, police):
        body.email = "office@example.org"
        body.save()
    hers = make.make_action(edition, "1.1.1", lead=csirt, due_on=date(2026, 10, 1))
    Action.objects.filter(pk=hers.pk).update(person=ana)
    make.make_action(edition, "1.1.2", lead=csirt, due_on=date(2026, 11, 20))
    soon = make.make_action(edition, "1.1.3", lead=csirt)
    add_milestone(soon, by=SYSTEM, title="Line open", due_on=date(2026, 11, 30))
    make.make_action(edition, "1.1.4", lead=police, due_on=date(2026, 11, 1))
    Action.objects.update(confirmed=True)
    return edition
