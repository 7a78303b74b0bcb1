"""Answers of servers that give events by an interface of their own: read up to a size, as JSON, and made into lines of IntelMQ's events. What a
source listed comes as batches, each of which becomes a file of the feed."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from floreo.core.outbound import Allow
from floreo.core.reachable import may_ask
from floreo.feeds.collectors.blobs import Readable
from floreo.feeds.collectors.fetching import Asked, Reply, fetched
from floreo.feeds.collectors.header_names import AUTHORIZATION

MB = 1024 * 1024
_BLOCK = MB
Event = dict[str, Any]  # by the names of IntelMQ's data format


class Odd(StrEnum):
    """How a server answered otherwise than it should. Each has a sentence in presenters/feeds.py."""

    OTHERWISE = "otherwise"  # than its interface is described
    TOO_LARGE = "too_large"
    NOTHING_OPEN = "nothing_open"  # no collection that this account may read
    CHOOSE = "choose"  # which collection; `names` says what there is
    TOO_MANY = "too_many"  # pages; the rest comes next time


class NotUnderstood(Exception):  # noqa: N818 -- says what happened
    def __init__(self, odd: Odd, names: str = "", limit: int = 0) -> None:
        super().__init__(odd)
        self.odd, self.names, self.limit = odd, names, limit


@dataclass(frozen=True)
class SourceRequest:
    """What a source is asked with. `header`: what is in `secret_header`, as the feed keeps it; `reached`: where the last fetch ended, "" at the beginning; `first`: the
    oldest day that is wanted; `is_here`: which of those names are files of the feed already, or had nothing for us."""

    place: str
    header: str
    reached: str
    first: date
    today: date
    is_here: Callable[[Collection[str]], set[str]]
    allow: Allow = may_ask
    secret_header: str = AUTHORIZATION

    def asked(self, url: str, accept: str = "application/json") -> Asked:
        secret = authorization(self.header) if self.secret_header.lower() == AUTHORIZATION.lower() else self.header
        return Asked(url, secret, headers=(("Accept", accept),), secret_header=self.secret_header)


@dataclass(frozen=True)
class Batch:
    """A file to be: `content` has a line an event, perhaps none. Once it is taken the fetch has come to `reached`."""

    name: str
    content: Readable
    day: date | None = None
    reached: str = ""


@dataclass(frozen=True)
class Answer:
    """JSON that came, and the headers that it came with, by their names in small letters."""

    value: Any
    headers: Mapping[str, str] = field(default_factory=dict)


def authorization(header: str) -> str:
    """The header Authorization: as it is kept, where it says how; else a name and a password, or a key."""
    if not header or header.partition(" ")[0].lower() in {"basic", "bearer"} or " " in header.partition(":")[0]:
        return header
    if ":" in header:
        return "Basic " + base64.b64encode(header.encode()).decode()
    return f"Bearer {header}"


def json_of(asked: Asked, *, most: int, allow: Allow) -> Answer:
    """The whole answer, of at most `most` bytes. Raises NotFetched and NotUnderstood."""
    with fetched(asked, allow=allow) as reply:
        content = b"".join(_blocks(reply, most))
        headers = reply.headers
    try:
        return Answer(json.loads(content), headers)
    except (ValueError, RecursionError) as wrong:
        raise NotUnderstood(Odd.OTHERWISE) from wrong


def _blocks(reply: Reply, most: int) -> Iterator[bytes]:
    size = 0
    while block := reply.read(_BLOCK):
        size += len(block)
        if size > most:
            raise NotUnderstood(Odd.TOO_LARGE, limit=most // MB)
        yield block


def lines(events: Iterable[Event]) -> bytes:
    return b"".join(line(event) for event in events)


def line(event: Event) -> bytes:
    return json.dumps({name: value for name, value in event.items() if value not in ("", None)}).encode() + b"\n"


def content_of(events: Iterable[Event]) -> Readable:
    return io.BytesIO(lines(events))


def text_of(value: Any, longest: int = 300) -> str:
    """A text of the source, without what cannot be seen; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable()).strip()[:longest]


def host_of(url: str) -> str:
    """The host of a URL that names its scheme; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "") if "://" in url else ""
    except ValueError:
        return ""


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; of anything else none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
