"""Assessments of organisations in plain Python: mean levels of branches, targets and gaps, and which means of a group may be shown.
No Django; trees and scales are those of `frameworks.logic`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from floreo.frameworks.logic import Level, Scale, Tree

MINIMUM = 5  # organisations in a group of which a mean is shown to others
WHOLE = ""  # the branch that is all of a framework
_TENTH = Decimal("0.1")


class CampaignPhase(StrEnum):
    DRAFT = "draft"
    COMING = "coming"  # opened, and its first day is still to come
    OPEN = "open"
    OVER = "over"  # its last day has passed, and nobody has closed it
    CLOSED = "closed"


def per_cent(share: Decimal) -> Decimal:
    """A share from 0 to 1 as per cent with one decimal."""
    return (share * 100).quantize(_TENTH, rounding=ROUND_HALF_UP)


def mean_of(shares: Iterable[Decimal]) -> Decimal | None:
    found = list(shares)
    return sum(found, Decimal(0)) / len(found) if found else None


def branch_means(
    tree: Tree, levels: Mapping[str, Level], scale: Scale, *, only: Iterable[str] | None = None
) -> dict[str, Decimal]:
    """How far up the scale each branch is, in per cent: the mean of its items that have a level, by their weight. Items without a level
    do not count, and a branch without any has no mean. WHOLE is the whole. `only` names the branches that are asked for."""
    wanted = [WHOLE, *tree.children] if only is None else list(only)
    found: dict[str, Decimal] = {}
    for code in dict.fromkeys(wanted):
        rated = [leaf for leaf in tree.under(code) if leaf in levels]
        weight = sum((tree.nodes[leaf].weight for leaf in rated), Decimal(0))
        if weight:
            reached = sum((scale.share(levels[leaf]) * tree.nodes[leaf].weight for leaf in rated), Decimal(0))
            found[code] = per_cent(reached / weight)
    return found


# --- Targets and gaps ---------------------------------------------------------------------------------------------


def targets_of(tree: Tree, given: Mapping[str, Level]) -> dict[str, Level]:
    """The target of each rated item: its own, else that of the nearest branch above it, else that of the whole."""
    found: dict[str, Level] = {}
    for leaf in tree.rated:
        code: str = leaf
        while code and code not in given:
            code = tree.nodes[code].parent if code in tree.nodes else WHOLE
        if code in given:
            found[leaf] = given[code]
    return found


@dataclass(frozen=True)
class Gap:
    """An item below its target. `size` is how far, in shares of the scale, by the item's weight."""

    code: str
    level: Level
    target: Level
    size: Decimal


def gaps_of(tree: Tree, levels: Mapping[str, Level], targets: Mapping[str, Level], scale: Scale) -> list[Gap]:
    """The largest first; of equal ones, in the order of the questionnaire."""
    found = []
    for code in tree.rated:
        level, target = levels.get(code), targets.get(code)
        if level is not None and target is not None and level < target:
            size = (scale.share(target) - scale.share(level)) * tree.nodes[code].weight
            found.append(Gap(code, level, target, size))
    return sorted(found, key=lambda gap: -gap.size)


# --- Means of groups ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """Of which groups a mean may be shown to those who are in one, and whether that of all together may be."""

    groups: frozenset[str]
    overall: bool


def groups_shown(sizes: Mapping[str, int], *, minimum: int = MINIMUM) -> Shown:
    """Groups whose mean reveals to nobody the mean of fewer than `minimum` organisations.

    Whoever is in a group knows their own answers and takes them away from what is shown, so a group has one more than `minimum`. What
    is left of all when every group that is shown is taken away is a group too: it is nobody, or has one more than `minimum`; else
    the mean of all is withheld. Raises ValueError for a size below nothing."""
    if any(size < 0 for size in sizes.values()):
        raise ValueError("A group has no fewer than no members.")
    groups = frozenset(name for name, size in sizes.items() if size > minimum)
    total, rest = sum(sizes.values()), sum(size for name, size in sizes.items() if name not in groups)
    return Shown(groups, overall=total > minimum and (rest == 0 or rest > minimum))


@dataclass(frozen=True)
class Mean:
    """The mean of a group on one branch, in per cent, and of how many. Both None where it is withheld."""

    value: Decimal | None
    of: int | None


WITHHELD = Mean(None, None)


@dataclass(frozen=True)
class Benchmark:
    """What others reached on each branch: a sector's own group, and all together. A branch on which too few have a level is withheld
    alone."""

    sector: Mapping[str, Mean]
    overall: Mapping[str, Mean]


def benchmark(
    rows: Sequence[tuple[str, Mapping[str, Decimal]]], sector: str, branches: Sequence[str], *, minimum: int = MINIMUM
) -> Benchmark:
    """`rows`: the sector of each organisation and its results by branch. Each branch is judged by the organisations that have a
    result on it."""
    own: dict[str, Mean] = {}
    overall: dict[str, Mean] = {}
    for branch in branches:
        values: dict[str, list[Decimal]] = {}
        for name, results in rows:
            if branch in results:
                values.setdefault(name, []).append(results[branch])
        shown = groups_shown({name: len(found) for name, found in values.items()}, minimum=minimum)
        own[branch] = _mean(values.get(sector, [])) if sector in shown.groups else WITHHELD
        overall[branch] = _mean([v for found in values.values() for v in found]) if shown.overall else WITHHELD
    return Benchmark(own, overall)


def _mean(values: Sequence[Decimal]) -> Mean:
    found = mean_of(values)
    return WITHHELD if found is None else Mean(found.quantize(_TENTH, rounding=ROUND_HALF_UP), len(values))
