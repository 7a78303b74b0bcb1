"""Ways in, each against a real server or folder: fetched, dropped into a folder, mailed."""

from __future__ import annotations

import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.errors import Refused
from floreo.core.mail_in.reading import parse_mail
from floreo.core.mail_in.shape import IncomingMail
from floreo.core.models import AuditEntry
from floreo.feeds.actions import collect
from floreo.feeds.actions.collect import collect_from_folders, fetch_due, read_feed_mail, take_mail
from floreo.feeds.actions.feeds import change_feed, make_feed
from floreo.feeds.collectors.blobs import folder as kept_folder
from floreo.feeds.collectors.fetching import Asked, FetchProblem, NotFetched, fetched
from floreo.feeds.collectors.mail import MOST_LINKS, links_of
from floreo.feeds.models import Feed, FeedFile
from tests.core.mailbox_server import PROGRAMME, a_mailbox
from tests.feeds.mails import OURS, keys_of, mail_from, signed
from tests.feeds.making import name_of, report
from tests.loopback import POLL

DAY = date(2026, 11, 20)
DATA = report(DAY, ["192.0.2.1"])


class Server:
    """Answers as it is asked to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status, self.body, self.headers = (
            200,
            DATA,
            {"ETag": '"one"', "Last-Modified": "Fri, 20 Nov 2026 06:00:00 GMT"},
        )
        self.claims = 0  # bytes more than are sent


@contextmanager
def contribution() -> Iterator[tuple[Server, str]]:
    given = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given.asked.append(dict(self.headers.items()) | {"path": self.path})
            is_same = given.status == 200 and self.headers.get("If-None-Match") == given.headers.get("ETag", "")
            self.send_response(304 if is_same else given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            body = b"" if is_same or given.status != 200 else given.body
            self.send_header("Content-Length", str(len(body) + given.claims))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield given, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    with contribution() as found:
        yield found


def a_fetched_feed(url: str, **facts: Any) -> Feed:
    return make_feed("Fetched", by=SYSTEM, collector="fetch", place=f"{url}/{name_of(DAY)}", **facts)


def fetch_now(feed: Feed, *, allowed: bool = True) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(due_at=clock.now())
    with override_settings(FETCH_PRIVATE=["127.0.0.0/8"] if allowed else []):
        fetch_due(by=SYSTEM)
    return Feed.objects.get(pk=feed.pk)


@pytest.fixture
def nothing_yet(db: None, feeds_folder: Path) -> None:
    """No feed, no report."""


def test_a_feed_that_a_pack_brought_is_fetched_though_nobody_said_when(
    nothing_yet: None, server: tuple[Server, str]
) -> None:
    _given, url = server
    feed = a_fetched_feed(url)
    Feed.objects.update(due_at=None)  # as a row of feeds.toml is made
    with override_settings(FETCH_PRIVATE=["127.0.0.0/8"]):
        assert (fetch_due(by=SYSTEM), fetch_due(by=SYSTEM)) == (1, 0)
    due = Feed.objects.get(pk=feed.pk).due_at
    assert due is not None
    assert due > clock.now()


def test_what_is_new_is_fetched_once(nothing_yet: None, server: tuple[Server, str]) -> None:
    given, url = server
    feed = a_fetched_feed(url, fetch_secret="Bearer secret-word", every_minutes=60)
    fetched = fetch_now(feed)
    kept = FeedFile.objects.get()
    assert (kept.name, kept.day, kept.report_type, kept.received_by) == (name_of(DAY), DAY, "scan_rdp", feed.place)
    assert (fetched.etag, fetched.last_error, fetched.failures) == ('"one"', "", 0)
    assert fetched.due_at is not None
    assert timedelta(minutes=59) < fetched.due_at - clock.now() <= timedelta(minutes=60)
    fetch_now(feed)
    first, second = given.asked
    assert (first["Authorization"], first.get("If-None-Match")) == ("Bearer secret-word", None)
    assert (second["If-None-Match"], second["If-Modified-Since"]) == ('"one"', "Fri, 20 Nov 2026 06:00:00 GMT")
    assert FeedFile.objects.count() == 1
    assert "secret-word" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_header_lies_sealed_in_the_database(nothing_yet: None, server: tuple[Server, str], settings: Any) -> None:
    given, url = server
    feed = a_fetched_feed(url, fetch_secret=f"Bearer {'w' * 493}")
    (stored,) = Feed.objects.values_list("fetch_secret", flat=True)
    assert stored.startswith("sealed:")
    assert "www" not in stored
    with pytest.raises(Refused, match="longer than 500"):
        change_feed(feed, by=SYSTEM, fetch_secret="w" * 501)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    sentence = "The key or password was sealed with another secret key. Enter it again."
    assert (fetch_now(feed).last_error, given.asked) == (sentence, [])
    settings.SECRET_KEY_FALLBACKS = [old]
    assert (fetch_now(feed).last_error, len(given.asked)) == ("", 1)
    settings.SECRET_KEY_FALLBACKS = []
    change_feed(feed, by=SYSTEM, fetch_secret="Bearer new")
    fetch_now(feed)
    assert given.asked[1]["Authorization"] == "Bearer new"


def test_a_failing_server_is_asked_less_and_less_often(nothing_yet: None, server: tuple[Server, str]) -> None:
    given, url = server
    feed, waits = a_fetched_feed(url), []
    given.status = 503
    for _time in range(3):
        failed = fetch_now(feed)
        assert failed.due_at is not None
        waits.append(round((failed.due_at - clock.now()).total_seconds() / 60))
    assert (waits, failed.failures, failed.last_error) == ([5, 10, 20], 3, "The server responded with status 503.")
    noted = AuditEntry.objects.filter(verb="feed.failing")
    assert [(entry.subject_name, entry.detail["failures"]) for entry in noted] == [("Fetched", 3)]
    given.headers = {"Retry-After": "7200"}
    failed = fetch_now(feed)
    assert failed.due_at is not None
    assert round((failed.due_at - clock.now()).total_seconds() / 60) == 120
    given.status, given.headers = 200, {}
    assert noted.all().count() == 1  # a fourth attempt that fails is no news
    assert (fetch_now(feed).failures, FeedFile.objects.count()) == (0, 1)
    given.status = 503
    for _time in range(4):
        fetch_now(feed)
    assert noted.all().count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"claims": 10}, "The server stopped in the middle of the file. Nothing of it was saved."),
        ({"body": b"x" * 2_000_000}, "The file is larger than 1 MB. Send a smaller one."),
        (
            {"status": 302, "headers": {"Location": "/again"}},
            "The address redirects too many times and never reaches a file.",
        ),
        ({"status": 404}, "The server responded with status 404."),
    ],
)
def test_half_a_file_is_none(
    nothing_yet: None, server: tuple[Server, str], change: dict[str, Any], sentence: str
) -> None:
    given, url = server
    vars(given).update(change)
    with override_settings(REPORT_LARGEST=1 << 20):
        assert fetch_now(a_fetched_feed(url)).last_error == sentence
    assert FeedFile.objects.count() == 0
    assert [p for p in kept_folder().rglob("*") if p.is_file()] == []


def test_closed_networks_are_not_asked_and_secrets_go_to_nobody_else(
    nothing_yet: None, server: tuple[Server, str]
) -> None:
    given, url = server
    feed = a_fetched_feed(url, fetch_secret="Bearer secret-word")
    sentence = "The address leads to a closed network, so files are not fetched from it."
    assert (fetch_now(feed, allowed=False).last_error, given.asked) == (sentence, [])
    with contribution() as (other, elsewhere):
        given.status, given.headers = 302, {"Location": f"{elsewhere}/{name_of(DAY)}"}
        fetch_now(feed)
        assert (given.asked[0].get("Authorization"), other.asked[0].get("Authorization")) == (
            "Bearer secret-word",
            None,
        )
        with override_settings(FETCH_PRIVATE=[]):
            given.headers = {"Location": "http://169.254.169.254/latest/meta-data/"}
            assert fetch_now(feed, allowed=True).last_error == sentence
    assert FeedFile.objects.count() == 1


def test_a_folder_gives_its_files_when_they_are_whole(nothing_yet: None, feeds_folder: Path) -> None:
    feed = make_feed("Folder", by=SYSTEM, collector="folder", place="partner")
    collect_from_folders(by=SYSTEM)  # makes the folder
    here = feeds_folder / "incoming" / "partner"
    (here / name_of(DAY)).write_bytes(DATA)
    (here / "2026-11-21-scan_rdp-isla.csv.part").write_bytes(DATA[:50])
    (here / ".2026-11-21-scan_rdp-isla.csv.Xy1").write_bytes(DATA[:50])
    (here / "empty.csv").write_bytes(b"")
    (feeds_folder / "secret").write_text("secret")
    (here / "link.csv").symlink_to(feeds_folder / "secret")
    os.mkfifo(here / "pipe.csv")
    assert collect_from_folders(by=SYSTEM) == 0  # nothing has rested yet
    assert collect_from_folders(by=SYSTEM, rests=0) == 1
    left = sorted(str(p.relative_to(here)) for p in here.rglob("*") if not p.is_dir())
    assert left == [
        ".2026-11-21-scan_rdp-isla.csv.Xy1",
        "2026-11-21-scan_rdp-isla.csv.part",
        f"done/{name_of(DAY)}",
        "link.csv",
        "pipe.csv",
        "refused/empty.csv",
    ]
    assert FeedFile.objects.get().received_by == "incoming/partner"
    assert Feed.objects.get(pk=feed.pk).last_error == "empty.csv: The file is empty. Choose another."
    (here / name_of(DAY)).write_bytes(DATA)  # the same once more
    assert collect_from_folders(by=SYSTEM, rests=0) == 0
    assert (here / "done" / f"1-{name_of(DAY)}").exists()


@pytest.mark.parametrize(
    ("collector", "place"),
    [
        ("folder", "../outside"),
        ("folder", "/etc"),
        ("folder", ".hidden"),
        ("folder", ""),
        ("mail", "nobody"),
        ("fetch", "file:///etc/passwd"),
        ("fetch", "https://user:word@example.org/"),
        ("upload", "somewhere"),
    ],
)
def test_a_place_is_one_of_its_way(nothing_yet: None, collector: str, place: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_feed("Odd", by=SYSTEM, collector=collector, place=place)
    assert list(refusal.value.fields) == ["place"]


def test_two_feeds_do_not_share_a_place(nothing_yet: None) -> None:
    make_feed("One", by=SYSTEM, collector="folder", place="partner")
    two = make_feed("Two", by=SYSTEM, collector="folder", place="partner-2")
    with pytest.raises(Refused, match="“One” already uses this place"):
        change_feed(two, by=SYSTEM, place="Partner")


@pytest.mark.skipif(PROGRAMME is None, reason="dovecot is not installed")
@override_settings(FEED_ADDRESSES=[OURS])
def test_reports_attached_to_mail_are_taken_in_once(nothing_yet: None) -> None:
    make_feed("Mailed", by=SYSTEM, collector="mail", place="Reports@Feed.example")
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as name:  # a short path: sockets live below it
        packed = Path(name) / "two.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name_of(DAY + timedelta(days=1)), report(DAY + timedelta(days=1), ["192.0.2.2"]))
        whole = signed(
            mail_from(
                '"Reports, daily" <reports@feed.example>',
                (name_of(DAY), DATA),
                ("..\\2026-11-21-scan_rdp-isla.csv.zip", packed.read_bytes()),
                ("logo.png", b"\x89PNG"),
            )
        )
        strange = mail_from("somebody@else.example", (name_of(DAY), report(DAY, ["192.0.2.66"])))
        with a_mailbox(Path(name), [whole, strange, mail_from("reports@feed.example")]) as (address, box):
            turns = [read_feed_mail(address, by=SYSTEM, keys=keys_of("feed.example")) for _turn in range(2)]
            assert turns == [2, 0]
            assert sorted("".join(sorted(message.get_flags())) for message in box) == ["FS", "FS", "S"]
    came = FeedFile.objects.order_by("day").values_list("name", "day", "report_type", "received_by")
    assert list(came) == [
        (name_of(DAY), DAY, "scan_rdp", "reports@feed.example"),
        ("2026-11-21-scan_rdp-isla.csv.zip", DAY + timedelta(days=1), "scan_rdp", "reports@feed.example"),
    ]


@pytest.mark.one_database
def test_a_server_that_hands_out_letter_by_letter_does_not_hold_us() -> None:
    sent: list[int] = []
    ended = threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _time in range(600):
                    self.wfile.write(b"x")
                    sent.append(1)
                    time.sleep(0.1)
            ended.set()

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    asked = Asked(f"http://127.0.0.1:{server.server_port}/")
    with pytest.raises(NotFetched) as stopped, fetched(asked, allow=lambda _a: True, patience=0.5) as answer:  # noqa: PT012 -- it is read within
        while answer.read(1 << 20):
            pass
    assert ended.wait(60)  # the server knows by the broken line
    server.shutdown()
    assert stopped.value.problem is FetchProblem.CUT_OFF
    assert len(sent) < 600


# --- Files that a mail links to ---------------------------------------------------------------------------------------------------


def test_links_are_those_of_the_senders_domain_over_an_encrypted_connection() -> None:
    text = """Your files: https://dl.feed.example/abc?x=1. And <https://feed.example/two>, (https://DL.FEED.example/three)
    http://dl.feed.example/open https://feed.example.evil.example/a https://evilfeed.example/b https://evil.example/?https://feed.example
    https://feed.example@evil.example/c https://user@dl.feed.example/d https://dl.feed.example:99999/e https://[feed.example/f
    https://dl.feed.example/abc?x=1"""
    assert links_of(IncomingMail("a@feed.example", text=text), "reports@feed.example") == (
        "https://dl.feed.example/abc?x=1",
        "https://feed.example/two",
        "https://DL.FEED.example/three",
    )
    assert links_of(IncomingMail("a@feed.example", text=text), "") == ()
    many = " ".join(f"https://feed.example/{n}" for n in range(500))
    assert len(links_of(IncomingMail("a@feed.example", text=many), "reports@feed.example")) == MOST_LINKS


@pytest.fixture
def mailed(nothing_yet: None, server: tuple[Server, str], monkeypatch: pytest.MonkeyPatch) -> Feed:
    """A feed by mail, with the server of the sender's links on loopback."""
    monkeypatch.setattr(collect, "links_of", lambda _letter, _sender: (f"{server[1]}/{name_of(DAY)}",))
    return make_feed("Mailed", by=SYSTEM, collector="mail", place="reports@feed.example")


def take(raw: bytes) -> int | None:
    with override_settings(FEED_ADDRESSES=[OURS], FETCH_PRIVATE=["127.0.0.0/8"]):
        return take_mail(parse_mail(raw), by=SYSTEM, keys=keys_of("feed.example"))


def test_a_proven_mail_without_a_file_gives_those_that_it_links_to(mailed: Feed, server: tuple[Server, str]) -> None:
    raw = signed(mail_from("reports@feed.example"))
    assert (take(raw), take(raw)) == (1, 0)
    assert list(FeedFile.objects.values_list("name", "day")) == [(name_of(DAY), DAY)]
    server[0].status = 503
    assert take(raw) is None  # flagged in the mailbox
    mailed.refresh_from_db()
    assert "503" in mailed.last_error
    server[0].status, server[0].headers = 200, {"Content-Type": "text/html; charset=utf-8"}
    server[0].body = b"<html>What we do</html>"
    assert (take(raw), FeedFile.objects.count()) == (0, 1)


def test_the_links_of_a_mail_that_nothing_proves_are_not_opened(mailed: Feed, server: tuple[Server, str]) -> None:
    assert take(mail_from("reports@feed.example")) is None
    mailed.refresh_from_db()
    assert (server[0].asked, FeedFile.objects.count()) == ([], 0)
    assert mailed.last_error == "An e-mail has only links. They were not opened, since nothing proves who sent it."


def test_of_a_mail_with_a_file_no_link_is_opened(mailed: Feed, server: tuple[Server, str]) -> None:
    assert take(signed(mail_from("reports@feed.example", (name_of(DAY), DATA)))) == 1
    assert server[0].asked == []
