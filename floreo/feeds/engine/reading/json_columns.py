"""JSON lines read a column at a time, with the same rows as the reader that goes line by line (`json_lines.Reader`), many times as quickly: by Arrow
where they are plain (`json_plain`), else DuckDB takes what is wanted out of all lines of a block. One difference: a number with a fraction has
its shortest form (1.5 for 1.50), and -0 is 0.

Which names a block has is asked of the block itself. A block that cannot be read so without a doubt (a name twice in one object, too many
names) is read line by line, and so are lines that are no objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
from floreo.feeds.engine.reading.json_plain import NotPlain, Plain
from floreo.feeds.engine.reading.json_values import DECODER, value_text

WORTH = 2 << 20  # bytes of a block: a smaller one is read sooner line by line
_SHORT = 32  # bytes of a line that may be blank
_MOST_NAMES, _MOST_DEEP, _MOST_ROUNDS, _FEW = 400, 12, 8, 500
_OBJECTS = f"(SELECT * FROM {SOURCE} WHERE json_valid(text) AND starts_with(ltrim(text, ' \t\r'), '{{'))"
_BITE = 1 << 16  # bytes that stay in the processor's cache
_QUOTED = r'["\\\x00-\x1f]'  # what JSON writes otherwise within quotes
Path = tuple[str, ...]


@dataclass(frozen=True)
class TextLines:
    """Lines that are not empty: their text, their numbers in the file, and how they were written (for rejects); and where in `data` each begins and its
    line end is."""

    text: Any
    lines: Lines
    texts: Texts
    size: int
    data: bytes
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


def lines_of(block: Block) -> TextLines:
    """Every line that is not empty, without a copy of its text in Python."""
    data = block.data
    ends = np.append(block.line_places, len(data))
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

    # A CR and its LF are one line end: its places are those of the last character of each.
    lines = (there + block.line).astype(np.uint64)
    return TextLines(taken, lines, texts, len(data), data, starts[there], ends[there])


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
    _plain: Plain = field(default_factory=Plain)
    _open: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def opened(self) -> Iterator[Columns]:
        with self._open:
            yield self

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """Opened by the first block that needs it: that takes as long as reading thousands of lines."""
        return self._open.enter_context(connected())

    def read(self, lines: TextLines) -> Found:
        """Raises Doubtful."""
        try:
            values = self._plain.values(lines.data, lines.starts, lines.ends)
        except NotPlain:
            return self._asked(lines.text)
        return self._found(values, np.arange(len(lines.lines)))

    def _asked(self, text: Any) -> Found:
        """By questions to DuckDB."""
        if not self._has_begun:  # what is to be learnt is learnt of few lines first
            self._has_begun = True
            if len(text) > _FEW:
                self._asked(text.slice(0, _FEW))
        table = pa.table({ROW: pa.array(np.arange(len(text), dtype=np.int64)), "text": text})
        self._connection.register(SOURCE, table)
        try:
            return self._read()
        # Memory that is used up, a text that DuckDB does not take, lists within lists without end.
        except (duckdb.Error, RecursionError) as error:
            raise Doubtful from error
        finally:
            self._connection.unregister(SOURCE)

    def _read(self) -> Found:
        for _ in range(_MOST_ROUNDS):
            source, names = self._names()
            found = self._taken(source, names)
            if not self._learns(source, names, found):
                return self._found(self._values_of(names, found), found[ROW].to_numpy())
            self._known.clear()
        raise Doubtful

    def _ask(self, sql: str) -> Any:
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

    def _values_of(self, names: Sequence[Path], found: Any) -> dict[Path, Any]:
        values = {path: _whole(found[f"v{n}"]) for n, path in enumerate(names)}
        for n, path in enumerate(names):
            if self._is_mixed(path):
                values[path] = _filled(values[path], _whole(found[f"j{n}"]))
        return values

    def _found(self, values: dict[Path, Any], at: npt.NDArray[np.int64]) -> Found:
        columns, rest = dict[str, list[Any]](), dict[str, list[Any]]()
        for path, value in values.items():
            name = ".".join(path)
            into, called = (columns, name) if name in self._wanted else (rest, name.removeprefix(self.prefix))
            into.setdefault(called, []).append(_without_empty(value))
        return Found(
            at,
            {name: _one(each) for name, each in columns.items()},
            _more({name: _one(each) for name, each in rest.items()}, len(at)),
        )

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset(self.wanted)


def _more(columns: dict[str, Any], count: int) -> Any:
    """JSON text of all that has a value, row by row; null where nothing has."""
    pairs = [
        pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False) + ':"', _escaped(each), '"', "")
        for name, each in columns.items()
        if each.null_count < count
    ]
    if not pairs:
        return pa.nulls(count, pa.string())
    # A row in which all are null would be left out of the result: an empty text in front keeps it.
    within = pc.binary_join_element_wise(pa.repeat("", count), *pairs, ",", null_handling="skip")
    within = pc.if_else(pc.equal(within, ""), pa.scalar(None, pa.string()), pc.binary_replace_slice(within, 0, 1, "{"))
    return pc.binary_join_element_wise(within, "}", "")


def _escaped(column: Any) -> Any:
    """As it is between the quotes of JSON. Few texts need to be changed."""
    if not _has_quoted(column):
        return column
    at = np.flatnonzero(np.asarray(pc.fill_null(pc.match_substring_regex(column, _QUOTED), fill_value=False)))
    mask = np.zeros(len(column), np.bool_)
    mask[at] = True
    texts = column.take(pa.array(at)).to_pylist()
    changed = pa.array([json.dumps(text, ensure_ascii=False)[1:-1] for text in texts], pa.string())
    return pc.replace_with_mask(column, pa.array(mask), changed)


def _has_quoted(column: Any) -> bool:
    """Whether anything in a column of text is written otherwise in JSON: recognised by its bytes, in bites that stay in the processor's cache."""
    _, starts, data = column.buffers()
    if data is None:
        return False
    places = np.frombuffer(starts, np.int32, len(column) + 1, column.offset * 4)
    flat = np.frombuffer(data, np.uint8)[places[0] : places[-1]]
    for at in range(0, len(flat), _BITE):
        bite = flat[at : at + _BITE]
        if (bite < ord(" ")).any() or (bite == ord('"')).any() or (bite == ord("\\")).any():
            return True
    return False


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
