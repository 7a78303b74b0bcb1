"""What pages read of the store: rejected rows of a report."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow.parquet as pq

from floreo.core.tables import safe_text
from floreo.feeds.models import FeedFile
from floreo.feeds.presenters.problems import reject_sentence
from floreo.workspace.event_store import the_store

FIRST = 3  # lines shown of each reason
LOOKED_AT = 20_000  # rejected rows among which the first of each reason are looked for
_PIECE = 1000


def _rows(report: FeedFile, limit: int) -> Any:
    store = the_store()
    if not report.rejects_path or not store.exists(report.rejects_path):
        return None
    return store.rows(report.rejects_path, limit)


def _batches(report: FeedFile) -> Iterator[Any]:
    """All of them, a piece at a time: there may be as many as a file has rows."""
    store = the_store()
    if not report.rejects_path or not store.exists(report.rejects_path):
        return
    with store.files.open_input_file(store.path(report.rejects_path)) as stream:
        yield from pq.ParquetFile(stream).iter_batches(batch_size=_PIECE)


def first_rejects(report: FeedFile) -> Mapping[str, Sequence[tuple[int, str]]]:
    """Of each reason the first lines, as they were."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    table = _rows(report, LOOKED_AT)
    if table is None:
        return found
    for line, reason, text in zip(*(table[c].to_pylist() for c in ("line", "reason", "text")), strict=True):
        if len(found[reason]) < FIRST:
            found[reason].append((line, text))
    return found


def rejects_csv(report: FeedFile) -> Iterator[str]:
    """Line, reason, sentence and text of each rejected row. No cell of it runs in a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(["line", "reason", "sentence", "text"])
    for batch in _batches(report):
        for row in batch.to_pylist():
            reason = row["reason"]
            writer.writerow(
                [row["line"], reason, reject_sentence(reason), safe_text(row["text"].replace("\x00", "\ufffd"))]
            )
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
