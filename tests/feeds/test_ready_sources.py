"""Sources that are known by their name: their data, the page on which one is chosen, and each against a server on loopback that behaves as
its documentation says."""

from __future__ import annotations

import html
import ipaddress
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.models import AuditEntry
from floreo.feeds.actions.collect import fetch_due
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.actions.ingesting import ingest_waiting
from floreo.feeds.models import Feed, FeedFile, Finding
from floreo.feeds.ready_sources import FOLDER, source_at, source_in, sources
from floreo.organisations.models import Country, Network, User
from tests.factories import organisations as make
from tests.factories.strategy import make_country
from tests.feeds.engine import outside
from tests.loopback import POLL
from tests.pages import squeezed

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NEW = "/workspace/feeds/new/"
KEY = "0123456789abcdef-key"
LANGUAGES = ("en", "es", "fr")

# The data


def test_every_source_is_sound_and_says_in_all_languages_what_it_is() -> None:
    assert set(sources()) == {
        "circl-osint",
        "feodo-tracker",
        "n6",
        "shadowserver-reports",
        "spamhaus-drop-v4",
        "spamhaus-drop-v4-text",
        "spamhaus-drop-v6",
        "spamhaus-drop-v6-text",
        "threatfox",
        "urlhaus",
        "urlhaus-30-days",
    }
    for code, source in sources().items():
        assert re.fullmatch(r"[a-z0-9-]{1,40}", code)
        for texts in (source.what, source.terms, source.doubt, source.key):
            assert set(texts) in ({*LANGUAGES}, set())
        assert source.doubt, "who has not read all says what is missing"
    assert len({each.place for each in sources().values()}) == len({each.name for each in sources().values()}) == 11


def changed(**facts: str) -> str:
    """The file of a source with other lines."""
    text = (FOLDER / "urlhaus.toml").read_text("utf-8")
    for name, line in facts.items():
        text, count = re.subn(rf"(?m)^{name} = .*$", line, text, count=1)
        assert count == 1
    return text


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"place": 'place = "ftp://urlhaus.example/x"'}, "web address"),
        ({"place": 'place = "https://me:word@urlhaus.example/x"'}, "web address"),
        ({"secret_header": 'secret_header = "Cookie"'}, "cannot be sent in this header"),
        ({"every_minutes": "every_minutes = 5", "least_minutes": "least_minutes = 60"}, "more often"),
        ({"every_minutes": "every_minutes = 1"}, "greater than or equal to 5"),
        ({"collector": 'collector = "upload"'}, "is fetched"),
        ({"collector": 'collector = "ftp"'}, "is not one of"),
        ({"evidence": 'evidence = "proof"'}, "is not one of"),
        ({"tlp": 'tlp = "RED"'}, "is not one of"),
        ({"needs_key": "needs_key = false"}, "how its key is had"),
        ({"read": 'read = "lately"'}, "read"),
        ({"name": 'nome = "x"'}, "nome"),
        ({"url": 'adress = "x"'}, "adress"),
        ({"severity": 'severity = "worst"'}, "severity"),
        ({"time": "delimiter = ','"}, "goes without saying"),
    ],
)
def test_a_wrong_source_is_refused(facts: dict[str, str], why: str) -> None:
    assert source_in(changed()).name == "abuse.ch URLhaus"
    with pytest.raises(ValueError, match=why):
        source_in(changed(**facts))


# The page


@pytest.fixture
def responder(user_with: Callable[..., User], browser_of: Callable[[User], Client], feeds_folder: Path) -> Client:
    make_country()
    Network.objects.create(
        asn=64500,
        name="Bank",
        holder=make.organisation("bank", "A bank"),
        prefixes=["192.0.2.0/24", "198.51.100.128/25", "2001:db8:1::/48"],
    )
    return browser_of(user_with("responder"))


def words(answer: Any) -> str:
    return squeezed(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


@pytest.mark.long
def test_a_source_is_chosen_by_its_name_and_only_the_key_is_added(responder: Client) -> None:
    listed = words(responder.get(NEW))
    assert [each.name for each in sources().values() if each.name not in listed] == []
    assert listed.count("Choose ") == len(sources())
    page = responder.get(f"{NEW}?source=urlhaus")
    text = words(page)
    assert list(page.context["form"].fields) == ["name", "fetch_secret"]
    source = sources()["urlhaus"]
    for part in (source.what, source.terms, source.doubt, source.key):
        assert part["en"] in text
    for sentence in (source.place, "once an hour", "at most every 5 minutes", *source.pages):
        assert sentence in text
    refused = responder.post(f"{NEW}?source=urlhaus", {"name": source.name, "fetch_secret": ""})
    assert (refused.status_code, Feed.objects.count()) == (422, 0)
    assert "“Key or password” is empty. Fill it in." in words(refused)
    made = responder.post(f"{NEW}?source=urlhaus", {"name": source.name, "fetch_secret": KEY}, follow=True)
    assert "Feed added. Its first file is fetched within a few minutes." in words(made)
    feed = Feed.objects.get()
    assert made.redirect_chain == [(feed.get_absolute_url(), 302)]
    assert (feed.name, feed.header(), feed.due_at is not None) == ("abuse.ch URLhaus", KEY, True)
    assert {name: getattr(feed, name) for name in source.facts()} == source.facts()
    noted = str(AuditEntry.objects.get(verb="feed.made").detail)
    assert "Auth-Key" in noted
    assert KEY not in noted + made.content.decode()
    # It is offered no more, and its page says on which terms it is used.
    assert words(responder.get(NEW)).count("Choose ") == len(sources()) - 1
    assert f'href="{feed.get_absolute_url()}"' in responder.get(NEW).content.decode()
    assert source.terms["en"] in words(responder.get(feed.get_absolute_url()))
    twice = responder.post(f"{NEW}?source=urlhaus", {"name": "Again", "fetch_secret": KEY})
    assert (twice.status_code, "already uses this place" in words(twice)) == (422, True)


@pytest.mark.long
def test_every_source_can_be_chosen(responder: Client) -> None:
    for code, source in sources().items():
        given = {"name": source.name} | ({"fetch_secret": "key:secret"} if source.needs_key else {})
        assert responder.post(f"{NEW}?source={code}", given).status_code == 302
        feed = Feed.objects.get(name=source.name)
        assert source_at(feed.collector, feed.place) is source
        assert {name: getattr(feed, name) for name in source.facts() if name != "mapping"} == {
            name: fact for name, fact in source.facts().items() if name != "mapping"
        }
        assert (feed.header(), feed.is_active) == ("key:secret" if source.needs_key else "", True)
    assert words(responder.get(NEW)).count("Choose ") == 0


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_source_that_needs_no_key_is_one_press_in_each_language(responder: Client, language: str) -> None:
    Country.objects.update(languages=list(LANGUAGES))
    prefix = "" if language == "en" else f"/{language}"
    source = sources()["spamhaus-drop-v6"]
    assert squeezed(source.what[language]) in words(responder.get(prefix + NEW))
    page = responder.get(f"{prefix}{NEW}?source=spamhaus-drop-v6")
    assert list(page.context["form"].fields) == ["name"]
    for part in (source.what, source.terms, source.doubt):
        assert squeezed(part[language]) in words(page)
    given = {"name": page.context["form"]["name"].value()}
    assert responder.post(f"{prefix}{NEW}?source=spamhaus-drop-v6", given).status_code == 302
    assert Feed.objects.get().place == "https://www.spamhaus.org/drop/drop_v6.json"


def test_an_unknown_source_is_no_page_and_who_may_not_run_feeds_sees_none(
    responder: Client, user_with: Callable[..., User], browser_of: Callable[[User], Client]
) -> None:
    assert responder.get(f"{NEW}?source=../../etc/passwd").status_code == 404
    assert responder.post(f"{NEW}?source=nothing", {"name": "x"}).status_code == 404
    reader = browser_of(user_with("analyst"))
    assert reader.get(f"{NEW}?source=urlhaus").status_code in (403, 404)
    assert reader.post(f"{NEW}?source=spamhaus-drop-v4", {"name": "x"}).status_code in (403, 404)
    assert not Feed.objects.exists()


# How often


def test_a_source_is_not_fetched_more_often_than_it_asks(responder: Client, settings: Any) -> None:
    feed = make_feed("DROP", by=SYSTEM, fetch_secret=KEY, **sources()["spamhaus-drop-v4"].facts())
    with pytest.raises(Refused, match="asks not to be fetched more often than every 60 minutes") as refusal:
        change_feed(feed, by=SYSTEM, every_minutes=15)
    assert list(refusal.value.fields) == ["every_minutes"]
    assert change_feed(feed, by=SYSTEM, every_minutes=60).every_minutes == 60
    assert change_feed(feed, by=SYSTEM, place="https://mirror.example/drop.txt", every_minutes=15).every_minutes == 15
    again = change_feed(feed, by=SYSTEM, place=feed.place, every_minutes=60, fetch_secret=KEY)
    assert source_at(again.collector, again.place) is sources()["spamhaus-drop-v4"]
    # After a failure too: others are tried again after five minutes. The key that cannot be opened is found before anybody is asked.
    settings.SECRET_KEY = "another key"
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    fetch_due(by=SYSTEM)
    again.refresh_from_db()
    assert again.last_error == "The key or password was sealed with another secret key. Enter it again."
    assert again.due_at is not None
    assert timedelta(minutes=59) < again.due_at - clock.now() <= timedelta(minutes=60)


# Against a server that behaves as is documented


class Answer(BaseHTTPRequestHandler):
    """Of one path: a key in a header where one is wanted, a state by which nothing new is seen, and a limit."""

    def do_GET(self) -> None:
        given: Documented = self.server.given  # type: ignore[attr-defined]
        given.asked.append(dict(self.headers.items()))
        status, headers, body = given.answer(self.path, {name.lower(): text for name, text in self.headers.items()})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: Any) -> None:
        return


class Documented:
    """`key`: what has to be in `header`; without it 401, with another 403. `limit`: so many requests, then 429."""

    def __init__(self, path: str, body: bytes, *, header: str = "", key: str = "", limit: int = 100) -> None:
        self.path, self.body, self.header, self.key, self.limit = path, body, header, key, limit
        self.stamps = {"ETag": '"1"', "Last-Modified": "Tue, 24 Nov 2026 01:01:40 GMT"}
        self.asked: list[dict[str, str]] = []
        self.moved = ""  # where it points to for whatever is not there

    def answer(self, path: str, given: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path != self.path:
            return (302, {"Location": self.moved}, b"") if self.moved else (404, {}, b"")
        if len(self.asked) > self.limit:
            return 429, {"Retry-After": "7200"}, b"Too many requests"
        if self.key and given.get(self.header.lower()) != self.key:
            return (403 if self.header.lower() in given else 401), {}, b"Unauthorized"
        is_same = given.get("if-none-match") == self.stamps.get("ETag") if "ETag" in self.stamps else False
        is_same = is_same or given.get("if-modified-since") == self.stamps["Last-Modified"]
        return (304, self.stamps, b"") if is_same else (200, self.stamps, self.body)


@contextmanager
def serving(given: Documented) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.given = given  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        with override_settings(FETCH_PRIVATE=["127.0.0.0/8"]):
            yield f"http://127.0.0.1:{server.server_port}{given.path}"
    finally:
        server.shutdown()
        server.server_close()


def chosen(responder: Client, code: str, address: str, key: str = "") -> Feed:
    """The feed of a source as the page makes it, of which only the server is another."""
    given = {"name": sources()[code].name} | ({"fetch_secret": key} if key else {})
    assert responder.post(f"{NEW}?source={code}", given).status_code == 302
    Feed.objects.update(place=address)
    return fetched(Feed.objects.get())


def fetched(feed: Feed) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    fetch_due(by=SYSTEM)
    ingest_waiting(by=SYSTEM)
    feed.refresh_from_db()
    return feed


URLS = {
    "query_status": "ok",
    "urls": [
        {
            "id": "223622",
            "urlhaus_reference": "https://urlhaus.example/url/223622/",
            "url": "http://192.0.2.21/razor/r4z0r.mips",
            "url_status": "offline",
            "host": "192.0.2.21",
            "date_added": "2026-11-23 09:02:05 UTC",
            "threat": "malware_download",
            "blacklists": {"spamhaus_dbl": "not listed", "surbl": "not listed"},
            "reporter": "somebody",
            "larted": "true",
            "tags": ["elf"],
        },
        {
            "id": "223621",
            "urlhaus_reference": "https://urlhaus.example/url/223621/",
            "url": "https://192.0.2.22:8443/b.exe",
            "url_status": "online",
            "host": "192.0.2.22",
            "date_added": "2026-11-23 08:02:05 UTC",
            "threat": "malware_download",
            "blacklists": {"spamhaus_dbl": "not listed", "surbl": "not listed"},
            "reporter": "somebody",
            "larted": "false",
            "tags": None,
        },
        {
            "id": "223620",
            "url": "http://elsewhere.example/c",
            "url_status": "online",
            "host": "elsewhere.example",
            "date_added": "2026-11-23 07:02:05 UTC",
            "threat": "malware_download",
            "tags": [],
        },
    ],
}


def test_urlhaus_takes_its_key_as_auth_key(responder: Client) -> None:
    given = Documented("/v1/urls/recent/", json.dumps(URLS, indent=4).encode(), header="Auth-Key", key=KEY)
    with serving(given) as address:
        feed = chosen(responder, "urlhaus", address, "a-wrong-key")
        assert (
            feed.last_error
            == "The server refused access (status 403). Check the key, and the header in which it is sent."
        )
        assert FeedFile.objects.count() == 0
        change_feed(feed, by=SYSTEM, fetch_secret=KEY)
        feed = fetched(feed)
    assert [each.get("Auth-Key") for each in given.asked] == ["a-wrong-key", KEY]
    assert [each for each in given.asked if "Authorization" in each] == []
    report = FeedFile.objects.get()
    assert (feed.last_error, report.rows, report.kept, report.rejected) == ("", 3, 3, 0)
    meant = sum(ipaddress.ip_address(row["host"]) in ipaddress.ip_network("192.0.2.0/24") for row in URLS["urls"][:2])  # type: ignore[index]
    found = list(Finding.objects.order_by("ip").values_list("ip", "port", "kind", "type", "severity"))
    assert len(found) == meant == 2
    assert found == [
        ("192.0.2.21", 80, "malware-url", "malware-distribution", "critical"),
        ("192.0.2.22", 8443, "malware-url", "malware-distribution", "critical"),
    ]


@pytest.mark.long
@pytest.mark.parametrize(("secret", "status"), [("", 401), ("another", 403)])
def test_whoever_comes_without_the_key_reads_why(responder: Client, secret: str, status: int) -> None:
    with serving(Documented("/list", b"ip\n192.0.2.1\n", header="X-API-Key", key=KEY)) as address:
        facts: Any = {"collector": "fetch", "place": address, "fetch_secret": secret, "secret_header": "X-API-Key"}
        feed = make_feed("List", by=SYSTEM, **facts)
        sentence = f"The server refused access (status {status}). Check the key, and the header in which it is sent."
        assert fetched(feed).last_error == sentence
        change_feed(feed, by=SYSTEM, fetch_secret=KEY, secret_header="Authorization")
        assert fetched(feed).last_error == sentence.replace(str(status), "401")
        change_feed(feed, by=SYSTEM, secret_header="x-api-key")
        assert fetched(feed).last_error == ""


FEODO = [
    {
        "ip_address": "192.0.2.32",
        "port": 4643,
        "status": "online",
        "hostname": "srv.bank.example",
        "as_number": 64500,
        "as_name": "BANK",
        "country": "BZ",
        "first_seen": "2021-01-17 07:44:46",
        "last_online": "2026-11-22",
        "malware": "Dridex",
    },
    {
        "ip_address": "203.0.113.73",
        "port": 6601,
        "status": "online",
        "hostname": None,
        "as_number": 64501,
        "as_name": "OTHER",
        "country": "KR",
        "last_online": "2026-11-22",
        "malware": "QakBot",
    },
]


def test_feodo_tracker_is_asked_for_what_is_new_and_may_be_empty(responder: Client) -> None:
    given = Documented("/downloads/ipblocklist.json", json.dumps(FEODO, indent=4).encode())
    with serving(given) as address:
        feed = chosen(responder, "feodo-tracker", address)
        (found,) = Finding.objects.all()
        assert (found.ip, found.port, found.type, found.severity) == ("192.0.2.32", 4643, "c2-server", "critical")
        fetched(feed)  # 304
        assert [each.get("If-None-Match") for each in given.asked] == [None, '"1"']
        assert FeedFile.objects.count() == 1
        given.stamps, given.body = {"ETag": '"2"', "Last-Modified": "Wed, 25 Nov 2026 01:01:40 GMT"}, b"[]"
        feed = fetched(feed)
    empty = FeedFile.objects.order_by("-pk")[0]
    assert (feed.last_error, empty.rows, empty.problem) == ("", 0, "")
    found.refresh_from_db()
    assert found.state in ("new", "persisting")  # what a list does not name proves nothing


DROP_V6 = (
    '{"cidr":"2001:db8::/32","sblid":"SBL1","rir":"arin"}\n{"cidr":"2001:db9::/32","sblid":"SBL2","rir":"ripencc"}\n'
    '{"type":"metadata","timestamp":1795500000,"size":120,"records":2,"copyright":"(c) 2026 The Spamhaus Project SLU"}\n'
)


@pytest.mark.long
def test_a_key_that_belongs_into_the_address_is_in_no_other_place(
    responder: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """abuse.ch wants it there for its files. `+/=&` and spaces stay part of it."""
    key = "a+b/c=&d e"
    asked = "/files/exports/recent.csv?auth-key=a%2Bb%2Fc%3D%26d%20e"
    given = Documented(asked, outside.URLHAUS.replace("2026-11-24", "2026-11-23").encode())
    path, place = asked.partition("?")[0], "?auth-key={key}"
    with serving(given) as address, caplog.at_level("DEBUG"):
        feed = chosen(responder, "urlhaus-30-days", address.partition(path)[0] + path + place, key)
        assert feed.last_error == ""
        report = FeedFile.objects.get()
        assert (report.name, report.kept, report.rejected) == ("recent.csv", 2, 0)
        assert [name for each in given.asked for name, text in each.items() if "a+b" in text or "a%2Bb" in text] == []
        (found,) = Finding.objects.all()
        assert (found.ip, found.port, found.kind) == ("192.0.2.21", 8080, "malware-url")
        given.path = "/gone"
        assert fetched(feed).last_error == "The server responded with status 404."
        with serving(Documented("/", b"")) as elsewhere:
            given.moved = f"{elsewhere}stolen?{asked.partition('?')[2]}"
            sentence = "The address redirects to another server, which might be sent the key. That is not followed."
            assert fetched(feed).last_error == sentence
            given.moved, given.path = asked, "/elsewhere"
            assert "redirects too many times" in fetched(feed).last_error  # on the same server it is followed
        pages = [responder.get(page).content.decode() for page in (feed.get_absolute_url(), report.get_absolute_url())]
        pages.append(responder.get(f"{feed.get_absolute_url()}edit/").content.decode())
    feed.refresh_from_db()
    told = [*pages, caplog.text, feed.last_error, report.received_by, feed.place]
    told += [str(list(AuditEntry.objects.values_list("detail", flat=True)))]
    assert [text for text in told if "a+b/c" in html.unescape(text) or "a%2Bb" in text] == []
    assert all("{key}" in text for text in (pages[0], report.received_by, feed.place))


@pytest.mark.long
def test_threatfox_takes_its_key_in_the_path_and_gives_servers_and_pages(
    responder: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """abuse.ch wants it there for its exports. Hashes are left out and counted; a redirect leads to no other server, and into no name."""
    key = "a+b/../c d"
    quoted = "a%2Bb%2F..%2Fc%20d"
    given = Documented(f"/v2/files/exports/{quoted}/recent.csv", outside.THREATFOX.replace("11-24", "11-23").encode())
    with serving(given) as address, caplog.at_level("DEBUG"):
        feed = chosen(responder, "threatfox", address.replace(quoted, "{key}"), key)
        assert feed.last_error == ""
        report = FeedFile.objects.get()
        assert (report.name, report.kept, report.rejected) == ("recent.csv", 3, 1)
        found = Finding.objects.order_by("ip").values_list("ip", "port", "kind", "type", "severity")
        assert list(found) == [
            ("192.0.2.36", 5555, "botnet-cc", "c2-server", "high"),
            ("192.0.2.40", 8443, "payload-delivery", "malware-distribution", "high"),
        ]
        assert [text for each in given.asked for text in each.values() if "a+b" in text or quoted in text] == []
        with serving(Documented("/", b"")) as elsewhere:
            given.moved, given.path = f"{elsewhere}{quoted}", "/gone"
            sentence = "The address redirects to another server, which might be sent the key. That is not followed."
            assert fetched(feed).last_error == sentence
        given.moved, given.path, given.stamps["ETag"] = f"/{quoted}", f"/{quoted}", '"2"'
        given.stamps["Last-Modified"], given.body = "Wed, 25 Nov 2026 01:01:40 GMT", outside.THREATFOX.encode()
        assert fetched(feed).last_error == ""
        assert set(FeedFile.objects.values_list("name", flat=True)) == {"recent.csv"}
        pages = [responder.get(page).content.decode() for page in (feed.get_absolute_url(), report.get_absolute_url())]
    told = [*pages, caplog.text, feed.place, *FeedFile.objects.values_list("received_by", flat=True)]
    told += [str(list(AuditEntry.objects.values_list("detail", flat=True)))]
    assert [text for text in told if "a+b/" in html.unescape(text) or quoted in text] == []


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"place": "https://feed.example/files/{key}"}, "place"),
        ({"place": "https://feed.example/a-{key}/recent.csv"}, "place"),
        ({"place": "https://feed.example/{key}/{key}/recent.csv"}, "place"),
        ({"place": "https://feed.example/{key}/recent.csv?k={key}"}, "place"),
        ({"place": "https://{key}.feed.example/recent.csv?k={key}"}, "place"),
        ({"place": "https://feed.example/x?a={key}&b={key}"}, "place"),
        ({"place": "https://feed.example/x#{key}"}, "place"),
        ({"place": "https://feed.example/x?a={key}", "collector": "taxii"}, "place"),
        ({"place": "https://feed.example/x?a={key}", "fetch_secret": ""}, "fetch_secret"),
    ],
)
def test_a_key_stands_in_the_query_or_before_the_name_of_a_fetched_file_only(
    responder: Client, facts: Any, wrong: str
) -> None:
    with pytest.raises(Refused) as refusal:
        make_feed("Odd", by=SYSTEM, **({"collector": "fetch", "fetch_secret": KEY} | facts))
    assert list(refusal.value.fields) == [wrong]
    feed = make_feed("Well", by=SYSTEM, collector="fetch", place="https://feed.example/x?a={key}", fetch_secret=KEY)
    with pytest.raises(Refused):  # the key is not taken along to another server, and there is none
        change_feed(feed, by=SYSTEM, place="https://thief.example/x?a={key}")


def test_a_list_that_did_not_change_names_the_same_today(responder: Client) -> None:
    given = Documented("/downloads/ipblocklist.json", json.dumps(FEODO).encode())
    first = clock.today()
    with serving(given) as address:
        feed = chosen(responder, "feodo-tracker", address)
        with clock.pinned_day(day=first + timedelta(days=1)):
            for _time in range(2):  # twice a day, counted once
                assert fetched(feed).last_error == ""
            (found,) = Finding.objects.all()
            assert (found.first_day, found.last_day, found.days_seen) == (first, first + timedelta(days=1), 2)
        assert [each.get("If-None-Match") for each in given.asked] == [None, '"1"', '"1"']
    days = list(FeedFile.objects.order_by("day").values_list("day", "kept", "sha256"))
    assert [(day, kept) for day, kept, _hash in days] == [(first, 2), (first + timedelta(days=1), 2)]
    assert days[0][2] == days[1][2]
    # An unchanged scan is no new look, and a file that says its day is of that day.
    for facts, name in (({"evidence": "scan"}, None), ({"evidence": "list"}, "2026-11-20-list.csv")):
        Feed.objects.update(**facts)
        if name:
            FeedFile.objects.update(name=name)
        with serving(given) as address, clock.pinned_day(day=first + timedelta(days=3)):
            Feed.objects.update(place=address)
            fetched(feed)
        assert FeedFile.objects.count() == 2


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    ("code", "path", "body", "meant"),
    [
        ("spamhaus-drop-v4", "/drop/drop_v4.json", outside.DROP_JSON, {"192.0.2.0/24"}),
        ("spamhaus-drop-v4-text", "/drop/drop.txt", outside.DROP, {"192.0.2.0/24"}),
        (
            "spamhaus-drop-v6",
            "/drop/drop_v6.json",
            DROP_V6,
            {"2001:db8:1::/48"},
        ),
        (
            "spamhaus-drop-v6-text",
            "/drop/dropv6.txt",
            "; Spamhaus DROPv6 List 2026/11/24 - (c) 2026 The Spamhaus Project SLU\n2001:db8:1:2::/64 ; SBL1\n2001:db9::/32 ; SBL2\n",
            {"2001:db8:1:2::/64"},
        ),
    ],
)
def test_spamhaus_drop_is_taken_once_a_day_and_a_limit_is_kept(
    responder: Client, code: str, path: str, body: str, meant: set[str]
) -> None:
    given = Documented(path, body.encode(), limit=2)
    with serving(given) as address:
        feed = chosen(responder, code, address)
        found = Finding.objects.values_list("subject", "kind", "organisation__code", "severity")
        assert {subject for subject, *_rest in found} == meant
        assert {tuple(rest) for _subject, *rest in found} == {("blocklisted", "bank", "low")}
        assert feed.due_at is not None
        assert timedelta(hours=23) < feed.due_at - clock.now() <= timedelta(days=1)
        assert (fetched(feed).last_error, given.asked[1]["If-Modified-Since"]) == ("", given.stamps["Last-Modified"])
        feed = fetched(feed)
        assert feed.last_error == "The server asks to be left alone for a while (status 429)."
        assert feed.due_at is not None
        assert round((feed.due_at - clock.now()).total_seconds() / 60) == 120
    assert FeedFile.objects.count() == 1
    listed = sum("/" in line.split(";")[0].split(",")[0] and not line.startswith(";") for line in body.splitlines())
    report = FeedFile.objects.get()
    assert report.rows - report.rejected == listed == report.kept
