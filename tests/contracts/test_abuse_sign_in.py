"""Abuse of the sign-in: each case is what somebody would try, and what stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.test import Client

from floreo.core.delivery import deliver_due
from floreo.organisations.models import User

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
    assert stranger.get("/desk/").status_code == 302
    given = {"login": secretariat.email, "password": "another horse battery"}
    assert stranger.post("/account/login/", given)["Location"].startswith("/account/2fa/authenticate/")
    assert stranger.get("/desk/").status_code == 302
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
        for email, said in ((secretariat.email, known), ("nobody@example.org", unknown)):
            said.append(asks.post("/account/password/reset/", {"email": email}).status_code)
            deliver_due()
    assert known == unknown
    sent = Counter(message.to[0] for message in mail.outbox)
    assert sent == {secretariat.email: 4, "nobody@example.org": 4}
