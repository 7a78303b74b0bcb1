"""What a PDF may not hold, however it is written: an action that starts a program. Runs in the cage (caged.py).

Names may be written with #xx for any character, and objects may lie packed in streams (ISO 32000-2, 7.3.5 and 7.5.7)."""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator

from floreo.evidence.sniffing import DOS_PROGRAM, PDF, Kind, Unwelcome

_UNPACKED = 256 * 1024 * 1024  # bytes of all streams
_LOOK = 512
_OBJECTS = re.compile(rb"\s*[\d%]")  # packed objects begin with their numbers
_STREAM = re.compile(rb"\bstream\r?\n")


def _name(text: str) -> re.Pattern[bytes]:
    """A name, each character of it plain or as #xx; nothing that belongs to a longer name follows."""
    letters = "".join(f"(?:{letter}|#{ord(letter):x})" for letter in text)
    return re.compile(rb"/" + letters.encode() + rb"(?![^\x00\t\n\f\r ()<>\[\]{}/%])")


def _any_case(pattern: re.Pattern[bytes]) -> re.Pattern[bytes]:
    return re.compile(
        re.sub(rb"#([0-9a-f])([a-f])", lambda m: b"#" + m[1] + b"[" + m[2] + m[2].upper() + b"]", pattern.pattern)
    )


_LAUNCH, _PACKED_OBJECTS, _ENCRYPTED = (_any_case(_name(n)) for n in ("Launch", "ObjStm", "Encrypt"))

_ADDRESS = rb"\(https?:[^\s()<>]{0,2000}\)"  # a text in one piece: a path that ends in /Launch is no name
_LAUNCH_OR_ADDRESS = re.compile(_ADDRESS + rb"|(" + _LAUNCH.pattern + rb")")


def _starts_program(text: bytes) -> bool:
    return any(found[1] for found in _LAUNCH_OR_ADDRESS.finditer(text))


def kind_of_pdf(body: bytes) -> Kind:
    """Raises Unwelcome for a PDF that starts a program, carries one openly, or has packed objects that nobody can look into."""
    if DOS_PROGRAM in body or _starts_program(body):
        raise Unwelcome("starts_program")
    if _PACKED_OBJECTS.search(body) or _ENCRYPTED.search(body):
        for text in (*_unpacked(body), *_by_a_reader(body)):
            if _starts_program(text):
                raise Unwelcome("starts_program")
    return PDF


def _unpacked(body: bytes) -> Iterator[bytes]:
    """All that can be unpacked as it lies there, whatever the file's own table says of it: readers repair broken tables."""
    left = _UNPACKED
    for found in _STREAM.finditer(body):
        end = body.find(b"endstream", found.end())
        packed = memoryview(body)[found.end() : end if end >= 0 else len(body)]
        try:
            if not _OBJECTS.match(zlib.decompressobj().decompress(packed[:_LOOK], _LOOK)):
                continue  # a picture, a font, a page
            text = zlib.decompressobj().decompress(packed, left)
        except zlib.error:
            continue
        left -= len(text)
        if left <= 0:
            raise Unwelcome("bomb")
        yield text


def _by_a_reader(body: bytes) -> Iterator[bytes]:
    """Packed objects that are encrypted, or packed in another way than most."""
    # late: large, and few files need it
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError
    from pypdf.generic import IndirectObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    is_locked = False
    try:
        reader = PdfReader(io.BytesIO(body))
        is_locked = bool(reader.is_encrypted and not reader.decrypt(""))
        streams = () if is_locked else {number for number, _place in reader.xref_objStm.values()}
        for number in streams:
            text = reader.get_object(IndirectObject(number, 0, reader))
            yield text.get_data() if text is not None and hasattr(text, "get_data") else b""
    except MemoryError:
        raise
    except (PyPdfError, Exception):  # what it raises over a broken file is its own; as it lies there it was looked at
        is_locked = is_locked or bool(_ENCRYPTED.search(body))
    if is_locked:
        raise Unwelcome("locked")
