"""The picture at the head of README, in both themes, is what the program shows."""

from __future__ import annotations

import os

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.e2e.conftest import Site

SIZE = {"width": 1280, "height": 860}
MOST = 0.03  # of the picture may differ by more than a shade: browsers draw letters a little differently
SHADES = 48  # of 255


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_of_the_readme_is_the_home_page(browser: Browser, site: Site, theme: str) -> None:
    """FLOREO_PICTURES=1 draws it anew."""
    kept = ROOT / "docs" / "img" / f"readme-{theme}.png"
    context = browser.new_context(base_url=site.address, viewport=SIZE, color_scheme=theme, locale="en")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/")
    drawn = kept if os.environ.get("FLOREO_PICTURES") else site.data / kept.name
    page.screenshot(path=drawn)
    context.close()
    now, before = (Image.open(each).convert("L") for each in (drawn, kept))
    assert now.size == before.size
    differ = sum(ImageChops.difference(now, before).point(lambda shade: shade > SHADES and 1).histogram()[1:])
    assert differ / (now.width * now.height) < MOST, f"draw it anew: FLOREO_PICTURES=1 pytest {__file__}"
