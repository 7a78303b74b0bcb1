"""Rows of JSON: one object a line, an array of them, or objects one after the other however they are set out.

Objects within objects become dotted names; numbers stay as they were written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from floreo.feeds.engine.events import Reject
from floreo.feeds.engine.opening import LONGEST_LINE, Block
from floreo.feeds.engine.reading.blocks import Rejects, Rows, kept_texts

Row = dict[str, str]
Change = Callable[[Row], Row]
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_DEEPEST = 20
_SAMPLE = 64 << 10


def flat(value: dict[str, Any], before: str = "", deep: int = 0) -> Row:
    """An object as text by dotted names. Lists of plain values are joined by ";", others stay JSON."""
    out: Row = {}
    for key, inner in value.items():
        name = before + _text(key)
        if inner is None:
            continue
        if isinstance(inner, dict) and deep < _DEEPEST:
            out.update(flat(inner, f"{name}.", deep + 1))
        elif isinstance(inner, list) and not any(isinstance(x, dict | list) for x in inner):
            out[name] = ";".join(_text(x) for x in inner if x is not None)
        else:
            out[name] = _text(inner)
    return out


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=True)


@dataclass
class Reader:
    """Reads the blocks of one file. `columns`: what the format asks for; everything else goes to `more`, as JSON."""

    columns: Sequence[str] = ()
    change: Change | None = None
    _whole: list[Row] = field(default_factory=list)

    def read(self, blocks: Iterable[Block]) -> Iterator[Rows]:
        source = iter(blocks)
        first = next(source, None)
        if first is None:
            return
        found = by_line if is_by_line(first.data) else by_value
        for objects, rejects, size in found(_again(first, source)):
            yield self._rows(objects, rejects, size)

    def _rows(self, objects: list[tuple[int, str, Any]], rejects: Rejects, size: int) -> Rows:
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
        known = set(self.columns)
        more = [_more(row, known) for row in rows]
        table = pa.table(columns) if columns else pa.table({"": pa.nulls(len(rows), pa.string())})
        where = np.array(lines, np.uint64)
        return Rows(table, where, kept_texts(texts), rejects.table(), size, pa.array(more, pa.string()))


def _more(row: Row, known: set[str]) -> str | None:
    rest = {key.removeprefix("extra."): value for key, value in row.items() if key not in known and value != ""}
    return json.dumps(rest, ensure_ascii=False) if rest else None


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
        return _DECODER.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


Found = tuple[list[tuple[int, str, Any]], Rejects, int]


def by_line(blocks: Iterable[Block]) -> Iterator[Found]:
    """One value a line; a line that is none costs only itself."""
    for block in blocks:
        objects: list[tuple[int, str, Any]] = []
        rejects = Rejects()
        for line, text in enumerate(block.data.splitlines(), block.line):
            if not text.strip():
                continue
            value = _value(text)
            words = text[:8192].decode("utf-8", "ignore")
            if value is None:
                rejects.add(line, words, Reject.NOT_JSON)
            else:
                objects.append((line, words, value))
        yield objects, rejects, len(block.data)


def by_value(blocks: Iterable[Block]) -> Iterator[Found]:
    """Values however they are set out: in an array, or one after the other."""
    text, line = "", 1
    for block in blocks:
        text += block.data.decode("utf-8")
        objects: list[tuple[int, str, Any]] = []
        rejects = Rejects()
        place = 0
        while (start := _next(text, place)) < len(text):
            line += text.count("\n", place, start)
            place = start
            try:
                value, end = _DECODER.raw_decode(text, start)
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
