"""Abuse of the sign-in: each case is what somebody would try, and what stops it."""

from __future__ import annotations

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
