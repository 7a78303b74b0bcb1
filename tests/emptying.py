"""A test that commits leaves rows behind, and Django truncates all tables after it: on PostgreSQL that takes most of a second for
some three hundred tables. Here only those are emptied that hold something."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

_truncate_all = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs leave it out
_State = dict[str, str]


class Emptying:
    """Takes the place of Django's own after each such test. `left` is what a whole flush leaves: kinds of content, permissions."""

    def __init__(self) -> None:
        self.left: _State | None = None

    def after(self, case: Any) -> None:
        if self.left is None or not _may_delete_behind_guards():
            _truncate_all(case)
            self.left = _contents(_with_rows())
            return
        filled = _with_rows()
        if _contents(filled & self.left.keys()) != self.left:  # a test changed what is not its own
            _truncate_all(case)
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL session_replication_role = replica"
            )  # no trigger guards, and no reference is checked
            for table in filled - self.left.keys():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def _may_delete_behind_guards() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _with_rows() -> set[str]:
    """The tables that hold at least one row."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {connection.ops.quote_name(name)})" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {name for (name,) in cursor.fetchall()}


def _contents(tables: set[str]) -> _State:
    """Of each table a hash of all its rows."""
    found: _State = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} AS t")
            found[table] = cursor.fetchone()[0]
    return found


def begin() -> None:
    """From now on, where the tests run on PostgreSQL."""
    if connection.vendor != "postgresql":
        return
    emptying = Emptying()

    def after(case: Any) -> None:
        emptying.after(case)

    TransactionTestCase._fixture_teardown = after  # type: ignore[attr-defined]
