"""What each role works on is in the menu, and the roles have it."""

from __future__ import annotations

from floreo import offers
from floreo.core.access import ROLES
from floreo.workspace.menu import TASKS, WORK


def test_every_role_has_its_work() -> None:
    assert set(WORK) == set(ROLES)


def test_what_a_role_works_on_is_in_the_menu_and_the_role_may_open_it() -> None:
    items = {item.here: item for item in offers.menu()}
    unknown = {here for work in WORK.values() for here in work} - set(items)
    assert unknown == set()
    for role, work in WORK.items():
        assert work[0] == TASKS
        closed = [here for here in work if items[here].needs not in ROLES[role].grants]
        assert closed == [], role


def test_what_a_role_works_on_fits_a_small_screen() -> None:
    assert {role: len(work) for role, work in WORK.items() if len(work) > 10} == {}
