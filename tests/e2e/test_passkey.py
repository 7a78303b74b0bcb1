"""Passkeys for real: a virtual authenticator enrols one, signs out, and signs in with it, under our strict CSP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.e2e.conftest import Site, axe, sign_in


@pytest.fixture
def authenticator(context: BrowserContext, page: Page) -> Iterator[CDPSession]:
    """A platform authenticator whose owner always says yes."""
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield cdp
    cdp.detach()


def test_a_passkey_is_added_and_opens_the_desk(page: Page, site: Site, authenticator: CDPSession) -> None:
    sign_in(page, site, "analyst")
    page.goto("/account/2fa/webauthn/add/")
    page.locator("input[name=password]").fill(site.accounts["analyst"][1])
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/webauthn/add/**")
    page.locator("input[name=name]").fill("Test device")
    assert axe(page) == []
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/account/2fa/webauthn/")
    assert page.locator("main .fl-title").inner_text() == "Test device"
    assert axe(page) == []

    page.goto("/account/logout/")
    page.locator("main button[type=submit]").click()
    page.goto("/workspace/")
    assert "/account/login/" in page.url
    page.locator("#passkey_login").click()
    page.wait_for_url(re.compile(r"//[^/]+/workspace/"))  # not the address that says where to go on
    assert page.locator("h1").count() == 1
