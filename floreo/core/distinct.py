"""The different values of a column in a table of millions: from one to the next by its index, where `SELECT DISTINCT` reads every row."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection, models


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
