"""What a measure changes that begins for some earlier than for others, in random order (a stepped start). No Django.

Within each step those for whom it had begun are compared with those for whom it had not; the differences of the steps are put together by
the weights of Mantel and Haenszel (Greenland and Robins, Biometrics 41, 1985, 55-68). What belongs to one organisation goes well
or badly together, so the band does not count findings: it leaves out one organisation at a time (the jackknife: Miller, Biometrika
61, 1974, 1-15) and takes Student's t of one less than there are organisations."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST = 6  # organisations of which a band can say anything
_Z = 1.959963984540054  # of 95 %
_NOTHING = 1e-12


@dataclass(frozen=True)
class Cell:
    """In one step, of one unit (an organisation): whether it had begun there, how many were open at its start, and how many of these
    were fixed by its end."""

    unit: int
    step: int
    has_begun: bool
    count: int
    fixed: int


@dataclass(frozen=True)
class Arm:
    """One side of the comparison, in all steps or in one."""

    units: int
    count: int
    fixed: int

    @property
    def share(self) -> float | None:
        return self.fixed / self.count if self.count else None


@dataclass(frozen=True)
class Comparison:
    """`difference`: how much greater the share of those is for whom it had begun, -1 to 1, with its band of 95 %. None where one side
    is empty in every step; a band of None: too few organisations on one of the sides."""

    begun: Arm
    waiting: Arm
    difference: float | None
    band: tuple[float, float] | None


def compare(cells: Iterable[Cell]) -> Comparison:
    """The comparison of all steps. Steps in which one side has nothing say nothing, and are left out."""
    rows = _of_both_sides(list(cells))
    difference = _difference(rows)
    return Comparison(arm(rows, has_begun=True), arm(rows, has_begun=False), difference, _band(rows, difference))


def arm(cells: Iterable[Cell], *, has_begun: bool) -> Arm:
    """One side of some cells."""
    rows = [cell for cell in cells if cell.has_begun == has_begun and cell.count]
    return Arm(len({r.unit for r in rows}), sum(r.count for r in rows), sum(r.fixed for r in rows))


def _of_both_sides(cells: Sequence[Cell]) -> list[Cell]:
    sides: dict[int, set[bool]] = defaultdict(set)
    for cell in cells:
        if cell.count:
            sides[cell.step].add(cell.has_begun)
    return [cell for cell in cells if cell.count and len(sides[cell.step]) == 2]


def _difference(cells: Iterable[Cell]) -> float | None:
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for cell in cells:
        at = sums[cell.step]
        at[0 if cell.has_begun else 2] += cell.fixed
        at[1 if cell.has_begun else 3] += cell.count
    over = under = 0.0
    for fixed, count, fixed_waiting, waiting in sums.values():
        if count and waiting:
            weight = count * waiting / (count + waiting)
            over += weight * (fixed / count - fixed_waiting / waiting)
            under += weight
    return over / under if under else None


def _band(cells: Sequence[Cell], difference: float | None) -> tuple[float, float] | None:
    by_unit: dict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_unit[cell.unit].append(cell)
    if difference is None or len(by_unit) < FEWEST:
        return None
    without = [_difference(c for unit, rows in by_unit.items() if unit != out for c in rows) for out in by_unit]
    known = [value for value in without if value is not None]
    if len(known) < len(without):  # all of one side is one organisation
        return None
    mean, n = math.fsum(known) / len(known), len(known)
    spread = math.sqrt((n - 1) / n * math.fsum((value - mean) ** 2 for value in known))
    if spread < _NOTHING and abs(difference) < 1:  # all alike: nothing shows how far others would differ
        return None
    width = student(n - 1) * spread
    return max(-1.0, difference - width), min(1.0, difference + width)


def student(freedom: int) -> float:
    """Student's t that holds 95 %, for `freedom` of 5 or more, to three digits (Fisher's expansion: Abramowitz and Stegun 26.7.5)."""
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, start=1))
