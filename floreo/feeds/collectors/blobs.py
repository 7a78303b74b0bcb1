"""Received bytes on the disk, under their hash: put there as they come, never changed, let go when they have aged."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from floreo.core.errors import Refused
from floreo.core.scanning import refuse_infected
from floreo.core.uploads import disk_full

_BLOCK = 1024 * 1024


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


@dataclass(frozen=True)
class Kept:
    """Bytes on the disk: their hash, and how many there are."""

    sha256: str
    size: int

    @property
    def path(self) -> Path:
        return path_of(self.sha256)


def folder() -> Path:
    return Path(settings.DATA) / "incoming-kept"


def path_of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


def store_bytes(opened: Readable, *, name: str = "", largest: int | None = None) -> Kept:
    """Puts what is read under its hash, block by block, and nothing when it is too large, empty, infected or has no room."""
    most = settings.REPORT_LARGEST if largest is None else largest
    temporary = folder() / f".{secrets.token_hex(8)}.part"
    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            kept = _copy(opened.read, out.write, most)
            out.flush()
            os.fsync(out.fileno())
        refuse_infected(temporary, name=name)
        kept.path.parent.mkdir(exist_ok=True, mode=0o700)
        _place(temporary, kept)
        sync_folder(kept.path.parent)  # the name, too, must be on the disk
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, ConnectionError | TimeoutError):  # what is read comes from a server: not our disk
            raise
        raise disk_full(error) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return kept


def _place(temporary: Path, kept: Kept) -> None:
    """Under its hash. Bytes that are there already stay the same file: whoever reads them in a cage was let to that one, and to no
    other that takes its name."""
    try:
        os.link(temporary, kept.path)
    except OSError:  # it is there, or this file system has no second names
        try:
            os.utime(kept.path)  # it was wanted now: nobody lets go of it as long unused
            is_whole = kept.path.stat().st_size == kept.size
        except FileNotFoundError:
            is_whole = False
        if not is_whole:
            temporary.replace(kept.path)
    temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(read: Callable[[int], bytes], write: Callable[[bytes], object], most: int) -> Kept:
    total, size = hashlib.sha256(), 0
    while block := read(_BLOCK):
        size += len(block)
        if size > most:
            sentence = _("The file is larger than %(limit)d MB. Send a smaller one.") % {"limit": most >> 20}
            raise Refused(sentence, code="too_large", fields={"file": sentence})
        total.update(block)
        write(block)
    if not size:
        sentence = _("The file is empty. Choose another.")
        raise Refused(sentence, code="empty", fields={"file": sentence})
    return Kept(total.hexdigest(), size)


def sha256_of(opened: Readable) -> str:
    """The hash of what is read, and nothing kept."""
    total = hashlib.sha256()
    while block := opened.read(_BLOCK):
        total.update(block)
    return total.hexdigest()
