"""Passwords that were in a breach, by a file that the operator keeps: nothing is asked of another machine.

The file is that of Have I Been Pwned, ordered by hash (`haveibeenpwned-downloader`): one line each, 40 hexadecimal digits of SHA-1, a
colon, a count. It may hold all 40 GB of them or the first million: a line is found in some forty short reads."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
_DIGITS = 40


class BreachedPasswordValidator:
    """Refuses what is in the file of FLOREO_BREACHED_PASSWORDS. Without a file nothing is refused here, nor with one that cannot
    be read: `floreo doctor` says so, and nobody is kept from a new password."""

    def validate(self, password: str, user: object = None) -> None:
        path = settings.BREACHED_PASSWORDS
        try:
            is_breached = bool(path) and is_in(Path(path), password)
        except OSError:
            log.exception("the list of breached passwords cannot be read")
            return
        if is_breached:
            sentence = _("This password was published in a data breach. Choose another.")
            raise ValidationError(sentence, code="password_breached")

    def get_help_text(self) -> str:
        return _("It must not have been published in a data breach.") if settings.BREACHED_PASSWORDS else ""


def is_in(path: Path, password: str) -> bool:
    """Whether the file has the password. Raises OSError where it cannot be read."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode("ascii")
    with path.open("rb") as file:
        low, high = 0, os.fstat(file.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            found = _line_at(file, middle)
            if not found or found >= wanted:
                high = middle
            else:
                low = middle + 1
        return _line_at(file, low) == wanted


def _line_at(file: BinaryIO, place: int) -> bytes:
    """The hash of the first line that begins at or after `place`; nothing at the end."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.readline()[:_DIGITS].upper()
