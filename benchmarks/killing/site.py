"""The installation as its clients see it: HTTP, a mail server on loopback, and the processes of `floreo up`."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.core.mail_server import MailServer

ROOT = Path(__file__).resolve().parents[2]
NAMES = "fl-"  # begins the names of all processes that the nursery starts
PROMISE = 15.0  # seconds until everything has ended
PATIENCE = 90.0  # seconds for what nothing is guaranteed of: the machine may be busy


class Away(Exception):  # noqa: N818 -- says what the server is
    """Nothing was sent: nobody listens."""


class Unanswered(Exception):  # noqa: N818 -- says what the client got
    """It was sent, and no whole answer came: whether it was done, the client cannot know."""


# Over HTTP


class _Fields(HTMLParser):
    """What a browser would send back of the last form of a page that is sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._inside = False
        self._text = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = facts.get("method", "").lower() == "post" and "/logout" not in facts.get("action", "")
            if self._inside:
                self.found = {}
        name = facts.get("name", "")
        if not self._inside:
            return
        if tag == "textarea":
            self._text, self.found[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in facts:
            self.found[self._select] = facts.get("value", "")
        elif tag == "input" and name and _is_sent(facts):
            self.found[name] = facts.get("value", "on" if facts.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.found[self._text] += data


def _is_sent(facts: Mapping[str, str]) -> bool:
    kind = facts.get("type", "text")
    return kind not in {"file", "submit", "button"} and (kind not in {"checkbox", "radio"} or "checked" in facts)


def fields_of(page: bytes) -> dict[str, str]:
    parser = _Fields()
    parser.feed(page.decode())
    return parser.found


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: Mapping[str, str]


@dataclass
class Browser:
    """One client. Each request comes from an address of its own, as behind a proxy, so that no limit on visitors is met."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.connect()
        except OSError as problem:
            raise Away from problem
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["X-Forwarded-For"] = f"100.{random.randrange(64, 128)}.{random.randrange(256)}.{random.randrange(256)}"
        if self.cookies:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body or None, named)
            came = connection.getresponse()
            content = came.read()
        except (OSError, http.client.HTTPException) as problem:
            raise Unanswered from problem
        finally:
            connection.close()
        set_ = [value.split(";")[0].partition("=") for name, value in came.getheaders() if name.lower() == "set-cookie"]
        self.cookies |= {name: value for name, _equals, value in set_}
        found = {name.lower(): value for name, value in came.getheaders()}
        return Answer(came.status, found, content, dict(self.cookies))

    def _opened(self, path: str) -> Answer:
        try:
            return self.ask("GET", path)
        except Unanswered as nothing:
            raise Away from nothing

    def form(self, path: str, **facts: str) -> Answer:
        """Opens the page and sends its form back with these facts; where the answer shows what would leave, presses Send there.
        Only what is sent can be Unanswered."""
        page = self._opened(path)
        if page.status != 200:
            return page
        answer = self._send(path, fields_of(page.body) | facts)
        shown = fields_of(answer.body) if answer.status == 200 else {}
        return self._send(path, shown) if "seen" in shown else answer

    def _send(self, path: str, facts: Mapping[str, str]) -> Answer:
        return self.ask("POST", path, urlencode(facts).encode(), Content_Type="application/x-www-form-urlencoded")

    def form_with_file(self, path: str, name: str, content: bytes, **facts: str) -> Answer:
        page = self._opened(path)
        if page.status != 200:
            return page
        mark = f"mark-{random.getrandbits(64):x}"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in (fields_of(page.body) | facts).items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        body = b"".join(parts) + head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.ask("POST", path, body, Content_Type=f"multipart/form-data; boundary={mark}")

    def sign_in(self, email: str, word: str) -> None:
        answer = self.form("/account/login/", login=email, password=word)
        assert (answer.status, answer.headers.get("location"))[0] == 302, answer


# Mail


class PostOffice(MailServer):
    """Takes every mail after a pause of up to `slow` seconds. Of each it knows whether the sender went on afterwards: who
    sends another command has learnt that the mail was taken, and noted it."""

    def __init__(self, slow: float = 0.2) -> None:
        super().__init__()
        self.slow = slow
        self.heard: dict[str, list[bool]] = {}  # Message-ID: of each time that it came, whether its sender went on
        self._last: dict[int, str] = {}
        self._lock = threading.Lock()

    def _goes_on(self, session: Session) -> None:
        with self._lock:
            if last := self._last.pop(id(session), ""):
                self.heard[last][-1] = True

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._goes_on(session)
        envelope.mail_from, envelope.mail_options = address, options
        return "250 OK"

    async def handle_QUIT(self, _server: SMTP, session: Session, _envelope: Envelope) -> str:
        self._goes_on(session)
        return "221 Bye"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(random.random() * self.slow)
        answer = await super().handle_DATA(server, session, envelope)
        with self._lock:
            name = str(self.got.pop()["Message-ID"])
            self.heard.setdefault(name, []).append(False)
            self._last[id(session)] = name
        return answer

    def twice(self) -> tuple[int, int]:
        """Mails that came again although their sender had gone on after them, and those of which SMTP cannot know."""
        with self._lock:
            again = [came[:-1] for came in self.heard.values() if len(came) > 1]
        return sum(any(earlier) for earlier in again), sum(not any(earlier) for earlier in again)


# Processes


def processes() -> dict[int, tuple[int, int, str]]:
    """Of all that live: parent, session, name. A zombie lives no more."""
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with suppress(OSError, ValueError):
                text = Path(entry.path, "stat").read_text(encoding="utf-8", errors="replace")
                name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
                if rest[0] not in "ZX":
                    found[int(entry.name)] = (int(rest[1]), int(rest[3]), name)
    return found


def below(root: int, rows: Mapping[int, tuple[int, int, str]]) -> set[int]:
    found = {root} & set(rows)
    while more := {pid for pid, row in rows.items() if row[0] in found} - found:
        found |= more
    return found


@dataclass
class Nursery:
    """benchmarks/killing/nursery.py in a process of its own."""

    env: Mapping[str, str]
    log: Path
    codes: dict[int, int] = field(default_factory=dict)
    pids: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "benchmarks.killing.nursery"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=dict(self.env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("ab"),
        )
        self._change, self._last, self._ready = threading.Condition(), 0, False
        threading.Thread(target=self._listen, daemon=True).start()
        with self._change:
            begun = self._change.wait_for(lambda: self._ready or self.process.poll() is not None, 4 * PATIENCE)
        assert begun
        assert self._ready, f"it never began: {self.log.read_text()[-2000:]}"

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.decode().split()
            with self._change:
                if words == ["ready"]:
                    self._ready = True
                elif words[1:2] == ["started"]:
                    self.pids[int(words[0])] = int(words[2])
                elif words[1:2] == ["ended"]:
                    self.codes[int(words[0])] = int(words[2])
                self._change.notify_all()
        with self._change:
            self._change.notify_all()

    def start(self, *arguments: object, log: Path, env: Mapping[str, str] | None = None) -> int:
        """A number for the command, which has started when this returns."""
        assert self.process.stdin is not None
        with self._change:
            self._last += 1
            number = self._last
            asked = {"id": number, "arguments": [str(a) for a in arguments], "log": str(log), "env": dict(env or {})}
            self.process.stdin.write(json.dumps(asked).encode() + b"\n")
            self.process.stdin.flush()
            assert self._change.wait_for(lambda: number in self.pids, PATIENCE)
        return number

    def wait(self, number: int, seconds: float = 300) -> int:
        with self._change:
            assert self._change.wait_for(lambda: number in self.codes, seconds), "it never ended"
            return self.codes[number]

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()


@dataclass
class Family:
    """`floreo up`, started again whenever all of it is gone."""

    nursery: Nursery
    words: tuple[str, ...]
    port: int
    log: Path
    number: int = 0
    sessions: set[int] = field(default_factory=set)  # of all that belonged to it and is not gone
    faults: Counter[str] = field(default_factory=Counter)

    def start(self) -> None:
        self.number = self.nursery.start(*self.words, "up", "--port", self.port, log=self.log)
        self.until_it_answers()

    @property
    def root(self) -> int:
        return self.nursery.pids[self.number]

    def is_over(self) -> bool:
        return self.number in self.nursery.codes

    def members(self) -> dict[str, list[int]]:
        """By role: main, serving, web, worker, child (of the worker or of the web server)."""
        rows = processes()
        self.sessions &= {session for _parent, session, _name in rows.values()}  # numbers are given again to others
        found: dict[str, list[int]] = {}
        for pid in below(self.root, rows):
            parent, session, name = rows[pid]
            self.sessions.add(session)
            if pid == self.root:
                role = "main"
            elif parent == self.root:
                role = name.removeprefix(NAMES)
            elif name == f"{NAMES}serving":
                role = "web"
            else:
                role = "child"
            found.setdefault(role, []).append(pid)
        return found

    def until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with suppress(Away, Unanswered):
                if Browser(self.port).ask("GET", "/health/").status in {200, 503}:
                    return
            if self.is_over():
                said = self.log.read_text(encoding="utf-8", errors="replace")[-1500:] if self.log.exists() else ""
                raise RuntimeError(f"floreo up ended by itself: {said}")
            time.sleep(0.03)
        raise RuntimeError(f"floreo up never answered: see {self.log}")

    def until_all_are_gone(self, before: set[int]) -> None:
        """Whatever ended the main process: nobody is left within the time that is set."""
        until = time.monotonic() + PROMISE
        while left := before & set(processes()):
            if time.monotonic() > until:
                self.faults["processes that lived on after the main one"] += 1
                for pid in left:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.02)

    def orphans(self) -> set[int]:
        rows = processes()
        known = below(self.root, rows) if not self.is_over() else set()
        return {pid for pid, row in rows.items() if row[1] in self.sessions and pid not in known}

    def stop(self) -> None:
        if self.is_over():
            return
        before = below(self.root, processes())
        os.kill(self.root, signal.SIGTERM)
        self.until_all_are_gone(before)
