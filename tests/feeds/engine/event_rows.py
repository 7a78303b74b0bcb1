"""Events made by hand: what a test says of a row, nulls elsewhere."""

from __future__ import annotations

import zlib
from typing import Any

import pyarrow as pa

from floreo.feeds.engine.addresses import words_of
from floreo.feeds.engine.events import event_schema

EXTRA = pa.struct([("tag", pa.string()), ("naics", pa.string())])


def events(*rows: dict[str, Any], extra: pa.DataType = EXTRA) -> pa.Table:
    schema = event_schema(extra)
    whole = []
    for number, row in enumerate(rows, 2):
        hi, lo = (words_of(row["source.ip"]) if row.get("source.ip") else None) or (0, 0)
        whole.append(
            {
                "ip_hi": hi,
                "ip_lo": lo,
                "line": number,
                "count": 1,
                "key": zlib.crc32(repr(sorted(row.items())).encode()),
                **row,
            }
        )
    columns = []
    for field in schema:
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        values = pa.array([row.get(field.name) for row in whole], plain)
        columns.append(values.dictionary_encode() if plain is not field.type else values)
    return pa.table(columns, schema=schema)
