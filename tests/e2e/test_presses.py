"""How many presses the common flows take, counted in a browser as `docs/guide/findings.md` says them: each click on a button or a
link, from the page on which the flow begins. Filling a field and ticking a box are counted too; choosing a file is not.

pytest tests/e2e/test_presses.py -s prints the table."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.conftest import Site, running, sign_in

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "packs" / "isla-prueba" / "reports" / "2026-11-20"
REVIEW = "/workspace/reviews/2025-2028/2026-11-23/"
REPORT = "/workspace/reports/2025-2028/2026-11-23/"
# Whatever was pressed by hand: a click that a program made is not counted.
COUNT = """addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.setItem("presses", Number(sessionStorage.getItem("presses") ?? 0) + 1);
}, true);"""
PATIENCE = 40.0  # seconds: the worker looks into the outbox every five


@dataclass
class Counter:
    """A page that counts what is pressed on it."""

    page: Page
    counted: dict[str, int] = field(default_factory=dict)

    def flow(self, name: str, start: str, do: Callable[[Page], object], *, means: int) -> None:
        self.page.goto(start)
        self.page.evaluate("sessionStorage.setItem('presses', 0)")
        do(self.page)
        self.counted[name] = int(self.page.evaluate("Number(sessionStorage.getItem('presses'))"))
        print(f"{name}: {self.counted[name]}")
        assert self.counted[name] == means, name


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One of its own: a review is opened, answered and closed on it."""
    with running(tmp_path_factory.mktemp("presses")) as found:
        yield found


def counting(browser: Browser, site: Site, role: str = "") -> tuple[BrowserContext, Counter]:
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900}, locale="en")
    context.add_init_script(COUNT)
    page = context.new_page()
    if role:
        sign_in(page, site, role)
    return context, Counter(page)


def links(site: Site, part: str, *, least: int) -> list[str]:
    """Links of that part of the site in the e-mails that left, the latest last, once there are enough."""
    until, found = time.monotonic() + PATIENCE, list[str]()
    while time.monotonic() < until and len(found) < least:
        time.sleep(0.5)
        found = []
        for path in sorted((site.data / "mail").iterdir()):
            for text in path.read_bytes().split(b"-" * 79):  # a file holds several e-mails
                letter = message_from_bytes(text.lstrip(), policy=policy.default)
                body = letter.get_body(("plain",)) if text.strip() else None
                found += re.findall(rf"http\S+/{part}/\S+", body.get_content()) if body else []
    assert len(found) >= least, (part, found)
    return list(dict.fromkeys(found))


def opens_a_review(page: Page) -> None:
    page.get_by_role("link", name="Open a review by hand").click()
    page.locator("[name=ends_on]").fill("2026-11-23")
    page.get_by_role("button", name="Open and request updates").click()
    page.get_by_role("button", name=re.compile(r"Send \d+ e-mails")).click()
    page.wait_for_url(f"**{REVIEW}")


def says_nothing_changed(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^(Nothing changed|Nada cambió)")).first.click()
    page.wait_for_load_state()


def approves_all_unchanged(page: Page) -> None:
    page.get_by_role("link", name=re.compile("unchanged|without changes")).first.click()
    page.get_by_role("button", name=re.compile("^Approve")).first.click()
    page.wait_for_load_state()


def closes(page: Page) -> None:
    page.get_by_role("link", name="Close the review").click()
    page.get_by_role("button", name="Close permanently").click()
    page.wait_for_url(f"**{REPORT}")


def publishes(page: Page) -> None:
    page.get_by_role("link", name="Publish now").click()
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**{REPORT}*")


def changes_a_due_date(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Change the due date")).first.click()
    page.locator("input[name=due_on]").fill("2027-03-31")
    page.locator("main button[type=submit]").first.click()
    page.get_by_text("Saved.").first.wait_for()


def changes_many_and_undoes_it(page: Page) -> None:
    boxes = page.locator("main input[name=codes]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Set the due date").click()
    page.locator("input[name=due_on]").fill("2027-06-30")
    page.get_by_role("button", name="Change 2 actions").click()
    page.get_by_role("heading", name="Set the due date: 2 done.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: everything is as it was before your last step.").wait_for()


def uploads_a_file(page: Page) -> None:
    page.get_by_role("link", name="Shadowserver").first.click()
    page.get_by_role("link", name="Upload a file").click()
    page.locator("input[type=file]").set_input_files(next(FILES.glob("*scan_rdp*")))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def test_presses_of_a_quarter(browser: Browser, own: Site) -> None:
    context, counter = counting(browser, own, "secretariat")
    counter.flow("open a review by hand, with its preview", "/workspace/reviews/", opens_a_review, means=3)
    guest, stranger = counting(browser, own)
    for link in links(own, "answer", least=12)[-12:]:
        stranger.flow("nothing changed, by the link", link, says_nothing_changed, means=1)
    guest.close()
    counter.flow("approve all that is unchanged", REVIEW, approves_all_unchanged, means=2)
    counter.flow("close the review", REVIEW, closes, means=2)
    counter.flow("publish its report", REPORT, publishes, means=2)
    context.close()


def test_presses_at_the_plan_and_at_a_feed(browser: Browser, own: Site) -> None:
    context, counter = counting(browser, own, "secretariat")
    counter.flow(
        "change a due date from the list", "/workspace/plan/2025-2028/?state=late", changes_a_due_date, means=2
    )
    counter.flow(
        "a due date for two actions, and undo", "/workspace/plan/2025-2028/", changes_many_and_undoes_it, means=5
    )
    context.close()
    context, counter = counting(browser, own, "responder")
    counter.flow("a file of a feed", "/workspace/feeds/", uploads_a_file, means=3)
    context.close()
