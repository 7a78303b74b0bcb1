"""What a file says of itself before it is read: its name as data, the day and the type that it reports on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from floreo.feeds.engine import formats
from floreo.feeds.models import Feed

_ONE_TYPE = {"csv", "jsonl", "json", "list"}  # formats without types of their own: the whole feed is one


@dataclass(frozen=True)
class Told:
    """`report_type` is "" where the feed has only one."""

    name: str
    day: date
    report_type: str


def tidy(name: str) -> str:
    """A file's name as data: no folders, nothing that cannot be seen."""
    cleaned = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .")
    return cleaned[-300:] or _("file")


def tell(feed: Feed, name: str, *, came_on: date, day: date | None = None) -> Told:
    """`day` is what somebody said; else what the name says, unless it has not come yet; else the day that it came."""
    cleaned = tidy(name)
    named_day, named_type = formats.named(cleaned)
    if named_day is not None and named_day > came_on:
        named_day = None
    is_one = bool(feed.mapping) or feed.format in _ONE_TYPE
    return Told(cleaned, day or named_day or came_on, "" if is_one else named_type[:80])
