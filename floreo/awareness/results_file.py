"""Reads the results of a simulation tool: counts of groups in CSV. Plain Python, no Django.

    read(raw, known) -> rows, or the first reasons why the whole file is refused

Nothing of a person comes in: only the columns below, whole numbers, a date, and in `group` the code or the name of a group that somebody
entered here before. A file that holds anything else is refused as a whole, and a reason names the line and the column, never the
content."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from floreo.awareness.logic import SMALLEST_GROUP

LARGEST = 512 * 1024  # bytes
MOST_ROWS = 2000
MOST_PROBLEMS = 20
COUNTS = ("sent", "opened", "clicked", "reported")
COLUMNS = ("group", *COUNTS, "date")
_SPANISH = {
    "grupo": "group",
    "enviados": "sent",
    "abiertos": "opened",
    "clics": "clicked",
    "reportados": "reported",
    "fecha": "date",
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Why(StrEnum):
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ADDRESS = "address"  # an @
    COLUMN = "column"  # one that could name a person
    MISSING_COLUMN = "missing_column"
    WIDTH = "width"
    UNKNOWN_GROUP = "unknown_group"
    SMALL = "small"
    NUMBER = "number"
    DAY = "day"
    MORE_THAN_SENT = "more_than_sent"
    TWICE = "twice"


@dataclass(frozen=True)
class Fault:
    """Why a file is refused: in which line (1 is the header), in which column (its number, from 1)."""

    why: Why
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class GroupResult:
    line: int
    group: str  # as `known` calls it
    sent: int
    opened: int
    clicked: int
    reported: int
    held_on: date


@dataclass(frozen=True)
class ResultsFile:
    rows: tuple[GroupResult, ...]
    faults: tuple[Fault, ...]


def read(raw: bytes, known: Mapping[str, str], today: date) -> ResultsFile:
    """`known`: what a file may call a group (in small letters) -> its code. One fault, and there are no rows."""
    if len(raw) > LARGEST:
        return _refused(Fault(Why.TOO_LARGE))
    text = _decoded(raw)
    if text is None:
        return _refused(Fault(Why.UNREADABLE))
    lines = _lines(text)
    if not lines:
        return _refused(Fault(Why.EMPTY))
    if len(lines) > MOST_ROWS + 1:
        return _refused(Fault(Why.TOO_LARGE))
    faults = [
        Fault(Why.ADDRESS, line, at) for line, cells in lines for at, cell in enumerate(cells, 1) if _is_address(cell)
    ]
    places, header_faults = _places(lines[0])
    if faults or header_faults:
        return _refused(*faults, *header_faults)
    rows, seen = list[GroupResult](), set[tuple[str, date]]()
    for line, cells in lines[1:]:
        found = _row(line, cells, places, known, today)
        if isinstance(found, Fault):
            faults.append(found)
        elif (found.group, found.held_on) in seen:
            faults.append(Fault(Why.TWICE, line))
        else:
            seen.add((found.group, found.held_on))
            rows.append(found)
    if not rows and not faults:
        faults = [Fault(Why.EMPTY)]
    return _refused(*faults) if faults else ResultsFile(tuple(rows), ())


def _refused(*faults: Fault) -> ResultsFile:
    return ResultsFile((), tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))[:MOST_PROBLEMS])


def _decoded(raw: bytes) -> str | None:
    for name in ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Each line that holds anything, with its number."""
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error:
        return []
    return found


def _is_address(cell: str) -> bool:
    """Anything with an @, also in its wide form and as people write it to hide it from programs."""
    lowered = cell.lower()
    return "@" in cell or "＠" in cell or "(at)" in lowered or "[at]" in lowered or "%40" in lowered


def _places(header: tuple[int, list[str]]) -> tuple[dict[str, int], list[Fault]]:
    line, names = header
    places: dict[str, int] = {}
    faults = []
    for at, given in enumerate(names):
        name = given.lower().lstrip("\ufeff")
        name = _SPANISH.get(name, name)
        if name not in COLUMNS or name in places:
            faults.append(Fault(Why.COLUMN, line, at + 1))
        else:
            places[name] = at
    missing = [at for at, name in enumerate(COLUMNS, 1) if name not in places]
    if not faults and missing:
        faults = [Fault(Why.MISSING_COLUMN, line, missing[0])]
    return places, faults


def _row(
    line: int, cells: list[str], places: Mapping[str, int], known: Mapping[str, str], today: date
) -> GroupResult | Fault:
    if len(cells) != len(COLUMNS):
        return Fault(Why.WIDTH, line)
    group = known.get(" ".join(cells[places["group"]].lower().split()))
    if group is None:
        return Fault(Why.UNKNOWN_GROUP, line, places["group"] + 1)
    numbers: dict[str, int] = {}
    for name in COUNTS:
        cell = cells[places[name]]
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 7):
            return Fault(Why.NUMBER, line, places[name] + 1)
        numbers[name] = int(cell)
    day = _day(cells[places["date"]])
    if (fault := _unsound(line, numbers, day, places, today)) is not None:
        return fault
    assert day is not None, "what has no day is unsound"
    return GroupResult(line, group, held_on=day, **numbers)


def _unsound(
    line: int, numbers: Mapping[str, int], day: date | None, places: Mapping[str, int], today: date
) -> Fault | None:
    if numbers["sent"] < SMALLEST_GROUP:
        return Fault(Why.SMALL, line, places["sent"] + 1)
    if max(numbers.values()) > numbers["sent"]:
        return Fault(Why.MORE_THAN_SENT, line)
    if day is None or day > today:
        return Fault(Why.DAY, line, places["date"] + 1)
    return None


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        return None


def column_name(number: int, spoken: Collection[str] = COLUMNS) -> str:
    """The name of that column as the template writes it."""
    names = list(spoken)
    return names[number - 1] if 0 < number <= len(names) else str(number)
