"""The receiver of docs/examples passes on what is genuine, once, to chat and telephones, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from floreo.webhooks import logic
from tests.config.installation import ROOT
from tests.core.mail_server import free_port
from tests.loopback import POLL

SECRET = logic.new_secret()
BODY = json.dumps(
    {
        "type": "help.requested",
        "timestamp": "2026-11-30T08:00:00.000Z",
        "data": {"kind": "notice", "id": "feeds.notice:7", "href": "https://f.example.org/workspace/notices/7/"},
    }
).encode()


@dataclass
class Place:
    """Chat server and gateway in one: what was asked of it, by method."""

    url: str = ""
    status: int = 200
    got: list[tuple[str, str, bytes, str]] = field(default_factory=list)

    def of(self, method: str) -> list[tuple[str, str, bytes, str]]:
        return [each for each in self.got if each[0] == method]


@contextmanager
def serving() -> Iterator[Place]:
    made = Place()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.got.append((self.command, self.path, body, self.headers.get("Authorization", "")))
            self.send_response(made.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_GET(self) -> None:
            self._answer()

        def do_PUT(self) -> None:
            self._answer()

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def chat_and_gateway() -> Iterator[Place]:
    with serving() as made:
        yield made


@pytest.fixture
def receiver(chat_and_gateway: Place) -> Iterator[str]:
    """Its address."""
    port, place = free_port(), chat_and_gateway.url
    secrets = {"FLOREO_SECRET": SECRET, "MATRIX_TOKEN": "token", "SMS_USER": "floreo", "SMS_PASSWORD": "word"}
    command = [sys.executable, "docs/examples/alerts_to_phones.py", "--port", str(port), "--matrix", place, "!duty:x"]
    process = subprocess.Popen(
        [*command, "--sms", f"{place}/sendsms", "+5011", "+5012"], cwd=ROOT, env=os.environ | secrets
    )
    try:
        for _try in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


def post(address: str, number: str = "msg_1", *, late: int = 0, body: bytes = BODY, secret: str = SECRET) -> int:
    """The status of the answer; `late` seconds are between the message's moment and now."""
    moment = int(time.time()) - late
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(moment),
        "webhook-signature": "v1,AAAA " + logic.signature(secret, number="msg_1", at=moment, body=BODY),
    }
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_an_alert_reaches_chat_and_telephones_once(receiver: str, chat_and_gateway: Place) -> None:
    assert (post(receiver), post(receiver)) == (204, 204)
    ((_method, path, body, token),) = chat_and_gateway.of("PUT")
    assert (path, token) == ("/_matrix/client/v3/rooms/%21duty%3Ax/send/m.room.message/msg_1", "Bearer token")
    text = "An organisation needs help\nhttps://f.example.org/workspace/notices/7/"
    assert json.loads(body) == {"msgtype": "m.text", "body": text}
    asked = [urllib.parse.parse_qs(path.partition("?")[2]) for _m, path, _b, _a in chat_and_gateway.of("GET")]
    assert [(each["to"], each["text"], each["username"]) for each in asked] == [
        (["+5011"], [text], ["floreo"]),
        (["+5012"], [text], ["floreo"]),
    ]


def test_what_is_forged_changed_or_old_is_passed_on_to_nobody(receiver: str, chat_and_gateway: Place) -> None:
    refused = [
        post(receiver, secret=logic.new_secret()),
        post(receiver, body=BODY.replace(b"notices/7", b"notices/8")),
        post(receiver, number="msg_2"),
        post(receiver, late=400),
        post(receiver, late=-400),
    ]
    assert (refused, chat_and_gateway.got) == ([401] * 5, [])


def test_while_a_gateway_is_down_floreo_is_asked_to_come_again(receiver: str, chat_and_gateway: Place) -> None:
    chat_and_gateway.status = 503
    assert post(receiver) == 502
    chat_and_gateway.status = 200
    assert post(receiver) == 204
    assert len(chat_and_gateway.of("PUT")) == 2
