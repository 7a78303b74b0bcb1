"""What a draft is made of: rows, each holding the exact passage it was read from. No passage, no row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from floreo.core.reading.document import Document

Value = str | int | None


class Kind(StrEnum):
    """What a drafted row would become once a person accepts it."""

    EDITION = "edition"
    OBJECTIVE_OVERALL = "overall_objective"
    PILLAR = "pillar"
    OBJECTIVE = "objective"
    SUB_OBJECTIVE = "sub_objective"  # of a plan of four levels: by marks alone, the rules draft none
    ACTION = "action"
    BODY = "body"
    MEASURE = "measure"
    TARGET = "target"
    FUNDER = "funder"
    OUTLET = "outlet"


@dataclass(frozen=True, slots=True)
class DraftedRow:
    """One drafted fact. `passage` is `document.text[start:end]`, never empty; `parent` is another row's number."""

    number: int
    kind: Kind
    title: str
    start: int
    end: int
    passage: str
    parent: int | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.passage.strip() or not self.title.strip():
            raise ValueError("A drafted row needs a title and the passage it came from.")
        if self.start < 0 or self.end - self.start != len(self.passage):
            raise ValueError("A drafted row's offsets must span exactly its passage.")
        if self.number < 1 or (self.parent is not None and not 1 <= self.parent != self.number):
            raise ValueError("A drafted row is numbered from 1 and cannot be its own parent.")
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))


@dataclass(frozen=True, slots=True)
class Draft:
    """All rows drafted from one document, in reading order; every passage is checked against the text."""

    document: Document
    rows: tuple[DraftedRow, ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if self.document.text[row.start : row.end] != row.passage:
                raise ValueError(f"Row {row.number} quotes words that are not in the document.")
