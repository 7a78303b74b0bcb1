"""JSON lines as most programs write them (an object a line, whole numbers, texts, lists of plain values), read by Arrow in one go: a third of the time of
asking for the names first and for the values then. What it does not take without a doubt (a fraction, a list of objects, a name that is a
text here and a number there) is left to `json_columns`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pa_json

_LEARNT = 64 << 10  # bytes of a block of which it is learnt what would be taken for a time
_MOST_DEEP, _PATIENCE = 12, 3
_SHORT = 1024  # bytes of a line, and brackets in one
Path = tuple[str, ...]
Values = dict[Path, Any]


class NotPlain(Exception):  # noqa: N818 -- it is about a block
    """Something in it has to be read otherwise."""


class Plain:
    """Reads blocks of one file. Names that hold a time stay text, as it was written: which they are is kept from block to block."""

    def __init__(self) -> None:
        self._times: set[Path] = set()
        self._has_begun = False
        self._failed = 0  # blocks one after the other

    def values(self, data: bytes, starts: Any, ends: Any) -> Values:
        """`starts`, `ends`: where each line that is not empty begins, and its line end. Text or null of each name, a row a line. Raises NotPlain; of a
        file that is not plain for several blocks without another look."""
        if self._failed >= _PATIENCE:
            raise NotPlain
        self._failed += 1
        if not _is_an_object_each(data, starts, ends) or _may_be_deep(data, starts, ends):
            raise NotPlain
        if not self._has_begun:
            self._has_begun = True
            if cut := data.rfind(b"\n", 0, _LEARNT) + 1:
                _texts(self._read(data[:cut]))
        table = self._read(data)
        if table.num_rows != len(starts):
            raise NotPlain
        found = _texts(table)
        self._failed = 0
        return found

    def _read(self, data: bytes) -> pa.Table:
        """Reads again where it learns of times."""
        for _ in range(2):
            table = self._tried(data)
            times = {path for path, column in _leaves(table) if pa.types.is_timestamp(column.type)}
            if not times:
                return table
            self._times |= times
        raise NotPlain

    def _tried(self, data: bytes) -> pa.Table:
        try:
            table = pa_json.read_json(
                pa.BufferReader(data),
                read_options=pa_json.ReadOptions(use_threads=False, block_size=len(data) + 1),
                parse_options=pa_json.ParseOptions(explicit_schema=pa.schema(_fields(self._times))),
            )
            table.validate()  # of [null, true] Arrow 26 makes a list of two over one value
            return table.combine_chunks()
        except pa.ArrowException as wrong:
            raise NotPlain from wrong


def _is_an_object_each(data: bytes, starts: Any, ends: Any) -> bool:
    """Whether each line begins and ends as an object does. Behind a closing brace nothing but the outermost level takes an opening one: so where
    there are as many objects as lines, none goes over two."""
    letters = np.frombuffer(data, np.uint8)
    last = ends - 1
    last = last - (letters[last] == ord("\r"))
    return bool((letters[starts] == ord("{")).all() and (letters[last] == ord("}")).all())


def _may_be_deep(data: bytes, starts: Any, ends: Any) -> bool:
    """Whether a line could hold so many lists or objects within each other that Arrow, which takes up to 700 bytes of the stack for each, would end the
    process. A short line cannot."""
    long = np.flatnonzero(ends - starts > _SHORT)
    return any(
        data.count(b"[", start, end) + data.count(b"{", start, end) > _SHORT
        for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True)
    )


def _fields(times: set[Path]) -> list[pa.Field]:
    """Nested as the names are."""
    inner: dict[str, set[Path]] = {}
    for path in times:
        inner.setdefault(path[0], set()).add(path[1:])
    plain = [name for name, rest in inner.items() if rest == {()}]
    if any(() in rest and len(rest) > 1 for rest in inner.values()):
        raise NotPlain
    return [
        pa.field(name, pa.string() if name in plain else pa.struct(_fields(rest)))
        for name, rest in sorted(inner.items())
    ]


def _texts(table: pa.Table) -> Values:
    return {path: _text(column) for path, column in _leaves(table)}


def _leaves(table: pa.Table) -> Iterator[tuple[Path, Any]]:
    for name, column in zip(table.column_names, table.columns, strict=True):
        yield from _within((name,), column.chunk(0) if column.num_chunks == 1 else column.combine_chunks())


def _within(path: Path, column: Any) -> Iterator[tuple[Path, Any]]:
    if not pa.types.is_struct(column.type):
        yield path, column
        return
    if len(path) >= _MOST_DEEP:
        raise NotPlain
    for field, inner in zip(column.type, column.flatten(), strict=True):
        yield from _within((*path, field.name), inner)


def _text(column: Any) -> Any:
    """As the reader of lines has it: numbers as digits, plain values of a list joined."""
    kind = column.type
    if kind == pa.string():
        return column
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_list(kind):
        values = column.flatten()
        if values.null_count == len(values):
            return pa.nulls(len(column), pa.string())
        if values.null_count or pa.types.is_nested(kind.value_type):
            raise NotPlain
        return pc.binary_join(pa.ListArray.from_arrays(_offsets(column), _text(values), mask=_nulls(column)), ";")
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column.cast(pa.string())
    raise NotPlain  # a fraction, which has to stay as it was written


def _offsets(column: Any) -> Any:
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))


def _nulls(column: Any) -> Any:
    return column.is_null() if column.null_count else None
