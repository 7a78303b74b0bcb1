"""Find anything by its words: SQLite FTS5 or PostgreSQL full text behind one function. Things say how they are found
by having `search_entry()`; what strangers may find is decided there too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from django.db import connection, models
from django.db.models.expressions import RawSQL

from floreo.core import audit
from floreo.core.models import SearchEntry


@dataclass(frozen=True)
class Entry:
    """How a thing is found: its kind (a word for the reader), title, the text searched, and where it lives."""

    kind: str
    title: str
    body: str
    address: str
    desk_address: str = ""
    is_public: bool = False


@runtime_checkable
class Findable(Protocol):
    def search_entry(self) -> Entry: ...


def refresh(thing: models.Model) -> None:
    """Keeps the index in step with one saved thing."""
    if not isinstance(thing, Findable):
        return
    entry = thing.search_entry()
    fields = {
        "kind": entry.kind[:40], "title": entry.title[:500], "body": entry.body, "address": entry.address[:300],
        "desk_address": entry.desk_address[:300], "is_public": entry.is_public,
    }  # fmt: skip
    SearchEntry.objects.update_or_create(key=audit.key(thing), defaults=fields)


def refresh_many(things: Iterable[models.Model]) -> None:
    rows = []
    for thing in things:
        if isinstance(thing, Findable):
            e = thing.search_entry()
            rows.append(
                SearchEntry(
                    key=audit.key(thing), kind=e.kind[:40], title=e.title[:500], body=e.body, address=e.address[:300],
                    desk_address=e.desk_address[:300], is_public=e.is_public,
                )
            )  # fmt: skip
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["kind", "title", "body", "address", "desk_address", "is_public"],
    )


def forget(thing: models.Model) -> None:
    SearchEntry.objects.filter(key=audit.key(thing)).delete()


def _fts5_query(words: str) -> str:
    """Each word as a quoted prefix, so that what people type can never be an operator."""
    return " ".join(f'"{w}"*' for w in words.replace('"', " ").split()[:12])


def _tsquery(words: str) -> str:
    cleaned = ["".join(c for c in w if c.isalnum()) for w in words.split()[:12]]
    return " & ".join(f"{w}:*" for w in cleaned if w)


def find(words: str, *, public_only: bool) -> models.QuerySet[SearchEntry]:
    """What matches every word (as prefixes), best first. `public_only` is the stranger's view."""
    rows = SearchEntry.objects.filter(is_public=True) if public_only else SearchEntry.objects.all()
    if connection.vendor == "postgresql":
        query = _tsquery(words)
        if not query:
            return rows.none()
        hits = RawSQL("SELECT id FROM core_searchentry WHERE words @@ to_tsquery('simple', floreo_plain(%s))", [query])
        rank = RawSQL("ts_rank(core_searchentry.words, to_tsquery('simple', floreo_plain(%s)))", [query])
        return rows.filter(pk__in=hits).annotate(rank=rank).order_by("-rank", "title")
    query = _fts5_query(words)
    if not query:
        return rows.none()
    # bm25 is better when smaller; a title counts five times its body.
    rank = RawSQL(
        "(SELECT bm25(core_search_words, 5.0, 1.0) FROM core_search_words"
        " WHERE core_search_words MATCH %s AND rowid = core_searchentry.id)",
        [query],
    )
    hits = RawSQL("SELECT rowid FROM core_search_words WHERE core_search_words MATCH %s", [query])
    return rows.filter(pk__in=hits).annotate(rank=rank).order_by("rank", "title")
