"""JSON lines read a column at a time: DuckDB takes what is wanted out of all lines of a block, and gives the same rows as the reader that goes
line by line (`json_lines.Reader`), many times as quickly. One difference: a number with a fraction has its shortest form (1.5 for 1.50).

Which names a block has is asked of the block itself. A block that cannot be read so without a doubt (a name twice in one object, too many
names) is read line by line, and so are lines that are no objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from floreo.feeds.engine.arrange.select import ROW, SOURCE, connected, literal
from floreo.feeds.engine.opening import Block
from floreo.feeds.engine.reading.blocks import LONGEST_TEXT, Lines, Texts
from floreo.feeds.engine.reading.json_values import DECODER, value_text
from floreo.feeds.engine.reading.records import line_places

WORTH = 2 << 20  # bytes of a block: a smaller one is read sooner line by line
_SHORT = 32  # bytes of a line that may be blank
_MOST_NAMES, _MOST_DEEP, _MOST_ROUNDS, _FEW = 400, 12, 8, 500
_OBJECTS = f"(SELECT * FROM {SOURCE} WHERE json_valid(text) AND starts_with(ltrim(text, ' \t\r'), '{{'))"
Path = tuple[str, ...]


@dataclass(frozen=True)
class TextLines:
    """Lines that are not empty: their text, their numbers in the file, and how they stood (for rejects)."""

    text: Any
    lines: Lines
    texts: Texts
    size: int


def lines_of(block: Block) -> TextLines:
    """Every line that is not empty, without a copy of its text in Python."""
    data = block.data
    ends = np.append(line_places(data), len(data))
    starts = np.append(0, ends[:-1] + 1)
    whole = pa.LargeStringArray.from_buffers(
        len(ends), pa.py_buffer(np.append(starts, len(data)).astype(np.int64).tobytes()), pa.py_buffer(data)
    )
    is_short = ends - starts < _SHORT
    blank = [n for n in np.flatnonzero(is_short).tolist() if not data[starts[n] : ends[n]].strip()]
    there = np.delete(np.arange(len(ends)), blank)
    is_front = len(there) == 0 or there[-1] == len(there) - 1  # only what is behind the last line end is blank
    taken = whole.slice(0, len(there)) if is_front else whole.take(pa.array(there))

    def texts(rows: npt.NDArray[np.int64]) -> list[str]:
        return [text.rstrip("\r\n")[:LONGEST_TEXT] for text in taken.take(pa.array(rows)).to_pylist()]

    # A CR and its LF are one line end: `line_places` has the last letter of each.
    return TextLines(taken, (there + block.line).astype(np.uint64), texts, len(data))


class Doubtful(Exception):  # noqa: N818 -- it is about a block
    """The block has to be read line by line."""


@dataclass
class Found:
    """`at`: the lines that are objects, by their place among those given. `columns`: text or null of each name that is wanted and there.
    `more`: JSON text of all others, null where there are none."""

    at: npt.NDArray[np.int64]
    columns: dict[str, Any]
    more: Any


@dataclass
class Columns:
    """Takes `wanted` names out of blocks; names of `more` go without `prefix`. What it learns of one block (which names are objects, which are
    lists) holds for the next."""

    wanted: Sequence[str]
    prefix: str
    _objects: list[Path] = field(default_factory=lambda: [()])
    _values: set[Path] = field(
        default_factory=set
    )  # of these objects, those that are perhaps something else in some line
    _lists: set[Path] = field(default_factory=set)  # names whose values are a list in some line
    _known: dict[int, list[list[str] | None]] = field(
        default_factory=dict
    )  # hash -> the names of each object in some line
    _has_begun: bool = False
    _connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def opened(self) -> Iterator[Columns]:
        with connected() as self._connection:
            yield self

    def read(self, text: Any) -> Found:
        """`text`: the lines. Raises Doubtful."""
        if not self._has_begun:  # what is to be learnt is learnt of few lines first
            self._has_begun = True
            if len(text) > _FEW:
                self.read(text.slice(0, _FEW))
        assert self._connection is not None
        table = pa.table({ROW: pa.array(np.arange(len(text), dtype=np.int64)), "text": text})
        self._connection.register(SOURCE, table)
        try:
            return self._read()
        except duckdb.Error as error:  # memory that is used up, or a text that it does not take
            raise Doubtful from error
        finally:
            self._connection.unregister(SOURCE)

    def _read(self) -> Found:
        for _ in range(_MOST_ROUNDS):
            source, names = self._names()
            found = self._taken(source, names)
            if not self._learns(source, names, found):
                return self._found(names, found)
            self._known.clear()
        raise Doubtful

    def _ask(self, sql: str) -> Any:
        assert self._connection is not None
        return self._connection.sql(sql).to_arrow_table()

    def _names(self) -> tuple[str, list[Path]]:
        """The lines that are objects, as a relation, and all their names, those within objects too. Raises Doubtful."""
        try:
            source, names = SOURCE, self._names_in(SOURCE)
        except duckdb.InvalidInputException:  # some line is no JSON
            names = None
        if names is None:
            source, names = _OBJECTS, self._names_in(_OBJECTS) or []
        if len(names) > _MOST_NAMES or any(len(path) > _MOST_DEEP for path in names):
            raise Doubtful
        return source, names

    def _names_in(self, source: str) -> list[Path] | None:
        """None where some line is perhaps no object."""
        keys = f"json_keys(text, [{', '.join(literal(pointer_of(each)) for each in self._objects)}])"
        there = self._ask(f"SELECT DISTINCT hash({keys}) AS h FROM {source} LIMIT {_MOST_NAMES}")["h"].to_pylist()
        if len(there) == _MOST_NAMES:
            raise Doubtful
        if not self._known.keys() >= set(there):
            found = self._ask(f"SELECT DISTINCT {keys} AS keys, hash(keys) AS h FROM {source}")
            self._known |= dict(zip(found["h"].to_pylist(), found["keys"].to_pylist(), strict=True))
        names = dict[Path, None]()
        for each in there:
            listed = self._known[each]
            if not listed[0] and source == SOURCE:
                return None
            for path, inner in zip(self._objects, listed, strict=True):
                if len(set(inner or ())) != len(inner or ()) or not all(map(_is_plain, inner or ())):
                    raise Doubtful
                names.update(dict.fromkeys((*path, key) for key in inner or ()))
                if path and inner == []:
                    self._values.add(path)
        return [each for each in names if each not in self._objects or each in self._values]

    def _taken(self, source: str, names: Sequence[Path]) -> Any:
        """A row a line, in their order: `v0`, `v1`, ... the values of the names as text, and `j0`, ... where such a value is a list that holds
        more than plain values, or an object that was not known to be one, as JSON."""
        inner = [ROW, f"json_transform(text, {literal(self._structure(names))}) AS t"]
        values = list[str]()
        for n, each in enumerate(names):
            place = "t." + ".".join(_quoted(key) for key in each)
            if each in self._objects:  # what it is where it is none
                inner.append(f"CAST(json_extract(text, {literal(pointer_of(each))}) AS VARCHAR) AS o{n}")
                place = f"o{n}"
            if self._is_mixed(each):
                is_known = each in self._objects
                values += [f"{_text_of(place)} AS v{n}", f"{_json_of(place, is_known=is_known)} AS j{n}"]
            else:
                values.append(f"{place} AS v{n}")
        return self._ask(f"SELECT {', '.join([ROW, *values])} FROM (SELECT {', '.join(inner)} FROM {source})")

    def _structure(self, names: Sequence[Path]) -> str:
        """What is to be taken, as `json_transform` wants it: of lists JSON, of all else text. Raises Doubtful where DuckDB would hold two names for
        one: it knows no capitals."""
        tree = dict[str, Any]()
        for path in names:
            if path in self._objects:
                continue
            inner = tree
            for key in path[:-1]:
                inner = inner.setdefault(key, {})
            inner[path[-1]] = "JSON" if path in self._lists else "VARCHAR"
        if not _is_distinct(tree):
            raise Doubtful
        return json.dumps(tree, ensure_ascii=False)

    def _is_mixed(self, path: Path) -> bool:
        return path in self._lists or path in self._objects

    def _learns(self, source: str, names: Sequence[Path], found: Any) -> bool:
        """Whether it was seen only now that a name is a list or an object in some line: then the values have to be taken again."""
        new = list[Path]()
        for n, path in enumerate(names):
            if self._is_mixed(path):
                if _begins(found[f"j{n}"], "{"):
                    self._objects.append(path)
                    new.append(path)
            elif _begins(found[f"v{n}"], "{") or _begins(found[f"v{n}"], "["):
                kinds = self._ask(
                    f"SELECT DISTINCT json_type(text, {literal(pointer_of(path))}) AS kind FROM {source}"
                )["kind"].to_pylist()
                new += [path] * ("ARRAY" in kinds or "OBJECT" in kinds)
                self._lists |= {path} if "ARRAY" in kinds else set()
                self._objects += [path] if "OBJECT" in kinds else []
        return bool(new)

    def _found(self, names: Sequence[Path], found: Any) -> Found:
        values = {path: _whole(found[f"v{n}"]) for n, path in enumerate(names)}
        for n, path in enumerate(names):
            if self._is_mixed(path):
                values[path] = _filled(values[path], _whole(found[f"j{n}"]))
        columns, rest = dict[str, list[Any]](), dict[str, list[Any]]()
        for path, value in values.items():
            name = ".".join(path)
            into, called = (columns, name) if name in self._wanted else (rest, name.removeprefix(self.prefix))
            into.setdefault(called, []).append(_without_empty(value))
        return Found(
            found[ROW].to_numpy(),
            {name: _one(each) for name, each in columns.items()},
            self._more({name: _one(each) for name, each in rest.items()}, len(found)),
        )

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(self.wanted)

    def _more(self, columns: dict[str, Any], count: int) -> Any:
        if not columns:
            return pa.nulls(count, pa.string())
        table = pa.table({f"c{n}": each for n, each in enumerate(columns.values())})
        assert self._connection is not None
        self._connection.register("rest", table)
        try:
            pairs = [
                f"{literal(json.dumps(name, ensure_ascii=False) + ':')} || to_json(c{n})"
                for n, name in enumerate(columns)
            ]
            within = f"concat_ws(',', {', '.join(pairs)})"
            return _whole(self._ask(f"SELECT '{{' || nullif({within}, '') || '}}' AS more FROM rest")["more"])
        finally:
            self._connection.unregister("rest")


def pointer_of(path: Path) -> str:
    """As a pointer (RFC 6901); that of the whole is empty."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def _is_distinct(tree: dict[str, Any]) -> bool:
    inner = [each for each in tree.values() if isinstance(each, dict)]
    return len({key.casefold() for key in tree}) == len(tree) and all(map(_is_distinct, inner))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_plain(key: str) -> bool:
    """Whether a pointer to it can mean nothing else: of a number it could be a place in a list."""
    return bool(key) and not key.isdigit() and "\0" not in key


def _text_of(m: str) -> str:
    """A value as text: plain ones of a list joined. Nothing of what `_json_of` gives."""
    joined = f"array_to_string(json_extract_string({m}, '$[*]'), ';')"
    return f"CASE WHEN starts_with({m}, '[') THEN CASE WHEN NOT {_holds_more(m)} THEN {joined} END WHEN NOT starts_with({m}, '{{') THEN {m} ->> '$' END"


def _json_of(m: str, *, is_known: bool) -> str:
    also = "" if is_known else f" OR starts_with({m}, '{{')"
    return f"CASE WHEN (starts_with({m}, '[') AND {_holds_more(m)}){also} THEN {m} END"


def _holds_more(m: str) -> str:
    """Whether there may be lists or objects in a list."""
    return f"(contains({m}, '{{') OR contains({m}[2:], '['))"


def _begins(column: Any, letter: str) -> bool:
    return bool(pc.any(pc.starts_with(column, letter)).as_py())


def _whole(column: Any) -> Any:
    plain = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return plain.cast(pa.string()) if plain.type != pa.string() else plain


def _without_empty(values: Any) -> Any:
    is_empty = pc.equal(values, "")
    return pc.if_else(is_empty, pa.scalar(None, pa.string()), values) if pc.any(is_empty).as_py() else values


def _filled(values: Any, as_json: Any) -> Any:
    """Lists that hold more, as the reader of lines writes them."""
    at = np.flatnonzero(np.asarray(as_json.is_valid()))
    if not len(at):
        return values
    texts = values.to_pylist()
    for place, text in zip(at.tolist(), as_json.take(pa.array(at)).to_pylist(), strict=True):
        texts[place] = value_text(DECODER.decode(text))
    return pa.array(texts, pa.string())


def _one(columns: Sequence[Any]) -> Any:
    """Of names that come to the same: the one that is there. Raises Doubtful where two are."""
    if len(columns) == 1:
        return columns[0]
    there = np.zeros(len(columns[0]), np.int64)
    for each in columns:
        there += np.asarray(each.is_valid())
    if (there > 1).any():
        raise Doubtful
    return pc.coalesce(*columns)
