"""Queries that many requests make in the same words: composed once in a process, since composing takes longer than answering.

A page makes some twenty queries, each of which is answered in a fraction of a millisecond; Django takes up to three
for the words of one, most of them for naming columns. `@composed` keeps the words of one query. Nothing that was found is kept:
each call asks again, with its own values."""

from __future__ import annotations

import copy
import functools
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, NoReturn, ParamSpec, TypeVar

from django.db import connection, models
from django.db.models import Expression, QuerySet, prefetch_related_objects
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Values = ParamSpec("Values")


class Slot(Expression):
    """A place in the words of a query, for the value of that name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> Any:
        return "%s", [self]


class Place:
    """What a query gets instead of a value while it is composed. It knows no value, so nothing can depend on one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def resolve_expression(self, *_about: object, **_more: object) -> Slot:
        return Slot(self.name)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"The words of a composed query do not depend on {self.name}.")


def _as_parameter(value: object) -> object:
    """A value as the database takes it: days and moments as its fields write them, the numbers of `among` as one parameter."""
    match value:
        case None:
            raise TypeError("A column is compared with None in other words, so a composed query has no place for it.")
        case models.Model():
            return value.pk
        case datetime():
            return connection.ops.adapt_datetimefield_value(value)
        case date():
            return connection.ops.adapt_datefield_value(value)
        case list():
            return value if connection.vendor == "postgresql" else json.dumps(value)
    return value


class _Asked:
    """What an iterable of Django's wants of a queryset, with a compiler that has its words already."""

    def __init__(self, rows: QuerySet[Any, Any], compiler: SQLCompiler) -> None:
        self.model, self.db, self.query = rows.model, rows.db, self
        self._known_related_objects: dict[Any, Any] = {}
        self._compiler = compiler

    def get_compiler(self, using: str = "") -> SQLCompiler:
        return self._compiler


@dataclass(frozen=True)
class _Compiled:
    """A query in the words of one kind of database."""

    rows: QuerySet[Any, Any]
    compiler: SQLCompiler  # that knows the columns
    words: str
    parameters: tuple[object, ...]  # with slots among them
    converters: dict[int, Any]  # that make Python's values of the database's

    def filled(self, given: Mapping[str, object]) -> tuple[object, ...]:
        return tuple(_as_parameter(given[p.name]) if isinstance(p, Slot) else p for p in self.parameters)

    def ask(self, given: Mapping[str, object]) -> list[Any]:
        """What Django's own iterables of models and of values do with the rows is theirs; only the words are ready."""
        rows: Any = self.rows
        compiler: Any = copy.copy(self.compiler)
        words = self.words, self.filled(given)
        compiler.connection = connection
        compiler.as_sql = lambda *_args, **_more: words
        compiler.get_converters = lambda _columns: self.converters
        found: list[Any] = list(rows._iterable_class(_Asked(rows, compiler)))
        if lookups := rows._prefetch_related_lookups:
            prefetch_related_objects(found, *lookups)
        return found


class ComposedQuery(Generic[Values, Row]):
    """A function that names rows, as a query whose words are kept. Called, it gives the rows as a list."""

    def __init__(self, rows: Callable[Values, QuerySet[Any, Row]]) -> None:
        functools.update_wrapper(self, rows)
        self._rows, self._signature = rows, inspect.signature(rows)
        parameters = self._signature.parameters.values()
        self.values = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
        self.options = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        self._kept: dict[tuple[object, ...], _Compiled] = {}

    def kind_of(self, name: str) -> str:
        """What an option is, as the function says: "int"."""
        return str(self._signature.parameters[name].annotation)

    def compose(self, **options: object) -> _Compiled:
        """With a place for each value."""
        with connection.execute_wrapper(_refuse):
            rows = self._rows(*map(Place, self.values), **options)  # type: ignore[arg-type]  # places represent them
            compiler = rows.query.get_compiler(connection=connection)
            words, parameters = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        return _Compiled(rows, compiler, words, tuple(parameters), converters)

    def __call__(self, *args: Values.args, **kwargs: Values.kwargs) -> list[Row]:
        given = self._signature.bind(*args, **kwargs).arguments
        options = {name: given[name] for name in self.options}
        which = (connection.vendor, *options.values())
        kept = self._kept.get(which)
        if kept is None:
            kept = self._kept[which] = self.compose(**options)
        return kept.ask(given)

    def first(self, *args: Values.args, **kwargs: Values.kwargs) -> Row | None:
        """The first of them, or None. The query itself says that it wants no more (`[:1]`), and in which order."""
        return next(iter(self(*args, **kwargs)), None)


def _refuse(*_what: object) -> NoReturn:
    raise TypeError("The words of a composed query do not depend on what is in the database.")


COMPOSED: list[ComposedQuery[Any, Any]] = []


def composed(rows: Callable[Values, QuerySet[Any, Row]]) -> ComposedQuery[Values, Row]:
    """`rows` is called once in a process for each kind of database, with a place for each of its values, which it may use in `filter`,
    `exclude` and annotations: single values, things (their ids), and lists of ids with `among`. What it takes by keyword alone (how many,
    a column) is part of the words: they are composed for each. Nothing else may differ from one call to the next, so the day, the
    language and who looks are values or not in it at all: tests/contracts/test_composed.py composes each query on another day and in
    another language, and compares the words. The rows come as a list, with what `prefetch_related` names."""
    query = ComposedQuery(rows)
    COMPOSED.append(query)
    return query


def row_of(rows: Callable[[], QuerySet[Any, Any]]) -> Callable[[], tuple[Any, ...] | None]:
    """The first row that `rows` asks for, column by column as the database gives it: SQLite gives days as text. `rows` names its
    columns with `values_list`, and nothing in it may differ from one call to the next."""

    @functools.cache
    def words(_vendor: str) -> tuple[str, tuple[Any, ...]]:
        sql, params = rows()[:1].query.sql_with_params()
        return sql, tuple(params)

    @functools.wraps(rows)
    def answer() -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(*words(connection.vendor))
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found

    return answer
