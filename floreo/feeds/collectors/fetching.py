"""Fetching a file over HTTP: only from the open internet (or networks that the installation names), only what is new, only
as much as is taken. What is read streams; nothing is held in memory."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from threading import Timer
from urllib.parse import quote, unquote, urljoin, urlsplit

from floreo.core.outbound import Allow, NotOpen, Pinned, connection_to
from floreo.core.reachable import may_ask
from floreo.feeds.collectors.header_names import AUTHORIZATION

SECONDS = 30.0  # that a server may be silent
PATIENCE = 3600.0  # for all of one fetch
MOST_STEPS = 5
KEY_PLACE = "{key}"  # in an address, where its source wants the key there
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_HEADER = 200
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


class FetchProblem(StrEnum):
    """Why a fetch failed. Each has a sentence in presenters/feeds.py."""

    CLOSED = "closed"  # it leads into a closed network
    UNREACHED = "unreached"  # no server answered
    STATUS = "status"  # it answered that there is nothing for us
    CUT_OFF = "cut_off"  # it stopped in the middle
    CIRCLES = "circles"  # it points on and on
    UNSAFE = "unsafe"  # from an encrypted address to an open one
    ELSEWHERE = "elsewhere"  # to another server, which might be sent the key that is in the address


class NotFetched(Exception):  # noqa: N818 -- says what happened
    def __init__(self, problem: FetchProblem, status: int = 0, wait: int = 0) -> None:
        super().__init__(problem)
        self.problem, self.status = problem, status
        self.wait = wait  # seconds for which the server asked to be left alone


@dataclass(frozen=True)
class Asked:
    """What is asked for. `secret` is sent in the header `secret_header`, and `headers` beside it, to the address itself and to nobody it
    points on to. With a `body` it is posted, and then no redirect is followed. Of an address that holds a key, one to another server is not."""

    url: str
    secret: str = ""
    etag: str = ""
    modified: str = ""
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    secret_header: str = AUTHORIZATION
    holds_key: bool = False


def keyed(place: str, secret: str, secret_header: str, *, etag: str = "", modified: str = "") -> Asked:
    """What is asked for at a place: with the key where the address has `{key}`, else in its header."""
    if KEY_PLACE not in place:
        return Asked(place, secret, etag, modified, secret_header=secret_header)
    return Asked(place.replace(KEY_PLACE, quote(secret, safe="")), "", etag, modified, holds_key=True)


def is_keyed_well(place: str) -> bool:
    """Whether an address has the place of a key once: in its query, or as one whole part of its path before the last, which is the name of
    the file."""
    parts = urlsplit(place)
    return place.count(KEY_PLACE) == 1 and (KEY_PLACE in parts.query or KEY_PLACE in parts.path.split("/")[:-1])


class Reply:
    """What came: `is_new` with a body to read, or nothing new."""

    def __init__(self, connection: Pinned, answer: http.client.HTTPResponse, url: str) -> None:
        self._connection, self._answer, self._url = connection, answer, url
        self._left = answer.length  # None where the server does not say
        self.is_new = answer.status == 200
        self.etag = _short(answer.getheader("ETag"))
        self.modified = _short(answer.getheader("Last-Modified"), 60)

    @property
    def headers(self) -> dict[str, str]:
        """By their names in small letters."""
        return {name.lower(): value for name, value in self._answer.getheaders()}

    @property
    def is_page(self) -> bool:
        """Whether the server calls it a page for people."""
        return (self._answer.getheader("Content-Type") or "").partition(";")[0].strip().lower() in _PAGES

    @property
    def name(self) -> str:
        """As the server calls the file, else the end of its address."""
        given = Message()
        given["Content-Disposition"] = self._answer.getheader("Content-Disposition") or ""
        return given.get_filename() or unquote(urlsplit(self._url).path.rsplit("/", 1)[-1]) or "report"

    def read(self, size: int = -1, /) -> bytes:
        """Raises NotFetched when the server stops before its end: half a file is none."""
        try:
            block = self._answer.read(size)
        except (OSError, http.client.HTTPException) as error:
            raise NotFetched(FetchProblem.CUT_OFF) from error
        if self._left is not None:
            self._left -= len(block)
        if not block and (self._left or self._connection.is_over):
            raise NotFetched(FetchProblem.CUT_OFF)
        return block


@contextmanager
def fetched(
    asked: Asked, *, allow: Allow = may_ask, seconds: float = SECONDS, patience: float = PATIENCE
) -> Iterator[Reply]:
    """The answer, open for reading. Redirects are followed by hand, each checked like the first."""
    url, until = asked.url, time.monotonic() + patience
    for _step in range(MOST_STEPS):
        with _asked(url, asked, allow, seconds, until) as (connection, answer):
            onward = answer.getheader("Location")
            if answer.status in _REDIRECTS and onward and asked.body is None:
                url = _next(url, onward)
                if asked.holds_key and origin_of(url) != origin_of(asked.url):
                    raise NotFetched(FetchProblem.ELSEWHERE)
                continue
            if answer.status not in {200, 304}:
                raise NotFetched(FetchProblem.STATUS, answer.status, _wait(answer.getheader("Retry-After")))
            yield Reply(connection, answer, asked.url if asked.holds_key else url)
            return
    raise NotFetched(FetchProblem.CIRCLES)


@contextmanager
def _asked(
    url: str, asked: Asked, allow: Allow, seconds: float, until: float
) -> Iterator[tuple[Pinned, http.client.HTTPResponse]]:
    try:
        connection, target = connection_to(url, allow=allow, seconds=seconds)
    except NotOpen as error:
        raise NotFetched(FetchProblem.CLOSED) from error
    except (OSError, ValueError) as error:
        raise NotFetched(FetchProblem.UNREACHED) from error
    watch = Timer(max(until - time.monotonic(), 0), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        try:
            method = "GET" if asked.body is None else "POST"
            connection.request(method, target, body=asked.body, headers=_headers(url, asked))
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotFetched(FetchProblem.UNREACHED) from error
        yield connection, answer
    finally:
        watch.cancel()
        connection.close()


def _headers(url: str, asked: Asked) -> dict[str, str]:
    given = {"User-Agent": "Floreo", "Accept": "*/*", "Accept-Encoding": "identity"}
    if origin_of(url) == origin_of(asked.url):
        given |= dict(asked.headers)
        if asked.secret:
            given[asked.secret_header] = asked.secret
    if asked.etag:
        given["If-None-Match"] = asked.etag
    if asked.modified:
        given["If-Modified-Since"] = asked.modified
    return given


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a key of one server must not leave."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _next(url: str, onward: str) -> str:
    found = urljoin(url, onward)
    if url.startswith("https:") and not found.startswith("https:"):
        raise NotFetched(FetchProblem.UNSAFE)
    return found


def _wait(given: str | None) -> int:
    return min(int(given), 86400) if given and given.isdecimal() and len(given) < 8 else 0


def _short(given: str | None, longest: int = _LONGEST_HEADER) -> str:
    """A header as it came; one that is too long to keep is as good as none."""
    return given if given and len(given) <= longest and given.isascii() and given.isprintable() else ""
