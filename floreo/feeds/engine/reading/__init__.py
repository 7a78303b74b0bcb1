"""A received file opened as a report: its format, type and day, what has drifted, and its rows part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from floreo.feeds.engine import events, formats, problems
from floreo.feeds.engine.columns import guess_mapping, mapped
from floreo.feeds.engine.formats import Format, ReportType
from floreo.feeds.engine.opening import BLOCK, Block, Member, members
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import csv_, identity, json_lines, lists, xarf
from floreo.feeds.engine.reading.arranged import is_arranged, open_arranged
from floreo.feeds.engine.reading.blocks import RowBlock, Rows
from floreo.feeds.engine.task import IngestOrder, Source

__all__ = ["OpenReport", "RowBlock", "open_report", "sample"]


@dataclass
class OpenReport:
    """A report whose beginning has been read. `parts` gives its rows, once; it raises Unreadable where the file ends wrongly.

    Columns of several members of an archive may differ: then `extra` is text in every part."""

    format: Format
    type: ReportType
    is_known_type: bool
    day: date | None
    unknown_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    header: tuple[str, ...]
    _parts: Iterator[RowBlock] = field(repr=False)

    @property
    def report_type(self) -> str:
        return self.type.name

    def parts(self) -> Iterator[RowBlock]:
        return self._parts


@dataclass
class _Opened:
    """One member, its beginning read."""

    format: Format
    type: ReportType
    header: list[str]
    rows: Iterator[Rows]
    is_known: bool
    drifts: bool  # whether columns that come and go are worth a word


def open_report(source: Source, task: IngestOrder, *, data: bytes | None = None, block: int = BLOCK) -> OpenReport:
    """Reads the beginning. Raises Unreadable when it is no report, or not the one that it says."""
    found = members(
        source.path if data is None else data,
        source.name,
        largest_bytes=task.largest_bytes,
        largest_ratio=task.largest_ratio,
    )
    member = next(found)
    first = _open(member, task, block)
    return OpenReport(
        format=first.format,
        type=first.type,
        is_known_type=first.is_known,
        day=formats.named(source.name)[0] or formats.named(member.name)[0] or task.day,
        unknown_columns=first.type.unknown(first.header) if first.drifts else (),
        missing_columns=first.type.missing(first.header) if first.drifts else (),
        header=tuple(first.header),
        _parts=_parts(first, found, task, block, text=not member.is_alone),
    )


def _parts(first: _Opened, rest: Iterator[Member], task: IngestOrder, block: int, *, text: bool) -> Iterator[RowBlock]:
    yield from _parts_of(first, text=text)
    for member in rest:
        yield from _parts_of(_open(member, task, block), text=text)


def _parts_of(opened: _Opened, *, text: bool) -> Iterator[RowBlock]:
    for rows in opened.rows:
        yield RowBlock(
            table=rows.table,
            lines=rows.lines,
            texts=rows.texts,
            rejects=rows.rejects,
            format=opened.format,
            type=opened.type,
            size=rows.size,
            more=rows.more,
            extra_as_text=text,
        )


def _open(member: Member, task: IngestOrder, size: int) -> _Opened:
    blocks = member.blocks(size)
    first = next(blocks)
    identity.check_text(first)
    known = formats.load(task.format) if task.format else identity.format_of(first, member.name)
    given = formats.named(member.name)[1]
    if known.type_of(given) is None:
        given = task.report_type or given
    again = _chain(first, blocks)
    if is_arranged(task.mapping):
        found = open_arranged(given, first, again, task)
        return _Opened(found.format, found.type, found.header, found.rows, is_known=True, drifts=False)
    open_as: dict[str, Callable[..., _Opened]] = {"csv": _csv, "json": _json, "xarf": _json, "list": _list}
    return open_as[known.reads](known, given, first, again, task.mapping)


def _chain(first: Block, rest: Iterable[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _csv(known: Format, given: str, first: Block, blocks: Iterator[Block], mapping: Mapping[str, Any]) -> _Opened:
    delimiter = str(mapping.get("delimiter") or identity.delimiter_of(first, known.delimiter))
    if mapping.get("header", True):
        header, rest = csv_.header_of(first, delimiter)
        header = csv_.fitted(header, rest, delimiter)
        if not mapping:
            header = identity.spelt(known, given, header)
    else:
        header, rest = [str(n) for n in range(1, len(identity.cells(first, delimiter)) + 1)], first
    next(blocks)
    kind, is_known = (
        identity.type_of(known, given, header) if not mapping else _as_mapped(known, given, header, mapping)
    )
    plain: set[str] = set()
    words: set[str] = set()
    for event_field in kind.fields:
        if column := kind.column(event_field, header):
            kept_as = events.COLUMNS[event_field]
            if kept_as == events.TEXT:
                plain.add(column)
            elif kept_as == events.WORDS:
                words.add(column)
    reader = csv_.Reader(header, delimiter, frozenset(plain), frozenset(words))
    drifts = is_known and not mapping
    return _Opened(known, kind, header, reader.read(_chain(rest, blocks)), is_known=is_known, drifts=drifts)


def _as_mapped(known: Format, given: str, header: list[str], mapping: Mapping[str, Any]) -> tuple[ReportType, bool]:
    """The type as the team's form corrects it."""
    kind = mapped(known.type_of(given) or known.stranger(given), mapping)
    when = "time.source"
    if not mapping.get("time") and not kind.column(when, header):  # nobody chose one: the day of the report counts
        kind = replace(kind, fields={field: columns for field, columns in kind.fields.items() if field != when})
    identity.check_columns(known, kind, header)
    return kind, True


def _json(known: Format, given: str, first: Block, blocks: Iterator[Block], mapping: Mapping[str, Any]) -> _Opened:
    if b"{" not in first.data and b"[" not in first.data:
        raise Unreadable(problems.UNKNOWN_FORMAT)
    change = xarf.spread if known.reads == "xarf" else None
    rows = [change(row) if change else row for _, row in identity.first_objects(first)]
    header = list(dict.fromkeys(name for row in rows for name in row))
    only = next(iter(known.types.values()), None)
    if mapping:
        kind, is_known = mapped(known.type_of(given) or only or known.stranger(given), mapping), True
    elif only:
        kind, is_known = only, True
    else:
        kind, is_known = known.stranger(given), False
    columns = list(dict.fromkeys([*_wanted(kind), *kind.vulnerabilities]))
    reader = json_lines.Reader(columns, change)
    return _Opened(known, kind, header, reader.read(blocks), is_known=is_known, drifts=False)


def _wanted(kind: ReportType) -> list[str]:
    named = [c for derived in kind.derived.values() for c in derived.columns]
    return [*(c for columns in kind.fields.values() for c in columns), *named]


def _list(known: Format, given: str, first: Block, blocks: Iterator[Block], mapping: Mapping[str, Any]) -> _Opened:
    kind = mapped(known.type_of(given) or known.stranger(given), {k: v for k, v in mapping.items() if k in _OF_LISTS})
    return _Opened(known, kind, list(lists.COLUMNS), lists.Reader().read(blocks), is_known=True, drifts=False)


_OF_LISTS = ("kind", "taxonomy", "type", "severity")


def sample(
    path: str | Path | bytes, name: str, mapping: Mapping[str, Any] | None = None, rows: int = 20
) -> dict[str, Any]:
    """For "try with this file": header, first rows and a guess of the four fields. Raises Unreadable."""
    found_in = members(path, name)  # held: the file is open as long as this is
    first = next(next(found_in).blocks())
    identity.check_text(first)
    known = identity.format_of(first, name)
    if known.reads in ("json", "xarf"):
        found = [row for _, row in identity.first_objects(first, rows)]
        header = list(dict.fromkeys(n for row in found for n in row))
        shown: list[dict[str, Any]] = [dict(row) for row in found]
    elif known.reads == "list":
        part = next(iter(lists.Reader().read([first])))
        header, shown = list(lists.COLUMNS), part.table.slice(0, rows).to_pylist()
    else:
        delimiter = str((mapping or {}).get("delimiter") or identity.delimiter_of(first, known.delimiter))
        header, rest = csv_.header_of(first, delimiter)
        read = next(iter(csv_.Reader(header, delimiter).read([rest])), None)
        shown = read.table.slice(0, rows).to_pylist() if read else []
    return {"format": known.name, "header": header, "rows": shown, "mapping": guess_mapping(header, shown)}
