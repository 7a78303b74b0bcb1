"""Files of the vault on the disk: put there before the row is made, checked against their hash ever after."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from floreo.core.errors import Missing
from floreo.core.uploads import disk_full
from floreo.evidence.models import Evidence, EvidenceKind

_BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Broken:
    """A file that is not as it was kept."""

    evidence: Evidence
    is_gone: bool

    def __str__(self) -> str:
        words = {"title": self.evidence.title, "code": self.evidence.code}
        if self.is_gone:
            return _("The file of “%(title)s” (%(code)s) is no longer on the disk. Restore it from a backup.") % words
        return _("The file of “%(title)s” (%(code)s) is not the one that was saved: its hash differs.") % words


def tidy(name: str) -> str:
    """A file's name as data: no folders, nothing that cannot be seen."""
    cleaned = "".join(c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()).strip(" .")
    return cleaned[-200:] or _("file")


def digest_of(opened: BinaryIO | File[Any]) -> str:
    opened.seek(0)
    total = hashlib.sha256()
    while block := opened.read(_BLOCK):
        total.update(block)
    opened.seek(0)
    return total.hexdigest()


def put(opened: BinaryIO | UploadedFile[Any], *, folder: str = "evidence") -> str:
    """Keeps the bytes under a random name and gives that. A disk that is full leaves nothing behind."""
    name = f"{folder}/{secrets.token_hex(16)}"
    try:
        return default_storage.save(name, File(opened))
    except OSError as error:
        Path(default_storage.path(name)).unlink(missing_ok=True)
        raise disk_full(error) from error


def put_once(name: str, path: Path) -> None:
    """A file whose place follows from its content: there already, or put there."""
    if default_storage.exists(name):
        return
    try:
        with path.open("rb") as opened:
            default_storage.save(name, File(opened))
    except OSError as error:
        raise disk_full(error) from error


def let_go(name: str) -> None:
    """A file whose row was not made does not stay."""
    default_storage.delete(name)


def opened_file(evidence: Evidence) -> Any:
    """The file, open. Raises Missing with a sentence when it is gone from the disk, or there never was one."""
    if evidence.kind != EvidenceKind.FILE:
        raise Missing
    try:
        return evidence.file.open("rb")
    except OSError:
        raise Missing(
            _("This file is no longer on the server. Contact the secretariat: it can be restored from a backup.")
        ) from None


def verify_files() -> Iterator[Broken]:
    """Every file that is gone from the disk, or is not the one that was kept."""
    for evidence in Evidence.objects.filter(kind=EvidenceKind.FILE).order_by("pk").iterator(chunk_size=200):
        try:
            with evidence.file.open("rb") as opened:
                if digest_of(opened) != evidence.sha256:
                    yield Broken(evidence, is_gone=False)
        except OSError:
            yield Broken(evidence, is_gone=True)
