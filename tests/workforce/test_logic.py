"""Gaps, what of them the public sees, and how long an entry counts as confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floreo.core.suppression import gives_away
from floreo.workforce.logic import (
    LEAST_BODIES,
    SEVERAL,
    Need,
    counted_once,
    gaps,
    is_confirmed,
    latest,
    months_later,
    published,
    share_of,
    together,
)

DAY = date(2026, 11, 24)


def need(body: int | None, sector: str, needed: int, in_post: int, **more: object) -> Need:
    facts = {"role": 1, "as_of": DAY} | more
    return Need(body, sector, needed=needed, in_post=in_post, **facts)  # type: ignore[arg-type]


needs = st.lists(
    st.builds(
        Need,
        st.one_of(st.none(), st.integers(1, 12)),
        st.sampled_from(["energy", "health", "public", "water"]),
        st.integers(1, 3),
        st.integers(0, 40),
        st.integers(0, 40),
        st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        number=st.integers(1, 10_000),
    ),
    max_size=30,
)


class TestGaps:
    def test_more_people_than_needed_fill_no_post_elsewhere(self) -> None:
        found = gaps(("x", each) for each in (need(1, "energy", 2, 5), need(2, "energy", 4, 1)))
        assert [(g.needed, g.in_post, g.filled, g.missing) for g in found] == [(6, 6, 3, 3)]

    def test_the_newest_answer_counts(self) -> None:
        old, new = need(1, "energy", 9, 0, as_of=date(2025, 1, 1)), need(1, "energy", 2, 1)
        assert latest([new, old]) == [new]
        assert latest([new, old], until=date(2025, 6, 1)) == [old]

    def test_an_organisation_that_changed_its_sector_counts_once(self) -> None:
        old, new = need(1, "energy", 9, 0, as_of=date(2025, 1, 1)), need(1, "water", 2, 1)
        assert latest([old, new]) == [new]

    def test_an_organisation_is_in_the_sector_of_its_newest_answer(self) -> None:
        old, new = need(1, "energy", 9, 0, as_of=date(2025, 1, 1), role=2), need(1, "water", 2, 1)
        assert [n.sector for n in latest([old, new])] == ["water", "water"]

    def test_an_estimate_of_a_sector_holds_its_organisations(self) -> None:
        rows = [need(None, "energy", 10, 4), need(1, "energy", 2, 1), need(1, "energy", 3, 1, role=2)]
        assert [(n.body, n.role) for n in counted_once(rows)] == [(None, 1), (1, 2)]

    @pytest.mark.long
    @given(needs)
    def test_filled_and_missing_are_what_is_needed(self, rows: list[Need]) -> None:
        found = gaps((each.sector, each) for each in rows)
        assert all(g.filled + g.missing == g.needed and 0 <= g.filled <= g.in_post for g in found)
        assert share_of(rows) == (sum(g.filled for g in found), sum(g.needed for g in found))

    @pytest.mark.long
    @given(needs)
    def test_the_order_of_answers_does_not_matter(self, rows: list[Need]) -> None:
        numbered = [Need(n.body, n.sector, n.role, n.needed, n.in_post, n.as_of, number=i) for i, n in enumerate(rows)]
        assert latest(numbered) == latest(list(reversed(numbered)))


class TestPublished:
    def test_a_sector_with_two_organisations_is_put_together_with_another(self) -> None:
        rows = [need(n, "public", 20, 10) for n in (1, 2, 3)] + [need(n, "energy", 20, 10) for n in (4, 5)]
        rows += [need(6, "water", 20, 10)]
        found = published(rows)
        assert (found.rows, found.merged, found.bodies) == (("public", SEVERAL), ("energy", "water"), 6)
        assert found.table is not None
        assert found.table.cells == ((30, 30), (30, 30))

    def test_two_organisations_together_are_too_few(self) -> None:
        assert published([need(1, "energy", 20, 10), need(2, "water", 20, 10)]).is_withheld

    def test_a_larger_sector_joins_where_the_rest_is_too_small(self) -> None:
        rows = [need(n, "public", 20, 10) for n in (1, 2, 3)] + [need(4, "energy", 20, 10)]
        found = published(rows)
        assert (found.rows, found.merged) == ((SEVERAL,), ("energy", "public"))

    def test_an_estimate_stands_alone_and_hides_no_other_sector(self) -> None:
        rows = [need(None, "health", 30, 10), need(1, "energy", 20, 10), need(2, "energy", 20, 10)]
        found = published(rows)
        assert (found.rows, found.bodies) == (("health",), 0)
        assert found.table is not None
        assert found.table.cells == ((10, 20),)

    def test_nothing_of_nobody(self) -> None:
        assert published([]).is_withheld

    @given(needs)
    def test_every_row_has_enough_organisations_and_gives_no_small_number_away(self, rows: list[Need]) -> None:
        given_ = latest(rows)
        found = published(given_)
        if found.table is None:
            return
        once = counted_once(given_)
        sums = {name: [0, 0] for name in found.rows}
        for name in found.rows:
            own = [n for n in once if (n.sector in found.merged) == (name == SEVERAL) and name in {n.sector, SEVERAL}]
            if not found.bodies:  # too few of them: only estimates are left
                own = [n for n in own if n.body is None]
            sums[name] = [sum(n.filled for n in own), sum(n.gap for n in own)]
            bodies = {n.body for n in own} - {None}
            assert not bodies or len(bodies) >= LEAST_BODIES
        counts = [sums[name] for name in found.rows]
        table = found.table
        hidden = {(r, c) for r, row in enumerate(table.cells) for c, cell in enumerate(row) if cell is None}
        hidden |= {(r, -1) for r, cell in enumerate(table.row_totals) if cell is None}
        hidden |= {(-1, c) for c, cell in enumerate(table.column_totals) if cell is None}
        hidden |= {(-1, -1)} if table.total is None else set()
        assert not gives_away(counts, hidden)

    @given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 9)))
    def test_what_is_put_together_is_enough(self, sizes: dict[str, int]) -> None:
        merged = together(sizes, least=3)
        if merged is None:
            assert sum(sizes.values()) < 3
        else:
            assert all(size >= 3 for sector, size in sizes.items() if sector not in merged)
            assert not merged or sum(sizes[sector] for sector in merged) >= 3


class TestConfirmed:
    def test_for_twelve_months(self) -> None:
        assert is_confirmed(date(2025, 11, 25), DAY)
        assert not is_confirmed(date(2025, 11, 24), DAY)
        assert not is_confirmed(None, DAY)

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-600, 600))
    def test_months_later_keep_the_day_or_the_last_of_the_month(self, day: date, months: int) -> None:
        found = months_later(day, months)
        assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
        assert found.day <= day.day
        assert (
            found.day == day.day
            or months_later(date(found.year, found.month, 1), 1).toordinal() == found.toordinal() + 1
        )
