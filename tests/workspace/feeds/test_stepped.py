"""The pages of what notices change: drafted by one, agreed by another, read by the team alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from floreo.core import clock
from floreo.feeds.models import Finding, SteppedPlace, SteppedStart
from floreo.organisations.models import Country, Organisation, User
from tests.factories import strategy as make
from tests.feeds.notices_made import TODAY, fixed, make_feed, make_finding
from tests.pages import squeezed

FIRST = date(2026, 11, 30)
STARTS = "workspace:stepped_starts"
Browser = Callable[[User], Client]


@pytest.fixture
def bodies(db: None) -> Iterator[list[Organisation]]:
    with clock.pinned_day(day=TODAY):
        make.make_country()
        make_feed(evidence="scan")
        found = [make.make_organisation(f"body-{number}", f"Body {number}") for number in range(6)]
        for number, body in enumerate(found):
            make_finding(body, f"192.0.2.{number}", kind="open-ntp", port=123, report_type="scan_x")
        yield found


@pytest.fixture
def ana(user_with: Callable[..., User], browser_of: Browser) -> Client:
    return browser_of(user_with("responder", email="ana@example.org"))


@pytest.fixture
def ben(user_with: Callable[..., User], browser_of: Browser) -> Client:
    return browser_of(user_with("responder", email="ben@example.org"))


def text_of(browser: Client, address: str) -> str:
    return squeezed(browser.get(address).content.decode())


def drafted(browser: Client) -> SteppedStart:
    form = {"kind": "open-ntp", "begins_on": FIRST.isoformat(), "days": "14", "steps": "2", "reason": "All are new."}
    answer = browser.post(reverse("workspace:new_stepped_start"), form, follow=True)
    assert "Waits for agreement" in squeezed(answer.content.decode())
    return SteppedStart.objects.get()


def shown_of(browser: Client, address: str) -> str:
    """What the page carries of what it shows."""
    page = browser.get(address).content.decode()
    return page.split('name="shown"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def agreed(browser: Client, start: SteppedStart) -> str:
    """The page after the press."""
    address = reverse("workspace:agree_stepped_start", args=[start.pk])
    return squeezed(browser.post(address, {"shown": shown_of(browser, address)}, follow=True).content.decode())


def test_from_the_draft_to_what_it_shows(bodies: list[Organisation], ana: Client, ben: Client) -> None:
    assert "so it is not known what notices change" in text_of(ana, reverse(STARTS))
    assert "(6 organisations)" in text_of(ana, reverse("workspace:new_stepped_start"))
    start = drafted(ana)
    own = text_of(ana, start.get_absolute_url())
    assert "Body 5" in own
    assert "Drawn when it is agreed" in own
    assert "another person of the team has to" in agreed(ana, start)
    assert "The order is drawn." in agreed(ben, start)
    places = list(SteppedPlace.objects.order_by("step", "pk"))
    for place in (places[0], places[1], places[3]):
        fixed(Finding.objects.get(organisation=place.organisation), FIRST + timedelta(days=9))
    assert "No step is over" in text_of(ben, start.get_absolute_url())
    Country.objects.update(calendar_day=FIRST + timedelta(days=14))
    page, listed = text_of(ben, start.get_absolute_url()), text_of(ben, reverse(STARTS))
    assert "+33 percentage points" in page
    assert "it may be chance" in page
    assert "2 of 3 (67 %)" in page
    assert "1 of 3 (33 %)" in page
    assert "+33 percentage points" in listed


@pytest.mark.long
def test_a_page_that_is_old_agrees_to_nothing(bodies: list[Organisation], ana: Client, ben: Client) -> None:
    start = drafted(ana)
    address = reverse("workspace:agree_stepped_start", args=[start.pk])
    shown = shown_of(ben, address)
    discard = reverse("workspace:discard_stepped_start", args=[start.pk])
    ana.post(discard, {"reason": "Not this kind"}, follow=True)
    answer = squeezed(ben.post(address, {"shown": shown}, follow=True).content.decode())
    assert "This was decided already." in answer
    start.refresh_from_db()
    assert (start.state, start.seed) == ("discarded", "")


@pytest.mark.long
def test_it_can_be_stopped(bodies: list[Organisation], ana: Client, ben: Client) -> None:
    start = drafted(ana)
    agreed(ben, start)
    stop = reverse("workspace:stop_stepped_start", args=[start.pk])
    answer = ana.post(stop, {"reason": "It is attacked now."}, follow=True)
    assert "It is attacked now." in squeezed(answer.content.decode())
    assert stop not in text_of(ana, start.get_absolute_url())


def test_operators_and_observers_see_nothing_of_it(
    bodies: list[Organisation], ana: Client, user_with: Callable[..., User], browser_of: Browser
) -> None:
    start = drafted(ana)
    operator = browser_of(user_with("operator", organisation=bodies[0]))
    for address in (reverse(STARTS), start.get_absolute_url(), reverse("workspace:new_stepped_start")):
        assert operator.get(address).status_code == 403
    assert "What notices change" not in text_of(operator, reverse("workspace:notices"))


def test_where_no_kind_can_begin_the_page_says_so(bodies: list[Organisation], ana: Client) -> None:
    Finding.objects.filter(organisation=bodies[0]).update(severity="critical")
    page = text_of(ana, reverse(STARTS))
    assert "None can begin now: no kind of finding is open at 6 organisations" in page
    assert reverse("workspace:new_stepped_start") not in page
