"""The document of a draft, from what was kept of its reading."""

from __future__ import annotations

from typing import Any, Protocol

from floreo.core.reading.document import Block, Document


class Kept(Protocol):
    """A draft: the fixed text, and its blocks as plain data."""

    file_name: str
    kind: str
    text: str
    language: str
    blocks: Any


def document_of(draft: Kept) -> Document:
    """The same document as the reader gave."""
    return Document(draft.file_name, draft.kind, draft.text, tuple(map(_block, draft.blocks)), (), draft.language)


def _block(data: dict[str, Any]) -> Block:
    cells, lines = (tuple((start, end) for start, end in data.get(name, ())) for name in ("cells", "lines"))
    return Block(data["kind"], data["level"], data["number"], data["start"], data["end"], cells, lines)
