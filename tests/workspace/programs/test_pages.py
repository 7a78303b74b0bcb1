"""Pages of tokens and webhooks: the secret is shown once, each sees their own, and buttons do what they say."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.organisations.actions.tokens import make_token
from floreo.organisations.models import ApiToken, Country, Organisation, User
from floreo.webhooks.actions.webhooks import make_webhook
from floreo.webhooks.models import MessageState, Webhook, WebhookMessage

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
SHAPE = re.compile(r"floreo_[A-Za-z0-9_-]{43}")


def form(**more: object) -> dict[str, object]:
    day = clock.today().replace(year=clock.today().year + 1, day=1).isoformat()
    return {"name": "Statistics office", "scopes": ["readings"], "expires_on": day, "once": "a-key", **more}


def test_a_token_is_shown_once_and_the_page_is_kept_by_nobody(
    isla: Country, secretariat: User, browser_of: Browser
) -> None:
    browser = browser_of(secretariat)
    given = browser.post("/workspace/programs/tokens/new/", form())
    assert (given.status_code, given.headers["Cache-Control"]) == (200, "no-store")
    (word,) = set(SHAPE.findall(given.content.decode()))
    token = ApiToken.objects.get()
    for address in ("/workspace/programs/", token.workspace_url(), "/workspace/audit/"):
        page = browser.get(address).content.decode()
        assert word not in page
        assert token.token_hash not in page
    assert (token.made_by, token.scopes, token.user) == (secretariat.actor_name, ["readings"], secretariat)


def test_a_form_that_is_sent_twice_makes_one(isla: Country, secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    browser.post("/workspace/programs/tokens/new/", form())
    again = browser.post("/workspace/programs/tokens/new/", form())
    assert again.status_code == 422
    assert "was sent already" in again.content.decode()
    assert ApiToken.objects.count() == 1


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scopes": []}, "Purposes"),
        ({"expires_on": "2001-01-01"}, "This day is over"),
        ({"expires_on": "2199-01-01"}, "A token works until"),
        ({"name": " "}, "Program"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(
    change: dict[str, object], words: str, isla: Country, secretariat: User, browser_of: Browser
) -> None:
    page = browser_of(secretariat).post("/workspace/programs/tokens/new/", form(**change))
    assert page.status_code == 422
    assert words in page.content.decode()
    assert ApiToken.objects.count() == 0


def test_each_sees_their_own_and_who_manages_accounts_all(
    isla: Country, secretariat: User, user_with: Callable[..., User], browser_of: Browser
) -> None:
    lead = user_with("lead", organisation=Organisation.objects.first(), email="lead@example.org")
    theirs = make_token(secretariat, by=SYSTEM, name="Of the secretariat", scopes=["readings"])[0]
    own = make_token(lead, by=SYSTEM, name="Of the lead", scopes=["updates"])[0]
    browser = browser_of(lead)
    page = browser.get("/workspace/programs/").content.decode()
    assert ("Of the lead" in page, "Of the secretariat" in page) == (True, False)
    assert browser.get(theirs.workspace_url()).status_code == 404
    assert browser.post(f"{theirs.workspace_url()}revoke/").status_code == 404
    assert "Of the lead" in browser_of(secretariat).get("/workspace/programs/").content.decode()
    browser_of(secretariat).post(f"{own.workspace_url()}revoke/")
    assert ApiToken.objects.get(pk=own.pk).ended_at is not None
    again = browser.post(f"{own.workspace_url()}revoke/", follow=True)
    assert "already revoked" in again.content.decode()


def test_a_webhook_from_form_to_end(isla: Country, secretariat: User, browser_of: Browser) -> None:
    browser = browser_of(secretariat)
    facts = {"name": "Chat", "url": "https://chat.example.org/h", "kinds": ["decision.recorded"], "once": "k"}
    shown = browser.post("/workspace/programs/webhooks/new/", facts).content.decode()
    hook = Webhook.objects.get()
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]{44}", shown))
    page = browser.get(hook.workspace_url()).content.decode()
    assert (secret in page, hook.secret in page, "No messages yet" in page) == (False, False, True)
    browser.post(f"{hook.workspace_url()}test/")
    message = WebhookMessage.objects.get()
    browser.post(f"{hook.workspace_url()}edit/", facts | {"name": "Chat 2", "once": "m"})
    assert "Chat 2" in browser.get("/workspace/programs/").content.decode()
    browser.post(f"{hook.workspace_url()}end/")
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    late = browser.post(f"{hook.workspace_url()}messages/{message.pk}/again/", follow=True)
    assert "has ended" in late.content.decode()


def test_a_secret_is_renewed_by_a_press_and_shown_once(
    isla: Country, secretariat: User, administrator: User, browser_of: Browser
) -> None:
    hook, old = make_webhook(
        secretariat, by=SYSTEM, name="Chat", url="https://chat.example.org/h", kinds=["decision.recorded"]
    )
    browser, address = browser_of(secretariat), f"{hook.workspace_url()}secret/"
    assert f'href="{address}"' in browser.get(hook.workspace_url()).content.decode()
    assert "24 hours" in browser.get(address).content.decode()
    assert Webhook.objects.get().secret == hook.secret  # looking renews nothing
    shown = browser.post(address, {"once": "k"})
    (new,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]{44}", shown.content.decode()))
    assert (new != old, shown.headers["Cache-Control"]) == (True, "no-store")
    assert browser.post(address, {"once": "k"}).status_code == 422  # sent twice: one new secret
    page = browser.get(hook.workspace_url()).content.decode()
    assert (new in page, "signs beside it until" in page) == (False, True)
    of_another = browser_of(administrator)
    assert f'href="{address}"' not in of_another.get(hook.workspace_url()).content.decode()
    assert of_another.post(address, {"once": "m"}).status_code == 403


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "url", ["http://chat.example.org/", "https://a:b@example.org/", "ftp://x.org/", "https://", "x"]
)
def test_only_https_without_a_password_in_it(url: str, isla: Country, secretariat: User, browser_of: Browser) -> None:
    facts = {"name": "Chat", "url": url, "kinds": ["decision.recorded"], "once": "k"}
    page = browser_of(secretariat).post("/workspace/programs/webhooks/new/", facts)
    assert page.status_code == 422
    assert "begins with https://" in page.content.decode()
