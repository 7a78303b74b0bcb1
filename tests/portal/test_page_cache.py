"""Pages kept for the public: new the moment anything is written, and nobody else's."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.meetings.actions.decisions import take_decision
from floreo.organisations.actions import make_official, move_calendar
from floreo.organisations.models import Country, User
from floreo.portal import page_cache
from floreo.portal.page_cache import SHELF, CachedPage, PageCache
from floreo.strategy.actions.actions import update_action
from floreo.strategy.actions.editions import unpublish_edition
from floreo.strategy.actions.statuses import refresh_statuses
from floreo.strategy.models import Action, Edition
from tests.factories.strategy import TODAY, make_action, make_country, make_edition

Browser = Callable[[User], Client]


@pytest.fixture
def kept(db: None) -> Iterator[None]:
    """As in production, and with an empty shelf."""
    before, settings.KEEP_PAGES_SECONDS = settings.KEEP_PAGES_SECONDS, 60
    SHELF.clear()
    cache.clear()
    yield
    settings.KEEP_PAGES_SECONDS = before
    SHELF.clear()


@pytest.fixture
def act(kept: None) -> Action:
    """A public action in a public edition."""
    make_country()
    with clock.pinned_day(day=TODAY):
        edition = make_edition()
        edition.is_public = True
        edition.save()
        return make_action(edition, due_on=date(2027, 6, 30))


def page(address: str, **more: Any) -> str:
    """What a visitor who has never been here gets."""
    return Client(**more).get(address).content.decode()


PLAN = "/strategy/2025-2028/"


def test_a_second_stranger_gets_the_same_page_for_two_questions_to_the_database(act: Action) -> None:
    first = Client().get(PLAN)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        second = Client().get(PLAN)
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)
    assert second.headers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in second.headers["Vary"]
    assert "default-src 'none'" in second.headers["Content-Security-Policy"]
    assert len(asked) == 2  # the head of the chain: for the country, and with the day of the statuses for the page
    assert "organisations_country" not in str([each["sql"] for each in asked])


@pytest.mark.long
def test_what_an_action_writes_is_seen_at_once(act: Action) -> None:
    assert "Action 1.1.1" in page(PLAN)
    update_action(act, by=SYSTEM, title="A law that bites")
    assert "A law that bites" in page(PLAN)
    take_decision(act.edition, by=SYSTEM, title="ReportSummary", is_public=True)
    assert "ReportSummary" in page(f"{PLAN}decisions/")


def test_what_is_written_of_the_country_is_seen_at_once(act: Action) -> None:
    unofficial = "has not confirmed this site"
    Country.objects.update(is_sample=False, calendar_day=None)
    assert [unofficial in page(PLAN) for _each in range(2)] == [True, True]
    make_official(Country.objects.get(), by=SYSTEM, basis="Cabinet paper 4 of 2026")
    assert unofficial not in page(PLAN)


def test_a_kept_page_is_compressed_once_and_for_those_who_can_read_it(act: Action) -> None:
    plain = page(PLAN).encode()
    first, second = (Client(headers={"accept-encoding": "gzip, br"}).get(PLAN) for _each in range(2))
    assert (first.content, dict(first.headers)) == (second.content, dict(second.headers))
    assert (gzip.decompress(second.content), second.headers["Content-Encoding"]) == (plain, "gzip")
    assert "Accept-Encoding" in second.headers["Vary"]
    assert second.headers["Content-Length"] == str(len(second.content))
    again = Client().get(PLAN)
    assert (again.content, again.has_header("Content-Encoding")) == (plain, False)
    assert "Accept-Encoding" in again.headers["Vary"]


def test_what_is_taken_from_the_public_is_gone_at_once(act: Action) -> None:
    assert "Action 1.1.1" in page(PLAN)
    unpublish_edition(act.edition, by=SYSTEM, reason="Too early")
    assert Client().get(PLAN).status_code == 404


@pytest.mark.long
def test_a_new_day_makes_new_pages_and_so_does_the_work_on_it(act: Action) -> None:
    Action.objects.filter(pk=act.pk).update(due_on=TODAY)
    Country.objects.update(is_sample=True, calendar_day=TODAY)
    shown = page(PLAN)
    move_calendar(Country.objects.get(), by=SYSTEM, day=date(2026, 11, 25))
    before = page(PLAN)  # the day has changed, the statuses have not been worked out yet
    with clock.pinned_day(day=date(2026, 11, 25)):
        refresh_statuses(by=SYSTEM)  # writes no entry: it changes no fact
    after = page(PLAN)
    assert "1 day late" not in shown + before
    assert after != before
    assert Edition.objects.get().valid_on == date(2026, 11, 25)


def test_whoever_signed_in_never_gets_a_kept_page_nor_gives_one(
    act: Action, secretariat: User, browser_of: Browser
) -> None:
    workspace = browser_of(secretariat)
    mine = workspace.get(PLAN)
    assert len(SHELF) == 0
    assert "no-store" in mine.headers["Cache-Control"]
    theirs = page(PLAN)
    assert len(SHELF) == 1
    assert "/workspace/" not in theirs
    assert "/workspace/" in workspace.get(PLAN).content.decode()
    assert page(PLAN) == theirs


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "messages=x"},
        {"cookie": "csrftoken=x"},
        {"authorization": "Bearer x"},
        {"hx-request": "true"},
        {"range": "bytes=0-1"},
    ],
)
def test_whoever_brings_anything_along_is_no_plain_stranger(act: Action, headers: dict[str, str]) -> None:
    Client().get(PLAN, headers=headers)
    assert len(SHELF) == 0


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=law",
        "/health/",
        "/robots.txt",
        "/data/actions.csv",
        "/account/login/",
        "/nothing/",
        "/api/v1/actions",
        "/strategy/none/",
        "/answer/x/",
        "/calendar/x.ics",
        "/welcome/x/",
    ],
)
def test_what_is_throttled_streamed_private_or_missing_is_never_kept(act: Action, address: str) -> None:
    Client().get(address)
    assert len(SHELF) == 0


def test_only_looking_is_kept(act: Action) -> None:
    Client().head(PLAN)
    Client().post(PLAN)
    assert len(SHELF) == 0


def test_a_page_that_made_a_token_or_a_cookie_is_not_kept(act: Action, rf: RequestFactory) -> None:
    from django.http import HttpResponse
    from django.middleware.csrf import get_token
    from django.urls import resolve

    request = rf.get(PLAN)
    request.resolver_match = resolve(PLAN)
    answer = HttpResponse("x", headers={"Cache-Control": "public"})
    assert page_cache.is_for_anybody(request, answer)
    get_token(request)
    assert not page_cache.is_for_anybody(request, answer)
    other = rf.get(PLAN)
    other.resolver_match = resolve(PLAN)
    answer.set_cookie("mine", "1")
    assert not page_cache.is_for_anybody(other, answer)


def test_each_language_and_each_address_has_its_own_page(act: Action) -> None:
    english, spanish = page(PLAN), page(f"/es{PLAN}")
    assert 'lang="en"' in english
    assert 'lang="es"' in spanish
    assert page("/organisations/?q=police") != page("/organisations/?q=csirt")
    assert page(PLAN) == english
    assert len(SHELF) == 4


def test_a_page_is_let_go_after_its_time(act: Action, monkeypatch: pytest.MonkeyPatch) -> None:
    page(PLAN)
    Action.objects.update(title="Written behind the back of the chain")
    assert "behind the back" not in page(PLAN)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert "behind the back" in page(PLAN)


def test_it_can_be_switched_off(act: Action) -> None:
    settings.KEEP_PAGES_SECONDS = 0
    page(PLAN)
    assert len(SHELF) == 0


# The shelf itself


def _page(size: int = 1, until: float = 1.0) -> CachedPage:
    return CachedPage(b"x" * size, (), until)


QUERIES = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


@pytest.mark.long
@given(QUERIES, QUERIES)
def test_two_different_queries_never_share_a_page(a: dict[str, str], b: dict[str, str]) -> None:
    from unittest.mock import patch

    make = RequestFactory()
    with patch.object(page_cache, "head", lambda: ("h", None)):
        first, second = (page_cache.key_of(make.get("/strategy/", query)) for query in (a, b))
    same = make.get("/strategy/", a).get_full_path() == make.get("/strategy/", b).get_full_path()
    assert (first == second) == same
    assert same or a != b


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), max_size=60))
def test_the_shelf_never_holds_more_than_it_may(puts: list[tuple[int, int]]) -> None:
    shelf, last = PageCache(pages=5, all_bytes=100), dict[int, int]()
    for number, size in puts:
        shelf.put((number,), _page(size))
        last[number] = size
        assert len(shelf) <= 5
        assert sum(len(p.body) for n in last if (p := shelf.take((n,), now=0))) <= 100
        found = shelf.take((number,), now=0)
        assert found is not None
        assert len(found.body) == size
    assert all(shelf.take((n,), now=1) is None for n in last)


def test_several_threads_may_use_it_at_once() -> None:
    shelf, wrong = PageCache(pages=3, all_bytes=50), list[object]()

    def work(own: int) -> None:
        for turn in range(300):
            shelf.put((turn % 7,), _page(turn % 9))
            found = shelf.take((own,), now=0)
            if found is not None and len(found.body) > 9:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
    assert len(shelf) <= 3
