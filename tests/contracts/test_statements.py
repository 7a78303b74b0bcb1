"""Which tests PostgreSQL is spared: those named are there, and what is chosen sends all that was sent."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.statements import Sent, clauses, listed, name_of, needed


@pytest.mark.usefixtures("uncollected")
def test_each_test_that_is_left_out_is_there() -> None:
    """A test that was renamed runs on both; its line is taken away."""
    gone = [name for name in sorted(listed()) if name not in written_in(name.split("::")[0])]
    assert gone == [], "make the list again: python -m tests.statements"
    assert listed()


@cache
def written_in(file: str) -> set[str]:
    path = ROOT / file
    if not path.exists():
        return set()
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(f"{file}::{node.name}")
        elif isinstance(node, ast.ClassDef):
            found |= {f"{file}::{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


@given(
    st.dictionaries(st.text("abc", min_size=1), st.tuples(st.floats(0, 9), st.frozensets(st.integers(0, 20).map(str))))
)
def test_what_is_chosen_sends_all_that_is_sent(given_tests: dict[str, tuple[float, frozenset[str]]]) -> None:
    tests = {name: Sent(seconds, set(sent)) for name, (seconds, sent) in given_tests.items()}
    chosen = needed(tests)
    sent = set().union(*(tests[name].clauses for name in chosen)) if chosen else set()
    assert sent == (set().union(*(t.clauses for t in tests.values())) if tests else set())
    assert all(tests[name].clauses for name in chosen)


def test_values_and_columns_are_no_clauses_of_their_own() -> None:
    assert clauses("SELECT a FROM b WHERE c IN (%s, %s)") == clauses("SELECT a FROM b WHERE c IN (%s)")
    assert clauses("SELECT 'x' LIMIT 21") == clauses("SELECT 'y' LIMIT 5")
    assert clauses('SELECT "b"."a", "b"."d" AS "e" FROM "b" ORDER BY "b"."a" ASC') == clauses('SELECT "b"."a" FROM "b"')
    assert clauses("INSERT INTO b VALUES (%s, %s), (%s, %s)") == clauses("INSERT INTO b VALUES (%s, %s)")


def test_a_statement_is_its_clauses_unless_the_database_judges_it_as_one() -> None:
    both = clauses('SELECT "b"."a" FROM "b" WHERE ("b"."c" LIKE %s AND "b"."d"::text = %s)')
    assert both == clauses('SELECT "b"."a" FROM "b" WHERE "b"."c" LIKE %s') | clauses(
        'SELECT "b"."a" FROM "b" WHERE "b"."d"::text = %s'
    )
    assert clauses("SELECT a FROM b") < clauses("SELECT a FROM b FOR UPDATE")
    one_piece = 'SELECT DISTINCT "b"."a" FROM "b" ORDER BY "b"."c" ASC'
    assert len(clauses(one_piece)) == 1
    assert clauses(one_piece) != clauses('SELECT DISTINCT "b"."a" FROM "b"')
    locked = 'SELECT "b"."a" FROM "b" LEFT OUTER JOIN "c" ON ("b"."x" = "c"."id") FOR UPDATE'
    assert len(clauses(locked)) == 1
    assert clauses('UPDATE "b" SET "a" = %s') != clauses('UPDATE "b" SET "a" = NULL')


def test_a_test_is_named_without_its_case() -> None:
    assert name_of("tests/a/test_b.py::test_c[x-1]@reports") == "tests/a/test_b.py::test_c"
    assert name_of("tests/a/test_b.py::T::test_c@api") == "tests/a/test_b.py::T::test_c"
