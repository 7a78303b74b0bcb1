"""TAXII 2.1, MISP feeds and n6, against a server on loopback. Its TAXII answers are those that OASIS's medallion 3.0.0 gave by hand (headers, `next`,
404 and 406 included); the MISP feed is written by PyMISP; n6 is as its public description says."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings
from pymisp import MISPAttribute, MISPEvent, MISPObject, MISPOrganisation

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.feeds.actions.collect import LONGEST_GAP, fetch_batches, fetch_due
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.actions.ingesting import read_waiting
from floreo.feeds.collectors import answers, fetching, misp_feed, n6, taxii
from floreo.feeds.collectors.blobs import path_of
from floreo.feeds.models import Feed, FeedFile, Finding
from tests.factories import strategy as make
from tests.feeds.making import make_register
from tests.loopback import POLL

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
BASIC = "Basic " + base64.b64encode(b"floreo:pass word").decode()
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
Response = tuple[int, dict[str, str], bytes]


class Server:
    """`answer` is asked for each path with its query; what came is kept in `asked`, with the header Authorization."""

    def __init__(self) -> None:
        self.answer: Callable[[str, dict[str, str], dict[str, str]], Response] = lambda _p, _q, _h: (404, {}, b"")
        self.asked: list[tuple[str, dict[str, str], str]] = []
        self.cut: set[str] = set()  # paths of which only the first half comes
        self.hangs = False
        self.url = ""


@contextmanager
def listening() -> Iterator[Server]:
    given = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            given.asked.append((parts.path, query, self.headers.get("Authorization", "")))
            if given.hangs:
                time.sleep(3)
            status, headers, body = given.answer(parts.path, query, dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if parts.path in given.cut else body)

        def log_message(self, *_words: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    given.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield given
    server.shutdown()
    server.server_close()


@pytest.fixture
def server(feeds_folder: object) -> Iterator[Server]:
    make.make_country()
    make_register()
    with clock.pinned_day(day=TODAY), override_settings(FETCH_PRIVATE=["127.0.0.0/8"]), listening() as made:
        yield made


def due(feed: Feed) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    feed.refresh_from_db()
    return feed


def problem_of(feed: Feed) -> str:
    feed.refresh_from_db()
    return feed.last_error


def events() -> list[dict[str, Any]]:
    """Of all files, in the order in which they came."""
    files = FeedFile.objects.order_by("pk")
    return [json.loads(text) for file in files for text in path_of(file.sha256).read_bytes().splitlines()]


# --- TAXII --------------------------------------------------------------------------------------------------------


class Taxii:
    """As medallion: objects with the moment at which they were added, ten a page at most, the rest under `next`."""

    def __init__(self, server: Server) -> None:
        self.objects: list[tuple[str, dict[str, Any]]] = []
        self.page, self.rest = 10, dict[str, list[tuple[str, dict[str, Any]]]]()
        self.collections = [
            {"id": COLLECTION, "title": "Indicators of the region", "can_read": True, "can_write": False},
            {"id": "52892447-4d7e-4f70-b94d-d7f22742ff63", "title": "Secret", "can_read": False, "can_write": False},
        ]
        self.roots = [f"{server.url}/root/"]
        self.has_next = True
        server.answer = self.answer

    def add(self, at: str, *things: dict[str, Any]) -> None:
        self.objects += [(at, thing) for thing in things]

    def answer(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Response:
        if headers.get("Authorization") not in (BASIC, "Bearer key"):
            return 401, {"WWW-Authenticate": "Basic"}, b'{"title": "Unauthorized"}'
        if headers.get("Accept", "").replace(" ", "") != "application/taxii+json;version=2.1":
            return 406, {}, b'{"title": "Not Acceptable"}'
        bodies = {
            "/taxii2/": {"title": "Discovery", "default": self.roots[0], "api_roots": self.roots},
            "/root/": {"title": "Root", "versions": ["application/taxii+json;version=2.1"]},
            "/root/collections/": {"collections": self.collections},
        }
        if path in bodies:
            return self._json(bodies[path])
        if path != f"/root/collections/{COLLECTION}/objects/":
            return 404, {}, b"{}"
        return self._objects(query)

    def _objects(self, query: dict[str, str]) -> Response:
        if "next" in query:
            found = self.rest.pop(query["next"])
        else:
            after, ids = query.get("added_after", ""), query.get("match[id]", "").split(",")
            kinds = query.get("match[type]", "").split(",")
            found = [
                (at, thing)
                for at, thing in self.objects
                if at > after and (thing["id"] in ids if ids != [""] else thing["type"] in kinds)
            ]
        shown, rest = found[: self.page], found[self.page :]
        body: dict[str, Any] = {"objects": [thing for _at, thing in shown], "more": bool(rest)}
        if rest and self.has_next:
            body["next"] = f"page-{len(rest)}"
            self.rest[body["next"]] = rest
        headers = {}
        if shown:
            headers = {"X-TAXII-Date-Added-First": shown[0][0], "X-TAXII-Date-Added-Last": shown[-1][0]}
        return self._json(body, headers)

    def _json(self, body: Any, headers: dict[str, str] | None = None) -> Response:
        return 200, {"Content-Type": "application/taxii+json;version=2.1"} | (headers or {}), json.dumps(body).encode()


def indicator(pattern: str, number: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012}",
        "created": "2026-11-20T00:00:00.000Z",
        "modified": "2026-11-20T00:00:00.000Z",
        "name": "A bad machine",
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": "2026-11-20T00:00:00Z",
    } | more


@pytest.fixture
def source(server: Server) -> Taxii:
    return Taxii(server)


def taxii_feed(server: Server, place: str = "/taxii2/", secret: str = "floreo:pass word") -> Feed:
    return make_feed("Region", by=SYSTEM, collector="taxii", place=server.url + place, fetch_secret=secret)


def test_a_collection_is_found_read_to_its_end_and_then_only_what_is_new(server: Server, source: Taxii) -> None:
    for number in range(25):
        at = "2026-11-20T10:00:00.000000Z" if number < 15 else "2026-11-21T10:00:00.000000Z"
        source.add(at, indicator(f"[ipv4-addr:value = '192.0.2.{number + 1}']", number))
    feed = taxii_feed(server)
    assert (fetch_due(by=SYSTEM), len(events())) == (3, 25)
    objects = [query for path, query, _word in server.asked if path.endswith("/objects/")]
    assert [query.get("next", "") for query in objects] == ["", "page-15", "page-5"]
    assert {query["added_after"] for query in objects} == {"2026-08-26T00:00:00.000Z"}
    read_waiting(by=SYSTEM)
    assert (Finding.objects.count(), set(FeedFile.objects.values_list("rejected", flat=True))) == (25, {0})
    assert set(Finding.objects.values_list("kind", "type", "organisation__code")) >= {("blocklisted", "other", "bank")}
    source.add("2026-11-23T10:00:00.000000Z", indicator("[ipv4-addr:value = '192.0.2.99']", 99))
    due(feed)
    server.asked.clear()
    assert (fetch_due(by=SYSTEM), events()[-1]["source.ip"]) == (1, "192.0.2.99")
    assert server.asked[-1][1]["added_after"] == "2026-11-21T10:00:00.000000Z"
    assert (problem_of(feed), feed.etag) == ("", "2026-11-23T10:00:00.000000Z")
    due(feed)
    assert (fetch_due(by=SYSTEM), problem_of(feed)) == (0, "")


def test_days_that_were_missed_come_and_older_ones_when_asked(server: Server, source: Taxii) -> None:
    feed = taxii_feed(server)
    source.add("2026-11-20T10:00:00Z", indicator("[ipv4-addr:value = '192.0.2.1']"))
    fetch_due(by=SYSTEM)
    source.add("2026-12-20T10:00:00Z", indicator("[ipv4-addr:value = '192.0.2.2']", 1))
    source.add("2026-06-01T10:00:00Z", indicator("[ipv4-addr:value = '192.0.2.3']", 2))
    with clock.pinned_day(day=TODAY + timedelta(days=60)):
        due(feed)
        assert (fetch_due(by=SYSTEM), events()[-1]["source.ip"]) == (1, "192.0.2.2")
    fetch_batches(due(feed), by=SYSTEM, since=date(2026, 5, 1))
    assert "192.0.2.3" in {event["source.ip"] for event in events()}


def test_a_page_that_breaks_off_is_asked_for_again_with_all_of_its_moment(server: Server, source: Taxii) -> None:
    """Objects of one moment are on two pages: going on from the first page's would lose the others."""
    for number in range(12):
        source.add("2026-11-20T10:00:00Z", indicator(f"[ipv4-addr:value = '192.0.2.{number + 1}']", number))
    feed, whole = taxii_feed(server), source.answer
    server.answer = lambda path, query, headers: (503, {}, b"") if "next" in query else whole(path, query, headers)
    assert fetch_due(by=SYSTEM) == 1
    assert (problem_of(feed), feed.etag, feed.failures) == ("The server responded with status 503.", "", 1)
    server.answer = whole
    due(feed)
    fetch_due(by=SYSTEM)
    assert len({event["source.ip"] for event in events()}) == 12
    assert (problem_of(feed), feed.etag) == ("", "2026-11-20T10:00:00Z")


def test_a_server_without_next_goes_on_by_the_moment_and_one_that_stands_still_is_named(
    server: Server, source: Taxii
) -> None:
    source.has_next = False
    for number in range(25):
        source.add(f"2026-11-20T10:00:{number:02}Z", indicator(f"[ipv4-addr:value = '192.0.2.{number + 1}']", number))
    feed = taxii_feed(server)
    assert (fetch_due(by=SYSTEM), len(events())) == (3, 25)
    whole = source.answer
    server.answer = lambda path, query, headers: (
        (200, {}, b'{"objects": [], "more": true}') if path.endswith("/objects/") else whole(path, query, headers)
    )
    due(feed)
    fetch_due(by=SYSTEM)
    assert problem_of(feed) == "The server answered otherwise than its interface is described."


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("/taxii2/#Indicators of the region", ""),
        (f"/taxii2/#{COLLECTION}", ""),
        ("/root/", ""),
        (f"/root/collections/{COLLECTION}/", ""),
        (f"/root/collections/{COLLECTION}", ""),
        (
            "/taxii2/#Secret",
            "Add # and the name of one collection to the address. The server has: Indicators of the region",
        ),
        ("/nothing/", "The server responded with status 404."),
    ],
)
def test_which_collection_is_said_by_the_address(server: Server, source: Taxii, place: str, sentence: str) -> None:
    source.add("2026-11-20T10:00:00Z", indicator("[ipv4-addr:value = '192.0.2.1']"))
    feed = taxii_feed(server, place)
    assert (fetch_due(by=SYSTEM), problem_of(feed)) == (int(not sentence), sentence)


def test_of_several_collections_one_is_named_and_without_any_that_is_said(server: Server, source: Taxii) -> None:
    source.collections[1]["can_read"] = True
    feed = taxii_feed(server)
    fetch_due(by=SYSTEM)
    assert problem_of(feed).endswith("The server has: Indicators of the region, Secret")
    source.collections.clear()
    due(feed)
    fetch_due(by=SYSTEM)
    assert problem_of(feed) == "The server names no collection that this account may read."


def test_a_key_goes_as_bearer_and_to_no_other_server(server: Server, source: Taxii) -> None:
    """Discovery may name a root elsewhere, which would be sent our key."""
    with listening() as other:
        source.roots = [f"{other.url}/root/", f"{server.url}/root/"]
        source.add("2026-11-20T10:00:00Z", indicator("[ipv4-addr:value = '192.0.2.1']"))
        feed = taxii_feed(server, secret="key")
        assert (fetch_due(by=SYSTEM), other.asked) == (1, [])
    assert {word for _path, _query, word in server.asked} == {"Bearer key"}
    change_feed(feed, by=SYSTEM, fetch_secret="floreo:wrong")
    due(feed)
    fetch_due(by=SYSTEM)
    assert problem_of(feed).startswith("The server refused access (status 401).")
    assert "wrong" not in feed.fetch_secret


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("", ""),
        ("key", "Bearer key"),
        ("floreo:pass word", BASIC),
        ("Basic abc=", "Basic abc="),
        ("bearer x", "bearer x"),
        ("ApiKey a:b", "ApiKey a:b"),
    ],
)
def test_the_header_is_as_it_is_kept_or_made_from_name_and_password(header: str, sent: str) -> None:
    assert answers.authorization(header) == sent


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("[ipv4-addr:value = '192.0.2.1']", ["192.0.2.1"]),
        ("[ipv4-addr:value = '192.0.2.1/32' OR ipv6-addr:value='2001:db8::1']", ["192.0.2.1/32", "2001:db8::1"]),
        ("[domain-name:value IN ('a.example','b.example')]", ["a.example", "b.example"]),
        ("[url:value = 'http://a.example/x?y=\\'z\\'']", ["http://a.example/x?y='z'"]),
        ("[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443]", ["192.0.2.1"]),
        ("[ipv4-addr:value != '192.0.2.1']", []),
        ("[NOT ipv4-addr:value = '192.0.2.1']", []),
        ("[ipv4-addr:value NOT = '192.0.2.1']", []),
        ("[file:name = 'x ipv4-addr:value = \\'192.0.2.1\\'']", []),
        ("[file:hashes.'SHA-256' = 'aa' AND ipv4-addr:value = '192.0.2.1']", ["192.0.2.1"]),
        ("[ipv4-addr:value LIKE '192.0.2.%']", []),
        ("", []),
        ("[[[[" + "'" * 50_000, []),
        ("a" * 100_000, []),
        ("a:" * 50_000, []),
        ("a:b NOT" + " " * 90_000, []),
        ("[" + "a:b = 'c' AND " * 1000 + "ipv4-addr:value = '192.0.2.1']", ["192.0.2.1"]),
    ],
)
def test_what_a_pattern_is_equal_to(pattern: str, values: list[str]) -> None:
    assert [value for _path, value in taxii.values_of(pattern)] == values


def test_what_holds_no_longer_or_is_for_nobody_else_is_left_out(server: Server, source: Taxii) -> None:
    red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    kept = [
        indicator("[domain-name:value = 'WWW.bank.example.']", 1, indicator_types=["compromised"]),
        indicator("[url:value = 'http://www.bank.example/x']", 2, valid_until="2099-01-01T00:00:00Z"),
    ]
    left_out = [
        indicator("[ipv4-addr:value = '192.0.2.1']", 3, revoked=True),
        indicator("[ipv4-addr:value = '192.0.2.2']", 4, valid_until="2026-11-23T00:00:00Z"),
        indicator("[ipv4-addr:value = '192.0.2.3']", 5, indicator_types=["benign"]),
        indicator("[ipv4-addr:value = '192.0.2.4']", 6, object_marking_refs=[red]),
        indicator("alert tcp any", 7, pattern_type="snort"),
        indicator("[ipv4-addr:value = '192.0.2.0/24']", 8),
        indicator("[ipv4-addr:value = 'nonsense']", 9),
        indicator("[url:value = 'http://[bad/']", 10),
        indicator(None, 11),  # type: ignore[arg-type]  # as a broken server might
    ]
    source.add("2026-11-20T10:00:00Z", *kept, *left_out)
    feed = taxii_feed(server)
    assert fetch_due(by=SYSTEM) == 1
    assert problem_of(feed) == ""
    named = [(e.get("source.fqdn"), e.get("source.url"), e["classification.type"]) for e in events()]
    assert named == [
        ("www.bank.example", None, "system-compromise"),
        ("www.bank.example", "http://www.bank.example/x", "other"),
    ]


def test_observations_name_objects_of_any_page(server: Server, source: Taxii) -> None:
    source.page = 1
    address = {"type": "ipv4-addr", "id": "ipv4-addr--00000000-0000-4000-8000-000000000001", "value": "192.0.2.20"}
    early = {"type": "domain-name", "id": "domain-name--00000000-0000-4000-8000-000000000002", "value": "bank.example"}
    seen = {
        "type": "observed-data",
        "id": "observed-data--00000000-0000-4000-8000-000000000003",
        "last_observed": "2026-11-22T00:00:00Z",
        "object_refs": [address["id"], early["id"], "ipv6-addr--gone", "file--x"],
    }
    source.add("2026-01-01T00:00:00Z", early)  # long before what is asked for
    source.add("2026-11-22T10:00:00Z", seen)
    source.add("2026-11-22T10:00:01Z", address)
    taxii_feed(server)
    assert fetch_due(by=SYSTEM) == 1
    assert [(e.get("source.ip"), e.get("source.fqdn")) for e in events()] == [
        ("192.0.2.20", None),
        (None, "bank.example"),
    ]
    read_waiting(by=SYSTEM)
    assert sorted(Finding.objects.values_list("subject", "kind")) == [
        ("192.0.2.20", "observed"),
        ("bank.example", "observed"),
    ]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"3", b'{"objects": 3}', b"[" * 100_000])
def test_an_answer_that_is_none_is_named(server: Server, source: Taxii, body: bytes) -> None:
    whole = source.answer
    server.answer = lambda path, query, headers: (
        (200, {}, body) if path.endswith("/objects/") else whole(path, query, headers)
    )
    feed = taxii_feed(server)
    assert fetch_due(by=SYSTEM) == 0
    assert problem_of(feed) == "The server answered otherwise than its interface is described."


def test_an_answer_that_is_too_large_half_or_never_comes_is_named(
    server: Server, source: Taxii, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.add("2026-11-20T10:00:00Z", indicator("[ipv4-addr:value = '192.0.2.1']", name="x" * 300))
    feed, objects = taxii_feed(server), f"/root/collections/{COLLECTION}/objects/"
    server.cut = {objects}
    fetch_due(by=SYSTEM)
    assert problem_of(feed) == "The server stopped in the middle of the file. Nothing of it was saved."
    server.cut = set()
    monkeypatch.setattr(taxii, "LARGEST_PAGE", 400)
    due(feed)
    fetch_due(by=SYSTEM)
    assert problem_of(feed) == "An answer of the server is larger than 0 MB. Nothing of it was saved."
    server.hangs = True
    monkeypatch.setattr(answers, "fetched", partial(fetching.fetched, seconds=0.2))
    due(feed)
    fetch_due(by=SYSTEM)
    assert problem_of(feed) == "No server responded at this address."
    assert not FeedFile.objects.exists()


def test_a_collection_without_end_is_left_at_some_page(
    server: Server, source: Taxii, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taxii, "MOST_PAGES", 2)
    for number in range(25):
        source.add("2026-11-20T10:00:00Z", indicator(f"[ipv4-addr:value = '192.0.2.{number + 1}']", number))
    feed = taxii_feed(server)
    assert fetch_due(by=SYSTEM) == 2
    assert problem_of(feed).startswith("The server has more pages than are read in one go.")


# --- MISP ---------------------------------------------------------------------------------------------------------


def misp_event(number: int, day: date, *tags: str) -> MISPEvent:
    event = MISPEvent()
    event.info, event.date, event.threat_level_id, event.analysis, event.published = f"Event {number}", day, 2, 2, True
    event.uuid = f"00000000-0000-4000-8000-{number:012}"
    event.timestamp = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    event.Orgc = MISPOrganisation()
    event.Orgc.name, event.Orgc.uuid = "CERT", "55f6ea5e-2c60-40e5-964f-47a8950d210f"
    for tag in tags:
        event.add_tag(tag)
    return event


class Misp:
    """A folder of events as PyMISP writes it."""

    def __init__(self, server: Server) -> None:
        self.files: dict[str, bytes] = {}
        self.manifest: dict[str, Any] = {}
        server.answer = self.answer

    def put(self, *given: MISPEvent) -> None:
        for event in given:
            self.files[f"/feed/{event.uuid}.json"] = json.dumps(event.to_feed()).encode()
            self.manifest |= event.manifest
        self.files["/feed/manifest.json"] = json.dumps(self.manifest).encode()

    def answer(self, path: str, _query: dict[str, str], _headers: dict[str, str]) -> Response:
        return (200, {"Content-Type": "application/json"}, self.files[path]) if path in self.files else (404, {}, b"")


@pytest.fixture
def folder(server: Server) -> Misp:
    return Misp(server)


def misp(server: Server) -> Feed:
    return make_feed("MISP", by=SYSTEM, collector="misp", place=f"{server.url}/feed/")


def test_each_event_of_a_misp_feed_comes_once_and_again_when_it_changed(server: Server, folder: Misp) -> None:
    first = misp_event(1, TODAY - timedelta(days=3), "tlp:green", 'rsit:malicious-code="c2-server"')
    first.add_attribute("ip-dst", "192.0.2.20", to_ids=True)
    first.add_attribute("ip-src|port", "192.0.2.21|8080", to_ids=True)
    first.add_attribute("domain|ip", "www.bank.example|192.0.2.22", to_ids=True)
    first.add_attribute("url", "http://www.bank.example/x", to_ids=True)
    first.add_attribute("hostname|port", "mail.bank.example|25", to_ids=True)
    first.add_attribute("ip-dst", "192.0.2.99", to_ids=False)  # context, not detection
    first.add_attribute("md5", "d41d8cd98f00b204e9800998ecf8427e", to_ids=True)
    pair = MISPObject("ip-port")
    pair.add_attribute("ip", "192.0.2.23", type="ip-dst", to_ids=True)
    first.add_object(pair)
    hashes = misp_event(2, TODAY)
    hashes.add_attribute("md5", "d41d8cd98f00b204e9800998ecf8427e", to_ids=True)
    old = misp_event(3, TODAY - timedelta(days=200))
    old.add_attribute("ip-dst", "192.0.2.50", to_ids=True)
    folder.put(first, hashes, old)
    feed = misp(server)
    assert fetch_due(by=SYSTEM) == 1
    assert [e.get("source.ip") or e["source.fqdn"] for e in events()] == [
        "192.0.2.20",
        "192.0.2.21",
        "192.0.2.22",
        "www.bank.example",
        "mail.bank.example",
        "192.0.2.23",
    ]
    assert FeedFile.objects.get().day == TODAY - timedelta(days=3)
    read_waiting(by=SYSTEM)
    assert FeedFile.objects.get().rejected == 0
    assert set(Finding.objects.values_list("type", "kind")) == {("c2-server", "c2-server")}
    server.asked.clear()
    due(feed)
    assert (fetch_due(by=SYSTEM), [path for path, _q, _w in server.asked]) == (0, ["/feed/manifest.json"])
    first.timestamp = int(datetime(2026, 11, 24, 13, tzinfo=UTC).timestamp())
    first.add_attribute("ip-dst", "192.0.2.24", to_ids=True)
    folder.put(first)
    due(feed)
    assert fetch_due(by=SYSTEM) == 1
    assert "192.0.2.24" in {event.get("source.ip") for event in events()}


def test_what_is_for_its_receivers_alone_is_left_out(server: Server, folder: Misp) -> None:
    red, mixed = misp_event(1, TODAY, "tlp:red"), misp_event(2, TODAY, "tlp:amber")
    red.add_attribute("ip-dst", "192.0.2.20", to_ids=True)
    mixed.add_attribute("ip-dst", "192.0.2.21", to_ids=True)
    strict = mixed.add_attribute("ip-dst", "192.0.2.22", to_ids=True)
    assert isinstance(strict, MISPAttribute)
    strict.add_tag("tlp:amber+strict")
    folder.put(red, mixed)
    misp(server)
    fetch_due(by=SYSTEM)
    assert [(e["source.ip"], e["tlp"]) for e in events()] == [("192.0.2.21", "AMBER")]


def test_an_event_that_cannot_be_had_stops_no_other_and_comes_later(server: Server, folder: Misp) -> None:
    given = [misp_event(number, TODAY - timedelta(days=number)) for number in range(3)]
    for number, event in enumerate(given):
        event.add_attribute("ip-dst", f"192.0.2.{number + 20}", to_ids=True)
    folder.put(*given)
    lost = folder.files.pop(f"/feed/{given[1].uuid}.json")
    server.cut = {f"/feed/{given[2].uuid}.json"}
    feed = misp(server)
    assert (fetch_due(by=SYSTEM), [e["source.ip"] for e in events()]) == (1, ["192.0.2.20"])
    assert problem_of(feed).endswith("The server responded with status 404.")
    assert feed.failures == 1
    folder.files[f"/feed/{given[1].uuid}.json"], server.cut = lost, set()
    due(feed)
    assert (fetch_due(by=SYSTEM), problem_of(feed)) == (2, "")


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (b"[]", "The server answered otherwise than its interface is described."),
        (b"{", "The server answered otherwise than its interface is described."),
        (b'{"../../x": {"timestamp": 1796036140}, "00000000-0000-4000-8000-000000000001": 3}', ""),
    ],
)
def test_a_manifest_that_is_none_is_named_and_odd_entries_are_left_out(
    server: Server, folder: Misp, manifest: bytes, sentence: str
) -> None:
    folder.files["/feed/manifest.json"] = manifest
    feed = misp(server)
    assert (fetch_due(by=SYSTEM), problem_of(feed)) == (0, sentence)
    assert [path for path, _query, _word in server.asked] == ["/feed/manifest.json"]


def test_an_event_that_is_too_large_is_named(server: Server, folder: Misp, monkeypatch: pytest.MonkeyPatch) -> None:
    event = misp_event(1, TODAY)
    event.add_attribute("ip-dst", "192.0.2.20", to_ids=True)
    folder.put(event)
    monkeypatch.setattr(misp_feed, "LARGEST_EVENT", 50)
    feed = misp(server)
    fetch_due(by=SYSTEM)
    assert problem_of(feed).endswith("An answer of the server is larger than 0 MB. Nothing of it was saved.")


# --- n6 -----------------------------------------------------------------------------------------------------------

BOT = {
    "id": "3" * 32,
    "source": "hidden.42",
    "restriction": "need-to-know",
    "confidence": "medium",
    "category": "bots",
    "modified": "2026-11-24T01:00:00Z",
    "time": "2026-11-24T00:59:03Z",
    "address": [{"ip": "192.0.2.20", "cc": "XX", "asn": 64496}, {"ip": "192.0.2.21", "cc": "XX"}],
    "adip": "x.x.51.198",
    "dport": 80,
    "sport": 58362,
    "proto": "tcp",
    "name": "Avalanche-Andromeda",
    "origin": "sinkhole",
    "fqdn": "c2.example",
}
PHISH = {
    "category": "phish",
    "time": "2026-11-24T00:10:00Z",
    "url": "http://www.bank.example/a",
    "fqdn": "www.bank.example",
}


class N6:
    def __init__(self, server: Server) -> None:
        self.days: dict[str, list[dict[str, Any]]] = {}
        server.answer = self.answer

    def answer(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Response:
        if headers.get("Authorization") != "Bearer n6-key":
            return 401, {}, b"auth required"
        assert (path, query["time.min"][10:]) == ("/report/inside.sjson", "T00:00:00Z")
        day = date.fromisoformat(query["time.min"][:10])
        assert query["time.until"] == f"{day + timedelta(days=1)}T00:00:00Z"
        lines = [json.dumps(row) + "\n" for row in self.days.get(day.isoformat(), [])]
        return 200, {"Content-Type": "text/plain"}, "".join(lines).encode()


@pytest.fixture
def exchange(server: Server) -> N6:
    return N6(server)


def n6_feed(server: Server, key: str = "n6-key") -> Feed:
    return make_feed("n6", by=SYSTEM, collector="n6", place=f"{server.url}/report/inside.json", fetch_secret=key)


@pytest.mark.long
def test_the_events_of_each_day_of_n6_come_and_a_day_that_grew_takes_its_place(server: Server, exchange: N6) -> None:
    exchange.days = {
        "2026-11-24": [BOT],
        "2026-11-22": [PHISH, BOT | {"restriction": "internal"}, BOT | {"category": "spam", "status": "expired"}],
    }
    feed = n6_feed(server)
    assert fetch_due(by=SYSTEM) == 2
    assert [query["time.min"][:10] for _p, query, _w in server.asked] == [f"2026-11-{n}" for n in range(17, 25)]
    assert [(e.get("source.ip"), e.get("source.fqdn"), e["classification.identifier"]) for e in events()] == [
        (None, "www.bank.example", "phishing"),
        ("192.0.2.20", None, "infected-avalanche-andromeda"),
        ("192.0.2.21", None, "infected-avalanche-andromeda"),
    ]
    read_waiting(by=SYSTEM)
    assert sorted(Finding.objects.values_list("subject", "type")) == [
        ("192.0.2.20", "infected-system"),
        ("192.0.2.21", "infected-system"),
        ("www.bank.example", "phishing"),
    ]
    assert set(FeedFile.objects.values_list("rejected", flat=True)) == {0}
    due(feed)
    assert fetch_due(by=SYSTEM) == 0
    exchange.days["2026-11-24"].append(BOT | {"address": [{"ip": "192.0.2.22"}]})
    due(feed)
    assert fetch_due(by=SYSTEM) == 1
    read_waiting(by=SYSTEM)
    assert Finding.objects.count() == 4
    with clock.pinned_day(day=TODAY + timedelta(days=400)):
        server.asked.clear()
        due(feed)
        fetch_due(by=SYSTEM)
    assert len(server.asked) == LONGEST_GAP.days + 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"category": "bots"', "The server answered otherwise than its interface is described."),
        (b"error", "The server answered otherwise than its interface is described."),
        (b"[]\n", "The server answered otherwise than its interface is described."),
        (b"x" * 3000, "An answer of the server is larger than 0 MB. Nothing of it was saved."),
    ],
)
def test_what_n6_answers_instead_of_events_stands_at_the_feed(
    server: Server, exchange: N6, monkeypatch: pytest.MonkeyPatch, body: bytes, sentence: str
) -> None:
    monkeypatch.setattr(n6, "LONGEST_LINE", 2000)
    if len(body) > 2000:
        body = body * 1000  # more than a block without a line's end
    server.answer = lambda _path, _query, _headers: (200, {}, body)
    feed = n6_feed(server)
    assert fetch_due(by=SYSTEM) == 0
    assert problem_of(feed).endswith(sentence)
    assert not FeedFile.objects.exists()


def test_half_a_day_of_n6_is_none(server: Server, exchange: N6) -> None:
    exchange.days = {"2026-11-24": [BOT] * 50}
    server.cut = {"/report/inside.sjson"}
    feed = n6_feed(server)
    assert (fetch_due(by=SYSTEM), FeedFile.objects.count()) == (0, 0)
    assert problem_of(feed).endswith("The server stopped in the middle of the file. Nothing of it was saved.")


def test_n6_needs_its_key_and_has_a_usual_address(server: Server, exchange: N6) -> None:
    with pytest.raises(Refused) as caught:
        make_feed("n6", by=SYSTEM, collector="n6")
    assert list(caught.value.fields) == ["fetch_secret"]
    made = make_feed("n6", by=SYSTEM, collector="n6", fetch_secret="key")
    assert (made.place, made.format) == ("https://n6api.cert.pl/report/inside", "intelmq")
    feed = n6_feed(server, key="wrong")
    fetch_due(by=SYSTEM)
    assert problem_of(feed).startswith("The server refused access (status 401).")


def test_a_closed_network_is_not_asked(server: Server, source: Taxii) -> None:
    feed = taxii_feed(server)
    with override_settings(FETCH_PRIVATE=[]):
        assert fetch_due(by=SYSTEM) == 0
    assert (problem_of(feed), server.asked) == (
        "The address leads to a closed network, so files are not fetched from it.",
        [],
    )
