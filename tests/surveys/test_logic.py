"""Statistics of surveys: against published numbers and other programs, and what holds for whatever is given."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.surveys import logic
from floreo.surveys.logic import Change, Hidden, Share

counts_of: st.SearchStrategy[dict[logic.Cell, int]] = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(1, 60), min_size=1, max_size=9
)
people = st.integers(1, 10_000)


class TestAgainstOthers:
    """Numbers that nobody here computed: published, or from statsmodels 0.15.0, ipfn 1.4.4 and samplics 0.6.1."""

    @pytest.mark.parametrize(
        ("hits", "answers", "low", "high"),
        [
            # statsmodels.stats.proportion.proportion_confint(hits, answers, method="wilson"); the first two are in table I of
            # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872: 0.2553 to 0.3662, and 0.0624 to 0.1605.
            (81, 263, 0.2552885198782742, 0.36620957698280004),
            (15, 148, 0.06238639953073628, 0.16048724172330803),
            (0, 20, 0.0, 0.1611251580528194),
            (489.3, 1000, 0.4584176028288672, 0.5202642898027237),
        ],
    )
    def test_the_band_of_a_share_is_wilsons(self, hits: float, answers: int, low: float, high: float) -> None:
        assert logic.wilson(hits / answers, answers) == pytest.approx((low, high), abs=1e-12)

    @pytest.mark.parametrize(
        ("before", "after", "low", "high"),
        [
            # statsmodels confint_proportions_2indep(..., method="newcomb"); R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890,
            # table II gives for method 10: 56/70 - 48/80 as 0.0524 to 0.3339, 9/10 - 3/10 as 0.1705 to 0.8090, 5/56 - 0/29 as
            # -0.0381 to 0.1926.
            ((48, 80), (56, 70), 0.05243147240236498, 0.33387265403690614),
            ((3, 10), (9, 10), 0.1705227239345029, 0.809017973535488),
            ((0, 29), (5, 56), -0.038137147903536936, 0.19256001385511165),
        ],
    )
    def test_the_band_of_a_difference_is_newcombes(
        self, before: tuple[int, int], after: tuple[int, int], low: float, high: float
    ) -> None:
        shares = [Share(h / n, n, n, *logic.wilson(h / n, n)) for h, n in (before, after)]
        found = logic.difference(*shares)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)

    def test_raking_gives_the_table_of_ipfn_and_the_weights_of_samplics(self) -> None:
        """ipfn.ipfn(table, [rows, columns], [[0], [1]]) with convergence_rate=1e-12, and samplics SampleWeight().rake."""
        table = [[8, 4, 6, 7], [3, 6, 5, 2], [9, 11, 3, 1]]
        rows = {"0": 20.0, "1": 18.0, "2": 22.0}
        columns = {"0": 18.0, "1": 16.0, "2": 12.0, "3": 14.0}
        by_ipfn = [
            [5.579361398717619, 2.1624669437627366, 3.8918737176272233, 8.36629795217905],
            [3.433199677060333, 5.3226025578384455, 5.321827529735432, 3.922370236266477],
            [8.987438924222047, 8.514930498398817, 2.786298752637344, 1.7113318115544744],
        ]
        by_samplics = {(0, 0): 0.69742017, (0, 3): 1.19518542, (1, 2): 1.06436551, (2, 3): 1.71133181}
        counts: dict[logic.Cell, int] = {
            (str(i), str(j)): number for i, row in enumerate(table) for j, number in enumerate(row)
        }
        made = logic.raked(counts, [rows, columns])
        scale = 60 / sum(counts.values())  # here the mean weight is 1, there the table adds up to the population
        found = [[made.of[str(i), str(j)] * table[i][j] * scale for j in range(4)] for i in range(3)]
        assert found == [pytest.approx(row, abs=1e-5) for row in by_ipfn]
        assert {place: made.of[str(place[0]), str(place[1])] * scale for place in by_samplics} == pytest.approx(
            by_samplics, abs=1e-6
        )
        assert (made.is_fitted, made.missing, made.trimmed) == (True, (), 0)

    def test_post_stratification_gives_the_weights_of_samplics(self) -> None:
        """SampleWeight().poststratify(ones(10), control={"m": 600, "f": 400}, domain=3 m and 7 f): 200 and 57.142857."""
        made = logic.poststratified({("m",): 3, ("f",): 7}, {("m",): 600, ("f",): 400})
        assert {k: w * 100 for k, w in made.of.items()} == pytest.approx({("m",): 200.0, ("f",): 57.14285714}, abs=1e-6)

    def test_kishs_design_effect_as_he_writes_it(self) -> None:
        """Kish (1992), Journal of Official Statistics 8, 183-200: 1 + the squared coefficient of variation of the weights."""
        weights = [(1.0, 60), (2.5, 40)]
        mean = (60 + 100) / 100
        variation = (60 * (1 - mean) ** 2 + 40 * (2.5 - mean) ** 2) / 100 / mean**2
        assert logic.design_effect(100, logic.effective_number(weights)) == pytest.approx(1 + variation)


class TestWeights:
    @pytest.mark.long
    @given(
        counts_of,
        st.dictionaries(st.sampled_from("abc"), people, min_size=3),
        st.dictionaries(st.sampled_from("xyz"), people, min_size=3),
    )
    def test_weights_are_positive_bounded_and_add_up(
        self, counts: dict[logic.Cell, int], first: dict[str, int], second: dict[str, int]
    ) -> None:
        made = logic.raked(counts, [first, second])
        total = sum(counts.values())
        assert min(made.of.values()) >= 1 / logic.TRIM * (1 - 1e-6)
        assert max(made.of.values()) <= logic.TRIM * (1 + 1e-6)
        assert sum(made.of[cell] * number for cell, number in counts.items()) == pytest.approx(total, rel=1e-6)

    @pytest.mark.long
    @given(
        st.dictionaries(st.sampled_from("abcd"), st.integers(20, 60), min_size=4),
        st.dictionaries(st.sampled_from("abcd"), st.integers(900, 1100), min_size=4),
    )
    def test_one_margin_is_met_exactly(self, have: dict[str, int], wanted: dict[str, int]) -> None:
        counts: dict[logic.Cell, int] = {(value,): number for value, number in have.items()}
        made = logic.raked(counts, [wanted])
        total, everybody = sum(have.values()), sum(wanted.values())
        assert made.is_fitted
        for value, number in have.items():
            assert made.of[(value,)] * number / total == pytest.approx(wanted[value] / everybody, rel=1e-6)

    def test_a_group_of_the_population_without_an_answer_is_named_and_left_out(self) -> None:
        made = logic.raked({("a",): 10, ("b",): 10}, [{"a": 500, "b": 300, "c": 200}])
        assert made.missing == ((0, "c", 0.2),)
        assert {cell: round(w, 6) for cell, w in made.of.items()} == {("a",): 1.25, ("b",): 0.75}

    def test_who_did_not_say_keeps_the_share_of_those_answers(self) -> None:
        made = logic.raked({("a",): 40, ("b",): 40, ("",): 20}, [{"a": 900, "b": 100}])
        assert made.unknown == 20
        assert made.of[("",)] == pytest.approx(1.0)
        assert made.of[("a",)] * 40 == pytest.approx(72)

    def test_extreme_weights_are_cut_and_said(self) -> None:
        made = logic.raked({("a",): 2, ("b",): 198}, [{"a": 500, "b": 500}])
        assert (made.trimmed, made.largest) == (2, pytest.approx(5.0))
        assert made.of[("a",)] * 2 + made.of[("b",)] * 198 == pytest.approx(200)

    @pytest.mark.parametrize("margin", [{"a": 0}, {"a": -1, "b": 2}, {}])
    def test_margins_that_count_nobody_are_refused(self, margin: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="counts people"):
            logic.raked({("a",): 5}, [margin])

    def test_of_nobody_there_are_no_weights(self) -> None:
        assert logic.raked({}, [{"a": 1}]).of == {}


class TestBands:
    @given(st.floats(0, 1), st.floats(0.5, 1e6))
    def test_the_band_lies_in_0_to_1_and_holds_the_share(self, share: float, effective: float) -> None:
        low, high = logic.wilson(share, effective)
        assert 0 <= low <= share <= high <= 1

    @given(st.floats(0, 1), st.integers(50, 5000))
    def test_more_answers_make_a_narrower_band(self, share: float, answers: int) -> None:
        wide, narrow = logic.wilson(share, answers), logic.wilson(share, answers * 4)
        assert narrow[1] - narrow[0] < wide[1] - wide[0]

    @pytest.mark.long
    @given(st.lists(st.tuples(st.floats(0.1, 5), st.integers(1, 50)), min_size=1, max_size=20))
    def test_unequal_weights_are_never_as_certain_as_equal_ones(self, weights: list[tuple[float, int]]) -> None:
        number = sum(n for _w, n in weights)
        assert 0 < logic.effective_number(weights) <= number * (1 + 1e-9)
        assert logic.design_effect(number, logic.effective_number(weights)) >= 1

    @pytest.mark.long
    @given(st.floats(0, 1), st.floats(0, 1), st.integers(50, 3000), st.integers(50, 3000))
    def test_a_difference_has_its_band_and_the_other_way_round_its_mirror(
        self, a: float, b: float, n: int, m: int
    ) -> None:
        one, other = Share(a, n, n, *logic.wilson(a, n)), Share(b, m, m, *logic.wilson(b, m))
        there, back = logic.difference(one, other), logic.difference(other, one)
        assert there is not None
        assert back is not None
        assert -1 <= there.low <= there.value + 1e-12
        assert there.value - 1e-12 <= there.high <= 1
        assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=1e-9)

    def test_a_difference_is_clear_only_where_its_band_leaves_zero_out(self) -> None:
        def share(value: float, answers: int) -> Share:
            return Share(value, answers, answers, *logic.wilson(value, answers))

        found = [logic.difference(share(0.38, n), share(0.49, m)) for n, m in ((1200, 1180), (60, 60))]
        back = logic.difference(share(0.49, 1200), share(0.38, 1180))
        assert [each.change for each in (*found, back) if each] == [Change.RISE, Change.NOT_CLEAR, Change.FALL]

    def test_an_open_survey_has_no_band_and_no_difference(self) -> None:
        found = logic.share_of({1.0: 40}, {1.0: 100}, is_sample=False)
        assert found == Share(0.4, 100, 100, None, None)
        assert logic.difference(found, found) is None

    def test_of_nobody_there_is_no_share(self) -> None:
        assert logic.share_of({}, {}) is None


class TestHidden:
    def test_fewer_than_50_are_too_uncertain_and_fewer_than_5_are_few(self) -> None:
        assert logic.hidden_groups([453, 231, 36], [258, 113, 13]) == [None, None, Hidden.UNCERTAIN]
        assert logic.hidden_groups([453, 36, 4], [258, 13, 1]) == [None, Hidden.UNCERTAIN, Hidden.FEW]
        assert logic.hidden_groups([453, 60, 0], [258, 30, 0]) == [None, None, Hidden.NOBODY]

    def test_a_group_of_four_alone_takes_another_with_it(self) -> None:
        """Else it is the total less the rest."""
        assert logic.hidden_groups([453, 231, 4], [258, 113, 1]) == [None, Hidden.WITH_ANOTHER, Hidden.FEW]

    def test_a_share_of_so_few_is_not_shown_in_a_large_group_either(self) -> None:
        assert logic.hidden_groups([200, 200], [2, 100])[0] is Hidden.FEW
        assert logic.hidden_groups([200, 200], [198, 100])[0] is Hidden.FEW
        assert logic.hidden_groups([200, 200], [0, 100]) == [None, None]

    @pytest.mark.long
    @given(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 1)), min_size=1, max_size=7))
    def test_nothing_small_is_shown_nor_left_alone(self, groups: list[tuple[int, float]]) -> None:
        answers, counted = [n for n, _p in groups], [round(n * p) for n, p in groups]
        found = logic.hidden_groups(answers, counted)
        for number, hits, why in zip(answers, counted, found, strict=True):
            if why is None:
                assert number >= logic.ENOUGH
                assert hits == 0 or hits >= 5
                assert hits == number or number - hits >= 5
        held = [n for n, why in zip(answers, found, strict=True) if why is not None and n]
        shown = [n for n, why in zip(answers, found, strict=True) if why is None]
        if any(0 < n < 5 for n in answers) and shown:
            assert len(held) >= 2
            assert sum(held) >= 5
        if held and shown:
            assert sum(held) >= 5, "the total less what is shown is never few"

    @given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
    def test_answers_of_so_few_are_not_shown(self, counts: list[int]) -> None:
        shown = logic.shown_options(counts)
        assert all(not 0 < number < 5 for number, is_shown in zip(counts, shown, strict=True) if is_shown)


class TestAnonymous:
    rows = st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("xyz"), st.sampled_from("mf")), min_size=0, max_size=200
    )

    @pytest.mark.long
    @given(rows, st.integers(2, 8))
    def test_each_combination_that_leaves_is_that_of_at_least_k(self, rows: list[tuple[str, ...]], k: int) -> None:
        made = logic.k_anonymous(rows, k)
        left = [row for row in made.rows if row is not None]
        assert all(number >= k for number in Counter(left).values())
        assert len(made.rows) == len(rows)
        assert made.dropped == sum(row is None for row in made.rows)
        for shown, row in zip(made.rows, rows, strict=True):
            assert shown is None or all(a in ("", b) for a, b in zip(shown, row, strict=True))

    def test_only_rare_rows_lose_a_value(self) -> None:
        rows = [("a", "x")] * 10 + [("b", "x")] * 2 + [("c", "x")] * 3
        made = logic.k_anonymous(rows, 5)
        assert Counter(made.rows) == {("a", "x"): 10, ("", "x"): 5}
        assert (made.blanked, made.dropped) == (5, 0)

    def test_what_is_too_rare_even_so_is_left_out(self) -> None:
        made = logic.k_anonymous([("a", "x")] * 10 + [("b", "y")] * 2, 5)
        assert (made.dropped, made.rows[-1]) == (2, None)


class TestSaid:
    @given(st.floats(0, 1))
    def test_every_share_has_words_or_a_number(self, share: float) -> None:
        name = logic.fraction_name(share)
        assert name == "" or any(low <= share <= high for low, high, each in logic.FRACTIONS if each == name)

    def test_a_share_is_said_as_people_say_it(self) -> None:
        assert [logic.fraction_name(s) for s in (0.49, 0.5, 0.33, 0.25, 0.41, 1.0, 0.0)] == [
            "almost_half",
            "half",
            "third",
            "quarter",
            "",
            "all",
            "none",
        ]


def test_a_tally_counts_people_and_not_ticks() -> None:
    tally = logic.Tally()
    tally.add(1.0, ["a", "b"])
    tally.add(2.0, ["b"], 3)
    share = tally.share("b", is_sample=True)
    assert (tally.number, tally.number_of("b"), share and share.value) == (4, 4, 1.0)
    half = tally.share("a", is_sample=False)
    assert half is not None
    assert math.isclose(half.value, 1 / 7)
