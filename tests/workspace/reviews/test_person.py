"""A person's deputy and language in the workspace: whom the review asks next, and in which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from floreo.organisations.models import Person, User
from tests.factories.strategy import make_country, make_person


@pytest.fixture
def workspace(secretariat: User, browser_of: Callable[[User], Client]) -> Client:
    make_country()
    return browser_of(secretariat)


def facts(person: Person, **more: str) -> dict[str, str]:
    return {"name": person.name, "version": str(person.version), "is_active": "on", **more}


@pytest.mark.long
def test_a_deputy_and_a_language_are_set_and_shown(workspace: Client) -> None:
    tomas, rosa = make_person("tomas"), make_person("rosa")
    response = workspace.post(f"/workspace/people/{tomas.code}/edit/", facts(tomas, deputy=str(rosa.pk), language="es"))
    assert response.status_code == 302
    tomas.refresh_from_db()
    assert (tomas.deputy, tomas.language) == (rosa, "es")
    page = workspace.get(f"/workspace/people/{tomas.code}/").content.decode()
    assert "Rosa" in page
    assert "Spanish" in page
    assert "Deputy of" in workspace.get(f"/workspace/people/{rosa.code}/").content.decode()


@pytest.mark.long
def test_nobody_is_their_own_deputy(workspace: Client) -> None:
    tomas = make_person("tomas")
    response = workspace.post(f"/workspace/people/{tomas.code}/edit/", facts(tomas, deputy=str(tomas.pk)))
    assert response.status_code == 422


def test_a_language_that_the_site_does_not_speak_is_not_taken(workspace: Client) -> None:
    tomas = make_person("tomas")
    assert workspace.post(f"/workspace/people/{tomas.code}/edit/", facts(tomas, language="fr")).status_code == 422
