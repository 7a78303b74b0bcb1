"""What identifies a machine whatever its address: a serial number, a network card, a host key, a certificate; by columns that the type declares
(engine/formats.py). They stay in `extra`, and are stored once."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine import texts
from floreo.feeds.engine.events import EXTRA
from floreo.feeds.engine.formats import MACHINE, ReportType


def machines_of(events: pa.Table, kind: ReportType) -> Any:
    """Of each event what identifies its machine, "certificate:<as written>"; null where nothing does. One text array."""
    nothing = pa.nulls(len(events), pa.string())
    if not kind.machine or not len(events):
        return nothing
    extra = texts.whole(events[EXTRA])
    found = []
    for word in (each for each in MACHINE if each in kind.machine):
        for column in kind.machine[word]:
            if (values := _values(extra, column)) is not None:
                found.append(pc.binary_join_element_wise(pa.scalar(f"{word}:"), values, pa.scalar("")))
    return pc.coalesce(*found) if found else nothing


def _values(extra: Any, column: str) -> Any | None:
    """One further column as text, null where it says nothing; None where the report has no such column."""
    if pa.types.is_struct(extra.type):
        if extra.type.get_field_index(column) < 0:
            return None
        values = pc.struct_field(extra, column).cast(pa.string())
    elif extra.null_count < len(extra):
        rows = [json.loads(text) if text else {} for text in extra.to_pylist()]
        values = pa.array([str(row[column]) if row.get(column) else None for row in rows], pa.string())
    else:
        return None
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
