"""Texts of records in other languages: one record by hand, or many from a file, which is undone as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from floreo.core import clock, languages
from floreo.core.access import Actor, Permission, must
from floreo.core.action import action, note, trail
from floreo.core.errors import Missing, Refused
from floreo.core.keys import key, things_of
from floreo.core.language_codes import SOURCE
from floreo.core.writing import lock_latest, save
from floreo.packs.models import TranslationImport
from floreo.packs.translating import KINDS, texts_of
from floreo.packs.translation_files import Read

NEEDS = Permission.PLAN_EDIT
MOST_ROWS = 5_000  # records that one import changes


@action("texts.translated", needs=NEEDS, quiet=True)
def translate_texts(
    thing: Any, *, by: Actor, texts: Mapping[str, Mapping[str, str]], version: int | None = None
) -> Any:
    """What the texts of a record say in other languages of the site: {"fr": {"title": "…"}}. An empty one removes the translation."""
    must_be_writable(thing, by)
    fresh = lock_latest(thing, version)
    here = {text.field.name: text for text in texts_of(fresh, by)}
    for language, words in texts.items():
        if not all(name in here and here[name].takes(language) for name in words):
            raise Missing
        for name, text in words.items():
            put(fresh, language, name, text)
    return save(fresh)


def must_be_writable(thing: Any, by: Actor) -> None:
    if type(thing) not in KINDS:
        raise Missing
    must(by, KINDS[type(thing)][1])


def put(thing: Any, language: str, name: str, text: str) -> None:
    """Puts one translation; an empty text removes it. In the site's first language it takes the place of the English that came with the
    program, which stays beside it."""
    if language == languages.first():
        setattr(thing, name, text.strip() or thing.translations[SOURCE][name])
        return
    kept = {code: dict(words) for code, words in thing.translations.items()}
    words = kept.setdefault(language, {})
    words.pop(name, None)
    if text.strip():
        words[name] = text.strip()
    thing.translations = {code: each for code, each in kept.items() if each}


def text_in(thing: Any, language: str, name: str) -> str:
    """What a text of a record says in a language, as `put` would write it."""
    if language == languages.first():
        return str(getattr(thing, name))
    return str(thing.translations.get(language, {}).get(name, ""))


@action("translations.imported", needs=NEEDS)
def import_translations(read: Read, *, by: Actor) -> TranslationImport:
    """Writes all that a file changes, at once. Refuses a file in which something is wrong, and one that changes nothing."""
    if read.problems:
        count = len(read.problems)
        sentence = ngettext(
            "Nothing was imported: %(count)d problem is to be corrected first.",
            "Nothing was imported: %(count)d problems are to be corrected first.",
            count,
        )
        raise Refused(sentence % {"count": count}, code="problems")
    if not read.changes:
        raise Refused(_("This file changes no text."), code="nothing")
    rows: dict[str, Any] = {}
    changed: list[list[str]] = []
    for change in read.changes:
        must_be_writable(change.row, by)
        row = rows.setdefault(key(change.row), change.row)
        put(row, read.language, change.field, change.after)
        changed.append([key(change.row), change.field, change.before, change.after])
    if len(rows) > MOST_ROWS:
        sentence = _("This file changes more than %(most)d records. Split it.")
        raise Refused(sentence % {"most": MOST_ROWS}, code="too_many")
    for row in rows.values():
        save(row)
    run = TranslationImport(at=clock.now(), by=by.actor_name[:200], name=read.name, sha256=read.sha256)
    run.language, run.texts, run.changed = read.language, len(changed), changed
    saved = save(run)
    trail().subject = saved
    note(file=read.name, sha256=read.sha256, language=read.language, texts=len(changed))
    return saved


@action("translations.import_undone", needs=NEEDS)
def undo_translations(run: TranslationImport, *, by: Actor) -> int:
    """Puts back what each text said before. Returns how many were left, since somebody changed them after the import."""
    fresh = lock_latest(run)
    if fresh.undone_at is not None:
        raise Refused(_("This import was undone already."), code="undone")
    things = things_of({name for name, _field, _before, _after in fresh.changed})
    touched: dict[str, Any] = {}
    left = 0
    for name, field, before, after in fresh.changed:
        thing = things.get(name)
        if thing is None or text_in(thing, fresh.language, field) != after:
            left += 1
            continue
        must_be_writable(thing, by)
        put(thing, fresh.language, field, before)
        touched[name] = thing
    for thing in touched.values():
        save(thing)
    fresh.undone_at = clock.now()
    save(fresh)
    trail().subject = fresh
    note(file=fresh.name, texts=len(fresh.changed) - left, left=left)
    return left
