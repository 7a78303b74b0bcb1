"""Whose a task is: one person's, the team's, or a colleague's; never two people's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from floreo.assignments.logic import Place, place_of

PEOPLE = some.integers(1, 5)


def test_what_somebody_has_is_theirs_and_a_colleagues_for_all_others() -> None:
    team = frozenset({1, 2, 3})
    assert [place_of(viewer, owner=2, team=team) for viewer in (1, 2, 3)] == [
        Place.COLLEAGUE,
        Place.MINE,
        Place.COLLEAGUE,
    ]


def test_what_nobody_has_waits_for_the_team() -> None:
    assert [place_of(viewer, owner=None, team=frozenset({1, 2})) for viewer in (1, 2)] == [Place.TEAM, Place.TEAM]


def test_a_team_of_one_has_no_queue() -> None:
    assert [place_of(viewer, owner=None, team=frozenset({1})) for viewer in (1, 2)] == [Place.MINE, Place.COLLEAGUE]


def test_where_nobody_may_it_waits_for_a_team_to_be_made() -> None:
    assert place_of(1, owner=None, team=frozenset()) is Place.TEAM


@given(owner=some.none() | PEOPLE, team=some.frozensets(PEOPLE))
def test_nothing_is_two_peoples(owner: int | None, team: frozenset[int]) -> None:
    mine = [viewer for viewer in range(1, 6) if place_of(viewer, owner=owner, team=team) is Place.MINE]
    assert len(mine) <= 1
