"""Rows of CSV. pyarrow reads a block as if every line were a row, and is believed when the numbers agree; else the rows are
found one by one (records.py) and read again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pa_csv

from floreo.feeds.engine import problems
from floreo.feeds.engine.events import Reject
from floreo.feeds.engine.line_ends import Ints, line_places
from floreo.feeds.engine.opening import LONGEST_LINE, Block
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import records
from floreo.feeds.engine.reading.blocks import LONGEST_TEXT, Rejects, Rows
from floreo.feeds.engine.texts import first_places

WORDS = pa.dictionary(pa.int32(), pa.string())
_BITE = 1 << 21  # of a block, that PyArrow parses at a time
_SAMPLE = 2000  # rows by which a column is taken for one that repeats itself
_HABIT = 64 << 10  # bytes by which rows are taken to be longer or shorter than the header, all of them
_MOST_COLUMNS = 4000  # no report has a tenth
_FEW = 2  # columns at most
_REPEATS = 0.25  # of which so few are different
Bad = list[tuple[int, str]]  # number and text of rows with another number of cells
_MOST_CUTS = 100  # quotes never closed, until every line of the file counts as a row
_BREAKS = (b"\n", b"\r")


def header_of(block: Block, delimiter: str) -> tuple[list[str], Block]:
    """Names of the columns, and the block without them. Nameless columns get their number, later namesakes too."""
    whole = records.pattern(delimiter)
    place = 0
    while place < len(block.data):  # blank lines may be above
        found = whole.match(block.data, place)
        if not found or found.end() == place:
            break
        try:
            cells = next(csv.reader(io.StringIO(found[0].decode(), newline=""), delimiter=delimiter), [])
        except csv.Error as error:  # a cell longer than Python's reader takes: no name of a column
            raise Unreadable(problems.UNKNOWN_FORMAT) from error
        if cells:
            end = found.end()
            line = block.line + len(line_places(block.data[:end]))
            return unique(cells), Block(block.data[end:], line, block.last)
        place = found.end()
    return [], Block(b"", block.line, block.last)


def fitted(header: list[str], block: Block, delimiter: str) -> list[str]:
    """The header as long as the rows are. A writer who leaves the last columns out, or ends every row with a delimiter, does
    so in all rows: one row that differs is a broken row, several that agree are a habit."""
    sample = block.data[:_HABIT]
    sample = sample if block.last and len(sample) == len(block.data) else sample[: sample.rfind(b"\n") + 1]
    rows = csv.reader(io.StringIO(sample.decode("utf-8", "replace"), newline=""), delimiter=delimiter)
    try:
        widths = {len(row) for row in rows if row}
        count = rows.line_num
    except csv.Error:
        return header
    width = widths.pop() if len(widths) == 1 and count > 1 else len(header)
    if width < len(header) - _FEW or width > len(header) + _FEW:
        return header
    return unique([*header, *(str(n) for n in range(len(header) + 1, width + 1))])[:width]


def unique(cells: Iterable[str]) -> list[str]:
    """Every column by a name of its own."""
    out: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        name = cell.strip().replace("\0", "") or str(number)
        while name in out:
            name = f"{name}_{number}"
        out[name] = None
    if len(out) > _MOST_COLUMNS:
        raise Unreadable(problems.UNKNOWN_FORMAT, f"{len(out)} columns")
    return list(out)


@dataclass
class Reader:
    """Reads the blocks of one file. `plain`: columns that are text of their own; `words`: columns that repeat themselves;
    for the others the first rows decide."""

    header: list[str]
    delimiter: str = ","
    plain: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    types: Mapping[str, pa.DataType] = field(default_factory=dict)
    _alike: frozenset[str] = frozenset()  # words that were the same in all the first rows
    _held: bytes = b""
    _held_line: int = 0
    _skipping: bool = False
    _cuts: int = 0  # lines given up because of a quote never closed

    def read(self, blocks: Iterable[Block]) -> Iterator[Rows]:
        """At least one, so that a report without rows has columns too."""
        none = True
        for block in blocks:
            for rows in self._block(self._with_held(block)):
                none = False
                yield rows
        if none:
            yield Rows(self._empty(), np.zeros(0, np.uint64), lambda _: [], Rejects().table(), 0)

    def _with_held(self, block: Block) -> Block:
        if not self._held:
            return block
        whole = Block(self._held + block.data, self._held_line, block.last)
        self._held = b""
        return whole

    def _block(self, block: Block) -> Iterator[Rows]:
        if self._skipping and not (block := self._skip(block)).data:
            return
        if not self.types:
            self.types = self._reported_by(block.data)
        if self._ends_whole(block):
            table, bad = self._parse(block.data)
            count = table.num_rows + len(bad)
            if count == len(block.line_places) + (not block.data.endswith(_BREAKS)):
                yield _even(table, bad, block)
                return
        yield from self._uneven(block)

    def _ends_whole(self, block: Block) -> bool:
        """Whether the last line, if a row begins there, ends there too."""
        data = block.data
        if not data:
            return False
        if not data.endswith(_BREAKS) and not block.last:
            return False
        end = len(data)
        while end and data[end - 1] in b"\r\n":
            end -= 1
        start = data.rfind(b"\n", 0, end) + 1
        start = data.rfind(b"\r", start, end) + 1 or start
        return records.is_whole(data[start:end], self.delimiter)

    def _uneven(self, block: Block) -> Iterator[Rows]:
        """Rows found one by one. What is not yet whole is held for the next block; a quote never closed costs one line."""
        data, place, spans, rejects = block.data, 0, _Spans(), Rejects()
        line = block.line
        while place < len(data):
            rest = data[place:]
            if self._cuts > _MOST_CUTS:
                found, broken = records.lines(rest, self.delimiter, last=block.last), -1
            else:
                found = records.records(rest, self.delimiter, last=block.last)
                broken = _first_too_long(rest, found)
            for number, text in found.broken:
                rejects.add(line + number, _text(text), Reject.BROKEN_ROW)
            end = spans.take(found, broken, place, line)
            line += len(line_places(rest[:end]))
            place += end
            rest = rest[end:]
            if broken < 0 and not block.last and (len(rest) <= records.LONGEST or not _has_break(rest)):
                self._hold(rest, line, rejects)
                break
            if rest and self._cuts <= _MOST_CUTS:
                self._cuts += 1
                first = _first_line(rest)
                rejects.add(line, _text(first), _why(first))
                place, line = place + len(first), line + 1
            elif rest:
                rejects.add(line, _text(rest), _why(rest))
                break
        yield from self._spanned(data, spans, rejects)

    def _hold(self, rest: bytes, line: int, rejects: Rejects) -> None:
        """Keeps the beginning of a row for the next block; of a line longer than any row, only the word that it was."""
        if len(rest) > LONGEST_LINE:
            rejects.add(line, _text(rest), Reject.TOO_LONG)
            self._skipping = True
        else:
            self._held, self._held_line = rest, line

    def _skip(self, block: Block) -> Block:
        """Goes on behind a line that was too long."""
        first = _first_line(block.data)
        self._skipping = not first.endswith(_BREAKS)
        return Block(block.data[len(first) :], block.line + (not self._skipping), block.last)

    def _spanned(self, data: bytes, spans: _Spans, rejects: Rejects) -> Iterator[Rows]:
        starts, ends, lines = spans.arrays()
        table, bad = self._parse(b"".join(data[a:b] for a, b in spans.pieces))
        if table.num_rows + len(bad) != len(starts):  # pyarrow understands a row otherwise: each by itself, then
            table, bad = self._one_by_one(data, starts, ends)
        for number, text in bad:
            rejects.add(int(lines[number]), text, Reject.BROKEN_ROW)
        kept = np.delete(np.arange(len(starts)), [number for number, _ in bad])

        def texts(rows: npt.NDArray[np.int64]) -> list[str]:
            return [_text(data[starts[i] : ends[i]]) for i in kept[rows].tolist()]

        yield Rows(table, lines[kept].astype(np.uint64), texts, rejects.table(), len(data))

    def _one_by_one(self, data: bytes, starts: Ints, ends: Ints) -> tuple[pa.Table, Bad]:
        tables, bad = [self._empty()], []
        for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            table, _ = self._parse(data[start:end])
            if table.num_rows == 1:
                tables.append(table)
            else:
                bad.append((number, _text(data[start:end])))
        return pa.concat_tables(tables), bad

    def _parse(self, data: bytes) -> tuple[pa.Table, Bad]:
        """The rows, and number and text of those that have another number of cells."""
        if not data:
            return self._empty(), []
        try:  # in bites that stay in the processor's cache
            table, bad = self._read(data, _BITE)
        except pa.ArrowInvalid:  # a row that is longer than one
            table, bad = self._read(data, len(data) + 1)
        return self._in_words(table.unify_dictionaries().combine_chunks()), bad

    def _in_words(self, table: pa.Table) -> pa.Table:
        """Columns that were read as text because they say one thing, as the dictionaries that they are to others."""
        if not self._alike or not table.num_rows:
            return table
        columns = [
            _words(column) if name in self._alike else column
            for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        return pa.table(columns, names=table.column_names)

    def _read(self, data: bytes, size: int) -> tuple[pa.Table, Bad]:
        bad: Bad = []

        def broken(row: Any) -> str:
            bad.append((row.number - 1, row.text))
            return "skip"

        table = pa_csv.read_csv(
            pa.BufferReader(data),
            read_options=pa_csv.ReadOptions(column_names=self.header, block_size=size, use_threads=False),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.delimiter, invalid_row_handler=broken, newlines_in_values=True
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=self._read_as, strings_can_be_null=True, null_values=[""], check_utf8=False
            ),
        )
        return table, bad

    @property
    def _read_as(self) -> Mapping[str, pa.DataType]:
        return {**self.types, **dict.fromkeys(self._alike, pa.string())}

    def _empty(self) -> pa.Table:
        return pa.schema([(name, self.types.get(name, pa.string())) for name in self.header]).empty_table()

    def _reported_by(self, data: bytes) -> dict[str, pa.DataType]:
        self.types = dict.fromkeys(self.header, pa.string())
        end = 0
        for _ in range(_SAMPLE):
            end = data.find(b"\n", end) + 1
            if not end:
                break
        sample, _ = self._parse(data[:end] if end else data)
        out: dict[str, pa.DataType] = {}
        alike = set()
        for name in self.header:
            few = sample[name].combine_chunks().unique()
            repeats = len(few) <= max(8, sample.num_rows * _REPEATS)
            out[name] = WORDS if name not in self.plain and (name in self.words or repeats) else pa.string()
            if out[name] == WORDS and len(few) == 1:
                alike.add(name)
        self._alike = frozenset(alike)
        return out


def _words(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column of text as a dictionary. One that says the same in every row is seen to be so at a tenth of what looking up each of
    its cells takes."""
    whole = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if whole.null_count == len(whole):
        return pa.nulls(len(whole), WORDS)
    if whole.null_count == 0 and _is_one_text(whole):
        return pa.DictionaryArray.from_arrays(first_places(len(whole)), whole.slice(0, 1), safe=False)
    return whole.dictionary_encode()


def _is_one_text(column: pa.StringArray) -> bool:
    """Whether all its texts are the same; none of them is null."""
    _valid, places, letters = column.buffers()
    at = np.frombuffer(places, np.int32, len(column) + 1, 4 * column.offset)
    start, size = int(at[0]), int(at[1] - at[0])
    if not (np.diff(at) == size).all():
        return False
    if not size:
        return True
    text = column[0].as_buffer().to_pybytes() * len(column)
    return bool(letters.slice(start, len(text)).equals(pa.py_buffer(text)))


def _has_break(data: bytes) -> bool:
    return b"\n" in data or b"\r" in data


def _why(line: bytes) -> Reject:
    return Reject.TOO_LONG if len(line) > records.LONGEST else Reject.BROKEN_ROW


def _first_too_long(data: bytes, found: records.Records) -> int:
    """The first row over several lines that is longer than any real one; -1 when there is none."""
    for i in np.flatnonzero(found.ends - found.starts > records.LONGEST).tolist():
        if _has_break(data[found.starts[i] : found.ends[i]].rstrip(b"\r\n")):
            return int(i)
    return -1


@dataclass
class _Spans:
    """Rows of a block, found bit by bit: begin, end and line of each, and the pieces in which they lie."""

    found: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    pieces: list[tuple[int, int]] = field(default_factory=list)

    def take(self, found: records.Records, broken: int, place: int, line: int) -> int:
        """Adds rows, up to the one that is broken; says where what was understood ends."""
        count = len(found.starts) if broken < 0 else broken
        end = found.end if broken < 0 else int(found.starts[broken])
        if count:
            self.found.append((found.starts[:count] + place, found.ends[:count] + place, found.lines[:count] + line))
            if len(found.broken):
                spans = zip((found.starts + place).tolist(), (found.ends + place).tolist(), strict=True)
                self.pieces += list(spans)
            else:
                self.pieces.append((place, place + int(found.ends[count - 1])))
        return end

    def arrays(self) -> tuple[Ints, Ints, Ints]:
        if not self.found:
            nothing = np.zeros(0, np.int64)
            return nothing, nothing, nothing
        starts, ends, lines = (np.concatenate(column) for column in zip(*self.found, strict=True))
        return starts, ends, lines


def _first_line(data: bytes) -> bytes:
    places = [place for mark in _BREAKS if (place := data.find(mark)) >= 0]
    if not places:
        return data
    end = min(places) + 1
    return data[: end + (data[end - 1 : end + 1] == b"\r\n")]


def _text(row: bytes) -> str:
    return row[: LONGEST_TEXT * 4].decode("utf-8", "replace").rstrip("\r\n")[:LONGEST_TEXT]


def _even(table: pa.Table, bad: Bad, block: Block) -> Rows:
    """Every line was a row."""
    count = table.num_rows + len(bad)
    lines = np.arange(block.line, block.line + count, dtype=np.uint64)
    rejects = Rejects()
    for number, text in bad:
        rejects.add(block.line + number, text, Reject.BROKEN_ROW)
    kept = np.delete(np.arange(count), [number for number, _ in bad]) if bad else None
    data, places = block.data, block.line_places

    def texts(rows: npt.NDArray[np.int64]) -> list[str]:
        ends = places + 1
        ends = np.append(ends, len(data))
        starts = np.append(0, ends)
        at = rows if kept is None else kept[rows]
        return [_text(data[starts[i] : ends[i]]) for i in at.tolist()]

    return Rows(table, lines if kept is None else lines[kept], texts, rejects.table(), len(data))
