"""Which tests the gate runs one day in three: those named are there, each case has its day, and by itself pytest runs all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import ROOT, leave_out_what_has_another_day
from tests.contracts.test_statements import written_in
from tests.in_turn import DAYS, EVERY_DAY, LEAST, has_its_turn, listed, made_from


@pytest.mark.usefixtures("uncollected")
def test_each_test_that_has_its_turn_is_there() -> None:
    """A test that was renamed runs every day; its line is taken away."""
    gone = [name for name in sorted(listed()) if name not in written_in(name.split("::")[0])]
    assert gone == [], "make the list again: python -m tests.in_turn"
    assert listed()


def test_abuse_and_who_sees_what_are_run_every_day() -> None:
    assert [name for name in sorted(listed()) if EVERY_DAY.search(name)] == []
    for place in ("tests/contracts/test_abuse.py", "tests/evidence/test_access.py", "tests/portal/test_leaks.py"):
        assert (ROOT / place).exists()
        assert EVERY_DAY.search(place), place


@given(st.text(min_size=1), st.integers(0, 40_000))
@example("a@", 0)
def test_each_case_has_one_of_three_days_whatever_group_it_runs_in(name: str, day: int) -> None:
    days = [has_its_turn(f"tests/a.py::test_b[{name}]@reports", day + later) for later in range(DAYS)]
    assert days.count(True) == 1
    assert has_its_turn(f"tests/a.py::test_b[{name}]", day) == days[0]


def test_the_list_is_made_of_what_takes_long() -> None:
    assert LEAST > 0.02
    took = [
        ("tests/a.py::test_long[1]@reports", 3 * LEAST),
        ("tests/a.py::test_long[2]", 0.1 * LEAST),
        ("tests/a.py::test_quick", 0.9 * LEAST),
        ("tests/a/test_abuse.py::test_long", 90.0),
    ]
    assert made_from(took) == ["tests/a.py::test_long"]


def test_a_day_leaves_out_what_has_another_and_three_leave_out_nothing() -> None:
    cases = [f"{name}[{number}]" for name in sorted(listed()) for number in range(2)] + ["tests/a.py::test_new"]
    kept = []
    for day in range(DAYS):
        items: list[Any] = [SimpleNamespace(nodeid=case) for case in cases]
        out: list[Any] = []
        config: Any = SimpleNamespace(
            getoption=lambda name, day=day: {"--day": day}[name],
            hook=SimpleNamespace(pytest_deselected=lambda items, out=out: out.extend(items)),
        )
        leave_out_what_has_another_day(config, items)
        kept.append([item.nodeid for item in items])
        assert sorted(kept[-1] + [item.nodeid for item in out]) == sorted(cases)
    assert all("tests/a.py::test_new" in each for each in kept)
    assert sorted(case for each in kept for case in each) == sorted(cases + 2 * ["tests/a.py::test_new"])


def test_the_gate_runs_all_of_them_with_long() -> None:
    said = (ROOT / "tools" / "test.sh").read_text(encoding="utf-8")
    assert '[ -n "$LONG" ] && IN_TURN=""' in said
    assert said.count("$IN_TURN -m") == 2
