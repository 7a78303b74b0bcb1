"""Finds how a text file's bytes represent characters: Unicode marks first, then which old code page makes sense."""

from __future__ import annotations

import re

from floreo.core.reading.document import Unreadable

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_LATIN = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"}
_OLD = ("cp1252", "mac_roman")
# What a right reading looks like: accents inside words, curly quotes around words, dashes between them.
_RIGHT = re.compile(
    r"(?<=[a-zA-Z])[áéíóúñüçè](?=[a-z\s.,;:)])|\b[ÁÉÍÓÚ](?=[a-z])|[¿¡](?=\w)|(?<=\w)’(?=\w)|“(?=\w)|(?<=[\w.,])”"
    r"|(?<=[\w\s])[–—](?=[\w\s])|(?<=^)[•·](?=\s)",
    re.MULTILINE,
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def decode(data: bytes, *, name: str, declared: str = "") -> str:
    """The bytes as text. `declared` is what the file states about itself: believed only if the bytes are not plain UTF-8."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding, name=name)
    if b"\x00" in data[:2000]:
        little = data[1:2000:2].count(0) >= data[0:2000:2].count(0)
        return _decoded(data, "utf-16-le" if little else "utf-16-be", name=name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _as_declared(data, declared) or _old_code_page(data)


def _as_declared(data: bytes, declared: str) -> str:
    if not declared:
        return ""
    try:
        # Pages that claim latin-1 mean cp1252, by the rules every browser follows.
        return data.decode("cp1252" if declared in _LATIN else declared)
    except (LookupError, UnicodeDecodeError):
        return ""


def _decoded(data: bytes, encoding: str, *, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("damaged", name=name) from error


def _old_code_page(data: bytes) -> str:
    readings = [data.decode(encoding, errors="replace") for encoding in _OLD]
    return max(readings, key=_sense)


def _sense(text: str) -> float:
    """Share of the non-ASCII characters that are where such characters belong."""
    return len(_RIGHT.findall(text)) / max(len(_NOT_ASCII.findall(text)), 1)
