"""Files for tests, made here byte by byte."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from floreo.core.access import SYSTEM
from floreo.evidence.actions import store_file, store_link
from floreo.evidence.models import Evidence

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60
PROGRAM = (
    b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
    + b"\x00" * 60
    + b"This program cannot be run in DOS mode.\r\r\n$"
)


def upload(body: bytes = PDF, name: str = "minutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP with these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in parts.items():
            opened.writestr(name, body)
    return made.getvalue()


def word(**more: bytes) -> bytes:
    """A Word document, with more parts."""
    own = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    return archive(own | {name.replace("__", "/").replace("_dot_", "."): body for name, body in more.items()})


def make_file(title: str = "Minutes", *, body: bytes = b"", name: str = "minutes.pdf", **facts: Any) -> Evidence:
    """A file in the vault; each title has bytes of its own."""
    return store_file(upload(body or PDF + title.encode(), name), by=SYSTEM, title=title, **facts)


def make_link(title: str = "Act", url: str = "https://example.org/act", **facts: Any) -> Evidence:
    return store_link(url, by=SYSTEM, title=title, **facts)
