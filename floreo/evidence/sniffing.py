"""What a file is, by what is in it. Plain Python, no Django.

A file is what its content says, never what it is called. Only kinds known here are taken; programs, scripts and documents
with macros are turned away whatever their name, and so is a name that would make a computer run what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 4096  # bytes that say what a file is
_WHOLE = 64 * 1024 * 1024  # a file is searched for hidden programs up to here


_MOST_POINTS = 500_000_000  # of a picture; the largest plotters print half of it
_RICH_TEXT = b"{\\rtf"


@dataclass(frozen=True)
class Kind:
    """What a file is: its media type, and the ending under which it is handed out again."""

    media_type: str
    ending: str


class Unwelcome(Exception):  # noqa: N818 -- reads as what it is
    """A file that is not taken: `code` says why, `inside` names the part of an archive that it is about."""

    def __init__(self, code: str, inside: str = "") -> None:
        super().__init__(code)
        self.code, self.inside = code, inside


_PROGRAMS: tuple[bytes, ...] = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xca\xfe\xba\xbf",
    b"dex\n",
    b"\x00asm",
    b"!<arch>\n",
    b"\xed\xab\xee\xdb",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"ITSF",
    b"FWS",
    b"CWS",
    b"ZWS",
    b"\x1bLua",
    b"BC\xc0\xde",
    b"Cr24",
    b"xar!",
)
# Archives nothing here can look into.
_CLOSED: tuple[bytes, ...] = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"\x1f\x9d",
    b"\x1f\xa0",
    b"ISc(",
    b"\x60\xea",
    b"**ACE**",
    b"LZIP",
    b"hsqs",
    b"conectix",
    b"KDMV",
    b"QFI\xfb",
)
RUNS = frozenset(
    [
        "exe",
        "dll",
        "sys",
        "drv",
        "ocx",
        "cpl",
        "scr",
        "com",
        "pif",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "psd1",
        "vbs",
        "vbe",
        "vb",
        "js",
        "jse",
        "mjs",
        "wsf",
        "wsh",
        "wsc",
        "sct",
        "hta",
        "lnk",
        "url",
        "scf",
        "msi",
        "msp",
        "mst",
        "msix",
        "appx",
        "jar",
        "class",
        "apk",
        "ipa",
        "dmg",
        "pkg",
        "app",
        "deb",
        "rpm",
        "run",
        "bin",
        "sh",
        "bash",
        "zsh",
        "csh",
        "ksh",
        "fish",
        "py",
        "pyc",
        "pyw",
        "pyz",
        "rb",
        "pl",
        "pm",
        "php",
        "phtml",
        "lua",
        "jsp",
        "asp",
        "aspx",
        "cgi",
        "reg",
        "inf",
        "gadget",
        "application",
        "xll",
        "xla",
        "xlam",
        "docm",
        "dotm",
        "xlsm",
        "xltm",
        "pptm",
        "potm",
        "ppam",
        "ppsm",
        "sldm",
        "ade",
        "adp",
        "mde",
        "accde",
        "chm",
        "hlp",
        "iqy",
        "slk",
        "settingcontent-ms",
        "library-ms",
        "search-ms",
        "desktop",
        "service",
        "iso",
        "img",
        "vhd",
        "vhdx",
        "vmdk",
        "swf",
        "applescript",
        "command",
        "workflow",
        "action",
        "elf",
        "so",
        "dylib",
        "ko",
        "efi",
        "wasm",
        "one",
        "onepkg",
    ]
)
_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind("image/png", "png")),
    (b"\xff\xd8\xff", Kind("image/jpeg", "jpg")),
    (b"GIF87a", Kind("image/gif", "gif")),
    (b"GIF89a", Kind("image/gif", "gif")),
    (b"II*\x00", Kind("image/tiff", "tif")),
    (b"MM\x00*", Kind("image/tiff", "tif")),
    (b"\x1aE\xdf\xa3", Kind("video/webm", "webm")),
    (b"ID3", Kind("audio/mpeg", "mp3")),
    (b"OggS", Kind("audio/ogg", "ogg")),
    (b"fLaC", Kind("audio/flac", "flac")),
)
_RIFF = {
    b"WEBP": Kind("image/webp", "webp"),
    b"WAVE": Kind("audio/wav", "wav"),
    b"AVI ": Kind("video/x-msvideo", "avi"),
}
_BRANDS = {
    b"heic": Kind("image/heic", "heic"),
    b"heix": Kind("image/heic", "heic"),
    b"avif": Kind("image/avif", "avif"),
    b"M4A ": Kind("audio/mp4", "m4a"),
    b"qt  ": Kind("video/quicktime", "mov"),
}
_MP3 = {b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"}
PDF, RICH_TEXT = Kind("application/pdf", "pdf"), Kind("application/rtf", "rtf")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SCRIPT = re.compile(
    rb"^(#!|@echo\b|<\?php\b|<\?=|<%|option explicit\b|on error resume next\b|set \w+ ?= ?(wscript\.)?"
    rb"createobject\(|\$erroractionpreference\b|param ?\(|<job\b|<package>|<hta:|<scriptlet>|\[internetshortcut\]|"
    rb"windows registry editor|regedit4)",
    re.IGNORECASE,
)
_PAGE = re.compile(
    r"<(!doctype html|html|head|body|script|style|meta|link|title|p|div|span|table|ul|ol|dl|h[1-6]|a|img|iframe|form|"
    r"section|article|main|b|i|em|strong|br|hr|center|font|object|embed|video|audio)\b"
)
DOS_PROGRAM = b"This program cannot be run in"
_VIRUS_TEST = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"  # what people send to see whether anybody looks


def ending_of(name: str) -> str:
    return name.rsplit(".", 1)[-1].strip().lower() if "." in name else ""


def refuse_programs(head: bytes, name: str, *, inside: str = "") -> None:
    """Raises Unwelcome for what runs: by its first bytes, by its first line, by its name."""
    # A list of states may well begin with "MZ": what can be read as a text is not a program.
    if (head.startswith(_PROGRAMS) and text_of(head) is None) or _VIRUS_TEST in head:
        raise Unwelcome("program", inside)
    if _SCRIPT.match(_plain(head).lstrip()):
        raise Unwelcome("script", inside)
    ending = ending_of(name.rstrip(". "))
    if ending in RUNS:
        raise Unwelcome("runs", inside or ending)


def _plain(head: bytes) -> bytes:
    """The first bytes as plain characters, whichever way the text is written."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def refuse_closed(head: bytes, *, inside: str = "") -> None:
    """Raises Unwelcome for an archive that nothing here can look into."""
    if (head.startswith(_CLOSED) and text_of(head) is None) or head[257:262] == b"ustar":
        raise Unwelcome("archive", inside)


def _media(head: bytes) -> Kind | None:
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], Kind("video/mp4", "mp4"))
    return Kind("audio/mpeg", "mp3") if head[:2] in _MP3 else None


def refuse_huge_pictures(head: bytes) -> None:
    """Raises Unwelcome for a picture of few bytes and very many points, which stops whoever looks at it. Nothing here ever unpacks
    a picture: only what it says of its size is read."""
    width = height = 0
    if head.startswith(b"\x89PNG"):
        width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    elif head.startswith(b"GIF8"):
        width, height = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    if width * height > _MOST_POINTS:
        raise Unwelcome("bomb")


def has_program(opened: BinaryIO) -> bool:
    """Whether a Windows program lies openly somewhere in the file."""
    opened.seek(0)
    return DOS_PROGRAM in opened.read(_WHOLE)


def _rich_text(opened: BinaryIO) -> Kind:
    opened.seek(0)
    if b"\\objdata" in opened.read(_WHOLE):
        raise Unwelcome("object")
    return RICH_TEXT


def text_of(head: bytes) -> str | None:
    """The beginning of a text; None where it is none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore")
    if any(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head):
        return None
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:  # a character may be cut at the end of the head
        cut = len(head) >= HEAD and wrong.start > HEAD - 4
        return head.decode("utf-8", errors="ignore") if cut else head.decode("cp1252", errors="replace")


_TEXTS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "eml": "message/rfc822",
    "json": "application/json",
    "geojson": "application/geo+json",
}


def _text(text: str, name: str) -> Kind:
    begins = text.lstrip().lower()
    if _PAGE.match(begins) or "<html" in begins[:1000]:
        return Kind("text/html", "html")
    if begins.startswith("<svg") or "<svg" in begins[:1000]:
        return Kind("image/svg+xml", "svg")
    if begins.startswith("<?xml"):
        return Kind("application/xml", "xml")
    ending = ending_of(name)
    if ending in _TEXTS:
        return Kind(_TEXTS[ending], ending)
    return Kind("text/plain", "txt")


def kind_by_head(head: bytes, name: str) -> Kind | None:
    """What the first bytes say, None where the whole file has to be looked at. Raises Unwelcome for what is not taken."""
    refuse_programs(head, name)
    refuse_closed(head)
    if b"%PDF-" in head[:1024] or head.startswith((ZIP, OLE, _RICH_TEXT)):
        return None
    if (media := _media(head)) is not None:
        refuse_huge_pictures(head)
        return media
    text = text_of(head)
    if text is None:
        raise Unwelcome("unknown")
    return _text(text, name)


def kind_of(opened: BinaryIO, name: str) -> Kind:
    """What the file is. Raises Unwelcome for what is not taken. A file from outside is read in a cage: caged.py."""
    # late: they ask this module about each of their parts
    from floreo.evidence.containers import kind_of_office, kind_of_zip
    from floreo.evidence.pdf import kind_of_pdf

    opened.seek(0)
    head = opened.read(HEAD)
    if (kind := kind_by_head(head, name)) is not None:
        return kind
    if b"%PDF-" in head[:1024]:
        opened.seek(0)
        return kind_of_pdf(opened.read(_WHOLE))
    if head.startswith(ZIP):
        return kind_of_zip(opened)
    if head.startswith(OLE):
        return kind_of_office(opened)
    return _rich_text(opened)
