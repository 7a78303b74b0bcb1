"""The infrastructure pages in a browser: an operator claims a prefix, a signed letter proves it, a second person approves it; a dependency is
entered and a cascade runs; an operator answers an assessment by a link on a phone without script, and its gap becomes an action of the plan.

The exercise that the issue of this app ends with has a journey of its own: test_tabletop.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.core.mail_server import MailServer, listening
from tests.e2e.conftest import ROOT, Site, running, sideways, sign_in
from tests.e2e.test_tabletop import arrived, follow, plain, press, shown, sound, text_of

LETTER = next((ROOT / "packs" / "isla-prueba" / "evidence").glob("*.pdf"))
PREFIX = "2001:DB8:0:0077::/64"
RESPONDENT = "nadia@hospital.example"


@pytest.fixture(scope="module")
def mails() -> MailServer:
    return MailServer()


@pytest.fixture(scope="module")
def own_site(mails: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        listening(mails) as port,
        running(tmp_path_factory.mktemp("infrastructure"), FLOREO_SMTP=f"smtp://127.0.0.1:{port}") as site,
    ):
        yield site


@pytest.fixture
def desk(own_site: Site, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=own_site.address, viewport={"width": 1280, "height": 900}, locale="en")
    yield context.new_page()
    context.close()


@pytest.mark.long
@pytest.mark.e2e
def test_from_a_claim_to_an_action_of_the_plan(
    desk: Page, own_site: Site, mails: MailServer, browser: Browser, tmp_path: Path
) -> None:
    claimed(desk, own_site)
    proved_and_approved(desk, own_site, tmp_path)
    cascade(desk, tmp_path)
    link = asked(desk, own_site, mails)
    answered(link, browser, own_site)
    planned(desk, own_site)
    assert "Operators exercise their recovery" in desk.locator("main").inner_text()


def claimed(page: Page, site: Site) -> None:
    sign_in(page, site, "operator")
    page.goto("/workspace/entry/")
    sound(page)
    follow(page, "Claim addresses or a domain")
    page.get_by_label("What it is").select_option("prefix")
    page.get_by_label("Prefix or domain").fill("10.0.0.0/8")
    press(page, "Claim")
    page.get_by_role("alert").or_(page.locator(".fl-errors")).first.wait_for()
    page.get_by_label("Prefix or domain").fill(PREFIX)
    press(page, "Claim")
    shown(page, "2001:db8:0:77::/64")


def proved_and_approved(page: Page, site: Site, folder: Path) -> None:
    """By a signed letter among the evidence; who proved it does not approve it."""
    letter = folder / "letter.pdf"
    letter.write_bytes(LETTER.read_bytes() + b"\n% signed\n")  # the vault keeps the same file once
    page.context.clear_cookies()
    sign_in(page, site, "secretariat")
    page.goto("/workspace/evidence/new/")
    page.locator("main [name=title]").fill("Letter about addresses")
    page.locator("main [name=organisation]").select_option("light-and-power")
    page.locator("main [name=file]").set_input_files(letter)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    page.goto("/workspace/claims/")
    sound(page)
    follow(page, "2001:db8:0:77::/64")
    claim = page.url
    follow(page, "By a letter")
    page.get_by_label("Signed letter").select_option(label="Letter about addresses")
    page.get_by_label("Signed by").fill("Head of networks")
    page.get_by_label("Day of the letter").fill("2026-11-02")
    press(page, "Save the proof")
    shown(page, "by Head of networks")
    page.context.clear_cookies()
    sign_in(page, site, "responder")
    page.goto(claim)
    sound(page)
    follow(page, "Approve")
    page.get_by_label("Reason").fill("The letter is signed; documentation addresses are in no registry.")
    press(page, "Approve")
    page.goto(claim)
    shown(page, "Approved")


def cascade(page: Page, folder: Path) -> None:
    """A dependency is entered, and what follows from it is in the cascade: in words, as a picture, and in files."""
    page.goto("/workspace/services/dialysis/")
    sound(page)
    follow(page, "Add what it needs")
    page.get_by_label("Needs", exact=True).select_option("weather")
    page.get_by_label("What it needs of it").select_option("data")
    page.get_by_label("Hours until it is felt").fill("2")
    page.get_by_label("Fallback", exact=False).first.fill("Reports by radio")
    press(page, "Add")
    shown(page, "Say how many hours the fallback lasts.")
    page.get_by_label("Hours that the fallback lasts").fill("3")
    press(page, "Add")
    shown(page, "Weather forecast")
    page.goto("/workspace/new-cascade/")
    page.locator("main [name=title]").fill("No weather forecast")
    page.get_by_label("Find in this list").fill("WEATHER forecast")
    expect(page.locator("main [name=services]:visible")).to_have_count(1)
    page.get_by_label("Find in this list").press("Enter")  # looks for the words, and does not send the form
    page.locator("main [name=services][value=weather]").check()
    press(page, "Run the cascade")
    shown(page, "What stops")
    page.get_by_role("link", name="Dialysis").first.wait_for()
    assert page.locator("main svg").count() >= 1
    sound(page)
    page.screenshot(path=folder / "cascade.png", full_page=True)
    for words, least in (("Download as PDF", 5_000), ("As a Word file", 5_000), ("As CSV", 100)):
        with page.expect_download() as got:
            follow(page, words)
        assert got.value.path().stat().st_size > least


def asked(page: Page, site: Site, mails: MailServer) -> str:
    page.context.clear_cookies()
    sign_in(page, site, "secretariat")
    page.goto("/workspace/assessment-campaigns/operators-2026/?state=asked")
    sound(page)
    page.get_by_role("link", name=re.compile("^Respondents")).first.click()
    follow(page, "Add a respondent")
    page.locator("main [name=name]").fill("Nadia")
    page.locator("main [name=mail]").fill(RESPONDENT)
    press(page, "Add a respondent")
    press(page, "Send 1 e-mail")
    shown(page, "Nadia")
    found = re.search(r"https?://[^/\s]+(/(?:\w\w/)?assessment/\S+)", text_of(arrived(mails, RESPONDENT, "assessment")))
    assert found is not None
    return found[1]


def answered(link: str, browser: Browser, site: Site) -> None:
    with plain(browser, site) as phone:
        phone.goto(link)
        assert sideways(phone) == 0
        phone.locator("main a[href*='/part-1/']").first.click()
        assert sideways(phone) == 0
        phone.locator("input[type=radio]").first.check()
        phone.locator("textarea").first.fill("Nobody does yet.")
        press(phone, "Save")
        shown(phone, "Saved.")
        assert phone.locator("textarea").first.input_value() == "Nobody does yet."


def planned(page: Page, site: Site) -> None:
    """What the first operator with gaps has not planned becomes a line of its plan, and that an action of the national plan."""
    page.goto("/workspace/organisation-assessments/operators-2026-light-and-power/")
    sound(page)
    page.get_by_role("link", name=re.compile("^Plan it")).first.click()
    page.get_by_label("What is done").fill("Exercise the recovery of the grid control")
    page.get_by_label("Who does it").fill("Head of control")
    page.get_by_label("Due date").fill("2027-06-30")
    press(page, "Add to the plan")
    shown(page, "Exercise the recovery of the grid control")
    page.get_by_role("link", name=re.compile(r"^Make an action\s*:\s*Exercise the recovery")).first.click()
    page.get_by_label("Level above").select_option(index=1)
    page.get_by_label("Code").fill("9.9.2")
    page.get_by_label("Title", exact=True).fill("Operators exercise their recovery")
    press(page, "Make an action")
    page.get_by_role("link", name=re.compile("9.9.2")).first.click()
    sound(page)
    shown(page, "30 Jun 2027")
