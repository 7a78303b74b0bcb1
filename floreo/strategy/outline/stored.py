"""What a draft keeps of its reading: the document, and the rows of the plan that the rules drafted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from floreo.core.reading.document import Block, Document
from floreo.strategy.drafting.rows import DraftedRow, Kind
from floreo.strategy.outline.marks import Marked
from floreo.strategy.outline.reading import KINDS

MEANINGS = {kind: level for level, kind in KINDS.items()}


class Kept(Protocol):
    """A draft: the fixed text, its blocks and what the rules drafted as plain data."""

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


def plan_of_rules(rows: Iterable[DraftedRow]) -> list[dict[str, Any]]:
    """The rows of the plan as plain data."""
    return [
        {
            "number": row.number,
            "kind": str(row.kind),
            "title": row.title,
            "start": row.start,
            "end": row.end,
            "parent": row.parent,
            "fields": dict(row.fields),
        }
        for row in rows
        if row.kind in MEANINGS
    ]


def drafted_rows(data: Iterable[dict[str, Any]]) -> list[Marked]:
    """The same as rows beside which marks are made."""
    return [
        Marked(
            one["number"],
            MEANINGS[Kind(one["kind"])],
            one["title"],
            one["start"],
            one["end"],
            str(one["fields"].get("code") or ""),
            one["parent"],
            drafted=one["fields"],
        )
        for one in data
    ]
