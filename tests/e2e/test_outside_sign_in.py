"""Signing in through a service of somebody else (oidc-provider-mock, on loopback) in a browser that holds forms to this site: from the
button to the workspace, in both languages, with and without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from oidc_provider_mock import User as Person
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Site, running

# A server and a browser for two presses: tests/organisations/test_outside_provider.py has the same exchange without a browser.
CASES = [
    pytest.param("en", True, "Sign in with Ministry login", marks=pytest.mark.long),
    pytest.param("es", False, "Entrar con Ministry login", marks=pytest.mark.long),
]


@pytest.fixture(scope="module")
def ministry_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    people = [
        Person(sub="observer", claims={"email": "observer@example.org", "email_verified": True}),
        Person(sub="nobody", claims={"email": "nobody@example.org", "email_verified": True}),
    ]
    with run_server_in_thread(user_claims=people) as service:
        given = {
            "FLOREO_OIDC_SERVER": f"http://localhost:{service.server_port}",
            "FLOREO_OIDC_CLIENT_ID": "floreo",
            "FLOREO_OIDC_SECRET": "a secret",
            "FLOREO_OIDC_NAME": "Ministry login",
        }
        with running(tmp_path_factory.mktemp("ministry"), **given) as site:
            yield site


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "script", "words"), CASES)
def test_from_the_button_to_the_workspace(
    ministry_site: Site, browser: Browser, language: str, script: bool, words: str
) -> None:
    prefix = "" if language == "en" else f"/{language}"
    context = browser.new_context(
        base_url=ministry_site.address, viewport={"width": 360, "height": 800}, java_script_enabled=script
    )
    page, refused = context.new_page(), list[str]()
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{prefix}/account/login/")
    page.get_by_role("button", name=words).click()
    page.wait_for_url("**/oauth2/authorize**")
    page.get_by_role("button", name="nobody").click()
    expect(page.locator("h1")).to_be_visible()
    assert "/workspace/" not in page.url
    page.goto(f"{prefix}/account/login/")
    page.get_by_role("button", name=words).click()
    page.wait_for_url("**/oauth2/authorize**")
    page.get_by_role("button", name="observer").first.click()
    page.wait_for_url("**/workspace/**")
    assert refused == []
    context.close()
