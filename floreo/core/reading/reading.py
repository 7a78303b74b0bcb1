"""The one way in: a file on disk becomes a Document, or Unreadable says why not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from floreo.core.reading.building import Piece, build_document
from floreo.core.reading.document import DEFAULT, Document, Limits, Unreadable
from floreo.core.reading.language import OF_ANY_TEXT
from floreo.core.reading.openers import GENERAL, Openers
from floreo.core.reading.readers.encoding import decode
from floreo.core.reading.readers.kinds import kind_of
from floreo.core.reading.readers.text import pieces_of_text

__all__ = ["DEFAULT", "Limits", "Unreadable", "read_document"]


def read_document(
    path: Path, *, name: str | None = None, limits: Limits = DEFAULT, openers: Openers = GENERAL
) -> Document:
    """Reads a text, Markdown, HTML, Word or PDF file, distinguished by content; raises Unreadable for good reasons only.

    `name` is what the person called the file, when it lies under another name on disk. `openers` are the words of its subject.
    """
    name = name or path.name
    kind = kind_of(path, name=name, limits=limits)
    pieces = _pieces(path, kind, name=name, limits=limits, openers=openers)
    return build_document(pieces, name=name, kind=kind, read=tuple(openers.languages) or OF_ANY_TEXT)


def _pieces(path: Path, kind: str, *, name: str, limits: Limits, openers: Openers) -> Iterator[Piece]:
    """Each reader is loaded when a file asks for it: their libraries are large."""
    if kind == "word":
        # late: as said above
        from floreo.core.reading.readers.word import pieces_of_word

        return pieces_of_word(path, name=name, limits=limits)
    if kind == "pdf":
        # late: as said above
        from floreo.core.reading.readers.pdf import pieces_of_pdf

        return pieces_of_pdf(path, name=name, limits=limits, openers=openers)
    data = path.read_bytes()
    if kind == "html":
        # late: as said above
        from floreo.core.reading.readers.html import declared_encoding, pieces_of_html

        return pieces_of_html(decode(data, name=name, declared=declared_encoding(data)), name=name)
    text = decode(data, name=name)
    if kind == "markdown":
        # late: as said above
        from floreo.core.reading.readers.markdown import pieces_of_markdown

        return pieces_of_markdown(text)
    return pieces_of_text(text, openers=openers)
