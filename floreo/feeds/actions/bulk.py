"""Many rows at once, where a night brings a hundred thousand: one prepared statement, made from the model itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.db import connection, models

from floreo.core import clock
from floreo.core.action import trail

_AT_ONCE = 2000
_WORTH_A_COPY = 200
Fields = Sequence["models.Field[Any, Any]"]


def bulk_upsert(
    model: type[models.Model], rows: Sequence[dict[str, Any]], *, same: Sequence[str], changes: Sequence[str] = ()
) -> None:
    """Inserts rows given by column; where `same` exist already, only `changes` are taken over. Within an action."""
    trail()
    if not rows:
        return
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    defaults = _defaults(fields)
    makers = [(_value_of(f), f.attname, defaults.get(f.attname)) for f in fields]
    values = ([make(row.get(name, other)) for make, name, other in makers] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > _WORTH_A_COPY:
            _copy(cursor, model, fields, values, _on_conflict(fields, same, changes))
            return
        marks = ", ".join(["%s"] * len(fields))
        sql = f"INSERT INTO {_place(model, fields)} VALUES ({marks}) {_on_conflict(fields, same, changes)}"  # noqa: S608 -- names are the model's own, and quoted
        while batch := list(islice(values, _AT_ONCE)):
            cursor.executemany(sql, batch)


def _copy(cursor: Any, model: type[models.Model], fields: Fields, values: Iterable[list[Any]], conflict: str) -> None:
    """By way of a table of our own: PostgreSQL takes a stream of rows many times faster than a statement for each."""
    columns, table = _columns(fields), connection.ops.quote_name(model._meta.db_table)
    cursor.execute(f"CREATE TEMPORARY TABLE floreo_many ON COMMIT DROP AS SELECT {columns} FROM {table} WHERE false")  # noqa: S608 -- as above
    with cursor.copy(f"COPY floreo_many ({columns}) FROM STDIN") as stream:
        for row in values:
            stream.write_row(row)
    cursor.execute(f"INSERT INTO {_place(model, fields)} SELECT {columns} FROM floreo_many {conflict}")  # noqa: S608 -- as above
    cursor.execute("DROP TABLE floreo_many")


def _columns(fields: Fields) -> str:
    return ", ".join(connection.ops.quote_name(str(f.column)) for f in fields)


def _place(model: type[models.Model], fields: Fields) -> str:
    return f"{connection.ops.quote_name(model._meta.db_table)} ({_columns(fields)})"


def _on_conflict(fields: Fields, same: Sequence[str], changes: Sequence[str]) -> str:
    columns = {f.attname: connection.ops.quote_name(str(f.column)) for f in fields}
    target = ", ".join(columns[name] for name in same)
    taken = ", ".join(f"{columns[name]} = excluded.{columns[name]}" for name in changes)
    return f"ON CONFLICT ({target}) DO " + (f"UPDATE SET {taken}" if taken else "NOTHING")


def _defaults(fields: Fields) -> dict[str, Any]:
    now = clock.now()
    found = {f.attname: f.get_default() for f in fields}
    return found | {
        f.attname: now for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)
    }


def _value_of(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """How a value of that field is handed to the database. Plain text and numbers go as they are, and of days and moments a
    night has few."""
    if isinstance(field, models.JSONField) and connection.vendor == "sqlite":
        return json.dumps
    if isinstance(field, models.DateField | models.GenericIPAddressField):
        return cache(lambda value: field.get_db_prep_save(value, connection))
    if isinstance(field, models.JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    return lambda value: value
