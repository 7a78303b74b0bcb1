"""A citizen reports on a telephone of 360 pixels with scripts off; the report is in the inbox of the team seconds later."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site, axe, sideways, sign_in

HAPPENED = "Mi bank sen wahn mesij: click dis link. I clicked, and my money is gone."
MOST_BYTES = 100_000  # of a first page with all that it needs


def open_form(page: Page, site: Site) -> None:
    sign_in(page, site, "responder")
    page.goto("/workspace/report-form/change/")
    assert axe(page) == []
    page.get_by_label("Who handles reports").select_option(label="National CSIRT")
    page.get_by_label("Hours", exact=True).fill("Every day, 07:00 to 21:00")
    page.get_by_label("Telephone where there is danger").fill("555-0100")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="The public form is").wait_for()
    if page.get_by_role("button", name="Open the form").count():
        page.get_by_role("button", name="Open the form").click()
    page.get_by_role("heading", name="The public form is open").wait_for()
    assert axe(page) == []


def test_a_citizen_reports_by_telephone_without_scripts(
    page: Page, site: Site, browser: Browser, tmp_path: Path
) -> None:
    open_form(page, site)
    context = browser.new_context(
        base_url=site.address, viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="en"
    )
    phone, sizes = context.new_page(), list[int]()
    phone.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", "0"))))
    phone.goto("/report/")
    assert 0 < sum(sizes) < MOST_BYTES

    def go_on(name: str = "Continue") -> None:
        title = re.sub(r"\W+", "-", phone.locator("h1").inner_text())[:40]
        phone.screenshot(path=tmp_path / f"{title}.png", full_page=True)
        with phone.expect_navigation():
            phone.get_by_role("button", name=name, exact=True).click()

    phone.get_by_label("Yes").check()
    go_on()
    assert phone.get_by_role("link", name="555-0100").get_attribute("href") == "tel:555-0100"
    go_on()
    for answer in ("Yes", "No", "Money or a payment was lost, or somebody tried"):
        phone.get_by_label(answer, exact=True).check()
        go_on()
    phone.get_by_label("What happened?").fill(HAPPENED)
    go_on("Español")
    assert phone.get_by_label("¿Qué pasó?").input_value() == HAPPENED
    with phone.expect_navigation():
        phone.get_by_role("button", name="English").click()
    go_on()
    for label, text in (("Day", "3"), ("Month", "11"), ("Year", "2026")):
        phone.get_by_label(label, exact=True).fill(text)
    phone.keyboard.press("Enter")  # goes on, and not back
    phone.get_by_role("heading", name="Where did it happen?").wait_for()
    go_on("Back")
    assert phone.get_by_label("Year").input_value() == "2026"
    go_on()
    go_on()
    phone.get_by_label("Which organisation does it concern?").fill("Harbour Bank")
    go_on()
    phone.locator("input[type=file]").set_input_files(
        {"name": "screen.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n0"}
    )
    go_on("Add these and choose more")
    go_on()
    phone.get_by_label("Your e-mail address").fill("no address")
    go_on()
    assert phone.title().startswith("Error:")
    phone.get_by_label("Your e-mail address").fill("ana@example.org")
    go_on()
    go_on("Send the report")
    number = phone.locator(".fl-report-reference").inner_text()
    link = phone.locator(".fl-report-link a").get_attribute("href") or ""
    path = re.sub(r"^https?://[^/]+", "", link)
    page.goto(path)
    while "is being filed" in page.locator("main").inner_text():
        page.wait_for_timeout(300)
        page.goto(path)
    assert number in page.locator("h1").inner_text()
    assert "screen.png" in page.locator("main").inner_text()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert (sideways(page), axe(page)) == (0, [])
    page.goto(f"/workspace/incidents/reports/{number}/")
    assert "Harbour Bank" in page.locator("main").inner_text()
    context.close()
