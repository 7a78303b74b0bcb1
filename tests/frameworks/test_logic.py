"""Stages, sums, coverage and years side by side, whatever the scale and the tree."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.frameworks.logic import (
    Coverage,
    Node,
    Purpose,
    Roll,
    Rule,
    Scale,
    ScoreChange,
    Step,
    Tree,
    compared,
    counted_stage,
    coverage,
    disagree,
    held_in_vain,
    may_go,
    rolled,
)

FIVE = Scale(tuple(Decimal(n) for n in range(1, 6)))
HALVES = Scale((Decimal(0), Decimal("0.5"), Decimal(1)))
D = Decimal


@given(st.sets(st.sampled_from(FIVE.values)))
def test_a_stage_counts_only_if_all_below_it_hold(held: set[Decimal]) -> None:
    stage = counted_stage(held, FIVE)
    assert all(value in held for value in FIVE.values[1:] if value <= stage)
    above = [value for value in FIVE.values if value > stage]
    assert not above or above[0] not in held
    assert set(held_in_vain(held, FIVE)) == {value for value in held if value > stage}


@pytest.mark.long
@given(st.sets(st.sampled_from(FIVE.values)), st.sampled_from(FIVE.values))
def test_one_more_stage_never_lowers_what_counts(held: set[Decimal], more: Decimal) -> None:
    assert counted_stage(held | {more}, FIVE) >= counted_stage(held, FIVE)


def test_the_fourth_stage_without_the_third_counts_for_the_second() -> None:
    assert counted_stage([D(2), D(4)], FIVE) == D(2)
    assert held_in_vain([D(2), D(4)], FIVE) == (D(4),)


TREE = Tree(
    [
        Node("A", maximum=D(20), is_rated=False),
        Node("A-1", "A"),
        Node("A-2", "A"),
        Node("B", maximum=D(20), is_rated=False),
        Node("B-1", "B"),
    ]
)


def test_points_of_a_part_are_shared_among_its_items_and_add_up() -> None:
    levels = {"A-1": D(1), "A-2": D("0.5"), "B-1": D(0)}
    part = rolled(TREE, "A", levels, rule=Rule.SUM, scale=HALVES)
    whole = rolled(TREE, "", levels, rule=Rule.SUM, scale=HALVES)
    assert part == Roll(2, 2, D("15.00"), D(20), {D("0.5"): 1, D(1): 1})
    assert (whole.value, whole.maximum, whole.items, whole.rated) == (D("15.00"), D(40), 3, 3)


def test_what_is_not_rated_counts_as_nothing_and_is_seen_to_be_missing() -> None:
    part = rolled(TREE, "A", {"A-1": D(1)}, rule=Rule.SUM, scale=HALVES)
    assert (part.value, part.rated, part.items, part.is_whole) == (D("10.00"), 1, 2, False)


def test_nothing_rated_is_no_figure() -> None:
    for rule in Rule:
        assert rolled(TREE, "", {}, rule=rule, scale=HALVES).value is None


def test_without_the_publishers_points_a_sum_is_per_cent() -> None:
    tree = Tree([Node("Q", is_rated=False), *(Node(f"Q-{n}", "Q") for n in range(4))])
    scale = Scale(tuple(D(n) for n in range(5)))
    found = rolled(tree, "", {"Q-0": D(4), "Q-1": D(2)}, rule=Rule.SUM, scale=scale)
    assert (found.value, found.maximum) == (D("37.50"), D(100))


def test_a_whole_stands_where_its_weakest_part_does_and_nowhere_before_all_are_rated() -> None:
    levels = {"A-1": D(4), "A-2": D(2)}
    assert rolled(TREE, "A", levels, rule=Rule.ALL_BELOW, scale=FIVE).value == D(2)
    assert rolled(TREE, "A", {"A-1": D(4)}, rule=Rule.ALL_BELOW, scale=FIVE).value is None


def test_a_status_is_counted_and_never_summed() -> None:
    found = rolled(TREE, "", {"A-1": D(1), "A-2": D(1)}, rule=Rule.STATUS, scale=HALVES)
    assert (found.value, found.counts) == (None, {D(1): 2})


def test_a_share_counts_items_at_the_top() -> None:
    levels = {"A-1": D(1), "A-2": D("0.5"), "B-1": D(1)}
    assert rolled(TREE, "", levels, rule=Rule.SHARE, scale=HALVES).value == D("66.67")


@pytest.mark.long
@given(st.dictionaries(st.sampled_from(["A-1", "A-2", "B-1"]), st.sampled_from(HALVES.values)))
def test_no_sum_is_below_nothing_or_over_what_there_is(levels: dict[str, Decimal]) -> None:
    found = rolled(TREE, "", levels, rule=Rule.SUM, scale=HALVES)
    assert found.value is None or 0 <= found.value <= D(40)
    assert found.rated == len(levels)
    assert sum(found.counts.values()) == len(levels)


@pytest.mark.long
@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdefxyz")), st.sets(st.sampled_from("abcdef")))
def test_coverage_counts_the_frameworks_own_items_only(items: set[str], reviewed: set[str], shown: set[str]) -> None:
    found = coverage(sorted(items), reviewed, shown)
    assert found == Coverage(len(items), len(items & reviewed), len(items & shown))
    assert found.is_whole == (bool(items) and items <= reviewed)


def test_raters_disagree_when_two_levels_were_said() -> None:
    assert disagree([D(1), D(2), D(1)])
    assert not disagree([D("1.0"), D(1)])
    assert not disagree([])


def test_years_are_compared_item_by_item() -> None:
    before, now = {"a": D(0), "b": D(1), "c": D(1)}, {"a": D(1), "b": D(1), "d": D(0)}
    assert compared("abcde", before, now, scale=HALVES) == [
        Step("a", D(0), D(1), ScoreChange.UP),
        Step("b", D(1), D(1), ScoreChange.SAME),
        Step("c", D(1), None, ScoreChange.LOST),
        Step("d", None, D(0), ScoreChange.NEW),
        Step("e", None, None, ScoreChange.NONE),
    ]


def test_another_version_is_compared_through_its_links_by_how_far_up_a_level_stands() -> None:
    links = {"new": ["old-1", "old-2"]}
    steps = compared(
        ["new", "alone"],
        {"old-1": D(5), "old-2": D(3)},
        {"new": D("0.5"), "alone": D(1)},
        scale=HALVES,
        scale_before=FIVE,
        links=links,
    )
    assert steps == [Step("new", D(3), D("0.5"), ScoreChange.SAME), Step("alone", None, D(1), ScoreChange.NEW)]


TRUTH = {
    ("CLEAR", Purpose.SEND): True,
    ("CLEAR", Purpose.KEEP): True,
    ("GREEN", Purpose.SEND): True,
    ("GREEN", Purpose.KEEP): True,
    ("AMBER", Purpose.SEND): False,
    ("AMBER", Purpose.KEEP): True,
    ("AMBER+STRICT", Purpose.SEND): False,
    ("AMBER+STRICT", Purpose.KEEP): True,
    ("RED", Purpose.SEND): False,
    ("RED", Purpose.KEEP): False,
    ("", Purpose.SEND): False,
    ("", Purpose.KEEP): False,
    ("clear", Purpose.SEND): False,
}


@pytest.mark.parametrize(("tlp", "purpose"), TRUTH)
def test_what_goes_into_a_pack(tlp: str, purpose: Purpose) -> None:
    assert may_go(tlp, purpose) is TRUTH[tlp, purpose]
    assert may_go(tlp, purpose, is_current=False) is False
