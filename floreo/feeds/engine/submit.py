"""Where tasks run: here, in a pool of processes, or on the machines of a Ray cluster. The same task gives the same result."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import pyarrow as pa

T = TypeVar("T")
KINDS = ("inline", "pool", "ray")
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1  # of glibc's malloc.h
_RETRIES = 5  # of a task whose machine went away; a task is idempotent


class NotProtected(Exception):  # noqa: N818 -- it says what is missing
    """The cluster would run anybody's program."""


class Executor(Protocol):
    """Runs a function of a module with one argument, somewhere. Left as a context manager, it waits for what is running."""

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


def executor(kind: str = "inline", address: str = "", workers: int = 0) -> Executor:
    """`workers`: processes of a pool, 0 for one a core. `address`: of the cluster's head, `host:6379`."""
    if kind == "inline":
        return _Inline()
    if kind == "pool":
        return _Pool(workers or os.cpu_count() or 1)
    if kind == "ray":
        return _Ray(address)
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")


class _Inline:
    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        done: Future[T] = Future()
        try:
            done.set_result(function(argument))
        except Exception as wrong:
            done.set_exception(wrong)
        return done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass


class _Pool:
    """Threads, each of which waits for a process of its own: the functions that are handed in start one (feeds/caged.py)."""

    def __init__(self, workers: int) -> None:
        self._pool = ThreadPoolExecutor(workers)

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        return self._pool.submit(function, argument)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=error is not None)


class _Ray:
    """Machines of a cluster that is there already (docs/guide/scale-out.md). Files, store and constituency are on storage
    that all of them see under the same names."""

    def __init__(self, address: str) -> None:
        if not address:
            raise ValueError("say where the cluster is: host:port of its head")
        if os.environ.get("RAY_AUTH_MODE") != "token":
            raise NotProtected("RAY_AUTH_MODE=token is not set: the cluster would run anybody's program")
        os.environ.setdefault("RAY_DISABLE_USAGE_STATS", "1")
        import ray  # late: it is large, and only there with floreo[cluster]

        self._ray = ray
        ray.init(address=address, log_to_driver=False, ignore_reinit_error=True, namespace="floreo-feeds")
        self._call: Any = ray.remote(num_cpus=1, max_retries=_RETRIES)(_called)

    def submit(self, function: Callable[[Any], T], argument: Any) -> Future[T]:
        future: Future[T] = self._call.remote(function, argument).future()
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ray.shutdown()


def settle() -> None:
    """For a process that does nothing but tasks. Files are worked on side by side, not one file by several threads:
    measured, that is a sixth faster. And memory is kept for the next block rather than given back and asked for anew,
    which takes a sixth of the time."""
    pa.set_cpu_count(1)
    with contextlib.suppress(OSError, AttributeError):  # another C library: its own habits, then
        allocator = ctypes.CDLL(None).mallopt
        if allocator(_M_MMAP_THRESHOLD, 1 << 30) and allocator(_M_TRIM_THRESHOLD, (1 << 31) - 1):
            pa.set_memory_pool(pa.system_memory_pool())


def _called(function: Callable[[Any], T], argument: Any) -> T:
    settle()
    return function(argument)
