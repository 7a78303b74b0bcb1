"""Texts of records as a gettext file (PO), for a translator's program or Weblate, and such a file read back. Writes nothing.

Each text is one message: `msgctxt` names record and field, `msgid` is the text as it was written, `msgstr` its translation."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from babel import Locale, localedata
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po
from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core import languages
from floreo.core.delimited import Problem
from floreo.core.errors import Refused
from floreo.core.language_codes import SOURCE, base
from floreo.core.policy import things_seen
from floreo.packs.translating import KINDS, Text, TextKind, kinds, texts_of

MOST_BYTES = 20 * 1024 * 1024
MOST_TEXTS = 50_000
AT_ONCE = 500


def written(texts: Iterable[Text], language: str) -> bytes:
    """The file of a language: every text that is translated into it, with its translation where there is one."""
    catalogue = Catalog(
        locale=Locale.parse(language) if localedata.exists(language) else None,
        project="Floreo",
        msgid_bugs_address="",
        header_comment=f"# {settings.SITE_ADDRESS}",
        fuzzy=False,
    )
    for text in texts:
        if not text.takes(language):
            continue
        catalogue.add(
            text.source,
            text.in_language(language),
            context=text.name,
            auto_comments=[" ".join(f"{KINDS[type(text.row)][0]}: {text.called}".split())[:200]],
        )
    out = io.BytesIO()
    write_po(out, catalogue, width=0)
    head, line, rest = out.getvalue().partition(b"\n\n")
    # Babel names no language that the CLDR does not know; the file is read back by this line.
    if b'"Language: ' not in head:
        head += f'\n"Language: {language}\\n"'.encode()
    return head + line + rest


@dataclass
class Change:
    """One text that the file changes."""

    row: Any
    field: str
    before: str
    after: str


@dataclass
class Read:
    """What a file holds."""

    name: str
    sha256: str
    language: str
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    same: int = 0
    empty: int = 0  # texts without a translation, and those that a program only guessed


def read(content: bytes, name: str, viewer: object) -> Read:
    """What a file would change, and a sentence for each text that cannot be taken. Raises Refused where nothing can be read."""
    catalogue = _catalogue(content)
    found = Read(name[:200], hashlib.sha256(content).hexdigest(), _language(content, catalogue))
    messages = [each for each in catalogue if each.id]
    if len(messages) > MOST_TEXTS:
        raise Refused(_("This file has more than %(most)d texts. Split it.") % {"most": MOST_TEXTS}, code="too_many")
    known: set[str] = set()
    for start in range(0, len(messages), AT_ONCE):
        part = messages[start : start + AT_ONCE]
        seen = things_seen({_record(each) for each in part} - {""}, viewer)
        for message in part:
            try:
                _take(message, seen, found, viewer, known)
            except _Wrong as wrong:
                found.problems.append(Problem(message.lineno or 0, str(message.context or ""), str(wrong)))
    return found


class _Wrong(Exception):  # noqa: N818 -- a sentence about one text
    pass


def _catalogue(content: bytes) -> Catalog:
    if len(content) > MOST_BYTES:
        raise Refused(_("This file is larger than %(n)d MB. Split it.") % {"n": MOST_BYTES >> 20}, code="too_large")
    try:
        content.decode("utf-8")
        return read_po(io.BytesIO(content), ignore_obsolete=True, abort_invalid=True)
    except (PoFileError, ValueError, LookupError, IndexError) as problem:
        sentence = _("This is no file of translations (PO, in UTF-8): %(why)s")
        raise Refused(sentence % {"why": str(problem)[:200]}, code="bad_file") from problem


def _language(content: bytes, catalogue: Catalog) -> str:
    """By its head: a language of the site."""
    head = dict(catalogue.mime_headers)
    named = base(str(head.get("Language", "") or ""))
    if not named:
        for line in content.decode("utf-8").splitlines()[:40]:
            if line.startswith('"Language: '):
                named = base(line.removeprefix('"Language: ').partition("\\n")[0].strip())
    if named not in languages.site() or named == SOURCE == languages.first():
        words = {"language": languages.named(named) if named else "–"}
        words["languages"] = ", ".join(languages.name(code) for code in languages.others()) or "–"
        raise Refused(
            _("This file names the language %(language)s. The texts here are translated into: %(languages)s.") % words,
            code="other_language",
        )
    return named


def _record(message: Message) -> str:
    return str(message.context or "").rpartition("/")[0]


def _take(message: Message, seen: Any, found: Read, viewer: object, known: set[str]) -> None:
    if not message.context:
        raise _Wrong(_("It does not name its record. Keep the lines that begin with msgctxt."))
    if message.context in known:
        raise _Wrong(_("It is there twice."))
    known.add(message.context)
    after = message.string if isinstance(message.string, str) else ""
    if not after.strip() or message.fuzzy:
        found.empty += 1
        return
    text = _text(message, seen, viewer)
    if not text.takes(found.language):
        raise _Wrong(_("It is written in this language."))
    after = after.strip()
    if text.in_language(found.language) == after:
        found.same += 1
        return
    most = getattr(text.field, "max_length", None)
    if most and len(after) > most:
        raise _Wrong(_("It is longer than %(most)d characters.") % {"most": most})
    found.changes.append(Change(text.row, text.field.name, text.in_language(found.language), after))


def _text(message: Message, seen: Any, viewer: object) -> Text:
    """What is here under that name. What the reader may not see is as if it were not there."""
    row, name = seen.get(_record(message)), str(message.context).rpartition("/")[2]
    text = next((each for each in texts_of(row, viewer) if each.field.name == name), None) if row is not None else None
    if text is None or type(row) not in KINDS:
        raise _Wrong(_("There is no such text here."))
    if not _kind(row).may_write(viewer):
        raise _Wrong(_("You may not change it."))
    if text.source != message.id:
        raise _Wrong(_("The text was changed since this file was made. Translate it as it is now."))
    return text


def _kind(row: Any) -> TextKind:
    return next(kind for kind in kinds().values() if kind.model is type(row))
