"""Find anything by its words: SQLite FTS5 or PostgreSQL full text behind one function. Things say how they are found
by having `search_entry()`; what strangers may find is decided there too."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from django.apps import apps
from django.db import connection, models

from floreo.core import audit
from floreo.core.models import SearchEntry, Translated


@dataclass(frozen=True)
class Entry:
    """How a thing is found: its kind (a word for the reader), title, the text searched, and where it lives."""

    kind: str
    title: str
    body: str
    address: str
    workspace_address: str = ""
    is_public: bool = False


@runtime_checkable
class Findable(Protocol):
    def search_entry(self) -> Entry: ...


@runtime_checkable
class FoundWith(Protocol):
    """A row whose words are those of another: `found_with` gives the other."""

    def found_with(self) -> models.Model: ...


def spoken(thing: Translated) -> list[str]:
    """What it is called, in each language: its own first."""
    own = next(f for f in ("title", "name") if f in thing.translated_fields)
    texts = [getattr(thing, own), *(each.get(own, "") for each in thing.translations.values())]
    return [text for text in dict.fromkeys(texts) if text]


def refresh(thing: models.Model) -> None:
    """Keeps the index in step with one saved thing."""
    if isinstance(thing, FoundWith):
        refresh(thing.found_with())
    if not isinstance(thing, Findable):
        return
    entry = thing.search_entry()
    fields = {
        "kind": entry.kind[:40],
        "title": entry.title[:500],
        "body": entry.body,
        "address": entry.address[:300],
        "workspace_address": entry.workspace_address[:300],
        "is_public": entry.is_public,
    }
    SearchEntry.objects.update_or_create(key=audit.key(thing), defaults=fields)


def refresh_many(things: Iterable[models.Model]) -> None:
    rows = []
    given = list(things)
    others = {(type(other), other.pk): other for other in (t.found_with() for t in given if isinstance(t, FoundWith))}
    for thing in [*given, *others.values()]:
        if isinstance(thing, Findable):
            e = thing.search_entry()
            rows.append(
                SearchEntry(
                    key=audit.key(thing),
                    kind=e.kind[:40],
                    title=e.title[:500],
                    body=e.body,
                    address=e.address[:300],
                    workspace_address=e.workspace_address[:300],
                    is_public=e.is_public,
                )
            )
    SearchEntry.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["kind", "title", "body", "address", "workspace_address", "is_public"],
    )


def refresh_others(gone: models.Model) -> None:
    """After a row is removed: what was found by its words is not any more."""
    if isinstance(gone, FoundWith):
        refresh(gone.found_with())


def forget(thing: models.Model) -> None:
    SearchEntry.objects.filter(key=audit.key(thing)).delete()


def _fts5_query(words: str) -> str:
    """Each word as a quoted prefix, so that what people type can never be an operator."""
    given = words.replace('"', " ").replace("\x00", " ").split()[:12]
    return " ".join(f'"{w}"*' for w in given if any(c.isalnum() for c in w))


def _tsquery(words: str) -> str:
    cleaned = ["".join(c for c in w if c.isalnum()) for w in words.split()[:12]]
    return " & ".join(f"{w}:*" for w in cleaned if w)


MOST_RANKED = 1000  # of a word that many more things have, the newest so many are ranked

_SQLITE_NEWEST = """
    SELECT rowid FROM core_search_words WHERE core_search_words MATCH %s ORDER BY rowid DESC LIMIT %s"""
_SQLITE = """
    SELECT w.rowid FROM core_search_words w WHERE core_search_words MATCH %s AND w.rowid >= %s
    ORDER BY bm25(core_search_words, 5.0, 1.0, 0.0), w.title LIMIT %s"""
_POSTGRES = """
    WITH asked AS MATERIALIZED (SELECT to_tsquery('simple', floreo_plain(%s)) AS words), newest AS MATERIALIZED (
        SELECT e.id, e.title, e.words FROM core_searchentry e
        WHERE e.words @@ to_tsquery('simple', floreo_plain(%s)) AND {seen} ORDER BY e.id DESC LIMIT %s)
    SELECT n.id FROM newest n, asked ORDER BY ts_rank(n.words, asked.words) DESC, n.title LIMIT %s"""


def find(
    words: str, *, public_only: bool, known: Collection[str] = (), kinds: Collection[str] = (), most: int = 200
) -> list[SearchEntry]:
    """What matches every word (as prefixes), best first, `most` at most; a title counts five times its body. Where more than
    MOST_RANKED match, the newest of them. `public_only` is the stranger's view; else only kinds in `known` are found, and
    internal things of those in `kinds` alone: whoever shows them asks each thing's own rule as well."""
    if not (public_only or known):
        return []
    on_this_database = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    ids = on_this_database(words, public_only=public_only, known=known, kinds=kinds, most=most)
    entries = SearchEntry.objects.in_bulk(ids)
    return [entries[i] for i in ids if i in entries]


def _on_sqlite(
    words: str, *, public_only: bool, known: Collection[str], kinds: Collection[str], most: int
) -> list[int]:
    asked = _fts5_query(words)
    if not asked:
        return []
    seen = ["public"] if public_only else [f"public{_one_word(kind)}" for kind in known]
    if not public_only:
        seen += [f"inside{_one_word(kind)}" for kind in kinds if kind in known]
    query = f"{{title body}} : ({asked}) AND seen : ({' OR '.join(seen)})"
    with connection.cursor() as cursor:
        cursor.execute(_SQLITE_NEWEST, [query, MOST_RANKED])
        newest = [row[0] for row in cursor.fetchall()]
        if not newest:
            return []
        cursor.execute(_SQLITE, [query, newest[-1], most])
        return [row[0] for row in cursor.fetchall()]


def _one_word(kind: str) -> str:
    """As migrations/_search_index.py writes it. Kinds come from code and are letters with underscores between them."""
    return kind.replace("_", "")


def _on_postgresql(
    words: str, *, public_only: bool, known: Collection[str], kinds: Collection[str], most: int
) -> list[int]:
    asked = _tsquery(words)
    if not asked:
        return []
    seen, named = "e.is_public", list[str]()
    if not public_only:
        all_known, all_kinds = (", ".join(["%s"] * len(them)) for them in (known, kinds))
        inside = f" OR e.kind IN ({all_kinds})" if kinds else ""
        seen, named = f"e.kind IN ({all_known}) AND (e.is_public{inside})", [*known, *kinds]
    statement = _POSTGRES.format(seen=seen)  # only placeholders go in, never words
    with connection.cursor() as cursor:
        cursor.execute(statement, [asked, asked, *named, MOST_RANKED, most])
        return [row[0] for row in cursor.fetchall()]


def in_readers_text(entries: Iterable[SearchEntry]) -> list[SearchEntry]:
    """The same, each titled in the reader's language where a person translated it: one query for each kind."""
    found = list(entries)
    keys: dict[str, list[str]] = {}
    for entry in found:
        label, _colon, pk = entry.key.partition(":")
        keys.setdefault(label, []).append(pk)
    for label, pks in keys.items():
        model = apps.get_model(label)
        if not issubclass(model, Translated):
            continue
        named = {f"{label}:{pk}": thing.named() for pk, thing in model._default_manager.in_bulk(pks).items()}
        for entry in found:
            entry.title = named.get(entry.key, entry.title)
    return found
