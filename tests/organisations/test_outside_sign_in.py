"""Signing in through an outside provider (OIDC): only invited, verified, active addresses, and never a new account."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from floreo.organisations.models import User
from floreo.organisations.sign_in import OutsideAccountAdapter

pytestmark = pytest.mark.django_db
PROVIDER = {
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


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    """As an installation that set FLOREO_OIDC_SERVER."""
    settings.SOCIALACCOUNT_PROVIDERS = PROVIDER


def request() -> HttpRequest:
    made = RequestFactory().get("/account/oidc/oidc/login/callback/")
    made.user = AnonymousUser()
    made.session = SessionStore()
    made._messages = FallbackStorage(made)  # type: ignore[attr-defined]  # where Django's middleware puts it
    return made


def coming_from_outside(email: str, *, verified: bool) -> SocialLogin:
    token = {"iss": "https://login.example.org", "sub": "outside-1"}
    account = SocialAccount(provider="oidc", uid="outside-1", extra_data={"id_token": token})
    addresses = [EmailAddress(email=email, verified=verified, primary=True)]
    return SocialLogin(user=User(email=email), account=account, email_addresses=addresses)


def test_an_invited_and_verified_address_is_tied_to_its_account(secretariat: User) -> None:
    OutsideAccountAdapter().pre_social_login(request(), coming_from_outside(secretariat.email, verified=True))
    assert SocialAccount.objects.get().user_id == secretariat.pk


@pytest.mark.parametrize("case", ["not verified", "not invited", "switched off"])
def test_any_other_address_is_refused_and_ties_nothing(case: str, secretariat: User) -> None:
    User.objects.filter(pk=secretariat.pk).update(is_active=case != "switched off")
    email = "stranger@example.org" if case == "not invited" else secretariat.email
    with pytest.raises(ImmediateHttpResponse) as refused:
        OutsideAccountAdapter().pre_social_login(request(), coming_from_outside(email, verified=case != "not verified"))
    assert refused.value.response.status_code == 403
    assert (SocialAccount.objects.count(), User.objects.count()) == (0, 1)


def test_no_account_is_ever_made_from_outside() -> None:
    login = coming_from_outside("new@example.org", verified=True)
    assert OutsideAccountAdapter().is_open_for_signup(request(), login) is False
