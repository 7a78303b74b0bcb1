"""What the walk through a quarter needs: a site that sends to a real mail server, its mails, its PDFs, its keys."""

from __future__ import annotations

import io
import re
import time
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader

from tests.core.mail_server import MailServer
from tests.e2e.conftest import Site, Watch, sign_in

PHONE = {"width": 360, "height": 740}
RUNNING = "/workspace/reviews/2025-2028/2026-10/"  # the sample's own open review
# A new link is asked for at most this long before it has come: the worker looks into the outbox every five seconds.
PATIENCE = 25.0


@dataclass
class Office:
    """One installation with the mail server that it sends to."""

    site: Site
    mail: MailServer
    browser: Browser

    def context(self, *, width: int = 1280, script: bool = True) -> BrowserContext:
        return self.browser.new_context(
            base_url=self.site.address,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            locale="en",
            reduced_motion="reduce",
        )

    def secretariat(self) -> tuple[Page, Watch]:
        """Signed in, and watched: its pages may log no error and ask no other host."""
        page, watch = self.context().new_page(), Watch(self.site.address)
        watch.over(page)
        sign_in(page, self.site, "secretariat")
        return page, watch

    def letter(self, to: str, about: str, *, after: int = 0) -> EmailMessage:
        """The mail to somebody whose subject holds `about`, once it has come; `after` so many that were there."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for one in self.mail.got[after:]:
                if one["To"].startswith(to) and about in str(one["Subject"]):
                    return one
            time.sleep(0.2)
        raise AssertionError(f"no letter to {to} about {about}: {[(m['To'], m['Subject']) for m in self.mail.got]}")

    def new_link(self, page: Page, name: str, to: str) -> str:
        """The secretariat sends a lead a new link; what is in the mail."""
        before = len(self.mail.got)
        page.goto(RUNNING)
        page.get_by_role("link", name=name).first.click()
        page.get_by_role("button", name="Send a new link").click()
        page.get_by_role("button", name="Send 1 e-mail").click()
        page.get_by_text("A new link will be sent. Earlier links no longer work.").wait_for()
        return link_in(self.letter(to, "", after=before))


def link_in(letter: EmailMessage) -> str:
    found = re.findall(r"http\S+/answer/\S+", letter.get_content())
    assert len(found) == 1, letter.get_content()
    return str(found[0])


def reader_of(page: Page, name: str) -> PdfReader:
    """The PDF behind a link of the page, as whoever looks at the page gets it."""
    address = page.get_by_role("link", name=name, exact=True).first.get_attribute("href")
    answer = page.request.get(str(address))
    assert answer.headers["content-type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.body()))


def words_of(reader: PdfReader) -> str:
    """All words of a PDF. Word joiners, which keep a number beside its word, count as blanks."""
    return re.sub(r"[\s\u2060]+", " ", " ".join(p.extract_text() for p in reader.pages))


def assert_accessible(reader: PdfReader) -> None:
    """PDF/UA-1 as far as a program can see: it says so, is tagged, and has a language and a title."""
    root: Any = reader.root_object  # nested objects resolve themselves
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<|pdfuaid:part=\"1\"", xmp)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]


FOCUS = """() => {
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect();
  const inside = !at.matches(':focus') && at.matches(':focus-within');  // the calendar of a date: the browser's own ring
  const ring = inside || (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0);
  const words = (at.innerText || at.value || '').trim().replace(/\\s+/g, ' ');
  return {name: at.getAttribute('name') || '', tag: at.tagName.toLowerCase(), words, ring,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight};
}"""


def tab(page: Page) -> dict[str, Any]:
    """Presses Tab. Wherever it leads, the focus can be seen. Between the end of a page and its beginning, and before a new
    page is in front, the browser itself has it."""
    page.keyboard.press("Tab")
    at: dict[str, Any] = page.evaluate(FOCUS)
    if at["tag"] == "body":
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
    assert at["ring"], at
    assert at["seen"], at
    return at


def tab_to(page: Page, *, name: str = "", words: str = "", most: int = 120) -> list[str]:
    """Tab, until the field of that name or the control with those words has the focus; all that was passed, each once."""
    passed: list[str] = []
    for _press in range(most):
        at = tab(page)
        here = at["words"] if at["tag"] in {"a", "button", "summary"} else at["name"]
        if here not in passed[-1:]:  # a date has a place for day, month, year and calendar
            passed.append(here)
        if (name and at["name"].endswith(name)) or (words and at["words"].startswith(words)):
            return passed
    raise AssertionError(f"Tab never reached {name or words}: {passed}")
