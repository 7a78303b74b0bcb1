"""Accounts: the first administrator's link, invitations, roles; and that nobody gets more than they may give."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from floreo.core import clock, links
from floreo.core.access import SYSTEM
from floreo.core.delivery import deliver_due
from floreo.core.errors import NotAllowed, Refused
from floreo.core.models import AuditEntry, OneTimeLink
from floreo.organisations.access import Guest
from floreo.organisations.actions import (
    accept_invitation,
    activate_account,
    deactivate_account,
    first_admin_link,
    give_role,
    invite,
    locked_out_link,
    make_first_administrator,
    resend_invitation,
    set_person,
    take_role,
    update_own_account,
    withdraw_invitation,
)
from floreo.organisations.models import Invitation, Membership, User
from tests.factories import organisations as make

WORD = "a long word for a test"
pytestmark = pytest.mark.django_db


def token_in(address: str | None) -> str:
    assert address
    return address.rstrip("/").rsplit("/", 1)[-1]


def mailed_token() -> str:
    deliver_due()
    found = re.search(r"/account/invitation/([^/]+)/", str(mail.outbox[-1].body))
    assert found
    return found[1]


# The first administrator


def test_the_link_makes_one_administrator_and_works_once() -> None:
    token = token_in(first_admin_link(by=SYSTEM))
    user = make_first_administrator(token, by=Guest("Ada"), email="Ada@Example.org", password=WORD)
    assert (user.email, user.name, list(user.grants())) == ("ada@example.org", "Ada", [("administrator", None)])
    assert user.check_password(WORD)
    assert first_admin_link(by=SYSTEM) is None
    with pytest.raises(Refused, match="This link has already been used"):
        make_first_administrator(token, by=Guest("Eve"), email="eve@example.org", password=WORD)


def test_a_newer_link_ends_the_older_one() -> None:
    old, new = token_in(first_admin_link(by=SYSTEM)), token_in(first_admin_link(by=SYSTEM))
    with pytest.raises(Refused, match="do not recognise"):
        make_first_administrator(old, by=Guest("Ada"), email="ada@example.org")
    assert make_first_administrator(new, by=Guest("Ada"), email="ada@example.org").has_usable_password() is False


def test_the_link_expires_after_a_day() -> None:
    token = token_in(first_admin_link(by=SYSTEM))
    with time_machine.travel(clock.now() + timedelta(hours=25)), pytest.raises(Refused, match="has expired"):
        make_first_administrator(token, by=Guest("Ada"), email="ada@example.org", password=WORD)


def test_a_refusal_leaves_the_link_good() -> None:
    token = token_in(first_admin_link(by=SYSTEM))
    for email, word, field in (("nobody", WORD, "email"), ("ada@example.org", "short", "password")):
        with pytest.raises(Refused) as given:
            make_first_administrator(token, by=Guest("Ada"), email=email, password=word)
        assert field in given.value.fields
    assert not User.objects.exists()
    assert make_first_administrator(token, by=Guest("Ada"), email="ada@example.org", password=WORD)


def test_whoever_runs_the_server_gets_back_in(administrator: User) -> None:
    administrator.is_active = True
    token = token_in(locked_out_link(by=SYSTEM))
    user = make_first_administrator(token, by=Guest("Ada"), email=administrator.email, password=WORD)
    assert (user.pk, user.memberships.count()) == (administrator.pk, 1)


def test_the_welcome_page_signs_in_and_leads_to_the_passkey(stranger: Client) -> None:
    address = first_admin_link(by=SYSTEM)
    assert address
    assert stranger.get(address).status_code == 200
    bad = stranger.post(address, {"name": "Ada", "email": "no", "method": "password", "password": ""})
    assert (bad.status_code, b"Ada" in bad.content) == (422, True)
    done = stranger.post(address, {"name": "Ada", "email": "ada@example.org", "method": "passkey", "password": "typed"})
    assert (done.status_code, done.headers["Location"]) == (302, "/account/2fa/webauthn/add/")
    assert stranger.get("/account/2fa/webauthn/add/").status_code == 200
    assert User.objects.get().has_usable_password() is False
    again = Client().get(address)
    assert (again.status_code, b"has already been used" in again.content) == (422, True)


def test_strangers_may_try_links_only_so_often(stranger: Client) -> None:
    seen = [stranger.get(f"/welcome/{n}/").status_code for n in range(25)]
    assert seen[0] == 422
    assert seen[-1] == 429


# Invitations


@pytest.fixture(autouse=True)
def _mails_at_once(django_capture_on_commit_callbacks: Callable[..., object]) -> None:
    mail.outbox = []


def invited(by: User, capture: Callable[..., object], **facts: object) -> Invitation:
    with capture(execute=True):  # type: ignore[attr-defined]  # a context manager
        return invite(by=by, **({"email": "new@example.org", "role": "analyst"} | facts))  # type: ignore[arg-type]


def test_an_invited_person_gets_a_mail_and_the_role(
    secretariat: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    invited(secretariat, django_capture_on_commit_callbacks, email="New@Example.org", name="Inés")
    deliver_due()
    assert [m.to for m in mail.outbox] == [["new@example.org"]]
    user = accept_invitation(mailed_token(), by=Guest("Inés Farol"), password=WORD)
    assert (user.email, list(user.grants())) == ("new@example.org", [("analyst", None)])
    with pytest.raises(Refused, match="been used"):
        accept_invitation(mailed_token(), by=Guest("Eve"), password=WORD)


def test_an_invitation_page_tells_who_invites_to_what(
    secretariat: User, stranger: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    csirt = make.organisation("csirt", "National CSIRT")
    invited(secretariat, django_capture_on_commit_callbacks, role="lead", organisation=csirt)
    address = f"/account/invitation/{mailed_token()}/"
    page = stranger.get(address).content.decode()
    for words in ("Test secretariat", "new@example.org", "Lead", "National CSIRT"):
        assert words in page
    done = stranger.post(address, {"name": "Tomás", "method": "password", "password": WORD})
    assert done.headers["Location"] == "/workspace/"
    assert list(User.objects.get(email="new@example.org").grants()) == [("lead", csirt.pk)]


def test_a_withdrawn_or_replaced_link_is_dead(
    secretariat: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    invitation = invited(secretariat, django_capture_on_commit_callbacks)
    first = mailed_token()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        resend_invitation(invitation, by=secretariat)
    with pytest.raises(Refused):
        accept_invitation(first, by=Guest("Eve"), password=WORD)
    second = mailed_token()
    withdraw_invitation(invitation, by=secretariat)
    with pytest.raises(Refused):
        accept_invitation(second, by=Guest("Eve"), password=WORD)
    with pytest.raises(Refused, match="withdrawn"):
        resend_invitation(invitation, by=secretariat)


def test_an_invitation_lasts_three_days(
    secretariat: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    invited(secretariat, django_capture_on_commit_callbacks)
    token = mailed_token()
    with time_machine.travel(clock.now() + timedelta(hours=73)), pytest.raises(Refused, match="expired"):
        accept_invitation(token, by=Guest("Late"), password=WORD)


def test_nobody_is_invited_twice_and_no_account_either(
    secretariat: User, observer: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    invited(secretariat, django_capture_on_commit_callbacks)
    for email in ("new@example.org", observer.email.upper(), "no address"):
        with pytest.raises(Refused) as given:
            invite(by=secretariat, email=email, role="analyst")
        assert "email" in given.value.fields


def test_a_role_that_speaks_for_a_body_needs_one(secretariat: User) -> None:
    with pytest.raises(Refused) as given:
        invite(by=secretariat, email="new@example.org", role="lead")
    assert set(given.value.fields) == {"organisation"}
    with pytest.raises(Refused):
        invite(by=secretariat, email="new@example.org", role="king")


def test_an_accepted_invitation_never_opens_somebody_elses_account(
    secretariat: User, user_with: Callable[..., User], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    invited(secretariat, django_capture_on_commit_callbacks)
    meanwhile = user_with("observer", email="new@example.org")
    with pytest.raises(Refused, match="An account already uses"):
        accept_invitation(mailed_token(), by=Guest("Eve"), password=WORD)
    meanwhile.refresh_from_db()
    assert meanwhile.check_password("correct horse battery")


@pytest.mark.parametrize("role", ["lead", "analyst", "operator", "drafter", "coordinator", "observer", "auditor"])
def test_only_managers_touch_accounts(role: str, user_with: Callable[..., User]) -> None:
    by, other = user_with(role), user_with("observer", email="other@example.org")
    for do in (
        lambda: invite(by=by, email="x@example.org", role="observer"),
        lambda: give_role(other, by=by, role="administrator"),
        lambda: deactivate_account(other, by=by),
        lambda: activate_account(other, by=by),
        lambda: take_role(other.memberships.get(), by=by),
    ):
        with pytest.raises(NotAllowed):
            do()
    assert not AuditEntry.objects.exists()


# Roles


def test_nobody_gives_more_than_they_have(secretariat: User, administrator: User) -> None:
    for do in (
        lambda: give_role(secretariat, by=secretariat, role="administrator"),
        lambda: invite(by=secretariat, email="x@example.org", role="administrator"),
        lambda: deactivate_account(administrator, by=secretariat),
        lambda: take_role(administrator.memberships.get(), by=secretariat),
    ):
        with pytest.raises(NotAllowed, match="Only an administrator"):
            do()
    assert give_role(secretariat, by=administrator, role="administrator").role == "administrator"


def test_the_last_administrator_stays(administrator: User, user_with: Callable[..., User]) -> None:
    held = administrator.memberships.get()
    with pytest.raises(Refused, match="last administrator"):
        take_role(held, by=administrator)
    with pytest.raises(Refused, match="last administrator"):
        deactivate_account(administrator, by=administrator)
    second = user_with("administrator", email="second@example.org")
    deactivate_account(administrator, by=second)
    with pytest.raises(Refused, match="last administrator"):
        take_role(second.memberships.get(), by=second)


def test_who_reads_spanish_is_not_greeted_in_the_language_of_the_page_they_came_from(observer: User) -> None:
    """A message is written in the language of the page where it was made, and shown on the next."""
    User.objects.filter(pk=observer.pk).update(language="es")
    given = {"login": observer.email, "password": "correct horse battery"}
    page = Client().post("/account/login/", given, follow=True)
    assert page.redirect_chain[-1][0] == "/es/workspace/"
    assert "signed in" not in page.content.decode()


def test_a_switched_off_account_is_out_at_once(
    administrator: User, observer: User, browser_of: Callable[[User], Client]
) -> None:
    browser = Client()
    browser.post("/account/login/", {"login": observer.email, "password": "correct horse battery"})
    assert browser.get("/workspace/").status_code == 200
    deactivate_account(observer, by=administrator, reason="has left")
    assert browser.get("/workspace/").status_code == 302
    refused = Client().post("/account/login/", {"login": observer.email, "password": "correct horse battery"})
    assert refused.headers.get("Location", "/account/inactive/") != "/workspace/"
    observer.refresh_from_db()
    assert list(observer.grants()) == []
    entry = AuditEntry.objects.get(verb="account.deactivated")
    assert entry.detail["reason"] == "has left"
    assert entry.detail["changes"][0]["fields"] == {"is_active": [True, False]}
    activate_account(observer, by=administrator)
    assert (
        Client()
        .post("/account/login/", {"login": observer.email, "password": "correct horse battery"})
        .headers["Location"]
        .endswith("/workspace/")
    )


def test_a_role_is_given_once_and_taken(administrator: User, observer: User) -> None:
    give_role(observer, by=administrator, role="drafter")
    with pytest.raises(Refused, match="This account already has that role"):
        give_role(observer, by=administrator, role="drafter")
    take_role(observer.memberships.get(role="observer"), by=administrator)
    assert list(Membership.objects.filter(user=observer).values_list("role", flat=True)) == ["drafter"]


def test_people_change_their_own_name_only(observer: User, secretariat: User) -> None:
    update_own_account(observer, by=observer, name=" Greta ", language="es")
    observer.refresh_from_db()
    assert (observer.name, observer.language) == ("Greta", "es")
    with pytest.raises(NotAllowed):
        update_own_account(observer, by=secretariat, name="x", language="")
    with pytest.raises(Refused):
        update_own_account(observer, by=observer, name="", language="")
    with pytest.raises(Refused):
        update_own_account(observer, by=observer, name="Greta", language="xx")


# Secrets


def test_no_secret_enters_the_trail(
    secretariat: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    token = token_in(first_admin_link(by=SYSTEM))
    make_first_administrator(token, by=Guest("Ada"), email="ada@example.org", password=WORD)
    invited(secretariat, django_capture_on_commit_callbacks)
    mailed = mailed_token()
    accept_invitation(mailed, by=Guest("New"), password=WORD)
    trail = json.dumps(list(AuditEntry.objects.values_list("detail", "subject_name", "actor_code", "actor_name")))
    hashes = list(User.objects.values_list("password", flat=True))
    hashes += list(OneTimeLink.objects.values_list("token_hash", flat=True))
    for secret in (token, mailed, WORD, links.hash_of(token), *hashes):
        assert secret not in trail
    assert token not in json.dumps(list(OneTimeLink.objects.values_list("token_hash", "purpose", "subject")))


def test_a_stranger_cannot_tell_who_has_an_account(stranger: Client, observer: User) -> None:
    def asked(email: str) -> tuple[int, str]:
        page = stranger.post("/account/password/reset/", {"email": email})
        return page.status_code, page.headers.get("Location", "")

    assert asked(observer.email) == asked("nobody@example.org")

    def tried(email: str) -> str:
        page = stranger.post("/account/login/", {"login": email, "password": "wrong word here"})
        return re.sub(r'value="[^"]*"', "", page.content.decode())

    assert tried(observer.email) == tried("nobody@example.org")


def test_nobody_signs_up_alone(stranger: Client) -> None:
    page = stranger.post("/account/signup/", {"email": "eve@example.org", "password1": WORD})
    assert not User.objects.exists()
    assert page.status_code in {200, 302, 404}


def test_an_account_knows_who_it_is_by_the_proved_address(
    secretariat: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    ana = make.person("ana", email="New@example.org")
    invited(secretariat, django_capture_on_commit_callbacks)
    user = accept_invitation(mailed_token(), by=Guest("Ana"), password=WORD)
    assert user.person == ana
    with pytest.raises(Refused, match="another account"):
        set_person(secretariat, by=secretariat, person=ana)
    set_person(user, by=secretariat, person=None)
    assert set_person(secretariat, by=secretariat, person=ana).person == ana


def test_people_arrive_in_the_workspace_in_their_language(observer: User) -> None:
    given = {"login": observer.email, "password": "correct horse battery"}
    assert Client().post("/account/login/", given).headers["Location"] == "/workspace/"
    User.objects.filter(pk=observer.pk).update(language="es")
    assert Client().post("/account/login/", given).headers["Location"] == "/es/workspace/"


OIDC = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": "Government login",
                "client_id": "x",
                "secret": "y",
                "settings": {"server_url": "https://login.example.org"},
            }
        ]
    }
}


def test_an_outside_login_is_offered_only_where_there_is_one(stranger: Client, settings: Any) -> None:
    assert "Government login" not in stranger.get("/account/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = OIDC
    assert "Sign in with Government login" in stranger.get("/account/login/").content.decode()


def test_one_link_leads_to_a_forgotten_password(stranger: Client) -> None:
    for prefix, words in (("", "I forgot my password"), ("/es", "contraseña")):
        page = stranger.get(f"{prefix}/account/login/").content.decode()
        links = re.findall(rf'<a href="{prefix}/account/password/reset/"[^>]*>([^<]+)</a>', page)
        assert len(links) == page.count("/account/password/reset/") == 1
        assert words in links[0]


@pytest.mark.long
def test_sign_in_slows_down_guessing(stranger: Client, observer: User, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "guessing"}}
    given = {"login": observer.email, "password": "wrong word"}
    pages = [stranger.post("/account/login/", given).content.decode() for _n in range(7)]
    assert "Too many failed login attempts" in pages[-1]
    right = stranger.post("/account/login/", given | {"password": "correct horse battery"})
    assert right.status_code == 200


def test_a_change_of_what_opens_an_account_enters_the_trail(observer: User) -> None:
    browser = Client()
    browser.post("/account/login/", {"login": observer.email, "password": "correct horse battery"})
    given = {"oldpassword": "correct horse battery", "password1": WORD, "password2": WORD}
    assert browser.post("/account/password/change/", given).status_code == 302
    entry = AuditEntry.objects.get(verb="account.sign_in_changed")
    assert (entry.actor_name, entry.detail) == ("Test observer", {"changes": [], "what": "password_changed"})
