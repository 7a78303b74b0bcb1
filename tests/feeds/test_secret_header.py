"""In which header a feed's key goes, and that it goes nowhere else: against servers on loopback, and in everything that people read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.models import Feed, FeedFile
from floreo.feeds.pack import FeedShape
from floreo.organisations.models import User
from tests.feeds.making import name_of
from tests.feeds.test_collect import DAY, Server, a_fetched_feed, contribution, fetch_now

pytestmark = pytest.mark.django_db
KEY = "k3y-of-ours"


@pytest.fixture(autouse=True)
def nothing_yet(feeds_folder: Path) -> None:
    """No feed, no report."""


def keys_in(server: Server) -> list[dict[str, str]]:
    """Of every request: the headers in which one of our keys is."""
    return [{name: text for name, text in asked.items() if KEY in text} for asked in server.asked]


@pytest.mark.parametrize("header", ["Auth-Key", "X-API-Key", "apikey", "x_token", "Authorization"])
def test_the_key_goes_in_the_header_that_the_source_names_and_in_no_other(header: str) -> None:
    with contribution() as (server, url):
        feed = a_fetched_feed(url, fetch_secret=KEY, secret_header=header)
        fetch_now(feed)
        assert keys_in(server) == [{header: KEY}]
        assert FeedFile.objects.count() == 1
        change_feed(feed, by=SYSTEM, secret_header="X-Other")  # asked again, with the key that is kept
        assert Feed.objects.get().etag == ""
        fetch_now(feed)
        assert keys_in(server)[1:] == [{"X-Other": KEY}]


@pytest.mark.parametrize("header", ["Auth-Key", "Authorization"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_is_not_sent_on_to_another_server(header: str, status: int) -> None:
    """Abuse: the source, or whoever has taken it over, redirects to a server that collects keys."""
    with contribution() as (server, url), contribution() as (thief, elsewhere):
        feed = a_fetched_feed(url, fetch_secret=KEY, secret_header=header)
        server.status, server.headers = status, {"Location": f"{elsewhere}/{name_of(DAY)}"}
        fetch_now(feed)
        assert keys_in(server) == [{header: KEY}]
        assert keys_in(thief) == [{}]
        assert KEY not in thief.asked[0]["path"]
        thief.status, thief.headers = 302, {"Location": f"{url}/again"}  # to and fro
        fetch_now(feed)
        assert [each for each in keys_in(thief) if each] == []


def test_the_key_is_forgotten_when_the_address_leads_to_another_server() -> None:
    """Abuse: who may change feeds, but never saw the key, writes an address of their own into the feed."""
    with contribution() as (server, url), contribution() as (thief, elsewhere):
        feed = a_fetched_feed(url, fetch_secret=KEY, secret_header="Auth-Key")
        change_feed(feed, by=SYSTEM, place=f"{url}/another-file.csv")
        assert Feed.objects.get().header() == KEY  # the same server
        change_feed(feed, by=SYSTEM, place=f"{elsewhere}/{name_of(DAY)}")
        assert Feed.objects.get().fetch_secret == ""
        fetch_now(feed)
        assert keys_in(thief) == [{}]
        change_feed(feed, by=SYSTEM, place=f"{url}/{name_of(DAY)}", fetch_secret=KEY)
        change_feed(feed, by=SYSTEM, collector="upload", place="")
        assert Feed.objects.get().fetch_secret == ""
        assert server.asked == []
    reports = make_feed("Reports", by=SYSTEM, collector="reports", fetch_secret="key:secret")
    with pytest.raises(Refused) as refusal:
        change_feed(reports, by=SYSTEM, place="https://reports.example/api/")
    assert list(refusal.value.fields) == ["fetch_secret"]
    assert Feed.objects.get(pk=reports.pk).header() == "key:secret"
    assert change_feed(reports, by=SYSTEM, place="").header() == "key:secret"  # the usual address, as before


@pytest.mark.parametrize(
    "header",
    [
        "Host",
        "host",
        "Cookie",
        "Content-Length",
        "content-type",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Upgrade",
        "Proxy-Authorization",
        "If-None-Match",
        "Range",
        "Accept-Encoding",
        "User-Agent",
        "X-Forwarded-For",
        "X-HTTP-Method-Override",
        "Sec-Fetch-Site",
        "Auth Key",
        "Auth-Key:",
        "Auth-Key\r\nX-More: 1",
        "Auth\x00Key",
        "Clé",
        "(key)",
        "x" * 61,
    ],
)
def test_a_header_that_is_no_place_for_a_key_is_refused(header: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_feed("Odd", by=SYSTEM, collector="fetch", place="https://feed.example/x", secret_header=header)
    assert list(refusal.value.fields) == ["secret_header"]
    with pytest.raises(ValueError, match="cannot be sent in this header"):
        FeedShape(code="odd", name="Odd", secret_header=header)


def test_without_a_name_it_is_authorization() -> None:
    feed = make_feed("Plain", by=SYSTEM, collector="fetch", place="https://feed.example/x", secret_header=" ")
    assert feed.secret_header == FeedShape(code="plain", name="Plain").secret_header == "Authorization"


def test_the_key_is_in_no_page_log_trail_or_error(
    user_with: Callable[..., User], browser_of: Callable[[User], Client], caplog: pytest.LogCaptureFixture
) -> None:
    responder = browser_of(user_with("responder"))
    with contribution() as (server, url), caplog.at_level(logging.DEBUG):
        given = {"name": "List", "collector": "fetch", "place": f"{url}/list.csv", "format": ""}
        given |= {"fetch_secret": KEY, "secret_header": "Auth-Key"}
        assert responder.post("/workspace/feeds/new/", given).status_code == 302
        feed = Feed.objects.get()
        assert (feed.header(), feed.secret_header) == (KEY, "Auth-Key")
        for status in (401, 403, 429, 500):
            server.status = status
            fetch_now(feed)
        feed.refresh_from_db()
        wrong = responder.post("/workspace/feeds/new/", given | {"secret_header": "Cookie"})
    texts = [
        *(responder.get(path).content.decode() for path in (f"/workspace/feeds/{feed.code}/", "/workspace/feeds/")),
        responder.get(f"/workspace/feeds/{feed.code}/edit/").content.decode(),
        wrong.content.decode(),
        feed.last_error,
        feed.fetch_secret,
        caplog.text,
        str(list(AuditEntry.objects.values_list("detail", flat=True))),
    ]
    assert wrong.status_code == 422
    assert "A key cannot be sent in this header." in wrong.content.decode()
    assert [text for text in texts if KEY in text] == []
    made: Any = AuditEntry.objects.filter(verb="feed.made").get().detail
    assert "Auth-Key" in str(made)
