"""Every public page and every page of the workspace as a person meets it: both languages, wide and narrow, by keyboard, without script."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site, axe, pixels_over, sign_in, squeezed

OF_A_KIND = 2  # links that are followed
WIDTHS = (1280, 360, 320)


def problems_of(page: Page, address: str, *, examined: int = 0) -> list[str]:
    """What is wrong with a page that is open: it is narrowed to each width, and examined by axe at one."""
    found = [] if page.locator("h1").count() == 1 else [f"{address}: not one heading of the first rank"]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{address} squeezes at {width}: {words}" for words in squeezed(page)]
        if (pixels := pixels_over(page)) > 0:
            found.append(f"{address} scrolls sideways by {pixels} px at {width}")
        if width == examined:
            found += [f"{address} at {width}: {each}" for each in axe(page)]
    return found


def opened(page: Page, address: str, **more: int) -> list[str]:
    response = page.goto(address)
    assert response is not None
    wanted = 404 if "no-such" in address else 200
    return problems_of(page, address, **more) if response.status == wanted else [f"{address}: {response.status}"]


@cache  # most links are on every page
def kind_of(path: str, query: str) -> tuple[str, ...]:
    """What a link leads to, whichever row it is of: language, view, and what the query asks for."""
    found = translation.get_language_from_path(path)
    with translation.override(found or "en"):
        try:
            view = resolve(path).view_name
        except Resolver404:
            view = path
    asked = dict(parse_qsl(query))
    if "download" in asked:  # how a list is narrowed changes nothing in whether its file can be had
        return (found or "", view, asked["download"])
    return (found or "", view, *sorted(asked))


@dataclass
class Walk:
    """Follows the links of a site: of each kind of page the first few, of each kind of file the first. What a page says of
    its own parts is looked up in it. Of files the head is asked for."""

    page: Page
    address: str  # of the site
    within: str = "/"
    of_a_kind: int = OF_A_KIND
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    pages: dict[tuple[str, ...], str] = field(default_factory=dict)  # of each language and view the first address
    broken: list[tuple[str, int | str]] = field(default_factory=list)

    def from_(self, *starts: str) -> Walk:
        queue, seen = list(starts), set(starts)
        while queue:
            address = queue.pop()
            for target in self._links(address):
                path = target.path + (f"?{target.query}" if target.query else "")
                if path not in seen and target.path.startswith(self.within) and "logout" not in path:
                    seen.add(path)
                    kind = kind_of(target.path, target.query)
                    self.kinds[kind] += 1
                    if self.kinds[kind] <= (1 if "download=" in path else self.of_a_kind):
                        queue.append(path)
        return self

    def _links(self, address: str) -> list[SplitResult]:
        """Where the links of what is at that address lead to, on this site."""
        is_file = "download=" in address or "." in address.rsplit("/", 1)[-1]
        response = self.page.request.fetch(address, method="HEAD" if is_file else "GET", max_redirects=5)
        if response.status != 200:
            self.broken.append((address, response.status))
            return []
        if is_file or "text/html" not in response.headers.get("content-type", ""):
            return []
        self.pages.setdefault(kind_of(urlsplit(address).path, ""), address)
        text, found = response.text(), []
        for link in re.findall(r'href="([^"]+)"', text):
            target = urlsplit(urljoin(self.address + address, link.replace("&amp;", "&")))
            is_here = target.path == urlsplit(self.address + address).path and not target.query
            if target.fragment and is_here and f'id="{target.fragment}"' not in text:
                self.broken.append((address, f"#{target.fragment}"))
            if target.netloc == urlsplit(self.address).netloc:
                found.append(target)
        return found


# What the tour opens, and where somebody reports.
TOUR = (
    "/",
    "/strategy/",
    "/strategy/2025-2028/actions/2.1.1/",
    "/indicators/reports-within-24h/",
    "/reports/2025-2028/2026-q3/",
    "/report/",
)


def test_the_pages_of_the_tour_are_well_in_both_languages(page: Page, site: Site) -> None:
    problems = []
    for number, address in enumerate(TOUR):  # examined once: one in English and wide, the next in Spanish and narrow
        problems += opened(page, address, examined=0 if number % 2 else 1280)
        problems += opened(page, f"/es{address}", examined=360 if number % 2 else 0)
    assert problems == []


@pytest.mark.long  # two hundred pages at three widths
def test_every_link_of_the_public_site_leads_somewhere_and_every_page_is_well_in_both_languages(
    page: Page, site: Site
) -> None:
    walk = Walk(page, site.address).from_("/")
    assert walk.broken == []
    assert len(walk.kinds) > 100
    places = [address for (language, _view), address in walk.pages.items() if not language]
    places += ["/no-such-page/", "/answer/no-such-link/", "/search/?q=line"]
    assert len(places) > 40
    problems = []
    for number, address in enumerate(places):  # examined once: one in English and wide, the next in Spanish and narrow
        problems += opened(page, address, examined=0 if number % 2 else 1280)
        problems += opened(page, f"/es{address}", examined=360 if number % 2 else 0)
    assert problems == []


@pytest.mark.long  # widths of one document
def test_no_table_of_a_report_is_cut_on_a_wide_screen(page: Page, site: Site) -> None:
    """In Spanish too, whose heads of columns are longer."""
    page.set_viewport_size({"width": 1280, "height": 900})
    for address in ("/reports/2025-2028/2026-q3/", "/es/reports/2025-2028/2026-q3/"):
        page.goto(address)
        widths = page.eval_on_selector_all(
            ".fl-document .fl-scroll", "all => all.map(e => [e.scrollWidth, e.clientWidth])"
        )
        assert len(widths) > 5
        assert [(needed, there) for needed, there in widths if needed > there] == [], address


@pytest.mark.long
def test_every_page_of_the_workspace_is_well(page: Page, site: Site) -> None:
    """In Spanish, whose words are longer."""
    sign_in(page, site, "administrator")
    page.goto("/workspace/mail/")
    page.get_by_role("button", name="Send a test e-mail to me").click()  # so that there is a mail to read
    walk = Walk(page, site.address, within="/es/workspace/", of_a_kind=1).from_("/es/workspace/")
    assert walk.broken == []
    assert len(walk.pages) > 130
    problems = []
    for number, address in enumerate(walk.pages.values()):
        problems += opened(page, address, examined=360 if number % 2 else 1280)
    assert problems == []


@pytest.mark.parametrize("address", ["/", "/strategy/", "/strategy/2025-2028/actions/2.1.1/", "/indicators/"])
def test_a_first_visit_weighs_less_than_100_kb(browser: Browser, site: Site, address: str) -> None:
    context = browser.new_context(base_url=site.address)
    page, sizes = context.new_page(), []
    page.on("response", lambda r: sizes.append((r.url, len(r.body()), r.headers.get("content-encoding", ""), r)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    total = 0
    for url, size, _encoding, response in sizes:
        packed = url.endswith(".woff2")
        total += size if packed else len(gzip.compress(response.body()))
    context.close()
    assert total < 100_000


def test_the_site_reads_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(
        base_url=site.address, java_script_enabled=False, viewport={"width": 360, "height": 800}
    )
    page = context.new_page()
    page.goto("/")
    page.locator("summary:has-text('Menu')").click()
    page.locator(".fl-menu a:has-text('Strategy')").click()
    assert page.locator("h1").inner_text().startswith("National Cybersecurity Strategy")
    page.goto("/indicators/")
    page.locator("main a[href^='/indicators/']").first.click()
    assert page.locator("table").count() > 0
    context.close()


def test_the_keyboard_reaches_the_content_and_the_menu(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert any("Open data" in s or "Data" in s for s in seen)
