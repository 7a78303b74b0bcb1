"""Rows of JSON: one object a line, an array of them, or objects one after the other however they are set out.

Objects within objects become dotted names. Large files of one object a line are read a column at a time (`json_columns`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from floreo.feeds.engine.events import Reject
from floreo.feeds.engine.opening import LONGEST_LINE, Block
from floreo.feeds.engine.reading import json_columns
from floreo.feeds.engine.reading.blocks import Lines, Rejects, Rows, Texts, kept_texts
from floreo.feeds.engine.reading.json_values import DECODER, Row, flat, further

Change = Callable[[Row], Row]
PREFIX = "extra."  # names that begin so go without it into `more`
_SAMPLE = 64 << 10
Objects = list[tuple[int, str, Any]]


@dataclass
class Reader:
    """Reads the blocks of one file. `columns`: what the format asks for; everything else goes to `more`, as JSON. `worth`: bytes of a block
    from which on it is read a column at a time."""

    columns: Sequence[str] = ()
    change: Change | None = None
    worth: int = json_columns.WORTH

    def read(self, blocks: Iterable[Block]) -> Iterator[Rows]:
        source = iter(blocks)
        first = next(source, None)
        if first is None:
            return
        again = _again(first, source)
        if not is_by_line(first.data):
            yield from (self._rows(*found) for found in by_value(again))
        elif self.change or len(first.data) < self.worth:
            yield from (self._rows(*found) for found in by_line(again))
        else:
            with json_columns.Columns(self.columns, PREFIX).opened() as columns:
                yield from (self._by_column(columns, block) for block in again)

    def _by_column(self, columns: json_columns.Columns, block: Block) -> Rows:
        lines = json_columns.lines_of(block)
        if not len(lines.lines):
            return self._rows([], Rejects(), lines.size)
        try:
            found = columns.read(lines)
        except json_columns.Doubtful:
            return self._rows(*next(by_line([block])))
        nothing = pa.nulls(len(found.at), pa.string())
        table = self._table({name: found.columns.get(name, nothing) for name in self.columns}, len(found.at))
        rows = Rows(
            table, lines.lines[found.at], _texts_at(lines.texts, found.at), Rejects().table(), lines.size, found.more
        )
        others = np.delete(np.arange(len(lines.lines)), found.at)
        return self._with_others(rows, lines, others) if len(others) else rows

    def _with_others(self, rows: Rows, lines: json_columns.TextLines, others: Any) -> Rows:
        """Lines that are no objects to DuckDB: by themselves, and in their place."""
        texts = lines.text.take(pa.array(others)).to_pylist()
        numbers = lines.lines[others].tolist()
        objects, rejects = list[tuple[int, str, Any]](), Rejects()
        for line, text in zip(numbers, texts, strict=True):
            _one(text.strip("\r\n").encode(), line, objects, rejects)
        more = self._rows(objects, rejects, 0)
        whole = np.concatenate([rows.lines, more.lines])
        order = np.argsort(whole, kind="stable")
        table = pa.concat_tables([rows.table, more.table]).take(pa.array(order))
        assert rows.more is not None
        assert more.more is not None
        further = pa.concat_arrays([rows.more, more.more]).take(pa.array(order))
        return Rows(table, whole[order], _texts_by_line(lines, whole[order]), more.rejects, rows.size, further)

    def _rows(self, objects: Objects, rejects: Rejects, size: int) -> Rows:
        rows: list[Row] = []
        lines: list[int] = []
        texts: list[str] = []
        for line, text, value in objects:
            if not isinstance(value, dict):
                rejects.add(line, text, Reject.NOT_JSON)
                continue
            row = flat(value)
            rows.append(self.change(row) if self.change else row)
            lines.append(line)
            texts.append(text)
        columns = {c: pa.array([row.get(c) or None for row in rows], pa.string()) for c in self.columns}
        known = frozenset(self.columns)
        more = pa.array([further(row, known, PREFIX) for row in rows], pa.string())
        where = np.array(lines, np.uint64)
        return Rows(self._table(columns, len(rows)), where, kept_texts(texts), rejects.table(), size, more)

    def _table(self, columns: dict[str, Any], count: int) -> pa.Table:
        return pa.table(columns) if columns else pa.table({"": pa.nulls(count, pa.string())})


def _texts_at(texts: Texts, at: npt.NDArray[np.int64]) -> Texts:
    return lambda rows: texts(at[rows])


def _texts_by_line(lines: json_columns.TextLines, there: Lines) -> Texts:
    at = np.searchsorted(lines.lines, there)
    return _texts_at(lines.texts, at)


def _again(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def is_by_line(data: bytes) -> bool:
    """Whether each line is an object by itself: the first is, or most of them at least begin and end so."""
    lines = [line.strip() for line in data.lstrip()[:_SAMPLE].splitlines()]
    if not lines or not lines[0].startswith(b"{"):
        return False
    return _value(lines[0]) is not None or sum(x[:1] == b"{" and x[-1:] == b"}" for x in lines) * 2 > len(lines)


def _value(line: bytes) -> Any:
    try:
        return DECODER.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def _one(text: bytes, line: int, objects: Objects, rejects: Rejects) -> None:
    value = _value(text)
    words = text[:8192].decode("utf-8", "ignore")
    if value is None:
        rejects.add(line, words, Reject.NOT_JSON)
    else:
        objects.append((line, words, value))


Found = tuple[Objects, Rejects, int]


def by_line(blocks: Iterable[Block]) -> Iterator[Found]:
    """One value a line; a line that is none costs only itself."""
    for block in blocks:
        objects: Objects = []
        rejects = Rejects()
        for line, text in enumerate(block.data.splitlines(), block.line):
            if text.strip():
                _one(text, line, objects, rejects)
        yield objects, rejects, len(block.data)


def by_value(blocks: Iterable[Block]) -> Iterator[Found]:
    """Values however they are set out: in an array, or one after the other."""
    text, line = "", 1
    for block in blocks:
        text += block.data.decode("utf-8")
        objects: Objects = []
        rejects = Rejects()
        place = 0
        while (start := _next(text, place)) < len(text):
            line += text.count("\n", place, start)
            place = start
            try:
                value, end = DECODER.raw_decode(text, start)
            except (ValueError, RecursionError) as error:
                if not block.last and _wants_more(text, start, error):
                    break
                end = _behind(text, start)
                rejects.add(line, text[start:end].strip(), Reject.NOT_JSON)
            else:
                objects.append((line, text[start : min(end, start + 8192)], value))
            line += text.count("\n", place, end)
            place = end
        text = text[place:]
        yield objects, rejects, len(block.data)


def _next(text: str, place: int) -> int:
    """Where the next value begins: brackets and commas of an array around them are no values."""
    while place < len(text) and text[place] in " \t\r\n,[]\x1e":
        place += 1
    return place


def _wants_more(text: str, start: int, error: ValueError | RecursionError) -> bool:
    """Whether the value may merely not be whole yet."""
    if len(text) - start > LONGEST_LINE or not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()) - 1


def _behind(text: str, start: int) -> int:
    """Where to go on after a value that is none: at the next line on which an object begins."""
    ends = [end for mark in ("\n{", "\n  {", "\n\t{", "\n    {", "},{", "}, {") if (end := text.find(mark, start)) > 0]
    return min(ends) + 1 if ends else len(text)
