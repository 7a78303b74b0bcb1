"""Sources that are known, in words for whoever chooses one, and beside the feed that takes from one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from floreo.feeds.models import Feed
from floreo.feeds.ready_sources import ReadySource, in_language, source_at, sources
from floreo.workspace.feeds.summaries import every_text


@dataclass(frozen=True)
class SourceText:
    """A source in the reader's language. `least`: how often it may be fetched, where it says so; `feed`: the one that takes from it already."""

    name: str
    what: str
    terms: str
    doubt: str
    place: str
    every: str
    least: str
    read: date
    pages: tuple[str, ...]
    code: str = ""
    feed: Feed | None = None


def source_text(source: ReadySource, code: str = "", feed: Feed | None = None) -> SourceText:
    what, terms, doubt = (in_language(texts, get_language()) for texts in (source.what, source.terms, source.doubt))
    return SourceText(
        name=source.name,
        what=what,
        terms=terms,
        doubt=doubt,
        place=source.place,
        every=every_text(source.every_minutes),
        least=every_text(source.least_minutes) if source.least_minutes else "",
        read=source.read,
        pages=tuple(source.pages),
        code=code,
        feed=feed,
    )


def offered() -> list[SourceText]:
    """All sources that are known, each with its feed where it has one."""
    places = [each.place for each in sources().values()]
    here = {(feed.collector, feed.place): feed for feed in Feed.objects.filter(place__in=places)}
    return [source_text(each, code, here.get((each.collector, each.place))) for code, each in sources().items()]


def text_of_feed(feed: Feed) -> SourceText | None:
    """Of the source that the feed takes its files from, where it is known."""
    found = source_at(feed.collector, feed.place)
    return source_text(found) if found is not None else None
