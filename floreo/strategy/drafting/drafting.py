"""From a Document to a Draft: runs the rules in turn and numbers what they found in reading order."""

from __future__ import annotations

from floreo.strategy.drafting.document import Document
from floreo.strategy.drafting.rows import Draft


def draft_rows(document: Document) -> Draft:
    return Draft(document, ())
