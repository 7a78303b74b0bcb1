"""Files by Shadowserver's Reports API, against a server on loopback that asks for what the Foundation's own client sends: key, HMAC2, day."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import override_settings

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.feeds.actions.collect import LONGEST_GAP, fetch_due, fetch_listed
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.collectors import shadowserver
from floreo.feeds.collectors.fetching import FetchProblem, NotFetched
from floreo.feeds.models import CollectorKind, Feed, FeedFile
from tests.factories import strategy as make
from tests.feeds.making import report
from tests.loopback import POLL

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
KEY, SECRET = "1234-5678", "a secret: with a colon"


class Shadowserver:
    """What it has by day, whether it is away, and what it was asked."""

    def __init__(self) -> None:
        self.files: dict[str, list[tuple[str, bytes]]] = {}  # by day: name and content
        self.days: list[str] = []
        self.downloads: list[str] = []
        self.answer: tuple[int, bytes] | None = None  # instead of a list
        self.broken: set[str] = set()  # names that cannot be had
        self.url = ""

    def has(self, day: date, *addresses: str, kind: str = "scan_rdp") -> str:
        name = f"{day.isoformat()}-{kind}-isla_prueba-geo.csv"
        self.files.setdefault(day.isoformat(), []).append((name, report(day, addresses)))
        return name

    def by_id(self, number: str) -> tuple[str, bytes]:
        return next(
            f for files in self.files.values() for f in files if hashlib.md5(f[0].encode()).hexdigest() == number
        )


@contextmanager
def listening() -> Iterator[Shadowserver]:
    given = Shadowserver()

    class Handler(BaseHTTPRequestHandler):
        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            facts = json.loads(body)
            sign = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            if facts.get("apikey") != KEY or self.headers.get("HMAC2") != sign:
                self._send(200, b'{"error": "Invalid API key or HMAC"}')
            elif given.answer is not None:
                self._send(*given.answer)
            else:
                assert self.path == "/api2/reports/list"
                given.days.append(facts["date"])
                rows = [
                    {"id": hashlib.md5(name.encode()).hexdigest(), "file": name, "type": "scan_rdp"}
                    for name, _content in given.files.get(facts["date"], [])
                ]
                self._send(200, json.dumps(rows).encode())

        def do_GET(self) -> None:
            assert "HMAC2" not in self.headers
            name, content = given.by_id(self.path.removeprefix("/dl/"))
            given.downloads.append(name)
            self._send(*((503, b"") if name in given.broken else (200, content)))

        def log_message(self, *_words: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    given.url = f"http://127.0.0.1:{server.server_address[1]}/api2/"
    yield given
    server.shutdown()
    server.server_close()


@pytest.fixture
def source() -> Iterator[Shadowserver]:
    make.make_country()
    with clock.pinned_day(day=TODAY), override_settings(FETCH_PRIVATE=["127.0.0.0/8"]), listening() as made:
        yield made


@pytest.fixture
def feed(source: Shadowserver) -> Feed:
    return make_feed(
        "Shadowserver",
        by=SYSTEM,
        collector=CollectorKind.REPORTS,
        place=source.url,
        fetch_secret=f"{KEY}:{SECRET}",
        every_minutes=60,
    )


def due(feed: Feed) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    feed.refresh_from_db()
    return feed


def names() -> list[str]:
    return sorted(FeedFile.objects.values_list("name", flat=True))


def test_each_file_of_the_last_days_comes_once(source: Shadowserver, feed: Feed) -> None:
    first = source.has(TODAY - timedelta(days=1), "192.0.2.1")
    second = source.has(TODAY - timedelta(days=1), "192.0.2.2", kind="scan_telnet")
    assert (fetch_due(by=SYSTEM), names()) == (2, [first, second])
    assert source.days == [(TODAY - timedelta(days=n)).isoformat() for n in range(7, -1, -1)]
    got = FeedFile.objects.get(name=first)
    assert (got.report_type, got.day, got.received_by) == ("scan_rdp", TODAY - timedelta(days=1), source.url)
    due(feed)
    assert (fetch_due(by=SYSTEM), source.downloads) == (0, [first, second])
    late = source.has(TODAY - timedelta(days=2), "192.0.2.3")  # Shadowserver was late with it
    due(feed)
    assert fetch_due(by=SYSTEM) == 1
    assert late in names()


@pytest.mark.long
def test_days_that_were_missed_come_by_themselves_and_older_ones_when_asked(source: Shadowserver, feed: Feed) -> None:
    newest = source.has(TODAY - timedelta(days=1), "192.0.2.1")
    fetch_due(by=SYSTEM)
    later = TODAY + timedelta(days=20)
    for n in range(20):
        source.has(TODAY + timedelta(days=n), "192.0.2.1")
    with clock.pinned_day(day=later):
        due(feed)
        assert fetch_due(by=SYSTEM) == 20
        old = source.has(TODAY - timedelta(days=60), "192.0.2.9")
        due(feed)
        assert fetch_due(by=SYSTEM) == 0
        assert fetch_listed(feed, by=SYSTEM, since=TODAY - timedelta(days=61)) == 1
    assert {old, newest} <= set(names())
    source.days.clear()
    with clock.pinned_day(day=later + timedelta(days=400)):
        due(feed)
        fetch_due(by=SYSTEM)
    assert len(source.days) == LONGEST_GAP.days + 1


def test_a_file_that_cannot_be_had_stops_no_other_and_comes_later(source: Shadowserver, feed: Feed) -> None:
    day = TODAY - timedelta(days=1)
    source.broken = {source.has(day, "192.0.2.1")}
    other = source.has(day, "192.0.2.2", kind="scan_telnet")
    assert (fetch_due(by=SYSTEM), names()) == (1, [other])
    feed.refresh_from_db()
    assert feed.last_error == f"{next(iter(source.broken))}: The server responded with status 503."
    assert (feed.failures, feed.due_at is not None and feed.due_at > clock.now()) == (1, True)
    source.broken = set()
    due(feed)
    assert fetch_due(by=SYSTEM) == 1
    feed.refresh_from_db()
    assert (feed.last_error, feed.failures) == ("", 0)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((500, b""), "The server responded with status 500."),
        ((200, b"<html>"), "The Reports API answered otherwise than it describes."),
        ((200, b'{"pong": 1}'), "The Reports API answered otherwise than it describes."),
        ((200, b'{"error": "No such list"}'), "The Reports API answered: No such list"),
        ((302, b""), "The server responded with status 302."),
    ],
)
def test_what_the_server_says_instead_of_a_list_stands_at_the_feed(
    source: Shadowserver, feed: Feed, answer: tuple[int, bytes], sentence: str
) -> None:
    source.answer = answer
    assert fetch_due(by=SYSTEM) == 0
    feed.refresh_from_db()
    assert (feed.last_error, feed.failures) == (sentence, 1)


def test_rows_that_are_no_files_are_left_out(source: Shadowserver, feed: Feed) -> None:
    rows = [
        {"id": "../x", "file": "a.csv"},
        {"id": "a b", "file": "a.csv"},
        {"id": "abc"},
        {"id": 1, "file": "x"},
        3,
        None,
    ]
    source.answer = (200, json.dumps(rows).encode())
    assert (fetch_due(by=SYSTEM), source.downloads) == (0, [])


def test_a_wrong_secret_is_named_and_its_words_are_in_no_page_or_trail(source: Shadowserver, feed: Feed) -> None:
    change_feed(feed, by=SYSTEM, fetch_secret=f"{KEY}:wrong")
    due(feed)
    fetch_due(by=SYSTEM)
    feed.refresh_from_db()
    assert feed.last_error == "The Reports API answered: Invalid API key or HMAC"
    assert KEY not in feed.fetch_secret
    assert "wrong" not in feed.fetch_secret


def test_a_feed_of_the_api_needs_key_and_secret_and_has_a_usual_address(source: Shadowserver) -> None:
    for secret in ("", "only a key", ":", "key:"):
        with pytest.raises(Refused) as caught:
            make_feed("Two", by=SYSTEM, collector=CollectorKind.REPORTS, fetch_secret=secret)
        assert list(caught.value.fields) == ["fetch_secret"]
    made = make_feed("Two", by=SYSTEM, collector=CollectorKind.REPORTS, fetch_secret="key:secret")
    assert made.place == "https://transform.shadowserver.org/api2/"
    listed = shadowserver.ListedFile("abc", "x.csv")
    assert shadowserver.download(made.place, listed).url == "https://dl.shadowserver.org/abc"


def test_a_closed_network_is_not_asked(source: Shadowserver) -> None:
    with override_settings(FETCH_PRIVATE=[]), pytest.raises(NotFetched) as caught:
        shadowserver.files_of(source.url, TODAY, f"{KEY}:{SECRET}")
    assert caught.value.problem == FetchProblem.CLOSED
