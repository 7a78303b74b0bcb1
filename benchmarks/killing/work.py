"""Kinds of work: each does one thing after another as a client, keeps in mind what was acknowledged, and compares later."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, ClassVar

import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection

from benchmarks.killing.site import Answer, Away, Browser, Unanswered
from floreo.core import clock
from floreo.core.models import AuditEntry, MailState, OutboxMail
from floreo.evidence.models import Evidence
from floreo.feeds.holding_links import token_of
from floreo.feeds.models import FeedFile, FileState, Notice, Reply
from floreo.organisations.models import Organisation
from floreo.reports.data import digest_of
from floreo.reports.models import Snapshot

FIRST = int(IPv4Address("11.0.0.0"))  # addresses that nobody in the sample holds, each used once


@dataclass
class Found:
    """Of one kind, when it is compared."""

    lost: set[Any] = field(default_factory=set)
    doubled: set[Any] = field(default_factory=set)
    halves: set[Any] = field(default_factory=set)  # done in part


@dataclass
class Kind(ABC):
    """`victims`: roles of processes, and how often each is the one that is killed in the middle of it."""

    name: str
    victims: dict[str, int]
    rest: float = 0.1  # most seconds between two
    kills: int = 0
    acknowledged: dict[Any, Any] = field(default_factory=dict)
    unknown: dict[Any, Any] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)  # answers that neither say yes nor nothing
    begun: float = 0.0  # when the one that runs now began; 0 when none does
    usual: float = 0.3  # seconds one takes

    @abstractmethod
    def once(self) -> None:
        """One act of the kind, with what is acknowledged noted."""

    @abstractmethod
    def compare(self) -> Found:
        """What became of all that was acknowledged, and of what nobody answered."""

    def run(self, stop: threading.Event, go: threading.Event) -> None:
        while not stop.is_set():
            if not go.wait(0.2):
                continue
            try:
                with self._at_work():
                    self.once()
            except Away:
                time.sleep(0.05)
            except Exception as problem:  # said in the table; the others go on
                self.others[f"{type(problem).__name__}: {problem}"[:200]] += 1
                time.sleep(0.2)
            finally:
                connection.close()
            time.sleep(random.random() * self.rest)

    def wait_for_a_moment(self) -> None:
        """Of the one that runs now: any, as likely as another."""
        time.sleep(random.random() * self.usual)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self.begun = began = time.monotonic()
        try:
            yield
            self.usual += (min(time.monotonic() - began, 5.0) - self.usual) / 5
        finally:
            self.begun = 0.0

    def asked(self, key: Any, ask: Callable[[], Answer], *, yes: Iterable[int] = (302,), facts: Any = None) -> bool:
        """Whether it was acknowledged. What is not answered, or with a server's error, is unknown."""
        self.unknown[key] = facts
        try:
            answer = ask()
        except Away:
            del self.unknown[key]  # it never left
            raise
        except Unanswered:
            return False
        if answer.status in yes:
            self.acknowledged[key] = self.unknown.pop(key)
            return True
        self.others[f"{answer.status}{' ' + _sentence(answer.body) if answer.status < 500 else ''}"] += 1
        return False

    def counted(self, found: Counter[Any]) -> Found:
        return Found(
            {k for k in self.acknowledged if not found[k]},
            {k for k in (*self.acknowledged, *self.unknown) if found[k] > 1},
        )


def _sentence(body: bytes) -> str:
    text = re.sub(r"(?s)<(script|style|head|header|nav).*?</\1>|<[^>]+>", " ", body.decode(errors="replace"))
    return " ".join(text.split())[:160]


def _at() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event_at(number: int, **more: object) -> dict[str, object]:
    return {
        "time.source": _at(),
        "source.ip": str(IPv4Address(FIRST + number)),
        "source.port": 3389,
        "protocol.transport": "tcp",
        "classification.taxonomy": "vulnerable",
        "classification.type": "vulnerable-system",
        "classification.identifier": "open-rdp",
        "feed.name": "sensor",
        **more,
    }


def stored(feed: str) -> Counter[int]:
    """How often each of our addresses is in the event store."""
    root, found = Path(settings.EVENTS_ROOT), Counter[int]()
    for path in root.glob(f"landing/*/{feed}/*/*.parquet"):
        for text in pq.read_table(path, columns=["source.ip"]).column(0).to_pylist():
            found[int(IPv4Address(text)) - FIRST] += 1
    return found


class _Events(Kind):
    def of_store(self, feed: str) -> Found:
        there, found = stored(feed), Found()
        for key, numbers in (self.acknowledged | self.unknown).items():
            times = [there[n] for n in numbers]
            if key in self.acknowledged and 0 in times:
                found.lost.add(key)
            elif key in self.unknown and 0 in times and any(times):
                found.halves.add(key)
            if max(times) > 1:
                found.doubled.add(key)
        return found


@dataclass
class Events(_Events):
    """A program sends one event, or several in one call."""

    port: int = 0
    word: str = ""
    feed: str = "sensor"
    next: int = 0

    def once(self) -> None:
        count = random.choice((1, 1, 3, 40))
        numbers = range(self.next, self.next + count)
        self.next += count
        body = json.dumps([event_at(n) for n in numbers]).encode()
        ask = Browser(self.port).ask
        self.asked(
            numbers.start,
            lambda: ask(
                "POST",
                f"/api/v1/feeds/{self.feed}/events",
                body,
                Authorization=f"Bearer {self.word}",
                Content_Type="application/json",
            ),
            yes=(202,),
            facts=numbers,
        )

    def compare(self) -> Found:
        return self.of_store(self.feed)


@dataclass
class Ingest(_Events):
    """A file is put into a watched folder: from then on it must be read, once. Under way until it is."""

    folder: Path = Path()
    feed: str = "dropped"
    held: tuple[str, ...] = ()  # addresses that somebody holds, so that there are findings
    rows: int = 400
    next: int = 5_000_000
    given_up: set[Any] = field(default_factory=set)  # after three workers died over it

    def once(self) -> None:
        numbers = range(self.next, self.next + random.randrange(1, self.rows))
        self.next += self.rows
        lines = [json.dumps(event_at(n)) for n in numbers]
        lines += [
            json.dumps(event_at(0, **{"source.ip": ip, "classification.identifier": "open-telnet"})) for ip in self.held
        ]
        name = f"{clock.today().isoformat()}-dropped-{numbers.start}.jsonl"
        part = self.folder / f"{name}.part"
        part.write_text("\n".join(lines) + "\n")
        part.rename(self.folder / name)
        self.acknowledged[name] = numbers
        until = time.monotonic() + 5
        while time.monotonic() < until and not FeedFile.objects.filter(name=name, state=FileState.DONE).exists():
            time.sleep(0.05)

    def compare(self) -> Found:
        found = self.of_store(self.feed)
        rows = Counter(FeedFile.objects.filter(feed__code=self.feed).values_list("name", flat=True))
        for file in FeedFile.objects.filter(feed__code=self.feed, state=FileState.REFUSED):
            self.given_up.add(file.name)
        found.doubled |= {name for name in self.acknowledged if rows[name] > 1}
        found.lost |= {name for name in self.acknowledged if not rows[name]}
        return found


@dataclass
class Answers(Kind):
    """Somebody who holds a notice's link answers of a finding in it."""

    port: int = 0
    notices: list[tuple[str, int]] = field(default_factory=list)  # token, finding
    next: int = 0

    def once(self) -> None:
        self.next += 1
        token, finding = self.notices[self.next % len(self.notices)]
        remark = f"answer {self.next}"
        browser = Browser(self.port)
        facts = {"finding": str(finding), "reply": random.choice(("working", "need_help", "fixed")), "remark": remark}
        self.asked(remark, lambda: browser.form(f"/findings/{token}/", **facts))

    def compare(self) -> Found:
        return self.counted(Counter(Reply.objects.filter(note__startswith="answer ").values_list("note", flat=True)))


def links() -> list[tuple[str, int]]:
    """Of every notice whose link opens: its token, and one finding that is still that organisation's."""
    found = []
    for notice in Notice.objects.filter(link_until__gt=clock.now() + timedelta(days=1)).select_related("organisation"):
        lines = notice.lines.filter(finding__organisation=notice.organisation).values_list("finding", flat=True)
        if notice.to and lines:
            found.append((token_of(notice, 0), lines[0]))
    return found


@dataclass
class Forms(Kind):
    """The secretariat adds an organisation."""

    browser: Browser = field(default_factory=lambda: Browser(0))
    next: int = 0

    def once(self) -> None:
        self.next += 1
        name = f"Bureau of matter {self.next}"
        self.asked(name, lambda: self.browser.form("/workspace/organisations/new/", name=name, kind="agency"))

    def compare(self) -> Found:
        return self.counted(
            Counter(Organisation.objects.filter(name__startswith="Bureau of").values_list("name", flat=True))
        )


@dataclass
class Uploads(Kind):
    """The secretariat puts a file of up to 400 kB into the vault."""

    browser: Browser = field(default_factory=lambda: Browser(0))
    next: int = 0

    def once(self) -> None:
        self.next += 1
        title = f"Uploaded {self.next}"
        content = f"{title}\n".encode() + f"{random.getrandbits(256):x}\n".encode() * random.choice((1, 100, 6000))
        digest = hashlib.sha256(content).hexdigest()
        send = self.browser.form_with_file
        self.asked(
            title,
            lambda: send("/workspace/evidence/new/", f"{title}.txt", content, title=title, tlp="GREEN"),
            facts=digest,
        )

    def compare(self) -> Found:
        rows = list(Evidence.objects.filter(title__startswith="Uploaded ").values_list("title", "sha256", "file"))
        found = self.counted(Counter(title for title, _sha256, _file in rows))
        known = self.acknowledged | self.unknown
        for title, sha256, file in rows:
            path = Path(settings.MEDIA_ROOT) / file
            content = path.read_bytes() if path.exists() else b""
            if title in known and not sha256 == known[title] == hashlib.sha256(content).hexdigest():
                found.halves.add(title)
        return found


@dataclass
class Closings(Kind):
    """The secretariat closes a period: its readings are frozen, its report is kept."""

    browser: Browser = field(default_factory=lambda: Browser(0))
    next: int = 0

    def once(self) -> None:
        self.next += 1
        start = date(2025, 1, 2) + timedelta(days=self.next % 300)
        end = start + timedelta(days=7 + self.next // 300)
        facts = {"starts_on": start.isoformat(), "ends_on": end.isoformat()}
        self.asked(
            f"{start.isoformat()}-{end.isoformat()}",
            lambda: self.browser.form("/workspace/reports/2025-2028/new/", **facts),
        )

    def compare(self) -> Found:
        known = self.acknowledged | self.unknown
        rows = list(Snapshot.objects.filter(code__in=list(known)).select_related("edition"))
        found = self.counted(Counter(row.code for row in rows))
        for row in rows:
            whole = digest_of(row.edition.code, row.code, row.kind, row.public, row.internal)
            entry = AuditEntry.objects.filter(number=row.audit_number).values_list("verb", flat=True).first()
            if row.digest != whole or entry != "report.frozen":
                found.halves.add(row.code)
        return found


@dataclass
class Notices(Kind):
    """The team sends some notices again, so that several notices leave in one turn. Under way until all have left."""

    AT_ONCE: ClassVar = 4
    browser: Browser = field(default_factory=lambda: Browser(0))
    notices: list[int] = field(default_factory=list)
    next: int = 0

    def once(self) -> None:
        for _each in range(self.AT_ONCE):
            self.next += 1
            pk = self.notices[self.next % len(self.notices)]
            self.asked((pk, self.next), lambda address=f"/workspace/notices/{pk}/resend/": self.browser.form(address))  # type: ignore[misc]  # bound at once
        until = time.monotonic() + 4
        while time.monotonic() < until and due_letters():
            time.sleep(0.03)

    def compare(self) -> Found:
        """Of every notice: entries of the trail, against how often it was asked for; mails, against entries."""
        found, made = Found(), Counter[int]()
        for subject in AuditEntry.objects.filter(verb="notice.resent").values_list("subject", flat=True):
            made[int(subject.rpartition(":")[2])] += 1
        yes, maybe = (Counter(pk for pk, _n in keys) for keys in (self.acknowledged, self.unknown))
        found.lost = {pk for pk in yes if made[pk] < yes[pk]}
        found.doubled = {pk for pk in made if made[pk] > yes[pk] + maybe[pk]}
        return found


def due_letters() -> int:
    soon = clock.now() + timedelta(seconds=5)  # others wait by their own will
    return OutboxMail.objects.filter(state=MailState.WAITING, next_try_at__lt=soon).count()


__all__ = [
    "Answers",
    "Closings",
    "Events",
    "Forms",
    "Found",
    "Ingest",
    "Kind",
    "Notices",
    "Uploads",
    "due_letters",
    "links",
]
