"""Whether bytes are a workbook of sane size, before anything opens it. Plain Python: it runs within the cage (core/cage.py)."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum

OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # how files of Excel before 2007 begin


class Wrong(StrEnum):
    """What keeps bytes from being read as a workbook."""

    OLD = "old_excel"
    BROKEN = "unreadable"  # no archive that can be opened
    NOT_ONE = "not_a_workbook"  # an archive of something else
    TOO_LARGE = "too_large"  # it unpacks to more than may be


def what_is_wrong(content: bytes, *, most_parts: int, most_bytes: int) -> Wrong | None:
    """None for a workbook that unpacks to at most `most_bytes` in `most_parts`, by its own table of contents. An archive packed in a
    way that this Python does not know (NotImplementedError) is broken."""
    if content.startswith(OLD_EXCEL):
        return Wrong.OLD
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return Wrong.BROKEN
    if len(parts) > most_parts or sum(part.file_size for part in parts) > most_bytes:
        return Wrong.TOO_LARGE
    return None if "xl/workbook.xml" in {part.filename for part in parts} else Wrong.NOT_ONE
