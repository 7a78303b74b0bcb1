"""Pictures without what a camera adds: where a photograph was taken is nobody's business, least of all of a minor's. Plain Python.

Only containers are read, never pixels: of a JPEG the segments of metadata go, of a PNG the chunks of text and metadata. What is not
understood is given back as it came."""

from __future__ import annotations

import struct

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_SCAN, _END = 0xDA, 0xD9
# APP1 (Exif, XMP), APP12, APP13 (IPTC) and comments. APP0 and APP14 say how colours are to be read and stay, as does APP2 (profile).
_DROPPED = frozenset({0xE1, 0xEC, 0xED, 0xFE})
_DROPPED_CHUNKS = frozenset({b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"})


def without_metadata(content: bytes) -> bytes:
    if content.startswith(_JPEG):
        return _jpeg(content)
    if content.startswith(_PNG):
        return _png(content)
    return content


def _jpeg(content: bytes) -> bytes:
    kept, at = [content[:2]], 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return content
        marker = content[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        if marker in (_SCAN, _END):  # the picture itself, to the end
            return b"".join([*kept, content[at:]])
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if length < 2 or at + 2 + length > len(content):
            return content
        if marker not in _DROPPED:
            kept.append(content[at : at + 2 + length])
        at += 2 + length
    return content


def _png(content: bytes) -> bytes:
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(content):
        length, name = struct.unpack(">I4s", content[at : at + 8])
        end = at + 12 + length
        if end > len(content):
            return content
        if name not in _DROPPED_CHUNKS:
            kept.append(content[at:end])
        at = end
        if name == b"IEND":
            return b"".join(kept)
    return content
