"""Files of reports and cases: any content, since a report may bring the very program that did the harm. Kept under a random
name, described by content, handed out as a download and never shown inline."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from floreo.core import cage
from floreo.core.uploads import disk_full
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.files import tidy
from floreo.evidence.presenters import unwelcome_sentence
from floreo.evidence.sniffing import Unwelcome, ending_of
from floreo.incidents.incoming import IncomingFile

_SAME = {"jpeg": "jpg", "jpe": "jpg", "tiff": "tif", "htm": "html", "log": "txt", "eml": "txt", "csv": "txt"}


@dataclass(frozen=True)
class Kept:
    """Where a file lies now, and what it is."""

    place: str
    name: str
    media_type: str
    size: int
    sha256: str
    doubt: str


def store(given: IncomingFile) -> Kept:
    """Puts the bytes on the disk, before the transaction of the row that names them. What cannot be recognised or is not
    welcome as a document is kept all the same, with its doubt. Raises Refused when the disk is full."""
    name = tidy(given.name)
    media_type, doubt = _described(given.content, name)
    place = f"incidents/{secrets.token_hex(16)}"
    try:
        place = default_storage.save(place, ContentFile(given.content))
    except OSError as error:
        raise disk_full(error) from error
    digest = hashlib.sha256(given.content).hexdigest()
    return Kept(place, name, media_type, len(given.content), digest, doubt)


@contextmanager
def stored(given: Iterable[IncomingFile]) -> Iterator[list[Kept]]:
    """All of them on the disk for rows that are made within. Where one of them or the rows are refused, none stays."""
    kept: list[Kept] = []
    try:
        for each in given:
            kept.append(store(each))
        yield kept
    except BaseException:
        let_all_go(kept)
        raise


def let_all_go(kept: Iterable[Kept]) -> None:
    for each in kept:
        let_go(each.place)


def let_go(place: str) -> None:
    """A file whose row was not made does not stay."""
    default_storage.delete(place)


def _described(content: bytes, name: str) -> tuple[str, str]:
    unknown = "application/octet-stream"
    if not content:
        return unknown, _("“%(name)s” is empty.") % {"name": name}
    try:
        kind = kind_in_a_cage(io.BytesIO(content), name)
    except Unwelcome as refusal:
        return unknown, unwelcome_sentence(refusal, name)[:300]
    except cage.Died:
        return unknown, _("The type of “%(name)s” could not be read.") % {"name": name}
    called = _SAME.get(ending_of(name), ending_of(name))
    if called and called != _SAME.get(kind.ending, kind.ending):
        words = {"name": name, "kind": kind.ending.upper()}
        return kind.media_type, (_("“%(name)s” is called otherwise than its content: it is a %(kind)s file.") % words)[
            :300
        ]
    return kind.media_type, ""
