"""One owner, one queue: a task is taken, many findings are assigned and the step is undone, a due date is changed from the
list; with a script and without, in one look wide and narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site, axe, sideways, sign_in

SEEN = "Undone: everything is as it was before your last step."


def takes_a_task(page: Page) -> str:
    """The first task of the team goes to whoever presses. Gives its title."""
    page.goto("/workspace/")
    team = page.locator("section", has=page.locator("#s-team"))
    title = team.locator(".fl-title").first.inner_text()
    team.get_by_role("button", name=re.compile("^Assign to me")).first.click()
    page.get_by_text("It is yours now.").wait_for()
    row = page.locator("main li.fl-waiting", has=page.get_by_role("link", name=title, exact=True)).first
    assert row.locator(".fl-waiting-for").inner_text() == "You"
    return title


def assigns_findings_and_undoes_it(page: Page) -> None:
    page.goto("/workspace/findings/")
    boxes = page.locator("tbody input[type=checkbox]")
    for number in range(3):
        boxes.nth(number).check()
    page.get_by_role("button", name="Assign to me").click()
    page.get_by_role("heading", name="Assign: 3 done.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text(SEEN).wait_for()
    assert page.url.endswith("/workspace/findings/")
    assert page.locator("tbody", has_text="Owner:").count() == 0


def ends_findings_and_undoes_it(page: Page, *, by_keyboard: bool) -> None:
    """Two of the list, with no mouse where a script handles keys; without one, all of the page by a link."""
    page.goto("/workspace/findings/?severity=low")
    rows = page.locator("tbody tr").count()
    if by_keyboard:
        for key in "jxjxe":
            page.keyboard.press(key)
    else:
        page.get_by_role("link", name="Select all on this page").click()
        page.get_by_role("button", name="End findings").click()
    page.get_by_role("heading", name="End the selected findings").wait_for()
    if by_keyboard:
        page.keyboard.press("Space")  # the form has the focus
        page.keyboard.press("Tab")
        page.keyboard.type("Known and harmless")
    else:
        page.get_by_label("False alarm").check()
        page.get_by_label("Reason").fill("Known and harmless")
    page.get_by_label("Until").fill("2026-12-30")
    page.get_by_label("Until").press("Enter")
    page.get_by_role("heading", name=f"End findings: {2 if by_keyboard else rows} done.").wait_for()
    if by_keyboard:
        page.keyboard.press("u")
    else:
        page.get_by_role("button", name="Undo").click()
    page.get_by_text(SEEN).wait_for()
    assert page.locator("tbody tr").count() == rows


def hands_back(page: Page, title: str) -> None:
    """What was taken first waits for the team again, so that the next look finds it there."""
    page.goto("/workspace/")
    link = page.get_by_role("link", name=title, exact=True)
    page.locator("main li.fl-waiting", has=link).first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Hand back").click()
    page.get_by_role("heading", name="Assign: 1 done.").wait_for()
    page.goto("/workspace/")
    team = page.locator("section", has=page.locator("#s-team"))
    assert team.get_by_role("link", name=title, exact=True).count() == 1


@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.long)], ids=["with a script", "without"]
)
def test_the_team_shares_out_what_waits(browser: Browser, site: Site, script: bool) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=script, locale="en")
    page = context.new_page()
    sign_in(page, site, "responder")
    title = takes_a_task(page)
    assigns_findings_and_undoes_it(page)
    ends_findings_and_undoes_it(page, by_keyboard=script)
    hands_back(page, title)
    context.close()


def test_a_due_date_is_changed_from_the_list_in_two_presses(page: Page, site: Site) -> None:
    sign_in(page, site, "secretariat")
    page.goto("/workspace/plan/2025-2028/?state=late")
    page.get_by_role("link", name=re.compile("^Change the due date")).first.click()
    page.locator("input[name=due_on]").fill("2027-03-31")
    page.locator("main button[type=submit]").first.click()
    page.get_by_text("Saved.").first.wait_for()
    assert "/workspace/plan/2025-2028/" in page.url


@pytest.mark.long  # six roles, one menu
@pytest.mark.parametrize("role", ["administrator", "secretariat", "responder", "lead", "operator", "observer"])
def test_account_and_sign_out_are_seen_without_scrolling(browser: Browser, site: Site, role: str) -> None:
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 768}, locale="en")
    page = context.new_page()
    sign_in(page, site, role)
    out = page.locator(".fl-rail-wide .fl-logout button")  # in whichever language the person reads
    box = out.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 768
    more = page.locator(".fl-rail-wide .fl-menu-more > summary")
    if more.count():
        more.click()
        box = out.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768
    context.close()


@pytest.mark.long  # no journey of the gate
@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_on_a_telephone_what_waits_for_the_team_is_folded_and_still_counted(
    browser: Browser, site: Site, script: bool
) -> None:
    context = browser.new_context(
        base_url=site.address, java_script_enabled=script, locale="en", viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    sign_in(page, site, "secretariat")
    page.goto("/workspace/")
    team = page.locator("section", has=page.locator("#s-team"))
    rows, summary = team.locator("li.fl-waiting").first, team.locator("summary").first
    assert int(team.locator("#s-team .fl-note").inner_text()) > 5
    assert rows.is_visible() is not script  # without a script it is open, and can be closed
    if script:
        assert page.evaluate("document.documentElement.scrollHeight") < 5200
        summary.click()
        assert rows.is_visible()
        page.goto("/workspace/?all=team#s-team")
        assert rows.is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/workspace/")
    assert (rows.is_visible(), summary.is_visible()) == (True, False)
    context.close()


@pytest.mark.long  # all pages: test_every_page_of_the_workspace_is_well
def test_the_pages_are_sound_wide_and_narrow(page: Page, site: Site) -> None:
    sign_in(page, site, "responder")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        for address in ("/workspace/", "/workspace/findings/", "/workspace/replies/", "/workspace/corrections/"):
            page.goto(address)
            assert (address, axe(page), sideways(page)) == (address, [], 0)
