"""Find anything by its words: SQLite FTS5 or PostgreSQL full text behind one function. Things say how they are found
by having `search_entry()`; what the public may find is decided there too."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase
from typing import Any, Protocol, runtime_checkable

from django.apps import apps
from django.db import connection, models

from floreo.core import among as _among  # noqa: F401 -- makes the lookup known
from floreo.core import audit
from floreo.core.models import SearchEntry, Translated
from floreo.core.passages import DIVIDES


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
    def search_entry(self) -> Entry | None: ...


@runtime_checkable
class FoundWith(Protocol):
    """A row whose words are those of another: `found_with` gives the other."""

    def found_with(self) -> models.Model: ...


@dataclass(frozen=True)
class Parts:
    """How a row is found by any part of its words: never by `find`, only by `with_parts`. `kind` is no kind that an app offers."""

    kind: str
    within: int  # the row that it belongs to, so that one is not sought among those of others
    text: str


@runtime_checkable
class FoundByParts(Protocol):
    def search_parts(self) -> Parts: ...


def spoken(thing: Translated) -> list[str]:
    """What it is called, in each language: its own first."""
    own = next(f for f in ("title", "name") if f in thing.translated_fields)
    texts = [getattr(thing, own), *(each.get(own, "") for each in thing.translations.values())]
    return [text for text in dict.fromkeys(texts) if text]


def in_each_language(thing: Translated, *fields: str) -> str:
    """Those fields in every language in which they are known, for a body: whoever seeks a word in one finds it in each. The
    languages are divided, so that what is shown of it is in one (`passages.passage`)."""
    own = [str(getattr(thing, name)) for name in fields]
    others = [[str(texts[name]) for name in fields if texts.get(name)] for texts in thing.translations.values()]
    return DIVIDES.join(filter(None, dict.fromkeys(" ".join(filter(None, each)) for each in (own, *others))))


def refresh(thing: models.Model) -> None:
    """Keeps the index in step with one saved thing."""
    if isinstance(thing, FoundWith):
        refresh(thing.found_with())
    for fields in _facts_of(thing):
        SearchEntry.objects.update_or_create(key=audit.key(thing), defaults=fields)


def refresh_many(things: Iterable[models.Model]) -> None:
    given = list(things)
    others = {(type(other), other.pk): other for other in (t.found_with() for t in given if isinstance(t, FoundWith))}
    every = [*given, *others.values()]
    SearchEntry.objects.bulk_create(
        [SearchEntry(key=audit.key(thing), **fields) for thing in every for fields in _facts_of(thing)],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["kind", "title", "body", "address", "workspace_address", "is_public"],
    )


def is_indexed(model: type[models.Model]) -> bool:
    """Whether rows of it are in the index."""
    return hasattr(model, "search_entry") or hasattr(model, "search_parts")


def _facts_of(thing: models.Model) -> list[dict[str, Any]]:
    """What the index holds of it; nothing of what is not found."""
    if isinstance(thing, Findable):
        e = thing.search_entry()
        return (
            []
            if e is None
            else [
                {
                    "kind": e.kind[:40],
                    "title": e.title[:500],
                    "body": e.body,
                    "address": e.address[:300],
                    "workspace_address": e.workspace_address[:300],
                    "is_public": e.is_public,
                }
            ]
        )
    if isinstance(thing, FoundByParts):
        parts = thing.search_parts()
        body = " ".join([_within(parts.within), *sorted(_parts_of(parts.text))])
        return [{"kind": parts.kind, "title": "", "body": body, "address": "", "is_public": False}]
    return []


def refresh_others(gone: models.Model) -> None:
    """After a row is removed: what was found by its words is not any more."""
    if isinstance(gone, FoundWith):
        refresh(gone.found_with())


def forget(thing: models.Model) -> None:
    SearchEntry.objects.filter(key=audit.key(thing)).delete()


def forget_many(things: Iterable[models.Model]) -> None:
    SearchEntry.objects.filter(key__in=[audit.key(thing) for thing in things if is_indexed(type(thing))]).delete()


def _fts5_query(words: str, beginning: str) -> str:
    """Each word quoted, so that what people type can never be an operator; `beginning` is "*" where the start of a word is
    enough."""
    given = words.replace('"', " ").replace("\x00", " ").split()[:12]
    return " ".join(f'"{w}"{beginning}' for w in given if any(c.isalnum() for c in w))


def _tsquery(words: str, beginning: str) -> str:
    """The same for PostgreSQL, where `beginning` is ":*"."""
    cleaned = ["".join(c for c in w if c.isalnum()) for w in words.split()[:12]]
    return " & ".join(f"{w}{beginning}" for w in cleaned if w)


# What more things have is not ranked: to weigh a word against all that have it takes longer than to find it. Of that many,
# whole words are enough, too: to gather all that begin so takes longest.
MOST_RANKED = 500

_SQLITE_NEWEST = """
    SELECT rowid FROM core_search_words WHERE core_search_words MATCH %s ORDER BY rowid DESC LIMIT %s"""
_SQLITE = """
    SELECT w.rowid FROM core_search_words w WHERE core_search_words MATCH %s
    ORDER BY bm25(core_search_words, 5.0, 1.0, 0.0), w.title LIMIT %s"""
_POSTGRES = """
    SELECT e.id FROM core_searchentry e, to_tsquery('simple', floreo_plain(%s)) AS asked
    WHERE e.id = ANY(%s) ORDER BY ts_rank(e.words, asked) DESC, e.title LIMIT %s"""
_POSTGRES_NEWEST = """
    SELECT e.id FROM core_searchentry e
    WHERE e.words @@ to_tsquery('simple', floreo_plain(%s)) AND {seen} ORDER BY e.id DESC LIMIT %s"""


def find(
    words: str, *, public_only: bool, known: Collection[str] = (), kinds: Collection[str] = (), most: int = 200
) -> list[SearchEntry]:
    """What matches every word (as prefixes), best first, `most` at most; a title counts five times its body. Where more than
    MOST_RANKED match, the newest first. `public_only` is the view of the public; else only kinds in `known` are found, and
    internal things of those in `kinds` alone: whoever shows them asks each thing's own rule as well."""
    if not (public_only or known):
        return []
    ids = _on_this_database()(words, public_only=public_only, known=known, kinds=kinds, most=most)
    # What a page does not show is not fetched: the words of whole files are among them.
    entries = {entry.pk: entry for entry in SearchEntry.objects.filter(pk__among=ids).defer("body")}
    wanted = _as_sought(words)
    # A thing of just that name goes before whatever only mentions it, however often.
    return sorted((entries[i] for i in ids if i in entries), key=lambda entry: _as_sought(entry.title) != wanted)


def _as_sought(text: str) -> str:
    """Without capitals, accents and signs."""
    return " ".join("".join(map(_same_sign, text)).split())


def rows_of(kind: str, words: str, *, most: int = 200) -> list[int]:
    """The primary keys of the rows of one kind that match, as `find` finds them. Whoever lists them asks the kind's own rule."""
    ids = _on_this_database()(words, public_only=False, known=[kind], kinds=[kind], most=most)
    keys = SearchEntry.objects.filter(pk__among=ids).values_list("key", flat=True)
    return [int(key.partition(":")[2]) for key in keys]


# --- Parts of words ---------------------------------------------------------------------------------------------------

# A list looks for words anywhere in a text, also in the middle of a word. So the index holds of each text every piece of three
# letters in its words. Whoever has all those of a word is few, and is asked for the word itself afterwards.
_PART = 3
_MARK = "zq"  # before each, so that nobody who looks for the beginning of a word walks through them
_SQLITE_PARTS = """
    SELECT e.key FROM core_search_words w JOIN core_searchentry e ON e.id = w.rowid
    WHERE core_search_words MATCH %s LIMIT %s"""
_POSTGRES_PARTS = """
    SELECT e.key FROM core_searchentry e WHERE e.words @@ to_tsquery('simple', %s) AND e.kind = %s LIMIT %s"""


def with_parts(kind: str, within: int, words: str, *, most: int) -> list[int] | None:
    """The primary keys of the rows of `kind` that belong to `within` and may hold every word, as letters and digits anywhere in their
    text: all that hold them are among these, and a few others. None where no word is long enough to decide, or more than `most` may."""
    wanted = sorted(_parts_of(words))
    if not wanted:
        return None
    every = [_within(within), *wanted]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES_PARTS, [" & ".join(every), kind, most + 1])
        else:
            cursor.execute(_SQLITE_PARTS, [f"body : ({' '.join(every)}) AND seen : inside{_one_word(kind)}", most + 1])
        keys = [key for (key,) in cursor.fetchall()]
    return [int(key.partition(":")[2]) for key in keys] if len(keys) <= most else None


def _within(pk: int) -> str:
    return f"{_MARK}within{pk}"


def _parts_of(text: str) -> set[str]:
    words = "".join(map(_same_sign, text)).split()
    return {f"{_MARK}{word[at : at + _PART]}" for word in words for at in range(len(word) - _PART + 1)}


@lru_cache(maxsize=4096)
def _same_sign(sign: str) -> str:
    """One sign as small letters and digits of ASCII; a space for what is neither. What either database takes for the same in
    `icontains` has to be the same here; what it does not may be the same, too."""
    found = ""
    for each in unicodedata.normalize("NFKD", sign.upper().casefold()):
        if each.isascii() and each.isalnum():
            found += each
        elif not each.isalnum():
            found += "" if unicodedata.combining(each) else " "
        else:
            found += ascii_lowercase[ord(each) % 26]
    return found


def _on_this_database() -> Callable[..., list[int]]:
    return _on_postgresql if connection.vendor == "postgresql" else _on_sqlite


def _on_sqlite(
    words: str, *, public_only: bool, known: Collection[str], kinds: Collection[str], most: int
) -> list[int]:
    whole, asked = _fts5_query(words, ""), _fts5_query(words, "*")
    if not asked:
        return []
    seen = ["public"] if public_only else [f"public{_one_word(kind)}" for kind in known]
    if not public_only:
        seen += [f"inside{_one_word(kind)}" for kind in kinds if kind in known]
    query = ""
    with connection.cursor() as cursor:
        for each in (whole, asked):
            query = f"{{title body}} : ({each}) AND seen : ({' OR '.join(seen)})"
            cursor.execute(_SQLITE_NEWEST, [query, MOST_RANKED])
            newest = [row[0] for row in cursor.fetchall()]
            if len(newest) == MOST_RANKED:
                return newest[:most]
        cursor.execute(_SQLITE, [query, most])
        return [row[0] for row in cursor.fetchall()]


def _one_word(kind: str) -> str:
    """As migrations/_search_index.py writes it. Kinds come from code and are words with underscores between them."""
    return kind.replace("_", "")


def _on_postgresql(
    words: str, *, public_only: bool, known: Collection[str], kinds: Collection[str], most: int
) -> list[int]:
    whole, asked = _tsquery(words, ""), _tsquery(words, ":*")
    if not asked:
        return []
    seen, named = "e.is_public", list[str]()
    if not public_only:
        all_known, all_kinds = (", ".join(["%s"] * len(them)) for them in (known, kinds))
        inside = f" OR e.kind IN ({all_kinds})" if kinds else ""
        seen, named = f"e.kind IN ({all_known}) AND (e.is_public{inside})", [*known, *kinds]
    statement = _POSTGRES_NEWEST.format(seen=seen)  # only placeholders go in, never words
    with connection.cursor() as cursor:
        newest: list[int] = []
        for each in (whole, asked):
            cursor.execute(statement, [each, *named, MOST_RANKED])
            newest = [row[0] for row in cursor.fetchall()]
            if len(newest) == MOST_RANKED:
                return newest[:most]
        cursor.execute(_POSTGRES, [asked, newest, most])
        return [row[0] for row in cursor.fetchall()]


def in_readers_text(entries: Iterable[SearchEntry]) -> list[SearchEntry]:
    """The same with the texts in which they were found, each titled in the reader's language where its kind knows how: one query for the
    texts, and one for each kind."""
    found = list(entries)
    bodies = dict(SearchEntry.objects.filter(pk__among=[entry.pk for entry in found]).values_list("pk", "body"))
    for entry in found:
        entry.body = bodies.get(entry.pk, "")
    keys: dict[str, list[str]] = {}
    for entry in found:
        label, _colon, pk = entry.key.partition(":")
        keys.setdefault(label, []).append(pk)
    for label, pks in keys.items():
        model = apps.get_model(label)
        if not hasattr(model, "named"):
            continue
        rows = model._default_manager.select_related(*getattr(model, "named_with", ())).in_bulk(pks)
        named = {f"{label}:{pk}": thing.named() for pk, thing in rows.items()}
        for entry in found:
            entry.title = named.get(entry.key, entry.title)
    return found
