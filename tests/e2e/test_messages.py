"""What was done is read without scrolling, also on a page that opens at one of its parts."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfWriter

from tests.e2e.conftest import Site, sign_in

MESSAGE, ALOUD = ".fl-message", "#announce"
# Whether all of the message is within the window, and how far the page was scrolled to the part that its address names.
SEEN = """selector => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return [box.height > 0 && box.top >= 0 && box.bottom <= innerHeight, scrollY > innerHeight / 2];
}"""


def letter() -> bytes:
    written, file = PdfWriter(), io.BytesIO()
    written.add_blank_page(595, 842)
    written.write(file)
    return file.getvalue()


def covers(page: Page, part: str) -> bool:
    """Whether the message lies over the heading to which the page was scrolled."""
    message, heading = page.locator(MESSAGE).bounding_box(), page.locator(part).bounding_box()
    assert message is not None
    assert heading is not None
    return message["y"] + message["height"] > heading["y"]


@pytest.mark.long  # no journey of the gate
@pytest.mark.parametrize("width", [1280, 360])
def test_who_sends_a_signed_letter_reads_that_the_team_has_it_where_the_page_opens(
    browser: Browser, site: Site, width: int
) -> None:
    context = browser.new_context(base_url=site.address, viewport={"width": width, "height": 640}, locale="en")
    page, name = context.new_page(), f"width-{width}.example"
    sign_in(page, site, "operator")
    page.goto("/workspace/entry/")
    page.get_by_role("link", name="Claim addresses or a domain").click()
    page.locator("select[name=kind]").select_option("domain")
    page.locator("input[name=value]").fill(name)
    page.get_by_role("button", name="Claim").click()
    page.wait_for_url("**/#holdings")
    claim = page.locator("li", has=page.get_by_text(name, exact=True))
    claim.get_by_role("link", name="Send a signed letter").click()
    page.set_input_files("input[name=file]", {"name": "l.pdf", "mimeType": "application/pdf", "buffer": letter()})
    page.get_by_role("button", name="Send the signed letter").click()
    page.wait_for_url("**/#holdings")
    said = "The team has your signed letter. It reads it before it decides on the claim."
    page.locator(ALOUD, has_text=said).wait_for(state="attached")  # and a screen reader reads it
    assert page.locator(MESSAGE).inner_text().strip() == said
    assert (page.evaluate(SEEN, MESSAGE), covers(page, "#holdings")) == ([True, True], False)
    claim.get_by_role("button", name="Withdraw").click()
    page.locator(ALOUD, has_text="Withdrawn.").wait_for(state="attached")
    assert page.evaluate(SEEN, MESSAGE) == [True, True]
    context.close()


@pytest.mark.long  # no journey of the gate
@pytest.mark.parametrize("width", [1280, 360])
def test_what_was_saved_in_a_form_that_opened_in_its_place_is_read_there(
    browser: Browser, site: Site, width: int
) -> None:
    context = browser.new_context(base_url=site.address, viewport={"width": width, "height": 640}, locale="en")
    page = context.new_page()
    sign_in(page, site, "secretariat")
    page.goto("/workspace/plan/2025-2028/actions/1.1.3/")
    page.get_by_role("link", name="Record a risk").click()
    form = page.locator("#form-risks form")
    form.locator("[name=title]").fill(f"Seen at {width}")
    form.locator("[name=likelihood]").fill("2")
    form.locator("[name=impact]").fill("2")
    form.locator("button[type=submit]").click()
    page.locator("#risks h2:focus").wait_for()
    assert page.locator(MESSAGE).inner_text().strip() == "Risk recorded."
    assert page.evaluate(SEEN, MESSAGE) == [True, True]
    context.close()
