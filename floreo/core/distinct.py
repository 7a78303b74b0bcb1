"""The different values of a column in a table of millions: from one to the next by its index, where `SELECT DISTINCT` reads every row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection, models

_AT_ONCE = 500  # values: a row has room for some two thousand


def values_of(model: type[models.Model], column: str, *, of: tuple[str, Collection[int]] | None = None) -> list[Any]:
    """In their order, without null. `of`: only of rows with these values in another column, ("organisation_id", {3, 7}). Takes one step of an
    index for each value, where the model has one that begins with the column, or with the other one and then the column."""
    quoted = connection.ops.quote_name
    table, name = quoted(model._meta.db_table), quoted(column)
    if of is not None and not of[1]:
        return []
    # Of each of several by itself: an index cannot go from one value to the next over all of them.
    parts: list[tuple[str, list[int]]] = [("", [])] if of is None else [(quoted(of[0]), [key]) for key in sorted(of[1])]
    found: set[Any] = set()
    with connection.cursor() as cursor:
        for other, keys in parts:
            only, also = (f"WHERE {other} = %s", f"AND {other} = %s") if other else ("", "")
            # Names are the model's own, and quoted; values are parameters.
            cursor.execute(
                f"WITH RECURSIVE step(value) AS (SELECT MIN({name}) FROM {table} {only} UNION ALL "  # noqa: S608
                f"SELECT (SELECT MIN({name}) FROM {table} WHERE {name} > step.value {also}) FROM step "
                "WHERE step.value IS NOT NULL) SELECT value FROM step WHERE value IS NOT NULL",
                [*keys, *keys],
            )
            found |= {row[0] for row in cursor.fetchall()}
    return sorted(found)


def one_of_each(model: type[models.Model], column: str, values: Collection[Any], wanted: str) -> dict[Any, Any]:
    """What the column `wanted` holds in one of the rows of each of these values of another one; nothing for a value that no row has. One step of
    an index for each value, in one question."""
    quoted = connection.ops.quote_name
    table, name, other = quoted(model._meta.db_table), quoted(column), quoted(wanted)
    listed = sorted(values)
    found: dict[Any, Any] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(listed), _AT_ONCE):
            some = listed[start : start + _AT_ONCE]
            # Names are the model's own, and quoted; values are parameters.
            each = f"(SELECT {other} FROM {table} WHERE {name} = %s LIMIT 1)"  # noqa: S608
            cursor.execute(f"SELECT {', '.join([each] * len(some))}", some)
            found |= {value: held for value, held in zip(some, cursor.fetchone(), strict=True) if held is not None}
    return found
