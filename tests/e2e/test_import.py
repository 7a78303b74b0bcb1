"""From a text to an edition, in a real browser: with script in place, without it page by page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site, axe, sideways, sign_in

DOCUMENTS = Path(__file__).resolve().parents[1] / "strategy" / "drafting" / "documents"


def upload(page: Page, name: str) -> None:
    page.goto("/workspace/imports/")
    page.locator("input[type=file]").set_input_files(DOCUMENTS / name)
    page.get_by_role("button", name="Upload and read").click()
    page.wait_for_url("**/workspace/imports/*/")


@pytest.mark.long
def test_a_text_becomes_an_edition(page: Page, site: Site) -> None:
    sign_in(page, site, "secretariat")
    upload(page, "estrategia.txt")
    page.wait_for_selector(".fl-import", timeout=30_000)  # the worker reads, the page looks again by itself
    assert axe(page) == []
    page.locator("#r1 button[value=accept]").click()
    page.wait_for_selector("#r1 button[value=undo]")
    page.wait_for_selector("#r9.fl-draft--now")
    assert "1 accepted, 22 to review" in page.locator("#review-head").inner_text()
    assert page.locator("mark.fl-passage-now").first.get_attribute("id") == "p9"
    assert page.evaluate("document.activeElement.id") == "r9"

    page.locator("#r10 button[value=open]").click()
    page.locator("#row10-title").fill("The law")
    page.locator("#r10 button[value=edit]").click()
    page.wait_for_selector("#r10 button[value=undo]")
    assert "The law" in page.locator("#r10").inner_text()

    page.locator("#p10 a").click()
    assert page.url.endswith("#r10")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert sideways(page) == 0
    assert axe(page) == []

    page.get_by_role("link", name="Finish with 2 rows").click()
    page.locator("input[value=new]").check()
    page.locator("input[name=code]").fill("from-a-text")
    assert axe(page) == []
    page.get_by_role("button", name="Finish with 2 rows").click()
    page.wait_for_url("**/workspace/plan/from-a-text/")
    assert "The law" in page.locator("main").inner_text()


def test_the_same_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(
        base_url=site.address, java_script_enabled=False, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    sign_in(page, site, "drafter")
    upload(page, "numbered-plain.txt")
    page.locator(".fl-import").first.wait_for(timeout=180_000)  # without script the page asks again by itself
    page.locator("#r1 button[value=accept]").click()
    page.wait_for_url("**#r6")
    assert page.locator("#r1 button[value=undo]").count() == 1
    page.locator("#r7 button[value=open]").click()
    page.wait_for_url("**?edit=7#r7")
    page.locator("#row7-title").fill("Government networks")
    page.locator("#r7 button[value=edit]").click()
    page.get_by_role("link", name="Finish with 2 rows").click()
    page.locator("input[name=code]").fill("without-script")
    page.get_by_role("button", name="Finish with 2 rows").click()
    page.wait_for_url("**/workspace/plan/without-script/")
    context.close()
