"""Signing in through a service that nobody here wrote (oidc-provider-mock), on loopback, to its end: the whole exchange, and what goes wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.test import Client
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread

from floreo.organisations.models import User
from tests.e2e.conftest import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
BEGIN = "/account/oidc/oidc/login/"


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """Its address. It knows five people by their claims."""
    people = [
        Person(sub="invited", claims={"email": "secretariat@example.org", "email_verified": True}),
        Person(sub="unverified", claims={"email": "secretariat@example.org", "email_verified": False}),
        Person(sub="silent", claims={"email": "secretariat@example.org"}),
        Person(sub="stranger", claims={"email": "stranger@example.org", "email_verified": True}),
        Person(sub="other", claims={"email": "observer@example.org", "email_verified": True}),
    ]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def set_up(settings: Any) -> Callable[..., None]:
    def use(address: str, *, trusts: bool = False) -> None:
        app = {
            "provider_id": "oidc",
            "name": "Ministry login",
            "client_id": "floreo",
            "secret": "a secret",
            "settings": {"server_url": address, "verified_email": trusts},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}

    return use


@pytest.fixture
def ministry(service: str, set_up: Callable[..., None]) -> str:
    set_up(service)
    return service


@pytest.fixture
def person(user_with: Callable[..., User]) -> User:
    return user_with("secretariat", email="secretariat@example.org")


def leave(client: Client, language: str = "") -> str:
    """Presses the button. The address to which the page goes on by itself."""
    page = client.post(f"{language}{BEGIN}")
    assert page.status_code == 200
    (address,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    return html.unescape(address)


def answered(address: str, **given: str) -> str:
    """What the service answers to that person: path and query on this site."""
    back = requests.post(address, data=given, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.long
def test_who_was_invited_is_signed_in_and_comes_back_by_the_same_identity(ministry: str, person: User) -> None:
    client = Client()
    address = leave(client)
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(ministry)
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    answer = client.get(answered(address, sub="invited"))
    assert (answer.status_code, is_signed_in(client)) == (302, True)
    assert SocialAccount.objects.get().uid == "invited"
    # Another address in the directory, the same person: known by what ties them, not by the address.
    User.objects.filter(pk=person.pk).update(email="renamed@example.org")
    again = Client()
    again.get(answered(leave(again), sub="invited"))
    assert is_signed_in(again)


def test_a_form_is_answered_with_a_page_of_ours_and_never_with_the_way_out(ministry: str) -> None:
    """Chromium holds redirects after a form to `form-action`, which names this site alone."""
    page = Client().post(BEGIN)
    assert (page.status_code, "Location" in page.headers) == (200, False)
    assert "form-action &#x27;self&#x27;" in html.escape(page.headers["Content-Security-Policy"])
    assert "no-store" in page.headers["Cache-Control"]
    assert "Ministry login" in page.content.decode()


def test_to_look_at_the_button_begins_nothing(ministry: str) -> None:
    client = Client()
    page = client.get(BEGIN)
    assert (page.status_code, Session.objects.count()) == (200, 0)
    assert "http-equiv" not in page.content.decode()


def test_another_site_cannot_begin_it(ministry: str) -> None:
    assert Client(enforce_csrf_checks=True).post(BEGIN).status_code == 403


@pytest.mark.long
@pytest.mark.parametrize("who", ["stranger", "unverified", "silent"])
def test_who_was_not_invited_or_is_not_verified_stays_outside(ministry: str, person: User, who: str) -> None:
    client = Client()
    answer = client.get(answered(leave(client), sub=who))
    assert (answer.status_code, is_signed_in(client), SocialAccount.objects.count()) == (403, False, 0)


def test_a_directory_that_never_says_verified_may_be_trusted_by_a_setting(
    service: str, set_up: Callable[..., None], person: User
) -> None:
    set_up(service, trusts=True)
    client = Client()
    client.get(answered(leave(client), sub="silent"))
    assert is_signed_in(client)


@pytest.mark.long
def test_who_was_switched_off_stays_outside_also_when_the_directory_knows_them(ministry: str, person: User) -> None:
    client = Client()
    client.get(answered(leave(client), sub="invited"))
    User.objects.filter(pk=person.pk).update(is_active=False)
    late = Client()
    late.get(answered(leave(late), sub="invited"))
    assert not is_signed_in(late)


def test_an_answer_for_another_browser_or_used_before_signs_nobody_in(ministry: str, person: User) -> None:
    mine, theirs = Client(), Client()
    back = answered(leave(mine), sub="invited")
    other = theirs.get(back)  # somebody made me follow their answer
    assert ("were not signed in" in other.content.decode(), is_signed_in(theirs)) == (True, False)
    mine.get(back)
    assert is_signed_in(mine)
    mine.logout()
    mine.get(back)
    assert not is_signed_in(mine)


@pytest.mark.parametrize(("language", "words"), [("", "did not let you in"), ("/es", "no le permitió entrar")])
def test_who_presses_no_at_the_service_reads_so(ministry: str, language: str, words: str) -> None:
    client = Client()
    page = client.get(answered(leave(client, language), action="deny"), follow=True)
    assert words in page.content.decode()
    assert not is_signed_in(client)


def test_a_service_that_is_down_gets_a_sentence(set_up: Callable[..., None]) -> None:
    set_up(f"http://localhost:{free_port()}")
    page = Client().post(BEGIN)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "does not answer" in page.content.decode()


def test_a_service_that_calls_itself_otherwise_is_not_believed(
    service: str, set_up: Callable[..., None], person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its metadata and its tokens name an issuer that was not set here."""
    from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

    set_up("https://directory.example.org")
    metadata = f"{service}/.well-known/openid-configuration"
    monkeypatch.setattr(OpenIDConnectProvider, "wk_server_url", lambda _self, _address: metadata)
    client = Client()
    answer = client.get(answered(leave(client), sub="invited"))
    assert (answer.status_code, is_signed_in(client), SocialAccount.objects.count()) == (403, False, 0)


def test_the_information_of_another_person_is_not_believed(
    ministry: str, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

    def of_another(_self: Any, _token: str) -> dict[str, Any]:
        return {"sub": "other", "email": "secretariat@example.org", "email_verified": True}

    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "_fetch_user_info", of_another)
    client = Client()
    answer = client.get(answered(leave(client), sub="invited"))
    assert (answer.status_code, is_signed_in(client)) == (403, False)


def test_a_service_that_is_not_set_up_is_no_page(settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert Client().get(BEGIN).status_code == 404


@pytest.mark.first_cases(2)
@pytest.mark.parametrize("signs_in_on", ["", "/es"])
@pytest.mark.parametrize(("chosen", "lands_on"), [("en", "/workspace/"), ("es", "/es/workspace/")])
def test_the_workspace_opens_in_the_language_of_the_account_wherever_one_signed_in(
    ministry: str, person: User, signs_in_on: str, chosen: str, lands_on: str
) -> None:
    User.objects.filter(pk=person.pk).update(language=chosen)
    client = Client()
    answer = client.get(answered(leave(client, signs_in_on), sub="invited"))
    assert answer.headers["Location"] == lands_on
