"""What the web server calls: it reads a request whole before one of our threads is given to it, and lets nobody's slow reading
hold one.

The server's own way for WSGI gives a thread to each request from its first byte to the last byte of its answer, without
a time limit: four clients that send half a form, or do not read, stop a site of four threads. Here bodies come in
without a thread and have a time limit, a file is handed to the server by its path, and everything else is whole before it
is sent. Threads come in lanes, so that what visitors ask never keeps signed-in people, or whoever watches the machine,
waiting; and one address has few of them at once."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from wsgiref.util import FileWrapper

from django.conf import settings
from django.db import connection

from floreo.config import monitors
from floreo.config.wsgi import application
from floreo.core import full
from floreo.core.one_piece import in_one_piece
from floreo.core.throttle import caller

log = logging.getLogger(__name__)

STRANGERS, STAFF = 6, 4  # threads
OF_ONE_ADDRESS = 2  # requests of one visitor that are worked on at once; its others wait without a thread
WAITING_OF_ONE = 100
HELD = 0.25  # seconds that a visitor's request waits while one of the staff is answered
WAITING = 400  # requests that wait for a thread; beyond, the next is asked to come again
BODY_SECONDS, PAUSE_SECONDS = 120.0, 15.0  # for a whole body, and between two pieces of it
BODY_BYTES_A_SECOND = 20_000  # a large upload over a slow line gets its time
ALL_OF_STRANGERS = 512 * 1024 * 1024  # of their bodies that are on the disk together
BODY_IN_MEMORY, IN_MEMORY = 64 * 1024, 512 * 1024  # of a body, of a stream; the rest waits on the disk
SEND_SECONDS = 60.0  # for one piece of an answer that is sent from the disk
PIECE = 128 * 1024

OPEN_FILES = 16_384  # each connection is one, and each file that is being read

Headers = list[tuple[str, str]]
# What Django's middleware sets on every other answer.
_PLAIN: Headers = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
]
_HSTS: int = settings.SECURE_HSTS_SECONDS
Found = TypeVar("Found")


@dataclass
class Answer:
    """A finished answer: its bytes, or the path of a file, or a file on the disk that is sent piece by piece."""

    status: int
    headers: Headers
    body: bytes = b""
    path: str = ""
    spool: tempfile.SpooledTemporaryFile[bytes] | None = None


class TooSlow(Exception):  # noqa: N818 -- says what the client was
    """The body did not come in time."""


class Cut(Exception):  # noqa: N818 -- as above
    """The client left before its body was whole: half a form is no form."""


class TooLarge(Exception):  # noqa: N818 -- as above
    """The body is larger than anything that this site takes."""


def _plain(status: int, sentence: str, *, again: int = 0) -> Answer:
    headers = [*_PLAIN, *([("Strict-Transport-Security", f"max-age={_HSTS}")] if _HSTS else [])]
    if again:
        headers.append(("Retry-After", str(again)))
    return Answer(status, headers, sentence.encode())


def _broken(problem: Exception) -> Answer:
    if full.is_full(problem):  # what comes or goes is put on the disk when it is large
        return _plain(503, "There is no space left on the server, so nothing was saved.\n", again=300)
    log.exception("a request could not be answered")
    return _plain(500, "Something went wrong here.\n")


def _spool(in_memory: int = IN_MEMORY) -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=in_memory, dir=str(settings.DATA))


class Bodies:
    """Takes in bodies of requests: each within its own limit, and all of visitors within one."""

    def __init__(self) -> None:
        self._of_strangers = 0

    @asynccontextmanager
    async def one(
        self, scope: Any, proto: Any, *, is_staff: bool
    ) -> AsyncIterator[tuple[tempfile.SpooledTemporaryFile[bytes], int]]:
        """The whole body, in memory or on the disk, and its size. Raises TooSlow, TooLarge, Cut, Full."""
        size = 0
        with _spool(BODY_IN_MEMORY) as body:
            try:
                async for piece in _pieces(scope, proto, most=_most_bytes(is_staff=is_staff)):
                    size += len(piece)
                    self._of_strangers += 0 if is_staff else len(piece)
                    if self._of_strangers > ALL_OF_STRANGERS and not is_staff:
                        raise Full
                    body.write(piece)
                if _has_body(scope) and size < int(scope.headers.get("content-length") or 0):
                    raise Cut
                body.seek(0)
                yield body, size
            finally:
                self._of_strangers -= 0 if is_staff else size


async def _pieces(scope: Any, proto: Any, *, most: int) -> AsyncIterator[bytes]:
    """A body as it comes. Raises TooSlow, TooLarge."""
    if not _has_body(scope):
        return
    declared = scope.headers.get("content-length") or "0"
    if not declared.isdecimal() or int(declared) > most:
        raise TooLarge
    loop = asyncio.get_running_loop()
    began, size = loop.time(), 0
    pieces = aiter(proto)
    while True:
        try:
            piece: bytes = await asyncio.wait_for(anext(pieces), PAUSE_SECONDS)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise TooSlow from error
        size += len(piece)
        if size > most:
            raise TooLarge
        if loop.time() - began > BODY_SECONDS + size / BODY_BYTES_A_SECOND:
            raise TooSlow
        yield piece


def _has_body(scope: Any) -> bool:
    return scope.method not in {"GET", "HEAD", "OPTIONS"}


def _most_bytes(*, is_staff: bool) -> int:
    """Of one form: a visitor's holds a few files of an answer; the team's may hold a file of a feed."""
    around = 5 * 1024 * 1024
    strangers: int = settings.UPLOAD_LARGEST * 3 + around
    return max(strangers, settings.REPORT_LARGEST + around) if is_staff else strangers


def _environ(scope: Any) -> dict[str, Any]:
    """The request as WSGI says it (PEP 3333), without its body."""
    host, _colon, port = str(scope.server).rpartition(":")
    client, _colon, client_port = str(scope.client).rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if "_" in name:  # would pass for the same with a hyphen: a proxy may not have cleared it
            continue
        if key in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            environ[key] = value
            continue
        before, between = environ.get(f"HTTP_{key}"), "; " if key == "COOKIE" else ","
        environ[f"HTTP_{key}"] = f"{before}{between}{value}" if before else value
    if "HTTP_HOST" not in environ and scope.authority:  # HTTP/2 says it so
        environ["HTTP_HOST"] = scope.authority
    return environ


@in_one_piece
def run(environ: dict[str, Any]) -> Answer:
    """Asks the application, in a thread of a lane, and takes its answer whole."""
    text: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _problem: object = None) -> Callable[[bytes], object]:
        text.append((status, headers))
        return BytesIO().write

    response: Any = application(environ, start)
    try:
        status, headers = text[0]
        answer = Answer(int(status.split(" ", 1)[0]), list(headers))
        if not getattr(response, "streaming", True):
            answer.body = response.content
            return answer
        answer.path = _path_of(getattr(response, "filelike", None))
        if not answer.path:
            _take(answer, response)
        return answer
    finally:
        if hasattr(response, "close"):
            response.close()


def _path_of(file: Any) -> str:
    """Where a file that is sent whole is, or "". Only one of the data folder: others may be gone when it is closed."""
    path = str(getattr(file, "path", None) or getattr(file, "name", None) or "")
    try:
        if not Path(path).is_relative_to(settings.DATA) or file.tell() != 0:
            return ""
        return path if os.path.samestat(Path(path).stat(), os.fstat(file.fileno())) else ""
    except (AttributeError, OSError, ValueError):
        return ""


def _take(answer: Answer, pieces: Iterable[bytes]) -> None:
    spool = _spool()
    size = 0
    for piece in pieces:
        size += spool.write(piece)
    spool.seek(0)
    if size <= IN_MEMORY:
        answer.body = spool.read()
        spool.close()
    else:
        answer.spool = spool


async def _send(answer: Answer, proto: Any) -> None:
    if answer.path:
        proto.response_file(answer.status, answer.headers, answer.path)
    elif answer.spool is None:
        proto.response_bytes(answer.status, answer.headers, answer.body)
    else:
        with answer.spool as spool:
            stream = proto.response_stream(answer.status, answer.headers)
            while piece := spool.read(PIECE):
                await asyncio.wait_for(stream.send_bytes(piece), SEND_SECONDS)


class Lane:
    """Threads for one kind of visitor, and how many requests may wait for one."""

    def __init__(self, name: str, threads: int, *, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most, self._here = threads + waiting, 0

    async def run(self, work: Callable[[], Found]) -> Found:
        """Raises Full when too many wait."""
        if self._here >= self._most:
            raise Full
        self._here += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._here -= 1


class Full(Exception):  # noqa: N818 -- says what the lane is
    """Too many requests wait already."""


class Places:
    """How many requests of one address are worked on at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._of: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def one(self, address: str) -> AsyncIterator[None]:
        places, users = self._of.get(address, (asyncio.Semaphore(self._most), 0))
        if users >= WAITING_OF_ONE:
            raise Full
        self._of[address] = (places, users + 1)
        try:
            async with places:
                yield
        finally:
            places, users = self._of[address]
            if users == 1:
                del self._of[address]
            else:
                self._of[address] = (places, users - 1)


class OneByOne:
    """When visitors' requests begin. Python works on one at a time and shares its time out evenly, so three visitors make a
    page of the staff take four times as long: while one of the staff waits for an answer, a visitor's request waits HELD seconds,
    and then they are worked on one by one."""

    def __init__(self) -> None:
        self._staff, self._strangers = 0, 0
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()  # since when

    @contextmanager
    def of_staff(self) -> Iterator[None]:
        self._staff += 1
        try:
            yield
        finally:
            self._staff -= 1
            self._let_on()

    @asynccontextmanager
    async def of_stranger(self) -> AsyncIterator[None]:
        """Raises Full when too many wait."""
        if self._waiting or self._staff:
            await self._wait()
        else:
            self._strangers += 1
        try:
            yield
        finally:
            self._strangers -= 1
            self._let_on()

    def _is_free(self, since: float) -> bool:
        has_waited = asyncio.get_running_loop().time() - since >= HELD
        return self._staff == 0 or (self._strangers == 0 and has_waited)

    async def _wait(self) -> None:
        if len(self._waiting) >= WAITING:
            raise Full
        loop = asyncio.get_running_loop()
        slot = loop.create_future()
        self._waiting.append((loop.time(), slot))
        loop.call_later(HELD + 0.001, self._let_on)  # a little more: timers of a loop are rounded down
        try:
            await slot
        except asyncio.CancelledError:
            if slot.done() and not slot.cancelled():  # it was let on in the same moment: it goes to the next
                self._strangers -= 1
                self._let_on()
            raise

    def _let_on(self) -> None:
        while self._waiting and self._is_free(self._waiting[0][0]):
            _since, slot = self._waiting.popleft()
            if not slot.done():
                self._strangers += 1
                slot.set_result(None)


def is_signed_in(key: str) -> bool:
    """Whether a session of that key belongs to somebody: one question to the database."""
    try:
        session = import_module(settings.SESSION_ENGINE).SessionStore(key)
        return bool(session.get("_auth_user_id"))
    except Exception:  # a database that is away: the page itself says so
        connection.close()
        return False


def session_key(environ: dict[str, Any]) -> str:
    wanted = f"{settings.SESSION_COOKIE_NAME}="
    cookies = (each.strip() for each in str(environ.get("HTTP_COOKIE", "")).split(";"))
    return next((each.removeprefix(wanted) for each in cookies if each.startswith(wanted)), "")


class Server:
    """One process's lanes."""

    def __init__(self) -> None:
        self.strangers, self.staff = Lane("strangers", STRANGERS), Lane("staff", STAFF)
        # A thread for each of their addresses: the site's life is never seen late because its figures are long to read.
        paths = (monitors.HEALTH, monitors.READY, monitors.METRICS)
        self.watchers = {path: Lane(f"watchers {path}", 1, waiting=20) for path in paths}
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        self.places, self.running_request = Places(OF_ONE_ADDRESS), Places(OF_ONE_ADDRESS)
        self.bodies, self.one_by_one = Bodies(), OneByOne()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        if scope.proto != "http":
            proto.close(403)
            return
        await _send(await self._answer(scope, proto), proto)

    async def _answer(self, scope: Any, proto: Any) -> Answer:
        try:
            environ = _environ(scope)
            is_staff = await self._is_staff(environ)
            async with self.bodies.one(scope, proto, is_staff=is_staff) as (body, size):
                environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(size)
                return await self._in_a_lane(environ, is_staff=is_staff)
        except TooSlow:
            return _plain(408, "The request did not come in time.\n")
        except Cut:
            return _plain(400, "The request is not whole.\n")
        except TooLarge:
            return _plain(413, "That is larger than anything this site takes.\n")
        except Full:
            return _plain(503, "Too many ask at once. Come again in a few seconds.\n", again=5)
        except Exception as problem:  # the application answers its own errors; this is about the server's way to it
            return _broken(problem)

    async def _is_staff(self, environ: dict[str, Any]) -> bool:
        """A made-up key costs its sender a place, and the staff a question to the database."""
        key = session_key(environ)
        if not key:
            return False
        async with self.running_request.one(caller(environ)):
            return await self.staff.run(lambda: is_signed_in(key))

    async def _in_a_lane(self, environ: dict[str, Any], *, is_staff: bool) -> Answer:
        def work() -> Answer:
            return run(environ)

        path: str = environ["PATH_INFO"]
        if monitors.opens(path, environ):
            return await self.watchers[path].run(work)
        if is_staff:
            with self.one_by_one.of_staff():
                return await self.staff.run(work)
        async with self.places.one(caller(environ)), self.one_by_one.of_stranger():
            return await self.strangers.run(work)


server = Server()
