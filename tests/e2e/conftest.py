"""A real server with the sample country, and a real browser. Both are started once and kept whole."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.config.installation import KEY, prepared, said_at_first_start

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Without a screen of its own it takes a quarter less of the processor than the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
OURS = {"FLOREO_DATA", "DATABASE_URL", "FLOREO_SECRET_KEY", "DJANGO_ALLOW_ASYNC_UNSAFE"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser journeys share one server, so they run in one process."""
    for item in items:
        if "tests/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("e2e"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A running installation: its address, the sample accounts it printed, and its one-time link."""

    address: str
    data: Path = Path()  # its data folder
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)  # role -> (e-mail, password)
    admin_link: str = ""
    printed: list[str] = field(default_factory=list)


def read_what_it_prints(site: Site, line: str) -> None:
    site.printed.append(line)
    if found := re.match(r"\s{2}(\w+)\s+(\S+@\S+)\s+(\S+)$", line):
        site.accounts.setdefault(found[1], (found[2], found[3]))
    if found := re.search(r"(http\S+/welcome/\S+)", line):
        site.admin_link = found[1]


def _environment() -> dict[str, str]:
    """Nothing that these tests were started with, as on a machine of its own."""
    return {k: v for k, v in os.environ.items() if k not in OURS} | {"LC_ALL": "C.UTF-8"}


@contextmanager
def running(data: Path, *, pack: str = "", **settings: str) -> Iterator[Site]:
    """`floreo up` with a pack, as the README says, on a port of its own, with further settings. Without a pack: with the
    sample country, as its first start and its worker's first minute left it, which is done once for all tests."""
    port, site = free_port(), Site("", data)
    settings = {"FLOREO_SECRET_KEY": KEY} | settings
    if not pack:
        pack = prepared(data, "after a minute").pack
        for line in said_at_first_start("with reports").splitlines():
            read_what_it_prints(site, line)
    asked = [
        sys.executable,
        "-m",
        "floreo.config.cli",
        "--data",
        str(data),
        "up",
        "--pack",
        pack,
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        asked,
        cwd=ROOT,
        env=_environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    site.address = f"http://localhost:{port}"
    site.admin_link = re.sub(r"^http://[^/]+", site.address, site.admin_link)
    assert process.stdout is not None
    for line in process.stdout:
        read_what_it_prints(site, line.rstrip())
        if line.startswith("Stop it"):
            break
    threading.Thread(target=process.stdout.read, daemon=True).start()  # keeps the pipe from filling
    try:
        wait_for(port, process)
        yield site
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The one that most journeys share. It ends with the last of them: its worker is not idle."""
    with running(tmp_path_factory.mktemp("site")) as found:
        yield found


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the server stopped"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.1)
    raise AssertionError("the server did not answer")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # its loop stays in this thread, also for the tests that come after
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Watch:
    """What a page must not do: log an error (a CSP refusal is one), or ask another host for anything."""

    address: str
    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.problems.append(str(e)))
        page.on("request", lambda r: None if r.url.startswith(self.address) else self.problems.append(f"asks {r.url}"))


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900}, locale="en")
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    """A page that is watched: at the end it must have logged nothing and asked nobody else."""
    opened, watch = context.new_page(), Watch(site.address)
    watch.over(opened)
    yield opened
    expected = ("status of 4", "favicon")  # pages that refuse log their own status
    assert [p for p in watch.problems if not any(e in p for e in expected)] == []


def axe(page: Page) -> list[str]:
    """What axe finds on the page, in every rule it has for WCAG 2.2 AA and best practice."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("async () => await axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {n['html'][:160]} {n['any'][:1] and n['any'][0]['message']}"
        for v in result["violations"]
        for n in v["nodes"]
    ]


# Text in a column so narrow that a word or a character is on each of many lines.
_SQUEEZED = """() => [...document.querySelectorAll("main *")].filter(each => {
  const words = [...each.childNodes].filter(node => node.nodeType === 3).map(node => node.data.trim()).join(" ").trim();
  if (words.length < 12 || !each.checkVisibility()) return false;
  const box = each.getBoundingClientRect(), line = parseFloat(getComputedStyle(each).fontSize) * 1.3;
  const text = document.createRange();  // a cell is as high as its row; what it holds may be one line
  text.selectNodeContents(each);
  const lines = text.getBoundingClientRect().height / line;
  return box.width > 1 && lines > 6 && lines > 3 * words.length / 12 && box.width < 8 * line;
}).map(each => each.textContent.trim().slice(0, 60))"""


def squeezed(page: Page) -> list[str]:
    """The first words of what is in a column too narrow to read."""
    return list(page.evaluate(_SQUEEZED))


def sideways(page: Page) -> int:
    """By how many pixels the page scrolls sideways. Fails where words are squeezed."""
    assert squeezed(page) == [], page.url
    return pixels_over(page)


def pixels_over(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def sign_in(page: Page, site: Site, role: str) -> None:
    email, word = site.accounts[role]
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(word)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url("**/workspace/**")
