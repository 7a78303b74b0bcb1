"""Whole journeys, as people make them: run the plan, believe a figure, keep the trail."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Response

from tests.e2e.conftest import Site, axe, sign_in


def test_a_lead_says_how_an_action_goes_and_the_public_reads_it(page: Page, site: Site) -> None:
    sign_in(page, site, "secretariat")
    page.goto("/workspace/plan/2025-2028/actions/4.1.2/")
    page.get_by_role("link", name="Give an update").first.click()
    page.locator("textarea[name=done]").fill("All figures are in; the report is being laid out.")
    page.locator("main form:not([action*=discussion]) button[type=submit]").first.click()
    page.get_by_text("the report is being laid out").first.wait_for()
    assert axe(page) == []
    page.goto("/strategy/2025-2028/actions/4.1.2/")
    assert page.get_by_text("the report is being laid out").count() == 1


def posted(answer: Response) -> bool:
    """Whether it answers a form, sent by the browser or by the script that opened it in place."""
    return answer.request.method == "POST"


def test_an_action_that_is_closed_counts_at_once(page: Page, site: Site) -> None:
    page.goto("/")
    before = re.match(r"(\d+) of 24", page.locator("h1").inner_text())
    assert before is not None
    sign_in(page, site, "secretariat")
    page.goto("/workspace/plan/2025-2028/actions/1.1.3/")
    page.locator("main").get_by_role("link", name="Mark as reached").first.click()
    with page.expect_response(posted):  # else the next address is asked for before this one was answered
        page.locator("main form:not([action*=discussion]) button[type=submit]").first.click()
    page.goto("/workspace/plan/2025-2028/actions/1.1.3/")
    page.get_by_role("link", name="Close", exact=True).first.click()
    with page.expect_response(posted):  # else the next address is asked for before this one was answered
        page.locator("main form:not([action*=discussion]) button[type=submit]").first.click()
    page.goto("/")
    assert page.locator("h1").inner_text().startswith(f"{int(before[1]) + 1} of 24")


def test_the_working_of_a_figure_opens_to_its_fraction(page: Page) -> None:
    page.goto("/indicators/reports-within-24h/")
    working = page.locator("details.fl-working").first
    if working.get_attribute("open") is None:
        working.locator("summary").click()
    text = working.inner_text()
    within, all_of_them = map(int, re.findall(r"^(\d+) reports", text, re.MULTILINE)[:2])
    assert (within, all_of_them >= 38) == (
        31,
        True,
    )  # of the running quarter, from the reports of the workspace: some are of last night
    assert f"{100 * within / all_of_them:.0f}" in text
    assert "Corrected, was 79" in page.locator("main").inner_text()


def test_the_head_of_the_chain_moves_with_every_write(page: Page, site: Site) -> None:
    page.goto("/about/audit/")
    before = page.locator("main code").first.inner_text()
    sign_in(page, site, "secretariat")
    page.goto("/workspace/plan/2025-2028/actions/2.1.1/")
    page.get_by_role("link", name="Give an update").first.click()
    page.locator("textarea[name=next]").fill("Third hiring round in January.")
    page.locator("main form:not([action*=discussion]) button[type=submit]").first.click()
    page.locator("main p", has_text="Third hiring round in January.").first.wait_for()
    page.goto("/about/audit/")
    assert page.locator("main code").first.inner_text() != before
