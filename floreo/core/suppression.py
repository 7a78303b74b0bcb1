"""Tables in which no small number can be read or computed. No Django.

A number from 1 to one less than the threshold is withheld, and with it so many others that no subtraction over rows, columns and
totals gives it back. Every withheld cell looks the same: words that set a small one apart from its complement would give some of
them away again (two cells "fewer than 5" with the total 8 are both 4). A 0 names nobody and is shown.

Whether a withheld cell is determined is exact for lists and for tables of two dimensions: their sums form a network in which each cell is
an arc, and a cell has a second possible value exactly where one unit can go round a circle through it."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from floreo.core.figures import SMALL

TOTAL = -1  # row or column of sums

Place = tuple[int, int]  # row, column; TOTAL for sums
Cell = int | None  # None: withheld


@dataclass(frozen=True)
class Column:
    """A list of numbers and their sum. `cells` are all None where the whole list is withheld."""

    cells: tuple[Cell, ...]
    total: Cell

    @property
    def is_withheld(self) -> bool:
        return bool(self.cells) and all(cell is None for cell in self.cells)


@dataclass(frozen=True)
class Table:
    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell


def suppressed_list(counts: Sequence[int], threshold: int = SMALL) -> Column:
    """The list as it may be shown; its sum too, unless it is small itself, and then nothing is.

    A list whose sum is less than twice the number of its cells that are not 0 is withheld as a whole: its small cells would be
    determined by knowing that each is at least 1. Raises ValueError for a negative number."""
    _refuse_negative(counts)
    total, filled = sum(counts), sum(count > 0 for count in counts)
    if _is_small(total, threshold):
        return Column((None,) * len(counts), None)
    has_small = any(_is_small(count, threshold) for count in counts)
    if has_small and total < 2 * filled:
        return Column((None,) * len(counts), total)
    hidden = {number for number, count in enumerate(counts) if _is_small(count, threshold)}
    others = iter(sorted((count, number) for number, count in enumerate(counts) if count >= threshold))
    # One unit can go from one withheld cell to another where one of them holds two.
    while hidden and (len(hidden) < 2 or all(counts[number] == 1 for number in hidden)):
        hidden.add(next(others)[1])
    return Column(tuple(None if number in hidden else count for number, count in enumerate(counts)), total)


def suppressed_table(counts: Sequence[Sequence[int]], threshold: int = SMALL) -> Table:
    """The table with its sums as it may be shown. The grand total is shown, unless it is small itself or nothing else would do: then
    nothing is. Raises ValueError for a negative number or rows of different length."""
    values = _with_sums(counts)
    hidden = {place for place, value in values.items() if _is_small(value, threshold)}
    grand = (TOTAL, TOTAL)
    if grand in hidden:
        return _table(counts, values, set(values))
    while open_ones := _determined(values, hidden):
        chosen = _complement(values, hidden, open_ones)
        if chosen is None:
            hidden = set(values) - {grand}
            return _table(counts, values, set(values) if _determined(values, hidden) else hidden)
        hidden.add(chosen)
    return _table(counts, values, hidden)


def gives_away(counts: Sequence[Sequence[int]], hidden: set[Place]) -> bool:
    """Whether somebody who knows every cell and every sum that is not in `hidden` can compute one that is. `hidden` names cells as
    (row, column), and sums with TOTAL for the one or the other."""
    return bool(_determined(_with_sums(counts), hidden))


def _is_small(number: int, threshold: int) -> bool:
    return 0 < number < threshold


def _refuse_negative(counts: Sequence[int]) -> None:
    if any(count < 0 for count in counts):
        raise ValueError("A count is not negative.")


def _with_sums(counts: Sequence[Sequence[int]]) -> dict[Place, int]:
    if len({len(row) for row in counts}) > 1:
        raise ValueError("The rows of a table are of one length.")
    values: dict[Place, int] = {}
    for number, row in enumerate(counts):
        _refuse_negative(row)
        values |= {(number, column): count for column, count in enumerate(row)}
        values[number, TOTAL] = sum(row)
    for column, held in enumerate(zip(*counts, strict=True)):
        values[TOTAL, column] = sum(held)
    values[TOTAL, TOTAL] = sum(sum(row) for row in counts)
    return values


def _complement(values: Mapping[Place, int], hidden: set[Place], open_ones: Sequence[Place]) -> Place | None:
    """The cell that leaves fewest determined, and of those the smallest; not one that is 0, and never the grand total. Where the rows
    and columns of the determined cells have none, one of the whole table."""
    ready = [place for place, value in values.items() if value and place not in hidden and place != (TOTAL, TOTAL)]
    rows, columns = {row for row, _column in open_ones}, {column for _row, column in open_ones}
    near = [(row, column) for row, column in ready if row in rows or column in columns]

    def cost(place: Place) -> tuple[int, int, bool, Place]:
        return len(_determined(values, hidden | {place})), values[place], TOTAL in place, place

    return min(near or ready, key=cost, default=None)


def _determined(values: Mapping[Place, int], hidden: set[Place]) -> list[Place]:
    """Withheld cells that can have one value only, for somebody who knows all others. Cells that are not 0 are known to be at
    least 1 as long as every 0 is shown."""
    lowest = 0 if any(values[place] == 0 for place in hidden) else 1
    steps: dict[Hashable, list[tuple[Hashable, Place]]] = {}
    for place in hidden:
        tail, head = _arc(place)
        steps.setdefault(tail, []).append((head, place))  # one more
        if values[place] > lowest:
            steps.setdefault(head, []).append((tail, place))  # one less
    return sorted(place for place in hidden if not _can_change(place, steps, one_less=values[place] > lowest))


def _arc(place: Place) -> tuple[Hashable, Hashable]:
    """In which direction a cell carries its number, so that what goes into each row and column comes out of it: from the column through
    the cell to the row, from there through its sum to the column of sums, through the grand total to the row of sums, and
    through the sums of columns back."""
    row, column = ("row", place[0]), ("column", place[1])
    return (row, column) if (place[0] == TOTAL) != (place[1] == TOTAL) else (column, row)


def _can_change(place: Place, steps: Mapping[Hashable, Sequence[tuple[Hashable, Place]]], *, one_less: bool) -> bool:
    tail, head = _arc(place)
    return _leads(head, tail, place, steps) or (one_less and _leads(tail, head, place, steps))


def _leads(
    start: Hashable, goal: Hashable, without: Place, steps: Mapping[Hashable, Sequence[tuple[Hashable, Place]]]
) -> bool:
    seen, waiting = {start}, deque([start])
    while waiting:
        here = waiting.popleft()
        if here == goal:
            return True
        for there, place in steps.get(here, ()):
            if place != without and there not in seen:
                seen.add(there)
                waiting.append(there)
    return False


def _table(counts: Sequence[Sequence[int]], values: Mapping[Place, int], hidden: set[Place]) -> Table:
    def shown(row: int, column: int) -> Cell:
        return None if (row, column) in hidden else values[row, column]

    columns = range(len(counts[0]) if counts else 0)
    return Table(
        tuple(tuple(shown(row, column) for column in columns) for row in range(len(counts))),
        tuple(shown(row, TOTAL) for row in range(len(counts))),
        tuple(shown(TOTAL, column) for column in columns),
        shown(TOTAL, TOTAL),
    )
