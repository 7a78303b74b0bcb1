"""How far something that takes long has come, for whoever waits for it at a terminal. Nobody else hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.functional import Promise

# What is being done, as a sentence that is translated when it is shown; how many of how many are done, 0 of 0 where nothing is counted.
Listener = Callable[[Promise, int, int], None]
_listener: ContextVar[Listener | None] = ContextVar("progress", default=None)


@contextmanager
def shown_by(listener: Listener) -> Iterator[None]:
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def at(step: Promise, done: int = 0, of: int = 0) -> None:
    if listener := _listener.get():
        listener(step, done, of)
