"""Looking whether a link still answers, without being led anywhere but the open internet.

Each address is looked up once and that very machine is asked, so that a name cannot mean one machine when it is checked
and another when it is called. Redirects are followed by hand, each checked the same way. Of an answer that is asked for, no more is read than said, and a
server that hands it out character by character does not hold us up."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from threading import Timer
from urllib.parse import quote, urljoin, urlsplit

from floreo.core.addresses import is_public_address, is_web_address

SECONDS = 4.0  # that one server may be silent
PATIENCE = 4  # times that long for one look, with all its steps
MOST_STEPS = 5
_GONE = 400
# The page is there, only not for a program: behind a sign-in, a fee, or a guard against programs.
_BUSY = frozenset({401, 402, 403, 405, 406, 407, 408, 425, 429, 451})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Seen(StrEnum):
    ALIVE = "alive"
    DEAD = "dead"  # its server says that there is nothing
    UNREACHED = "unreached"  # no server answered: it is gone, or we are offline
    CLOSED = "closed"  # it leads into a closed network


@dataclass(frozen=True)
class LinkCheck:
    """What came of looking at an address."""

    seen: Seen
    status: int = 0


class NotOpen(Exception):  # noqa: N818 -- not an error
    """The address lies in a closed network."""


Allow = Callable[[str], bool]


def check_address(url: str, *, allow: Allow = is_public_address, seconds: float = SECONDS) -> LinkCheck:
    """Asks for the headers, and for the page where a server will not give them alone. `allow` says which machines may
    be asked, by their IP address."""
    status, until = 0, time.monotonic() + seconds * PATIENCE
    try:
        for method in ("HEAD", "GET"):
            status = _final_status(method, url, allow, seconds, until)
            if status < _GONE or status in _BUSY - {405}:
                return LinkCheck(Seen.ALIVE, status)
    except NotOpen:
        return LinkCheck(Seen.CLOSED)
    except (OSError, http.client.HTTPException, ValueError):  # no name, no answer, no HTTP, a broken certificate
        return LinkCheck(Seen.UNREACHED)
    return LinkCheck(Seen.DEAD if status < 500 or status == 501 else Seen.UNREACHED, status)


def _final_status(method: str, url: str, allow: Allow, seconds: float, until: float) -> int:
    for _step in range(MOST_STEPS):
        status, onward = _ask(method, url, allow, seconds, until)
        if status not in _REDIRECTS or not onward:
            return status
        url = urljoin(url, onward)
    raise ValueError("redirected in circles")


def _ask(method: str, url: str, allow: Allow, seconds: float, until: float) -> tuple[int, str]:
    """One request: its status, and where it points on to. What is not there at `until` is not waited for."""
    connection, target = connection_to(url, allow=allow, seconds=seconds)
    watch = Timer(max(until - time.monotonic(), 0), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.request(method, target, headers={"User-Agent": "Floreo link check", "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location") or ""
    finally:
        watch.cancel()
        connection.close()


class NotAnswered(Exception):  # noqa: N818 -- says what happened
    """A server answered with this status and no answer for us. `retry_after` is what it says of when to ask again, as it came."""

    def __init__(self, status: int, retry_after: str = "") -> None:
        super().__init__(str(status))
        self.status, self.retry_after = status, retry_after


@dataclass(frozen=True)
class Answered:
    """The body of an answer, and the address that gave it, after every redirect."""

    content: bytes
    url: str


def small_answer(
    url: str, *, most: int, accept: str = "*/*", allow: Allow = is_public_address, seconds: float = SECONDS
) -> bytes:
    """The body alone of what `answer_of` returns."""
    return answer_of(url, most=most, accept=accept, allow=allow, seconds=seconds).content


def answer_of(
    url: str, *, most: int, accept: str = "*/*", allow: Allow = is_public_address, seconds: float = SECONDS
) -> Answered:
    """An answer of at most `most` bytes. Raises NotOpen, NotAnswered, and OSError or ValueError where no server answers
    as HTTP asks, where the answer is longer, or where it breaks off. From an encrypted address nothing leads to an open one."""
    until = time.monotonic() + seconds * PATIENCE
    for _step in range(MOST_STEPS):
        connection, target = connection_to(url, allow=allow, seconds=seconds)
        watch = Timer(max(until - time.monotonic(), 0), connection.cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request(
                "GET", target, headers={"User-Agent": "Floreo", "Accept": accept, "Accept-Encoding": "identity"}
            )
            answer = connection.getresponse()
            onward = answer.getheader("Location")
            if answer.status in _REDIRECTS and onward:
                url = _onward(url, onward)
                continue
            if answer.status != 200:
                raise NotAnswered(answer.status, (answer.getheader("Retry-After") or "")[:60])
            return Answered(_whole_body(connection, answer, most), url)
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            watch.cancel()
            connection.close()
    raise ValueError("redirected in circles")


def _onward(url: str, onward: str) -> str:
    found = urljoin(url, onward)
    if url.startswith("https:") and not found.startswith("https:"):
        raise ValueError("led from an encrypted address to an open one")
    return found


def _whole_body(connection: Pinned, answer: http.client.HTTPResponse, most: int) -> bytes:
    length, body = answer.length, answer.read(most + 1)
    if len(body) > most:
        raise ValueError("longer than taken")
    if connection.is_over or (length is not None and len(body) < length):
        raise OSError("it broke off")
    return body


def connection_to(url: str, *, allow: Allow, seconds: float) -> tuple[Pinned, str]:
    """A connection to the one machine that answers for that address, and what to ask it for. Raises NotOpen where it may not
    be asked."""
    if not is_web_address(url):
        raise ValueError("not a web address")
    parts = urlsplit(url)
    host = (
        (parts.hostname or "").encode("idna").decode("ascii") if ":" not in (parts.hostname or "") else parts.hostname
    )
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    connection = Pinned(str(host), port, open_machine(str(host), port, allow), secure=secure, seconds=seconds)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    return connection, path + query


def open_machine(host: str, port: int, allow: Allow) -> str:
    """The machine to ask. All that the name means must be open: one closed address among them is one too many."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(allow(address) for address in found):
        raise NotOpen
    return found[0]


class Pinned(http.client.HTTPConnection):
    """A connection to one machine, whatever its name may mean by now."""

    def __init__(self, host: str, port: int, machine: str, *, secure: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._machine, self._secure, self._is_over = machine, secure, False
        self._line: socket.socket | None = None

    def connect(self) -> None:
        self.sock = socket.create_connection((self._machine, self.port), self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        self._line = self.sock  # http.client lets go of it while the answer is still being read
        if self._is_over:
            raise TimeoutError

    @property
    def is_over(self) -> bool:
        return self._is_over

    def cut(self) -> None:
        """Ends whatever is being read, from another thread: the reader finds that nothing more comes."""
        self._is_over = True
        line = self._line or self.sock
        if line is not None:
            with suppress(OSError):  # it ended by itself in the meantime
                socket.socket.shutdown(line, socket.SHUT_RDWR)
