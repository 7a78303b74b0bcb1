"""Moments as whole seconds, for what passes over all cases of a year: the database gives a number where a date would have to be read."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Func, IntegerField

from floreo.core.durations import Estimate, estimate_of
from floreo.incidents.case_measures import midnight


class Seconds(Func):
    """Of a moment: seconds since 1 January 1970, UTC, to the nearest whole one. NULL of NULL."""

    arity = 1
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = (
            "CAST(ROUND((julianday(%(expressions)s) - 2440587.5) * 86400) AS INTEGER)"  # the day on which 1970 began
        )
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="ROUND(EXTRACT(EPOCH FROM %(expressions)s))::bigint", **more)


class Months:
    """The months of a year in the country's days."""

    def __init__(self, year: int) -> None:
        self._begins = [int(midnight(date(year, month, 1)).timestamp()) for month in range(1, 13)]

    def of(self, seconds: int) -> int:
        """From 1 to 12, of a moment of that year."""
        return bisect_right(self._begins, seconds)


class Lengths:
    """How long one thing took, counted second by second; what is not over is counted too (core/durations.py)."""

    def __init__(self) -> None:
        self._numbers: Counter[tuple[int, bool]] = Counter()

    def add(self, start: int, end: int | None, until: int) -> None:
        """As it was known at `until`; nothing of what had not begun. An end before the start counts as the start."""
        if start > until:
            return
        is_over = end is not None and end <= until
        length = max(end - start, 0) if end is not None and is_over else until - start
        self._numbers[length, is_over] += 1

    def estimate(self) -> Estimate:
        numbers: Mapping[tuple[timedelta, bool], int] = {
            (timedelta(seconds=length), is_over): number for (length, is_over), number in self._numbers.items()
        }
        return estimate_of(numbers)
