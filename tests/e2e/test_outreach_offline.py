"""The phone of an ambassador, with the network cut: three sessions logged, the phone switched off and on, each counted once."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.conftest import Site, Watch, axe, sideways, sign_in

_SENT = ("net::ERR_INTERNET_DISCONNECTED", "status of 4")


def given_link(page: Page, site: Site, code: str) -> str:
    """A new personal link, as the coordinator gives it out: the address, without its host."""
    page.goto(f"/workspace/outreach/ambassadors/{code}/link/")
    page.get_by_role("button", name="Show the link", exact=True).click()
    address = page.get_by_label("Link", exact=True).input_value()
    found = re.search(r"/ambassador/[\w-]+/$", address)
    assert found is not None, address
    return found[0]


@contextmanager
def phone(browser: Browser, site: Site, **more: Any) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A cheap phone, and what went wrong on it."""
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 740}, locale="en", **more)
    problems: list[str] = []
    yield context, problems
    context.close()
    assert [p for p in problems if not any(each in p for each in _SENT)] == []


def opened(context: BrowserContext, site: Site, problems: list[str], address: str) -> Page:
    page, watch = context.new_page(), Watch(site.address, problems)
    watch.over(page)
    page.goto(address)
    return page


def log(page: Page, topic: str, people: int, *, venue: str = "Village hall, Ancla Chica") -> None:
    page.get_by_label("Venue", exact=True).fill(venue)
    page.get_by_label("Families").check()
    page.get_by_label(topic).check()
    page.get_by_label("45", exact=True).check()
    page.get_by_label("18 to 34 years").fill(str(people))
    page.get_by_role("button", name="Save on this phone").click()
    expect(page.locator("[data-said]")).to_be_visible()


def waiting(page: Page) -> list[str]:
    return page.locator("[data-waiting] [data-show='{topic}']").all_inner_texts()


@pytest.fixture
def coordinator(page: Page, site: Site) -> Page:
    sign_in(page, site, "secretariat")
    return page


def test_three_sessions_without_a_signal_are_each_counted_once(coordinator: Page, browser: Browser, site: Site) -> None:
    address = given_link(coordinator, site, "NP-04")
    with phone(browser, site) as (context, problems):
        page = opened(context, site, problems, address)
        expect(page.locator("[data-offline]")).to_have_attribute("data-kept", "true", timeout=20_000)
        context.set_offline(True)
        page.reload()  # the page itself comes from the phone
        expect(page.get_by_role("heading", level=1)).to_have_text("Every session is sent")
        for topic, people in (("Fraud by message", 31), ("Children online", 18), ("Safe devices", 12)):
            log(page, topic, people)
        expect(page.get_by_role("heading", level=1)).to_have_text("3 sessions are not sent yet")
        expect(page.locator("[data-without-signal]")).to_be_visible()
        assert (axe(page), sideways(page)) == ([], 0)

        page.get_by_role("button", name="Change Children online").click()  # what waits can be changed
        expect(page.get_by_label("18 to 34 years")).to_have_value("18")
        page.get_by_label("18 to 34 years").fill("20")
        page.get_by_role("button", name="Save on this phone").click()
        expect(page.locator("[data-waiting] li", has_text="Children online")).to_contain_text("People: 20")

        page.close()  # the phone is switched off, and on again, still without a signal
        page = opened(context, site, problems, address)
        expect(page.get_by_role("heading", level=1)).to_have_text("3 sessions are not sent yet")
        assert waiting(page) == ["Fraud by message", "Children online", "Safe devices"]

        context.set_offline(False)
        expect(page.get_by_role("heading", level=1)).to_have_text("Every session is sent", timeout=30_000)
        receipts = page.locator("[data-sent] [data-state=sent]").all_inner_texts()
        numbers = sorted(re.findall(r"NP-\d{4}", " ".join(receipts)))
        assert len(set(numbers)) == 3

        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Every session is sent")
    coordinator.goto("/workspace/outreach/sessions/?state=received&district=XP-NP")
    for number in numbers:
        expect(coordinator.get_by_role("link", name=number, exact=True)).to_have_count(1)
        coordinator.get_by_label(number, exact=True).check()
    coordinator.get_by_role("button", name="Count the selected").click()
    expect(coordinator.get_by_text("3 sessions reviewed.")).to_be_visible()
    coordinator.goto("/workspace/outreach/ambassadors/NP-04/")
    expect(coordinator.get_by_text("Reviewed and counted").first).to_be_visible()


@pytest.mark.long
def test_a_sending_whose_answer_is_lost_is_sent_again_and_is_one(
    coordinator: Page, browser: Browser, site: Site
) -> None:
    address = given_link(coordinator, site, "SR-04")
    with phone(browser, site, service_workers="block") as (context, problems):
        lost: list[str] = []

        def lose_the_answer(route: Route) -> None:
            """The server takes it, and the phone gets nothing of it."""
            if route.request.method == "POST" and not lost:
                lost.append(route.fetch().json()["receipt"])
                route.abort()
            else:
                route.continue_()

        page = opened(context, site, problems, address)
        page.route("**/ambassador/**", lose_the_answer)
        log(page, "Fraud by message", 9, venue="Bridge of ropes, Maqueta")
        expect(page.locator("[data-sent] li")).to_have_count(1, timeout=30_000)
        assert len(lost) == 1
        expect(page.locator("[data-sent]")).to_contain_text(lost[0])
        problems[:] = [each for each in problems if "ERR_FAILED" not in each]  # the one that was lost
    coordinator.goto("/workspace/outreach/sessions/?q=Bridge+of+ropes")
    expect(coordinator.get_by_role("link", name=re.compile(r"^SR-\d{4}$"))).to_have_count(1)


@pytest.mark.long
def test_a_phone_that_changed_its_owner_sends_under_the_old_link_only(
    coordinator: Page, browser: Browser, site: Site
) -> None:
    old, new = given_link(coordinator, site, "PE-08"), given_link(coordinator, site, "PE-09")
    with phone(browser, site) as (context, problems):
        for address in (old, new):  # both owners have opened their page on it
            page = opened(context, site, problems, address)
            expect(page.locator("[data-offline]")).to_have_attribute("data-kept", "true", timeout=30_000)
            page.close()
        context.set_offline(True)
        page = opened(context, site, problems, old)
        log(page, "Safe devices", 7, venue="Rope walk, Quayside")
        page.close()
        coordinator.goto("/workspace/outreach/ambassadors/PE-08/do/end-link/")
        coordinator.get_by_label("Reason").fill("The phone was passed on.")
        coordinator.get_by_role("button", name="End the link").click()

        page = opened(context, site, problems, new)
        expect(page.locator("[data-others]")).to_have_text(
            "One more session waits on this phone, written under another link. It is sent under that link and never counts as yours."
        )
        expect(page.get_by_role("heading", level=1)).to_have_text("Every session is sent")
        assert waiting(page) == []
        context.set_offline(False)
        expect(page.locator("[data-others]")).to_be_hidden(timeout=30_000)
    coordinator.goto("/workspace/outreach/sessions/?q=Rope+walk")
    row = coordinator.get_by_role("row", name=re.compile("Rope walk"))
    expect(row).to_have_count(1)
    expect(row).to_contain_text("PE-08")
    expect(row).to_contain_text("From an ended link")
    expect(row.get_by_role("checkbox")).to_have_count(0)


_WAITING_PHOTO = """async () => {
  const done = (asked) => new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)));
  const store = (await done(indexedDB.open("floreo-offline"))).transaction("items").objectStore("items");
  const [photo] = (await done(store.getAll()))[0].photos;
  return [photo.size, new TextDecoder("latin1").decode(await photo.arrayBuffer())];
}"""


def _beach() -> bytes:
    """A photo as a camera writes it, with who made the camera, and where it was taken (0x8825: GPS; 29: the day, as text)."""
    exif, made = Image.Exif(), io.BytesIO()
    exif[0x010F] = "Maker of phones"
    exif.get_ifd(0x8825).update({1: "N", 2: (17.0, 15.0, 4.0), 3: "W", 4: (88.0, 46.0, 9.0), 29: "2026:11:24"})
    Image.new("RGB", (4000, 3000), "teal").save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.mark.long  # no journey of the gate
def test_a_photo_is_made_small_on_the_phone(coordinator: Page, browser: Browser, site: Site) -> None:
    address = given_link(coordinator, site, "CC-08")
    with phone(browser, site) as (context, problems):
        page = opened(context, site, problems, address)
        page.get_by_label("Photos in which nobody can be recognised").check()
        page.locator("input[name=photos]").set_input_files(
            {"name": "beach.jpg", "mimeType": "image/jpeg", "buffer": _beach()}
        )
        context.set_offline(True)
        log(page, "Fraud by message", 15, venue="Beach, Playa Larga")
        size, text = page.evaluate(_WAITING_PHOTO)
        for written in ("Maker of phones", "2026:11:24", "Exif"):  # what the camera wrote never leaves the phone
            assert written in _beach().decode("latin1")
            assert written not in text
        assert 1_000 < size < 200_000
        context.set_offline(False)
        expect(page.locator("[data-sent] li")).to_have_count(1, timeout=30_000)
    coordinator.goto("/workspace/outreach/sessions/?q=Beach")
    coordinator.get_by_role("link", name=re.compile(r"^CC-\d{4}$")).first.click()
    shown = coordinator.get_by_alt_text("Photo 1")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 1280, timeout=15_000)  # it is there before its bytes are
    expect(shown).to_have_js_property("naturalHeight", 960)
