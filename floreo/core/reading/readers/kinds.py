"""Recognises what a file really is from its first bytes and its insides, whatever its name says."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from floreo.core.reading.document import Limits, Unreadable

_HEAD = 4096
_TEXT_ENDINGS = {".txt", ".md", ".markdown", ".html", ".htm", ".text", ""}
# What people most often upload by mistake, in their words.
_SIGNATURES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a Rich Text file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_OLE = b"\xd0\xcf\x11\xe0"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PDF_WITHIN = 1024
_HTML = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<body[\s>]|^\s*<(?:div|p|h[1-6]|main|article|section|table|ul|ol)[\s>]",
    re.IGNORECASE,
)
_MARKDOWN_ENDINGS = {".md", ".markdown"}
_MARKDOWN = re.compile(rb"^#{1,6}\s+\S", re.MULTILINE)
_ZIP_INSIDES = (("xl/", "an Excel workbook"), ("ppt/", "a PowerPoint file"), ("META-INF/", "an OpenDocument file"))


def kind_of(path: Path, *, name: str, limits: Limits) -> str:
    """`pdf`, `word`, `html`, `markdown` or `text`; refuses everything else and anything too large."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise _too_large(name, size, limits.file_bytes)
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise Unreadable("empty", name=name)
    kind = _by_signature(head, path, name=name) or _text_kind(head, name=name)
    if kind in {"text", "markdown", "html"} and size > limits.text_bytes:
        raise _too_large(name, size, limits.text_bytes)
    return kind


def _by_signature(head: bytes, path: Path, *, name: str) -> str:
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(path, name=name)
    if head.startswith(_OLE):
        raise _old_office(path, name=name)
    for signature, found in _SIGNATURES:
        if head.startswith(signature):
            raise Unreadable("wrong_type", name=name, found=found)
    return ""


def _inside_zip(path: Path, *, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged", name=name) from error
    if "word/document.xml" in members:
        return "word"
    found = next((words for start, words in _ZIP_INSIDES if any(m.startswith(start) for m in members)), "a ZIP archive")
    raise Unreadable("wrong_type", name=name, found=found)


def _old_office(path: Path, *, name: str) -> Unreadable:
    # A password turns a .docx into an old-style container that holds one encrypted stream.
    if _OLE_ENCRYPTED in path.read_bytes():
        return Unreadable("encrypted", name=name)
    return Unreadable("wrong_type", name=name, found="an old Office file (.doc)")


def _text_kind(head: bytes, *, name: str) -> str:
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _looks_binary(head):
        if Path(name).suffix.lower() in _TEXT_ENDINGS:
            raise Unreadable("not_text", name=name)
        raise Unreadable("wrong_type", name=name, found="a file of an unknown type")
    plain = head.replace(b"\x00", b"")
    if _HTML.search(plain):
        return "html"
    if Path(name).suffix.lower() in _MARKDOWN_ENDINGS or len(_MARKDOWN.findall(plain)) > 1:
        return "markdown"
    return "text"


def _looks_binary(head: bytes) -> bool:
    if b"\x00" in head:
        # Text in UTF-16 without its mark has a zero beside nearly every character; anything else with zeros is data.
        return max(head[0::2].count(0), head[1::2].count(0)) < 0.35 * len(head) / 2
    control = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x0b\x1b\x1a")
    return control > len(head) * 0.02


def _too_large(name: str, size: int, limit: int) -> Unreadable:
    return Unreadable("too_large", name=name, size_mb=round(size / 1e6), limit_mb=round(limit / 1e6))
