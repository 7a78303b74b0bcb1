"""Requests are made here as the web server makes them, and before the site are people of several roles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from floreo.config.wsgi import application
from floreo.organisations.models import Country, Organisation, User
from tests.api.conftest import small_country
from tests.fuzz.site import Site, addresses, sessions_of

__all__ = ["small_country"]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that begin with every address there is run in one process, which looks for the public ones once."""
    for item in items:
        if item.path.parent == HERE and "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("every address"))


@pytest.fixture(autouse=True)
def requests_as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's test client makes requests of Django's own class."""
    monkeypatch.setattr("django.test.client.WSGIRequest", application.request_class)


@pytest.fixture
def site(isla: Country, user_with: Callable[..., User]) -> Site:
    body = Organisation.objects.filter(is_public=True, merged_into=None).order_by("pk")[0]
    users = [
        user_with(role, organisation=body if role == "operator" else None)
        for role in ("operator", "secretariat", "administrator")
    ]
    return Site(addresses(isla, users[-1]), sessions_of(users))
