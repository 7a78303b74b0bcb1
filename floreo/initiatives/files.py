"""The file of an entry: looked at in a cage, without what a camera adds, under a random name, handed out as a download only."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from floreo.core import cage
from floreo.core.errors import Missing
from floreo.core.scanning import refuse_infected
from floreo.core.uploads import disk_full
from floreo.core.writing import refuse
from floreo.evidence.caged import kind_in_a_cage
from floreo.evidence.files import tidy
from floreo.evidence.presenters import unwelcome_sentence
from floreo.evidence.sniffing import Unwelcome
from floreo.initiatives.logic import LARGEST
from floreo.initiatives.models import CompetitionEntry
from floreo.initiatives.pictures import without_metadata

TAKEN = frozenset({"pdf", "png", "jpg", "jpeg", "gif", "webp", "docx", "pptx", "odt", "odp", "txt", "mp4"})


@dataclass(frozen=True)
class KeptFile:
    """Where a file lies now, and what it is."""

    place: str
    name: str
    media_type: str
    size: int


@contextmanager
def kept(upload: UploadedFile[Any] | None) -> Iterator[KeptFile | None]:
    """The file on the disk for a row that is made within. Where the file or the row is refused, nothing stays."""
    if upload is None:
        yield None
        return
    found = _store(upload)
    try:
        yield found
    except BaseException:
        let_go(found.place)
        raise


def _store(upload: UploadedFile[Any]) -> KeptFile:
    name = tidy(upload.name or "")
    if upload.size is not None and upload.size > LARGEST:
        raise refuse("file", _("The file is larger than %(limit)d MB. Send a smaller one.") % {"limit": LARGEST >> 20})
    try:
        kind = kind_in_a_cage(upload, name)
    except Unwelcome as refusal:
        raise refuse("file", unwelcome_sentence(refusal, name), code="unwelcome") from refusal
    except cage.Died as end:
        raise refuse("file", _("The type of “%(name)s” could not be read.") % {"name": name}) from end
    if kind.ending not in TAKEN:
        sentence = _("Send a picture, a document (PDF, Word, PowerPoint, OpenDocument, text) or a video in MP4.")
        raise refuse("file", sentence, code="unwelcome")
    refuse_infected(upload, name=name)
    upload.seek(0)
    content = without_metadata(upload.read())
    try:
        place = default_storage.save(f"competitions/{secrets.token_hex(16)}", ContentFile(content))
    except OSError as error:
        raise disk_full(error) from error
    stem = name.rsplit(".", 1)[0] or "file"
    return KeptFile(place, f"{stem}.{kind.ending}"[-200:], kind.media_type, len(content))


def let_go(place: str) -> None:
    """A file whose row is gone does not stay."""
    if place:
        default_storage.delete(place)


def download(entry: CompetitionEntry) -> FileResponse:
    """As a download under the entry's number, never shown inside a page: what people outside send does not run here."""
    if not entry.file:
        raise Missing
    try:
        opened = entry.file.open("rb")
    except OSError as gone:
        raise Missing(_("The file is no longer on the disk. Restore it from a backup.")) from gone
    ending = entry.file_name.rpartition(".")[2]
    response = FileResponse(opened, as_attachment=True, filename=f"{entry.reference}.{ending}")
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
