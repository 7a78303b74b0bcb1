"""The words in every chart are 13 px as they are seen, wide and narrow: measured in a browser, because a drawing that is stretched takes its
words with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Site, pixels_over, sideways

GALLERY = "/about/pieces/"  # a form in it is wider than a telephone
PAGES = (
    "/",
    "/strategy/2025-2028/timeline/",
    "/strategy/2025-2028/money/",
    "/indicators/reports-within-24h/",
    "/indicators/archipelago-index/",
    "/indicators/open-machines/",
    "/districts/",
    "/outreach/",
    "/observatory/",
    "/reports/2025-2028/2026-q3/",
    GALLERY,
    "/embed/indicators/reports-within-24h/",
)
# What is seen of each word of a chart: its size on the screen, and the word.
SEEN = """() => [...document.querySelectorAll(".fl-chart svg text")]
    .filter(t => t.getClientRects().length && t.textContent.trim())
    .map(t => [parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a, t.textContent.trim()])"""
SMALLEST, LARGEST = 12.3, 13.5  # px: a map may be a little narrower than it is drawn


@pytest.mark.long  # letters measured on six pages
@pytest.mark.parametrize("width", [1280, 360])
def test_words_in_charts_are_of_one_size(page: Page, site: Site, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    measured, wrong = 0, []
    for address in PAGES:
        for path in (address, f"/es{address}"):
            page.goto(path)
            found = page.evaluate(SEEN)
            measured += len(found)
            wrong += [(path, round(size, 1), words) for size, words in found if not SMALLEST <= size <= LARGEST]
            assert sideways(page) <= 0 or address == GALLERY, path
    assert wrong == []
    assert measured > 300


def test_a_long_result_of_a_fraction_stays_on_the_page_of_a_telephone(page: Page, site: Site) -> None:
    """As of "78 per 1,000 addresses": it is below the fraction there, and may break."""
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto("/indicators/reports-within-24h/")
    result = page.locator(".fl-fraction strong").first
    result.evaluate("(e) => { e.textContent = '= 1,078 findings per 1,000 addresses of the country’s networks'; }")
    assert pixels_over(page) == 0
    inside = "(e) => e.getBoundingClientRect().right <= e.closest('details').getBoundingClientRect().right"
    assert result.evaluate(inside)
