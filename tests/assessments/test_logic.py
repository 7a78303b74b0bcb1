"""Means, targets, gaps; and that no mean which is shown gives a smaller group away."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floreo.assessments.logic import (
    MINIMUM,
    WHOLE,
    WITHHELD,
    benchmark,
    branch_means,
    gaps_of,
    groups_shown,
    targets_of,
)
from floreo.frameworks.logic import Node, Scale, Tree

D = Decimal
SCALE = Scale((D(0), D("0.5"), D(1)))
TREE = Tree(
    [
        Node("A", is_rated=False),
        Node("A-1", "A"),
        Node("A-2", "A", weight=D(3)),
        Node("B", is_rated=False),
        Node("B-1", "B"),
    ]
)


def test_a_branch_is_the_weighted_mean_of_what_has_a_level() -> None:
    levels = {"A-1": D(1), "A-2": D("0.5"), "B-1": D(0)}
    assert branch_means(TREE, levels, SCALE) == {WHOLE: D("50.0"), "A": D("62.5"), "B": D("0.0")}
    assert branch_means(TREE, {"A-1": D(1)}, SCALE) == {WHOLE: D("100.0"), "A": D("100.0")}
    assert branch_means(TREE, {}, SCALE) == {}
    assert branch_means(TREE, levels, SCALE, only=["B"]) == {"B": D("0.0")}


def test_the_nearest_target_counts() -> None:
    given_ = {WHOLE: D("0.5"), "A": D(1), "A-2": D(0)}
    assert targets_of(TREE, given_) == {"A-1": D(1), "A-2": D(0), "B-1": D("0.5")}
    assert targets_of(TREE, {"B": D(1)}) == {"B-1": D(1)}
    assert targets_of(TREE, {}) == {}


def test_gaps_are_ranked_by_how_far_and_how_heavy() -> None:
    levels = {"A-1": D(0), "A-2": D("0.5"), "B-1": D(1)}
    found = gaps_of(TREE, levels, dict.fromkeys(levels, D(1)), SCALE)
    assert [(gap.code, gap.size) for gap in found] == [("A-2", D("1.5")), ("A-1", D(1))]
    assert gaps_of(TREE, levels, {}, SCALE) == []
    assert gaps_of(TREE, {}, dict.fromkeys(levels, D(1)), SCALE) == []


@given(st.dictionaries(st.sampled_from(["A-1", "A-2", "B-1"]), st.sampled_from(SCALE.values)))
def test_a_mean_lies_between_the_levels_that_it_is_of(levels: dict[str, Decimal]) -> None:
    for code, mean in branch_means(TREE, levels, SCALE).items():
        inside = [levels[leaf] * 100 for leaf in TREE.under(code) if leaf in levels]
        assert min(inside) <= mean <= max(inside)


def _spans(rows: list[list[Fraction]], wanted: list[Fraction]) -> bool:
    """Whether `wanted` is a sum of multiples of `rows`: by elimination."""
    basis: list[list[Fraction]] = []

    def reduced(row: list[Fraction]) -> list[Fraction]:
        for known in basis:
            lead = next(i for i, value in enumerate(known) if value)
            if row[lead]:
                row = [a - b * row[lead] / known[lead] for a, b in zip(row, known, strict=True)]
        return row

    for row in rows:
        left = reduced(row)
        if any(left):
            basis.append(left)
    return not any(reduced(wanted))


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=3), st.data())
def test_nobody_computes_the_sum_of_a_smaller_group(sizes: list[int], data: st.DataObject) -> None:
    """Who reads every mean that is shown to anybody, and knows their own answers, learns no sum over fewer than the minimum of the
    others: neither of one organisation nor of any set of them."""
    names = [f"g{n}" for n in range(len(sizes))]
    shown = groups_shown(dict(zip(names, sizes, strict=True)))
    members = [name for name, size in zip(names, sizes, strict=True) for _n in range(size)]
    rows = [[Fraction(member == name) for member in members] for name in names if name in shown.groups]
    if shown.overall:
        rows.append([Fraction(1)] * len(members))
    if not members or not rows:
        return
    me = data.draw(st.integers(0, len(members) - 1))
    rows.append([Fraction(n == me) for n in range(len(members))])
    others = [n for n in range(len(members)) if n != me]
    # Organisations of one group are alike to an attacker, so one set of each make-up is enough.
    tried = set()
    for size in range(1, MINIMUM):
        for some in combinations(others, size):
            make_up = tuple(sorted(members[n] for n in some))
            if make_up in tried:
                continue
            tried.add(make_up)
            assert not _spans(rows, [Fraction(n in some) for n in range(len(members))]), (sizes, make_up)


def test_a_group_needs_one_more_than_the_minimum_since_each_knows_itself() -> None:
    assert groups_shown({"a": 4}) == groups_shown({"a": 5}) == groups_shown({})
    assert groups_shown({"a": 6}).groups == {"a"}
    assert groups_shown({"a": 6, "b": 4}).overall is False  # all less a is b
    assert groups_shown({"a": 6, "b": 6}).overall is True
    assert groups_shown({"a": 3, "b": 3}) == groups_shown({"b": 3, "a": 3})
    assert groups_shown({"a": 3, "b": 3}).overall is True  # six together, and neither alone
    with pytest.raises(ValueError, match="no fewer"):
        groups_shown({"a": -1})


def test_a_group_of_four_has_no_benchmark_and_a_branch_is_judged_alone() -> None:
    whole = {WHOLE: D(50), "A": D(40)}
    rows = [("energy", whole)] * 6 + [("water", whole)] * 4
    found = benchmark(rows, "energy", [WHOLE, "A", "B"])
    assert (found.sector[WHOLE].value, found.sector[WHOLE].of) == (D("50.0"), 6)
    assert found.overall[WHOLE] == WITHHELD  # all less energy would be the four of water
    assert found.sector["B"] == WITHHELD
    assert benchmark(rows, "water", [WHOLE]).sector[WHOLE] == WITHHELD
    fewer = [("energy", whole)] * 5 + [("energy", {WHOLE: D(50)})]
    assert benchmark(fewer, "energy", [WHOLE, "A"]).sector["A"] == WITHHELD
