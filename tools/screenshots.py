"""Takes pictures of a running site at 1280 and 360 px into a folder.

python tools/screenshots.py http://localhost:8000 docs/img --prefix isla / /strategy/ ...
python tools/screenshots.py http://localhost:8000 docs/img --sign-in ana@example.org:password /workspace/
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def name_of(address: str) -> str:
    return address.strip("/").replace("/", "-").replace("?", "-").replace("=", "-").replace(".", "-") or "home"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("folder", type=Path)
    parser.add_argument("addresses", nargs="+")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--sign-in", default="", help="e-mail:password")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--widths", default="1280,360")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=asked.site, color_scheme="dark" if asked.dark else "light", locale="en")
        page = context.new_page()
        page.on("console", lambda m: print("console:", m.type, m.text[:200]) if m.type == "error" else None)
        if asked.sign_in:
            email, _, word = asked.sign_in.partition(":")
            page.goto("/account/login/")
            page.locator("input[name=login]").fill(email)
            page.locator("input[name=password]").fill(word)
            page.locator("form:has(input[name=password]) button[type=submit]").first.click()
            page.wait_for_url("**/workspace/**")
        for address in asked.addresses:
            for width in map(int, asked.widths.split(",")):
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(address)
                page.screenshot(path=asked.folder / f"{asked.prefix}{name_of(address)}-{width}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
