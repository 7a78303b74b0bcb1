"""Servers on loopback: one for text records, one for answers of RDAP."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from tests.loopback import POLL


@contextmanager
def name_server(texts: Mapping[str, list[str]], *, is_silent: bool = False) -> Iterator[str]:
    """Answers TXT of those names, that the others do not exist; a silent one answers that it failed."""
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(("127.0.0.1", 0))
    line.settimeout(0.2)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                data, sender = line.recvfrom(4096)
            except TimeoutError:
                continue
            asked = dns.message.from_wire(data)
            answer = dns.message.make_response(asked)
            name = asked.question[0].name.to_text().rstrip(".")
            if is_silent:
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif name in texts:
                answer.flags |= dns.flags.AA
                rows = [f'"{text}"' for text in texts[name]]
                answer.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "TXT", *rows))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            line.sendto(answer.to_wire(), sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{line.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        line.close()


@contextmanager
def rdap_server(answers: Mapping[str, Any]) -> Iterator[str]:
    """By path: an answer as JSON; or ("redirect", address); or a status."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path, 404)
            if isinstance(found, tuple):
                self.send_response(302)
                self.send_header("Location", found[1])
                self.end_headers()
                return
            if isinstance(found, int):
                self.send_response(found)
                self.end_headers()
                return
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/rdap+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def ip_network_answer(first: str, last: str, *, name: str, country: str = "XP") -> dict[str, Any]:
    """In the shape of RFC 9083, section 5.4."""
    return {
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "objectClassName": "ip network",
        "handle": f"{first}-HANDLE",
        "startAddress": first,
        "endAddress": last,
        "ipVersion": "v6" if ":" in first else "v4",
        "name": "NET-1",
        "type": "ASSIGNED PORTABLE",
        "country": country,
        "status": ["active"],
        "entities": [
            {
                "objectClassName": "entity",
                "handle": "XYZ-1",
                "roles": ["registrant"],
                "vcardArray": [
                    "vcard",
                    [["version", {}, "text", "4.0"], ["fn", {}, "text", name], ["kind", {}, "text", "org"]],
                ],
            },
            {"objectClassName": "entity", "handle": "T-1", "roles": ["technical"], "vcardArray": ["vcard", []]},
        ],
        "events": [{"eventAction": "registration", "eventDate": "2011-04-01T00:00:00Z"}],
    }


DELEGATED = """2|xpnic|20261101|6|19900101|20261101|+0000
xpnic|*|ipv4|*|3|summary
xpnic|*|ipv6|*|2|summary
xpnic|*|asn|*|1|summary
xpnic|XP|asn|64496|1|20110401|assigned|H1
xpnic|XP|ipv4|198.51.100.0|128|20110401|assigned|H1
xpnic|XP|ipv4|198.51.100.128|128|20110401|assigned|H2
xpnic|QQ|ipv4|203.0.113.0|256|20120401|allocated|H3
xpnic|XP|ipv6|2001:db8::|33|20120401|allocated|H1
xpnic|XP|ipv6|2001:db8:8000::|33|20120401|allocated|H1
"""
