"""What a file is, recognised by its first block: the format, the type, and whether it is a report at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from floreo.feeds.engine import formats, problems
from floreo.feeds.engine.formats import SUBJECTS, Format, ReportType, likeness
from floreo.feeds.engine.opening import Block
from floreo.feeds.engine.problems import Unreadable
from floreo.feeds.engine.reading import json_lines, json_values, lists, xarf

_SAMPLE = 64 << 10
_FOREIGN, _CLEARLY = 3, 0.25  # columns not known to a type, and by how much another must fit better
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1b")) + b"\x7f"


def check_text(block: Block) -> None:
    """Pictures, programs and archives of other kinds are no reports."""
    sample = block.data[:_SAMPLE]
    if block.last and not sample.strip(b" \t\r\n\0"):
        raise Unreadable(problems.EMPTY)
    if (
        sample.lstrip()[:5].lower().startswith((b"<", b"%pdf-", b"{\\rtf"))
    ):  # a page that says "not found" is no report either
        raise Unreadable(problems.UNKNOWN_FORMAT)
    if len(sample) - len(sample.translate(None, _CONTROLS)) > len(sample) // 10:
        raise Unreadable(problems.UNKNOWN_FORMAT)


def format_of(block: Block, name: str) -> Format:
    """The format that a file's first block shows."""
    start = block.data[:_SAMPLE].lstrip()
    if start[:1] in (b"{", b"["):
        return _json_format(block)
    header = cells(block, delimiter_of(block))
    own = formats.load("shadowserver")
    if len(header) > 1 and (own.type_of(formats.named(name)[1]) or own.looks_like(header)):
        return own
    lines = [line for line in start.decode("utf-8", "replace").splitlines()[:200] if line.strip()][:-1] or [
        start.decode("utf-8", "replace")
    ]
    listed = [line for line in lines if not (given := lists.bare(line)) or lists.entry(given)]
    return formats.load("list" if len(listed) * 2 > len(lines) and len(header) < 2 else "csv")


def _json_format(block: Block) -> Format:
    rows = [row for _, row in first_objects(block)]
    if not rows:
        return formats.load("jsonl")
    if xarf.is_xarf(rows[0]):
        return formats.load("xarf")
    names = {key for row in rows for key in row}
    is_intelmq = (
        bool(names & {"classification.type", "classification.taxonomy"}) or {"source.ip", "time.source"} <= names
    )
    return formats.load("intelmq" if is_intelmq else "jsonl")


def first_objects(block: Block, most: int = 200) -> list[tuple[int, json_values.Row]]:
    """Line and content of the first objects of a block."""
    read = json_lines.by_line if json_lines.is_by_line(block.data) else json_lines.by_value
    # A sample of lines, or all of an array: values do not end where lines do.
    data = block.data[:_SAMPLE] if read is json_lines.by_line else block.data
    found = next(iter(read([Block(data, block.line, block.last)])), None)
    objects = found[0] if found else []
    return [(line, json_values.flat(value)) for line, _, value in objects[:most] if isinstance(value, dict)]


def delimiter_of(block: Block, given: str = ",") -> str:
    """The one that makes most cells of the header; the format's own where it makes any."""
    line = next((x for x in block.data[:_SAMPLE].decode("utf-8", "replace").splitlines() if x.strip()), "")
    if given in line:
        return given
    return max((given, ",", ";", "\t", "|"), key=lambda d: len(next(csv.reader(io.StringIO(line), delimiter=d), [])))


def cells(block: Block, delimiter: str) -> list[str]:
    line = next((x for x in block.data[:_SAMPLE].decode("utf-8", "replace").splitlines() if x.strip()), "")
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def type_of(known: Format, given: str, header: Sequence[str]) -> tuple[ReportType, bool]:
    """The type of a file, and whether it is listed: by its name, else by its header."""
    kind = known.type_of(given)
    if kind is None and (kind := known.looks_like(header)) is None:
        if not known.types:
            return known.stranger(given), bool(known.unknown.fixed.get("classification.identifier"))
        return known.stranger(given), False
    check_header(known, kind, header)
    return kind, True


def spelt(known: Format, given: str, header: list[str]) -> list[str]:
    """Names as the format open_periods them: capitals make no other column."""
    kind = known.type_of(given)
    words = kind.columns if kind else frozenset().union(*(t.columns for t in (*known.types.values(), known.unknown)))
    low = {name.lower(): name for name in words if name.islower()}
    return [
        name if name in words or low.get(name.lower(), "") in header else low.get(name.lower(), name) for name in header
    ]


def check_header(known: Format, kind: ReportType, header: Sequence[str]) -> None:
    """A file that calls itself one type and has the columns of another says nothing true."""
    check_columns(known, kind, header)
    if other := _owner(known, kind, header):
        raise Unreadable(problems.WRONG_HEADER, f"{kind.name} {other.name}")


def check_columns(known: Format, kind: ReportType, header: Sequence[str]) -> None:
    """Without its time, or without anything that a row could be about, a file says nothing."""
    if "time.source" in kind.fields and not kind.column("time.source", header):
        raise Unreadable(problems.WRONG_HEADER, _header_problem(known, kind, header))
    subjects = [field for field in SUBJECTS if field in kind.fields]
    if subjects and not any(kind.column(field, header) for field in subjects):
        raise Unreadable(problems.WRONG_HEADER, _header_problem(known, kind, header))


def _owner(known: Format, kind: ReportType, header: Sequence[str]) -> ReportType | None:
    """Another type that knows every column, of which this one does not know several; or not even one, while none of its own
    is there. A few new columns are drift, and so are missing ones."""
    unknown = kind.unknown(header)
    own = set(kind.knows) - known.common
    if len(unknown) < (1 if len(own) > 1 and not own.intersection(header) else _FOREIGN):
        return None
    mine = likeness(kind, header)
    others = [t for t in known.types.values() if not t.unknown(header) and not _are_twins(known, t, kind)]
    best = max(others, key=lambda t: likeness(t, header), default=None)
    return best if best and likeness(best, header) > mine + _CLEARLY else None


def _are_twins(known: Format, one: ReportType, other: ReportType) -> bool:
    return one.columns == other.columns or known.type_of(other.name) == known.type_of(one.name)


def _header_problem(known: Format, kind: ReportType, header: Sequence[str]) -> str:
    other = known.looks_like(header)
    return f"{kind.name} {other.name}" if other else kind.name
