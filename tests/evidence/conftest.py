"""A small country with two bodies, a plan with one action of the first, and a disk of its own for files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from floreo.core import clock
from floreo.organisations.models import Organisation, User
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import TODAY, make_action, make_country, make_edition, make_organisation


@pytest.fixture(autouse=True)
def own_disk(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def today(db: None) -> Iterator[None]:
    make_country()
    with clock.pinned_day(day=TODAY):
        yield


@pytest.fixture
def edition(today: None) -> Edition:
    edition = make_edition()
    edition.is_public = True
    edition.save()
    return edition


@pytest.fixture
def police(today: None) -> Organisation:
    return make_organisation("police")


@pytest.fixture
def csirt(today: None) -> Organisation:
    return make_organisation("csirt")


@pytest.fixture
def act(edition: Edition, csirt: Organisation) -> Action:
    """An action that the csirt leads, with two milestones."""
    return make_action(edition, lead=csirt, milestones=2)


@pytest.fixture
def lead(csirt: Organisation, user_with: Callable[..., User]) -> User:
    """Speaks for the csirt."""
    return user_with("lead", organisation=csirt, email="lead@csirt.example")


@pytest.fixture
def other_lead(police: Organisation, user_with: Callable[..., User]) -> User:
    """Speaks for the police."""
    return user_with("lead", organisation=police, email="lead@police.example")
