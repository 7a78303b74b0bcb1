"""Rich text as Outlook keeps it: packed (MS-OXRTFCP), and its words. Runs in the cage; imports no Django."""

from __future__ import annotations

import re
import struct

_MOST = 20 * 1024 * 1024  # bytes unpacked
_OF_RTF = re.compile(r"\\([a-z]+)(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|([^\\{}\r\n]+)", re.DOTALL)
_HIDDEN = {"fonttbl", "colortbl", "stylesheet", "info", "pict"}
_SIGNS = {"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t"}
# What MS-OXRTFCP says that every compressed text begins with, so that texts can point into it.
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def unpacked(packed: bytes, most: int = _MOST) -> bytes:
    """By MS-OXRTFCP: LZFu, or stored as it is. What breaks off is given as far as it goes."""
    if len(packed) < 16:
        return b""
    _length, size, kind = struct.unpack_from("<III", packed)
    size = min(size, most)
    if kind == 0x414C454D:  # MELA
        return packed[16 : 16 + size]
    window = bytearray(4096)
    window[: len(_DICTIONARY)] = _DICTIONARY
    write, at, out = len(_DICTIONARY), 16, bytearray()
    while at < len(packed) and len(out) < size:
        control = packed[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 1 >= len(packed):
                    return bytes(out)
                pointer = packed[at] << 8 | packed[at + 1]
                at += 2
                start, length = pointer >> 4, (pointer & 15) + 2
                if start == write:
                    return bytes(out)
                piece = bytearray()
                for n in range(length):
                    byte = window[(start + n) % 4096]
                    piece.append(byte)
                    window[write] = byte
                    write = (write + 1) % 4096
                out += piece
            else:
                if at >= len(packed):
                    return bytes(out)
                window[write] = packed[at]
                out.append(packed[at])
                write = (write + 1) % 4096
                at += 1
    return bytes(out[:size])


def text_of_rtf(source: bytes) -> str:
    """The words of a text in RTF, without what is only for a program: groups with a star, fonts, colours, and what is there for
    readers that know no HTML."""
    out, hidden, outer, is_double = list[str](), False, list[bool](), False
    for match in _OF_RTF.finditer(source.decode("latin-1")):
        word, number, _code, sign, brace, _plain = match.groups()
        if brace == "{":
            outer.append(hidden)
        elif brace == "}":
            hidden = outer.pop() if outer else False
        elif word == "htmlrtf":
            is_double = number != "0"
        elif word in _HIDDEN or sign == "*":
            hidden = True
        elif word == "htmltag":
            out.append(" ")  # a tag of the page that this text was
        elif not hidden and not is_double:
            out.append(_text(match))
    return "".join(out).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(match: re.Match[str]) -> str:
    """What one word or sign of the source shows."""
    word, number, code, sign, _brace, plain = match.groups()
    if word == "u" and number:
        return chr(int(number) % 65536)
    if code:
        return bytes([int(code, 16)]).decode("cp1252", "replace")
    if sign == "~":
        return " "
    return plain or _SIGNS.get(word or "", "") or (sign if sign in {"{", "}", "\\"} else "")
