"""Many rows at once, where a night brings a hundred thousand: one prepared statement, made from the model itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from floreo.core import clock
from floreo.core.action import trail

_AT_ONCE = 2000


def put_many(
    model: type[models.Model], rows: Sequence[dict[str, Any]], *, same: Sequence[str], changes: Sequence[str] = ()
) -> None:
    """Inserts rows given by column; where `same` stand already, only `changes` are taken over. Within an action."""
    trail()
    if not rows:
        return
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    defaults = _defaults(fields)
    makers = [(_value_of(f), f.attname, defaults.get(f.attname)) for f in fields]
    sql = _insert(model, fields, same, changes)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            batch = [
                [make(row.get(name, other)) for make, name, other in makers] for row in rows[start : start + _AT_ONCE]
            ]
            cursor.executemany(sql, batch)


def _insert(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], same: Sequence[str], changes: Sequence[str]
) -> str:
    quote = connection.ops.quote_name
    columns = {f.attname: quote(str(f.column)) for f in fields}
    values = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns.values())}) VALUES ({values})"  # noqa: S608 -- names are the model's own, and quoted
    target = ", ".join(columns[name] for name in same)
    taken = ", ".join(f"{columns[name]} = excluded.{columns[name]}" for name in changes)
    return f"{sql} ON CONFLICT ({target}) DO " + (f"UPDATE SET {taken}" if taken else "NOTHING")


def _defaults(fields: Iterable[models.Field[Any, Any]]) -> dict[str, Any]:
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
