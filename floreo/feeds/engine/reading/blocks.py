"""A part: some rows of a report as a table of text, where each began, how it was written, and what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from floreo.feeds.engine.events import REJECT_SCHEMA, Reject
from floreo.feeds.engine.formats import Format, ReportType

LONGEST_TEXT = 2000  # of a rejected row, in characters

Lines = npt.NDArray[np.uint64]
Texts = Callable[[npt.NDArray[np.int64]], list[str]]


@dataclass
class Rows:
    """What a reader made of one block. `more`: JSON text of what has no column, for readers of JSON."""

    table: pa.Table
    lines: Lines
    texts: Texts
    rejects: pa.Table
    size: int
    more: pa.Array | None = None


@dataclass(frozen=True)
class RowBlock:
    """`table`: columns of text (or dictionaries of it) named as in the file, null where a cell is empty. `lines`: of the
    file, one a row. `texts`: rows, by their number in the table, as they were."""

    table: pa.Table
    lines: Lines
    texts: Texts
    rejects: pa.Table
    format: Format
    type: ReportType
    size: int = 0  # bytes of text this came from
    more: pa.Array | None = None  # JSON text of what has no column; null where there is nothing
    extra_as_text: bool = False  # whether `extra` is to be JSON text, because not all parts have the same columns

    @property
    def rows(self) -> int:
        """All that were in the file here."""
        return int(self.table.num_rows + self.rejects.num_rows)


@dataclass
class Rejects:
    """Collects what could not be read."""

    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, line: int, text: str, reason: Reject) -> None:
        self.lines.append(line)
        self.texts.append(text[:LONGEST_TEXT])
        self.reasons.append(reason.value)

    def table(self) -> pa.Table:
        """In the order of the file."""
        return reject_table(self.lines, self.texts, self.reasons).sort_by("line")


def reject_table(lines: Sequence[int] | Lines, texts: Sequence[str], reasons: Sequence[str]) -> pa.Table:
    columns: list[Any] = [pa.array(lines, pa.uint64()), pa.array(texts, pa.string()), pa.array(reasons, pa.string())]
    return pa.table(columns, schema=REJECT_SCHEMA)


def kept_texts(texts: Sequence[str]) -> Texts:
    """For readers that hold their rows as text anyway."""
    return lambda rows: [texts[row][:LONGEST_TEXT] for row in rows.tolist()]
