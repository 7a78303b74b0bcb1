"""`filter(pk__among=[…])`: as `in`, with all numbers or names in one parameter. Of two hundred numbers that are two hundred parameters, composing
and sending costs more than the answer."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import AutoField, BigAutoField, CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler


@CharField.register_lookup
@AutoField.register_lookup
@BigAutoField.register_lookup
class Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, Any]:
        kind = str if isinstance(self.lhs.output_field, CharField) else int
        return "%s", [[kind(each) for each in value]]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, before = self.process_lhs(compiler, connection)
        _placeholder, values = self.process_rhs(compiler, connection)
        return f"{column} = ANY(%s)", (*before, *values)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, before = self.process_lhs(compiler, connection)
        _placeholder, (values,) = self.process_rhs(compiler, connection)
        # A place for values (core/composed.py) stays one.
        given = json.dumps(values) if isinstance(values, list) else values
        return f"{column} IN (SELECT value FROM json_each(%s))", (*before, given)  # noqa: S608 -- a column, never words
