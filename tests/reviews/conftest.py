"""A small plan whose lead can be written to, and a review of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.organisations.models import Organisation, Person, User
from floreo.reviews.actions import open_review
from floreo.reviews.models import Review, UpdateRequest
from floreo.strategy.models import Action, Edition, EditionState, Milestone
from tests.factories import strategy as make
from tests.moments import on

REPLY = "leads@secretariat.example.org"


@pytest.fixture
def today(db: None) -> Iterator[date]:
    with on(make.TODAY):
        make.make_country()
        yield make.TODAY


@pytest.fixture
def csirt(today: date) -> Organisation:
    return make.make_organisation("csirt", "National CSIRT", email="info@csirt.example.org")


@pytest.fixture
def edition(today: date) -> Edition:
    edition = make.make_edition()
    edition.is_public, edition.state = True, EditionState.IN_FORCE
    edition.save()
    return edition


@pytest.fixture
def tomas(csirt: Organisation) -> Person:
    deputy = make.make_person("rosa-faro", csirt, email="rosa@csirt.example.org")
    return make.make_person("tomas-marea", csirt, email="tomas@csirt.example.org", deputy=deputy)


@pytest.fixture
def act(edition: Edition, csirt: Organisation, tomas: Person) -> Action:
    """Led by the CSIRT; Tomás answers for it. Two open milestones."""
    act = make.make_action(edition, lead=csirt, milestones=2)
    act.person = tomas
    act.save()
    return act


@pytest.fixture
def other_act(act: Action, edition: Edition, csirt: Organisation, tomas: Person) -> Action:
    other = make.make_action(edition, "1.1.2", lead=csirt, milestones=1)
    other.person = tomas
    other.save()
    return other


def opened(edition: Edition) -> Review:
    """Asked today about the days since October; due in ten days."""
    return open_review(
        edition,
        by=SYSTEM,
        starts_on=date(2026, 10, 1),
        ends_on=date(2026, 11, 15),
        due_on=date(2026, 12, 4),
        closes_on=date(2026, 12, 15),
    )


@pytest.fixture
def review(edition: Edition, act: Action) -> Review:
    return opened(edition)


@pytest.fixture
def update_request(review: Review) -> UpdateRequest:
    return UpdateRequest.objects.select_related("review__edition", "organisation", "person").get()


@pytest.fixture
def marlo(user_with: Callable[..., User]) -> User:
    user = user_with("secretariat", email="marlo@example.org")
    user.name = "Marlo Quill"
    user.save()
    return user


@pytest.fixture
def ines(user_with: Callable[..., User]) -> User:
    user = user_with("secretariat", email="ines@example.org")
    user.name = "Inés Farol"
    user.save()
    return user


@pytest.fixture
def phone() -> Client:
    """A browser without cookies, as strict about forgery as the real site."""
    return Client(enforce_csrf_checks=True)


def milestone(act: Action, number: int = 1) -> Milestone:
    return list(act.milestones.all())[number - 1]
