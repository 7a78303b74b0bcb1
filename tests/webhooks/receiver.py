"""A receiver of webhooks on loopback: it keeps what it got, and answers as it is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.loopback import POLL


@dataclass
class Receiver:
    """`status` and `headers` of its answer; `size` bytes of a body, sent slowly with `pause` seconds between kilobytes; `hangs`: it never
    answers."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    size: int = 2
    pause: float = 0.0
    hangs: bool = False
    written: int = 0  # bytes of the body that were taken from it
    finished: threading.Event = field(default_factory=threading.Event)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    made, over = Receiver(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if made.hangs:
                over.wait(30)
                return
            with suppress(OSError):  # the sender has gone
                self.send_response(made.status)
                for name, value in made.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(made.size))
                self.end_headers()
                for start in range(0, made.size, 1024):
                    made.written += self.wfile.write(b"x" * min(1024, made.size - start))
                    if made.pause:
                        over.wait(made.pause)
            made.finished.set()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}/hook?team=1"
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield made
    finally:
        over.set()
        server.shutdown()
        server.server_close()
