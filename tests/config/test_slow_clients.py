"""`floreo web` with clients that read slowly or send half of what they announced: nobody else waits for them."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.config.installation import ROOT, Installation, prepared, said_at_first_start
from tests.core.mail_server import free_port

pytestmark = [
    pytest.mark.one_database,
    pytest.mark.xdist_group("slow clients"),
    pytest.mark.long,
]  # a server, and clients that wait
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Site:
    installation: Installation
    port: int
    accounts: str  # as the first start printed them

    def ask(self, method: str, address: str, *, body: str = "", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, address, body=body or None, headers=named)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders() if name.lower() != "set-cookie"}
        cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        output = (answer.status, found | {"set-cookie": "; ".join(cookies)}, answer.read())
        connection.close()
        return output

    def raw(self, text: str) -> socket.socket:
        """A connection that sent this and reads nothing."""
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.settimeout(60)
        made.connect(("127.0.0.1", self.port))
        made.sendall(text.encode())
        return made


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample country with four milestones whose notes are megabytes, and files of more than two rows made apart."""
    folder = tmp_path_factory.mktemp("data")
    installation, port = prepared(folder, "loaded"), free_port()
    installation.write(
        "UPDATE strategy_milestone SET note = hex(randomblob(1500000))"
        " WHERE id IN (SELECT m.id FROM strategy_milestone m JOIN strategy_action a ON a.id = m.action_id"
        " JOIN strategy_edition e ON e.id = a.edition_id WHERE a.is_public AND e.is_public LIMIT 4)"
    )
    command = [sys.executable, "-m", "floreo.config.cli", "--data", str(folder), "--pack", "isla-prueba", "web"]
    with (folder / "web.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT,
            env=installation.env() | {"FLOREO_FILE_ROWS": "2"},
            stdout=log,
            stderr=log,
        )
    found = Site(installation, port, said_at_first_start("loaded"))
    try:
        _wait_for(found, "/about/")
        yield found
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(site: Site, address: str) -> Answer:
    """Asks until it answers 200, as a person would who was asked to come again."""
    for _each in range(240):
        try:
            answer = site.ask("GET", address)
        except OSError:
            answer = (0, {}, b"")
        if answer[0] == 200:
            return answer
        time.sleep(0.5)
    raise AssertionError((Path(site.installation.folder) / "web.log").read_text())


def test_a_large_file_is_promised_then_there_and_the_same_for_the_next(site: Site) -> None:
    status, headers, page = site.ask("GET", "/es/data/milestones.json")
    assert (status, headers["retry-after"]) == (503, "30")
    assert "Este archivo es grande y se está preparando." in page.decode()
    _status, headers, body = _wait_for(site, "/es/data/milestones.json")
    assert max(len(row["note"]) for row in json.loads(body)) == 3_000_000
    again = site.ask("GET", "/es/data/milestones.json")
    assert (again[1]["etag"], again[2]) == (headers["etag"], body)
    head = site.installation.rows("SELECT hash FROM core_auditentry ORDER BY number DESC LIMIT 1")[0][0]
    assert headers["floreo-head"] == head
    assert site.ask("GET", "/es/data/milestones.xlsx")[0] == 200  # made beside it


@pytest.mark.parametrize("number", [4, *(pytest.param(many, marks=pytest.mark.long) for many in (8, 40))])
def test_clients_that_do_not_read_and_clients_that_do_not_send_keep_nobody_waiting(site: Site, number: int) -> None:
    _wait_for(site, "/data/milestones.csv")
    reads = "GET /data/milestones.csv HTTP/1.1\r\nHost: localhost\r\n\r\n"
    sends = (
        f"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={'a' * 32}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nabc"
    )
    held = [site.raw(text) for _each in range(number) for text in (reads, sends)]
    try:
        assert site.ask("GET", "/health/")[0] == 503  # it says that no worker is at work, and says it at once
        for address in ("/", "/about/", "/data/milestones.csv", "/account/login/"):
            assert site.ask("GET", address)[0] == 200, address
        answers = [each.recv(12) for each in held[1::2]]  # whose half came too late, and who is informed
        assert answers == [b"HTTP/1.1 408"] * number
        assert site.ask("GET", "/about/")[0] == 200
    finally:
        for each in held:
            each.close()


def test_half_a_form_is_no_form(site: Site) -> None:
    before = site.installation.rows("SELECT count(*) FROM core_auditentry")
    for _each in range(4):
        cut = site.raw(
            "POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 50\r\n\r\nlogin=a"
        )
        cut.shutdown(socket.SHUT_WR)
        assert cut.recv(12) in {b"HTTP/1.1 400", b""}
        cut.close()
    assert site.installation.rows("SELECT count(*) FROM core_auditentry") == before
    assert site.ask("GET", "/about/")[0] == 200


def test_a_body_larger_than_any_form_is_refused_before_it_comes(site: Site) -> None:
    large = site.raw("POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\nx")
    answer = large.recv(4096).lower()
    assert answer.startswith(b"http/1.1 413")
    assert b"x-content-type-options: nosniff" in answer
    assert b"frame-ancestors 'none'" in answer
    large.close()


def test_a_person_signs_in_and_works_while_they_are_held(site: Site) -> None:
    email, word = re.search(r"^  secretariat +(\S+) +(\S+)$", site.accounts, re.MULTILINE).groups()  # type: ignore[union-attr]  # they are printed
    reads = [site.raw("GET /data/milestones.csv HTTP/1.1\r\nHost: localhost\r\n\r\n") for _each in range(8)]
    _status, headers, page = site.ask("GET", "/account/login/")
    cookie = headers["set-cookie"]
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1).decode()  # type: ignore[union-attr]  # every form has it
    form = urlencode({"csrfmiddlewaretoken": token, "login": email, "password": word})
    kind = "application/x-www-form-urlencoded"
    status, headers, _page = site.ask("POST", "/account/login/", body=form, Content_Type=kind, Cookie=cookie)
    assert (status, headers["location"]) == (302, "/workspace/")
    status, headers, _page = site.ask("GET", "/workspace/", Cookie=headers["set-cookie"])
    assert (status, headers["cache-control"]) == (200, "private, no-store")
    assert site.ask("GET", "/workspace/", Cookie="sessionid=made-up-and-as-long-as-a-real-one")[0] == 302
    for each in reads:
        each.close()


def test_what_a_request_says_reaches_the_pages_as_it_was_sent(site: Site) -> None:
    assert site.ask("GET", "/search/?q=l%C3%ADnea%20%3Cb%3E")[2].count("línea &lt;b&gt;".encode()) >= 1
    assert site.ask("GET", "/es/about/")[1]["content-language"] == "es"
    assert site.ask("HEAD", "/about/")[2] == b""
    assert site.ask("GET", "/nothing-%ff-%00/")[0] == 404
    assert site.ask("GET", "/about/", Host="elsewhere.example")[0] == 400


ODD = [  # what is before and after the path and in the headers, as bytes
    (b"GET /search/?q=a", b"Content-Type: a/b; charset=rot13"),
    (b"GET /search/?q=%2BAAA-", b"Content-Type: a/b; charset=utf-7"),
    (b"GET /search/?q=a", b"Content-Type: a/b; c*=none''x"),
    (b"GET /search/?q=%ff%00", b"Accept-Language: \xff\xfe"),
    (b"GET /\xff\xfe/", b"Cookie: sessionid=\xff; messages=[["),
    (b"GET /%ff%00/", b"X-Forwarded-For: \xff"),
    (b"GET /strategy/?x=\xed\xa0\x80", b"If-Modified-Since: Tue, 24 Nov 99999 08:00:00 GMT"),
    (b"GET /robots.txt", b"Range: bytes=\xb2-"),
    (b"GET /workspace/", b"HX-Request: true\r\nHX-Current-URL: http://["),
    (b"POST /account/login/", b"Content-Length: \xb2"),
    (b"POST /account/login/", b"Content-Length: 99999999999999999999999"),
    (b"PROPFIND /", b"Authorization: Bearer \xff"),
]


@pytest.mark.long
@pytest.mark.parametrize(("asked", "header"), ODD)
def test_a_request_that_is_no_text_is_no_error_of_ours(site: Site, asked: bytes, header: bytes) -> None:
    """Some the server itself refuses, by an answer or by hanging up."""
    with site.raw("") as connection:
        connection.sendall(asked + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + header + b"\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer == b"" or int(answer.split()[1]) < 500, answer[:300]
