"""An exercise in a browser, with a mail server on loopback: from the library to the report. Participants have no script."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page

from floreo.core import clock
from tests.core.mail_server import MailServer, listening
from tests.e2e.conftest import Site, axe, running, sideways, sign_in

pytestmark = pytest.mark.long  # minutes of a journey

ADDRESSES = ("rita@water.example", "bruno@home.example")


@pytest.fixture(scope="module")
def mails() -> MailServer:
    return MailServer()


@pytest.fixture(scope="module")
def own_site(mails: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        listening(mails) as port,
        running(tmp_path_factory.mktemp("tabletop"), FLOREO_SMTP=f"smtp://127.0.0.1:{port}") as site,
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


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""


def arrived(mails: MailServer, to: str, words: str, *, seconds: int = 90) -> EmailMessage:
    """The newest mail to that address with those words."""
    for _n in range(seconds * 4):
        found = [m for m in mails.got if m["To"] == to and (words in text_of(m) or words in str(m["Subject"]))]
        if found:
            return found[-1]
        time.sleep(0.25)
    raise AssertionError(f"no mail to {to} with “{words}”: {[(m['To'], m['Subject']) for m in mails.got]}")


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"https?://[^/\s]+(/(?:\w\w/)?exercise/\S+)", text_of(mail))
    assert found is not None
    return found[1]


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def send(page: Page) -> None:
    """The press after the page that shows what will leave."""
    shown(page, "Nothing has been sent or saved yet.")
    page.get_by_role("button", name=re.compile(r"^Send \d+ e-mails?$")).click()


def follow(page: Page, words: str) -> None:
    page.get_by_role("link", name=words, exact=True).first.click()


def shown(page: Page, words: str) -> None:
    """A form may be answered in place: what it says comes a moment later."""
    page.locator("main").get_by_text(words).first.wait_for()


def sound(page: Page) -> None:
    """Nothing wrong by axe, and nothing that scrolls sideways on a phone."""
    wide = page.viewport_size or {"width": 1280, "height": 900}
    assert axe(page) == [], page.url
    page.set_viewport_size({"width": 360, "height": 800})
    assert sideways(page) == 0, page.url
    page.set_viewport_size({"width": wide["width"], "height": wide["height"]})


def invite(page: Page, organisation: str, mail: str = "", *, part: str = "Participant") -> None:
    page.locator("#participants").get_by_role("link", name="Invite", exact=True).click()
    page.get_by_label("Takes part as").select_option(part)
    page.get_by_label("Organisation", exact=False).first.select_option(organisation)
    page.get_by_label("E-mail for the invitation").fill(mail)
    press(page, "Invite")
    if mail:
        send(page)
    shown(page, "Invited.")


@pytest.mark.e2e
def test_an_exercise_from_the_library_to_the_report(own_site: Site, mails: MailServer, browser: Browser) -> None:
    context = browser.new_context(base_url=own_site.address, viewport={"width": 1280, "height": 900}, locale="en")
    page = context.new_page()
    sign_in(page, own_site, "secretariat")
    run_it(page, own_site, mails, browser)
    assert "/workspace/tabletop" in page.url
    assert page.locator("main h1").inner_text()
    context.close()


def run_it(page: Page, site: Site, mails: MailServer, browser: Browser) -> None:
    planned(page)
    home = page.url
    invite(page, "water-board", ADDRESSES[0])
    invite(page, "island-bank", "bruno@bank.example")
    invite(page, "port-authority")
    invite(page, "emergency-office", part="Observer")
    sound(page)
    own = joined(page, mails, browser, site)
    page.goto(home)
    follow(page, "Start the exercise")
    press(page, "Start the exercise")
    send(page)
    played(page, own, mails, browser, site)
    evaluated(page, home)


def planned(page: Page) -> None:
    page.goto("/workspace/tabletops/")
    follow(page, "Library of scenarios")
    sound(page)
    follow(page, "Water billing cut off")
    sound(page)
    follow(page, "Use it in an exercise")
    page.get_by_label("Starts").fill((clock.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    press(page, "Plan the exercise")
    shown(page, "Planned. Adapt the schedule")
    page.locator("#schedule").get_by_role("link", name=re.compile(r"^Edit\s*:\s*The vendor")).first.click()
    page.get_by_label("Minute", exact=False).first.fill("-3")
    press(page, "Save")
    shown(page, "Minute -3 is before the start")
    page.get_by_label("Minute", exact=False).first.fill("91")
    press(page, "Save")
    shown(page, "would come after its end")
    page.get_by_label("Minute", exact=False).first.fill("15")
    press(page, "Save")
    page.locator("#participants").wait_for()


def joined(page: Page, mails: MailServer, browser: Browser, site: Site) -> dict[str, str]:
    """By mail at the address of the invitation; by mail at another one; on screen; an observer on screen."""
    home, own = page.url.partition("#")[0], {}
    for who, mail, gives in (
        ("rita", ADDRESSES[0], ADDRESSES[0]),
        ("bruno", "bruno@bank.example", ADDRESSES[1]),
        ("mara", "", ""),
        ("nora", "", ""),
    ):
        if mail:
            first = arrived(mails, mail, "You are invited")
            assert str(first["Subject"]).startswith("EXERCISE / EJERCICIO")
            assert first["X-Exercise"] == "EXERCISE / EJERCICIO"
            assert "billing" not in text_of(first)
            own[who] = link_in(first)
        else:
            page.goto(home)
            place = "Port Authority" if who == "mara" else "National Emergency Office"
            row = page.locator("#participants li", has_text=place)
            row.get_by_role("link", name=re.compile("^Show the link")).click()
            address = page.get_by_label("Link", exact=True).input_value()
            own[who] = re.sub(r"^https?://[^/]+", "", address)
        with plain(browser, site) as phone:
            phone.goto(own[who])
            shown(phone, "EXERCISE / EJERCICIO")
            assert "billing" not in phone.locator("main").inner_text()
            phone.get_by_label("Your name").fill(who.title())
            phone.get_by_label("Your e-mail").fill(gives)
            press(phone, "I take part")
            shown(phone, "You take part.")
        if gives and gives != mail:
            with plain(browser, site) as phone:
                phone.goto(link_in(arrived(mails, gives, "gave this address")))
                press(phone, "Yes, send them to me")
                shown(phone, "Your address is confirmed")
    return own


def played(page: Page, own: dict[str, str], mails: MailServer, browser: Browser, site: Site) -> None:
    home = page.url.partition("#")[0]
    for to in ADDRESSES:
        assert "licence not valid" in text_of(arrived(mails, to, "Payment counters"))
    assert not [m for m in mails.got if m["To"] == "bruno@bank.example" and "Payment" in str(m["Subject"])]
    with plain(browser, site) as phone:
        answer = phone.goto(own["mara"])
        assert answer is not None
        assert answer.headers["refresh"].startswith("20; url=")
        shown(phone, "Payment counters cannot open an account")
        phone.get_by_role("link", name=re.compile(r"^Write what you do\s*:")).click()
        phone.get_by_label("What you do").fill("Paper receipts, numbered.")
        press(phone, "Save")
        shown(phone, "Paper receipts, numbered.")
    page.goto(home)
    page.locator("#inject-2").get_by_role("link", name=re.compile("^Send now")).click()
    press(page, "Send now")
    send(page)
    arrived(mails, ADDRESSES[0], "The vendor does not answer")
    follow(page, "Pause")
    press(page, "Pause")
    send(page)
    shown(page, "Paused at minute")
    assert "is paused" in text_of(arrived(mails, ADDRESSES[1], "is paused"))
    sound(page)
    follow(page, "Go on")
    press(page, "Go on")
    send(page)
    with browser.new_context(base_url=site.address, locale="es", viewport={"width": 360, "height": 800}) as other:
        observer = other.new_page()
        observer.goto("/es" + own["nora"])
        sound(observer)
        follow(observer, "Anotar observaciones")
        sound(observer)
        observer.get_by_label("Valoración").first.select_option("met")
        observer.get_by_label("Nota").first.fill("A los seis minutos")
        press(observer, "Guardar")
        shown(observer, "Sus observaciones quedaron guardadas.")
    page.goto(home)
    shown(page, "Paper receipts, numbered.")
    follow(page, "End")
    press(page, "End")
    send(page)
    arrived(mails, ADDRESSES[0], "has ended")


def evaluated(page: Page, home: str) -> None:
    page.goto(home)
    sound(page)
    page.locator("#findings").get_by_role("link", name="Add a finding").click()
    page.get_by_label("Finding", exact=False).first.fill("No number on paper")
    press(page, "Add a finding")
    shown(page, "Finding added.")
    follow(page, "Close the evaluation")
    press(page, "Close the evaluation")
    shown(page, "Say of each finding who carries it out")
    page.goto(home)
    follow(page, "1. No number on paper")
    follow(page, "Make it an action")
    page.get_by_label("Level above").select_option(index=1)
    page.get_by_label("Code").fill("9.9.1")
    page.get_by_label("Led by").select_option("water-board")
    page.get_by_label("Due date").fill("2027-06-30")
    press(page, "Make it an action")
    shown(page, "9.9.1")
    sound(page)
    page.goto(home)
    follow(page, "Close the evaluation")
    press(page, "Close the evaluation")
    shown(page, "Evaluated on")
    page.goto("/workspace/tabletops/")
    page.locator("tr", has_text="Water billing cut off").first.get_by_role("link", name=re.compile("^Report")).click()
    sound(page)
    shown(page, "Met: 1 of")
    for kind in ("PDF", "Word"):
        with page.expect_download() as got:
            follow(page, kind)
        assert got.value.path().stat().st_size > 5000
