"""A case from the inbox to its end by the keyboard alone: mail to the reporter, a deadline met, an advisory, and the public figure moves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Site, axe, sideways, sign_in

MOST_KEYS = 20  # from inbox to closed, beside the text that is typed


class Keys:
    """The keyboard, counted: what is typed into a field is text and does not count."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def press_and_go(self, key: str) -> None:
        with self.page.expect_navigation():
            self.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)


def public_cases(page: Page) -> int:
    page.goto("/observatory/")
    found = re.match(r"(\d+)", page.locator("h1").inner_text())
    assert found is not None
    return int(found[1])


def call(page: Page) -> str:
    """A call is typed in; its report's address."""
    page.goto("/workspace/incidents/reports/new/")
    page.get_by_label("In one line").fill("Caller paid a false invoice")
    page.get_by_label("E-mail", exact=False).fill("caller@example.org")
    with page.expect_navigation():
        page.get_by_role("button", name="Take it in").click()
    return page.url


@pytest.mark.long
def test_a_case_from_inbox_to_closed_in_twenty_keys(page: Page, site: Site) -> None:
    before = public_cases(page)
    sign_in(page, site, "responder")
    page.goto(call(page))
    assert (axe(page), sideways(page)) == ([], 0)
    keys = Keys(page)
    keys.press_and_go("a")  # opens the case
    case = page.url
    assert re.search(r"/incidents/cases/INC-\d{4}-\d+/$", case)
    assert (axe(page), sideways(page)) == ([], 0)
    clock = page.locator("section, div", has_text="First answer to the reporter").last
    assert "Met" not in clock.inner_text()
    keys.press("r")  # to the reply
    keys.type("Thank you. Please call your bank now and keep the invoice.")
    keys.press("Tab")
    keys.press_and_go("Enter")
    send = page.get_by_role("button", name="Send 1 e-mail")
    while send.count() or not page.url.startswith(
        case
    ):  # the first mail to this address asks once more; then it is shown
        if send.count():
            send.focus()
        keys.press_and_go("Enter")
    page.goto(case)
    assert "Thank you. Please call your bank now" in page.locator("#mail").inner_text()
    assert "Met on" in page.locator("main").inner_text()
    keys.press_and_go("c")  # close
    for key in ("Tab", "Enter", "Tab"):  # past the menu, to the first field
        keys.press(key)
    keys.type("The bank stopped the payment.")
    keys.press("Tab")
    keys.type("Ask for a second person before paying.")
    keys.press("Tab")
    keys.press_and_go("Enter")
    page.goto(case)
    assert "Closed" in page.locator("header").first.inner_text()
    assert keys.count <= MOST_KEYS
    page.set_viewport_size({"width": 360, "height": 800})
    assert (sideways(page), axe(page)) == (0, [])
    page.set_viewport_size({"width": 1280, "height": 800})
    assert public_cases(page) == before + 1
    page.goto(case)
    address = advisory_of(page)
    page.context.clear_cookies()
    assert publishes(page, site, address).endswith(address.removeprefix("/workspace"))


def advisory_of(page: Page) -> str:
    """Written from the case on the page and sent to review; its address in the workspace."""
    page.get_by_role("link", name="Write an advisory").click()
    for name, words in {
        "title": "False invoices in the name of suppliers",
        "summary": "Invoices with another bank account are sent to offices.",
        "text": "They look like those of a supplier. Only the account differs.",
        "advice": "Call the supplier at a number that you knew before.",
    }.items():
        page.locator(f"main [name={name}]").fill(words)
    page.locator("main [name=severity]").select_option("high")
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").click()
    with page.expect_navigation():
        page.get_by_role("link", name="False invoices in the name of suppliers").click()
    address = page.url.removeprefix(page.url.split("/workspace")[0])
    assert (axe(page), sideways(page)) == ([], 0)
    send(page, "Send to review")
    return address


def send(page: Page, name: str) -> None:
    """What a button of the page leads to, and the button of that page with the same words."""
    with page.expect_navigation():
        page.get_by_role("link", name=name, exact=True).click()
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def publishes(page: Page, site: Site, address: str) -> str:
    """A second person publishes it, and the public reads it; its public address."""
    sign_in(page, site, "administrator")
    page.goto(address)
    send(page, "Publish")
    page.context.clear_cookies()
    page.goto("/advisories/")
    with page.expect_navigation():
        page.get_by_role("link", name="False invoices in the name of suppliers").click()
    assert (axe(page), sideways(page)) == ([], 0)
    assert "Call the supplier at a number that you knew before." in page.locator("main").inner_text()
    return page.url
