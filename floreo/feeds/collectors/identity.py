"""What a file states about itself before it is read: its name as data, the day and the type that it reports on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from floreo.core import clock
from floreo.feeds.caged import type_shown
from floreo.feeds.engine import formats
from floreo.feeds.engine.task import IngestOrder, Source
from floreo.feeds.models import CollectorKind, Feed

_ONE_TYPE = {"csv", "jsonl", "list"}  # formats without types of their own: the whole feed is one
_TYPED = "shadowserver"  # whose types are listed


@dataclass(frozen=True)
class FileIdentity:
    """`report_type` is "" where the feed has only one. `says_day`: by its name, by whoever handed it in, or by being fetched."""

    name: str
    day: date
    report_type: str
    has_day: bool


def tidy(name: str) -> str:
    """A file's name as data: no folders, nothing that cannot be seen."""
    cleaned = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .")
    return cleaned[-300:] or _("file")


def identify(feed: Feed, name: str, path: Path, *, came_on: date, day: date | None = None) -> FileIdentity:
    """`day` is what somebody said; else what the name says, unless it has not come yet; else the day that it came. The
    type is what the name says, else what the columns look like: reports of one type and day are read together."""
    cleaned = tidy(name)
    named_day, named_type = formats.named(cleaned)
    if named_day is not None and named_day > came_on:
        named_day = None
    has_day = bool(day or named_day) or feed.collector == CollectorKind.FETCH
    identity = day or named_day or came_on
    if feed.mapping or feed.format in _ONE_TYPE:
        return FileIdentity(cleaned, identity, "", has_day)
    if formats.load(_TYPED).type_of(named_type) is None:
        named_type = _looked_at(feed, cleaned, path, came_on) or named_type
    return FileIdentity(cleaned, identity, named_type[:80], has_day)


def _looked_at(feed: Feed, name: str, path: Path, came_on: date) -> str:
    """The type that the beginning of the file shows, "" when it shows none that we know."""
    task = IngestOrder(
        feed=feed.code,
        day=came_on,
        report_type="",
        files=(Source(str(path), path.name, name),),
        received_at=clock.now(),
        root="",
        constituency="",
        format=feed.format,
    )
    return type_shown(task)
