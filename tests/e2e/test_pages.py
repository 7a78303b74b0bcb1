"""Every public page and every desk page as a person meets it: both languages, wide and narrow, by keyboard, without script."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from django.utils import translation
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site, axe, sideways, sign_in

PUBLIC = [
    "/",
    "/strategy/",
    "/strategy/2025-2028/timeline/",
    "/strategy/2025-2028/pillars/2/",
    "/strategy/2025-2028/objectives/2.1/",
    "/strategy/2025-2028/actions/2.1.1/",
    "/strategy/2025-2028/actions/2.1.1/history/",
    "/strategy/2021-2024/",
    "/indicators/",
    "/organisations/",
    "/districts/",
    "/data/",
    "/data/actions/",
    "/about/",
    "/about/status/",
    "/about/roles/",
    "/about/unconfirmed/",
    "/about/audit/",
    "/about/pieces/",
    "/accessibility/",
    "/privacy/",
    "/report/",
    "/search/?q=line",
    "/account/login/",
    "/no-such-page/",
    "/reports/",
    "/reports/2025-2028/2026-q3/",
    "/reports/2025-2028/2026-q3/minister/",
    "/reports/2025-2028/2026-q3/funders/regional-digital-fund/",
    "/reports/2021-2024/closing/",
    "/publications/",
    "/publications/annual-review-2025/",
    "/publications/phone-numbers-2025/",
    "/frameworks/",
    "/frameworks/gci/",
    "/frameworks/cmm/",
    "/strategy/2025-2028/money/",
    "/strategy/2025-2028/decisions/",
    "/strategy/2025-2028/text/",
    "/answer/no-such-link/",
]
DESK = [
    "/workspace/",
    "/workspace/waiting/",
    "/workspace/calendar/",
    "/workspace/weekly/",
    "/workspace/plan/",
    "/workspace/plan/2025-2028/",
    "/workspace/plan/2025-2028/actions/2.1.1/",
    "/workspace/imports/",
    "/workspace/indicators/",
    "/workspace/organisations/",
    "/workspace/people/",
    "/workspace/accounts/",
    "/workspace/audit/",
    "/workspace/reviews/",
    "/workspace/reviews/2025-2028/2026-10/",
    "/workspace/reviews/2025-2028/2026-q3/",
    "/workspace/reviews/2025-2028/rhythm/",
]


OF_A_KIND = 2  # links that are followed
# The rooms of the workspace that came with the secretariat's rhythm. An address with a second part: follow that link from it.
_REVIEW, _REPORT, _MEETING = (
    "/workspace/reviews/2025-2028/2026-10/",
    "/workspace/reports/2025-2028/2026-q3/",
    "/workspace/meetings/task-force/2026-11-10/",
)
_GCI, _BILL, _DRAFT = (
    "/workspace/assessments/gci-2026/",
    "/workspace/evidence/bill-14-2025/",
    "/workspace/publications/exercise-lessons/",
)
_FEEDS, _FOUND = "/workspace/feeds/", "/workspace/findings/?state=open"
ROOMS: dict[str, list[str | tuple[str, str]]] = {
    "reviews": [
        (_REVIEW, "a[href*='/asks/']"),
        (_REVIEW, "a[href$='/return/']"),
        f"{_REVIEW}days/",
        f"{_REVIEW}close/",
        "/workspace/reviews/2025-2028/new/",
    ],
    "reports": [
        "/workspace/reports/",
        _REPORT,
        f"{_REPORT}?part=minister",
        f"{_REPORT}correct/",
        f"{_REPORT}sign/",
        "/workspace/reports/2025-2028/preview/",
        "/workspace/reports/2025-2028/new/",
        "/workspace/reports/2025-2028/lessons/",
        "/workspace/reports/templates/",
        "/workspace/reports/templates/new/",
    ],
    "frameworks": [
        "/workspace/frameworks/",
        "/workspace/frameworks/gci/",
        "/workspace/frameworks/gci/new/",
        "/workspace/frameworks/gci/scores/new/",
        _GCI,
        f"{_GCI}compare/",
        (_GCI, "a[href*='/items/']"),
        "/workspace/assessments/cmm-2026/",
    ],
    "evidence": [
        "/workspace/evidence/",
        "/workspace/evidence/new/",
        _BILL,
        f"{_BILL}edit/",
        f"{_BILL}replace/",
        f"{_BILL}withdraw/",
        ("/workspace/plan/2025-2028/actions/2.1.1/", "a[href*='/workspace/evidence/to/']"),
    ],
    "meetings": [
        "/workspace/meetings/",
        _MEETING,
        f"{_MEETING}record/",
        f"{_MEETING}papers/minutes/",
        "/workspace/meetings/steering-committee/2026-12-03/",
        "/workspace/committees/",
        "/workspace/committees/new/",
        "/workspace/committees/task-force/",
        "/workspace/committees/task-force/call/",
        "/workspace/committees/task-force/seats/new/",
        "/workspace/decisions/",
        "/workspace/decisions/new/",
        "/workspace/decisions/D-2026-06/",
    ],
    "money": [
        "/workspace/money/2025-2028/",
        "/workspace/new-grant/",
        "/workspace/grants/rdf-response/",
        "/workspace/grants/rdf-response/edit/",
        ("/workspace/money/2025-2028/", "a[href*='/budget-lines/']"),
    ],
    "publications": [
        "/workspace/publications/",
        "/workspace/publications/annual-review-2025/",
        _DRAFT,
        f"{_DRAFT}file/",
        "/workspace/new-publication/",
        "/workspace/channels/",
        "/workspace/new-channel/",
        "/workspace/channels/ministry/",
    ],
    "mail": ["/workspace/mail/", ("/workspace/mail/", "main td a, main th a"), "/workspace/health/"],
    "feeds": [
        _FEEDS,
        (_FEEDS, "main td a[href*='/feeds/reports/']"),
        "/workspace/feeds/shadowserver/",
        "/workspace/feeds/shadowserver/try/",
        "/workspace/feeds/new/",
        (_FEEDS, "#types a"),
        "/workspace/feeds/rules/",
        ("/workspace/feeds/rules/", "main th a"),
        "/workspace/feeds/rules/new/",
        _FOUND,
        (_FOUND, "main th a"),
        "/workspace/findings/explorer/?organisation=port-authority",
    ],
    "letters": [
        "/workspace/notices/",
        ("/workspace/notices/", "main th a"),
        "/workspace/notices/today/",
        "/workspace/notices/rules/",
        "/workspace/notices/rules/new/",
        "/workspace/corrections/",
        ("/workspace/corrections/", "a[href$='/accept/']"),
        "/workspace/networks/gaps/",
        ("/workspace/organisations/island-bank/", "a[href*='/holdings/']"),
    ],
}


def fits(page: Page, address: str, *, prefix: str, widths: tuple[int, ...] = (1280, 360)) -> None:
    """Opened once and narrowed. Each page is examined once: one wide and in English, the next narrow and in Spanish."""
    examined = (360, "/es") if len(address) % 2 else (1280, "")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) <= 0, f"{prefix}{address} scrolls sideways at {width}"
        if (width, prefix) == examined:
            assert axe(page) == [], f"{prefix}{address} at {width}"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page(page: Page, address: str) -> None:
    for prefix in ("", "/es"):
        page.goto(prefix + address)
        fits(page, address, prefix=prefix, widths=(1280, 360, 320))
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == ("es" if prefix else "en")


def test_desk_pages(page: Page, site: Site) -> None:
    sign_in(page, site, "administrator")
    for address in DESK:
        for prefix in ("", "/es"):
            response = page.goto(prefix + address)
            assert response is not None
            assert response.status == 200, address
            fits(page, address, prefix=prefix)


def found_from(page: Page, place: str | tuple[str, str]) -> str:
    """The address itself, or where the link leads."""
    if isinstance(place, str):
        return place
    page.goto(place[0])
    return str(page.locator(place[1]).first.get_attribute("href"))


def wait_for_the_last_night(page: Page) -> None:
    """The worker tells the sample country's nights in turns."""
    page.goto("/workspace/feeds/shadowserver/")
    for _turn in range(90):
        if page.locator("main th a", has_text="2026-11-24-").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError("the last night was not told")


@pytest.mark.parametrize("room", ROOMS)
def test_pages_of_a_room(page: Page, site: Site, room: str) -> None:
    sign_in(page, site, "administrator")
    if room == "mail":  # so that there is a letter to read
        page.goto("/workspace/mail/")
        page.get_by_role("button", name="Send a test e-mail to me").click()
    if room in {"feeds", "letters"}:
        wait_for_the_last_night(page)
    for address in [found_from(page, place) for place in ROOMS[room]]:
        for prefix in ("", "/es"):
            response = page.goto(prefix + address)
            assert response is not None
            assert (response.status, page.locator("h1").count()) == (200, 1), address
            fits(page, address, prefix=prefix)


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


def test_every_kind_of_link_of_the_public_site_leads_somewhere(page: Page, site: Site) -> None:
    """Walks the site from its home page: of each kind of page the first two, of each kind of file the first. What a page says of its own parts is
    looked up in it. Of files the head is asked for."""
    queue, seen, kinds = ["/"], {"/"}, Counter[tuple[str, ...]]()
    broken: list[tuple[str, int | str]] = []
    while queue:
        address = queue.pop()
        is_file = "download=" in address or "." in address.rsplit("/", 1)[-1]
        response = page.request.fetch(address, method="HEAD" if is_file else "GET", max_redirects=5)
        if response.status != 200:
            broken.append((address, response.status))
            continue
        if is_file or "text/html" not in response.headers.get("content-type", ""):
            continue
        text = response.text()
        for link in re.findall(r'href="([^"]+)"', text):
            target = urlsplit(urljoin(site.address + address, link.replace("&amp;", "&")))
            is_here = target.path == urlsplit(site.address + address).path and not target.query
            if target.fragment and is_here and f'id="{target.fragment}"' not in text:
                broken.append((address, f"#{target.fragment}"))
            path = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc != urlsplit(site.address).netloc or path in seen:
                continue
            seen.add(path)
            kind = kind_of(target.path, target.query)
            kinds[kind] += 1
            if kinds[kind] <= (1 if "download=" in path else OF_A_KIND):
                queue.append(path)
    assert broken == []
    assert len(kinds) > 100


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
