"""Abuse of the sign-in: each case is what somebody would try, and what stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.db import connection
from django.test import Client, override_settings

from floreo.core import links
from floreo.core.delivery import deliver_due
from floreo.core.errors import Refused
from floreo.organisations import actions as acts
from floreo.organisations.access import Guest
from floreo.organisations.actions.invitations import FIRST_ADMIN
from floreo.organisations.models import Invitation, User

Browser = Callable[[User], Client]
People = Callable[..., User]
SECRET = "Zyxquarry"


@pytest.mark.usefixtures("isla")
def test_a_reset_password_opens_nothing_without_the_second_factor(secretariat: User, stranger: Client) -> None:
    TOTP.activate(secretariat, "JBSWY3DPEHPK3PXP")
    stranger.post("/account/password/reset/", {"email": secretariat.email})
    deliver_due()
    body = str(mail.outbox[0].body)
    link = body[body.index("/account/password/reset/key/") :].split(maxsplit=1)[0]
    form = stranger.get(link, follow=True).redirect_chain[-1][0]
    stranger.post(form, {"password1": "another horse battery", "password2": "another horse battery"})
    assert stranger.get("/workspace/").status_code == 302
    given = {"login": secretariat.email, "password": "another horse battery"}
    assert stranger.post("/account/login/", given)["Location"].startswith("/account/2fa/authenticate/")
    assert stranger.get("/workspace/").status_code == 302
    assert b"password1" not in Client().get(link, follow=True).content


def test_nobody_takes_another_address_by_saying_so(secretariat: User) -> None:
    client = Client()
    client.force_login(secretariat)
    for method in (client.get, client.post):
        assert method("/account/email/", {"email": "somebody@example.org", "action_add": ""}).status_code == 404
    assert User.objects.filter(email="somebody@example.org").count() == 0


@pytest.mark.usefixtures("isla")
def test_nobody_is_flooded_with_letters_that_somebody_else_asked_for(secretariat: User) -> None:
    """From many addresses, for one that has an account and for one that has none."""
    known: list[int] = []
    unknown: list[int] = []
    for number in range(12):
        asks = Client(REMOTE_ADDR=f"203.0.113.{number}")
        for email, text in ((secretariat.email, known), ("nobody@example.org", unknown)):
            text.append(asks.post("/account/password/reset/", {"email": email}).status_code)
            deliver_due()
    assert known == unknown
    sent = Counter(message.to[0] for message in mail.outbox)
    assert sent == {secretariat.email: 4, "nobody@example.org": 4}


@override_settings(ALLOWED_HOSTS=["*"], SITE_ADDRESS="https://floreo.example")
def test_a_reset_link_follows_the_sites_address_not_the_callers_host(secretariat: User, stranger: Client) -> None:
    stranger.post("/account/password/reset/", {"email": secretariat.email}, headers={"host": "evil.example"})
    deliver_due()
    body = str(mail.outbox[0].body)
    assert "https://floreo.example/account/password/reset/key/" in body
    assert "//evil.example" not in body
    link = body[body.index("https://floreo.example") :].split(maxsplit=1)[0]
    assert stranger.get(link.removeprefix("https://floreo.example"), follow=True).status_code == 200


@override_settings(ALLOWED_HOSTS=["*"], SITE_ADDRESS="https://floreo.example")
def test_letters_about_signing_in_name_the_site_and_never_the_callers_host(secretariat: User, stranger: Client) -> None:
    for email in (secretariat.email, "nobody@example.org"):
        stranger.post("/account/password/reset/", {"email": email}, headers={"host": "evil.example"})
    deliver_due()
    assert len(mail.outbox) == 2
    for each in mail.outbox:
        assert each.subject.startswith("[Floreo] ")
        assert "Hello from Floreo!" in each.body
        assert "https://floreo.example" in each.body
        assert "evil.example" not in each.subject + str(each.body)
        assert "/signup/" not in each.body


def test_letters_about_signing_in_name_the_country(isla: object, secretariat: User, stranger: Client) -> None:
    stranger.post("/account/password/reset/", {"email": secretariat.email})
    deliver_due()
    assert mail.outbox[0].subject.startswith("[Isla Prueba, strategy workspace] ")
    assert "Hello from Isla Prueba, strategy workspace!" in mail.outbox[0].body


@pytest.mark.django_db(transaction=True)
def test_a_link_used_twice_at_once_makes_one_account() -> None:
    token = links.make(FIRST_ADMIN)

    def come(number: int) -> bool:
        try:
            acts.make_first_administrator(
                token, by=Guest("A"), email=f"a{number}@example.org", password="correct horse battery"
            )
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come, range(6))) == 1
    assert User.objects.count() == 1


def test_who_is_switched_off_is_out_at_once(secretariat: User, isla: object, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    assert browser.get("/workspace/").status_code == 200
    User.objects.filter(pk=secretariat.pk).update(is_active=False)
    assert browser.get("/workspace/").status_code == 302


def test_a_new_password_ends_other_sessions(secretariat: User, isla: object, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    secretariat.set_password("another horse battery")
    secretariat.save()
    assert browser.get("/workspace/").status_code == 302


@pytest.mark.usefixtures("isla")
@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_away(away: str, secretariat: User, stranger: Client) -> None:
    given = {"login": secretariat.email, "password": "correct horse battery", "next": away}
    answer = stranger.post("/account/login/", given)
    assert (answer.status_code, answer["Location"]) == (302, "/workspace/")


@pytest.mark.usefixtures("isla")
def test_known_and_unknown_addresses_get_the_same_answers(secretariat: User, stranger: Client) -> None:
    text = []
    for email in (secretariat.email, "nobody@example.org"):
        wrong = stranger.post("/account/login/", {"login": email, "password": "wrong wrong wrong"})
        reset = stranger.post("/account/password/reset/", {"email": email})
        text.append((wrong.status_code, str(wrong.context["form"].errors), reset.status_code, reset["Location"]))
    assert text[0] == text[1]


@pytest.mark.django_db(transaction=True)
def test_invitations_sent_at_once_to_one_address_make_one() -> None:
    acts.make_first_administrator(
        links.make(FIRST_ADMIN), by=Guest("A"), email="a@example.org", password="correct horse battery"
    )
    by = User.objects.get()

    def send(_number: int) -> str:
        try:
            acts.invite(by=by, email="new@example.org", role="observer")
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(4) as pool:
        answers = Counter(pool.map(send, range(4)))
    assert answers == {"sent": 1, "already_invited": 3}
    assert Invitation.objects.count() == 1
