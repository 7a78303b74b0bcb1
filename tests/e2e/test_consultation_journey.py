"""A consultation from its draft to "You said, we did": by staff in the workspace, by a citizen on a phone, and read by a visitor."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from floreo.core import clock
from tests.e2e.conftest import Site, axe, sideways, sign_in

TITLE = "Reporting of incidents by small operators"
CODE = "reporting-of-incidents-by-small-operators"
HERE, PUBLIC = f"/workspace/consultations/{CODE}/", f"/consultations/{CODE}/"


@pytest.mark.long
def test_a_consultation_from_its_draft_to_its_answers(page: Page, site: Site) -> None:
    sign_in(page, site, "secretariat")
    prepares(page)
    page.context.clear_cookies()
    link = comments(page, "Give small operators 72 hours: at night nobody is there.")
    page.goto(link)
    page.locator("main [name=text]").fill("Give small operators 72 hours: at night and on Sundays nobody is there.")
    press(page, "Save")
    assert "The comment is changed." in page.locator("main").inner_text()
    comments(page, "A second one, of the same office.")
    sign_in(page, site, "secretariat")
    decides(page)
    is_announced(site)
    closes(site)
    page.goto(HERE)
    follow(page, "Publish the answers")
    page.locator("main [name=answered_by]").fill("The secretariat")
    press(page, "Publish the answers")
    assert page.url.endswith(HERE), page.locator("main").inner_text()
    page.context.clear_cookies()
    reads(page, link)


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=name, exact=True).first.click()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name, exact=True).click()


def is_well(page: Page) -> None:
    """Without a fault for who cannot see it, and not wider than the screen, a phone's too."""
    assert (axe(page), sideways(page)) == ([], 0), page.url
    page.set_viewport_size({"width": 360, "height": 800})
    assert sideways(page) == 0, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def prepares(page: Page) -> None:
    """Title, question and times; then it is scheduled, and open at once."""
    page.goto("/workspace/consultations/")
    follow(page, "Prepare a consultation")
    is_well(page)
    now = clock.now()
    for name, words in {
        "title": TITLE,
        "title_es": "Notificación de incidentes por operadores pequeños",
        "opens_at": f"{now - timedelta(days=400):%Y-%m-%dT%H:%M}",
        "closes_at": f"{now + timedelta(days=400):%Y-%m-%dT%H:%M}",
    }.items():
        page.locator(f"main [name={name}]").fill(words)
    press(page, "Save draft")
    page.goto(HERE)
    follow(page, "Add a question")
    page.locator("main [name=title]").fill("How many hours does a small operator need?")
    press(page, "Add a question")
    page.goto(HERE)
    follow(page, "Schedule")
    press(page, "Schedule")
    assert "Open until" in page.locator("main header").first.inner_text()
    is_well(page)


def comments(page: Page, words: str) -> str:
    """A citizen on a phone; the secret link of the comment."""
    page.context.clear_cookies()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(PUBLIC)
    assert sideways(page) == 0
    follow(page, "Write a comment")
    press(page, "Send comment")
    assert "Write your comment." in page.locator("main").inner_text()
    assert (axe(page), sideways(page)) == ([], 0)
    page.locator("main [name=text]").fill(words)
    press(page, "Send comment")
    found = page.locator("main a", has_text=re.compile("/comment/follow/")).inner_text()
    assert (axe(page), sideways(page)) == ([], 0)
    page.set_viewport_size({"width": 1280, "height": 900})
    return found.removeprefix(page.url.split("/consultations")[0])


def decides(page: Page) -> None:
    """One comment is published, the other is none; the first makes a point, on which is decided in both languages."""
    page.goto(f"{HERE}comments/1/")
    is_well(page)
    follow(page, "Publish")
    press(page, "Publish")
    page.goto(f"{HERE}comments/2/")
    follow(page, "Not a comment")
    is_well(page)
    page.locator("main [name=reason]").fill("A trial.")
    press(page, "Not a comment")
    page.goto(f"{HERE}comments/")
    is_well(page)
    page.get_by_role("checkbox").first.check()
    page.locator("main [name=title]").fill("Give small operators 72 hours")
    press(page, "Group the selected comments")
    page.goto(HERE)
    is_well(page)
    page.goto(f"{HERE}points/1/do/edit/")
    page.locator("main [name=title_es]").fill("Dar 72 horas a los operadores pequeños")
    press(page, "Save")
    page.goto(f"{HERE}points/1/do/decide/")
    page.locator("main [name=decision]").select_option("partly")
    page.locator("main [name=reason]").fill("48 hours, and 72 at weekends.")
    page.locator("main [name=reason_es]").fill("48 horas, y 72 en fin de semana.")
    press(page, "Decide")


def is_announced(site: Site) -> None:
    """The worker writes down that it opened, within half a minute: answers that are published meanwhile would be refused, since something changed."""
    for _look in range(120):
        with closing(sqlite3.connect(site.data / "floreo.sqlite3", timeout=30)) as database:
            query = "SELECT announced_at FROM consultation_consultation WHERE code = ?"
            if database.execute(query, [CODE]).fetchone()[0]:
                return
        time.sleep(0.5)
    raise AssertionError("the worker did not write down that it opened")


def closes(site: Site) -> None:
    """Its time passes."""
    with closing(sqlite3.connect(site.data / "floreo.sqlite3", timeout=30)) as database:
        changed = database.execute(
            "UPDATE consultation_consultation SET closes_at = datetime(opens_at, '+1 day') WHERE code = ?", [CODE]
        )
        database.commit()
        assert changed.rowcount == 1


def reads(page: Page, link: str) -> None:
    """A visitor, in both languages; and who wrote the comment, by the link."""
    page.goto(PUBLIC)
    page.reload()  # this browser has seen the page a minute ago, when it was open
    assert "The point you raised changed the draft" in page.locator("h1").inner_text()
    assert "48 hours, and 72 at weekends." in page.locator("main").inner_text()
    is_well(page)
    page.goto(f"/es{PUBLIC}")
    assert "48 horas, y 72 en fin de semana." in page.locator("main").inner_text()
    is_well(page)
    page.goto(link)
    assert "48 hours, and 72 at weekends." in page.locator("main").inner_text()
    is_well(page)
    paper = page.request.get(f"{PUBLIC}answers.pdf")
    assert (paper.status, paper.body()[:5]) == (200, b"%PDF-")
