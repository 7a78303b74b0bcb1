"""No withheld number can be computed from what is shown, and a 0 stays a 0. The attacker is a solver of linear programs (HiGHS): for sums over
rows and columns the least and the greatest value that it finds are whole numbers that the cell can really have."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.core.suppression import Cell, Table, suppressed_list, suppressed_table

numbers = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 40))
lists = st.lists(numbers, min_size=1, max_size=12)
tables = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda size: st.lists(st.lists(numbers, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
)


def grid(table: Table) -> list[list[Cell]]:
    rows = [[*cells, total] for cells, total in zip(table.cells, table.row_totals, strict=True)]
    return [*rows, [*table.column_totals, table.total]]


def narrowed(shown: list[list[Cell]], truth: list[list[int]]) -> list[tuple[int, int]]:
    """Withheld cells of a table with its sums for which the attacker finds one value only. They know that a withheld cell is at
    least 1, unless a 0 is withheld too."""
    height, width = len(shown), len(shown[0])
    places = list(product(range(height), range(width)))
    hidden = [(row, column) for row, column in places if shown[row][column] is None]
    least = 0 if any(truth[row][column] == 0 for row, column in hidden) else 1
    bounds = [(least, None) if (value := shown[row][column]) is None else (value, value) for row, column in places]
    sums = [[(row == each) * (-1 if column == width - 1 else 1) for row, column in places] for each in range(height)]
    sums += [[(column == each) * (-1 if row == height - 1 else 1) for row, column in places] for each in range(width)]
    from scipy.optimize import linprog  # takes seconds, and each worker of the tests imports this file

    found = []
    for row, column in hidden:
        aim = [float(place == (row, column)) for place in places]
        low, high = (
            linprog([sign * each for each in aim], A_eq=sums, b_eq=[0] * len(sums), bounds=bounds) for sign in (1, -1)
        )
        assert low.status == 0
        unbounded = high.status == 3
        if not unbounded and round(-high.fun) == round(low.fun):
            found.append((row, column))
    return found


def with_sums(counts: list[list[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


@pytest.mark.long
@given(tables)
@settings(max_examples=30)  # each asks the attacker twice for each withheld cell
def test_nobody_computes_a_withheld_cell_of_a_table(counts: list[list[int]]) -> None:
    shown, truth = grid(suppressed_table(counts)), with_sums(counts)
    assert narrowed(shown, truth) == []
    for row, column in product(range(len(truth)), range(len(truth[0]))):
        assert (
            shown[row][column] is None
            if 0 < truth[row][column] < 5
            else shown[row][column] in {None, truth[row][column]}
        )
    assert suppressed_table(counts) == suppressed_table(counts)


@pytest.mark.guards("withheld numbers cannot be computed")
@given(lists)
@settings(max_examples=30)
def test_nobody_computes_a_withheld_number_of_a_list(counts: list[int]) -> None:
    column = suppressed_list(counts)
    row = [*column.cells, column.total]  # a table of one row, whose sums of columns are its cells
    assert narrowed([row, row], [[*counts, sum(counts)]] * 2) == []
    assert all(
        cell is None or (cell == count and not 0 < count < 5) for cell, count in zip(column.cells, counts, strict=True)
    )


@pytest.mark.parametrize(
    ("counts", "shown", "total"),
    [
        ([12, 0, 30], (12, 0, 30), 42),  # nothing is small
        ([3, 12, 30], (None, None, 30), 45),  # 12 goes too: 45 - 30 - 12 is 3
        ([4, 4, 30], (None, None, 30), 38),
        ([1, 1, 30], (None, None, None), 32),  # two that are at least 1 and sum to 2 are known
        ([2, 1, 0], (None, None, None), None),  # the sum is small itself
        ([1, 1, 1, 2], (None, None, None, None), 5),
        ([0, 0], (0, 0), 0),
        ([], (), 0),
    ],
)
def test_lists_worked_out_by_hand(counts: list[int], shown: tuple[Cell, ...], total: Cell) -> None:
    column = suppressed_list(counts)
    assert (column.cells, column.total) == (shown, total)


def test_a_table_worked_out_by_hand() -> None:
    """3 is small. 9 keeps its row from giving it away and 8 its column; 20 would give away 8 and 9 by theirs."""
    assert grid(suppressed_table([[3, 9, 30], [8, 20, 40], [50, 60, 70]])) == [
        [None, None, 30, 42],
        [None, None, 40, 68],
        [50, 60, 70, 180],
        [61, 89, 140, 290],
    ]


def test_what_is_no_table_of_counts_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        suppressed_list([-1])
    with pytest.raises(ValueError, match="of one length"):
        suppressed_table([[1], [1, 2]])
