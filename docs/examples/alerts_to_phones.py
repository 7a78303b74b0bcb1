"""Takes Floreo's webhooks and passes them on: to a chat room (Matrix) and as text messages (an SMS gateway such as Kannel).

    FLOREO_SECRET=whsec_... python alerts_to_phones.py --port 8090 \\
        --matrix https://chat.example.org '!room:chat.example.org'      (its access token in MATRIX_TOKEN)
        --sms http://127.0.0.1:13013/cgi-bin/sendsms +5010000000        (user and password in SMS_USER and SMS_PASSWORD)

Standard library alone. It listens on 127.0.0.1; a proxy with a certificate is before it. Name https://.../ as the address of the
webhook, and its secret, which Floreo shows once, as FLOREO_SECRET. A message is passed on when its signature holds and its moment is of
the last five minutes; each once, as far as this process remembers. Where chat or gateway do not answer, it answers 502, and Floreo sends
the message again later.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.parse
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGEST = 64 * 1024  # bytes of a message
TOO_OLD = 300  # seconds
REMEMBERED = 10_000  # ids of messages
PATIENCE = 4  # seconds: Floreo waits for five

# What is said of each kind; any other kind by its own name.
WORDS = {
    "help.requested": "An organisation needs help",
    "reply.received": "An organisation replied to a notice",
    "finding.critical": "A critical finding was opened",
    "notice.undelivered": "A notice was not delivered",
    "notices.held": "Notices are held: many more than usual",
    "feed.silent": "A feed sends nothing any more",
    "feed.failing": "A feed cannot be fetched",
    "feed.not_taken": "Something that came for a feed was not taken",
    "alert.undelivered": "An alert to the duty contact was not delivered",
    "night.held": "An unusual file of a feed is held",
    "test": "Test message",
}
Send = Callable[[str, str], None]  # the text, and the id of the message


def is_genuine(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    """By Standard Webhooks 1.0: one of the signatures holds, and the moment is near."""
    number, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not number or not at.isascii() or not at.isdecimal() or abs(now - int(at)) > TOO_OLD:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, f"{number}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(each.encode(), f"v1,{wanted}".encode()) for each in given)


def text_of(message: Mapping[str, object]) -> str:
    """One line and the address. Floreo sends no words of records that are not public, so neither does this."""
    kind, data = str(message.get("type", "")), message.get("data")
    facts = data if isinstance(data, dict) else {}
    named = str(facts.get("title") or facts.get("code") or "")
    return "\n".join(
        filter(None, [": ".join(filter(None, [WORDS.get(kind, kind), named])), str(facts.get("href") or "")])
    )


def to_matrix(server: str, room: str, token: str, text: str, number: str) -> None:
    """Client-server API, PUT /_matrix/client/v3/rooms/{room}/send: the same id twice is one message."""
    place = "/".join(urllib.parse.quote(each, safe="") for each in (room, "send", "m.room.message", number))
    data = json.dumps({"msgtype": "m.text", "body": text}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    _ask(urllib.request.Request(f"{server}/_matrix/client/v3/rooms/{place}", data, headers, method="PUT"))


def to_sms(gateway: str, phones: list[str], user: str, password: str, text: str, _number: str) -> None:
    """Kannel's `sendsms`, which other gateways imitate: one call for each telephone."""
    for phone in phones:
        asked = {"username": user, "password": password, "to": phone, "text": text, "charset": "UTF-8", "coding": "2"}
        _ask(urllib.request.Request(f"{gateway}?{urllib.parse.urlencode(asked)}"))


def _ask(request: urllib.request.Request) -> None:
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        answer.read(LARGEST)


class Receiver(BaseHTTPRequestHandler):
    secret = ""
    sends: tuple[Send, ...] = ()
    done: OrderedDict[tuple[str, int], None] = OrderedDict()
    timeout = 10

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not is_genuine(headers, body, self.secret, time.time()):
            self._answer(401)
            return
        self._answer(204 if self._passed_on(headers["webhook-id"], body) else 502)

    def _passed_on(self, number: str, body: bytes) -> bool:
        text, is_well = text_of(json.loads(body)), True
        for place, send in enumerate(self.sends):
            if (number, place) in self.done:
                continue
            try:
                send(text, number)
            except OSError as problem:  # also what urllib raises
                sys.stderr.write(f"{number}: {type(problem).__name__}\n")
                is_well = False
            else:
                self.done[number, place] = None
                while len(self.done) > REMEMBERED:
                    self.done.popitem(last=False)
        return is_well

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--matrix", nargs=2, metavar=("SERVER", "ROOM"))
    parser.add_argument("--sms", nargs="+", metavar="GATEWAY PHONE")
    asked = parser.parse_args()
    sends: list[Send] = []
    if asked.matrix:
        server, room = asked.matrix
        sends.append(partial(to_matrix, server, room, os.environ["MATRIX_TOKEN"]))
    if asked.sms:
        gateway, *phones = asked.sms
        sends.append(partial(to_sms, gateway, phones, os.environ["SMS_USER"], os.environ["SMS_PASSWORD"]))
    Receiver.secret, Receiver.sends = os.environ["FLOREO_SECRET"], tuple(sends)
    ThreadingHTTPServer(("127.0.0.1", asked.port), Receiver).serve_forever()


if __name__ == "__main__":
    main()
