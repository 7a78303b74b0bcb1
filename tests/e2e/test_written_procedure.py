"""A written procedure in a browser, with a mail server on loopback: from its draft through votes by link to the recorded decision. Members
have no script and no account."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.core.mail_server import MailServer, listening
from tests.e2e.conftest import Site, axe, running, sideways, sign_in
from tests.e2e.test_tabletop import follow, press, text_of

TITLE = "Open the reporting line at night"
MEMBERS = 5  # voting seats of the steering committee of the sample country
_LINK = re.compile(r"https?://[^/\s]+(/(?:\w\w/)?committee/vote/\S+)")


@pytest.fixture(scope="module")
def mails() -> MailServer:
    return MailServer()


@pytest.fixture(scope="module")
def own_site(mails: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        listening(mails) as port,
        running(tmp_path_factory.mktemp("procedure"), FLOREO_SMTP=f"smtp://127.0.0.1:{port}") as site,
    ):
        yield site


@contextmanager
def plain(browser: Browser, site: Site) -> Iterator[Page]:
    """A phone without script."""
    context = browser.new_context(
        base_url=site.address, viewport={"width": 360, "height": 800}, locale="en", java_script_enabled=False
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def links(mails: MailServer, number: int, *, seconds: int = 120) -> list[str]:
    """The links of the members, one for each address, once all have arrived."""
    found: dict[str, str] = {}
    for _turn in range(seconds * 4):
        for mail in list(mails.got):
            text = text_of(mail)
            if TITLE in text and (link := _LINK.search(text)):  # and not of a procedure of the sample country
                found[str(mail["To"])] = link[1]
        if len(found) >= number:
            return list(found.values())
        time.sleep(0.25)
    raise AssertionError(
        f"{len(found)} of {number} members got their link: {[(m['To'], m['Subject']) for m in mails.got]}"
    )


def prepared(page: Page) -> None:
    page.goto("/workspace/committees/steering-committee/")
    follow(page, "Decide in writing")
    page.get_by_label("Proposed decision, in a few words", exact=True).fill(TITLE)
    page.get_by_label("Text of the decision", exact=False).first.fill("From January, with two posts.")
    closes = datetime.now() + timedelta(days=4)  # noqa: DTZ005 -- as a person types it
    page.get_by_label("Closes").fill(closes.strftime("%Y-%m-%dT%H:%M"))
    press(page, "Save draft")
    page.get_by_role("heading", name=TITLE).wait_for()


def vote(page: Page, link: str, answer: str) -> None:
    page.goto(link)
    assert page.get_by_text("Thank you, your answer is recorded.").count() == 0
    page.get_by_label(answer, exact=True).check()
    page.get_by_role("button").last.click()
    page.locator(".fl-why--success").wait_for()


@pytest.mark.long
@pytest.mark.e2e
def test_a_committee_decides_in_writing(own_site: Site, mails: MailServer, browser: Browser) -> None:
    context = browser.new_context(base_url=own_site.address, viewport={"width": 1280, "height": 900}, locale="en")
    page = context.new_page()
    sign_in(page, own_site, "secretariat")
    prepared(page)
    home = page.url
    assert axe(page) == []
    follow(page, "Open the written procedure")
    press(page, "Open and ask the members")
    page.get_by_role("button", name=re.compile(r"^Send \d+ e-mails$")).click()
    page.get_by_role("heading", name="Members asked").wait_for()
    own = links(mails, MEMBERS)
    with plain(browser, own_site) as phone:
        for number, link in enumerate(own):
            english = re.sub(r"^/\w\w/committee", "/committee", link)
            vote(phone, english, "In favour" if number < 3 else "Against")
        assert sideways_of(phone) <= 0
    page.goto(home)
    page.set_viewport_size({"width": 360, "height": 800})
    assert (axe(page), sideways(page)) == ([], 0)
    follow(page, "Close it now: every member has answered")
    press(page, "Close and count")
    page.get_by_role("button", name=re.compile(r"^Send \d+ e-mails$")).click()
    page.get_by_text("the quorum of 3 was reached.").first.wait_for()
    page.get_by_role("link", name=re.compile(r"^D-\d{4}-\d+$")).first.click()
    page.get_by_role("heading", name=TITLE).wait_for()
    assert page.get_by_role("link", name=re.compile(r"^W-\d{4}-\d+$")).count() == 1
    with plain(browser, own_site) as phone:  # the link shows the result, and takes nothing any more
        phone.goto(own[0])
        assert phone.locator("main form").count() == 0
    context.close()


def sideways_of(page: Page) -> int:
    """By how many points a page without script is wider than the phone, from its own box."""
    box = page.locator("main").bounding_box()
    assert box is not None
    return int(box["x"] + box["width"]) - 360
