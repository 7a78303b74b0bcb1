"""The strategy of Belize from the text of a scan to its plan, in a real browser: every press is counted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from tests.e2e.conftest import Site, axe, sideways, sign_in
from tests.strategy.outline.belize import PRESSES, Press
from tests.strategy.outline.score import MOST_MARKS, SAMPLES, answers

pytestmark = pytest.mark.long  # minutes of a journey

TEXT = SAMPLES / "belize2020.txt"


def line(page: Page, words: str) -> Locator:
    """The passage that begins so, on whichever page of the outline."""
    address = page.url.partition("?")[0].partition("#")[0]
    for number in range(1, 6):
        found = page.locator(".fl-outline-list > li", has_text=words)
        if found.count():
            return found.first
        page.goto(f"{address}?page={number}")
    raise AssertionError(words)


def press(page: Page, one: Press) -> None:
    for words in one.words:
        line(page, words).locator("input").check()
    if one.button == "split":
        split(page, one)
        return
    page.locator("#reach").select_option(one.reach)
    page.locator(f"form[data-outline] button[value={one.button}]").click()
    page.wait_for_url("**#p*")


def split(page: Page, one: Press) -> None:
    """The page that asks with which words the pieces begin."""
    page.locator("form[data-outline] button[value=split]").click()
    page.get_by_role("link", name="Show every word").click()
    words = page.locator(".fl-outline-list > li").all_inner_texts()
    at = 0
    for begin in one.cuts:
        first = begin.split()
        at = next(
            here for here in range(at, len(words)) if [w.strip() for w in words[here : here + len(first)]] == first
        )
        page.locator(".fl-outline-list > li").nth(at).locator("input").check()
    page.get_by_role("button", name="Split").click()
    page.wait_for_url("**#p*")


@pytest.mark.skipif(not TEXT.is_file(), reason="the strategies are not part of the project: they lie beside it")
def test_a_scanned_strategy_becomes_its_plan(page: Page, site: Site) -> None:
    sign_in(page, site, "secretariat")
    page.goto("/workspace/imports/")
    page.locator("input[type=file]").set_input_files(TEXT)
    page.get_by_role("button", name="Upload and read").click()
    page.wait_for_selector(".fl-import", timeout=60_000)
    review = page.url
    page.get_by_role("link", name="Name its levels in the outline").click()
    for one in PRESSES:
        press(page, one)
    assert "3 pillars, 17 objectives and 48 actions." in page.locator("main header").inner_text()
    assert axe(page) == []

    page.goto(f"{review}outline/?show=plan")
    kinds = page.locator(".fl-outline-list b.fl-meaning").all_inner_texts()
    expected = [next(iter(answer.kinds)) for answer in answers("belize2020") if not answer.optional]
    assert [kind.split()[0].lower() for kind in kinds] == [str(kind) for kind in expected]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.name") == "place"
    page.set_viewport_size({"width": 360, "height": 800})
    assert sideways(page) == 0
    page.set_viewport_size({"width": 1280, "height": 900})

    assert len(PRESSES) <= MOST_MARKS
    page.goto(review)
    page.locator("li.fl-draft", has_text="Edition").first.locator("button[value=accept]").click()
    page.wait_for_selector("li.fl-draft button[value=undo]")
    for kind in ("pillar", "objective", "action"):
        page.goto(review)
        page.get_by_text("Accept all rows of one kind").click()
        page.locator(f"button[name=kind][value={kind}]").click()
        page.wait_for_load_state()
    page.get_by_role("link", name="Finish with 69 rows").click()
    page.locator("input[value=new]").check()
    page.locator("input[name=code]").fill("from-a-scan")
    page.get_by_role("button", name="Finish with 69 rows").click()
    page.wait_for_url("**/workspace/plan/from-a-scan/")
    text = page.locator("main").inner_text()
    assert "Develop a national capacity for incident response" in text
    assert "policies that supports the development of a cybersecurity workforce" in text
