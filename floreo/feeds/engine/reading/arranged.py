"""Reads a file as it was arranged: blocks of text become rows, the SELECT makes events of them, and the engine goes on as with any file.

Rows of CSV are distinguished by the engine's own reader, so that a row that is broken has its line and its reason as everywhere. Of JSON
that is set out over several lines the line of a row is where its object begins; an element of a list has the line of its row."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from floreo.feeds.engine import formats, problems
from floreo.feeds.engine.arrange import select
from floreo.feeds.engine.arrange.model import (
    KEY,
    SUBJECTS,
    Arrangement,
    WrongArrangement,
    arrangement_of,
    classes,
    column_of,
)
from floreo.feeds.engine.arrange.networks import Networks
from floreo.feeds.engine.arrange.select import MARK
from floreo.feeds.engine.constituency import loaded
from floreo.feeds.engine.events import REJECT_SCHEMA, Reject
from floreo.feeds.engine.formats import CLASS, Derived, Format, ReportType
from floreo.feeds.engine.opening import Block
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import csv_, json_columns, json_lines, json_values
from floreo.feeds.engine.reading.blocks import Rejects, Rows, kept_texts, reject_table
from floreo.feeds.engine.task import IngestOrder

NETWORK = MARK + "network"
_OWN = ("source.ip", "source.fqdn", "source.url", "source.port", "source.account", "time.source", "severity")
_HABIT = 64 << 10


@dataclass
class Opened:
    """What the engine goes on with."""

    format: Format
    type: ReportType
    header: list[str]
    rows: Iterator[Rows]


def is_arranged(mapping: Mapping[str, Any]) -> bool:
    return KEY in mapping


def open_arranged(given: str, first: Block, blocks: Iterator[Block], task: IngestOrder) -> Opened:
    """`blocks` gives the first one again. Raises Unreadable where the file has none of the columns, or what is kept is no arrangement."""
    try:
        arranged = arrangement_of(task.mapping[KEY])
    except WrongArrangement as wrong:
        raise Unreadable(problems.WRONG_HEADER, str(wrong)) from wrong
    known = formats.load("jsonl" if arranged.reads == "json" else "csv")
    header = header_of(arranged, first)
    kind = known.type_of(given) or known.stranger(given)
    along = _columns_along(arranged, kind, header)
    selected = along if arranged.reads == "json" else []  # of a table they are taken as they are
    made = select.plan(arranged, header, selected, _day_text(task.day, task.received_at))
    if arranged.reads == "csv" and not any(getattr(arranged, name) in header for name in SUBJECTS):
        raise Unreadable(problems.WRONG_HEADER, kind.name)
    base = _json_rows(blocks) if arranged.reads == "json" else table_rows(arranged, header, blocks)
    networks = Networks(loaded(task.constituency)) if arranged.networks and task.constituency else None
    rows = _Reader(made, networks, along).read(base)
    return Opened(known, _type(arranged, kind, made, along), header, rows)


def _day_text(day: date, received_at: datetime) -> str:
    """When what has no time was: on the day of the file, or just now."""
    received = received_at.astimezone(UTC)
    when = received if day in (date.min, received.date()) else datetime(day.year, day.month, day.day, tzinfo=UTC)
    return when.strftime("%Y-%m-%d %H:%M:%S")


def _columns_along(arranged: Arrangement, kind: ReportType, header: Sequence[str]) -> list[str]:
    """Columns that come along: all of a table that became no field; of JSON, which is kept as a whole, those that are a field."""
    used = {arranged.address, arranged.name, arranged.url, arranged.port, arranged.types, column_of(arranged.kind)}
    if arranged.reads == "csv":
        return [name for name in header if name not in used]
    known = [c for field, columns in kind.fields.items() if field not in _OWN for c in columns]
    return [name for name in header if name in known and name not in used]


def _type(arranged: Arrangement, kind: ReportType, made: select.Plan, along: Sequence[str]) -> ReportType:
    """The type as the arrangement says it. What the SELECT gives is a field; of other columns those that the type knows are."""
    fields = {field: columns for field, columns in kind.fields.items() if field not in _OWN}
    fields |= {field: (MARK + field,) for field in made.fields}
    fixed, derived = dict(kind.fixed), dict(kind.derived)
    kinds = CLASS["identifier"]
    if kinds in made.fields:
        derived[kinds] = Derived((MARK + kinds,), keep=True, prefix=arranged.kind_prefix)
        del fields[kinds]
    elif arranged.kind:
        derived.pop(kinds, None)
        fields.pop(kinds, None)
        fixed[kinds] = arranged.kind
    if arranged.severity and not column_of(arranged.severity):
        fixed["severity"] = arranged.severity
    if arranged.category and not column_of(arranged.category):
        fixed |= {CLASS["type"]: arranged.category, CLASS["taxonomy"]: classes()[arranged.category]}
    return replace(
        kind,
        fields=fields,
        fixed=fixed,
        derived=derived,
        vulnerabilities=tuple(c for c in kind.vulnerabilities if c in along),
        finding_port="source.port",
        network=NETWORK if arranged.networks else "",
    )


# The file as a table


def header_of(arranged: Arrangement, first: Block) -> list[str]:
    """Names of the columns."""
    if arranged.reads == "json":
        return list(dict.fromkeys(name for each in first_rows(arranged, first) for name in each))
    block = Block(_bared(arranged, first.data, is_first=arranged.header != "comment"), first.line, first.last)
    delimiter = _delimiter(arranged)
    if arranged.header == "none":
        row, _rest = csv_.header_of(block, delimiter)
        return [str(n) for n in range(1, len(row) + 1)]
    if arranged.header == "comment":
        line = _commented_header(arranged, first.data)
        names = next(csv.reader(io.StringIO(line), delimiter=delimiter, skipinitialspace=True), [])
        if not names:
            return []
        return csv_.fitted(csv_.unique(names), block, delimiter)
    names, rest = csv_.header_of(block, delimiter)
    return csv_.fitted(names, rest, delimiter)


def first_rows(arranged: Arrangement, first: Block, most: int = 200) -> list[dict[str, str]]:
    """The first objects of JSON, each as names and texts; of lists that are unfolded the first elements."""
    data = first.data[:_HABIT] if json_lines.is_by_line(first.data) else first.data
    read = json_lines.by_line if json_lines.is_by_line(first.data) else json_lines.by_value
    found = next(iter(read([Block(data, first.line, first.last)])), None)
    rows = list[dict[str, str]]()
    for _line, _text, value in found[0] if found else ():
        if isinstance(value, dict):
            rows += unfolded(value, arranged.unfold)[: most - len(rows)]
        if len(rows) >= most:
            break
    return rows


def unfolded(value: dict[str, Any], lists: Sequence[str]) -> list[dict[str, str]]:
    """One object, as names and texts: one row for each element of the innermost list."""
    rows: list[tuple[dict[str, str], Any]] = [({}, value)]
    before = ""
    for path in lists:
        after = list[tuple[dict[str, str], Any]]()
        for outer, inner in rows:
            found = _at(inner, path.removeprefix(before))
            flat = _named(inner, before)
            own = {name: text for name, text in flat.items() if name != path and not name.startswith(path + ".")}
            one = [found if isinstance(found, dict) else None]
            listed = found if isinstance(found, list) and found else one
            after += [(outer | own, each) for each in listed[:200]]
        rows, before = after, path + "."
    return [outer | _named(inner, before) for outer, inner in rows]


def _named(value: Any, before: str) -> dict[str, str]:
    return json_values.flat(value, before) if isinstance(value, dict) else {}


def _at(value: Any, path: str) -> Any:
    if isinstance(value, dict) and path in value:
        return value[path]
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _delimiter(arranged: Arrangement) -> str:
    return "\t" if arranged.delimiter == " " else arranged.delimiter


def _commented_header(arranged: Arrangement, data: bytes) -> str:
    """The last line of remarks above the table that names several columns, without its mark."""
    mark = arranged.comment.encode() or b"#"
    delimiter, found = _delimiter(arranged), ""
    for raw in data[:_HABIT].splitlines()[arranged.skip :]:
        line = raw.strip()
        if line and not line.startswith(mark):
            break
        text = line[len(mark) :].lstrip(mark + b" ").decode("utf-8", "replace")
        text = (
            re.sub(r" +", "\t", text)
            if arranged.delimiter == " "
            else re.sub(r"(?i)^(columns|fields|header):\s*", "", text)
        )
        if delimiter in text:
            found = text
    return found


def _bared(arranged: Arrangement, data: bytes, *, is_first: bool) -> bytes:
    """The same lines, those that are no rows empty: so every row keeps its line."""
    if arranged.comment:
        mark = re.escape(arranged.comment.encode())
        data = re.sub(rb"(?m)^[ \t]*" + mark + rb"[^\r\n]*", b"", data)
    if is_first and arranged.skip:
        lines = data.splitlines(keepends=True)
        ends = [line[len(line.rstrip(b"\r\n")) :] for line in lines[: arranged.skip]]
        data = b"".join([*ends, *lines[arranged.skip :]])
    if arranged.delimiter == " ":
        data = re.sub(rb"[ \t]+(?=[\r\n]|\Z)|(?m:^)[ \t]+", b"", data)
        return re.sub(rb"[ \t]+", b"\t", data)
    return _closed_up(data, _delimiter(arranged).encode())


def _closed_up(data: bytes, delimiter: bytes) -> bytes:
    """Without blanks between a delimiter and a quote, where one of the first rows begins so (`"a", "b"`): the reader would take the quote as
    part of the cell. What is within a quoted cell stays as it is, `"x"", ""y"` too."""
    mark = re.escape(delimiter)
    if re.search(rb'(?m)^"[^"\r\n]*"' + mark + rb' +"', data[:_HABIT]) is None:
        return data
    cells, loose = _cells_of(mark)

    def closed(found: re.Match[bytes]) -> bytes:
        if found.lastindex == _CELL:
            return found[_CELL]
        return loose.sub(delimiter, found[_REST]) if found.lastindex == _REST else found[0]

    return cells.sub(closed, data)


_CELL, _REST = 1, 2  # groups of the pattern


@lru_cache(maxsize=10)
def _cells_of(mark: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Of the rows: a quoted cell, or its last line, with blanks between its delimiter and the next quote; the same without them; the first
    line of a cell that goes on; the rest of a line in which a quote is after plain text; plain text. And of such a rest, which no
    writer of CSV makes: what looks like a delimiter between two quotes."""
    within, plain = rb'[^"\r\n]*+(?:""[^"\r\n]*+)*+"', rb'[^"\r\n' + mark + rb"]"
    cell = rb'(?:"' + within + rb'|(?m:^)(?!")' + within + rb"(?=" + mark + rb"|[\r\n]|\Z))"
    parts = (b"(" + cell + mark + rb') +(?=")', cell, rb'"[^\r\n]*+', b"(" + plain + rb'++"[^\r\n]*+)', plain + b"++")
    return re.compile(b"|".join(parts)), re.compile(rb'(?<=")' + mark + rb' +(?=")')


@dataclass
class _Base:
    """Rows of text, before the SELECT: columns `c0`, `c1`, ..., or `text`."""

    table: pa.Table
    rows: Rows


def table_rows(arranged: Arrangement, header: list[str], blocks: Iterable[Block]) -> Generator[_Base]:
    delimiter = _delimiter(arranged)

    def bared() -> Iterator[Block]:
        for place, block in enumerate(blocks):
            plain = Block(_bared(arranged, block.data, is_first=place == 0), block.line, block.last)
            yield csv_.header_of(plain, delimiter)[1] if place == 0 and arranged.header == "first" else plain

    reader = csv_.Reader(header, delimiter, frozenset(header))
    for rows in reader.read(bared()):
        columns = [rows.table[name].cast(pa.string()) for name in header]
        yield _Base(pa.table(columns, names=[f"c{n}" for n in range(len(columns))]), rows)


def _json_rows(blocks: Iterable[Block]) -> Generator[_Base]:
    source = iter(blocks)
    first = next(source, None)
    if first is None:
        return

    def again() -> Iterator[Block]:
        yield first
        yield from source

    if json_lines.is_by_line(first.data):
        yield from map(_lines, again())
    else:
        yield from _values(again())


def _lines(block: Block) -> _Base:
    lines = json_columns.lines_of(block)
    return _Base(
        pa.table({"text": lines.text}),
        Rows(pa.table({"text": lines.text}), lines.lines, lines.texts, Rejects().table(), lines.size),
    )


def _values(blocks: Iterable[Block]) -> Generator[_Base]:
    for objects, rejects, size in json_lines.by_value(blocks):
        lines, shown, whole = list[int](), list[str](), list[str]()
        for line, text, value in objects:
            lines.append(line)
            shown.append(text)
            whole.append(json.dumps(value))
        table = pa.table({"text": pa.array(whole, pa.large_string())})
        yield _Base(table, Rows(table, np.array(lines, np.uint64), kept_texts(shown), rejects.table(), size))


# Rows to events


@dataclass
class _Reader:
    """Runs the SELECT over each block."""

    plan: select.Plan
    networks: Networks | None
    along: Sequence[str]

    def read(self, bases: Generator[_Base]) -> Iterator[Rows]:
        with closing(bases), select.connected() as connection:
            for base in bases:
                yield from self._one(connection, base)

    def _one(self, connection: duckdb.DuckDBPyConnection, base: _Base) -> Iterator[Rows]:
        count = base.table.num_rows
        table = base.table.append_column(select.ROW, pa.array(np.arange(count, dtype=np.int64)))
        connection.register(select.SOURCE, table)
        try:
            found = connection.sql(self.plan.sql).to_arrow_table()
        except duckdb.OutOfMemoryException as full:
            raise Unreadable(problems.TOO_COSTLY, str(full)[:200]) from full
        finally:
            connection.unregister(select.SOURCE)
        yield self._rows(found, base)

    def _rows(self, found: pa.Table, base: _Base) -> Rows:
        at = found[select.ROW].to_numpy()
        if (np.diff(at) < 0).any():  # lists that are taken apart may come out of their order
            order = np.argsort(at, kind="stable")
            found, at = found.take(pa.array(order)), at[order]
        why = found[select.WHY].combine_chunks()
        rejects = base.rows.rejects
        refused = np.flatnonzero(np.asarray(why.is_valid()))
        rejects = _with(rejects, base.rows, at[refused], why.take(pa.array(refused)).to_pylist())
        if len(refused):
            good = np.delete(np.arange(len(at)), refused)
            found, at = found.take(pa.array(good)), at[good]
        if self.networks is not None:
            places, found, many = self.networks.matched(found, MARK + "source.ip", NETWORK)
            rejects = _with(rejects, base.rows, at[many], [Reject.TOO_MANY.value] * len(many))
            at = at[places]
        more = _text(found[select.MORE]) if self.plan.is_json else None
        names = [*(MARK + field for field in self.plan.fields), *(f"b{n}" for n in range(len(self.plan.along)))]
        shown = [*(MARK + field for field in self.plan.fields), *_apart(self.along)]
        columns = [_text(found[name]) for name in names]
        if not self.plan.is_json:
            columns += [_text(base.rows.table[name].take(pa.array(at))) for name in self.along]
        if self.networks is not None:
            columns, shown = [*columns, _text(found[NETWORK])], [*shown, NETWORK]
        lines = base.rows.lines[at]
        return Rows(
            pa.table(columns, names=shown),
            lines,
            _texts(base.rows.texts, at),
            rejects,
            base.rows.size,
            more,
        )


def _apart(names: Sequence[str]) -> list[str]:
    """Names of columns of the file along those that the SELECT made."""
    out = list[str]()
    for name in names:
        apart = name
        while apart.startswith(MARK) or apart in out:
            apart = f"_{apart}"
        out.append(apart)
    return out


def _text(column: Any) -> Any:
    plain = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return plain.cast(pa.string()) if plain.type != pa.string() else plain


def _texts(
    texts: Callable[[npt.NDArray[np.int64]], list[str]], at: Any
) -> Callable[[npt.NDArray[np.int64]], list[str]]:
    return lambda rows: texts(at[rows])


def _with(rejects: pa.Table, rows: Rows, at: Any, reasons: list[str]) -> pa.Table:
    if not len(at):
        return rejects
    mine = reject_table(rows.lines[at], rows.texts(at), reasons)
    return pa.concat_tables([REJECT_SCHEMA.empty_table(), rejects, mine]).sort_by("line")
