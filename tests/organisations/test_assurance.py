"""Sign-in by assurance: sessions that nobody uses end, roles that write for all need a second factor, seeds lie sealed, and an
attacker locks nobody out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from floreo.config.jobs import expire
from floreo.core import clock
from floreo.core.access import ROLES, SYSTEM
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, OutboxMail
from floreo.organisations.access import Guest
from floreo.organisations.actions import locked_out_link, make_first_administrator, remove_second_factors
from floreo.organisations.breached import BreachedPasswordValidator, is_in
from floreo.organisations.models import Country, User
from floreo.organisations.seal import seal, unseal

Browser = Callable[[User], Client]
WORD = "correct horse battery"


def sign_in(client: Client, user: User, word: str = WORD) -> int:
    return client.post("/account/login/", {"login": user.email, "password": word}).status_code


@pytest.mark.usefixtures("isla")
def test_a_session_in_which_nothing_was_asked_for_ends(observer: User, stranger: Client, settings: Any) -> None:
    settings.IDLE_MINUTES = 30
    with time_machine.travel(clock.machine(), tick=False) as traveller:
        assert sign_in(stranger, observer) == 302
        for _n in range(4):
            traveller.shift(timedelta(minutes=20))
            assert stranger.get("/workspace/plan/").status_code == 200
        traveller.shift(timedelta(minutes=40))
        ended = stranger.get("/workspace/plan/?q=a")
        assert ended["Location"] == "/account/login/?next=%2Fworkspace%2Fplan%2F%3Fq%3Da"
        assert stranger.get("/workspace/plan/").status_code == 302
        assert stranger.get("/").status_code == 200


@pytest.mark.long
@pytest.mark.usefixtures("isla")
def test_a_session_ends_after_its_hours_however_busy_it_is(observer: User, stranger: Client) -> None:
    with time_machine.travel(clock.machine(), tick=False) as traveller:
        sign_in(stranger, observer)
        for _n in range(23):
            traveller.shift(timedelta(minutes=30))
            assert stranger.get("/workspace/plan/").status_code == 200
        traveller.shift(timedelta(minutes=31))
        assert stranger.get("/workspace/plan/").status_code == 302


NEED_IT = [name for name, role in ROLES.items() if role.needs_second_factor]


def test_who_runs_the_strategy_and_its_accounts_needs_a_second_factor() -> None:
    assert NEED_IT == ["administrator", "secretariat"]


@pytest.mark.long
@pytest.mark.parametrize("role", NEED_IT)
def test_after_some_days_there_is_no_way_on_without_a_second_factor(
    role: str, real_country: Country, user_with: Callable[..., User], stranger: Client
) -> None:
    user = user_with(role)
    with time_machine.travel(clock.machine(), tick=False) as traveller:
        sign_in(stranger, user)
        first = stranger.get("/workspace/").content.decode()
        assert ("Your role needs a passkey or an authenticator app" in first, "/account/2fa/" in first) == (True, True)
        traveller.shift(timedelta(days=15))
        client = Client()
        sign_in(client, user)
        assert client.get("/workspace/plan/")["Location"] == "/account/2fa/"
        assert client.post("/workspace/organisations/new/", {})["Location"] == "/account/2fa/"
        part = client.get("/workspace/plan/", headers={"HX-Request": "true"})
        assert (part["HX-Redirect"], part.content) == ("/account/2fa/", b"")
        page = client.get("/account/2fa/").content.decode()
        assert "the days to set one up are over" in page
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
        assert client.get("/workspace/plan/").status_code == 200


@pytest.mark.long
def test_who_only_reads_or_is_in_a_sample_goes_on_with_a_password(
    isla: Country, user_with: Callable[..., User], browser_of: Browser
) -> None:
    for role in ("secretariat", "observer"):
        user = user_with(role)
        user.memberships.update(created_at=clock.machine() - timedelta(days=100))
        assert "Your role needs" not in browser_of(user).get("/workspace/").content.decode()


@pytest.mark.django_db
def test_what_opens_an_account_lies_sealed(secretariat: User, settings: Any) -> None:
    totp, seed = TOTP.activate(secretariat, "JBSWY3DPEHPK3PXP"), "JBSWY3DPEHPK3PXP"
    codes = RecoveryCodes.activate(secretariat).get_unused_codes()
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert seed not in stored
    assert stored.count("sealed:") == 2
    assert unseal(totp.instance.data["secret"]) == seed
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, of whoever has the database", []
    assert not TOTP(totp.instance).validate_code("000000")
    instance = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    other = RecoveryCodes(instance).generate_codes()
    assert not set(codes) & set(other)
    assert other != RecoveryCodes(instance).generate_codes()  # a seed that nobody can know


def test_an_older_key_still_opens_what_it_sealed(settings: Any) -> None:
    sealed, old = seal("a seed"), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key, made when the old one was seen", [old]
    assert unseal(sealed) == "a seed"
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) != "a seed"


@pytest.mark.usefixtures("isla")
def test_a_stranger_who_fails_on_purpose_does_not_keep_the_owner_out(observer: User, secretariat: User) -> None:
    owner = Client(REMOTE_ADDR="192.0.2.1")
    assert sign_in(owner, observer) == 302
    owner.post("/account/logout/")
    for number in range(8):
        assert sign_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), observer, "wrong") in {200, 429}
    assert sign_in(Client(REMOTE_ADDR="203.0.113.99"), observer) != 302  # a browser that is not known has to wait
    assert sign_in(owner, observer) == 302
    other = Client(REMOTE_ADDR="192.0.2.1")
    other.cookies["known"] = owner.cookies["known"].value
    for _n in range(6):
        sign_in(other, secretariat, "wrong")
    assert sign_in(other, secretariat) != 302  # being known for one account says nothing of another


@pytest.mark.long
@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("cookie", ["x", "a:b:c", "WyJhIiwgImIiXQ:1abcde:signature"])
def test_a_made_up_browser_is_not_known(cookie: str, observer: User, settings: Any) -> None:
    for number in range(6):
        sign_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), observer, "wrong")
    client = Client(REMOTE_ADDR="203.0.113.99")
    client.cookies[settings.KNOWN_BROWSER_COOKIE] = cookie
    assert sign_in(client, observer) != 302


@pytest.mark.django_db
def test_counters_that_ran_out_make_room() -> None:
    at = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_cache")
        for name, hours in (("old", -1), ("new", 1)):
            row = [name, "x", at(clock.now() + timedelta(hours=hours))]
            cursor.execute("INSERT INTO core_cache (cache_key, value, expires) VALUES (%s, %s, %s)", row)
        expire()
        cursor.execute("SELECT cache_key FROM core_cache")
        assert cursor.fetchall() == [("new",)]


@pytest.fixture
def breached(tmp_path: Path) -> Path:
    """In the form of Have I Been Pwned: ordered by hash, with a count and CRLF."""
    words = [f"password number {n}" for n in range(500)]
    hashes = sorted(hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in words)
    path = tmp_path / "hashes.txt"
    path.write_text("".join(f"{each}:{len(each)}\r\n" for each in hashes), newline="")
    return path


def test_every_password_of_the_file_is_found_and_no_other(breached: Path) -> None:
    assert [n for n in range(500) if not is_in(breached, f"password number {n}")] == []
    assert [n for n in range(500, 1000) if is_in(breached, f"password number {n}")] == []
    breached.write_text("")
    assert not is_in(breached, "password number 1")


def test_a_breached_password_is_refused_with_a_sentence(breached: Path, settings: Any) -> None:
    settings.BREACHED_PASSWORDS = str(breached)
    with pytest.raises(ValidationError, match="published in a data breach"):
        BreachedPasswordValidator().validate("password number 7")
    BreachedPasswordValidator().validate("one that nobody thought of")
    for nothing in ("", str(breached.parent / "away")):
        settings.BREACHED_PASSWORDS = nothing
        BreachedPasswordValidator().validate("password number 7")


@pytest.mark.usefixtures("isla")
def test_who_lost_the_device_gets_in_again_by_an_administrator_who_is_recorded(
    administrator: User, secretariat: User, browser_of: Browser
) -> None:
    TOTP.activate(secretariat, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(secretariat)
    theirs = browser_of(secretariat)
    assert theirs.get("/workspace/").status_code == 200
    client, address = browser_of(administrator), f"/workspace/accounts/{secretariat.pk}/factors/"
    assert address in client.get(f"/workspace/accounts/{secretariat.pk}/").content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "called back at the ministry"}).status_code == 302
    assert Authenticator.objects.count() == 0
    entry = AuditEntry.objects.latest("number")
    assert (entry.verb, entry.detail["removed"], entry.detail["reason"]) == (
        "account.factors_removed",
        ["recovery_codes", "totp"],
        "called back at the ministry",
    )
    letter = OutboxMail.objects.get(kind="account.factors_removed")
    assert (letter.to, "notify the secretariat at once" in letter.text) == (secretariat.email, True)
    assert sign_in(Client(), secretariat) == 302
    assert address not in client.get(f"/workspace/accounts/{secretariat.pk}/").content.decode()


@pytest.mark.django_db
def test_nobody_removes_their_own_or_those_of_somebody_above(administrator: User, secretariat: User) -> None:
    TOTP.activate(administrator, "JBSWY3DPEHPK3PXP")
    for by in (administrator, secretariat):
        with pytest.raises(NotAllowed):
            remove_second_factors(administrator, by=by, reason="a")
    with pytest.raises(Refused):
        remove_second_factors(secretariat, by=administrator, reason="a")
    assert Authenticator.objects.count() == 1


@pytest.mark.django_db
def test_whoever_holds_the_server_lets_a_locked_out_administrator_in(administrator: User) -> None:
    TOTP.activate(administrator, "JBSWY3DPEHPK3PXP")
    token = locked_out_link(by=SYSTEM).rstrip("/").rsplit("/", 1)[-1]
    make_first_administrator(token, by=Guest("Test"), email=administrator.email, password="another horse battery")
    assert Authenticator.objects.count() == 0


@pytest.mark.long
def test_where_somebody_is_signed_in_is_noted_once_a_minute_and_at_once_where_it_changes(
    secretariat: User, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    browser.get("/workspace/", headers={"user-agent": "One"})
    seen = UserSession.objects.get(user=secretariat)
    browser.get("/workspace/", headers={"user-agent": "One"})
    assert UserSession.objects.get(user=secretariat).last_seen_at == seen.last_seen_at
    caches["process"].clear()  # a minute later
    browser.get("/workspace/", headers={"user-agent": "One"})
    later = UserSession.objects.get(user=secretariat)
    browser.get("/workspace/", headers={"user-agent": "Another"})
    changed = UserSession.objects.get(user=secretariat)
    assert seen.last_seen_at < later.last_seen_at < changed.last_seen_at
    assert (seen.user_agent, changed.user_agent) == ("One", "Another")
