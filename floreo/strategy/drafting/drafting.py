"""From a Document to a Draft: runs the rules in turn and numbers what they found in reading order."""

from __future__ import annotations

from floreo.strategy.drafting.document import Document
from floreo.strategy.drafting.rows import Draft, Row
from floreo.strategy.drafting.rules.found import Found
from floreo.strategy.drafting.rules.plan import plan_of
from floreo.strategy.drafting.source import Source


def draft_rows(document: Document) -> Draft:
    """All rows the rules find. The same document always gives the same draft."""
    source = Source(document)
    plan = plan_of(source)
    return _numbered(document, plan)


def _numbered(document: Document, found: list[Found]) -> Draft:
    in_order = sorted(found, key=lambda row: (row.start, -row.end, list(type(row.kind)).index(row.kind)))
    numbers = {id(row): number for number, row in enumerate(in_order, start=1)}
    rows = tuple(
        Row(
            number=numbers[id(row)],
            kind=row.kind,
            title=row.title,
            start=row.start,
            end=row.end,
            passage=document.text[row.start : row.end],
            parent=numbers.get(id(row.parent)),
            fields=row.fields,
        )
        for row in in_order
    )
    return Draft(document, rows)
