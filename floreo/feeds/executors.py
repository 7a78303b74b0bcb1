"""Where windows of feeds are read (core/executors.py): here, by threads that each wait for a process of its own (feeds/caged.py), or on a
cluster, whose processes are set up as the engine wants it."""

from __future__ import annotations

from floreo.core import executors
from floreo.core.executors import Executor
from floreo.feeds.engine.settling import settle


def executor(kind: str = "inline", address: str = "", workers: int = 0) -> Executor:
    """As core.executors.executor, with threads in the pool."""
    return executors.executor(kind, address, workers, prepare=settle)
