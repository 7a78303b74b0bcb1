"""What templates print that is not there. Django prints nothing in its place, so a field that was renamed leaves an empty place on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.template.context import BaseContext

_look: Any = Variable._resolve_lookup  # type: ignore[attr-defined]  # the stubs leave it out
_resolve = FilterExpression.resolve


@contextmanager
def noted() -> Iterator[set[tuple[str, str]]]:
    """Collects, while it is open, each name that is printed and is not there, with the kind of the thing that does not have it: "context"
    for one that the page was not given. What hangs on an empty value (None, "") is empty itself and no mistake; neither is what an
    `if` asks for."""
    found: set[tuple[str, str]] = set()
    failed: list[tuple[str, Any]] = []

    def look(variable: Variable, context: Any) -> Any:
        try:
            return _look(variable, context)
        except VariableDoesNotExist as missing:
            failed.append((str(variable.var), missing.params[1]))
            raise

    def resolve(expression: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        failed.clear()
        value = _resolve(expression, context, ignore_failures)
        for name, thing in () if ignore_failures else failed:
            if isinstance(thing, BaseContext):
                found.add((name, "context"))
            elif thing is not None and not isinstance(thing, str | dict):
                found.add((name, type(thing).__name__))
        failed.clear()
        return value

    with mock.patch.object(Variable, "_resolve_lookup", look), mock.patch.object(FilterExpression, "resolve", resolve):
        yield found
