"""Default deny: every address refuses a visitor unless it is listed here as public, and every answer wears its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.conftest import ROOT

# What a visitor may open, by the beginning of its route (after the language). Everything else asks who you are.
PUBLIC = [
    r"$",
    r"strategy/",
    r"indicators/",
    r"embed/",
    r"changes/",
    r"branding/",
    r"sitemap",
    r"organisations/",
    r"districts",
    r"observatory/",
    r"data/",
    r"about/",
    r"accessibility/",
    r"privacy/",
    r"report/",
    r"notices/",
    r"help/",
    r"reports/",
    r"answer/",
    r"findings/",
    r"calendar/",
    r"evidence/",
    r"search/",
    r"publications/",
    r"laws/",
    r"advisories/",
    r"certificates/",
    r"\.well-known/did\.json",
    r"capacity/",
    r"consultations/",
    r"learn/",
    r"campaigns/",
    r"quiz/",
    r"self-check/",
    r"spot-a-phish/",
    r"comment/",
    r"training/",
    r"exercises/",
    r"exercise/",
    r"courses/",
    r"register/(link|entry)/",
    r"contacts/(confirm|drill)/",
    r"committee/(vote|dates)/",
    r"workforce/",
    r"initiatives/",
    r"competitions/",
    r"surveys?/",
    r"assessment/",
    r"frameworks/",
    r"outreach/",
    r"services/",
    r"obligations/",
    r"notify/",
    r"ambassador/",  # by the personal link
    r"offline-worker\.js",
    r"robots\.txt",
    r"\.well-known/security\.txt",
    r"\.well-known/csaf/",
    r"health/",
    r"ready/",  # to this machine, and to whoever has the token; to others it is none
    r"metrics",  # with the token
    r"api/",
    r"scim/",  # with a token: anybody else gets 401
    r"welcome/",
    r"account/invitation/",
    r"account/login/",
    r"account/password/reset",
    r"account/2fa/authenticate",
    r"account/2fa/webauthn/login",
    r"account/logout/",
    r"account/inactive/",
    r"account/signup/",
    r"account/confirm-email",
    r"account/oidc/",
    r"account/3rdparty/",
    r"account/login/code",
    r"account/2fa/trust",
    r"account/2fa/webauthn/signup",
    r"account/social/login",
    r"account/social/signup",
    r"account/reauthenticate/",
    r"account/2fa/reauthenticate",
]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        else:
            yield route, each


def filled(route: str) -> str:
    """An address for a route, its parts filled with plausible words."""
    route = re.sub(r"<(?:int|slug|str|path|uuid):?\w*>|<\w+>", "1", route)
    route = (
        re.sub(r"\(\?P<\w+>[^)]*\)", "1", route)
        .replace("^", "")
        .replace("\\Z", "")
        .replace("$", "")
        .replace("\\.", ".")
    )
    return "/" + re.sub(r"^en/", "", route)


ALL = sorted({route for route, _pattern in routes(get_resolver())})
PRIVATE = [r for r in ALL if not any(re.match(p, filled(r).lstrip("/")) for p in PUBLIC)]


def test_there_is_something_to_guard() -> None:
    assert len(PRIVATE) > 40
    assert all(filled(r).startswith(("/workspace/", "/account/")) for r in PRIVATE), [
        r for r in PRIVATE if not filled(r).startswith(("/workspace/", "/account/"))
    ]


@pytest.mark.guards("each address refuses a stranger unless it is listed as public")
@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in(method: str) -> None:
    for address in map(filled, PRIVATE):
        response = getattr(Client(), method)(address)
        assert response.status_code in {302, 403, 404, 405}, f"{method} {address} gave {response.status_code}"
        if response.status_code == 302:
            to = response["Location"]
            assert "/account/login/" in to or to == "/", f"{method} {address} leads to {to}"


@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("address", ["/", "/workspace/", "/no-such-page/", "/api/v1/openapi.json", "/account/login/"])
def test_every_answer_wears_its_headers(address: str) -> None:
    headers = Client().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.usefixtures("isla")
def test_pages_of_signed_in_people_are_never_kept_by_a_shared_cache(secretariat: object, browser_of: object) -> None:
    response = browser_of(secretariat).get("/workspace/")  # type: ignore[operator]  # fixtures of tests/conftest.py
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("host", ["evil.example", "localhost:8000@evil.example", "localhost,evil.example", "a b"])
def test_a_name_that_is_not_ours_is_answered_in_a_sentence(host: str) -> None:
    client = Client(raise_request_exception=False)
    for address in ("/", "/reports/", "/answer/1-1~x/", "/workspace/", "/no-such-page/"):
        response = client.get(address, headers={"host": host})
        assert (address, response.status_code) == (address, 400)
        assert "evil" not in response.content.decode()


# With what the service of a sign-in answered, once: to ask for its head alone would spend it.
GET_ALONE = {"floreo/organisations/outside_views.py"}


def test_what_may_be_read_answers_for_its_head_too() -> None:
    """A link checker and a program that downloads ask so (RFC 9110, section 9.3.2); `require_GET` would refuse them."""
    found = {
        str(p.relative_to(ROOT)) for p in (ROOT / "floreo").rglob("*.py") if "@require_GET" in p.read_text("utf-8")
    }
    assert found == GET_ALONE


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_a_file_answers_for_its_head(secretariat: object, browser_of: object) -> None:
    browser = browser_of(secretariat)  # type: ignore[operator]  # fixtures of tests/conftest.py
    for address in ("/workspace/translations/texts-es.po", "/workspace/catalogue/template-es.csv"):
        head, whole = browser.head(address), browser.get(address)
        assert (head.status_code, whole.status_code) == (200, 200), address
        assert head.headers["Content-Type"] == whole.headers["Content-Type"]
        assert b"".join(head) == b""
