"""Whether links answer: asked of a real server, never of a closed network, a few at a time, once a week."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core import clock
from floreo.core.access import SYSTEM
from floreo.core.addresses import is_public_address, is_web_address
from floreo.core.audit import key
from floreo.core.models import AuditEntry
from floreo.core.outbound import LinkCheck, Seen, check_address
from floreo.evidence.actions import check_links, update_evidence
from floreo.evidence.models import Evidence
from tests.evidence.making import make_file, make_link
from tests.factories.strategy import TODAY
from tests.loopback import POLL


class Answers(BaseHTTPRequestHandler):
    """A small site: each path answers as it is called."""

    asked: list[tuple[str, str]]

    def _answer(self) -> None:
        type(self).asked.append((self.command, self.path))
        status = {
            "/gone": 404,
            "/busy": 429,
            "/guarded": 403,
            "/broken": 500,
            "/inside": 302,
            "/moved": 301,
            "/circle": 302,
        }
        code = status.get(self.path, 200)
        if self.path == "/get-only":
            code = 405 if self.command == "HEAD" else 200
        self.send_response(code)
        to = {"/inside": "http://10.0.0.7/", "/moved": "/here?a=ñ b", "/circle": "/circle"}.get(self.path)
        if to:
            self.send_header("Location", to.encode().decode("latin-1"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET = _answer  # noqa: N815 -- names that the library gives

    def log_message(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Answers.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def loopback(address: str) -> bool:
    return address == "127.0.0.1"


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/", LinkCheck(Seen.ALIVE, 200)),
        ("/gone", LinkCheck(Seen.DEAD, 404)),
        ("/busy", LinkCheck(Seen.ALIVE, 429)),
        ("/guarded", LinkCheck(Seen.ALIVE, 403)),
        ("/broken", LinkCheck(Seen.UNREACHED, 500)),
        ("/get-only", LinkCheck(Seen.ALIVE, 200)),
        ("/moved", LinkCheck(Seen.ALIVE, 200)),
        ("/circle", LinkCheck(Seen.UNREACHED)),
        ("/inside", LinkCheck(Seen.CLOSED)),
        ("/with space?q=ñ", LinkCheck(Seen.ALIVE, 200)),
    ],
)
def test_what_a_server_says_of_an_address(path: str, seen: LinkCheck, site: str) -> None:
    assert check_address(site + path, allow=loopback) == seen


def test_the_headers_alone_are_asked_for_first(site: str) -> None:
    check_address(site + "/a", allow=loopback)
    check_address(site + "/get-only", allow=loopback)
    assert Answers.asked == [("HEAD", "/a"), ("HEAD", "/get-only"), ("GET", "/get-only")]


def test_this_machine_is_never_asked_unless_a_test_allows_it(site: str) -> None:
    assert check_address(site + "/") == LinkCheck(Seen.CLOSED)
    assert check_address(site.replace("127.0.0.1", "localhost")) == LinkCheck(Seen.CLOSED)
    assert Answers.asked == []


def test_a_name_that_is_nowhere_and_a_server_that_is_silent_are_unreached() -> None:
    assert check_address("http://no-such-host.invalid/").seen is Seen.UNREACHED
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert check_address(address, allow=loopback, seconds=0.2) == LinkCheck(Seen.UNREACHED)


@pytest.mark.first_cases(2)
@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "ff02::1",
        "2001:db8::1",
        "not-an-address",
        "",
        "192.0.0.192",
        "fec0::1",
        "64:ff9b:1::7f00:1",
        "::127.0.0.1",
        "100.100.100.200",
        "fd00:ec2::254",
    ],
)
def test_closed_networks_are_never_open(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "8.8.8.8"])
def test_the_open_internet_is(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.long
@given(st.text(max_size=60))
def test_no_text_whatever_breaks_the_question_whether_it_is_an_address(text: str) -> None:
    assert is_web_address(text) in {True, False}
    assert is_public_address(text) in {True, False}


def test_a_dead_link_is_marked_with_the_day_and_a_living_one_too(today: None, site: str) -> None:
    dead, alive, gone = make_link("A", site + "/gone"), make_link("B", site + "/"), make_link("C", site + "/broken")
    assert check_links(by=SYSTEM, allow=loopback) == 3
    text = dict(Evidence.objects.values_list("code", "link_state"))
    assert text == {dead.code: "dead", alive.code: "alive", gone.code: "dead"}
    assert set(Evidence.objects.values_list("link_seen_on", flat=True)) == {TODAY}
    assert AuditEntry.objects.filter(verb="evidence.links_checked").count() == 1


def test_each_is_looked_at_once_a_week_and_a_few_at_a_time(today: None, site: str) -> None:
    for number in range(4):
        make_link(f"Link {number}", f"{site}/{number}")
    make_file()
    assert [check_links(by=SYSTEM, allow=loopback, most=3) for _run in range(3)] == [3, 1, 0]
    with clock.pinned_day(day=TODAY + timedelta(days=6)):
        assert check_links(by=SYSTEM, allow=loopback) == 0
    with clock.pinned_day(day=TODAY + timedelta(days=7)):
        assert check_links(by=SYSTEM, allow=loopback) == 4
        assert set(Evidence.objects.filter(kind="link").values_list("link_seen_on", flat=True)) == {date(2026, 12, 1)}


def test_when_no_server_answers_we_are_offline_and_nothing_is_said(today: None) -> None:
    make_link("A", "http://no-such-host.invalid/a")
    make_link("B", "http://no-such-host.invalid/b")
    assert check_links(by=SYSTEM) == 0
    assert set(Evidence.objects.values_list("link_state", "link_seen_on")) == {("", None)}


def test_when_another_answers_the_silent_one_is_dead(today: None, site: str) -> None:
    make_link("A", site + "/")
    make_link("B", "http://no-such-host.invalid/b")
    assert check_links(by=SYSTEM, allow=loopback) == 2
    assert set(Evidence.objects.values_list("link_state", flat=True)) == {"alive", "dead"}


def test_a_link_into_a_closed_network_is_kept_and_nobody_looks(today: None) -> None:
    kept = make_link("Intranet", "http://192.168.7.7/minutes")
    check_links(by=SYSTEM)
    kept.refresh_from_db()
    assert (kept.link_state, kept.link_seen_on) == ("closed", TODAY)


def test_a_new_address_is_looked_at_anew(today: None, site: str, secretariat: Any) -> None:
    kept = make_link("A", site + "/gone")
    check_links(by=SYSTEM, allow=loopback)
    update_evidence(kept, by=secretariat, url=site + "/")
    kept.refresh_from_db()
    assert (kept.link_state, kept.link_seen_on) == ("", None)
    assert check_links(by=SYSTEM, allow=loopback) == 1
    assert AuditEntry.objects.filter(subject=key(kept), verb="evidence.links_checked").count() == 2


@pytest.mark.parametrize("answer", [b"H" * 400, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60])
def test_a_server_that_answers_letter_by_letter_holds_nobody_up(answer: bytes) -> None:
    """It is never silent for long, so that only an end to the whole look helps."""
    server = socket.create_server(("127.0.0.1", 0))

    sent = []

    def drip() -> None:
        line, _address = server.accept()
        with line, suppress(OSError):
            line.recv(4096)
            for byte in answer:
                line.sendall(bytes([byte]))
                sent.append(byte)
                time.sleep(0.05)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    check_address(f"http://127.0.0.1:{server.getsockname()[1]}/", allow=loopback, seconds=0.3)
    dripping.join()  # the server knows by the broken line
    assert len(sent) < len(answer)
    server.close()
