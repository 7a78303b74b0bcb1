"""What one page asks for again and again is read once. Only where nothing is written, which is while a page is looked at
(a GET changes nothing), and never longer than that request."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar, cast

Found = TypeVar("Found")
Given = ParamSpec("Given")
_read: ContextVar[dict[Any, Any] | None] = ContextVar("read", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Within it, what is marked `once` is read at its first call."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Within it everything is read as it is now, and what was read before is not used afterwards."""
    known = _read.get()
    token = _read.set(None)
    try:
        yield
    finally:
        _read.reset(token)
        if known is not None:
            known.clear()


def is_reading() -> bool:
    """Whether a page is being looked at, so that nothing is written."""
    return _read.get() is not None


def once(function: Callable[[], Found]) -> Callable[[], Found]:
    """For a function without arguments whose answer nobody changes."""

    @functools.wraps(function)
    def answer() -> Found:
        known = _read.get()
        if known is None:
            return function()
        if function not in known:
            known[function] = function()
        return cast(Found, known[function])

    return answer


def once_for(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """As `once`, for a function with arguments that can be distinguished as keys: once for each."""

    @functools.wraps(function)
    def answer(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        known = _read.get()
        if known is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(kwargs.items()))
        if key not in known:
            known[key] = function(*args, **kwargs)
        return cast(Found, known[key])

    return answer
