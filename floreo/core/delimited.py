"""Tables that people send as text: the encoding told from the bytes, the separator from the header, and each row with its line."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext as _

from floreo.core.errors import Refused

MIXED = "UTF-8, cp1252"  # some lines in the one, some in the other


def plain(text: str) -> str:
    """Without accents, case and spare spaces: how names of columns and choices are compared."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("_", " ").split())


def decoded(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding. A file put together of several, whose lines are in two encodings, is read line by line. Raises
    Refused for what is no text."""
    for encoding in _likely(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.lstrip("\ufeff"), "UTF-8" if encoding == "utf-8-sig" else encoding
    found = _line_by_line(content) if b"\x00" not in content else None
    if found is None:
        raise Refused(
            _("This file is not text in UTF-8, UTF-16 or Windows-1252. Save it as “CSV UTF-8” and try again."),
            code="no_text",
        )
    return found


def _likely(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in content[:400]:  # without its mark: each Latin letter has a zero beside it
        return ("utf-16-le", "utf-16-be") if content[1:2] == b"\x00" else ("utf-16-be", "utf-16-le")
    return ("utf-8-sig",)


def _line_by_line(content: bytes) -> tuple[str, str] | None:
    """Each line in UTF-8 where it is that, else in Windows-1252; None where a line is neither."""
    lines, seen = [], set()
    for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        for encoding in ("utf-8", "cp1252"):
            try:
                lines.append(line.decode(encoding))
            except UnicodeDecodeError:
                continue
            if not line.isascii():
                seen.add(encoding)
            break
        else:
            return None
    return "\n".join(lines), MIXED if len(seen) > 1 else "cp1252"


def rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row with its line in the file; commas, semicolons or tabs part them, whichever the header has most. Raises
    csv.Error where the file breaks off."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells
