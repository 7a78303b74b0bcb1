"""Uploads: how large, and what happens when there is no room."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
    UploadFileException,
)
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _

from floreo.core import full
from floreo.core.errors import Refused

log = logging.getLogger(__name__)
V = TypeVar("V", bound=Callable[..., Any])
_PIECE = 64 * 1024
_PATIENCE = 5  # how many times the limit may still come after it


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal. Raises OSError."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def disk_full(error: OSError) -> Refused:
    """The sentence for a disk that would not take a file. Anything but a full disk is logged."""
    if error.errno not in full.ERRORS:
        log.error("a file could not be kept", exc_info=error)
    return Refused(
        _(
            "There is no space on the server for this file. Nothing was saved. Contact the server administrator"
            " and try again later."
        ),
        code="disk_full",
    )


class DurableStorage(FileSystemStorage):
    """A file is on the disk, and so is its name, before the row that names it is written."""

    def _save(self, name: str, content: File[Any]) -> str:
        kept: str = super()._save(name, content)  # type: ignore[misc]  # the stubs have only what it is called by
        path = Path(self.path(kept))
        for each in (path, path.parent):
            handle = os.open(each, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        return kept


_ORPHAN_AFTER = 86400.0  # seconds


def let_go_of_orphans() -> int:
    """Removes files that no row names: of a process that was killed between the two. Returns how many."""
    fields = [
        (model, field.name, field.upload_to.strip("/"))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField) and isinstance(field.upload_to, str)
    ]
    count = 0
    for folder in {folder for _model, _name, folder in fields}:
        here = Path(default_storage.path(folder))
        old = [p for p in here.glob("*") if p.is_file() and time.time() - p.stat().st_mtime > _ORPHAN_AFTER]
        names = {f"{folder}/{path.name}": path for path in old}
        for model, field, _folder in fields:
            for name in model._default_manager.values_list(field, flat=True).iterator():
                names.pop(name, None)
        for path in names.values():
            path.unlink(missing_ok=True)
        count += len(names)
    return count


class TooLarge(UploadFileException, Refused):
    """An upload past the limit: refused while it arrives, before it reaches the disk."""

    def __init__(self, largest: int) -> None:
        limit = largest // (1024 * 1024)
        Refused.__init__(
            self, _("The file is larger than %(limit)d MB. Send a smaller one.") % {"limit": limit}, code="too_large"
        )


Allowed = Callable[[HttpRequest], int]


def takes_up_to(allowed: Allowed) -> Callable[[V], V]:
    """Marks a view whose uploads may be larger (or must be smaller) than others', as `allowed` says of each request: a
    request's files arrive before the view is called."""

    def mark(view: V) -> V:
        view.upload_largest = allowed  # type: ignore[attr-defined]  # read by largest_of
        return view

    return mark


def largest_of(request: HttpRequest | None) -> int:
    """How much may be uploaded with this request."""
    match = getattr(request, "resolver_match", None)
    allowed: Allowed | None = getattr(match.func, "upload_largest", None) if match else None
    return allowed(request) if allowed is not None and request is not None else int(settings.UPLOAD_LARGEST)


class CappedUploadHandler(FileUploadHandler):
    """Counts what arrives over all files of a request; past the limit the rest is let go and the form gets the reason."""

    def __init__(self, request: object = None) -> None:
        super().__init__(request)  # type: ignore[arg-type]  # the stubs forget that Django passes None
        self.received = 0
        self.largest = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        self.largest = self.largest or largest_of(self.request)
        if self.received > self.largest:
            if self.request is not None:
                self.request.upload_refused = TooLarge(self.largest)  # type: ignore[attr-defined]  # read by uploaded_file
            raise StopUpload(connection_reset=not self._let_go())
        return raw_data

    def _let_go(self) -> bool:
        """Reads what is still to come and forgets it, piece by piece, so that the browser gets the answer: Django
        would read it by lines, and a video may be one line of two gigabytes. False when far too much is to come: then
        the connection is cut."""
        left = self.largest * _PATIENCE
        while self.request is not None and left > 0:
            read = len(self.request.read(_PIECE))
            if not read:
                return True
            left -= read
        return False

    def file_complete(self, file_size: int) -> None:
        return None


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """Django's handler that writes to a temporary file; a full disk becomes a sentence, not a broken page."""

    def new_file(self, *args: object, **more: object) -> None:
        try:
            super().new_file(*args, **more)  # type: ignore[arg-type]  # handed on as they came
        except OSError as error:
            self._stop(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._stop(error)
            return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        try:
            self.file.flush()
            return super().file_complete(file_size)
        except OSError as error:
            self._stop(error)
            return None

    def _stop(self, error: OSError) -> None:
        if self.request is not None:
            self.request.upload_refused = disk_full(error)  # type: ignore[attr-defined]  # read by uploaded_file
        raise StopUpload(connection_reset=False) from error


def uploaded_file(request: HttpRequest, name: str) -> UploadedFile[Any]:
    """The file of that field. Raises Refused, tied to the field, when it was stopped, is missing or empty."""
    given = request.FILES.get(name)
    stopped = getattr(request, "upload_refused", None)
    if isinstance(stopped, Refused):
        raise Refused(stopped.sentence, code=stopped.code, fields={name: stopped.sentence})
    if not isinstance(given, UploadedFile):
        sentence = _("Choose a file first.")
        raise Refused(sentence, code="no_file", fields={name: sentence})
    if not given.size:
        sentence = _("The file “%(name)s” is empty. Choose another.") % {"name": given.name}
        raise Refused(sentence, code="empty", fields={name: sentence})
    return given
