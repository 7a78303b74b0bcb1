"""The first day of a real country: from the welcome link that the first start prints to a site that a named person made official."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.config.installation import a_postgres_database, prepared
from tests.conftest import SAMPLES
from tests.core.mail_server import MailServer, listening
from tests.e2e.conftest import Site, Watch, running, sideways

pytestmark = pytest.mark.long  # minutes of a journey

CLUSTER = os.environ.get("DATABASE_URL", "")
PATIENCE = 180.0  # seconds that the worker may take for what it does by itself: a mail, the first backup
DOCUMENTS = {
    "strategy-ocr": SAMPLES / "belize" / "strategy-2020-2023.ocr.txt",
    "release": SAMPLES / "belize" / "launch-release.txt",
}
WORD = "correct horse battery staple"
LETTER = "Letter of the Ministry of National Security, signed by the Chief Executive Officer, No. 12"
RIBBON = ".fl-ribbon"
NOT_BY_A_PAGE = ["address"]  # set on the server: this one is reached by its loopback address


@dataclass
class Day:
    """An installation on its first day, the mail that leaves it, and a browser."""

    site: Site
    mail: MailServer
    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)

    def somebody(self) -> Page:
        """A browser of its own, which is watched."""
        context = self.browser.new_context(
            base_url=self.site.address,
            viewport={"width": 1280, "height": 900},
            locale="en",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE * 1000)
        page, watch = context.new_page(), Watch(self.site.address)
        watch.over(page)
        self.opened.append(context)
        self.watches.append(watch)
        return page

    def problems(self) -> list[str]:
        return [each for watch in self.watches for each in watch.problems]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def day(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Day]:
    """What `floreo up --pack belize` starts: with a mail server and a folder for backups, as the guide to the server says."""
    mail, data = MailServer(), tmp_path / "data"
    settings = {"FLOREO_BACKUP_DIR": str(tmp_path / "backups")}
    with ExitStack() as stack:
        settings["FLOREO_SMTP"] = f"smtp://127.0.0.1:{stack.enter_context(listening(mail))}"
        if request.param == "postgresql":
            settings["DATABASE_URL"] = stack.enter_context(a_postgres_database(CLUSTER))
        else:
            prepared(data)  # its tables are there: making them is what the other database shows
        found = Day(stack.enter_context(running(data, pack="belize", **settings)), mail, browser)
        yield found
        for context in found.opened:
            context.close()
    assert found.problems() == []


def well(page: Page, *, comes_back: bool = False) -> None:
    """The page on a telephone, in both languages: nothing reaches out at the side, and it is in the language it says. Ends on the
    Spanish one."""
    path = re.sub(r"^https?://[^/]+", "", page.url)
    page.set_viewport_size({"width": 360, "height": 740})
    assert (path, sideways(page)) == (path, 0)
    page.goto(f"/es{path}")
    assert (path, sideways(page), page.locator("html").get_attribute("lang")) == (path, 0, "es")
    page.set_viewport_size({"width": 1280, "height": 900})
    if comes_back:
        page.goto(path)


def well_with_a_form(page: Page) -> None:
    """As `well`, without leaving a form that is filled in."""
    page.set_viewport_size({"width": 360, "height": 740})
    assert (page.url, sideways(page)) == (page.url, 0)
    page.set_viewport_size({"width": 1280, "height": 900})


def first_steps(page: Page) -> None:
    """From wherever somebody is: My tasks, and there the way to the first steps."""
    page.goto("/workspace/")
    page.get_by_role("link", name="Go to the first steps").click()
    page.locator("#step-mail").wait_for()


def step(page: Page, name: str) -> Locator:
    return page.locator(f"#step-{name}")


def state_of(page: Page, name: str) -> str:
    return step(page, name).locator(".fl-status").inner_text()


def follow(page: Page, name: str, *, may_be_done: bool = False, **states: str) -> None:
    """Opens the first steps, where `states` is what others say by now, and clicks the link of one, which is not done."""
    first_steps(page)
    assert {each: state_of(page, each) for each in states} == states
    assert may_be_done or state_of(page, name) != "Done"
    step(page, name).get_by_role("link").click()
    page.wait_for_url(re.compile(r"/(?!workspace/first-steps/$)"))


def until_done(page: Page, name: str) -> None:
    """The page of the first steps, looked at again until the worker has done its part."""
    until = time.monotonic() + PATIENCE
    first_steps(page)
    while state_of(page, name) != "Done":
        if time.monotonic() > until:
            raise AssertionError(step(page, name).inner_text())
        page.wait_for_timeout(200)
        page.reload()


def link_to(mail: MailServer, who: str) -> str:
    """The link of the invitation, once its mail has come."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for letter in mail.got:
            if letter["To"].startswith(who):
                body: Any = letter.get_body(("plain",))
                return str(re.findall(r"http\S+/invitation/\S+", body.get_content())[0])
        time.sleep(0.1)
    raise AssertionError(f"no letter to {who}: {[each['To'] for each in mail.got]}")


def join(page: Page, link: str, *, name: str, email: str = "") -> None:
    """The page of a one-time link: who somebody is, and a password."""
    page.goto(link)
    page.locator("[name=name]").fill(name)
    if email:
        page.locator("[name=email]").fill(email)
    page.locator("[name=method][value=password]").check()
    page.locator("[name=password]").fill(WORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile(r"//[^/]+/workspace/$"))


def add_a_passkey(page: Page) -> None:
    """With an authenticator whose owner says yes."""
    follow(page, "factor")
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.locator("main a[href*='webauthn/add']").click()
    page.locator("input[name=name]").fill("My computer")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/**")


def send_a_test_mail(page: Page) -> None:
    follow(page, "mail", may_be_done=True, factor="Done")  # the notice that a passkey was added may have left already
    page.get_by_role("button", name="Send a test e-mail to me").click()
    page.get_by_text("ana@example.org").first.wait_for()
    until_done(page, "mail")


def invite_a_colleague(page: Page, day: Day) -> None:
    follow(page, "administrators")
    page.locator("[name=email]").fill("luis@example.org")
    page.locator("[name=name]").fill("Luis Cal")
    page.locator("[name=role]").select_option("administrator")
    well_with_a_form(page)
    page.locator("main button[type=submit]").click()
    page.get_by_text("Nothing has been sent or saved yet.").wait_for()
    well_with_a_form(page)
    page.get_by_role("button", name="Send 1 e-mail").click()
    page.wait_for_url("**/workspace/accounts/")
    join(day.somebody(), link_to(day.mail, "luis@example.org"), name="Luis Cal")


def name_the_team_and_its_contact(page: Page) -> None:
    follow(page, "team", administrators="Done")
    page.locator("[name=name]").fill("Belize National CSIRT")
    page.locator("[name=kind]").select_option("csirt")
    well_with_a_form(page)
    page.locator("main button[type=submit]").click()
    page.get_by_text("Organisation added.").wait_for()
    follow(page, "team", team="Under way")
    page.locator("[name=purpose]").fill("Reports of incidents")
    page.locator("[name=email]").fill("csirt@example.org")
    well_with_a_form(page)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(re.compile("/workspace/organisations/[^/]+/$"))


def add_the_documents(page: Page) -> None:
    for code, path in DOCUMENTS.items():
        follow(page, "documents")
        page.locator(f"#document-{code}").get_by_role("link", name="Add the file").click()
        page.locator("[name=file]").set_input_files(path)
        well_with_a_form(page)
        page.locator("main button[type=submit]").click()
        page.get_by_text("passages found.").first.wait_for()


def look_at_the_rows(page: Page) -> None:
    """One is accepted and one is doubted, by the key that is beside each button."""
    follow(page, "rows", team="Done")
    well(page, comes_back=True)
    page.keyboard.press("a")
    page.get_by_text("Checked: National Cybersecurity Strategy 2020-2023").wait_for()
    page.keyboard.press("d")
    page.locator("[name=reason]").fill("The letter of the ministry gives another date.")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/workspace/check/?after=*")
    assert "1 of " in page.locator("main header").first.inner_text()


def make_it_official(page: Page) -> None:
    follow(page, "official", rows="Under way")
    well(page, comes_back=True)
    page.locator("[name=basis]").fill(LETTER)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/workspace/first-steps/")
    assert state_of(page, "official") == "Done"
    assert re.search(rf"{LETTER}\. Recorded by Ana Castillo on \d+ \w+ \d{{4}}\.", step(page, "official").inner_text())


def not_done(page: Page) -> list[str]:
    """The steps that are left, on the page of the first steps."""
    found = page.locator("li.fl-step").evaluate_all(
        "all => all.filter(each => !each.querySelector('.fl-done')).map(each => each.id.slice(5))"
    )
    return sorted(found)


def test_the_first_day_from_the_welcome_link_to_an_official_site(day: Day) -> None:
    stranger, page = day.somebody(), day.somebody()
    stranger.goto("/")
    assert "has not confirmed this site" in stranger.locator(RIBBON).inner_text()
    assert "/welcome/" in day.site.admin_link

    page.goto(day.site.admin_link)
    well_with_a_form(page)
    join(page, day.site.admin_link, name="Ana Castillo", email="ana@example.org")
    well(page)
    first_steps(page)
    well(page)
    assert set(not_done(page)) >= {"factor", "mail", "administrators", "team", "rows", "documents", "official"}

    add_a_passkey(page)
    send_a_test_mail(page)
    invite_a_colleague(page, day)
    name_the_team_and_its_contact(page)
    with_documents = all(path.exists() for path in DOCUMENTS.values())  # they are not part of the project
    if with_documents:
        add_the_documents(page)
        well(page)
    look_at_the_rows(page)
    until_done(page, "backup")
    make_it_official(page)
    # Whether this team takes reports of incidents by the public form is its own decision.
    left = ["report_form", "rows", *NOT_BY_A_PAGE] + ([] if with_documents else ["documents"])
    assert not_done(page) == sorted(left)

    stranger = day.somebody()  # for a minute the first one's browser may show what it has
    stranger.goto("/")
    assert stranger.locator(RIBBON).count() == 0
    assert re.search(
        rf"The government confirmed this site: {LETTER}\.\s+Recorded here on\s+\d+ \w+ \d{{4}}",
        stranger.locator("#sources").inner_text(),
    )
    assert "Ana Castillo" not in stranger.content()
    well(stranger)
    page.goto("/workspace/audit/")
    assert "recorded that the site is official" in page.locator("main").inner_text()
