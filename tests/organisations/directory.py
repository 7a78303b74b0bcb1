"""A directory on loopback: its metadata, its keys, and logout tokens that it signs; and tokens that it would never sign."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.loopback import POLL

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Directory:
    """`asked` are the paths that were asked for."""

    issuer: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    number: str = "key-1"
    asked: list[str] = field(default_factory=list)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """What a sound logout token says; None leaves a claim out."""
        found = {
            "iss": self.issuer,
            "aud": "floreo",
            "iat": int(time.time()),
            "exp": int(time.time()) + 120,
            "jti": secrets.token_hex(8),
            "events": {EVENT: {}},
            "sub": "ana",
        } | changes
        return {name: value for name, value in found.items() if value is not None}

    def token(self, *, key: Any = None, algorithm: str = "RS256", number: str = "", **changes: Any) -> str:
        header = {"kid": number or self.number, "typ": "logout+jwt"}
        return jwt.encode(self.claims(**changes), key or self.key, algorithm=algorithm, headers=header)

    def keys(self) -> dict[str, Any]:
        known = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**known, "kid": self.number, "use": "sig", "alg": "RS256"}]}


@contextmanager
def directory() -> Iterator[Directory]:
    made = Directory()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            metadata = {"issuer": made.issuer, "jwks_uri": f"{made.issuer}/keys"}
            body = json.dumps(made.keys() if self.path == "/keys" else metadata).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
