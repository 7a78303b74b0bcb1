"""Addresses that open something by themselves: declared once, hidden in logs, shown to nobody."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from floreo.core.private_routes import KEY_NAMES, PRIVATE_ROUTES, headers_of
from tests.contracts.test_urls import filled, routes

ROUTES = {re.sub(r"^en/", "", route) for route, _pattern in routes(get_resolver())}
# Names that a key goes by in routes, here and in libraries.
_NAMES = KEY_NAMES | {"uidb36", "uidb64", "secret", "signature", "word", "code_word", "link"}


def names_in(route: str) -> set[str]:
    return set(re.findall(r"<(?:\w+:)?(\w+)>", route))


# In the API a key is a record's code; the workspace asks who one is, whatever the address (test_urls).
ELSEWHERE = ("api/", "workspace/")
KEYED = sorted(r for r in ROUTES if names_in(r) & _NAMES and not r.startswith(ELSEWHERE))


def test_every_route_with_a_key_is_declared_and_nothing_else() -> None:
    declared = {route.path for route in PRIVATE_ROUTES}
    found = {next((path for path in declared if filled(r).startswith(f"/{path}/")), r) for r in KEYED}
    assert found == declared
    assert all(names_in(r) & KEY_NAMES for r in KEYED)


@pytest.mark.guards("private links are kept nowhere")
@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/es"])
def test_what_stands_there_is_told_to_nobody_and_kept_nowhere(language: str) -> None:
    for route in KEYED:
        address = language + filled(route).replace("1.ics", "1-1~1.ics")  # the other is a public calendar
        headers = Client().get(address).headers
        assert headers["Referrer-Policy"] in {"no-referrer", "strict-origin"}, address  # neither gives the address
        assert headers["Cache-Control"] == "no-store", address
        assert headers["X-Robots-Tag"] == "noindex, nofollow", address


def test_a_language_of_three_letters_hides_them_too() -> None:
    assert headers_of("/pap/answer/1-1~x/") == headers_of("/answer/1-1~x/") != {}


@pytest.mark.django_db
def test_a_key_that_was_copied_wrong_is_told_to_nobody_either() -> None:
    assert Client().get("/answer/17-1~SECRET/more/").headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.usefixtures("isla")
def test_public_addresses_beside_them_may_be_found() -> None:
    assert "X-Robots-Tag" not in Client().get("/calendar/2025-2028.ics").headers
    assert headers_of("/strategy/") == {}
