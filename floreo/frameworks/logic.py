"""Frameworks in plain Python: scales, what a stage counts for, sums over a tree, coverage, and years side by side.
No Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

Level = Decimal
_HUNDREDTH = Decimal("0.01")


class Rule(StrEnum):
    """How levels of items come together."""

    SUM = "sum"  # levels add up, each item by its weight
    ALL_BELOW = (
        "all_below"  # a stage counts only if it and all below it hold; a whole is at the level of its weakest part
    )
    SHARE = "share"  # how many items are at the top of the scale
    STATUS = "status"  # no sum: how many are full, partial, a gap, unknown


class Purpose(StrEnum):
    """What a filled pack of evidence is for."""

    SEND = "send"  # it goes to whoever publishes the framework, or to anybody else outside
    KEEP = "keep"  # for those who work here


# Traffic Light Protocol 2.0: what may leave the house for a body outside. AMBER stays with its recipients, RED with
# the people in the meeting; GREEN goes to partner bodies, which who asks for evidence is.
_GOES: Mapping[Purpose, frozenset[str]] = {
    Purpose.SEND: frozenset({"CLEAR", "GREEN"}),
    Purpose.KEEP: frozenset({"CLEAR", "GREEN", "AMBER", "AMBER+STRICT"}),
}


def may_go(tlp: str, purpose: Purpose, *, is_current: bool = True) -> bool:
    """Whether evidence with this marking goes into a pack. What was withdrawn never does."""
    return is_current and tlp in _GOES[purpose]


@dataclass(frozen=True)
class Scale:
    """The levels of a framework, lowest first."""

    values: tuple[Level, ...]

    @property
    def lowest(self) -> Level:
        return self.values[0]

    @property
    def highest(self) -> Level:
        return self.values[-1]

    def share(self, level: Level) -> Decimal:
        """How far up the scale, from 0 to 1."""
        width = self.highest - self.lowest
        return (level - self.lowest) / width if width else Decimal(1)


def counted_stage(held: Collection[Level], scale: Scale) -> Level:
    """The stage that counts when the stages in `held` are said to hold: the highest with none missing below it. The
    lowest needs no proof."""
    stage = scale.lowest
    for value in scale.values[1:]:
        if value not in held:
            break
        stage = value
    return stage


def held_in_vain(held: Collection[Level], scale: Scale) -> tuple[Level, ...]:
    """Stages said to hold that do not count, because one below them does not."""
    counts = counted_stage(held, scale)
    return tuple(v for v in scale.values if v > counts and v in held)


@dataclass(frozen=True)
class Node:
    """One item: where it hangs, what it weighs, and whether it is rated itself."""

    code: str
    parent: str = ""
    maximum: Decimal | None = None  # points, where the publisher gives them
    weight: Decimal = Decimal(1)
    is_rated: bool = True


@dataclass(frozen=True)
class Roll:
    """The result of one branch. `value` is None where nothing can be said yet."""

    items: int  # to be rated in this branch
    rated: int
    value: Decimal | None
    maximum: Decimal | None
    counts: Mapping[Level, int] = field(default_factory=dict)  # how many items at which level

    @property
    def is_whole(self) -> bool:
        return self.items > 0 and self.rated == self.items


class Tree:
    """Items in the order of the questionnaire, and what hangs under what."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.code: node for node in nodes}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for node in self.nodes.values():
            found.setdefault(node.parent, []).append(node.code)
        return {code: tuple(codes) for code, codes in found.items()}

    @property
    def tops(self) -> tuple[str, ...]:
        return self.children.get("", ())

    @cached_property
    def rated(self) -> tuple[str, ...]:
        return tuple(code for code, node in self.nodes.items() if node.is_rated)

    def under(self, code: str) -> tuple[str, ...]:
        """Items to be rated in the branch of `code`, itself among them; all of them for ""."""
        own = (code,) if code in self.nodes and self.nodes[code].is_rated else ()
        return (*own, *(leaf for child in self.children.get(code, ()) for leaf in self.under(child)))


def _mean(tree: Tree, code: str, levels: Mapping[str, Level], scale: Scale) -> tuple[Decimal, Decimal]:
    """Weight of a branch and the weighted share of it that is reached. What is not rated scores 0."""
    node = tree.nodes.get(code)
    if node is not None and node.is_rated:
        level = levels.get(code)
        return node.weight, node.weight * (scale.share(level) if level is not None else 0)
    weights, reached = Decimal(0), Decimal(0)
    for child in tree.children.get(code, ()):
        weight, got = _mean(tree, child, levels, scale)
        weights, reached = weights + weight, reached + got
    own = node.weight if node is not None and node.maximum is not None else weights
    return (own, own * reached / weights) if weights else (Decimal(0), Decimal(0))


def _points(tree: Tree, code: str) -> Decimal | None:
    """What a branch is worth at most, where the publisher gives points: its own, or those of its parts."""
    node = tree.nodes.get(code)
    if node is not None and node.maximum is not None:
        return node.maximum
    parts = [_points(tree, child) for child in tree.children.get(code, ())]
    return sum((p for p in parts if p is not None), Decimal(0)) if parts and None not in parts else None


def _sum(tree: Tree, code: str, levels: Mapping[str, Level], scale: Scale) -> tuple[Decimal | None, Decimal | None]:
    """Points reached and points there are; without the publisher's points, per cent of the whole."""
    node, points = tree.nodes.get(code), _points(tree, code)
    if points is not None and (node is None or node.maximum is None):
        parts = [_sum(tree, child, levels, scale)[0] or Decimal(0) for child in tree.children[code]]
        return sum(parts, Decimal(0)), points
    weight, reached = _mean(tree, code, levels, scale)
    if not weight:
        return None, None
    most = points if points is not None else Decimal(100)
    return (reached / weight * most).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP), most


def rolled(tree: Tree, code: str, levels: Mapping[str, Level], *, rule: Rule, scale: Scale) -> Roll:
    """The result of the branch of `code` ("" for the whole) with these levels of its items."""
    leaves = tree.under(code)
    found = [levels[leaf] for leaf in leaves if leaf in levels]
    counts = dict(sorted(Counter(found).items()))
    value: Decimal | None = None
    maximum: Decimal | None = None
    if rule is Rule.SUM and found:
        value, maximum = _sum(tree, code, levels, scale)
    elif rule is Rule.ALL_BELOW:
        value, maximum = (min(found) if found and len(found) == len(leaves) else None), scale.highest
    elif rule is Rule.SHARE and found:
        top = sum(level == scale.highest for level in found)
        value = (Decimal(top) * 100 / len(leaves)).quantize(_HUNDREDTH, rounding=ROUND_HALF_UP)
        maximum = Decimal(100)
    return Roll(len(leaves), len(found), value, maximum, counts)


@dataclass(frozen=True)
class Coverage:
    """How much of a framework is answered."""

    items: int
    reviewed: int
    with_evidence: int

    @property
    def is_whole(self) -> bool:
        return self.items > 0 and self.reviewed == self.items


def coverage(items: Iterable[str], reviewed: Collection[str], evidenced: Collection[str]) -> Coverage:
    every = list(items)
    return Coverage(len(every), sum(i in reviewed for i in every), sum(i in evidenced for i in every))


def is_held(here: int, counted: int | None) -> bool:
    """Whether `here` items are a framework, and not a part of one: nine tenths of what its publisher counts. Without a
    count nothing can be said, so it is not held. `VersionQuerySet.held` is the same for the database."""
    return bool(counted) and here * 10 >= (counted or 0) * 9


def disagree(levels: Iterable[Level]) -> bool:
    """Whether raters say different things."""
    return len(set(levels)) > 1


class ScoreChange(StrEnum):
    """How an item compares with the assessment before."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    NEW = "new"  # it had no rating then
    LOST = "lost"  # it had one then, and has none now
    NONE = "none"  # neither then nor now


@dataclass(frozen=True)
class Step:
    """One item now, and what it was then."""

    code: str
    before: Level | None
    now: Level | None
    change: ScoreChange


def _score_change(before: Decimal | None, now: Decimal | None) -> ScoreChange:
    if before is None or now is None:
        if before is now:
            return ScoreChange.NONE
        return ScoreChange.NEW if before is None else ScoreChange.LOST
    if before == now:
        return ScoreChange.SAME
    return ScoreChange.UP if now > before else ScoreChange.DOWN


def compared(
    codes: Iterable[str],
    before: Mapping[str, Level],
    now: Mapping[str, Level],
    *,
    scale: Scale,
    scale_before: Scale | None = None,
    links: Mapping[str, Sequence[str]] | None = None,
) -> list[Step]:
    """Every item of `codes` beside what it was. Another version's items are found through `links` (item now -> items
    then); of several, the weakest counts. Scales of different length are compared by how far up a level is."""
    old_scale, steps = scale_before or scale, []
    for code in codes:
        there = [before[c] for c in (links.get(code, ()) if links is not None else (code,)) if c in before]
        then, today = (min(there) if there else None), now.get(code)
        far_then = old_scale.share(then) if then is not None else None
        far_now = scale.share(today) if today is not None else None
        steps.append(Step(code, then, today, _score_change(far_then, far_now)))
    return steps
