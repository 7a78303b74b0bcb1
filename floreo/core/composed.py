"""Questions that each request asks in the same words: composed once in a process, since composing takes longer than answering."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def row_of(rows: Callable[[], QuerySet[Any, Any]]) -> Callable[[], tuple[Any, ...] | None]:
    """The first row that `rows` asks for, column by column as the database gives it: SQLite gives days as text. `rows` names its
    columns with `values_list`, and nothing in it may differ from one call to the next."""

    @functools.cache
    def composed(_vendor: str) -> tuple[str, tuple[Any, ...]]:
        sql, params = rows()[:1].query.sql_with_params()
        return sql, tuple(params)

    @functools.wraps(rows)
    def answer() -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(*composed(connection.vendor))
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found

    return answer
