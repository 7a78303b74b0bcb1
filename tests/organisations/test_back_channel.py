"""The directory signs somebody out: a sound logout token ends the sessions of that person; any other ends none, and says why."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from allauth.account.signals import user_logged_in
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client, RequestFactory

from floreo.core.models import AuditEntry
from floreo.organisations.back_channel import SID, remember_session
from floreo.organisations.models import User
from tests.organisations.directory import EVENT, Directory, directory

pytestmark = pytest.mark.django_db
HERE = "/account/oidc/oidc/back-channel-logout/"


@pytest.fixture(scope="module")
def started() -> Iterator[Directory]:
    with directory() as made:
        yield made


@pytest.fixture
def service(started: Directory, settings: Any) -> Directory:
    app = {
        "provider_id": "oidc",
        "name": "Ministry login",
        "client_id": "floreo",
        "secret": "a secret",
        "settings": {"server_url": started.issuer},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
    caches["process"].clear()
    started.asked.clear()
    return started


@pytest.fixture
def ana(secretariat: User) -> User:
    SocialAccount.objects.create(user=secretariat, provider="oidc", uid="ana")
    return secretariat


@pytest.fixture
def others(user_with: Callable[..., User]) -> User:
    other = user_with("observer", email="other@example.org")
    SocialAccount.objects.create(user=other, provider="oidc", uid="other")
    return other


def signed_in(user: User, *, sid: str = "") -> Client:
    client = Client()
    client.force_login(user)
    if sid:
        session = client.session
        session[SID] = sid
        session.save()
    client.get("/about/")  # the session is noted
    return client


def is_signed_in(client: Client) -> bool:
    return Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()


def sent(token: str, address: str = HERE) -> Any:
    return Client().post(address, urlencode({"logout_token": token}), content_type="application/x-www-form-urlencoded")


def test_all_sessions_of_the_person_end_at_once_and_nobody_elses(service: Directory, ana: User, others: User) -> None:
    mine, second, theirs = signed_in(ana), signed_in(ana), signed_in(others)
    answer = sent(service.token())
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Cache-Control"].startswith("no-store")
    assert [is_signed_in(each) for each in (mine, second, theirs)] == [False, False, True]
    assert UserSession.objects.filter(user=ana).count() == 0
    entry = AuditEntry.objects.order_by("-number")[0]
    assert (entry.verb, entry.detail["sessions"]) == ("account.signed_out", 2)


def test_a_session_alone_may_be_named(service: Directory, ana: User, others: User) -> None:
    mine, theirs = signed_in(ana, sid="s-1"), signed_in(others, sid="s-2")
    assert sent(service.token(sub=None, sid="s-2")).status_code == 200
    assert [is_signed_in(each) for each in (mine, theirs)] == [True, False]


def test_a_person_whom_nobody_knows_here_is_no_error(service: Directory, ana: User) -> None:
    mine = signed_in(ana)
    assert sent(service.token(sub="somebody")).status_code == 200
    assert is_signed_in(mine)


def _of_another_key(service: Directory) -> str:
    return service.token(key=rsa.generate_private_key(65537, 2048))


def _base64(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def _with_public_key_as_secret(service: Directory) -> str:
    public = service.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [{"alg": "HS256", "kid": service.number}, service.claims()]
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.new(public, signed.encode(), hashlib.sha256).digest())}"


def _unsigned(service: Directory) -> str:
    return jwt.encode(service.claims(), "", algorithm="none", headers={"kid": service.number})


def _tampered(service: Directory) -> str:
    head, _body, tail = service.token().split(".")
    return ".".join([head, service.token(sub="other").split(".")[1], tail])


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_of_another_key, "does not hold"),
        (_with_public_key_as_secret, "not signed with a key of the directory"),
        (_unsigned, "not signed with a key of the directory"),
        (_tampered, "does not hold"),
        (lambda s: s.token(number="key-9"), "no key of this number"),
        (lambda s: s.token(iss="https://elsewhere.example.org"), "of another directory"),
        (lambda s: s.token(iss=None), "of another directory"),
        (lambda s: s.token(aud="another"), "meant for another program"),
        (lambda s: s.token(aud=None), "meant for another program"),
        (lambda s: s.token(iat=int(time.time()) - 3600), "too old"),
        (lambda s: s.token(iat=int(time.time()) + 3600), "too old, or of a moment that is to come"),
        (lambda s: s.token(exp=int(time.time()) - 3600), "it is over"),
        (lambda s: s.token(events=None), "does not say that it signs somebody out"),
        (lambda s: s.token(events={EVENT: None}), "does not say that it signs somebody out"),
        (lambda s: s.token(events=[EVENT]), "does not say that it signs somebody out"),
        (lambda s: s.token(nonce="n"), "has no nonce"),
        (lambda s: s.token(sub=None), "does not say who"),
        (lambda s: s.token(jti=None), "does not hold"),
        (lambda s: s.token(sub=["ana"]), "does not hold|does not say who"),
        (lambda s: "no token", "no logout token"),
        (lambda s: "", "no logout token"),
        (lambda s: "a.b.c", "no logout token"),
        (lambda s: "x" * 20_000, "too large"),
    ],
)
def test_any_other_token_ends_nothing_and_says_why(
    make: Callable[[Directory], str], words: str, service: Directory, ana: User
) -> None:
    mine = signed_in(ana)
    answer = sent(make(service))
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert any(each in answer.json()["error_description"] for each in words.split("|"))
    assert is_signed_in(mine)


def test_a_token_counts_once(service: Directory, ana: User) -> None:
    token = service.token()
    assert sent(token).status_code == 200
    mine = signed_in(ana)
    again = sent(token)
    assert (again.status_code, again.json()["error_description"]) == (400, "This logout token was used before.")
    assert is_signed_in(mine)


def test_for_what_a_token_of_a_stranger_says_no_key_is_asked_for(service: Directory) -> None:
    """A visitor cannot make this site ask the directory, call after call."""
    for token in (service.token(iss="https://x.example.org"), service.token(aud="x"), _unsigned(service)):
        sent(token)
    assert service.asked == []
    for _turn in range(5):
        sent(service.token(number="unknown"))
    assert service.asked.count("/keys") <= 2


def test_a_key_that_the_directory_took_into_use_is_found(service: Directory, ana: User) -> None:
    sent(service.token())
    before, service.number = service.number, "key-2"
    try:
        assert sent(service.token()).status_code == 200
    finally:
        service.number = before


def test_a_directory_that_is_away_is_asked_again_later(service: Directory, settings: Any) -> None:
    token = service.token(iss="http://127.0.0.1:9")
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    apps[0]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = sent(token)
    assert (answer.status_code, answer.json()["error"], answer.headers["Retry-After"]) == (503, "server_error", "60")


def test_only_a_form_that_is_posted(service: Directory) -> None:
    assert Client().get(HERE).status_code == 405
    answer = Client().post(HERE, {"logout_token": service.token()}, content_type="application/json")
    assert answer.json()["error_description"] == "Send the logout token as a form field named logout_token."
    assert sent("x", HERE.replace("/oidc/back", "/none/back")).status_code == 404


def test_a_session_that_came_from_the_directory_remembers_its_number(service: Directory, ana: User) -> None:
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), ana
    account = SocialAccount(provider="oidc", uid="ana", extra_data={"id_token": {"sid": "s-7"}})
    remember_session(request=request, sociallogin=SocialLogin(user=ana, account=account))
    assert request.session[SID] == "s-7"
    assert any(receiver[1]() is remember_session for receiver in user_logged_in.receivers)
